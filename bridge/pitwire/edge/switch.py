"""Finds the route of a path: one dictionary look-up per segment, whatever the number of routes.

The path is split before it is decoded, so a symbol such as `BTC/USD` travels as `BTC%2FUSD`.
"""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote

from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from pitwire.errors import MethodNotAllowed, NotFound


class Served(NamedTuple):
    """A method and a path template with the app that serves them."""

    method: str
    path: str
    app: ASGIApp


class _Node:
    """A segment of the paths: what may follow it, and what is served here."""

    __slots__ = ("apps", "literals", "parameter")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.parameter: tuple[str, _Node] | None = None
        self.apps: dict[str, ASGIApp] = {}

    def child(self, segment: str) -> "_Node":
        if not segment.startswith("{"):
            return self.literals.setdefault(segment, _Node())
        name = segment.strip("{}")
        if self.parameter is None:
            self.parameter = (name, _Node())
        if self.parameter[0] != name:
            raise ValueError(f"two names for one segment: {self.parameter[0]} and {name}")
        return self.parameter[1]


class Switch(BaseRoute):
    """A route that stands for all operations below one prefix."""

    def __init__(self, prefix: str, routes: Iterable[Served]) -> None:
        self._prefix = prefix
        self._root = _Node()
        for method, path, app in routes:
            node = self._root
            for segment in path.split("/"):
                node = node.child(segment)
            if method in node.apps:
                raise ValueError(f"{method} {path} is served twice")
            node.apps[method] = app

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take every HTTP request below the prefix, also those that nothing serves."""
        path: str = scope["path"]
        inside = path == self._prefix or path.startswith(self._prefix + "/")
        return (Match.FULL if inside and scope["type"] == "http" else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request.

        Raises NotFound and MethodNotAllowed.
        """
        app, parameters = self.find(scope["method"], _raw_path(scope))
        scope["path_params"] = parameters
        await app(scope, receive, send)

    def find(self, method: str, path: str) -> tuple[ASGIApp, dict[str, str]]:
        """Find who serves a method at a path that is still percent-encoded.

        Raises NotFound and MethodNotAllowed.
        """
        node = self._root
        parameters: dict[str, str] = {}
        for segment in path.split("/"):
            following = node.literals.get(segment)
            if following is None:
                if node.parameter is None or not segment:
                    raise NotFound("There is nothing at this path.")
                name, following = node.parameter
                parameters[name] = unquote(segment)
            node = following
        app = node.apps.get("GET" if method == "HEAD" else method)
        if app is not None:
            return app, parameters
        if not node.apps:
            raise NotFound("There is nothing at this path.")
        allowed = sorted(node.apps.keys() | ({"HEAD"} if "GET" in node.apps else set()))
        raise MethodNotAllowed(f"This path serves {', '.join(allowed)}.", extra={"allow": allowed})


def _raw_path(scope: Scope) -> str:
    raw: bytes | None = scope.get("raw_path")
    return scope["path"] if raw is None else raw.decode("latin-1")


__all__ = ["Served", "Switch"]
