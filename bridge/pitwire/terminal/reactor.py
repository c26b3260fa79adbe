"""Waits for sockets and for other threads, on every platform alike."""

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import zmq

Handler = Callable[[int], None]
"""Called with the events (zmq.POLLIN, zmq.POLLOUT) that a socket is ready for."""


class Reactor:
    """One thread's ZeroMQ context, its poll loop, and the way to wake it from any other thread.

    The wake-up is a pair of plain sockets: measured as fast as an inproc PAIR, and safe to use
    from every thread without a lock.
    """

    def __init__(self, *, max_sockets: int = 1024) -> None:
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.context.set(zmq.MAX_SOCKETS, max_sockets)
        self._poller = zmq.Poller()
        self._handlers: dict[zmq.Socket[bytes], Handler] = {}
        self._asleep = False
        self._near, self._far = socket.socketpair()
        self._near.setblocking(False)
        self._far.setblocking(False)
        self._poller.register(self._far, zmq.POLLIN)

    def watch(self, watched: zmq.Socket[bytes], events: int, handler: Handler) -> None:
        """Call `handler` whenever the socket is ready for one of these events."""
        self._handlers[watched] = handler
        self._poller.register(watched, events)

    def change(self, watched: zmq.Socket[bytes], events: int) -> None:
        """Wait for these events instead."""
        self._poller.modify(watched, events)

    def forget(self, watched: zmq.Socket[bytes]) -> None:
        """Wait for the socket no longer."""
        del self._handlers[watched]
        self._poller.unregister(watched)

    def wake(self) -> None:
        """End the wait of the loop's thread; from any thread, after the work was left for it."""
        if not self._asleep:
            return
        self._asleep = False
        with suppress(OSError):  # full: a wake-up is under way; closed: nobody sleeps any more
            self._near.send(b"\0")

    def wait(self, timeout_ms: int, *, busy: Callable[[], bool]) -> list[tuple[Any, int]]:
        """Wait until something is ready, somebody wakes us, or the time is up.

        `busy` is asked after `wake` has begun to work: what is left for us before is seen by it,
        what is left afterwards wakes us.
        """
        self._asleep = True
        ready = self._poller.poll(0 if busy() else timeout_ms)
        self._asleep = False
        return ready

    def dispatch(self, ready: list[tuple[Any, int]]) -> None:
        """Call the handlers; one whose socket was closed meanwhile is left out."""
        for watched, events in ready:
            handler = self._handlers.get(watched)
            if handler is not None:
                handler(events)
            elif watched == self._far.fileno():
                self._far.recv(4096)

    def close(self) -> None:
        """Close the context; sockets that were closed before get the time of their LINGER."""
        self._near.close()
        self._far.close()
        self.context.destroy(linger=0)


__all__ = ["Handler", "Reactor"]
