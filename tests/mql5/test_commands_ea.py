"""The commands that read, as the Expert Advisor answers them: as the simulated terminal does.

Two terminals stand at the same moment of the same market, with the same trades behind them. Both
are asked the same, and what they answer must be equal.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from tests.conformance.peers import Terminal, make_terminal
from tests.conformance.tiny_bridge import TinyBridge
from tests.mql5.questions import BAD, EURUSD, FULL, GROUPS, HOUR_MSC, NOON, NOON_MSC, SYMBOLS

from pitwire.sim.account import AccountSettings
from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.wire import codec
from pitwire.wire.arrays import RATES, TICKS, array_of
from pitwire.wire.commands import CommandCode as Code
from pitwire.wire.envelope import FrameType
from pitwire.wire.handshake import Secret
from pitwire.wire.replies import RefusalCode

LOGIN = AccountSettings().login
ATTEMPTS = 20
OWN = {"name", "company", "language", "path", "data_path", "commondata_path"}
OWN |= {"build", "maxbars", "codepage", "ping_last"}
"""What each terminal program says of itself."""


class Twin(NamedTuple):
    """One of the two terminals, with the bridge that asks it."""

    terminal: Terminal
    clock: ManualClock
    bridge: TinyBridge

    def ask(self, code: int, fields: dict[str, Any]) -> tuple[bool, dict[str, Any]]:
        """Ask, again while history is loading; true with a reply, false with a refusal."""
        for _ in range(ATTEMPTS):
            kind, body = self.bridge.ask_raw(code, codec.pack(fields))
            if kind == FrameType.REPLY or body["code"] != RefusalCode.HISTORY_LOADING:
                return kind == FrameType.REPLY, body
        raise AssertionError(f"{Code(code).name} {fields} never ends to load")

    def trade(self, code: int, number: int, fields: dict[str, Any]) -> dict[str, Any]:
        order = {"request_id": f"id-{number}", "deadline_msc": 2 * NOON_MSC, "login": LOGIN}
        good, body = self.ask(code, order | fields)
        assert good, body
        result: dict[str, Any] = body["result"]
        return result

    def pass_ms(self, ms: int) -> None:
        self.terminal.call(lambda: self.clock.advance(ms))


Twins = dict[str, Twin]


def trades(twin: Twin) -> None:
    """Open, change, close, close by, and leave something open and something waiting."""
    send = {"symbol": "EURUSD", "type": 0, "volume": 0.3, "magic": 7, "comment": "first"}
    first = twin.trade(Code.ORDER_SEND, 1, send)
    twin.pass_ms(61_000)
    twin.trade(Code.ORDER_SEND, 2, {"symbol": "EURUSD", "type": 1, "volume": 0.1})
    other = twin.trade(Code.ORDER_SEND, 3, {"symbol": SYMBOLS[1].name, "type": 1, "volume": 0.2})
    twin.pass_ms(1_500)
    closed = twin.trade(Code.ORDER_SEND, 4, {"symbol": "EURUSD", "type": 1, "volume": 0.2})
    twin.pass_ms(700)
    both = {"position": first["order"], "position_by": closed["order"]}
    twin.trade(Code.POSITION_CLOSE_BY, 5, both)
    part = {"position": other["order"], "volume": 0.05, "comment": "a part"}
    twin.trade(Code.POSITION_CLOSE, 6, part)
    for number, price in ((7, 0.9), (8, 0.95)):
        limit = {"symbol": "EURUSD", "type": 2, "volume": 0.01, "price": price, "sl": 0.5}
        waiting = twin.trade(Code.ORDER_SEND, number, limit)
    twin.pass_ms(2_000)
    twin.trade(Code.ORDER_REMOVE, 9, {"order": waiting["order"]})


@pytest.fixture(scope="module")
def twins() -> Iterator[Twins]:
    secret = Secret.random()
    clocks = {kind: ManualClock(NOON_MSC) for kind in ("sim", "ea")}
    terminals = {
        kind: make_terminal(
            kind,
            secrets=[secret],
            market=Market(clock=clock, symbols=SYMBOLS),
            account=AccountSettings(),
        )
        for kind, clock in clocks.items()
    }
    made: Twins = {}
    # Both first, for the Expert may have to be built, and a session must not wait so long.
    for terminal in terminals.values():
        terminal.start()
    for kind, terminal in terminals.items():
        bridge = TinyBridge(terminal.commands, terminal.stream, secret=secret).open()
        made[kind] = Twin(terminal, clocks[kind], bridge)
        trades(made[kind])
    yield made
    for twin in made.values():
        twin.bridge.close()
        twin.terminal.stop()


def listed(table: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(table["fields"], row, strict=True)) for row in table["rows"]]


def comparable(good: bool, body: dict[str, Any]) -> Any:
    if not good:
        assert body["message"].endswith("."), body
        return {"code": body["code"], "field": body.get("field")}
    fields = {name: value for name, value in body.items() if name != "clock_msc"}
    for name, value in fields.items():
        if isinstance(value, dict) and set(value) == {"fields", "rows"}:
            fields[name] = listed(value)
    if "terminal" in fields:
        assert set(fields["terminal"]) >= OWN
        fields["terminal"] = {k: v for k, v in fields["terminal"].items() if k not in OWN}
    return fields


def same(twins: Twins, code: int, fields: dict[str, Any]) -> Any:
    """Ask both and compare; give what they answer."""
    sim, ea = (comparable(*twin.ask(code, fields)) for twin in twins.values())
    assert ea == sim, (Code(code).name, fields)
    return ea


@pytest.mark.parametrize(("code", "fields"), FULL)
def test_what_it_answers(twins: Twins, code: int, fields: dict[str, Any]) -> None:
    answer = same(twins, code, fields)
    assert set(answer) != {"code", "field"}


def test_positions_orders_and_deals_by_their_tickets(twins: Twins) -> None:
    orders = same(twins, Code.HISTORY_ORDERS_GET, {})["orders"]
    deals = same(twins, Code.HISTORY_DEALS_GET, {})["deals"]
    held = same(twins, Code.POSITIONS_GET, {})["positions"]
    waiting = same(twins, Code.ORDERS_GET, {})["orders"]
    assert len(orders) >= 7
    assert len(deals) >= 8
    assert len(held) >= 3
    assert len(waiting) == 1
    for order in orders:
        ticket = {"ticket": order["ticket"]}
        assert same(twins, Code.HISTORY_ORDERS_GET, ticket)["orders"] == [order]
    for deal in deals:
        ticket = {"ticket": deal["ticket"]}
        assert same(twins, Code.HISTORY_DEALS_GET, ticket)["deals"] == [deal]
        later = {**ticket, "from_msc": 2 * NOON_MSC}
        assert same(twins, Code.HISTORY_DEALS_GET, later)["deals"] == []
    for position in {deal["position_id"] for deal in deals}:
        for code in (Code.HISTORY_ORDERS_GET, Code.HISTORY_DEALS_GET):
            same(twins, code, {"position": position})
            same(twins, code, {"position": position, "symbol": SYMBOLS[1].name, "count": 1})
    for code, records in ((Code.POSITIONS_GET, held), (Code.ORDERS_GET, waiting)):
        for record in records:
            same(twins, code, {"ticket": record["ticket"]})
            same(twins, code, {"ticket": record["ticket"], "symbol": SYMBOLS[2].name})


def test_periods_are_exact_to_the_millisecond(twins: Twins) -> None:
    deals = same(twins, Code.HISTORY_DEALS_GET, {})["deals"]
    for time in sorted({deal["time_msc"] for deal in deals}):
        for period in ((time, time), (time - 1, time - 1), (time, time - 1), (time + 1, 2 * time)):
            fields = {"from_msc": period[0], "to_msc": period[1]}
            same(twins, Code.HISTORY_DEALS_GET, fields)
            same(twins, Code.HISTORY_ORDERS_GET, fields)


@pytest.mark.parametrize("group", GROUPS)
def test_groups(twins: Twins, group: str) -> None:
    same(twins, Code.SYMBOLS_GET, {"group": group})


@pytest.mark.parametrize(("code", "fields"), BAD)
def test_what_it_refuses(twins: Twins, code: int, fields: dict[str, Any]) -> None:
    sim, ea = (comparable(*twin.ask(code, fields)) for twin in twins.values())
    assert set(ea) == {"code", "field"}, ea
    assert ea == sim


@pytest.mark.parametrize("flags", [-1, 1])
@pytest.mark.parametrize("code", [Code.COPY_TICKS_FROM, Code.COPY_TICKS_RANGE])
def test_pages_of_ticks_have_no_gap(twins: Twins, code: int, flags: int) -> None:
    """Follow a stretch of ticks in small pages, by the time of the last and a number to skip."""
    begin = NOON_MSC - HOUR_MSC
    limit = {"to_msc": NOON_MSC} if code == Code.COPY_TICKS_RANGE else {}
    rows: list[tuple[Any, ...]] = []
    at, skip, more = begin, 0, True
    while more and len(rows) < 300:
        fields = {**EURUSD, "from_msc": at, "skip": skip, "count": 7, "flags": flags}
        answer = same(twins, code, fields | limit)
        page = array_of(answer["ticks"], TICKS).tolist()
        rows += page
        more, at = answer["more"], page[-1][5]
        skip = sum(row[5] == at for row in rows)
    twin = twins["ea"]
    truth, _ = twin.terminal.call(
        lambda: twin.terminal.market.ticks(
            "EURUSD", from_msc=begin, count=len(rows), skip=0, flags=flags
        )
    )
    assert rows == truth.tolist()


@pytest.mark.parametrize("timeframe", [1, 5, 16385, 16408, 32769])
def test_pages_of_bars_have_no_gap(twins: Twins, timeframe: int) -> None:
    """Follow bars forward by their times, over a weekend, and backward by their places."""
    series = {**EURUSD, "timeframe": timeframe}
    begin, pages, more = NOON - 86_400 * 5, 0, True
    while more and pages < 12:
        stretch = {"from_s": begin, "to_s": NOON, "count": 33}
        answer = same(twins, Code.COPY_RATES_RANGE, series | stretch)
        rows = array_of(answer["rates"], RATES)
        assert len(rows) <= 33
        more, pages, begin = answer["more"], pages + 1, int(rows["time"][-1]) + 1
    for start in range(0, 100, 30):
        same(twins, Code.COPY_RATES_FROM_POS, {**series, "start": start, "count": 30})


def test_a_symbol_that_nothing_holds_leaves_market_watch_and_comes_back(twins: Twins) -> None:
    name = {"symbol": SYMBOLS[-1].name}
    assert not same(twins, Code.SYMBOL_SELECT, {**name, "enable": False})["selected"]
    assert not same(twins, Code.SYMBOL_INFO, name)["symbol"]["select"]
    chosen = same(twins, Code.SYMBOLS_GET, {"selected": True})
    assert chosen["total"] == len(SYMBOLS) - 1
    assert same(twins, Code.SYMBOL_SELECT, name)["selected"]
    same(twins, Code.SYMBOL_INFO, name)
