"""Ready answers: JSON objects, pages of lists, cursors, and long arrays in pieces."""

import asyncio
import base64
import binascii
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import takewhile
from typing import Any

from starlette.responses import Response, StreamingResponse

from pitwire.edge.render import Schema, list_of, object_schema, quote, utc_time
from pitwire.errors import InvalidRequest
from pitwire.wire.fields import LATEST_MSC
from pitwire.wire.replies import Reply

ROWS_PER_PIECE = 2048
"""Rows of a long array that are written at a stretch; other requests get their turn between."""

BINARY = "application/octet-stream"

STATE_SCHEMA: dict[str, Schema] = {
    "as_of": {
        "type": ["string", "null"],
        "format": "date-time",
        "description": "when the terminal answered, by its own clock, UTC",
        "examples": ["2026-03-02T09:30:00.125Z"],
    },
    "age_ms": {"type": "integer", "description": "milliseconds since `as_of`", "examples": [2]},
    "source": {
        "type": "string",
        "description": "live: asked of the terminal",
        "examples": ["live"],
    },
}
PAGE_SCHEMA: Schema = object_schema(
    {
        "next_cursor": {"type": ["string", "null"], "description": "for the page after this one"},
        "has_more": {"type": "boolean"},
    }
)


def json_response(
    text: str, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with JSON text."""
    return Response(
        text.encode(), status_code=status, headers=headers, media_type="application/json"
    )


def state(clock_msc: int) -> str:
    """Write the members that say how old a state is."""
    age = max(0, time.time_ns() // 1_000_000 - clock_msc)
    return f'"as_of":{utc_time(clock_msc)},"age_ms":{age},"source":"live"'


def state_response(members: str, reply: Reply) -> Response:
    """Answer with an object and how old it is."""
    return json_response("{" + members + "," + state(reply.clock_msc) + "}")


def page(next_cursor: str | None) -> str:
    """Write the member that says how a list goes on."""
    cursor = "null" if next_cursor is None else quote(next_cursor)
    more = "false" if next_cursor is None else "true"
    return f'"page":{{"next_cursor":{cursor},"has_more":{more}}}'


def list_response(data: str, clock_msc: int, *, next_cursor: str | None = None) -> Response:
    """Answer with a list, how it goes on, and how old it is."""
    return json_response(f'{{"data":{data},{page(next_cursor)},{state(clock_msc)}}}')


def state_schema(properties: Mapping[str, Schema]) -> Schema:
    """Describe what `state_response` gives."""
    return object_schema({**properties, **STATE_SCHEMA})


def list_schema(items: Schema, **more: Schema) -> Schema:
    """Describe what `list_response` gives."""
    return object_schema({"data": list_of(items), "page": PAGE_SCHEMA, **more, **STATE_SCHEMA})


def cursor_of(place: Iterable[int | str], *asked: object) -> str:
    """Make a cursor: a place in a list, bound to what was asked."""
    text = json.dumps([_digest(asked), *place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(cursor: str, kinds: tuple[type, ...], *asked: object) -> list[Any]:
    """Read a cursor back.

    Raises InvalidRequest when it was made for another question, or not by us.
    """
    place: list[Any]
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        digest, *place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, RecursionError, binascii.Error):
        digest, place = None, []
    fits = [type(value) for value in place] == list(kinds) and digest == _digest(asked)
    if not fits or any(isinstance(v, int) and not 0 <= v <= LATEST_MSC for v in place):
        raise InvalidRequest(
            "The cursor does not belong to this request: repeat the other parameters unchanged, "
            "or begin anew without a cursor.",
            code="invalid_cursor",
        )
    return place


def after(msc: Sequence[int], begin: int, skip: int) -> tuple[int, int]:
    """Find where the next page begins: the last row's time, and how many rows have had it.

    Rows are ordered by time; `begin` and `skip` are where this page began.
    """
    last = msc[-1]
    same = sum(1 for _ in takewhile(lambda time: time == last, reversed(msc)))
    return last, same + (skip if last == begin else 0)


def _digest(asked: tuple[object, ...]) -> str:
    return sha256(repr(asked).encode()).hexdigest()[:12]


def pieces_response(
    head: str, piece: Callable[[int, int], bytes], rows: int, *, tail: str
) -> Response:
    """Answer with a long JSON array; `piece(first, last)` writes some of its rows."""

    async def body() -> AsyncIterator[bytes]:
        yield head.encode()
        for first in range(0, rows, ROWS_PER_PIECE):
            text = piece(first, min(first + ROWS_PER_PIECE, rows))
            yield b"," + text if first else text
            await asyncio.sleep(0)
        yield tail.encode()

    return StreamingResponse(body(), media_type="application/json", headers={"Vary": "Accept"})


def wants_binary(accept: str | None) -> bool:
    """Tell whether an app prefers packed rows."""
    return accept is not None and BINARY in accept.replace(" ", "").replace("\n", ",").split(",")


__all__ = [
    "BINARY",
    "PAGE_SCHEMA",
    "STATE_SCHEMA",
    "after",
    "cursor_of",
    "json_response",
    "list_response",
    "list_schema",
    "page",
    "pieces_response",
    "place_of",
    "state",
    "state_response",
    "state_schema",
    "wants_binary",
]
