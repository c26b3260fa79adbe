from typing import Any

import httpx2
import pytest
from tests.edge.fakes import CLOCK_MSC, OFFSET_S, FakeRouter, sample

from pitwire.wire.commands import HistoryDealsGet, HistoryOrdersGet, OrdersGet, PositionsGet
from pitwire.wire.enums import DealReason, DealType
from pitwire.wire.records import Deal, Order, Position, Table
from pitwire.wire.replies import DealsReply, OrdersReply, PositionsReply

pytestmark = pytest.mark.anyio

FROM = "2026-03-02T09:30:00.125Z"
BROKER_MSC = CLOCK_MSC + OFFSET_S * 1000


def positions(*found: Position) -> PositionsReply:
    return PositionsReply(
        clock_msc=CLOCK_MSC,
        utc_offset_s=OFFSET_S,
        positions=Table.of(Position, found),
        currency_digits=2,
    )


def orders(*found: Order, more: bool = False) -> OrdersReply:
    table = Table.of(Order, found)
    return OrdersReply(clock_msc=CLOCK_MSC, utc_offset_s=OFFSET_S, orders=table, more=more)


def deals(*times_msc: int, more: bool = False, **values: Any) -> DealsReply:
    found = [sample(Deal, time_msc=time, **values) for time in times_msc]
    return DealsReply(
        clock_msc=CLOCK_MSC,
        utc_offset_s=OFFSET_S,
        deals=Table.of(Deal, found),
        more=more,
        currency_digits=2,
    )


async def test_positions_in_full(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.script[PositionsGet] = positions(
        sample(Position, magic=0, sl=0.0, tp=1.2, digits=3, type=7, reason=3, profit=-0.001)
    )
    response = await app.get("/positions")
    position = response.json()["data"][0]
    expected = {
        "ticket": "5012345678",
        "magic": "0",
        "sl": None,
        "tp": 1.2,
        "type": "7",
        "reason": "expert",
        "time": "2026-03-02T09:30:00.125Z",
        "broker_time": "2026-03-02T11:30:00.125",
        "time_update": "2026-03-02T09:30:00.125Z",
        "broker_time_update": "2026-03-02T11:30:00.125",
    }
    assert {name: position[name] for name in expected} == expected
    assert '"tp":1.200,' in response.text
    assert '"profit":0.00,' in response.text


async def test_positions_of_a_symbol_and_a_magic_number(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.script[PositionsGet] = positions(sample(Position, magic=7), sample(Position, magic=8))
    found = (await app.get("/positions?symbol=EURUSD&magic=8")).json()["data"]
    assert [position["magic"] for position in found] == ["8"]
    assert vars(router.asked[0])["symbol"] == "EURUSD"


async def test_one_position(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.script[PositionsGet] = positions(sample(Position, ticket=5))
    assert (await app.get("/positions/5")).json()["ticket"] == "5"
    router.script[PositionsGet] = positions()
    assert (await app.get("/positions/5")).status_code == 404


async def test_pending_orders(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.script[OrdersGet] = orders(
        sample(Order, type=6, time_expiration=0, time_done_msc=0, position_id=0, price_stoplimit=0)
    )
    order = (await app.get("/orders")).json()["data"][0]
    assert order["type"] == "buy_stop_limit"
    for name in ("time_expiration", "broker_time_expiration", "time_done", "position_id"):
        assert order[name] is None
    assert order["price_stoplimit"] is None
    assert order["time_setup"] == "2026-03-02T09:30:00.125Z"


async def test_deals_of_a_period(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.script[HistoryDealsGet] = deals(
        BROKER_MSC, type=DealType.BALANCE, reason=DealReason.ROLLOVER, order=0
    )
    body = (await app.get(f"/history/deals?from={FROM}&to={FROM}&symbol=EURUSD")).json()
    asked = vars(router.asked[0])
    assert (asked["from_msc"], asked["to_msc"]) == (BROKER_MSC, BROKER_MSC)
    assert (asked["symbol"], asked["start"], asked["count"]) == ("EURUSD", 0, 100)
    deal = body["data"][0]
    assert (deal["type"], deal["reason"], deal["order"]) == ("balance", "rollover", None)
    assert body["page"] == {"next_cursor": None, "has_more": False}


async def test_pages_of_history_follow_by_time_and_count(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    path = "/history/deals?limit=3"
    router.script[HistoryDealsGet] = deals(BROKER_MSC, BROKER_MSC + 1, BROKER_MSC + 1, more=True)
    body = (await app.get(f"{path}&from={FROM}")).json()
    router.offset_s = 0
    router.script[HistoryDealsGet] = deals(*[BROKER_MSC + 1] * 3, more=True)
    body = (await app.get(f"{path}&cursor={body['page']['next_cursor']}")).json()
    asked = vars(router.asked[1])
    assert (asked["from_msc"], asked["start"]) == (BROKER_MSC + 1, 2)
    await app.get(f"{path}&cursor={body['page']['next_cursor']}")
    assert vars(router.asked[2])["start"] == 5


async def test_pages_of_one_position_follow_by_count(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    path = "/history/deals?limit=2&position=7"
    router.script[HistoryDealsGet] = deals(BROKER_MSC, BROKER_MSC + 1, more=True)
    body = (await app.get(path)).json()
    await app.get(f"{path}&cursor={body['page']['next_cursor']}")
    asked = vars(router.asked[1])
    assert (asked["from_msc"], asked["start"], asked["position"]) == (0, 2, 7)


async def test_history_orders(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.script[HistoryOrdersGet] = orders(sample(Order, state=4))
    body = (await app.get("/history/orders?ticket=5012345678")).json()
    assert body["data"][0]["state"] == "filled"
    assert vars(router.asked[0])["ticket"] == 5_012_345_678


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=1001", "range_too_large"),
        ("limit=100000000000000000000", "range_too_large"),
        ("from=2&to=1", "invalid_range"),
    ],
)
async def test_pages_that_no_account_has(
    app: httpx2.AsyncClient, router: FakeRouter, query: str, code: str
) -> None:
    for path in ("/history/deals", "/history/orders"):
        response = await app.get(f"{path}?{query}")
        assert (response.status_code, response.json()["code"]) == (422, code)
        assert response.json()["errors"][0]["in"] == "query"
    assert router.asked == []


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "ticket=-1", "order=1", "from=0x1"])
async def test_pages_that_cannot_be_asked_for(
    app: httpx2.AsyncClient, router: FakeRouter, query: str
) -> None:
    response = await app.get(f"/history/deals?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["in"] == "query"
    assert router.asked == []


async def test_a_cursor_of_deals_leads_nowhere_in_orders(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.script[HistoryDealsGet] = deals(BROKER_MSC, more=True)
    cursor = (await app.get("/history/deals?limit=1")).json()["page"]["next_cursor"]
    response = await app.get(f"/history/orders?limit=1&cursor={cursor}")
    assert response.json()["code"] == "invalid_cursor"
