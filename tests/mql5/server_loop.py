"""The thread of the trade server: its sockets, and the work that other threads hand to it."""

import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from tests.mql5.server_link import Connection

PULSE_S = 0.005
PATIENCE_S = 20.0

_Result = TypeVar("_Result")


class Loop:
    """Takes messages of connections on the loopback, and pulses at least every 5 ms."""

    def __init__(
        self, *, on_message: Callable[[Connection, Any], None], on_pulse: Callable[[], None]
    ) -> None:
        self._on_message = on_message
        self._on_pulse = on_pulse
        self._work: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._links: set[Connection] = set()
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, name="trade-server", daemon=True)

    @property
    def address(self) -> str:
        """Where it listens."""
        host, port = self._listener.getsockname()
        return f"{host}:{port}"

    def start(self) -> None:
        """Begin to serve, when it does not yet."""
        if self._thread.is_alive():
            return
        self._selector = selectors.DefaultSelector()
        self._woken, self._waker = socket.socketpair()
        self._listener = socket.create_server(("127.0.0.1", 0))
        for place in (self._listener, self._woken, self._waker):
            place.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close everything; calling it again does nothing."""
        if not self._thread.is_alive():
            return
        self._stopping = True
        self._wake()
        self._thread.join()
        for link in self._links:
            link.dispose()
        self._links.clear()
        for place in (self._listener, self._woken, self._waker):
            place.close()
        self._selector.close()

    def call(self, work: Callable[[], _Result]) -> _Result:
        """Run `work` on the thread and give its result, or raise what it raises."""
        if threading.current_thread() is self._thread or not self._thread.is_alive():
            return work()
        result: Future[_Result] = Future()
        self._work.append((work, result))
        self._wake()
        return result.result(PATIENCE_S)

    def _wake(self) -> None:
        with suppress(BlockingIOError):
            self._waker.send(b"\0")

    def _serve(self) -> None:
        while not self._stopping:
            self._turn()
        self._do_work()

    def _turn(self) -> None:
        for link in list(self._links):
            self._look_after(link)
        for key, events in self._selector.select(PULSE_S):
            if key.fileobj is self._listener:
                self._welcome()
            elif key.fileobj is self._woken:
                self._woken.recv(4096)
            else:
                self._read(key.data, events)
        self._do_work()
        self._on_pulse()

    def _look_after(self, link: Connection) -> None:
        if link.closed:
            self._selector.unregister(link)
            self._links.discard(link)
            link.dispose()
            return
        writes = selectors.EVENT_WRITE if link.waits else 0
        self._selector.modify(link, selectors.EVENT_READ | writes, link)

    def _welcome(self) -> None:
        accepted, _ = self._listener.accept()
        link = Connection(accepted)
        self._links.add(link)
        self._selector.register(link, selectors.EVENT_READ, link)

    def _read(self, link: Connection, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            link.flush()
        if events & selectors.EVENT_READ and not link.closed:
            for message in link.receive():
                self._on_message(link, message)

    def _do_work(self) -> None:
        while self._work:
            work, result = self._work.popleft()
            try:
                value = work()
            except BaseException as error:  # noqa: BLE001 - it belongs to the caller
                result.set_exception(error)
            else:
                self._on_pulse()
                result.set_result(value)


__all__ = ["PATIENCE_S", "Loop"]
