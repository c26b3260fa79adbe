from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pitwire.errors import ConfigError
from pitwire.sim.account import AccountSettings
from pitwire.sim.broker import Broker
from pitwire.sim.clock import ManualClock
from pitwire.sim.faults import Faults
from pitwire.sim.market import Market
from pitwire.sim.request import TradeRequest
from pitwire.sim.symbols import CATALOG, SymbolSpec
from pitwire.sim.translation import Translation
from pitwire.wire import commands
from pitwire.wire.enums import (
    CalcMode,
    DealEntry,
    DealReason,
    DealType,
    FillingFlag,
    OrderFilling,
    OrderFlag,
    OrderState,
    OrderType,
    SymbolTradeMode,
    TradeAction,
    TradeExecution,
    TransactionType,
)
from pitwire.wire.records import TradeResult, Transaction
from pitwire.wire.retcodes import Retcode

TUESDAY_NOON_MSC = 1_763_467_200_000
SATURDAY_NOON_MSC = 1_763_812_800_000
SPECS = {spec.name: spec for spec in CATALOG}
STAMP = {"request_id": "r", "deadline_msc": 0, "login": 1}


def broker_of(
    *specs: SymbolSpec, at_msc: int = TUESDAY_NOON_MSC, faults: Faults | None = None, **account: Any
) -> Broker:
    market = Market(clock=ManualClock(at_msc), symbols=specs or [SPECS["EURUSD"]])
    return Broker(market, AccountSettings(**account), faults=faults)


def carry_out(broker: Broker, command: commands.TradingCommand) -> TradeResult:
    request = Translation(broker).request(command)
    return broker.execute(request, request_id=command.request_id)


def send(broker: Broker, **fields: Any) -> TradeResult:
    order = {"symbol": "EURUSD", "type": OrderType.BUY, "volume": 0.1, **STAMP, **fields}
    return carry_out(broker, commands.OrderSend.model_validate(order))


def close(broker: Broker, position: int, **fields: Any) -> TradeResult:
    order = {"position": position, **STAMP, **fields}
    return carry_out(broker, commands.PositionClose.model_validate(order))


def modify(broker: Broker, position: int, **fields: Any) -> TradeResult:
    order = {"position": position, **STAMP, **fields}
    return carry_out(broker, commands.PositionModify.model_validate(order))


def close_by(broker: Broker, position: int, other: int) -> TradeResult:
    order = {"position": position, "position_by": other, **STAMP}
    return carry_out(broker, commands.PositionCloseBy.model_validate(order))


def prices(broker: Broker, symbol: str = "EURUSD") -> tuple[float, float]:
    quote = broker.market.quote(symbol)
    assert quote is not None
    return quote.bid, quote.ask


def test_the_first_deal_is_the_deposit() -> None:
    (deal,) = broker_of(deposit=2500.0).ledger.deals
    assert (deal.type, deal.order, deal.position_id, deal.symbol) == (DealType.BALANCE, 0, 0, "")
    assert (deal.profit, deal.entry) == (2500.0, DealEntry.IN)


def test_a_buy_fills_at_the_ask_and_is_valued_at_the_bid() -> None:
    broker = broker_of(commission_per_lot=7.0)
    bid, ask = prices(broker)
    result = send(broker, magic=42, comment="first")
    assert (result.retcode, result.price, result.volume) == (Retcode.DONE, ask, 0.1)
    assert (result.bid, result.ask, result.comment) == (bid, ask, "Request executed")
    assert result.order == result.position != result.deal
    (position,) = broker.positions()
    assert (position.ticket, position.identifier) == (result.order, result.order)
    assert (position.price_open, position.price_current) == (ask, bid)
    assert (position.magic, position.comment, position.reason) == (42, "first", 3)
    deal = broker.ledger.deals[-1]
    assert (deal.entry, deal.position_id, deal.reason) == (
        DealEntry.IN, result.position, DealReason.EXPERT,
    )  # fmt: skip
    assert deal.commission == -0.7
    (order,) = broker.ledger.orders
    assert (order.state, order.volume_initial, order.volume_current) == (OrderState.FILLED, 0.1, 0)


def test_a_sell_fills_at_the_bid_and_closes_at_the_ask() -> None:
    broker = broker_of()
    bid, ask = prices(broker)
    position = send(broker, type=OrderType.SELL).position
    result = close(broker, position, magic=7, comment="out")
    assert result.price == ask
    order, deal = broker.ledger.orders[-1], broker.ledger.deals[-1]
    assert (order.type, order.position_id, order.magic, order.comment) == (0, position, 7, "out")
    assert (deal.type, deal.entry, deal.position_id) == (DealType.BUY, DealEntry.OUT, position)
    assert deal.profit == pytest.approx((bid - ask) * 10_000, abs=0.005)
    assert broker.positions() == []


def test_a_partial_close_keeps_ticket_and_price() -> None:
    broker = broker_of()
    opened = send(broker, volume=0.3)
    closed = close(broker, opened.position, volume=0.1)
    (position,) = broker.positions()
    assert (closed.volume, position.volume) == (0.1, 0.2)
    assert (position.ticket, position.price_open) == (opened.position, opened.price)


def test_close_by_leaves_the_rest_of_the_larger_position_without_another_spread() -> None:
    broker = broker_of()
    long = send(broker, volume=0.3)
    short = send(broker, type=OrderType.SELL, volume=0.1)
    result = close_by(broker, long.position, short.position)
    assert (result.retcode, result.volume) == (Retcode.DONE, 0.1)
    (position,) = broker.positions()
    assert (position.ticket, position.volume) == (long.position, 0.2)
    order, deals = broker.ledger.orders[-1], broker.ledger.deals[-2:]
    assert (order.type, order.position_id, order.position_by_id) == (
        OrderType.CLOSE_BY, long.position, short.position,
    )  # fmt: skip
    assert [deal.entry for deal in deals] == [DealEntry.OUT_BY, DealEntry.OUT_BY]
    assert [deal.position_id for deal in deals] == [long.position, short.position]
    assert deals[0].profit == pytest.approx((short.price - long.price) * 10_000, abs=0.005)
    assert deals[1].profit == 0.0


@pytest.mark.parametrize("pair", [(0, 0), (0, 1)])
def test_close_by_needs_two_opposite_positions(pair: tuple[int, int]) -> None:
    broker = broker_of()
    held = [send(broker).position, send(broker).position]
    assert close_by(broker, held[pair[0]], held[pair[1]]).retcode == Retcode.INVALID


def test_modify_keeps_what_is_absent_and_clears_what_is_null() -> None:
    broker = broker_of()
    bid, _ = prices(broker)
    sl, tp = round(bid - 0.01, 5), round(bid + 0.01, 5)
    ticket = send(broker, sl=sl, tp=tp).position
    assert modify(broker, ticket, tp=round(tp + 0.001, 5)).retcode == Retcode.DONE
    (position,) = broker.positions()
    assert (position.sl, position.tp) == (sl, round(tp + 0.001, 5))
    result = modify(broker, ticket, sl=None)
    assert (result.retcode, result.deal, result.order, result.price) == (Retcode.DONE, 0, 0, 0.0)
    assert broker.positions()[0].sl == 0.0
    assert modify(broker, ticket, sl=None).retcode == Retcode.NO_CHANGES
    assert modify(broker, ticket).retcode == Retcode.NO_CHANGES


@pytest.mark.parametrize(
    ("side", "sl", "tp"),
    [
        (0, 0.001, None),
        (0, None, -0.001),
        (1, -0.001, None),
        (1, None, 0.001),
        (0, -0.0010005, None),
    ],
)
def test_stops_on_the_wrong_side_or_off_the_grid_are_refused(
    side: int, sl: float | None, tp: float | None
) -> None:
    broker = broker_of()
    bid, _ = prices(broker)
    stops = {"sl": sl, "tp": tp}
    stops = {name: bid + offset for name, offset in stops.items() if offset is not None}
    assert send(broker, type=side, **stops).retcode == Retcode.INVALID_STOPS
    ticket = send(broker, type=side).position
    assert modify(broker, ticket, **stops).retcode == Retcode.INVALID_STOPS
    assert len(broker.ledger.deals) == 2


def test_stops_keep_the_distance_that_the_symbol_asks_for() -> None:
    broker = broker_of(replace(SPECS["EURUSD"], trade_stops_level=50))
    bid, _ = prices(broker)
    assert send(broker, sl=round(bid - 0.00049, 5)).retcode == Retcode.INVALID_STOPS
    assert send(broker, sl=round(bid - 0.0005, 5)).retcode == Retcode.DONE


def test_a_position_near_its_stop_is_frozen() -> None:
    broker = broker_of(replace(SPECS["EURUSD"], trade_freeze_level=100))
    bid, _ = prices(broker)
    ticket = send(broker, sl=round(bid - 0.0005, 5)).position
    assert close(broker, ticket).retcode == Retcode.FROZEN
    assert modify(broker, ticket, sl=None).retcode == Retcode.FROZEN


@pytest.mark.parametrize("volume", [0.001, 0.015, 500.01, 1e300])
def test_volumes_that_the_symbol_does_not_take(volume: float) -> None:
    broker = broker_of(deposit=1e12)
    assert send(broker, volume=volume).retcode == Retcode.INVALID_VOLUME


@pytest.mark.parametrize(
    ("volume", "retcode"),
    [
        (0.31, Retcode.INVALID_CLOSE_VOLUME),
        (1e300, Retcode.INVALID_CLOSE_VOLUME),
        (0.105, Retcode.INVALID_VOLUME),
        (0.001, Retcode.INVALID_VOLUME),
    ],
)
def test_volumes_that_cannot_be_closed(volume: float, retcode: int) -> None:
    broker = broker_of()
    ticket = send(broker, volume=0.3).position
    assert close(broker, ticket, volume=volume).retcode == retcode
    assert broker.positions()[0].volume == 0.3


def test_volume_limit_counts_one_direction() -> None:
    broker = broker_of(replace(SPECS["EURUSD"], volume_limit=0.3), deposit=1e6)
    assert send(broker, volume=0.2).retcode == Retcode.DONE
    assert send(broker, volume=0.2).retcode == Retcode.LIMIT_VOLUME
    assert send(broker, volume=0.3, type=OrderType.SELL).retcode == Retcode.DONE


@pytest.mark.parametrize(
    ("mode", "side", "retcode"),
    [
        (SymbolTradeMode.DISABLED, 0, Retcode.TRADE_DISABLED),
        (SymbolTradeMode.LONGONLY, 1, Retcode.LONG_ONLY),
        (SymbolTradeMode.LONGONLY, 0, Retcode.DONE),
        (SymbolTradeMode.SHORTONLY, 0, Retcode.SHORT_ONLY),
        (SymbolTradeMode.CLOSEONLY, 0, Retcode.CLOSE_ONLY),
        (SymbolTradeMode.FULL, 1, Retcode.DONE),
    ],
)
def test_trade_modes(mode: SymbolTradeMode, side: int, retcode: int) -> None:
    broker = broker_of(replace(SPECS["EURUSD"], trade_mode=mode))
    assert send(broker, type=side).retcode == retcode


def test_a_closed_market_takes_nothing() -> None:
    broker = broker_of(at_msc=SATURDAY_NOON_MSC)
    assert send(broker).retcode == Retcode.MARKET_CLOSED


def test_too_little_money() -> None:
    broker = broker_of(deposit=500.0)
    assert send(broker, volume=1.0).retcode == Retcode.NO_MONEY
    assert send(broker, volume=0.1).retcode == Retcode.DONE
    assert len(broker.positions()) == 1


def test_a_hedge_that_frees_margin_is_taken_without_free_money() -> None:
    broker = broker_of(replace(SPECS["EURUSD"], margin_hedged=0.0), deposit=110.0)
    assert send(broker, volume=0.1).retcode == Retcode.DONE
    assert send(broker, volume=0.1).retcode == Retcode.NO_MONEY
    assert send(broker, volume=0.1, type=OrderType.SELL).retcode == Retcode.DONE
    assert broker.figures().margin == 0.0


INSTANT = replace(SPECS["EURUSD"], trade_exemode=TradeExecution.INSTANT)


@pytest.mark.parametrize(
    ("points", "deviation", "retcode"),
    [
        (0, None, Retcode.DONE),
        (3, None, Retcode.REQUOTE),
        (3, 2, Retcode.REQUOTE),
        (3, 3, Retcode.DONE),
        (-3, 3, Retcode.DONE),
        (90_000, 10**9, Retcode.INVALID_PRICE),
        (0.5, 10, Retcode.INVALID_PRICE),
    ],
)
def test_instant_execution_compares_the_price(
    points: float, deviation: int | None, retcode: int
) -> None:
    broker = broker_of(INSTANT)
    bid, ask = prices(broker)
    result = send(broker, price=ask + points * 1e-5, deviation=deviation)
    assert result.retcode == retcode
    if retcode == Retcode.REQUOTE:
        assert (result.bid, result.ask, result.deal) == (bid, ask, 0)


def test_market_execution_ignores_the_price() -> None:
    assert send(broker_of(), price=0.5).retcode == Retcode.DONE


@pytest.mark.parametrize(
    ("execution", "flags", "asked", "expected"),
    [
        (TradeExecution.INSTANT, 0, OrderFilling.RETURN, OrderFilling.RETURN),
        (TradeExecution.REQUEST, 0, None, OrderFilling.FOK),
        (TradeExecution.MARKET, FillingFlag.IOC, None, OrderFilling.IOC),
        (TradeExecution.MARKET, FillingFlag.IOC, OrderFilling.FOK, None),
        (TradeExecution.MARKET, FillingFlag(3), OrderFilling.RETURN, None),
        (TradeExecution.MARKET, FillingFlag(0), None, None),
        (TradeExecution.EXCHANGE, FillingFlag(0), None, OrderFilling.RETURN),
        (TradeExecution.EXCHANGE, FillingFlag(0), OrderFilling.IOC, None),
        (TradeExecution.MARKET, FillingFlag(7), OrderFilling.BOC, None),
    ],
)
def test_filling(
    execution: TradeExecution, flags: int, asked: int | None, expected: int | None
) -> None:
    spec = replace(SPECS["EURUSD"], trade_exemode=execution, filling_mode=FillingFlag(flags))
    result = send(broker_of(spec), type_filling=asked)
    if expected is None:
        assert result.retcode == Retcode.INVALID_FILL
    else:
        assert (result.retcode, result.type_filling) == (Retcode.DONE, expected)


def test_kinds_of_orders_that_the_symbol_does_not_take() -> None:
    spec = replace(SPECS["EURUSD"], order_mode=OrderFlag(127) & ~OrderFlag.MARKET)
    assert send(broker_of(spec)).retcode == Retcode.INVALID_ORDER
    spec = replace(SPECS["EURUSD"], order_mode=OrderFlag.MARKET)
    assert send(broker_of(spec), sl=0.5).retcode == Retcode.INVALID_STOPS


def test_an_expiration_in_the_past() -> None:
    result = send(broker_of(), type_time=2, expiration=1_000_000_000)
    assert result.retcode == Retcode.INVALID_EXPIRATION


@pytest.mark.parametrize(
    ("field", "retcode"),
    [("type_time", Retcode.INVALID_EXPIRATION), ("type_filling", Retcode.INVALID_FILL)],
)
def test_numbers_that_the_trade_server_does_not_know(field: str, retcode: int) -> None:
    unknown: dict[str, Any] = {field: 99}
    request = TradeRequest(
        action=TradeAction.DEAL, symbol="EURUSD", volume=0.1, type=0, price=1.0, **unknown
    )
    assert broker_of().execute(request).retcode == retcode


def test_a_position_that_is_gone() -> None:
    broker = broker_of()
    ticket = send(broker).position
    assert close(broker, ticket).retcode == Retcode.DONE
    assert close(broker, ticket).retcode == Retcode.POSITION_CLOSED
    assert broker.ledger.was_closed(ticket)


def moved_until_closed(broker: Broker, clock: ManualClock) -> None:
    for _ in range(2_000):
        clock.advance(60_000)
        broker.advance()
        if not broker.ledger.positions:
            return
    raise AssertionError("the stop was never touched")


@pytest.mark.parametrize("word", ["sl", "tp"])
@pytest.mark.parametrize("side", [OrderType.BUY, OrderType.SELL])
def test_the_market_closes_a_position_at_its_stop(word: str, side: OrderType) -> None:
    clock = ManualClock(TUESDAY_NOON_MSC)
    market = Market(clock=clock, symbols=[SPECS["BTCUSD"]])
    broker = Broker(market, AccountSettings(deposit=100_000.0))
    bid, ask = prices(broker, "BTCUSD")
    away = 30.0 if (word == "tp") == (side == OrderType.BUY) else -30.0
    stop = round((bid if side == OrderType.BUY else ask) + away, 2)
    opened = send(broker, symbol="BTCUSD", type=side, magic=5, **{word: stop})
    assert opened.retcode == Retcode.DONE
    moved_until_closed(broker, clock)
    deal, order = broker.ledger.deals[-1], broker.ledger.orders[-1]
    reason = DealReason.SL if word == "sl" else DealReason.TP
    assert deal.comment == order.comment == f"[{word} {stop:.2f}]"
    assert (deal.reason, order.reason, deal.magic) == (reason, reason, 5)
    assert (deal.price - stop) * away >= 0
    assert opened.time_msc < deal.time_msc <= market.now_msc()
    ticks, _ = market.ticks("BTCUSD", from_msc=opened.time_msc + 1, count=10**6)
    closing = ticks["bid" if side == OrderType.BUY else "ask"]
    touched = ticks[(closing - stop) * away >= 0]
    assert deal.time_msc == touched["time_msc"][0]


def test_every_trade_is_told_in_the_order_of_metatrader() -> None:
    broker = broker_of()
    told: list[tuple[Transaction, TradeResult | None, str | None]] = []
    broker.on_transaction = lambda *what: told.append(what)
    result = send(broker)
    assert [transaction.type for transaction, _, _ in told] == [
        TransactionType.ORDER_ADD,
        TransactionType.DEAL_ADD,
        TransactionType.ORDER_DELETE,
        TransactionType.HISTORY_ADD,
        TransactionType.REQUEST,
    ]
    assert told[-1][1:] == (result, "r")
    assert {what[1:] for what in told[:-1]} == {(None, None)}
    assert (told[0][0].order_state, told[0][0].volume) == (OrderState.STARTED, 0.1)
    assert (told[1][0].deal, told[1][0].position) == (result.deal, result.position)
    assert (told[2][0].order_state, told[2][0].volume) == (OrderState.FILLED, 0.0)
    told.clear()
    bid, _ = prices(broker)
    modify(broker, result.position, sl=round(bid - 0.01, 5))
    assert [transaction.type for transaction, _, _ in told] == [
        TransactionType.POSITION, TransactionType.REQUEST,
    ]  # fmt: skip


def test_a_check_tells_the_account_afterwards_and_changes_nothing() -> None:
    broker = broker_of()
    order = commands.OrderCheck(symbol="EURUSD", type=OrderType.BUY, volume=0.1)
    checked = broker.check(Translation(broker).order(order))
    assert (checked.retcode, checked.comment, checked.balance) == (0, "Done", 10_000.0)
    assert broker.positions() == []
    send(broker)
    figures = broker.figures()
    assert (checked.margin, checked.profit) == (figures.margin, 0.0)
    assert checked.margin_free == round(10_000.0 - figures.margin, 2)


def test_a_check_that_fails_says_why() -> None:
    order = commands.OrderCheck(symbol="EURUSD", type=OrderType.BUY, volume=99.0)
    broker = broker_of()
    checked = broker.check(Translation(broker).order(order))
    assert (checked.retcode, checked.margin) == (Retcode.NO_MONEY, 0.0)


@pytest.mark.parametrize(
    ("mode", "margin"),
    [
        (CalcMode.FOREX, 65_000.0 / 100 * 0.1),
        (CalcMode.CFD, 6500.0),
        (CalcMode.CFDINDEX, 6500.0),
        (CalcMode.CFDLEVERAGE, 65.0),
    ],
)
def test_margin_by_calc_mode(mode: CalcMode, margin: float) -> None:
    spec = replace(SPECS["BTCUSD"], trade_calc_mode=mode, currency_margin="BTC", margin_rate=0.1)
    broker = broker_of(spec)
    assert broker.valuation.margin_per_lot(spec, price=65_000.0) == pytest.approx(margin)


def test_margin_in_a_third_currency_is_converted() -> None:
    broker = broker_of(SPECS["USDJPY"], SPECS["EURUSD"], currency="EUR")
    bid, _ask = prices(broker)
    spec = SPECS["USDJPY"]
    per_lot = broker.valuation.margin_per_lot(spec, price=150.0)
    assert per_lot == pytest.approx(1000 / prices(broker)[1])
    assert bid > 0


def test_initial_margin_of_the_symbol_stands_for_the_contract() -> None:
    spec = replace(SPECS["EURUSD"], margin_initial=50_000.0)
    broker = broker_of(spec)
    assert broker.valuation.margin_per_lot(spec, price=1.1) == pytest.approx(550.0)


def test_a_symbol_that_cannot_be_margined_stops_the_start() -> None:
    spec = replace(SPECS["EURUSD"], trade_calc_mode=CalcMode.EXCH_BONDS)
    with pytest.raises(ConfigError, match="cannot margin EURUSD"):
        broker_of(spec)


@pytest.mark.parametrize(
    ("turn", "retcode"),
    [
        (lambda faults: setattr(faults, "requote_next", True), Retcode.REQUOTE),
        (lambda faults: setattr(faults, "retcode_next", 10012), Retcode.TIMEOUT),
    ],
)
def test_a_fault_refuses_one_trade(turn: Callable[[Faults], None], retcode: int) -> None:
    faults = Faults()
    broker = broker_of(faults=faults)
    turn(faults)
    assert send(broker).retcode == retcode
    assert broker.positions() == []
    assert send(broker).retcode == Retcode.DONE
