"""One operation of the API: everything that the edge needs to know to serve and describe it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from pitwire.edge.call import API
from pitwire.edge.inputs import Body
from pitwire.edge.queries import Query
from pitwire.edge.render import Schema

PUBLIC = "public"
"""Needs no key."""

ANY_KEY = "any key"
"""Needs a key, whatever its scopes."""

READ = "read"
TRADE = "trade"

TERMINAL = "/terminals/{terminal}"
"""What the short form of a path leaves out."""

_TAGS = {
    "ping": "bridge",
    "time": "bridge",
    "health": "bridge",
    "keys": "bridge",
    "terminals": "terminal",
    "server-time": "terminal",
    "symbols": "market",
    "quotes": "market",
    "calc": "orders",
}

Serve = Callable[..., Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of the table in `edge.routes`.

    `path` begins behind /api/v1, or behind the terminal with `at_terminal`. `serve` takes the Call
    and then what `query` and `body` name. `schema` describes the answer, `example` is a body.
    `trades` takes an Idempotency-Key and answers with an order; `packed` can answer with rows;
    `loads` may have to wait for a download. `or_scope` is a second scope that suffices,
    `or_status` a second status that the same answer may have.
    """

    name: str
    method: str
    path: str
    scope: str
    serve: Serve
    schema: Schema
    summary: str
    description: str = ""
    at_terminal: bool = True
    query: type[Query] | None = None
    body: type[Body] | None = None
    example: Mapping[str, Any] | None = None
    status: int = 200
    trades: bool = False
    packed: bool = False
    loads: bool = False
    or_scope: str | None = None
    or_status: int | None = None

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes of which one is needed."""
        return (self.scope,) if self.or_scope is None else (self.scope, self.or_scope)

    @property
    def tag(self) -> str:
        """The group it is shown in: the first word of its path."""
        word = self.path.split("/")[1] if self.path else "terminals"
        return _TAGS.get(word, word)

    @property
    def paths(self) -> tuple[str, ...]:
        """The canonical path, and the short one when there is one."""
        if not self.at_terminal:
            return (API + self.path,)
        canonical = API + TERMINAL + self.path
        return (canonical, API + self.path) if self.path else (canonical,)


__all__ = ["ANY_KEY", "PUBLIC", "READ", "TERMINAL", "TRADE", "Operation", "Serve"]
