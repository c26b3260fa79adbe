"""Who calls: the Bearer key of every request to the API, before anything else is looked at.

Every path under /api/v1 needs a key, also one that does not exist, except the few that the table
of operations declares public.
"""

import re
from collections.abc import Collection
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from pitwire.edge.call import API, Visit
from pitwire.edge.frame import visit_of
from pitwire.errors import InvalidRequest, Unauthenticated
from pitwire.gate.door import Caller, Door

_KEY_IN_QUERY = re.compile(
    rb"(?:^|&)(?:api[_-]?key|key|access[_-]?token|auth[_-]?token|token|authorization|bearer"
    rb"|secret)=|pw_(?:live|test)_",
    re.IGNORECASE,
)


class Authentication:
    """Pure ASGI: notes the caller of a request, or refuses it.

    `public` are the paths that need no key.
    """

    def __init__(self, app: ASGIApp, *, door: Door, public: Collection[str]) -> None:
        self._app = app
        self._door = door
        self._public = frozenset(public)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request.

        Raises Unauthenticated, and InvalidRequest for a key in the query string.
        """
        if scope["type"] == "http":
            if scope["query_string"]:
                _refuse_keys(scope["query_string"])
            if self._is_guarded(scope["path"]):
                visit = visit_of(scope)
                visit.caller = self._caller(visit)
        await self._app(scope, receive, send)

    def _is_guarded(self, path: str) -> bool:
        return path.startswith(API) and path not in self._public

    def _caller(self, visit: Visit) -> Caller:
        return self._door.enter(_token(visit.headers.get("authorization")), source=visit.source)


def _token(header: str | None) -> str | None:
    """Take the key out of `Bearer KEY`; None when there is none.

    Raises Unauthenticated for any other scheme, and for a header that came twice.
    """
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    token = token.strip(" ")
    if scheme.lower() != "bearer" or not token or not token.isascii() or not token.isprintable():
        raise Unauthenticated
    return token


def _refuse_keys(query: bytes) -> None:
    if _KEY_IN_QUERY.search(unquote_to_bytes(query)):
        raise InvalidRequest(
            "Keys do not belong in a URL, which proxies and logs keep. Send the header "
            "'Authorization: Bearer KEY', and replace this key, since it may have been seen.",
            code="key_in_url",
        )


__all__ = ["Authentication"]
