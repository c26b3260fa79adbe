"""Waits for sockets and for other threads, on every platform alike.

A ZeroMQ socket has a file descriptor that becomes readable when something about the socket has
changed, once per change (ZMQ_FD, "edge-triggered"). So the loop waits on descriptors, which costs
one system call however many sockets there are, and asks a socket what it is ready for only when
its descriptor spoke, or when the socket was used since: using it can swallow the sign.
https://libzmq.readthedocs.io/en/latest/zmq_getsockopt.html
"""

import selectors
import socket
from collections.abc import Callable
from contextlib import suppress

import zmq

Handler = Callable[[int], None]
"""Called with the events (zmq.POLLIN, zmq.POLLOUT) that a socket is ready for."""

_EVENTS = int(zmq.EVENTS)
_Socket = zmq.Socket[bytes]


class _Watch:
    """A socket, what is waited for, and its place: earlier ones are served first."""

    __slots__ = ("events", "fd", "handler", "place", "socket")

    def __init__(self, watched: _Socket, events: int, handler: Handler, place: int) -> None:
        self.socket = watched
        self.fd = int(watched.getsockopt(zmq.FD))
        self.events = int(events)
        self.handler = handler
        self.place = place


Ready = list[tuple[_Watch, int]]


class Reactor:
    """One thread's ZeroMQ context, its poll loop, and the way to wake it from any other thread.

    The wake-up is a pair of plain sockets: measured as fast as an inproc PAIR, and safe to use
    from every thread without a lock.
    """

    def __init__(self, *, max_sockets: int = 1024) -> None:
        self.context: zmq.Context[_Socket] = zmq.Context()
        self.context.set(zmq.MAX_SOCKETS, max_sockets)
        self._selector = selectors.DefaultSelector()
        self._watches: dict[_Socket, _Watch] = {}
        self._used: set[_Watch] = set()
        self._places = 0
        self._asleep = False
        self._ready: Ready = []
        self._timeout_s = 0.0
        self._near, self._far = socket.socketpair()
        self._near.setblocking(False)
        self._far.setblocking(False)
        self._selector.register(self._far, selectors.EVENT_READ, None)

    def watch(self, watched: _Socket, events: int, handler: Handler) -> None:
        """Call `handler` whenever the socket is ready for one of these events."""
        self._places += 1
        watch = _Watch(watched, events, handler, self._places)
        self._watches[watched] = watch
        self._selector.register(watch.fd, selectors.EVENT_READ, watch)
        self._used.add(watch)

    def change(self, watched: _Socket, events: int) -> None:
        """Wait for these events instead."""
        self._watches[watched].events = int(events)
        self.used(watched)

    def used(self, watched: _Socket) -> None:
        """Look at the socket before the next wait: something was sent, or not all was read."""
        watch = self._watches.get(watched)
        if watch is not None:
            self._used.add(watch)

    def forget(self, watched: _Socket) -> None:
        """Wait for the socket no longer."""
        watch = self._watches.pop(watched)
        self._used.discard(watch)
        self._selector.unregister(watch.fd)

    def wake(self) -> None:
        """End the wait of the loop's thread; from any thread, after the work was left for it."""
        if not self._asleep:
            return
        self._asleep = False
        with suppress(OSError):  # full: a wake-up is under way; closed: nobody sleeps any more
            self._near.send(b"\0")

    def prepare(self, timeout_ms: int) -> None:
        """Do all that can be done before a wait, which then lasts `timeout_ms` at most."""
        self._ready = self._ask(self._used)
        self._used.clear()
        self._timeout_s = 0.0 if self._ready else timeout_ms / 1000

    @property
    def timeout_s(self) -> float:
        """How long the next wait may last."""
        return self._timeout_s

    def fileno(self) -> int | None:
        """Give a descriptor that is readable while a wait would end, where there is one."""
        fileno: Callable[[], int] | None = getattr(self._selector, "fileno", None)
        return None if fileno is None else fileno()

    def poll(self) -> Ready:
        """Find out what is ready now, without waiting."""
        return self.wait(busy=lambda: True)

    def wait(self, *, busy: Callable[[], bool]) -> Ready:
        """Wait until something is ready, somebody wakes us, or the time is up.

        `busy` is asked after `wake` has begun to work: what is left for us before is seen by it,
        what is left afterwards wakes us.
        """
        self._asleep = True
        spoke = self._selector.select(0 if busy() else self._timeout_s)
        self._asleep = False
        ready, self._ready = self._ready, []
        if spoke:
            known = {watch for watch, _ in ready}
            ready += self._ask(self._woken(spoke) - known)
        if len(ready) > 1:
            ready.sort(key=lambda item: item[0].place)
        return ready

    def dispatch(self, ready: Ready) -> None:
        """Call the handlers; one whose socket was closed meanwhile is left out."""
        for watch, events in ready:
            if watch.socket in self._watches:
                self._used.add(watch)
                watch.handler(events)

    def close(self) -> None:
        """Close the context; sockets that were closed before get the time of their LINGER."""
        self._selector.close()
        self._near.close()
        self._far.close()
        self.context.destroy(linger=0)

    def _woken(self, spoke: list[tuple[selectors.SelectorKey, int]]) -> set[_Watch]:
        watches = {key.data for key, _ in spoke}
        if None in watches:
            watches.discard(None)
            with suppress(BlockingIOError):
                self._far.recv(4096)
        return watches

    @staticmethod
    def _ask(watches: set[_Watch]) -> Ready:
        """Find out which sockets are ready for what is waited for."""
        ready = []
        for watch in watches:
            events = int(watch.socket.getsockopt(_EVENTS)) & watch.events
            if events:
                ready.append((watch, events))
        return ready


__all__ = ["Handler", "Reactor"]
