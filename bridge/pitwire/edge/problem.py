"""The one place that turns an error into what an app sees: RFC 9457, `application/problem+json`."""

import json
import math

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pitwire.edge.call import Visit
from pitwire.edge.frame import visit_of
from pitwire.errors import (
    ApiError,
    InternalError,
    MethodNotAllowed,
    OrderUnresolved,
    Unauthenticated,
)

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "/docs/errors#"
"""Where every kind of error is explained, relative to the bridge's own address.

A finer `code`, such as `invalid_volume` of an order that was rejected, belongs to its kind there.
"""

_HEADER_EXTRAS = {"allow", "replayed"}
"""Members of `extra` that travel as headers."""


class Problems:
    """Pure ASGI: answers every error, an unexpected one without its details."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        visit = visit_of(scope)
        told: ApiError | None = None
        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            return
        except ApiError as error:
            told = error
        except Exception:
            log.exception("request failed", request_id=visit.request_id, method=scope["method"])
            told = InternalError(
                f"The bridge failed. Its log says more under the request id {visit.request_id}."
            )
        # Once begun, an answer can only be left unfinished: the server then cuts the connection.
        if told is not None and not started:
            await problem(told, visit)(scope, receive, send)


def problem(error: ApiError, visit: Visit) -> Response:
    """Write an error as a problem document, with the headers that belong to it."""
    retry_s = error.retry_after_s
    members = {
        "type": TYPE_PREFIX + type(error).code,
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "request_id": visit.request_id,
        "outcome": error.outcome if visit.trades else None,
        "retryable": error.retryable,
        "retry_after_ms": None if retry_s is None else round(retry_s * 1000),
    }
    own = members.keys() | _HEADER_EXTRAS
    members |= {name: value for name, value in error.extra.items() if name not in own}
    body = json.dumps(members, ensure_ascii=False, allow_nan=False)
    return Response(
        body, status_code=error.status, headers=_headers(error, visit), media_type=MEDIA_TYPE
    )


def _headers(error: ApiError, visit: Visit) -> dict[str, str]:
    headers: dict[str, str] = {}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    if isinstance(error, Unauthenticated):
        sent = "authorization" in visit.headers
        headers["WWW-Authenticate"] = 'Bearer realm="pitwire"' + (
            ', error="invalid_token"' if sent else ""
        )
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(error.extra.get("allow", ()))
    if error.extra.get("replayed"):
        headers["Idempotent-Replayed"] = "true"
    order_id = error.extra.get("order_id")
    if isinstance(error, OrderUnresolved) and order_id and visit.orders_path:
        headers["Location"] = f"{visit.orders_path}/{order_id}"
    return headers


__all__ = ["MEDIA_TYPE", "Problems", "problem"]
