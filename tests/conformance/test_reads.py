"""What every command of the wire answers, by both terminals."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conformance.peers import Terminal
from tests.conformance.tiny_bridge import TinyBridge

from pitwire.sim.account import AccountSettings
from pitwire.wire import codec, commands, replies
from pitwire.wire.arrays import RATES, TICKS, Array, array_of
from pitwire.wire.commands import COMMANDS, CommandCode
from pitwire.wire.enums import BookType, CopyTicks, OrderType, Timeframe
from pitwire.wire.envelope import FrameType
from pitwire.wire.replies import JournalState, Refusal, RefusalCode
from pitwire.wire.retcodes import Retcode

NOON = 1_763_467_200
LOGIN = AccountSettings().login
TRADE: dict[str, Any] = {"request_id": "id", "deadline_msc": 2 * NOON * 1000, "login": LOGIN}
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
    CommandCode.ORDER_MODIFY: {**TRADE, "order": 1, "price": 1.0},
    CommandCode.ORDER_REMOVE: {**TRADE, "order": 1},
    CommandCode.POSITION_MODIFY: {**TRADE, "position": 1},
    CommandCode.POSITION_CLOSE: {**TRADE, "position": 1},
    CommandCode.POSITION_CLOSE_BY: {**TRADE, "position": 1, "position_by": 2},
    CommandCode.ORDER_STATUS: {"request_id": "id"},
    CommandCode.SUBSCRIBE: {"channel": 5},
    CommandCode.UNSUBSCRIBE: {"channel": 5},
}  # fmt: skip


def test_every_command_is_served(bridge: TinyBridge) -> None:
    for code in COMMANDS:
        fields = dict(EXAMPLES.get(code, {}))
        if COMMANDS[code].trading:
            fields["request_id"] = f"id-{code}"
        answer = bridge.ask_fields(code, **fields)
        if isinstance(answer, Refusal):
            assert answer.code == RefusalCode.NOT_FOUND, (CommandCode(code).name, answer)
        else:
            assert abs(answer.clock_msc - NOON * 1000) <= 1000, CommandCode(code).name


def test_a_command_that_does_not_exist(bridge: TinyBridge) -> None:
    kind, body = bridge.ask_raw(9999, b"\x80")
    assert (kind, body["code"]) == (FrameType.ERROR, RefusalCode.UNSUPPORTED)


@pytest.mark.parametrize(
    "body",
    [b"", b"\x90", b"\x81", b"\xc1", b"\x80\x80", b"\x81\x01\x02", b"\x82\xa1a\x01\xa1a\x01"],
)
def test_a_body_that_is_not_allowed(bridge: TinyBridge, body: bytes) -> None:
    for code in (CommandCode.PING, CommandCode.SYMBOL_INFO, CommandCode.ORDER_SEND):
        kind, answer = bridge.ask_raw(code, body)
        assert (kind, answer["code"]) == (FrameType.ERROR, RefusalCode.INVALID_REQUEST)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(),
    st.text(max_size=40),
    st.lists(st.integers(0, 9), max_size=2),
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(sorted(COMMANDS)), st.data())
def test_no_body_brings_a_terminal_down(bridge: TinyBridge, code: int, data: st.DataObject) -> None:
    fields = dict(EXAMPLES.get(code, {"count": 5}))
    for name in data.draw(st.lists(st.sampled_from(sorted(fields) or ["x"]), max_size=2)):
        fields[name] = data.draw(VALUES)
    kind, body = bridge.ask_raw(code, codec.pack(fields))
    if kind == FrameType.ERROR:
        assert body["code"] != RefusalCode.INTERNAL
        assert len(body["message"]) <= 500


def test_unknown_symbols_are_named(bridge: TinyBridge) -> None:
    for code, example in EXAMPLES.items():
        if "symbol" not in example:
            continue
        answer = bridge.ask_fields(code, **{**example, "symbol": "NOPE"})
        assert (answer.code, answer.field) == (RefusalCode.UNKNOWN_SYMBOL, "symbol"), code
        assert "NOPE" in answer.message


@pytest.mark.parametrize("timeframe", [0, 7, 32768, 2**40])
def test_only_the_21_timeframes(bridge: TinyBridge, timeframe: int) -> None:
    for code in (40, 41, 42):
        answer = bridge.ask_fields(code, **{**EXAMPLES[code], "timeframe": timeframe})
        assert (answer.code, answer.field) == (RefusalCode.INVALID_REQUEST, "timeframe")


def market_rates(terminal: Terminal, timeframe: int, from_s: int) -> Array:
    rows, _ = terminal.call(
        lambda: terminal.market.rates_range("EURUSD", timeframe, from_s=from_s, to_s=NOON, count=10)
    )
    return rows


def test_rates_are_packed_rows_of_the_market(terminal: Terminal, bridge: TinyBridge) -> None:
    for timeframe in Timeframe:
        answer = bridge.ask(
            commands.CopyRatesFromPos(symbol="EURUSD", timeframe=timeframe, count=3)
        )
        rates = array_of(answer.rates, RATES)
        assert len(rates) == 3
        assert answer.more
        first_s, last_s = int(rates["time"][0]), int(rates["time"][-1])
        expected = market_rates(terminal, timeframe, first_s)
        assert answer.rates == expected.tobytes()
        by_time = bridge.ask(
            commands.CopyRatesFrom(symbol="EURUSD", timeframe=timeframe, from_s=NOON, count=3)
        )
        assert by_time.rates == answer.rates
        ranged = bridge.ask(
            commands.CopyRatesRange(
                symbol="EURUSD", timeframe=timeframe, from_s=first_s, to_s=last_s
            )
        )
        assert ranged.rates == answer.rates
        assert not ranged.more


def test_a_range_of_bars_comes_in_chunks(bridge: TinyBridge) -> None:
    span: dict[str, Any] = {**BARS, "to_s": NOON}
    whole = bridge.ask(commands.CopyRatesRange(**span, from_s=NOON - 36_000))
    rates = array_of(whole.rates, RATES)
    assert len(rates) == 600
    chunk = bridge.ask(commands.CopyRatesRange(**span, from_s=NOON - 36_000, count=100))
    assert (array_of(chunk.rates, RATES)["time"] == rates["time"][:100]).all()
    assert chunk.more
    rest = bridge.ask(commands.CopyRatesRange(**span, from_s=int(rates["time"][100])))
    assert chunk.rates + rest.rates == whole.rates
    nothing = bridge.ask(commands.CopyRatesRange(**{**span, "to_s": 60}, from_s=0))
    assert (nothing.rates, nothing.more) == (b"", False)


def test_bars_before_a_position(bridge: TinyBridge) -> None:
    ten = bridge.ask(commands.CopyRatesFromPos(**BARS, count=10))
    older = bridge.ask(commands.CopyRatesFromPos(**BARS, start=4, count=6))
    assert ten.rates.startswith(older.rates)
    assert len(older.rates) == 6 * 60


def test_ticks_in_chunks_are_the_ticks_at_once(terminal: Terminal, bridge: TinyBridge) -> None:
    start = NOON * 1000 - 600_000
    whole = bridge.ask(commands.CopyTicksFrom(symbol="EURUSD", from_msc=start))
    expected, _ = terminal.call(
        lambda: terminal.market.ticks("EURUSD", from_msc=start, count=10_000)
    )
    assert len(expected) > 20
    assert whole.ticks == expected.tobytes()
    chunks, from_msc, skip = [], start, 0
    while True:
        chunk = bridge.ask(
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
    end = int(expected["time_msc"][9])
    ranged = bridge.ask(commands.CopyTicksRange(symbol="EURUSD", from_msc=start, to_msc=end))
    assert ranged.ticks == expected[expected["time_msc"] <= end].tobytes()
    assert not ranged.more


def test_kinds_of_ticks(bridge: TinyBridge) -> None:
    command = {**EXAMPLES[CommandCode.COPY_TICKS_FROM], "from_msc": NOON * 1000 - 60_000}
    answer = bridge.ask_fields(30, **command, flags=CopyTicks.TRADE)
    assert (answer.ticks, answer.more) == (b"", False)
    both = bridge.ask_fields(30, **command, flags=CopyTicks.ALL)
    assert bridge.ask_fields(30, **command, flags=CopyTicks.INFO).ticks == both.ticks != b""
    answer = bridge.ask_fields(30, **command, flags=5)
    assert (answer.code, answer.field) == (RefusalCode.INVALID_REQUEST, "flags")


def test_symbols_are_paged(terminal: Terminal, bridge: TinyBridge) -> None:
    whole = bridge.ask(commands.SymbolsGet())
    assert [symbol.name for symbol in whole.symbols] == terminal.market.names()
    page = bridge.ask(commands.SymbolsGet(start=1, count=1))
    assert ([symbol.name for symbol in page.symbols], page.total) == (["GBPUSD"], 3)
    beyond = bridge.ask(commands.SymbolsGet(start=9))
    assert (len(beyond.symbols), beyond.total) == (0, 3)


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("*", ["EURUSD", "GBPUSD", "USDJPY"]),
        ("*USD", ["EURUSD", "GBPUSD"]),
        ("*,!*JPY", ["EURUSD", "GBPUSD"]),
        ("USDJPY,EUR*", ["EURUSD", "USDJPY"]),
        ("*U*D*", ["EURUSD", "GBPUSD", "USDJPY"]),
        ("XYZ*", []),
        ("EURUSD", ["EURUSD"]),
        ("", []),
    ],
)
def test_groups_of_symbols(bridge: TinyBridge, group: str, names: list[str]) -> None:
    found = bridge.ask(commands.SymbolsGet(group=group))
    assert ([symbol.name for symbol in found.symbols], found.total) == (names, len(names))


def test_symbol_info_is_what_the_market_says(terminal: Terminal, bridge: TinyBridge) -> None:
    spec, quote = terminal.market.spec("USDJPY"), terminal.market.quote("USDJPY")
    assert quote is not None
    info = bridge.ask(commands.SymbolInfoGet(symbol="USDJPY")).symbol
    assert (info.name, info.digits, info.point) == ("USDJPY", 3, 0.001)
    assert (info.bid, info.ask, info.time) == (quote.bid, quote.ask, quote.time_msc // 1000)
    assert info.spread == round((quote.ask - quote.bid) * 1000)
    assert (info.volume_min, info.volume_step, info.volume_digits) == (0.01, 0.01, 2)
    assert info.trade_tick_value_profit == pytest.approx(100 / quote.ask)
    assert info.trade_tick_value_loss == pytest.approx(100 / quote.bid)
    assert (info.description, info.path) == (spec.description, spec.path)
    assert info.bidlow <= info.bid <= info.bidhigh
    listed = {symbol.name: symbol for symbol in bridge.ask(commands.SymbolsGet()).symbols}
    assert listed["USDJPY"] == info


def test_the_last_tick_is_the_markets(terminal: Terminal, bridge: TinyBridge) -> None:
    quote = terminal.market.quote("EURUSD")
    assert quote is not None
    reply = bridge.ask(commands.SymbolInfoTick(symbol="EURUSD"))
    assert (reply.tick.bid, reply.tick.ask) == (quote.bid, quote.ask)
    assert (reply.tick.time_msc, reply.digits, reply.volume_digits) == (quote.time_msc, 5, 2)


def test_a_symbol_in_use_stays_in_market_watch(bridge: TinyBridge) -> None:
    bridge.ask(commands.OrderSend(**TRADE, **SYMBOL, type=OrderType.BUY, volume=0.1))
    assert bridge.ask(commands.SymbolSelect(symbol="EURUSD", enable=False)).selected
    assert not bridge.ask(commands.SymbolSelect(symbol="GBPUSD", enable=False)).selected
    shown = bridge.ask(commands.SymbolsGet(selected=True))
    assert [symbol.name for symbol in shown.symbols] == ["EURUSD", "USDJPY"]
    assert not bridge.ask(commands.SymbolInfoGet(symbol="GBPUSD")).symbol.select
    assert bridge.ask(commands.SymbolSelect(symbol="GBPUSD")).selected


def test_the_book_falls_from_the_highest_sell_to_the_lowest_buy(bridge: TinyBridge) -> None:
    levels = list(bridge.ask(commands.MarketBookGet(symbol="EURUSD")).book)
    prices = [level.price for level in levels]
    assert prices == sorted(prices, reverse=True)
    kinds = [level.type for level in levels]
    assert kinds == sorted(kinds)
    assert set(kinds) == {BookType.SELL, BookType.BUY}


def test_a_day_in_the_account(
    start: Callable[..., Terminal],
    make_bridge: Callable[..., TinyBridge],
    secret: Any,
) -> None:
    terminal = start(account=AccountSettings(commission_per_lot=5.0))
    bridge = make_bridge(terminal.commands, terminal.stream, secret=secret).open()
    opened = bridge.ask(commands.OrderSend(**TRADE, **SYMBOL, type=OrderType.BUY, volume=0.2))
    assert (opened.result.retcode, opened.repeated) == (Retcode.DONE, False)
    ticket = opened.result.position
    (position,) = bridge.ask(commands.PositionsGet(symbol="EURUSD")).positions
    assert position.ticket == ticket
    assert terminal.call(terminal.broker.positions) == [position]
    assert len(bridge.ask(commands.PositionsGet(symbol="GBPUSD")).positions) == 0
    assert len(bridge.ask(commands.PositionsGet(ticket=ticket)).positions) == 1
    account = bridge.ask(commands.AccountInfoGet()).account
    assert account.equity == pytest.approx(account.balance + position.profit)
    assert account.margin_level == pytest.approx(account.equity / account.margin * 100, abs=0.01)
    closing = {**TRADE, "request_id": "out", "position": ticket}
    assert bridge.ask(commands.PositionClose(**closing)).result.retcode == Retcode.DONE
    deals = bridge.ask(commands.HistoryDealsGet(position=ticket))
    assert [deal.entry for deal in deals.deals] == [0, 1]
    orders = bridge.ask(commands.HistoryOrdersGet(position=ticket))
    assert [order.position_id for order in orders.orders] == [ticket, ticket]
    page = bridge.ask(commands.HistoryDealsGet(start=1, count=1))
    assert (len(page.deals), page.more) == (1, True)
    page = bridge.ask(commands.HistoryDealsGet(start=2, count=1))
    assert (len(page.deals), page.more) == (1, False)
    assert len(bridge.ask(commands.HistoryDealsGet(to_msc=NOON * 1000 - 1)).deals) == 0
    assert len(bridge.ask(commands.HistoryDealsGet(symbol="EURUSD")).deals) == 2
    (deal,) = bridge.ask(commands.HistoryDealsGet(ticket=opened.result.deal)).deals
    assert deal.order == opened.result.order
    assert len(bridge.ask(commands.OrdersGet()).orders) == 0
    balance = bridge.ask(commands.AccountInfoGet()).account.balance
    earned = sum(
        deal.profit + deal.commission for deal in bridge.ask(commands.HistoryDealsGet()).deals
    )
    assert balance == pytest.approx(earned)


def test_order_status_knows_what_became_of_it(bridge: TinyBridge) -> None:
    status = bridge.ask(commands.OrderStatus(request_id="id"))
    assert (status.state, status.login, status.result) == (JournalState.UNKNOWN, LOGIN, None)
    assert bridge.welcome is not None
    assert status.journal == bridge.welcome.journal != 0
    sent = bridge.ask(commands.OrderSend(**TRADE, **SYMBOL, type=OrderType.BUY, volume=0.2))
    status = bridge.ask(commands.OrderStatus(request_id="id"))
    assert (status.state, status.result) == (JournalState.DONE, sent.result)


def test_calculations(bridge: TinyBridge) -> None:
    margin = bridge.ask(commands.OrderCalcMargin(type=0, symbol="USDJPY", volume=2.0))
    assert (margin.value, margin.currency, margin.currency_digits) == (2000.0, "USD", 2)
    margin = bridge.ask(commands.OrderCalcMargin(type=0, symbol="EURUSD", volume=1.0, price=1.25))
    assert margin.value == 1250.0
    profit = bridge.ask(
        commands.OrderCalcProfit(
            type=1, symbol="EURUSD", volume=1.0, price_open=1.1, price_close=1.103
        )
    )
    assert profit.value == -300.0
    absurd = bridge.ask(
        commands.OrderCalcProfit(
            type=0, symbol="EURUSD", volume=1e308, price_open=1.0, price_close=1e308
        )
    )
    assert absurd.code == RefusalCode.INVALID_REQUEST


def test_terminal_info_shows_the_switch(bridge: TinyBridge) -> None:
    reply = bridge.ask(commands.TerminalInfoGet())
    assert isinstance(reply, replies.TerminalInfoReply)
    assert reply.terminal.connected
    assert reply.terminal.trade_allowed
    assert reply.permissions.terminal_trade_allowed


def test_the_account_is_the_brokers(terminal: Terminal, bridge: TinyBridge) -> None:
    account = bridge.ask(commands.AccountInfoGet()).account
    settings = terminal.broker.settings
    assert (account.login, account.server) == (settings.login, settings.server)
    assert (account.currency, account.leverage) == (settings.currency, settings.leverage)
    assert (account.balance, account.equity) == (settings.deposit, settings.deposit)
    assert account.trade_allowed
    assert account.trade_expert
