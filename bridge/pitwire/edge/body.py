"""The body of a request: JSON and nothing else, small, flat, without doubtful parts."""

import json
import re
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from pitwire.edge.call import Visit
from pitwire.edge.faults import header_fault
from pitwire.errors import InvalidRequest, TooLarge

MAX_DEPTH = 8
"""Deepest nesting of a body."""

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_OPENING = b"[{"
_MEDIA_TYPE = re.compile(r'application/json(?:\s*;\s*charset\s*=\s*"?utf-8"?)?', re.IGNORECASE)


async def read_json(visit: Visit, receive: Receive, *, max_bytes: int) -> Any:  # noqa: ANN401
    """Receive a body and parse it; none at all, without a media type, is an empty object.

    Raises TooLarge, before a byte is read where the length is announced, and InvalidRequest.
    """
    _check_headers(visit, max_bytes)
    data = await _received(receive, max_bytes)
    media_type = visit.headers.get("content-type", "")
    if not data and not media_type:
        return {}
    if not _MEDIA_TYPE.fullmatch(media_type.strip()):
        raise header_fault("Content-Type", "must be application/json")
    return parse(data)


def _check_headers(visit: Visit, max_bytes: int) -> None:
    if visit.headers.get("content-encoding", "identity").lower() != "identity":
        raise header_fault("Content-Encoding", "must be absent: send the body as it is")
    length = visit.headers.get("content-length", "0")
    if not length.isdecimal():
        raise header_fault("Content-Length", "must be a number")
    if int(length) > max_bytes:
        raise _too_large(max_bytes)


async def _received(receive: Receive, max_bytes: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > max_bytes:
            raise _too_large(max_bytes)
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(f"A request body may have {max_bytes} bytes.")


def parse(data: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Parse JSON; duplicate names, NaN, infinities and deep nesting are refused.

    Raises InvalidRequest.
    """
    _check_depth(data)
    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError:
        raise _fault("The body must be UTF-8") from None
    except json.JSONDecodeError as error:
        raise _fault(f"The body is not JSON at line {error.lineno}, column {error.colno}") from None
    except ValueError:
        raise _fault("The body holds a number with thousands of digits") from None


def _check_depth(data: bytes) -> None:
    depth = 0
    for bracket in _STRING.sub(b"", data).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in _OPENING else -1
        if depth > MAX_DEPTH:
            raise _fault(f"The body may be nested {MAX_DEPTH} levels deep")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _fault("The body names a member twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise _fault(f"The body holds {name}, which is not JSON")


def _fault(detail: str) -> InvalidRequest:
    fault = {"in": "body", "pointer": "", "code": "invalid_json", "detail": detail}
    return InvalidRequest(detail + ".", extra={"errors": [fault]})


__all__ = ["MAX_DEPTH", "parse", "read_json"]
