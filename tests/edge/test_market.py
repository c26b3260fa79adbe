from typing import Any

import httpx2
import pytest
from tests.edge.fakes import CLOCK_MSC, OFFSET_S, FakeRouter, sample

from pitwire.errors import TerminalOffline, UnknownSymbol, Unprocessable
from pitwire.wire.commands import (
    Command,
    MarketBookGet,
    SymbolInfoGet,
    SymbolInfoTick,
    SymbolSelect,
    SymbolsGet,
)
from pitwire.wire.records import BookEntry, SymbolInfo, Table, Tick
from pitwire.wire.replies import (
    BookReply,
    SymbolInfoReply,
    SymbolSelectReply,
    SymbolsReply,
    TickReply,
)

pytestmark = pytest.mark.anyio

NAMES = [f"SYM{number:03}" for number in range(7)]


def listed(command: Any) -> SymbolsReply:
    names = NAMES[command.start : command.start + command.count]
    table = Table.of(SymbolInfo, [sample(SymbolInfo, name=name) for name in names])
    return SymbolsReply(clock_msc=CLOCK_MSC, symbols=table, total=len(NAMES))


def tick_reply(**values: Any) -> TickReply:
    return TickReply(
        clock_msc=CLOCK_MSC,
        utc_offset_s=OFFSET_S,
        tick=sample(Tick, **{"bid": 1.1, "ask": 1.10012, "last": 0.0, "flags": 6, **values}),
        digits=5,
        volume_digits=2,
    )


async def test_symbols_page_by_page(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.script[SymbolsGet] = listed
    found: list[str] = []
    path = "/symbols?limit=3&group=*USD*"
    body = (await app.get(path)).json()
    found += [symbol["name"] for symbol in body["data"]]
    while body["page"]["has_more"]:
        body = (await app.get(f"{path}&cursor={body['page']['next_cursor']}")).json()
        found += [symbol["name"] for symbol in body["data"]]
    assert found == NAMES
    assert body["total"] == len(NAMES)
    assert "margin_hedged" not in body["data"][0]
    assert vars(router.asked[0])["group"] == "*USD*"


async def test_a_list_that_changed_between_two_pages_is_noticed(
    app: httpx2.AsyncClient, router: FakeRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    router.script[SymbolsGet] = listed
    cursor = (await app.get("/symbols?limit=3")).json()["page"]["next_cursor"]
    monkeypatch.setattr(f"{__name__}.NAMES", ["NEW", *NAMES])
    response = await app.get(f"/symbols?limit=3&cursor={cursor}")
    assert (response.status_code, response.json()["code"]) == (409, "cursor_expired")


async def test_the_largest_page_of_symbols_is_whole(
    app: httpx2.AsyncClient, router: FakeRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.NAMES", [f"S{number}" for number in range(1200)])
    router.script[SymbolsGet] = listed
    found: list[str] = []
    body: dict[str, Any] = {"page": {"next_cursor": ""}}
    while body["page"]["next_cursor"] is not None:
        cursor = body["page"]["next_cursor"]
        params = {"limit": "1000"} | ({"cursor": cursor} if cursor else {})
        body = (await app.get("/symbols", params=params)).json()
        found += [symbol["name"] for symbol in body["data"]]
    assert found == NAMES


async def test_the_full_specification(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    symbol = sample(
        SymbolInfo, digits=3, bid=151.2, filling_mode=3, order_mode=127, volume_step=0.01, time=0
    )
    router.script[SymbolInfoGet] = SymbolInfoReply(clock_msc=CLOCK_MSC, symbol=symbol)
    response = await app.get("/symbols/USDJPY")
    body = response.json()
    assert body["filling_mode"] == ["fok", "ioc"]
    assert len(body["order_mode"]) == 7
    assert body["time"] is None
    assert '"bid":151.200,' in response.text
    assert SymbolInfo.model_fields.keys() <= body.keys()


async def test_a_symbol_may_hold_a_slash(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.script[SymbolInfoTick] = tick_reply()
    response = await app.get("/symbols/BTC%2FUSD%23/tick")
    assert response.json()["symbol"] == "BTC/USD#"
    assert vars(router.asked[0]) == {"symbol": "BTC/USD#"}


@pytest.mark.parametrize("name", ["%0A", "x" * 65, "%00EURUSD"])
async def test_a_symbol_that_cannot_be_one(
    app: httpx2.AsyncClient, router: FakeRouter, name: str
) -> None:
    for path in ("", "/tick", "/bars?timeframe=M1", "/book"):
        response = await app.get(f"/symbols/{name}{path}")
        assert response.json()["errors"][0]["in"] == "path"
    assert (router.asked, router.pulled) == ([], [])


async def test_an_unknown_symbol(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.script[SymbolInfoGet] = UnknownSymbol("There is no symbol 'EURSUD'.")
    response = await app.get("/symbols/EURSUD")
    assert (response.status_code, response.json()["code"]) == (422, "unknown_symbol")


async def test_the_last_tick(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.script[SymbolInfoTick] = tick_reply(flags=6 | 2**40)
    body = (await app.get("/symbols/EURUSD/tick")).json()
    assert body["flags"] == ["bid", "ask", str(2**40)]
    assert body["time_msc"] == CLOCK_MSC
    assert body["time"] == "2026-03-02T09:30:00.125Z"


async def test_selecting_and_deselecting(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.script[SymbolSelect] = lambda command: SymbolSelectReply(
        clock_msc=CLOCK_MSC, selected=command.enable
    )
    assert (await app.put("/symbols/EURUSD/selected")).json()["selected"] is True
    assert (await app.delete("/symbols/EURUSD/selected")).json()["selected"] is False


async def test_one_bad_quote_does_not_spoil_the_others(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    def answer(command: Command) -> Any:
        return {
            "EURUSD": tick_reply(),
            "NONE": tick_reply(bid=0.0, ask=0.0),
            "MUTE": Unprocessable("No prices yet.", code="no_prices"),
        }.get(vars(command)["symbol"], UnknownSymbol("unknown"))

    router.script[SymbolInfoTick] = answer
    body = (await app.get("/quotes?symbols=EURUSD,NONE,MUTE,WHAT,EURUSD")).json()
    assert [(quote["symbol"], quote["status"]) for quote in body["data"]] == [
        ("EURUSD", "ok"),
        ("NONE", "no_price"),
        ("MUTE", "no_price"),
        ("WHAT", "unknown"),
    ]
    assert body["data"][0]["spread"] == 0.00012


async def test_quotes_of_a_terminal_that_is_offline(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.script[SymbolInfoTick] = TerminalOffline("offline")
    assert (await app.get("/quotes?symbols=EURUSD,GBPUSD")).status_code == 503


async def test_other_refusals_of_a_quote_are_told(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.script[SymbolInfoTick] = Unprocessable("No.", code="refusal_99")
    assert (await app.get("/quotes?symbols=EURUSD")).json()["code"] == "refusal_99"


@pytest.mark.parametrize("names", ["", "EURUSD,", "x" * 65, "EUR%0AUSD"])
async def test_quotes_of_what_cannot_be_a_symbol(
    app: httpx2.AsyncClient, router: FakeRouter, names: str
) -> None:
    router.script[SymbolInfoTick] = tick_reply()
    assert (await app.get(f"/quotes?symbols={names}")).status_code == 400


async def test_too_many_quotes(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    names = ",".join(f"S{number}" for number in range(101))
    response = await app.get(f"/quotes?symbols={names}")
    assert (response.status_code, response.json()["code"]) == (422, "range_too_large")
    assert router.asked == []


async def test_the_book_has_the_best_price_first(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    levels = [(1, 1.3), (1, 1.2), (2, 1.1), (2, 1.0)]
    entries = [BookEntry(type=kind, price=price, volume=5, volume_dbl=5) for kind, price in levels]
    router.script[MarketBookGet] = BookReply(
        clock_msc=CLOCK_MSC, book=Table.of(BookEntry, entries), digits=5, volume_digits=2
    )
    body = (await app.get("/symbols/EURUSD/book")).json()
    assert [level["price"] for level in body["asks"]] == [1.2, 1.3]
    assert [level["price"] for level in body["bids"]] == [1.1, 1.0]
