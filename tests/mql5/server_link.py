"""Messages between the trade server and the runtime: a length, and one MessagePack value."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import msgpack

_LENGTH_SIZE = 4
_READ_SIZE = 1 << 20


class Connection:
    """One socket of the runtime, never blocking: what cannot be sent at once waits here."""

    def __init__(self, link: socket.socket) -> None:
        link.setblocking(False)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = link
        self._incoming = bytearray()
        self._outgoing = bytearray()
        self.closed = False

    def fileno(self) -> int:
        """Give the descriptor to wait on."""
        return self._socket.fileno()

    @property
    def waits(self) -> bool:
        """Whether something is still to be sent."""
        return bool(self._outgoing)

    def receive(self) -> list[Any]:
        """Take the messages that have come; the end of the connection closes it."""
        try:
            data = self._socket.recv(_READ_SIZE)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            self.close()
            return []
        self._incoming += data
        return list(self._messages())

    def send(self, message: Any) -> None:
        """Send a message, or keep it until the runtime reads again."""
        if self.closed:
            return
        body: bytes = msgpack.packb(message)
        self._outgoing += len(body).to_bytes(_LENGTH_SIZE, "little") + body
        self.flush()

    def flush(self) -> None:
        """Send what waits, as far as it goes."""
        try:
            while self._outgoing:
                sent = self._socket.send(memoryview(self._outgoing)[:_READ_SIZE])
                del self._outgoing[:sent]
        except BlockingIOError:
            return
        except OSError:
            self.close()

    def close(self) -> None:
        """End the connection; its socket stays open until the loop disposes of it."""
        self.closed = True
        self._outgoing.clear()

    def dispose(self) -> None:
        """Close the socket."""
        self.close()
        with suppress(OSError):
            self._socket.close()

    def _messages(self) -> Iterator[Any]:
        while len(self._incoming) >= _LENGTH_SIZE:
            end = _LENGTH_SIZE + int.from_bytes(self._incoming[:_LENGTH_SIZE], "little")
            if len(self._incoming) < end:
                return
            yield msgpack.unpackb(bytes(self._incoming[_LENGTH_SIZE:end]))
            del self._incoming[:end]


__all__ = ["Connection"]
