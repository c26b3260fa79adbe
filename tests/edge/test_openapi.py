import inspect
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from tests.edge.fakes import FakeRouter, client, sample
from tests.edge.test_account import account, ladder
from tests.edge.test_listings import deals, orders, positions
from tests.edge.test_market import listed, tick_reply
from tests.edge.test_series import bars, some_ticks
from tests.edge.test_trades import MARKET

from pitwire.edge.openapi import openapi_text
from pitwire.edge.operation import ANY_KEY, PUBLIC, READ, TRADE
from pitwire.edge.routes import OPERATIONS
from pitwire.gate.scopes import SCOPES, allows
from pitwire.wire import commands as wire
from pitwire.wire.records import Order, Position

DOCUMENT = json.loads(openapi_text())


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)
def test_every_operation_declares_a_scope(row: Any) -> None:
    assert row.scope in {PUBLIC, ANY_KEY, READ, TRADE}
    assert row.scope in {PUBLIC, ANY_KEY} or any(allows([word], row.scope) for word in SCOPES)


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)
def test_what_trades_needs_the_scope_for_it(row: Any) -> None:
    assert not row.trades or row.scope == TRADE
    assert row.method == "GET" or row.scope == TRADE or row.name.startswith(("calc_", "order_c"))


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)
def test_a_handler_takes_what_its_row_names(row: Any) -> None:
    named = list(inspect.signature(row.serve, eval_str=True).parameters.values())[1:]
    expected = [model for model in (row.query, row.body) if model is not None]
    assert [parameter.annotation for parameter in named] == expected


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)
def test_both_forms_are_described(row: Any) -> None:
    for path in row.paths:
        described = DOCUMENT["paths"][path][row.method.lower()]
        assert ("security" in described) is (row.scope != PUBLIC)
        assert {str(row.status), "400", "default"} <= set(described["responses"])
        assert ("requestBody" in described) is (row.body is not None)
    assert row.at_terminal is ("{terminal}" in row.paths[0])
    assert len(row.paths) == (2 if row.at_terminal and row.path else 1)


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)
def test_examples_are_valid(row: Any) -> None:
    assert (row.body is None) is (row.example is None)
    if row.body is not None:
        row.body.model_validate(row.example)


@pytest.mark.anyio
async def test_examples_are_served_as_they_are_written(make_app: Callable[..., Any]) -> None:
    async with client(make_app(docs_enabled=True), None) as app:
        paths = (await app.get("/openapi.json")).json()["paths"]
    for row in OPERATIONS:
        for path in row.paths:
            if row.body is not None:
                body = paths[path][row.method.lower()]["requestBody"]["content"]
                shown = body["application/json"]["examples"]
                assert shown == {"example": {"value": row.example}}
    change = paths["/api/v1/positions/{ticket}"]["patch"]["requestBody"]["content"]
    assert change["application/json"]["examples"]["example"]["value"]["tp"] is None


def answers(name: str) -> dict[str, Any]:
    row = next(row for row in OPERATIONS if row.name == name)
    found: dict[str, Any] = DOCUMENT["paths"][row.paths[0]][row.method.lower()]["responses"]
    return found


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("ping", "200 400 default"),
        ("health_ready", "200 400 503 default"),
        ("key", "200 400 401 default"),
        ("account_info", "200 400 401 403 404 503 504 default"),
        ("symbol", "200 400 401 403 404 422 503 504 default"),
        ("bars", "200 202 400 401 403 404 422 503 504 default"),
        ("history_deals", "200 202 400 401 403 404 422 503 504 default"),
        ("order_place", "201 400 401 403 404 409 422 503 504 default"),
    ],
)
def test_the_statuses_of_an_operation(name: str, statuses: str) -> None:
    assert sorted(answers(name)) == statuses.split()


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)
def test_every_problem_is_described_as_one(row: Any) -> None:
    for status, answer in answers(row.name).items():
        assert "X-Request-Id" in answer["headers"]
        if status not in {str(row.status), str(row.or_status)}:
            schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
            assert answer["content"] == {"application/problem+json": schema}


def test_headers_are_described_where_they_occur() -> None:
    placed, bars = answers("order_place"), answers("bars")
    for status in ("201", "504"):
        assert {"Location", "Idempotent-Replayed"} <= placed[status]["headers"].keys()
    assert "Idempotent-Replayed" in placed["422"]["headers"]
    assert "Retry-After" in placed["503"]["headers"]
    assert "Retry-After" in bars["202"]["headers"]
    packed = {name for name in bars["200"]["headers"] if name.startswith("Pitwire-")}
    assert len(packed) == 6
    assert "Location" not in bars["504"]["headers"]


def test_references_lead_somewhere() -> None:
    text = json.dumps(DOCUMENT)
    for reference in {part.split('"')[0] for part in text.split('"$ref": "#/')[1:]}:
        at: Any = DOCUMENT
        for step in reference.split("/"):
            at = at[step]
        assert at


@pytest.mark.anyio
async def test_answers_have_the_members_that_are_described(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.script |= {
        wire.AccountInfoGet: account(),
        wire.TerminalInfoGet: ladder(),
        wire.SymbolsGet: listed,
        wire.SymbolInfoTick: tick_reply(),
        wire.PositionsGet: positions(sample(Position)),
        wire.OrdersGet: orders(sample(Order)),
        wire.HistoryOrdersGet: orders(sample(Order)),
        wire.HistoryDealsGet: deals(1),
    }
    for name, path in {
        "ping": "/ping",
        "time": "/time",
        "health_live": "/health/live",
        "health_ready": "/health/ready",
        "key": "/keys/self",
        "terminals": "/terminals",
        "terminal": "/terminals/demo",
        "account_info": "/account/info",
        "account_figures": "/account/figures",
        "account_settings": "/account/settings",
        "terminal_info": "/terminal",
        "terminal_permissions": "/terminal/permissions",
        "symbols": "/symbols",
        "tick": "/symbols/EURUSD/tick",
        "quotes": "/quotes?symbols=EURUSD",
        "positions": "/positions",
        "position": "/positions/5",
        "orders": "/orders",
        "history_orders": "/history/orders",
        "history_deals": "/history/deals",
    }.items():
        _check((await app.get(path)).json(), DOCUMENT["components"]["schemas"][name], name)
    router.series = bars()
    body = (await app.get("/symbols/EURUSD/bars?timeframe=M1")).json()
    _check(body, DOCUMENT["components"]["schemas"]["bars"], "bars")
    router.series = some_ticks(2, more=True)
    body = (await app.get("/symbols/EURUSD/ticks?from=2026-03-02T09:00:00Z")).json()
    _check(body, DOCUMENT["components"]["schemas"]["ticks"], "ticks")
    body = (await app.post("/orders", json=MARKET)).json()
    _check(body, DOCUMENT["components"]["schemas"]["order_place"], "order_place")
    body = (await app.get("/nothing")).json()
    described = DOCUMENT["components"]["schemas"]["Problem"]
    assert set(described["required"]) == set(body)


_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def _check(value: Any, schema: dict[str, Any], where: str) -> None:
    if "anyOf" in schema:
        schema = schema["anyOf"][0] if value is not None else schema["anyOf"][-1]
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert isinstance(value, sum((_JSON_TYPES[name] for name in names), ())), where
    assert "boolean" in names or not isinstance(value, bool), where
    if isinstance(value, dict) and "properties" in schema:
        assert set(schema["required"]) <= value.keys() <= schema["properties"].keys(), where
        for name, member in value.items():
            _check(member, schema["properties"][name], f"{where}/{name}")
    if isinstance(value, list):
        for item in value:
            _check(item, schema["items"], f"{where}[]")
