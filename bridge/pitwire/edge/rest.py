"""The path of a request: frame, problems, authentication, then the operation that serves it.

Everything here is pure ASGI. FastAPI describes the operations (`edge.openapi`); it does not stand
between a request and its handler.
"""

from urllib.parse import quote

from pydantic import BaseModel, ValidationError
from starlette.routing import Router as Routes
from starlette.types import ASGIApp, Receive, Scope, Send

from pitwire.edge.authentication import Authentication
from pitwire.edge.body import read_json
from pitwire.edge.call import API, Call, EdgeSettings, applied_timeout
from pitwire.edge.docs import OPENAPI, documentation_routes, errors_route, serve_openapi
from pitwire.edge.faults import invalid
from pitwire.edge.frame import Frame, visit_of
from pitwire.edge.operation import ANY_KEY, PUBLIC, TERMINAL, Operation
from pitwire.edge.problem import Problems
from pitwire.edge.queries import read_query
from pitwire.edge.routes import OPERATIONS
from pitwire.edge.switch import Served, Switch
from pitwire.errors import InvalidRequest, NotFound, TerminalAmbiguous
from pitwire.gate.door import Caller, Door
from pitwire.gate.scopes import allows
from pitwire.router.router import Router


def create_app(router: Router, door: Door, settings: EdgeSettings) -> ASGIApp:
    """Make the ASGI application of the REST edge."""
    serving = [
        Served(operation.method, path, Handler(operation, router, door, settings))
        for operation in OPERATIONS
        for path in operation.paths
    ]
    public = [path for row in OPERATIONS if row.scope == PUBLIC for path in row.paths]
    # The `type` of every problem points here, so this page is never switched off.
    pages = [errors_route()]
    if settings.docs_enabled:
        serving.append(Served("GET", OPENAPI, serve_openapi))
        public.append(OPENAPI)
        pages += documentation_routes()
    routes = Routes([Switch(API, serving), *pages], redirect_slashes=False, default=_nothing_here)
    return Frame(Problems(Authentication(routes, door=door, public=public)))


async def _nothing_here(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise NotFound("There is nothing at this path.")


class Handler:
    """ASGI: serves one operation."""

    def __init__(
        self, operation: Operation, router: Router, door: Door, settings: EdgeSettings
    ) -> None:
        self._operation = operation
        self._router = router
        self._door = door
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Authorize, read, validate, serve."""
        operation = self._operation
        visit = visit_of(scope)
        path: dict[str, str] = scope["path_params"]
        visit.trades = operation.trades
        call = Call(self._router, self._door, self._settings, visit, path=path)
        self._authorize(call)
        visit.timeout_s = applied_timeout(visit.headers)
        asked: list[BaseModel] = []
        query = scope["query_string"]
        if operation.query is not None:
            asked.append(_valid(operation.query, read_query(query), "query"))
        elif query:
            raise InvalidRequest("This operation takes no query string.")
        if operation.body is not None:
            content = await read_json(visit, receive, max_bytes=self._settings.max_body_bytes)
            asked.append(_valid(operation.body, content, "body"))
        response = await operation.serve(call, *asked)
        await response(scope, receive, send)

    def _authorize(self, call: Call) -> None:
        operation = self._operation
        if operation.scope in {PUBLIC, ANY_KEY}:
            return
        caller = call.caller
        call.terminal = call.path.get("terminal") or self._only_terminal(caller)
        held = (word for word in operation.scopes if allows(caller.scopes, word))
        self._door.require(caller, next(held, operation.scope), terminal=call.terminal)
        call.visit.orders_path = f"{API}{TERMINAL}/orders".format(
            terminal=quote(call.terminal, safe="")
        )

    def _only_terminal(self, caller: Caller) -> str:
        names = self._door.visible(caller, [view.name for view in self._router.terminals()])
        if not names:
            raise NotFound("This key reaches no terminal.")
        if len(names) > 1:
            raise TerminalAmbiguous(
                f"This key reaches {len(names)} terminals: name one, as in "
                f"{API}/terminals/{names[0]}/...",
                extra={"terminals": names},
            )
        return names[0]


def _valid(model: type[BaseModel], content: object, place: str) -> BaseModel:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise invalid(error, place) from None


__all__ = ["Handler", "create_app"]
