"""The OpenAPI document: FastAPI describes what the table of operations says.

The routes made here are for description only. They carry the same models that `edge.rest`
validates with, and the schemas that the writers of `edge.render` were compiled with.
"""

import json
import re
from functools import cache
from inspect import Parameter, Signature
from typing import Annotated, Any

from fastapi import Body, Header, Path, Query
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from pitwire import __version__
from pitwire.edge.answers import BINARY
from pitwire.edge.call import IDEMPOTENCY_KEY_MAX, TIMEOUT_MAX_S, TIMEOUT_MIN_S
from pitwire.edge.inputs import CloseBody
from pitwire.edge.operation import PUBLIC, Operation
from pitwire.edge.problem import MEDIA_TYPE
from pitwire.edge.render import Schema, list_of, object_schema
from pitwire.edge.routes import OPERATIONS

_DESCRIPTION = """\
Your own MetaTrader 5 API. Every request carries `Authorization: Bearer KEY`.

Paths come in two forms: with `/terminals/{terminal}`, and without it for a key that reaches
exactly one terminal. Prices, volumes and money are numbers with their own decimal places; tickets
and other ids are text; times are UTC (`time`) and the broker's wall clock (`broker_time`).
A trading request ends in one of three ways: done or rejected, not sent (repeating is safe), or
unresolved (poll, never send again)."""

_SECURITY = {"key": {"type": "http", "scheme": "bearer", "description": "an API key, pw_..."}}
_PATH_PARAMETERS = {
    "terminal": "name of the terminal",
    "symbol": "name of the symbol, percent-encoded where it holds a slash",
    "ticket": "ticket of the position",
    "order": "id of the order, or `ticket:N`",
}
_TEXT: Schema = {"type": "string"}

PROBLEM_SCHEMA = object_schema(
    {
        "type": _TEXT | {"format": "uri-reference", "examples": ["/docs/errors#unknown_symbol"]},
        "title": _TEXT | {"examples": ["Unknown symbol"]},
        "status": {"type": "integer", "examples": [422]},
        "detail": _TEXT,
        "code": _TEXT | {"description": "stable", "examples": ["unknown_symbol"]},
        "request_id": _TEXT,
        "outcome": {
            "type": ["string", "null"],
            "description": "of a trading request: not_sent, rejected, unresolved, in_progress",
        },
        "retryable": {"type": "boolean", "description": "the same request may succeed later"},
        "retry_after_ms": {"type": ["integer", "null"]},
    }
)
PROBLEM_SCHEMA["properties"] |= {
    "order_id": _TEXT,
    "retcode": {"type": "integer"},
    "retcode_name": _TEXT,
    "retcode_text": _TEXT,
    "nearest_below": {"type": "number"},
    "nearest_above": {"type": "number"},
    "errors": list_of(
        object_schema({"in": _TEXT, "pointer": _TEXT, "code": _TEXT, "detail": _TEXT})
    ),
}


@cache
def openapi_text() -> bytes:
    """Give the document; it is made once."""
    document = get_openapi(
        title="Pitwire",
        version=__version__,
        description=_DESCRIPTION,
        routes=[_route(row, path) for row in OPERATIONS for path in row.paths],
    )
    components = document.setdefault("components", {})
    components["securitySchemes"] = _SECURITY
    components.setdefault("schemas", {}).update(
        {row.name: row.schema for row in OPERATIONS}, Problem=PROBLEM_SCHEMA
    )
    return json.dumps(document, ensure_ascii=False).encode()


def _route(row: Operation, path: str) -> APIRoute:
    is_short = path != row.paths[0]
    extra: dict[str, Any] = {} if row.scope == PUBLIC else {"security": [{"key": []}]}
    needs = "no key" if row.scope == PUBLIC else "a key" if " " in row.scope else row.scope
    note = " The short form, for a key that reaches exactly one terminal." if is_short else ""
    return APIRoute(
        path,
        _endpoint(row, path),
        methods=[row.method],
        name=row.name,
        operation_id=row.name + ("_short" if is_short else ""),
        summary=row.summary,
        description=f"{row.description}{note}\n\nNeeds: {needs}.".strip(),
        tags=[row.tag],
        status_code=row.status,
        response_model=None,
        responses=_responses(row),
        openapi_extra=extra,
    )


def _responses(row: Operation) -> dict[int | str, dict[str, Any]]:
    content: dict[str, Any] = {
        "application/json": {"schema": {"$ref": f"#/components/schemas/{row.name}"}}
    }
    if row.packed:
        content[BINARY] = {"schema": {"type": "string", "format": "binary"}}
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        row.status: {"description": row.summary, "content": content},
        "default": {"description": "A problem (RFC 9457)", "content": {MEDIA_TYPE: problem}},
    }


def _endpoint(row: Operation, path: str) -> Any:  # noqa: ANN401 - a function with our signature
    parameters = [
        _parameter(name, Annotated[str, Path(description=_PATH_PARAMETERS[name])])
        for name in re.findall(r"\{(\w+)\}", path)
    ]
    if row.query is not None:
        parameters.append(_parameter("query", Annotated[row.query, Query()]))
    if row.body is not None:
        shown = Body(openapi_examples={"example": {"value": dict(row.example or {})}})
        default = None if row.body is CloseBody else Parameter.empty
        parameters.append(_parameter("body", Annotated[row.body, shown], default))
    if row.trades:
        key = Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=IDEMPOTENCY_KEY_MAX,
            description="a text of your own; a repeat with it gets the first answer",
        )
        parameters.append(_parameter("idempotency_key", Annotated[str | None, key], None))
    if row.at_terminal:
        limit = Header(
            alias="X-Request-Timeout",
            ge=TIMEOUT_MIN_S,
            le=TIMEOUT_MAX_S,
            description="seconds to wait for the terminal",
        )
        parameters.append(_parameter("timeout", Annotated[float | None, limit], None))

    async def endpoint() -> None:
        """Stand in the description for the handler that `edge.rest` calls."""

    endpoint.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return endpoint


def _parameter(name: str, annotation: Any, default: Any = Parameter.empty) -> Parameter:  # noqa: ANN401
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


__all__ = ["PROBLEM_SCHEMA", "openapi_text"]
