from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitwire.sim.account import AccountSettings
from pitwire.sim.clock import ManualClock
from pitwire.sim.expert import Expert
from pitwire.sim.faults import Faults
from pitwire.sim.journal import Journal
from pitwire.sim.market import Market
from pitwire.sim.symbols import CATALOG
from pitwire.wire import codec, commands, replies
from pitwire.wire.arrays import RATES, TICKS, array_of
from pitwire.wire.commands import COMMANDS, Command, CommandCode
from pitwire.wire.enums import BookType, CopyTicks, OrderState, OrderType, Timeframe
from pitwire.wire.envelope import FrameType
from pitwire.wire.replies import JournalState, Refusal, RefusalCode
from pitwire.wire.retcodes import Retcode

NOON = 1_763_467_200
LOGIN = AccountSettings().login
TRADE: dict[str, Any] = {"request_id": "id", "deadline_msc": NOON * 1000, "login": LOGIN}
SYMBOL: dict[str, Any] = {"symbol": "EURUSD"}
BARS = {**SYMBOL, "timeframe": Timeframe.M1}

EXAMPLES: dict[int, dict[str, Any]] = {
    CommandCode.SYMBOL_INFO: SYMBOL,
    CommandCode.SYMBOL_SELECT: SYMBOL,
    CommandCode.SYMBOL_INFO_TICK: SYMBOL,
    CommandCode.COPY_TICKS_FROM: {**SYMBOL, "from_msc": 0},
    CommandCode.COPY_TICKS_RANGE: {**SYMBOL, "from_msc": 0, "to_msc": NOON * 1000},
    CommandCode.COPY_RATES_FROM: {**BARS, "from_s": NOON},
    CommandCode.COPY_RATES_FROM_POS: BARS,
    CommandCode.COPY_RATES_RANGE: {**BARS, "from_s": 0, "to_s": NOON},
    CommandCode.MARKET_BOOK_GET: SYMBOL,
    CommandCode.ORDER_CALC_MARGIN: {**SYMBOL, "type": 0, "volume": 1.0},
    CommandCode.ORDER_CALC_PROFIT: {
        **SYMBOL, "type": 0, "volume": 1.0, "price_open": 1.1, "price_close": 1.2,
    },
    CommandCode.ORDER_CHECK: {**SYMBOL, "type": 0, "volume": 0.1},
    CommandCode.ORDER_SEND: {**TRADE, **SYMBOL, "type": 0, "volume": 0.1},
    CommandCode.ORDER_MODIFY: {**TRADE, "order": 1},
    CommandCode.ORDER_REMOVE: {**TRADE, "order": 1},
    CommandCode.POSITION_MODIFY: {**TRADE, "position": 1},
    CommandCode.POSITION_CLOSE: {**TRADE, "position": 1},
    CommandCode.POSITION_CLOSE_BY: {**TRADE, "position": 1, "position_by": 2},
    CommandCode.ORDER_STATUS: {"request_id": "id"},
    CommandCode.SUBSCRIBE: {"channel": 5},
    CommandCode.UNSUBSCRIBE: {"channel": 5},
}  # fmt: skip


class Room:
    """A terminal without sockets, asked as a peer would ask it."""

    def __init__(self, journal: Journal | None = None, **account: Any) -> None:
        self.market = Market(clock=ManualClock(NOON * 1000), symbols=CATALOG[:3])
        self.expert = Expert(
            self.market,
            AccountSettings(**account),
            journal=journal or Journal(login=LOGIN),
            faults=Faults(),
        )
        self.broker = self.expert.broker
        self.outbox = self.expert.open(lambda _code, _body: True)

    def raw(self, code: int, body: bytes) -> tuple[FrameType, dict[str, Any]]:
        answer = self.expert.answer(code, body, self.outbox)
        assert answer is not None
        return answer[0], codec.unpack(answer[1])

    def ask(self, command: Command) -> Any:
        frame_type, body = self.raw(command.code, codec.pack(command.packed()))
        if frame_type == FrameType.ERROR:
            return Refusal.model_validate(body)
        return command.reply.model_validate(body)

    def ask_fields(self, code: int, **fields: Any) -> Any:
        frame_type, body = self.raw(code, codec.pack(fields))
        model = Refusal if frame_type == FrameType.ERROR else COMMANDS[code].reply
        return model.model_validate(body)


@pytest.fixture(scope="module")
def room() -> Room:
    return Room()


@pytest.mark.parametrize("code", COMMANDS)
def test_every_command_is_served(code: int) -> None:
    answer = Room().ask_fields(code, **EXAMPLES.get(code, {}))
    if isinstance(answer, Refusal):
        assert answer.code == RefusalCode.NOT_FOUND
    else:
        assert answer.clock_msc == NOON * 1000


def test_a_command_that_does_not_exist(room: Room) -> None:
    frame_type, body = room.raw(9999, b"\x80")
    assert (frame_type, body["code"]) == (FrameType.ERROR, RefusalCode.UNSUPPORTED)


@pytest.mark.parametrize("body", [b"", b"\x90", b"\x81", b"\xc1", b"\x80\x80", b"\x81\x01\x02"])
def test_a_body_that_is_not_allowed(room: Room, body: bytes) -> None:
    frame_type, answer = room.raw(CommandCode.PING, body)
    assert (frame_type, answer["code"]) == (FrameType.ERROR, RefusalCode.INVALID_REQUEST)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(COMMANDS)), st.data())
def test_no_body_brings_the_room_down(room: Room, code: int, data: st.DataObject) -> None:
    values = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(),
        st.text(max_size=40),
        st.lists(st.integers(0, 9), max_size=2),
    )
    fields = dict(EXAMPLES.get(code, {"count": 5}))
    for name in data.draw(st.lists(st.sampled_from(sorted(fields) or ["x"]), max_size=2)):
        fields[name] = data.draw(values)
    frame_type, body = room.raw(code, codec.pack(fields))
    if frame_type == FrameType.ERROR:
        assert body["code"] != RefusalCode.INTERNAL
        assert len(body["message"]) <= 500


@pytest.mark.parametrize(
    "code", [code for code, example in EXAMPLES.items() if example.get("symbol")]
)
def test_unknown_symbols_are_named(code: int) -> None:
    answer = Room().ask_fields(code, **{**EXAMPLES[code], "symbol": "NOPE"})
    assert (answer.code, answer.field) == (RefusalCode.UNKNOWN_SYMBOL, "symbol")
    assert "NOPE" in answer.message


@pytest.mark.parametrize("code", [40, 41, 42])
@pytest.mark.parametrize("timeframe", [0, 7, 32768, 2**40])
def test_only_the_21_timeframes(room: Room, code: int, timeframe: int) -> None:
    answer = room.ask_fields(code, **{**EXAMPLES[code], "timeframe": timeframe})
    assert (answer.code, answer.field) == (RefusalCode.INVALID_REQUEST, "timeframe")


@pytest.mark.parametrize("timeframe", Timeframe)
def test_rates_are_packed_rows(room: Room, timeframe: int) -> None:
    answer = room.ask(commands.CopyRatesFromPos(symbol="EURUSD", timeframe=timeframe, count=3))
    rates = array_of(answer.rates, RATES)
    assert len(rates) == 3
    assert answer.more
    assert list(rates["time"]) == sorted(set(rates["time"]))
    by_time = room.ask(
        commands.CopyRatesFrom(symbol="EURUSD", timeframe=timeframe, from_s=NOON, count=3)
    )
    assert by_time.rates == answer.rates
    ranged = room.ask(
        commands.CopyRatesRange(
            symbol="EURUSD", timeframe=timeframe, from_s=int(rates["time"][0]), to_s=NOON
        )
    )
    assert ranged.rates == answer.rates


def test_ticks_in_chunks_are_the_ticks_at_once(room: Room) -> None:
    start = NOON * 1000 - 600_000
    whole = room.ask(commands.CopyTicksFrom(symbol="EURUSD", from_msc=start))
    rows = array_of(whole.ticks, TICKS)
    assert len(rows) > 20
    chunks, from_msc, skip = [], start, 0
    while True:
        chunk = room.ask(
            commands.CopyTicksFrom(symbol="EURUSD", from_msc=from_msc, skip=skip, count=7)
        )
        got = array_of(chunk.ticks, TICKS)
        chunks.append(chunk.ticks)
        if not chunk.more:
            break
        last = int(got["time_msc"][-1])
        same = int((got["time_msc"] == last).sum())
        skip = skip + same if last == from_msc else same
        from_msc = last
    assert b"".join(chunks) == whole.ticks


def test_kinds_of_ticks(room: Room) -> None:
    command = {**EXAMPLES[CommandCode.COPY_TICKS_FROM], "from_msc": NOON * 1000 - 60_000}
    answer = room.ask_fields(30, **command, flags=CopyTicks.TRADE)
    assert answer.ticks == b""
    answer = room.ask_fields(30, **command, flags=5)
    assert (answer.code, answer.field) == (RefusalCode.INVALID_REQUEST, "flags")


def test_symbols_are_paged(room: Room) -> None:
    whole = room.ask(commands.SymbolsGet())
    assert [symbol.name for symbol in whole.symbols] == room.market.names()
    page = room.ask(commands.SymbolsGet(start=1, count=1))
    assert ([symbol.name for symbol in page.symbols], page.total) == (["GBPUSD"], 3)
    none = room.ask(commands.SymbolsGet(group="XYZ*"))
    assert (len(none.symbols), none.total) == (0, 0)
    assert list(none.symbols) == []


def test_symbol_info_is_what_the_market_says(room: Room) -> None:
    spec, quote = room.market.spec("USDJPY"), room.market.quote("USDJPY")
    assert quote is not None
    info = room.ask(commands.SymbolInfoGet(symbol="USDJPY")).symbol
    assert (info.name, info.digits, info.point) == ("USDJPY", 3, 0.001)
    assert (info.bid, info.ask, info.time) == (quote.bid, quote.ask, quote.time_msc // 1000)
    assert info.spread == round((quote.ask - quote.bid) * 1000)
    assert (info.volume_min, info.volume_step, info.volume_digits) == (0.01, 0.01, 2)
    assert info.trade_tick_value_profit == pytest.approx(100 / quote.ask)
    assert info.trade_tick_value_loss == pytest.approx(100 / quote.bid)
    assert (info.description, info.path) == (spec.description, spec.path)
    assert info.bidlow <= info.bid <= info.bidhigh


def test_a_symbol_in_use_stays_in_market_watch() -> None:
    room = Room()
    room.ask(commands.OrderSend(**TRADE, **SYMBOL, type=OrderType.BUY, volume=0.1))
    assert room.ask(commands.SymbolSelect(symbol="EURUSD", enable=False)).selected
    assert not room.ask(commands.SymbolSelect(symbol="GBPUSD", enable=False)).selected
    shown = room.ask(commands.SymbolsGet(selected=True))
    assert [symbol.name for symbol in shown.symbols] == ["EURUSD", "USDJPY"]
    assert not room.ask(commands.SymbolInfoGet(symbol="GBPUSD")).symbol.select
    assert room.ask(commands.SymbolSelect(symbol="GBPUSD")).selected


def test_pending_orders_are_listed_and_found_in_the_history() -> None:
    room = Room()
    fields = {**SYMBOL, "type": OrderType.SELL_LIMIT, "volume": 0.1, "price": 1.5}
    checked = room.ask(commands.OrderCheck(**fields)).result
    assert (checked.retcode, checked.margin) == (0, 0.0)
    ticket = room.ask(commands.OrderSend(**TRADE, **fields)).result.order
    (order,) = room.ask(commands.OrdersGet()).orders
    assert (order.ticket, order.type, order.price_open) == (ticket, OrderType.SELL_LIMIT, 1.5)
    assert len(room.ask(commands.OrdersGet(symbol="GBPUSD")).orders) == 0
    assert len(room.ask(commands.OrdersGet(ticket=ticket)).orders) == 1
    assert room.ask(commands.SymbolSelect(symbol="EURUSD", enable=False)).selected
    removal = commands.OrderRemove(**{**TRADE, "request_id": "other"}, order=ticket)
    assert room.ask(removal).result.order == ticket
    assert len(room.ask(commands.OrdersGet()).orders) == 0
    (past,) = room.ask(commands.HistoryOrdersGet(ticket=ticket)).orders
    assert (past.state, past.time_done_msc) == (OrderState.CANCELED, NOON * 1000)


def test_only_what_opens_a_position_has_a_margin_and_a_profit(room: Room) -> None:
    margin = {**SYMBOL, "volume": 0.1, "price": 1.1}
    as_market = room.ask(commands.OrderCalcMargin(**margin, type=OrderType.BUY)).value
    assert room.ask(commands.OrderCalcMargin(**margin, type=OrderType.BUY_STOP)).value == as_market
    answer = room.ask(commands.OrderCalcMargin(**margin, type=OrderType.CLOSE_BY))
    assert (answer.code, answer.field) == (RefusalCode.INVALID_REQUEST, "type")
    profit = {**SYMBOL, "volume": 0.1, "price_open": 1.1, "price_close": 1.2}
    answer = room.ask(commands.OrderCalcProfit(**profit, type=OrderType.BUY_LIMIT))
    assert (answer.code, answer.field) == (RefusalCode.INVALID_REQUEST, "type")


def test_the_book_falls_from_the_highest_sell_to_the_lowest_buy(room: Room) -> None:
    levels = list(room.ask(commands.MarketBookGet(symbol="EURUSD")).book)
    prices = [level.price for level in levels]
    assert prices == sorted(prices, reverse=True)
    kinds = [level.type for level in levels]
    assert kinds == sorted(kinds)
    assert set(kinds) == {BookType.SELL, BookType.BUY}


def test_a_day_in_the_account() -> None:
    room = Room(commission_per_lot=5.0)
    opened = room.ask(commands.OrderSend(**TRADE, **SYMBOL, type=OrderType.BUY, volume=0.2))
    assert (opened.result.retcode, opened.repeated) == (Retcode.DONE, False)
    ticket = opened.result.position
    (position,) = room.ask(commands.PositionsGet(symbol="EURUSD")).positions
    assert position.ticket == ticket
    assert len(room.ask(commands.PositionsGet(symbol="GBPUSD")).positions) == 0
    assert len(room.ask(commands.PositionsGet(ticket=ticket)).positions) == 1
    account = room.ask(commands.AccountInfoGet()).account
    assert account.equity == pytest.approx(account.balance + position.profit)
    assert account.margin_level == pytest.approx(account.equity / account.margin * 100, abs=0.01)
    closing = {**TRADE, "request_id": "out", "position": ticket}
    room.ask(commands.PositionClose(**closing))
    deals = room.ask(commands.HistoryDealsGet(position=ticket))
    assert [deal.entry for deal in deals.deals] == [0, 1]
    orders = room.ask(commands.HistoryOrdersGet(position=ticket))
    assert [order.position_id for order in orders.orders] == [ticket, ticket]
    page = room.ask(commands.HistoryDealsGet(start=1, count=1))
    assert (len(page.deals), page.more) == (1, True)
    page = room.ask(commands.HistoryDealsGet(start=2, count=1))
    assert (len(page.deals), page.more) == (1, False)
    assert len(room.ask(commands.HistoryDealsGet(to_msc=NOON * 1000 - 1)).deals) == 0
    assert len(room.ask(commands.HistoryDealsGet(symbol="EURUSD")).deals) == 2
    assert len(room.ask(commands.OrdersGet()).orders) == 0
    balance = room.ask(commands.AccountInfoGet()).account.balance
    earned = sum(
        deal.profit + deal.commission for deal in room.ask(commands.HistoryDealsGet()).deals
    )
    assert balance == pytest.approx(earned)


def test_order_status_knows_what_became_of_it(room: Room) -> None:
    fresh = Room()
    status = fresh.ask(commands.OrderStatus(request_id="id"))
    assert (status.state, status.login, status.result) == (JournalState.UNKNOWN, LOGIN, None)
    sent = fresh.ask(commands.OrderSend(**TRADE, **SYMBOL, type=OrderType.BUY, volume=0.2))
    status = fresh.ask(commands.OrderStatus(request_id="id"))
    assert (status.state, status.result) == (JournalState.DONE, sent.result)


def test_welcome_and_order_status_name_the_journal(tmp_path: Path) -> None:
    room, other = Room(), Room()
    facts = room.expert.welcome_facts()
    assert room.ask(commands.OrderStatus(request_id="id")).journal == facts["journal"]
    assert other.expert.welcome_facts()["journal"] != facts["journal"]
    seen = set()
    for _ in range(2):
        journal = Journal(tmp_path / "journal", login=LOGIN)
        kept = Room(journal=journal)
        seen.add(kept.expert.welcome_facts()["journal"])
        seen.add(kept.ask(commands.OrderStatus(request_id="id")).journal)
        journal.close()
    assert seen == {journal.id}


def test_calculations(room: Room) -> None:
    margin = room.ask(commands.OrderCalcMargin(type=0, symbol="USDJPY", volume=2.0))
    assert (margin.value, margin.currency, margin.currency_digits) == (2000.0, "USD", 2)
    margin = room.ask(commands.OrderCalcMargin(type=0, symbol="EURUSD", volume=1.0, price=1.25))
    assert margin.value == 1250.0
    profit = room.ask(
        commands.OrderCalcProfit(
            type=1, symbol="EURUSD", volume=1.0, price_open=1.1, price_close=1.103
        )
    )
    assert profit.value == -300.0
    absurd = room.ask(
        commands.OrderCalcProfit(
            type=0, symbol="EURUSD", volume=1e308, price_open=1.0, price_close=1e308
        )
    )
    assert absurd.code == RefusalCode.INVALID_REQUEST


def test_before_the_first_price(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    monkeypatch.setattr(room.market, "quote", lambda _name: None)
    for command in (
        commands.SymbolInfoTick(symbol="EURUSD"),
        commands.MarketBookGet(symbol="EURUSD"),
        commands.OrderCalcMargin(type=0, symbol="EURUSD", volume=1.0),
    ):
        assert room.ask(command).code == RefusalCode.NO_PRICES
    sent = room.ask(commands.OrderSend(**TRADE, **SYMBOL, type=OrderType.BUY, volume=0.2))
    assert sent.result.retcode == Retcode.PRICE_OFF


def test_terminal_info_shows_the_switch(room: Room) -> None:
    reply = room.ask(commands.TerminalInfoGet())
    assert isinstance(reply, replies.TerminalInfoReply)
    assert reply.terminal.trade_allowed
    assert reply.permissions.terminal_trade_allowed
