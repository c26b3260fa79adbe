import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.edge.fakes import CLOCK_MSC, OFFSET_S, ORDER_ID, FakeRouter, client, intent, sample

from pitwire.edge.inputs import OrderBody
from pitwire.errors import (
    AccountChanged,
    IdempotencyInFlight,
    IdempotencyKeyReused,
    OrderRejected,
    OrderUnresolved,
    ReadTimeout,
    TerminalOffline,
)
from pitwire.router.intent import IntentState
from pitwire.wire.commands import (
    HistoryOrdersGet,
    OrderCalcMargin,
    OrderCalcProfit,
    OrderCheck,
    OrdersGet,
)
from pitwire.wire.enums import OrderFilling, OrderState, OrderTime, OrderType
from pitwire.wire.records import CheckResult, Order, Table, TradeResult
from pitwire.wire.replies import CalcReply, CheckReply, OrdersReply

pytestmark = pytest.mark.anyio

MARKET = {"symbol": "EURUSD", "side": "buy", "volume": 0.1}


async def test_a_market_order_is_placed(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    response = await app.post("/orders", json=MARKET, headers={"Idempotency-Key": "k 1"})
    body = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == f"/api/v1/terminals/demo/orders/{ORDER_ID}"
    assert "idempotent-replayed" not in response.headers
    assert router.traded == [
        {
            "terminal": "demo",
            "command": "OrderSend",
            "fields": {"symbol": "EURUSD", "type": 0, "volume": 0.1, "magic": 0, "comment": ""},
            "owner": "owner-full-key",
            "idempotency_key": "k 1",
            "timeout_s": None,
        }
    ]
    expected = {
        "id": ORDER_ID,
        "intent": "open",
        "state": "filled",
        "outcome": "done",
        "type": "buy",
        "ticket": "78",
        "deals": ["77"],
        "position": "78",
        "requested_volume": 0.1,
        "filled_volume": 0.1,
        "requested_price": None,
        "filled_price": 1.10525,
        "retcode": 10009,
        "retcode_name": "DONE",
        "time": "2026-03-02T09:30:00.125Z",
        "broker_time": "2026-03-02T11:30:00.125",
        "created": "2026-03-02T09:30:00.125Z",
        "latency_ms": 41,
    }
    assert {name: body[name] for name in expected} == expected


async def test_every_field_of_a_pending_order_arrives(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    body = {
        "symbol": "EURUSD",
        "side": "sell",
        "type": "stop_limit",
        "volume": "0.30",
        "price": "1.10525",
        "stoplimit": 1.106,
        "sl": 1.12,
        "tp": "1.09",
        "deviation": "15",
        "type_filling": "return",
        "type_time": "specified_day",
        "expiration": "2026-03-02T09:30:00.900Z",
        "magic": "18446744073709551615",
        "comment": "hello",
    }
    assert (await app.post("/orders", json=body)).status_code == 201
    assert router.traded[0]["fields"] == {
        "symbol": "EURUSD",
        "type": OrderType.SELL_STOP_LIMIT,
        "volume": 0.3,
        "price": 1.10525,
        "stoplimit": 1.106,
        "sl": 1.12,
        "tp": 1.09,
        "deviation": 15,
        "type_filling": OrderFilling.RETURN,
        "type_time": OrderTime.SPECIFIED_DAY,
        "expiration": CLOCK_MSC // 1000,
        "magic": 2**64 - 1,
        "comment": "hello",
    }
    assert router.traded[0]["idempotency_key"] is None


async def test_a_time_to_expire_says_by_itself_that_the_order_expires(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    pending = {**MARKET, "type": "limit", "price": 1.1, "expiration": "2026-03-02T12:30:00+03:00"}
    await app.post("/orders", json=pending)
    assert router.traded[0]["fields"]["type_time"] == OrderTime.SPECIFIED
    assert router.traded[0]["fields"]["expiration"] == CLOCK_MSC // 1000


@pytest.mark.parametrize(
    "change",
    [
        {"volume": True},
        {"volume": "1e3"},
        {"volume": "0x10"},
        {"volume": " 1"},
        {"volume": "\u0661"},
        {"volume": None},
        {"volume": 0, "side": "up"},
        {"sl": 10**400},
        {"volume": [1]},
        {"sl": 0},
        {"tp": "0"},
        {"magic": -1},
        {"magic": 1.5},
        {"magic": 2**64},
        {"deviation": False},
        {"side": "BUY"},
        {"side": 1},
        {"type": "limit"},
        {"type": "stop_limit", "price": 1.1},
        {"stoplimit": 1.1},
        {"type_time": "specified"},
        {"expiration": "2026-03-02T09:30:00"},
        {"expiration": 1772443800},
        {"expiration": "0000-01-01T00:00:00Z"},
        {"expiration": "1969-12-31T23:59:59Z"},
        {"type_time": "day", "expiration": "2026-03-02T09:30:00Z"},
        {"symbol": ""},
        {"symbol": "EUR\nUSD"},
        {"symbol": "\ud800"},
        {"comment": "x" * 32},
        {"comment": "a\x00b"},
        {"request_id": "mine"},
        {"login": 1},
        {"position": 5},
    ],
)
async def test_orders_that_make_no_sense_go_nowhere(
    app: httpx2.AsyncClient, router: FakeRouter, change: dict[str, Any]
) -> None:
    response = await app.post(
        "/orders",
        content=json.dumps({**MARKET, **change}),
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == 400
    fault = response.json()["errors"][0]
    assert fault["in"] == "body"
    assert fault["detail"]
    assert router.traded == []


@pytest.mark.parametrize("volume", [0, 0.0, "0", -0.1, "-0.10", 1e16, 10**400, "9" * 30])
@pytest.mark.parametrize(
    "path", ["/orders", "/orders/check", "/positions/5/close", "/calc/margin", "/calc/profit"]
)
async def test_volumes_that_no_broker_has(
    app: httpx2.AsyncClient, router: FakeRouter, path: str, volume: Any
) -> None:
    prices = {"price_open": 1.1, "price_close": 1.2} if path == "/calc/profit" else {}
    body = {"volume": volume} if "close" in path else {**MARKET, **prices, "volume": volume}
    response = await app.post(path, json=body)
    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "invalid_volume")
    assert problem["type"] == "/docs/errors#unprocessable"
    assert problem["errors"][0]["pointer"] == "/volume"
    assert router.traded == []
    assert router.asked == []


@given(
    st.fixed_dictionaries(
        {"symbol": st.just("EURUSD"), "side": st.sampled_from(["buy", "sell"])},
        optional={
            name: st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=6)
            for name in ("volume", "price", "sl", "tp", "deviation", "magic")
        },
    )
)
def test_a_body_that_passes_is_one_that_the_wire_takes(body: dict[str, Any]) -> None:
    try:
        order = OrderBody.model_validate(body)
    except ValidationError:
        return
    numbers = [order.volume, order.price, order.sl, order.tp]
    assert all(number is None or 0 < number <= 1e15 for number in numbers)
    assert 0 <= order.magic < 2**64


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [
        (OrderRejected("No money", extra={"retcode": 10019, "order_id": ORDER_ID}), 422, {}),
        (
            OrderUnresolved("No answer", extra={"order_id": ORDER_ID}),
            504,
            {"location": f"/api/v1/terminals/demo/orders/{ORDER_ID}"},
        ),
        (TerminalOffline("Offline"), 503, {}),
        (AccountChanged("Another account"), 409, {}),
        (IdempotencyInFlight("Under way", extra={"order_id": ORDER_ID}), 409, {}),
        (IdempotencyKeyReused("Used before", extra={"order_id": ORDER_ID}), 422, {}),
        (
            OrderRejected("No", extra={"order_id": ORDER_ID, "replayed": True}),
            422,
            {"idempotent-replayed": "true"},
        ),
    ],
)
async def test_an_order_that_failed_is_told_as_what_it_is(
    app: httpx2.AsyncClient, router: FakeRouter, error: Any, status: int, headers: dict[str, str]
) -> None:
    router.outcome = error
    response = await app.post("/orders", json=MARKET)
    body = response.json()
    assert response.status_code == status
    assert (body["code"], body["outcome"]) == (error.code, error.outcome)
    assert body.get("order_id") == error.extra.get("order_id")
    assert "replayed" not in body
    assert {name: response.headers.get(name) for name in headers} == headers
    assert ("location" in response.headers) == ("location" in headers)


async def test_a_position_is_closed_without_a_body(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    assert (await app.post("/positions/5/close")).status_code == 200
    assert router.traded[0]["fields"] == {"position": 5}
    assert (await app.post("/orders")).json()["errors"][0]["pointer"] == "/symbol"
    assert (await app.patch("/positions/5")).status_code == 400
    assert len(router.traded) == 1


async def test_a_refused_volume_names_its_neighbors(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    near = {"retcode": 10014, "nearest_below": 0.01, "nearest_above": 0.02}
    router.outcome = OrderRejected("Invalid volume", code="invalid_volume", extra=near)
    body = (await app.post("/orders", json={**MARKET, "volume": 0.015})).json()
    assert near.items() <= body.items()
    assert (body["code"], body["type"]) == ("invalid_volume", "/docs/errors#order_rejected")


async def test_a_replay_says_so(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.outcome = intent(replayed=True)
    response = await app.post("/orders", json=MARKET, headers={"Idempotency-Key": "again"})
    assert response.status_code == 201
    assert response.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "caf\u00e9"])
async def test_an_idempotency_key_is_printable_ascii(
    app: httpx2.AsyncClient, router: FakeRouter, key: str
) -> None:
    headers = [(b"Idempotency-Key", key.encode("latin-1"))]
    response = await app.post("/orders", json=MARKET, headers=headers)
    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/Idempotency-Key"
    assert router.traded == []


async def test_two_idempotency_keys_are_refused(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    headers = [(b"Idempotency-Key", b"a"), (b"Idempotency-Key", b"a")]
    assert (await app.post("/orders", json=MARKET, headers=headers)).status_code == 400
    assert router.traded == []


async def test_an_order_is_never_given_up_half_way(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    response = await app.post("/orders", json=MARKET, headers={"X-Request-Timeout": "2.5"})
    assert response.headers["x-request-timeout"] == "2.5"
    assert router.traded[0]["timeout_s"] == 2.5


@pytest.mark.parametrize("seconds", ["0", "61", "nan", "-1", "soon", ""])
async def test_a_timeout_is_from_1_to_60_seconds(
    app: httpx2.AsyncClient, router: FakeRouter, seconds: str
) -> None:
    response = await app.post("/orders", json=MARKET, headers={"X-Request-Timeout": seconds})
    assert response.status_code == 400
    assert router.traded == []


@pytest.mark.parametrize(
    ("method", "path", "body", "command", "fields"),
    [
        ("PATCH", "/positions/5", {"sl": 1.1}, "PositionModify", {"position": 5, "sl": 1.1}),
        ("PATCH", "/positions/5", {"tp": None}, "PositionModify", {"position": 5, "tp": None}),
        ("POST", "/positions/5/close", {}, "PositionClose", {"position": 5}),
        (
            "POST",
            "/positions/5/close",
            {"volume": "0.1", "deviation": 3, "comment": "c"},
            "PositionClose",
            {"position": 5, "volume": 0.1, "deviation": 3, "comment": "c"},
        ),
        (
            "POST",
            "/positions/5/close-by",
            {"position_by": "6"},
            "PositionCloseBy",
            {"position": 5, "position_by": 6},
        ),
        (
            "PATCH",
            "/orders/ticket:9",
            {"price": 1.2, "sl": None, "expiration": "2026-03-02T09:30:00Z"},
            "OrderModify",
            {
                "order": 9,
                "price": 1.2,
                "sl": None,
                "type_time": OrderTime.SPECIFIED,
                "expiration": CLOCK_MSC // 1000,
            },
        ),
        (
            "PATCH",
            "/orders/9",
            {"type_time": "day"},
            "OrderModify",
            {"order": 9, "type_time": OrderTime.DAY},
        ),
        ("DELETE", "/orders/9", None, "OrderRemove", {"order": 9}),
        ("DELETE", "/orders/ticket:9", None, "OrderRemove", {"order": 9}),
    ],
)
async def test_what_is_there_can_be_changed(
    app: httpx2.AsyncClient,
    router: FakeRouter,
    method: str,
    path: str,
    body: Any,
    command: str,
    fields: dict[str, Any],
) -> None:
    response = await app.request(method, path, json=body)
    assert response.status_code == 200
    assert (router.traded[0]["command"], router.traded[0]["fields"]) == (command, fields)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/positions/5", {}),
        ("PATCH", "/positions/5", {"sl": 0}),
        ("PATCH", "/positions/x", {"sl": 1}),
        ("PATCH", "/positions/0", {"sl": 1}),
        ("PATCH", "/positions/18446744073709551616", {"sl": 1}),
        ("POST", "/positions/5/close-by", {}),
        ("POST", "/positions/5/close-by", {"position_by": 0}),
        ("PATCH", "/orders/9", {}),
        ("PATCH", "/orders/9", {"price": None}),
        ("PATCH", "/orders/9", {"type_time": "specified"}),
        ("PATCH", "/orders/client:9", {"price": 1}),
        ("DELETE", "/orders/019c0a7b", None),
    ],
)
async def test_changes_that_make_no_sense_go_nowhere(
    app: httpx2.AsyncClient, router: FakeRouter, method: str, path: str, body: Any
) -> None:
    assert (await app.request(method, path, json=body)).status_code == 400
    assert router.traded == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/orders", MARKET),
        ("PATCH", "/orders/9", {"price": 1.1}),
        ("DELETE", "/orders/9", None),
        ("PATCH", "/positions/9", {"sl": 1.1}),
        ("POST", "/positions/9/close", {}),
        ("POST", "/positions/9/close-by", {"position_by": 8}),
        ("PUT", "/symbols/EURUSD/selected", None),
        ("DELETE", "/symbols/EURUSD/selected", None),
    ],
)
async def test_a_key_that_reads_does_not_trade(
    make_app: Callable[..., Any], router: FakeRouter, method: str, path: str, body: Any
) -> None:
    async with client(make_app(), "read-key") as app:
        response = await app.request(method, path, json=body)
    assert (response.status_code, response.json()["code"]) == (403, "insufficient_scope")
    assert router.traded == []
    assert router.asked == []


def pending(state: OrderState) -> OrdersReply:
    order = sample(Order, ticket=78, state=state, type=OrderType.BUY_LIMIT)
    return OrdersReply(clock_msc=CLOCK_MSC, utc_offset_s=OFFSET_S, orders=Table.of(Order, [order]))


NO_ORDERS = OrdersReply(clock_msc=CLOCK_MSC, orders=Table(Order, []))
PLACED = intent(
    fields={"symbol": "EURUSD", "type": OrderType.BUY_LIMIT, "volume": 0.1, "price": 1.1},
    result=TradeResult(retcode=10009, order=78),
)


async def test_a_pending_order_is_followed_into_the_history(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.kept[ORDER_ID] = PLACED
    router.script[OrdersGet] = pending(OrderState.PLACED)
    assert (await app.get(f"/orders/{ORDER_ID}")).json()["state"] == "working"
    router.script[OrdersGet] = NO_ORDERS
    router.script[HistoryOrdersGet] = pending(OrderState.EXPIRED)
    body = (await app.get(f"/orders/{ORDER_ID}")).json()
    assert body["state"] == "expired"
    assert body["order"]["ticket"] == "78"
    assert body["order"]["type"] == "buy_limit"


async def test_what_became_of_an_order_is_known_without_the_terminal(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.kept[ORDER_ID] = PLACED
    router.script[OrdersGet] = ReadTimeout("no answer")
    response = await app.get(f"/orders/{ORDER_ID}")
    assert response.status_code == 200
    assert (response.json()["state"], response.json()["order"]) == ("working", None)


@pytest.mark.parametrize(
    ("found", "state", "outcome"),
    [
        (intent(state=IntentState.SENDING, result=None), "sending", "in_progress"),
        (intent(state=IntentState.UNRESOLVED, result=None), "unresolved", "unresolved"),
        (intent(state=IntentState.NOT_SENT, result=None), "not_sent", "not_sent"),
        (
            intent(state=IntentState.REJECTED, result=TradeResult(retcode=10019)),
            "rejected",
            "rejected",
        ),
        (intent(result=TradeResult(retcode=10010, deal=1)), "partially_filled", "partial"),
        (intent(result=TradeResult(retcode=10008, order=1)), "accepted", "done"),
        (intent(command="POSITION_MODIFY", result=TradeResult(retcode=10025)), "done", "no_change"),
        (intent(command="ORDER_REMOVE", result=TradeResult(retcode=10009)), "canceled", "done"),
    ],
)
async def test_states_and_outcomes(
    app: httpx2.AsyncClient, router: FakeRouter, found: Any, state: str, outcome: str
) -> None:
    router.kept[ORDER_ID] = found
    router.script[OrdersGet] = router.script[HistoryOrdersGet] = NO_ORDERS
    body = (await app.get(f"/orders/{ORDER_ID}")).json()
    assert (body["state"], body["outcome"]) == (state, outcome)


async def test_a_volume_with_more_places_than_usual_is_shown_as_asked(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.kept[ORDER_ID] = intent(
        state=IntentState.REJECTED, fields={"volume": 0.015}, result=TradeResult(retcode=10014)
    )
    assert (await app.get(f"/orders/{ORDER_ID}")).json()["requested_volume"] == 0.015


async def test_slippage_is_told_in_points(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    asked = {"symbol": "EURUSD", "type": 0, "volume": 0.1, "price": 1.1052}
    router.kept[ORDER_ID] = intent(fields=asked)
    assert (await app.get(f"/orders/{ORDER_ID}")).json()["slippage_points"] == 5


async def test_another_owners_order_does_not_exist(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.kept[ORDER_ID] = intent(owner="somebody-else")
    assert (await app.get(f"/orders/{ORDER_ID}")).status_code == 404


async def test_a_key_that_only_trades_may_poll_its_order(
    make_app: Callable[..., Any], router: FakeRouter
) -> None:
    router.kept[ORDER_ID] = intent(owner="owner-trade-key")
    router.script[OrdersGet] = router.script[HistoryOrdersGet] = pending(OrderState.FILLED)
    async with client(make_app(), "trade-key") as app:
        placed = await app.post("/orders", json=MARKET)
        polled = await app.get(f"http://bridge{placed.headers['location']}")
        assert (polled.status_code, polled.json()["id"]) == (200, ORDER_ID)
        for path in ("/orders/ticket:78", "/orders", "/positions"):
            assert (await app.get(path)).json()["scope"] == "read"
    assert router.asked == []


async def test_an_order_by_its_ticket(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.script[OrdersGet] = NO_ORDERS
    router.script[HistoryOrdersGet] = pending(OrderState.FILLED)
    assert (await app.get("/orders/ticket:78")).json()["state"] == "filled"
    router.script[HistoryOrdersGet] = NO_ORDERS
    assert (await app.get("/orders/ticket:78")).status_code == 404


async def test_an_order_can_be_checked(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    result = sample(CheckResult, retcode=10019, margin=0.0)
    router.script[OrderCheck] = CheckReply(clock_msc=CLOCK_MSC, result=result, currency_digits=2)
    body = (await app.post("/orders/check", json=MARKET)).json()
    assert (body["ok"], body["retcode_name"], body["margin_level"]) == (False, "NO_MONEY", None)
    good = sample(CheckResult, retcode=0)
    router.script[OrderCheck] = CheckReply(clock_msc=CLOCK_MSC, result=good, currency_digits=2)
    body = (await app.post("/orders/check", json=MARKET)).json()
    assert (body["ok"], body["retcode_name"], body["margin_level"]) == (True, None, 250.0)


async def test_calculations(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    reply = CalcReply(clock_msc=CLOCK_MSC, value=110.5, currency="JPY", currency_digits=0)
    router.script[OrderCalcMargin] = router.script[OrderCalcProfit] = reply
    margin = await app.post("/calc/margin", json=MARKET)
    assert '"margin":110,' in margin.text
    prices = {"price_open": "1.1", "price_close": 1.2}
    profit = await app.post("/calc/profit", json={**MARKET, "side": "sell", **prices})
    assert profit.json()["currency"] == "JPY"
    assert [vars(command) for command in router.asked] == [
        {"type": 0, "symbol": "EURUSD", "volume": 0.1, "price": None},
        {"type": 1, "symbol": "EURUSD", "volume": 0.1, "price_open": 1.1, "price_close": 1.2},
    ]
