"""A load generator that costs little itself: raw HTTP/1.1 on asyncio, one request per connection
at a time, ready bytes out, lengths counted in."""

import asyncio
import time
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Load:
    """Latencies in microseconds, sorted, and requests per second over all clients."""

    latencies_us: list[float]
    per_second: float

    def at(self, share: float) -> float:
        """Give the latency that `share` of the requests stay below."""
        return self.latencies_us[
            min(len(self.latencies_us) - 1, int(len(self.latencies_us) * share))
        ]


class _Client(asyncio.Protocol):
    def __init__(self, request: bytes, count: int, done: "asyncio.Future[None]") -> None:
        self._request = request
        self._left = count
        self._done = done
        self._chunks: list[bytes] = []
        self._size = 0
        self._whole: int | None = None
        self.latencies_us: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no asyncio.Transport by inheritance.
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._chunks.append(data)
        self._size += len(data)
        if self._whole is None:
            self._read_head()
        chunked_end = self._whole == 0 and data.endswith(b"0\r\n\r\n")
        if not (chunked_end or (self._whole and self._size >= self._whole)):
            return
        self._chunks, self._size, self._whole = [], 0, None
        self.latencies_us.append((time.perf_counter() - self._sent) * 1e6)
        self._left -= 1
        if self._left:
            self._send()
        else:
            self._transport.close()
            if not self._done.done():
                self._done.set_result(None)

    def _read_head(self) -> None:
        """Learn how long the answer will be; 0 when it comes in chunks."""
        head, found, _ = b"".join(self._chunks).partition(b"\r\n\r\n")
        if not found:
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self._done.set_exception(RuntimeError(head.decode()))
            return
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        self._whole = len(head) + 4 + int(length) if length else 0

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._request)


async def load(
    url: str, *, clients: int, requests: int, headers: dict[str, str] | None = None
) -> Load:
    """Send `requests` GETs from each of `clients` connections, one at a time per connection."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {target} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    request = "\r\n".join([*lines, "", ""]).encode()
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    futures, protocols = [], []
    for _ in range(clients):
        done: asyncio.Future[None] = loop.create_future()
        _, protocol = await loop.create_connection(
            lambda done=done: _Client(request, requests, done),  # type: ignore[misc]
            parts.hostname or "",
            parts.port or 80,
        )
        futures.append(done)
        protocols.append(protocol)
    await asyncio.gather(*futures)
    seconds = time.perf_counter() - started
    latencies = sorted(x for protocol in protocols for x in protocol.latencies_us)
    return Load(latencies, clients * requests / seconds)
