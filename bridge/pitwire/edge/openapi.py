"""The OpenAPI document: FastAPI describes what the table of operations says.

The routes made here are for description only. They carry the same models that `edge.rest`
validates with, and the schemas that the writers of `edge.render` were compiled with.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from inspect import Parameter, Signature
from typing import Annotated, Any

from fastapi import Body, Header, Path, Query
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from pitwire import __version__
from pitwire.edge.answers import BINARY
from pitwire.edge.call import IDEMPOTENCY_KEY_MAX, TIMEOUT_MAX_S, TIMEOUT_MIN_S
from pitwire.edge.inputs import CloseBody
from pitwire.edge.operation import ANY_KEY, PUBLIC, TERMINAL, Operation
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
_INTEGER: Schema = {"type": "integer"}

_HEADERS: dict[str, Any] = {
    name: {"description": text, "schema": schema}
    for name, text, schema in (
        ("X-Request-Id", "names the request, also in the bridge's log", _TEXT),
        ("WWW-Authenticate", "how to send a key", _TEXT),
        ("Retry-After", "seconds to wait before asking again", _INTEGER),
        ("Location", "where to poll the order", _TEXT | {"format": "uri-reference"}),
        (
            "Idempotent-Replayed",
            "`true`: this answers an earlier request with the same Idempotency-Key",
            _TEXT | {"enum": ["true"]},
        ),
        ("Pitwire-Layout", "of packed rows: `MqlRates` or `MqlTick`", _TEXT),
        ("Pitwire-Rows", "of packed rows: how many", _INTEGER),
        ("Pitwire-Utc-Offset-S", "of packed rows: subtract it from their times", _INTEGER),
        ("Pitwire-Digits", "of packed rows: decimal places of prices", _INTEGER),
        ("Pitwire-As-Of", "of packed rows: when the terminal answered, UTC", _TEXT),
        ("Pitwire-Next-Cursor", "of packed rows: for the page after this one", _TEXT),
    )
}
_ALWAYS = ("X-Request-Id",)
_REPLAYED = ("Idempotent-Replayed",)
_PACKED = tuple(name for name in _HEADERS if name.startswith("Pitwire-"))
_OF_STATUS: Mapping[int, tuple[str, ...]] = {
    HTTPStatus.ACCEPTED: ("Retry-After",),
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate",),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Retry-After",),
    HTTPStatus.GATEWAY_TIMEOUT: ("Retry-After",),
}
_OF_TRADE: Mapping[int, tuple[str, ...]] = {
    HTTPStatus.CONFLICT: ("Retry-After", *_REPLAYED),
    HTTPStatus.UNPROCESSABLE_ENTITY: _REPLAYED,
    HTTPStatus.SERVICE_UNAVAILABLE: _REPLAYED,
    HTTPStatus.GATEWAY_TIMEOUT: ("Location", *_REPLAYED),
}
"""Headers of a status, besides those of every answer."""

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
    _restore_examples(document)
    components = document.setdefault("components", {})
    components["securitySchemes"] = _SECURITY
    components["headers"] = _HEADERS
    components.setdefault("schemas", {}).update(
        {row.name: row.schema for row in OPERATIONS}, Problem=PROBLEM_SCHEMA
    )
    return json.dumps(document, ensure_ascii=False).encode()


def _restore_examples(document: dict[str, Any]) -> None:
    """Write the examples, from which FastAPI would drop every null."""
    for row in OPERATIONS:
        for path in row.paths if row.example is not None else ():
            body = document["paths"][path][row.method.lower()]["requestBody"]
            body["content"]["application/json"]["examples"] = {"example": {"value": row.example}}


def _route(row: Operation, path: str) -> APIRoute:
    is_short = path != row.paths[0]
    extra: dict[str, Any] = {} if row.scope == PUBLIC else {"security": [{"key": []}]}
    needs = {PUBLIC: "no key", ANY_KEY: "a key"}.get(row.scope, " or ".join(row.scopes))
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
        responses=_responses(row, path),
        openapi_extra=extra,
    )


def _responses(row: Operation, path: str) -> dict[int | str, dict[str, Any]]:
    content: dict[str, Any] = {
        "application/json": {"schema": {"$ref": f"#/components/schemas/{row.name}"}}
    }
    if row.packed:
        content[BINARY] = {"schema": {"type": "string", "format": "binary"}}
    names = [*_ALWAYS, *(_PACKED if row.packed else ()), *(_REPLAYED if row.trades else ())]
    names += ["Location"] if row.status == HTTPStatus.CREATED else []
    described: dict[int | str, dict[str, Any]] = {
        row.status: {"description": row.summary, "content": content, "headers": _headers(names)}
    }
    if row.or_status is not None:
        described[row.or_status] = described[row.status]
    for status, text in _problems(row, path).items():
        names = [*_ALWAYS, *_OF_STATUS.get(status, ())]
        if row.trades:
            names += _OF_TRADE.get(status, ())
        described[status] = _problem(text, names)
    described["default"] = _problem("Any other problem (RFC 9457)", [*_ALWAYS, "Retry-After"])
    return described


def _problems(row: Operation, path: str) -> dict[int, str]:
    """Tell which problems an operation is known to answer with."""
    found = {HTTPStatus.BAD_REQUEST: "The request is malformed: `errors` lists the faults"}
    if row.scope != PUBLIC:
        found[HTTPStatus.UNAUTHORIZED] = "No valid key"
    if row.at_terminal:
        found[HTTPStatus.FORBIDDEN] = "The key lacks the scope that `scope` names"
    if "{" in path:
        found[HTTPStatus.NOT_FOUND] = "What the path names does not exist, or not for this key"
    conflicts = [
        *(
            ["the key reaches several terminals"]
            if row.at_terminal and TERMINAL not in path
            else []
        ),
        *(["the first request with this Idempotency-Key is under way"] if row.trades else []),
        *(["another account is signed in"] if row.trades else []),
    ]
    if conflicts:
        found[HTTPStatus.CONFLICT] = "Not now: " + ", or ".join(conflicts)
    if row.trades or row.query or row.body or "{symbol}" in path:
        found[HTTPStatus.UNPROCESSABLE_ENTITY] = (
            "Well formed and not possible; a refusal of the broker has its `retcode`"
            if row.trades
            else "Well formed and not possible"
        )
    if row.at_terminal and row.path:
        found[HTTPStatus.SERVICE_UNAVAILABLE] = "The terminal is offline or busy: nothing was sent"
        found[HTTPStatus.GATEWAY_TIMEOUT] = (
            "Sent, and not answered: poll the order at `Location`, never send it again"
            if row.trades
            else "The terminal did not answer in time: ask again"
        )
    if row.loads:
        found[HTTPStatus.ACCEPTED] = "The terminal still downloads: ask again after Retry-After"
    return {int(status): found[status] for status in sorted(found)}


def _problem(text: str, headers: Iterable[str]) -> dict[str, Any]:
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": text, "content": {MEDIA_TYPE: schema}, "headers": _headers(headers)}


def _headers(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _endpoint(row: Operation, path: str) -> Any:  # noqa: ANN401 - a function with our signature
    parameters = [
        _parameter(name, Annotated[str, Path(description=_PATH_PARAMETERS[name])])
        for name in re.findall(r"\{(\w+)\}", path)
    ]
    if row.query is not None:
        parameters.append(_parameter("query", Annotated[row.query, Query()]))
    if row.body is not None:
        default = None if row.body is CloseBody else Parameter.empty
        parameters.append(_parameter("body", Annotated[row.body, Body()], default))
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
