"""The links to all terminals: one thread that owns every ZeroMQ socket of theirs.

A session is replaced by a new one while it lives, every day or after very many frames. Then
`LinkUp` comes again without a `LinkDown` before it: no command is lost, and the subscriptions,
which end with their session, have to be made again.
"""

import math
import re
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Thread

import structlog
import zmq

from pitwire.errors import ConfigError
from pitwire.terminal.courier import NO_SESSION
from pitwire.terminal.curve import Doorkeeper
from pitwire.terminal.link import Link
from pitwire.terminal.messages import Delivery, NotSent, Outgoing
from pitwire.terminal.reactor import Reactor
from pitwire.terminal.settings import LinkSettings
from pitwire.terminal.status import LinkStatus

SOCKETS_PER_LINK = 4
"""Two that carry frames, and a monitor for each."""

_BRIDGE_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LONGEST_WAIT_MS = 60_000

_log = structlog.get_logger(__name__)


class Links:
    """The link thread's face. Every `Outgoing` is answered exactly once through `deliver`.

    `bridge`: our name in HELLO. `deliver` gets batches that are never empty, on the link thread
    (after `stop` on the thread that calls `send`); it must not block.
    Raises ConfigError when two terminals have the same name, or `bridge` is no name.
    """

    def __init__(
        self,
        links: Sequence[LinkSettings],
        *,
        bridge: str,
        deliver: Callable[[list[Delivery]], None],
    ) -> None:
        if not _BRIDGE_NAME.fullmatch(bridge):
            raise ConfigError(
                "The bridge's name consists of 1 to 64 letters, digits, dots, dashes and "
                "underscores."
            )
        self._deliver = deliver
        self._batch: list[Delivery] = []
        self._inbox: deque[Outgoing] = deque()
        self._links: dict[str, Link] = {}
        for settings in links:
            if settings.name in self._links:
                raise ConfigError(f"Two terminals are named '{settings.name}': rename one.")
            self._links[settings.name] = Link(settings, bridge=bridge, emit=self._batch.append)
        self._reactor: Reactor | None = None
        self._thread: Thread | None = None
        self._stopping = False
        self._closed = True

    def start(self) -> None:
        """Start the thread and open every link's sockets; for once.

        Raises ConfigError for an endpoint that cannot be used, and then nothing is left open.
        """
        if self._thread is not None:
            raise RuntimeError("the links were started before")
        started: Future[None] = Future()
        self._reactor = Reactor(max_sockets=1024 + SOCKETS_PER_LINK * len(self._links))
        self._closed = False
        self._thread = Thread(
            target=self._run, args=(self._reactor, started), name="pitwire-links", daemon=True
        )
        self._thread.start()
        fault = started.exception()
        if fault is not None:
            self._thread.join()  # it closes what it had opened
            raise fault

    def stop(self, *, timeout_s: float = 5.0) -> None:
        """Say BYE, answer everything that is pending, close the sockets, join the thread."""
        self._stopping = True
        if self._thread is None or self._reactor is None:
            return
        self._reactor.wake()
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            _log.error("links_did_not_stop", timeout_s=timeout_s)

    def send(self, outgoing: Outgoing) -> None:
        """Hand a command over; from any thread, never blocks."""
        self._inbox.append(outgoing)
        if self._closed or self._reactor is None:
            self._refuse_inbox()
        else:
            self._reactor.wake()

    def status(self, terminal: str) -> LinkStatus:
        """Give a snapshot of one link; from any thread. Raises KeyError for an unknown one."""
        return self._links[terminal].status()

    # The thread.

    def _run(self, reactor: Reactor, started: "Future[None]") -> None:
        doorkeeper: Doorkeeper | None = None
        try:
            doorkeeper = self._open_doors(reactor)
            self._open_links(reactor)
            started.set_result(None)
            reactor.prepare(0)
            while not self._stopping:
                self._turn(reactor)
        except Exception as error:  # noqa: BLE001 - it goes to the caller of start, or to the log
            if not started.done():
                started.set_exception(error)
            else:
                _log.critical("links_fault", fault=type(error).__name__)
        finally:
            self._shut(reactor, doorkeeper)

    def _open_doors(self, reactor: Reactor) -> Doorkeeper | None:
        """Start to check CURVE keys, before the first socket asks."""
        keys = {
            name: link.settings.curve.terminal_public
            for name, link in self._links.items()
            if link.settings.curve is not None
        }
        if not keys:
            return None
        doorkeeper = Doorkeeper(reactor.context, keys)
        reactor.watch(doorkeeper.socket, zmq.POLLIN, lambda _: doorkeeper.answer())
        return doorkeeper

    def _open_links(self, reactor: Reactor) -> None:
        for name, link in self._links.items():
            fault = link.start(reactor)
            if fault is not None:
                raise ConfigError(f"The terminal '{name}' cannot be served: {fault}.")

    def _turn(self, reactor: Reactor) -> None:
        """Wait, send what came in, read what came back, do what is due, then deliver.

        Delivering is the last thing before the next wait: whoever it wakes finds this thread on
        its way to sleep and need not wait for the interpreter.
        """
        ready = reactor.wait(busy=self._busy)
        self._take_inbox()
        reactor.dispatch(ready)
        now = time.monotonic()
        for link in self._links.values():
            if now >= link.deadline:
                link.tick(now)
        reactor.prepare(self._wait_ms())
        self._flush()

    def _busy(self) -> bool:
        return self._stopping or bool(self._inbox)

    def _wait_ms(self) -> int:
        nearest = min((link.deadline for link in self._links.values()), default=math.inf)
        wait_ms = min((nearest - time.monotonic()) * 1000, _LONGEST_WAIT_MS)
        return max(0, math.ceil(wait_ms))

    def _take_inbox(self) -> None:
        for _ in range(len(self._inbox)):
            outgoing = self._inbox.popleft()
            link = self._links.get(outgoing.terminal)
            if link is None:
                self._batch.append(_not_sent(outgoing, "there is no terminal of this name"))
            else:
                link.submit(outgoing)

    def _refuse_inbox(self) -> None:
        """Answer what comes when no thread takes it; `popleft` gives each to one caller only."""
        while True:
            try:
                outgoing = self._inbox.popleft()
            except IndexError:
                return
            self._hand_up([_not_sent(outgoing, NO_SESSION)])

    def _flush(self) -> None:
        if self._batch:
            batch = self._batch.copy()
            self._batch.clear()
            self._hand_up(batch)

    def _hand_up(self, batch: list[Delivery]) -> None:
        try:
            self._deliver(batch)
        except Exception as error:  # noqa: BLE001 - the receiver's fault must not end the links
            _log.critical("delivery_failed", fault=type(error).__name__, messages=len(batch))

    def _shut(self, reactor: Reactor, doorkeeper: Doorkeeper | None) -> None:
        for link in self._links.values():
            link.stop()
        if doorkeeper is not None:
            reactor.forget(doorkeeper.socket)
            doorkeeper.close()
        self._closed = True
        self._flush()
        self._refuse_inbox()
        reactor.close()


def _not_sent(outgoing: Outgoing, reason: str) -> NotSent:
    return NotSent(outgoing.terminal, outgoing.number, reason)


__all__ = ["SOCKETS_PER_LINK", "Links"]
