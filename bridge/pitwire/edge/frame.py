"""What every request and every response has: an id, timings, and careful headers."""

import re
import secrets
from collections.abc import Iterable
from time import perf_counter

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pitwire.edge.call import Visit

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_UNLESS_SET = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}


def visit_of(scope: Scope) -> Visit:
    """Find what the frame knows of a request."""
    visit: Visit = scope["pitwire.visit"]
    return visit


class Frame:
    """Pure ASGI: gives a request its id, and its response the headers that all responses carry."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = _headers(scope["headers"])
        client = scope.get("client")
        visit = Visit(
            request_id=_request_id(headers.get("x-request-id")),
            started=perf_counter(),
            headers=headers,
            source=client[0] if client else None,
        )
        scope["pitwire.visit"] = visit

        async def framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_response_headers(message, visit)]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=visit.request_id):
            await self._app(scope, receive, framed)


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]}\n{text}" if key in headers else text
    return headers


def _request_id(sent: str | None) -> str:
    return sent if sent and _SANE_ID.fullmatch(sent) else secrets.token_hex(12)


def _response_headers(message: Message, visit: Visit) -> list[tuple[bytes, bytes]]:
    present = {name for name, _ in message["headers"]}
    total = perf_counter() - visit.started
    bridge = max(0.0, total - visit.waited_s) * 1000
    timing = f"bridge;dur={bridge:.3f}, terminal;dur={visit.waited_s * 1000:.3f}"
    headers = [
        *_ALWAYS,
        *((name, value) for name, value in _UNLESS_SET.items() if name not in present),
        (b"x-request-id", visit.request_id.encode()),
        (b"server-timing", timing.encode()),
    ]
    if visit.timeout_s is not None:
        headers.append((b"x-request-timeout", f"{visit.timeout_s:g}".encode()))
    return headers


__all__ = ["Frame", "visit_of"]
