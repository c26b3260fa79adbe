"""Pending orders: what is taken, what sets them off, and how they end."""

from dataclasses import replace
from typing import Any

import pytest
from tests.sim.scripted import Scripted

from pitwire.sim.request import TradeRequest
from pitwire.sim.symbols import Sessions
from pitwire.wire.enums import (
    DealEntry,
    ExpirationFlag,
    FillingFlag,
    OrderFilling,
    OrderFlag,
    OrderReason,
    OrderState,
    OrderTime,
    OrderType,
    SymbolTradeMode,
    TradeAction,
    TradeExecution,
    TransactionType,
)
from pitwire.wire.retcodes import Retcode

BUY_LIMIT, SELL_LIMIT = OrderType.BUY_LIMIT, OrderType.SELL_LIMIT
BUY_STOP, SELL_STOP = OrderType.BUY_STOP, OrderType.SELL_STOP
BUY_STOP_LIMIT, SELL_STOP_LIMIT = OrderType.BUY_STOP_LIMIT, OrderType.SELL_STOP_LIMIT
NOON_S = 1_763_467_200
SATURDAY_NOON_MSC = 1_763_812_800_000
ALL = 127


def test_a_placed_order_waits_and_is_told() -> None:
    place = Scripted()
    result = place.place(
        BUY_LIMIT, 1.09900, 0.3, sl=1.09000, tp=1.12000, magic=42, comment="c" * 40
    )
    assert (result.retcode, result.deal, result.position) == (Retcode.DONE, 0, 0)
    (order,) = place.broker.orders(ticket=result.order)
    assert (order.state, order.type, order.price_open) == (OrderState.PLACED, BUY_LIMIT, 1.09900)
    assert (order.volume_initial, order.volume_current) == (0.3, 0.3)
    assert (order.sl, order.tp, order.magic, order.comment) == (1.09, 1.12, 42, "c" * 31)
    assert (order.price_current, order.time_done_msc, order.position_id) == (1.1001, 0, 0)
    assert order.reason == OrderReason.EXPERT
    assert place.broker.figures().margin == 0
    assert place.take_told() == [TransactionType.ORDER_ADD, TransactionType.REQUEST]


@pytest.mark.parametrize(
    ("kind", "price", "stoplimit", "fits"),
    [
        (BUY_LIMIT, 1.10009, 0.0, True),
        (BUY_LIMIT, 1.10010, 0.0, False),
        (SELL_LIMIT, 1.10001, 0.0, True),
        (SELL_LIMIT, 1.10000, 0.0, False),
        (BUY_STOP, 1.10011, 0.0, True),
        (BUY_STOP, 1.10010, 0.0, False),
        (SELL_STOP, 1.09999, 0.0, True),
        (SELL_STOP, 1.10000, 0.0, False),
        (SELL_STOP, 0.0, 0.0, False),
        (BUY_LIMIT, 1.090005, 0.0, False),
        (BUY_STOP_LIMIT, 1.10100, 1.10050, True),
        (BUY_STOP_LIMIT, 1.10100, 1.10100, False),
        (BUY_STOP_LIMIT, 1.10100, 1.10150, False),
        (BUY_STOP_LIMIT, 1.10100, 0.0, False),
        (BUY_STOP_LIMIT, 1.10010, 1.10000, False),
        (SELL_STOP_LIMIT, 1.09900, 1.09950, True),
        (SELL_STOP_LIMIT, 1.09900, 1.09850, False),
    ],
)
def test_prices_lie_on_their_own_side(
    kind: OrderType, price: float, stoplimit: float, fits: bool
) -> None:
    result = Scripted().place(kind, price, stoplimit=stoplimit)
    assert result.retcode == (Retcode.DONE if fits else Retcode.INVALID_PRICE)


def test_prices_and_stops_keep_their_distance() -> None:
    place = Scripted(spec={"trade_stops_level": 50})
    assert place.place(BUY_LIMIT, 1.09961).retcode == Retcode.INVALID_PRICE
    assert place.place(BUY_LIMIT, 1.09960).retcode == Retcode.DONE
    assert place.place(BUY_LIMIT, 1.09900, sl=1.09851).retcode == Retcode.INVALID_STOPS
    assert place.place(BUY_LIMIT, 1.09900, sl=1.09850, tp=1.09950).retcode == Retcode.DONE
    stop_limit = {"stoplimit": 1.10100, "sl": 1.10150}
    assert place.place(BUY_STOP_LIMIT, 1.10200, **stop_limit).retcode == Retcode.INVALID_STOPS


@pytest.mark.parametrize(
    ("spec", "fields", "retcode"),
    [
        ({"order_mode": OrderFlag(ALL & ~OrderFlag.LIMIT)}, {}, Retcode.INVALID_ORDER),
        ({}, {"type": OrderType.BUY}, Retcode.INVALID_ORDER),
        ({}, {"type": OrderType.CLOSE_BY}, Retcode.INVALID_ORDER),
        ({}, {"volume": 0.001}, Retcode.INVALID_VOLUME),
        ({}, {"symbol": "NONE"}, Retcode.INVALID),
        ({}, {"type_filling": OrderFilling.BOC}, Retcode.INVALID_FILL),
        ({"filling_mode": FillingFlag(7)}, {"type_filling": OrderFilling.BOC}, Retcode.DONE),
        ({"filling_mode": FillingFlag.IOC}, {"type_filling": 0}, Retcode.INVALID_FILL),
        (
            {"filling_mode": FillingFlag(0), "trade_exemode": TradeExecution.INSTANT},
            {"type_filling": 0},
            Retcode.DONE,
        ),
        ({"trade_mode": SymbolTradeMode.CLOSEONLY}, {}, Retcode.CLOSE_ONLY),
        ({"trade_mode": SymbolTradeMode.SHORTONLY}, {}, Retcode.SHORT_ONLY),
        ({"trade_mode": SymbolTradeMode.DISABLED}, {}, Retcode.TRADE_DISABLED),
        ({}, {"type_time": OrderTime.SPECIFIED}, Retcode.INVALID_EXPIRATION),
        ({}, {"type_time": 2, "expiration": NOON_S}, Retcode.INVALID_EXPIRATION),
        ({}, {"type_time": 2, "expiration": 2**63}, Retcode.INVALID_EXPIRATION),
        ({}, {"type_time": 3, "expiration": NOON_S - 7200}, Retcode.DONE),
        ({}, {"type_time": 3, "expiration": NOON_S - 86_400}, Retcode.INVALID_EXPIRATION),
        ({"expiration_mode": ExpirationFlag.GTC}, {"type_time": 1}, Retcode.INVALID_EXPIRATION),
        ({"volume_limit": 0.15}, {}, Retcode.DONE),
        ({"volume_limit": 0.15}, {"volume": 0.2}, Retcode.LIMIT_VOLUME),
    ],
)
def test_what_a_broker_does_not_take(
    spec: dict[str, Any], fields: dict[str, Any], retcode: int
) -> None:
    place = Scripted(spec=spec)
    asked = {"type": BUY_LIMIT, "price": 1.099, "volume": 0.1, "type_filling": 2, **fields}
    assert place.send(TradeAction.PENDING, **asked).retcode == retcode


def test_no_order_is_placed_while_the_market_is_closed() -> None:
    place = Scripted(start_msc=SATURDAY_NOON_MSC)
    assert place.place(BUY_LIMIT, 1.099).retcode == Retcode.MARKET_CLOSED


def test_the_number_and_the_volume_of_orders_have_limits() -> None:
    place = Scripted(limit_orders=2, spec={"volume_limit": 0.5})
    assert place.place(BUY_LIMIT, 1.099, 0.2).retcode == Retcode.DONE
    assert place.deal(OrderType.BUY, 0.2).retcode == Retcode.DONE
    assert place.place(BUY_STOP, 1.102, 0.2).retcode == Retcode.LIMIT_VOLUME
    assert place.deal(OrderType.BUY, 0.2).retcode == Retcode.LIMIT_VOLUME
    assert place.place(SELL_STOP, 1.09, 0.5).retcode == Retcode.DONE
    assert place.place(BUY_STOP, 1.102, 0.1).retcode == Retcode.LIMIT_ORDERS


@pytest.mark.parametrize(
    ("kind", "price", "before", "at"),
    [
        (BUY_LIMIT, 1.09950, (1.09950, 1.09960), (1.09930, 1.09940)),
        (SELL_LIMIT, 1.10050, (1.10040, 1.10050), (1.10070, 1.10080)),
        (BUY_STOP, 1.10050, (1.10030, 1.10040), (1.10080, 1.10090)),
        (SELL_STOP, 1.09950, (1.09960, 1.09970), (1.09930, 1.09940)),
    ],
)
def test_limits_fill_at_their_price_or_better_and_stops_slip(
    kind: OrderType, price: float, before: tuple[float, float], at: tuple[float, float]
) -> None:
    place = Scripted((1, *before), (2, *at), (3, *before))
    ticket = place.place(kind, price, sl=0.0, magic=7, comment="mine").order
    place.to(1.5)
    assert place.ledger.positions == {}
    place.take_told()
    place.to(10)
    position, deal, order = place.position, place.ledger.deals[-1], place.ledger.orders[-1]
    fill = at[1] if kind in {BUY_LIMIT, BUY_STOP} else at[0]
    assert (position.price_open, position.type) == (fill, kind % 2)
    assert position.ticket == position.identifier == order.ticket == deal.order == ticket
    assert (position.magic, position.comment) == (7, "mine")
    assert (deal.price, deal.entry, deal.position_id) == (fill, DealEntry.IN, ticket)
    assert deal.time_msc == order.time_done_msc == place.start_msc + 2000
    assert (order.state, order.volume_current, order.type) == (OrderState.FILLED, 0.0, kind)
    assert (order.price_open, order.time_setup_msc) == (price, place.start_msc)
    assert place.ledger.working == {}
    assert place.take_told() == [
        TransactionType.DEAL_ADD, TransactionType.ORDER_DELETE, TransactionType.HISTORY_ADD,
    ]  # fmt: skip


def test_a_stop_limit_becomes_a_limit_under_the_same_ticket() -> None:
    place = Scripted((1, 1.10100, 1.10110), (2, 1.10060, 1.10070), (3, 1.10030, 1.10040))
    ticket = place.place(BUY_STOP_LIMIT, 1.10100, stoplimit=1.10050).order
    place.take_told()
    place.to(2.5)
    order = place.order
    assert (order.ticket, order.type, order.state) == (ticket, BUY_LIMIT, OrderState.PLACED)
    assert (order.price_open, order.price_stoplimit) == (1.10050, 0.0)
    assert place.take_told() == [TransactionType.ORDER_UPDATE]
    place.to(4)
    assert (place.position.ticket, place.position.price_open) == (ticket, 1.10040)


def test_a_position_is_guarded_from_the_tick_after_the_one_that_opened_it() -> None:
    place = Scripted((1, 1.09880, 1.09890), (2, 1.09700, 1.09710), (3, 1.11000, 1.11010))
    place.place(BUY_LIMIT, 1.09900, sl=1.09800, tp=1.10900)
    place.to(10)
    assert place.ledger.positions == {}
    assert [deal.price for deal in place.ledger.deals[1:]] == [1.09890, 1.09700]
    assert place.ledger.deals[-1].comment == "[sl 1.09800]"


def test_one_touch_of_ticks_that_came_together_sets_off_the_earlier_one() -> None:
    place = Scripted((1, 1.10200, 1.10210), (2, 1.09800, 1.09810))
    late = place.place(SELL_STOP, 1.09900).order
    early = place.place(BUY_STOP, 1.10100).order
    place.to(10)
    assert [deal.order for deal in place.ledger.deals[1:]] == [early, late]


@pytest.mark.parametrize(
    ("fields", "expires_s"),
    [
        ({"type_time": OrderTime.SPECIFIED, "expiration": NOON_S + 5}, 5),
        ({"type_time": OrderTime.DAY}, 43_200),
        ({"type_time": OrderTime.SPECIFIED_DAY, "expiration": NOON_S + 60}, 43_199),
    ],
)
def test_orders_expire(fields: dict[str, Any], expires_s: int) -> None:
    place = Scripted()
    ticket = place.place(BUY_LIMIT, 1.09900, **fields).order
    place.to(expires_s - 0.001)
    assert place.order.ticket == ticket
    place.take_told()
    place.to(expires_s)
    (order,) = place.ledger.orders
    assert (order.state, order.volume_current) == (OrderState.EXPIRED, 0.1)
    assert order.time_done_msc == place.start_msc + expires_s * 1000
    assert place.take_told() == [TransactionType.ORDER_DELETE, TransactionType.HISTORY_ADD]


def test_a_tick_before_the_expiration_counts_and_one_after_it_does_not() -> None:
    place = Scripted((4, 1.09800, 1.09810), (6, 1.10500, 1.10510))
    lives = {"type_time": OrderTime.SPECIFIED, "expiration": NOON_S + 5}
    filled = place.place(BUY_LIMIT, 1.09900, **lives).order
    expired = place.place(SELL_LIMIT, 1.10400, **lives).order
    place.to(10)
    assert {order.ticket: order.state for order in place.ledger.orders} == {
        filled: OrderState.FILLED,
        expired: OrderState.EXPIRED,
    }


def test_a_trigger_without_money_cancels_the_order() -> None:
    place = Scripted((1, 1.09880, 1.09890), deposit=200.0)
    assert place.place(BUY_LIMIT, 1.09900, 1.0).retcode == Retcode.DONE
    place.to(2)
    (order,) = place.ledger.orders
    assert (order.state, order.volume_current) == (OrderState.CANCELED, 1.0)
    assert len(place.ledger.deals) == 1


def test_nothing_is_set_off_outside_the_trade_sessions() -> None:
    quoted = (((0, 86_400),),) * 7
    pause = (((0, 43_201), (43_203, 86_400)),) * 7
    place = Scripted(
        (2, 1.09880, 1.09890),
        (4, 1.09870, 1.09880),
        spec={"sessions": Sessions(quote=quoted, trade=pause)},
    )
    place.place(BUY_LIMIT, 1.09900)
    place.to(10)
    assert place.position.price_open == 1.09880


def test_modify_changes_prices_stops_and_times() -> None:
    place = Scripted()
    ticket = place.place(BUY_LIMIT, 1.09900, sl=1.09).order
    place.take_told()
    change = {"order": ticket, "price": 1.09800, "tp": 1.12, "type_time": 2}
    result = place.send(TradeAction.MODIFY, expiration=NOON_S + 60, **change)
    assert (result.retcode, result.order, result.deal) == (Retcode.DONE, ticket, 0)
    order = place.order
    assert (order.price_open, order.sl, order.tp) == (1.09800, 0.0, 1.12)
    assert (order.type_time, order.time_expiration) == (OrderTime.SPECIFIED, NOON_S + 60)
    assert order.time_setup_msc == place.start_msc
    assert place.take_told() == [TransactionType.ORDER_UPDATE, TransactionType.REQUEST]
    again = place.send(TradeAction.MODIFY, expiration=NOON_S + 60, **change)
    assert again.retcode == Retcode.NO_CHANGES


@pytest.mark.parametrize(
    ("change", "retcode"),
    [
        ({"price": 1.10010}, Retcode.INVALID_PRICE),
        ({"price": 0.0}, Retcode.INVALID_PRICE),
        ({"price": 1.09800, "sl": 1.09900}, Retcode.INVALID_STOPS),
        ({"price": 1.09800, "type_time": 2, "expiration": 5}, Retcode.INVALID_EXPIRATION),
        ({"price": 1.09800, "symbol": "GBPUSD"}, Retcode.INVALID),
        ({"price": 1.09800, "order": 5}, Retcode.INVALID),
    ],
)
def test_changes_that_make_no_sense(change: dict[str, Any], retcode: int) -> None:
    place = Scripted()
    ticket = place.place(BUY_LIMIT, 1.09900).order
    assert place.send(TradeAction.MODIFY, **{"order": ticket, **change}).retcode == retcode
    assert place.order.price_open == 1.09900


def test_remove_cancels_once() -> None:
    place = Scripted()
    ticket = place.place(BUY_LIMIT, 1.09900).order
    place.take_told()
    assert place.send(TradeAction.REMOVE, order=ticket).retcode == Retcode.DONE
    assert place.take_told() == [
        TransactionType.ORDER_DELETE, TransactionType.HISTORY_ADD, TransactionType.REQUEST,
    ]  # fmt: skip
    assert place.ledger.orders[-1].state == OrderState.CANCELED
    assert place.send(TradeAction.REMOVE, order=ticket).retcode == Retcode.ORDER_CHANGED
    assert place.send(TradeAction.MODIFY, order=ticket, price=1.0).retcode == Retcode.ORDER_CHANGED


def test_an_order_that_may_be_triggered_at_any_moment_is_frozen() -> None:
    place = Scripted((1, 1.10000, 1.10010), spec={"trade_freeze_level": 50})
    near = place.place(BUY_LIMIT, 1.09970).order
    far = place.place(BUY_LIMIT, 1.09960).order
    assert place.send(TradeAction.REMOVE, order=near).retcode == Retcode.FROZEN
    assert place.send(TradeAction.MODIFY, order=near, price=1.09).retcode == Retcode.FROZEN
    assert place.send(TradeAction.REMOVE, order=far).retcode == Retcode.DONE


def test_orders_are_neither_changed_nor_removed_while_the_market_is_closed() -> None:
    place = Scripted()
    ticket = place.place(BUY_LIMIT, 1.09900).order
    place.to((SATURDAY_NOON_MSC - place.start_msc) / 1000)
    for action in (TradeAction.MODIFY, TradeAction.REMOVE):
        assert place.send(action, order=ticket, price=1.0).retcode == Retcode.MARKET_CLOSED


def test_a_check_of_a_pending_order_tells_the_account_as_it_is() -> None:
    place = Scripted()
    place.deal(OrderType.BUY)
    figures = place.broker.figures()
    request = TradeRequest(
        action=TradeAction.PENDING,
        symbol="EURUSD",
        type=BUY_LIMIT,
        volume=0.1,
        price=1.099,
        type_filling=OrderFilling.RETURN,
    )
    checked = place.broker.check(request)
    assert (checked.retcode, checked.comment) == (0, "Done")
    assert (checked.margin, checked.equity) == (figures.margin, figures.equity)
    assert place.ledger.working == {}
    assert place.broker.check(replace(request, price=1.2)).retcode == Retcode.INVALID_PRICE
