"""A whole simulated terminal: market, broker and desk behind a real link, on one thread.

with SimTerminal(secrets=[secret]) as terminal:
    print(terminal.commands, terminal.stream)
"""

import select
import socket
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import zmq

from pitwire.errors import ConfigError
from pitwire.sim.account import AccountSettings
from pitwire.sim.expert import Expert
from pitwire.sim.faults import Faults
from pitwire.sim.journal import Journal
from pitwire.sim.market import Market
from pitwire.sim.peer import PULSE_S, Peer
from pitwire.sim.sockets import CurveKeys, Endpoint, RouterSocket
from pitwire.wire.envelope import WireChannel
from pitwire.wire.handshake import Secret

_Result = TypeVar("_Result")
_WAKE = b"\0"


class SimTerminal:
    """A simulated terminal, in a thread of its own (`start`) or in the caller's (`run`).

    `secrets`: the link secret and, during a rotation, the next one. `commands` and `stream` are
    the endpoints to bind (port 0 takes a free one; the attributes then tell which) or, with
    `dial`, those of a bridge to connect to. `curve` encrypts the link; without it only loopback is
    accepted, unless `allow_plain` says otherwise. `journal` is the file that remembers trading
    commands over a restart. A terminal lives once: when it has stopped, make another.

    `broker` and `market` belong to the terminal's thread: reach them by `call`. `faults` may be
    changed from any thread. Raises ConfigError.
    """

    def __init__(  # noqa: PLR0913 - the composition root of the simulated terminal
        self,
        *,
        name: str = "demo",
        secrets: Sequence[Secret],
        commands: str = "tcp://127.0.0.1:0",
        stream: str = "tcp://127.0.0.1:0",
        market: Market | None = None,
        account: AccountSettings | None = None,
        journal: Path | None = None,
        faults: Faults | None = None,
        curve: CurveKeys | None = None,
        dial: bool = False,
        allow_plain: bool = False,
    ) -> None:
        if not secrets:
            raise ConfigError("A simulated terminal needs a link secret.")
        endpoints = (
            Endpoint(commands, WireChannel.COMMANDS, dial=dial, curve=curve),
            Endpoint(stream, WireChannel.STREAM, dial=dial, curve=curve),
        )
        for endpoint in endpoints:
            endpoint.check(allow_plain=allow_plain)
        self.market = market or Market()
        self.faults = faults or Faults()
        account = account or AccountSettings()
        self._journal = Journal(journal, login=account.login)
        expert = Expert(self.market, account, journal=self._journal, faults=self.faults)
        self.broker = expert.broker
        self._feed = expert.feed
        self._peer = Peer(
            expert, name=name, secrets=secrets, endpoints=endpoints, faults=self.faults
        )
        self._calls: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        # A signal handler may stop the terminal while its own thread holds the lock.
        self._gate = threading.RLock()
        self._link: _Link | None = None
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._owner = 0

    @property
    def commands(self) -> str:
        """The endpoint for commands; with the real port once the terminal has started."""
        return self._peer.endpoints[WireChannel.COMMANDS].address

    @property
    def stream(self) -> str:
        """The endpoint for events; with the real port once the terminal has started."""
        return self._peer.endpoints[WireChannel.STREAM].address

    @property
    def counters(self) -> Counter[str]:
        """What was refused (by `WireError.counter`), replies unsent, and events dropped."""
        return Counter({**self._peer.counters, "event_dropped": self._feed.dropped})

    def start(self) -> None:
        """Bind the sockets and begin to serve in a thread.

        Raises ConfigError when a port is in use or an endpoint cannot be used.
        """
        link = self._open()
        self._thread = threading.Thread(
            target=self._serve, args=(link,), name="pitwire-sim", daemon=True
        )
        self._thread.start()

    def run(self) -> None:
        """Bind the sockets and serve in this thread until `stop` is called.

        Raises ConfigError when a port is in use or an endpoint cannot be used.
        """
        self._serve(self._open())

    def stop(self) -> None:
        """Say BYE, close everything and wait for the thread; calling it again does nothing.

        From a signal handler in the thread of `run` it returns at once, and `run` then does.
        """
        with self._gate:
            self._stopping = True
            if self._link is not None:
                self._link.wake()
            elif self._owner == 0:
                self._journal.close()  # it never ran, so nobody else closes it
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def call(self, work: Callable[[], _Result]) -> _Result:
        """Run `work` on the terminal's thread and give its result, or raise what it raises."""
        result: Future[_Result] = Future()
        with self._gate:
            link = None if threading.get_ident() == self._owner else self._link
            if link is not None:
                self._calls.append((work, result))
                link.wake()
        return work() if link is None else result.result()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _open(self) -> "_Link":
        with self._gate:
            if self._stopping or self._link is not None:
                raise ConfigError("A simulated terminal lives once: make another one.")
            link = _Link()
            try:
                self._peer.open(link.context)
            except ConfigError:
                self._stopping = True
                self._journal.close()
                link.close()
                raise
            self._link = link
        return link

    def _serve(self, link: "_Link") -> None:
        self._owner = threading.get_ident()
        link.watch(self._peer.sockets())
        try:
            while not self._stopping:
                self._turn(link)
        finally:
            with self._gate:
                self._stopping = True
                self._link = None
            self._answer_calls()
            self._peer.close()
            self._journal.close()
            link.close()

    def _turn(self, link: "_Link") -> None:
        if self.faults.mute:
            link.wait_for_wake(PULSE_S)
            self._answer_calls()
            return
        if self.faults.take_drop():
            self._peer.drop(link.context)
            link.watch(self._peer.sockets())
        readable = link.wait(self._peer.timeout_ms())
        self._answer_calls()
        self._peer.serve(readable)

    def _answer_calls(self) -> None:
        while self._calls:
            work, result = self._calls.popleft()
            try:
                result.set_result(work())
            except BaseException as error:
                result.set_exception(error)
                if not isinstance(error, Exception):
                    raise


class _Link:
    """What the thread waits on: the two sockets, and a wake-up from other threads."""

    def __init__(self) -> None:
        self.context: zmq.Context[RouterSocket] = zmq.Context()
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._woken_fd = self._woken.fileno()
        self._poller = zmq.Poller()

    def watch(self, sockets: Sequence[RouterSocket]) -> None:
        """Wait on these sockets from now on."""
        self._poller = zmq.Poller()
        for watched in (*sockets, self._woken_fd):
            self._poller.register(watched, zmq.POLLIN)

    def wait(self, timeout_ms: int) -> list[Any]:
        """Wait for a frame or a wake-up, at most this long; give the sockets that are readable."""
        ready = [found for found, _ in self._poller.poll(timeout_ms)]
        if self._woken_fd in ready:
            self._woken.recv(4096)
        return ready

    def wait_for_wake(self, timeout_s: float) -> None:
        """Wait for a wake-up alone, at most this long."""
        if select.select([self._woken], [], [], timeout_s)[0]:
            self._woken.recv(4096)

    def wake(self) -> None:
        """End a wait, from any thread; a wake-up that is under way already is enough."""
        with suppress(BlockingIOError):
            self._waker.send(_WAKE)

    def close(self) -> None:
        """Close the wake-up and the context."""
        self._woken.close()
        self._waker.close()
        self.context.term()


__all__ = ["SimTerminal"]
