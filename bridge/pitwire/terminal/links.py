"""The links to all terminals: one owner of every ZeroMQ socket of theirs.

The owner is the event loop where it can watch descriptors, and a thread of its own elsewhere
(Windows' Proactor loop). Measured: on the loop a command costs two hand-overs between threads
less, which is a third of its round trip; everything else is the same code.

A session is replaced by a new one while it lives, every day or after very many frames. Then
`LinkUp` comes again without a `LinkDown` before it: no command is lost, and the subscriptions,
which end with their session, have to be made again.
"""

import asyncio
import math
import re
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Thread, get_ident

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
    """The face of all links. Every `Outgoing` is answered exactly once through `deliver`.

    `bridge`: our name in HELLO. `deliver` gets batches that are never empty, where the sockets live
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
        self._attached: _Attached | None = None

    def start(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """Open every link's sockets, on this running loop if it can watch them; for once.

        Without a loop, or with one that cannot, a thread owns the sockets; `deliver` is then
        called on that thread, and otherwise on the loop's.
        Raises ConfigError for an endpoint that cannot be used, and then nothing is left open.
        """
        if self._reactor is not None:
            raise RuntimeError("the links were started before")
        self._reactor = Reactor(max_sockets=1024 + SOCKETS_PER_LINK * len(self._links))
        self._closed = False
        if loop is not None and self._attach(loop, self._reactor):
            return
        started: Future[None] = Future()
        self._thread = Thread(
            target=self._run, args=(self._reactor, started), name="pitwire-links", daemon=True
        )
        self._thread.start()
        fault = started.exception()
        if fault is not None:
            self._thread.join()  # it closes what it had opened
            raise fault

    def stop(self, *, timeout_s: float = 5.0) -> None:
        """Say BYE, answer everything that is pending, close the sockets, join the thread.

        On a loop it is to be called there; see `close`.
        """
        self._stopping = True
        if self._attached is not None:
            self._attached.stop()
            return
        if self._thread is None or self._reactor is None:
            return
        self._reactor.wake()
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            _log.error("links_did_not_stop", timeout_s=timeout_s)

    @property
    def attached(self) -> bool:
        """Whether the event loop owns the sockets, and `deliver` is called there."""
        return self._attached is not None

    async def close(self) -> None:
        """Stop, from the loop, whoever owns the sockets."""
        if self._attached is not None:
            self.stop()
        else:
            await asyncio.to_thread(self.stop)

    def send(self, outgoing: Outgoing) -> None:
        """Hand a command over; from any thread, never blocks."""
        self._inbox.append(outgoing)
        if self._closed or self._reactor is None:
            self._refuse_inbox()
        elif self._attached is not None:
            self._attached.wake()
        else:
            self._reactor.wake()

    def status(self, terminal: str) -> LinkStatus:
        """Give a snapshot of one link; from any thread. Raises KeyError for an unknown one."""
        return self._links[terminal].status()

    # The loop.

    def _attach(self, loop: asyncio.AbstractEventLoop, reactor: Reactor) -> bool:
        """Let the loop own the sockets; False when it cannot watch descriptors."""
        descriptor = reactor.fileno()
        if descriptor is None:
            return False
        attached = _Attached(self, loop, reactor, descriptor)
        try:
            loop.add_reader(descriptor, attached.turn)
        except NotImplementedError:
            return False
        self._attached = attached
        try:
            attached.doorkeeper = self._open_doors(reactor)
            self._open_links(reactor)
        except BaseException:
            attached.stop()
            raise
        reactor.prepare(0)
        attached.turn()
        return True

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
        ready = reactor.poll() if self._attached else reactor.wait(busy=self._busy)
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


class _Attached:
    """The links' turns on an event loop: when a descriptor speaks, a timer ends, or work comes."""

    def __init__(
        self, links: Links, loop: asyncio.AbstractEventLoop, reactor: Reactor, descriptor: int
    ) -> None:
        self.doorkeeper: Doorkeeper | None = None
        self._links = links
        self._loop = loop
        self._reactor = reactor
        self._descriptor = descriptor
        self._thread = get_ident()
        self._next: asyncio.Handle | None = None
        self._soon = False
        self._stopped = False

    def wake(self) -> None:
        """Take a turn soon; from any thread."""
        if self._soon or self._stopped:
            return
        self._soon = True
        if get_ident() == self._thread:
            self._loop.call_soon(self.turn)
        else:
            self._loop.call_soon_threadsafe(self.turn)

    def turn(self) -> None:
        """Do what is to be done now, and plan the next turn."""
        if self._stopped:
            return
        self._soon = False
        if self._next is not None:
            self._next.cancel()
        try:
            self._links._turn(self._reactor)  # noqa: SLF001 - a part of it
        except Exception as error:  # noqa: BLE001 - as on the thread: all is answered, then it ends
            _log.critical("links_fault", fault=type(error).__name__, exc_info=True)
            self.stop()
            return
        self._next = self._loop.call_later(self._reactor.timeout_s, self.turn)

    def stop(self) -> None:
        """End the turns and close the sockets."""
        if self._stopped:
            return
        self._stopped = True
        self._loop.remove_reader(self._descriptor)
        if self._next is not None:
            self._next.cancel()
        self._links._shut(self._reactor, self.doorkeeper)  # noqa: SLF001 - a part of it


def _not_sent(outgoing: Outgoing, reason: str) -> NotSent:
    return NotSent(outgoing.terminal, outgoing.number, reason)


__all__ = ["SOCKETS_PER_LINK", "Links"]
