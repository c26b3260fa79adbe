"""How much of an order is filled when the market has less, and what becomes of the rest."""

import pytest
from tests.sim.scripted import EURUSD, TUESDAY_NOON_MSC, Scripted

from pitwire.sim.account import AccountSettings
from pitwire.sim.broker import Broker
from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.sim.request import TradeRequest
from pitwire.wire.enums import (
    BookType,
    DealEntry,
    OrderFilling,
    OrderState,
    OrderType,
    TradeAction,
    TradeExecution,
    TransactionType,
)
from pitwire.wire.retcodes import Retcode

BUY, SELL = OrderType.BUY, OrderType.SELL
FOK, IOC, RETURN = OrderFilling.FOK, OrderFilling.IOC, OrderFilling.RETURN
EXCHANGE = {"trade_exemode": TradeExecution.EXCHANGE}


def scarce(place: Scripted, lots: float | None) -> Scripted:
    place.faults.fill_at_most = lots
    return place


def test_fok_fills_all_or_nothing() -> None:
    place = scarce(Scripted(), 0.09)
    result = place.deal(BUY, 0.1, type_filling=FOK)
    (order,) = place.ledger.orders
    assert (result.retcode, result.deal, result.order) == (Retcode.REJECT, 0, order.ticket)
    assert (order.state, order.volume_current) == (OrderState.REJECTED, 0.1)
    assert place.ledger.positions == {}
    scarce(place, 0.1)
    assert place.deal(BUY, 0.1, type_filling=FOK).retcode == Retcode.DONE


def test_ioc_fills_what_is_there_and_cancels_the_rest() -> None:
    place = scarce(Scripted(), 0.047)
    result = place.deal(BUY, 0.1, type_filling=IOC)
    assert (result.retcode, result.volume) == (Retcode.DONE_PARTIAL, 0.04)
    (order,) = place.ledger.orders
    assert (order.state, order.volume_initial, order.volume_current) == (
        OrderState.CANCELED, 0.1, 0.06,
    )  # fmt: skip
    assert place.position.volume == 0.04
    assert place.ledger.working == {}


def test_ioc_with_nothing_there_is_refused() -> None:
    place = scarce(Scripted(), 0.0)
    assert place.deal(BUY, 0.1, type_filling=IOC).retcode == Retcode.REJECT
    assert place.ledger.orders[-1].state == OrderState.CANCELED


def test_return_leaves_the_rest_in_the_market() -> None:
    place = scarce(Scripted((1, 1.1002, 1.1003), (2, 1.1004, 1.1005), spec=EXCHANGE), 0.04)
    result = place.deal(BUY, 0.1, type_filling=RETURN)
    assert (result.retcode, result.volume) == (Retcode.DONE_PARTIAL, 0.04)
    order = place.order
    assert (order.ticket, order.state, order.volume_current) == (
        result.order, OrderState.PARTIAL, 0.06,
    )  # fmt: skip
    assert place.take_told() == [
        TransactionType.ORDER_ADD,
        TransactionType.DEAL_ADD,
        TransactionType.ORDER_UPDATE,
        TransactionType.REQUEST,
    ]
    place.to(1.5)
    assert place.order.volume_current == 0.02
    place.to(2.5)
    assert place.ledger.working == {}
    position = place.position
    assert (position.ticket, position.volume) == (result.order, 0.1)
    prices = (1.1001 * 0.04 + 1.1003 * 0.04 + 1.1005 * 0.02) / 0.1
    assert position.price_open == pytest.approx(prices)
    assert [deal.order for deal in place.ledger.deals[1:]] == [result.order] * 3
    assert place.ledger.orders[-1].state == OrderState.FILLED


def test_an_order_that_finds_nothing_at_first_waits() -> None:
    place = scarce(Scripted((1, 1.1002, 1.1003), spec=EXCHANGE), 0.0)
    result = place.deal(SELL, 0.1, type_filling=RETURN)
    assert (result.retcode, result.deal) == (Retcode.PLACED, 0)
    assert place.order.state == OrderState.PLACED
    scarce(place, None)
    place.to(2)
    assert (place.position.price_open, place.position.ticket) == (1.1002, result.order)


def test_the_rest_of_a_market_order_can_be_removed_but_not_changed() -> None:
    place = scarce(Scripted(spec=EXCHANGE), 0.04)
    ticket = place.deal(BUY, 0.1, type_filling=RETURN).order
    assert place.send(TradeAction.MODIFY, order=ticket, price=1.0).retcode == Retcode.INVALID
    assert place.send(TradeAction.REMOVE, order=ticket).retcode == Retcode.DONE
    assert place.ledger.orders[-1].volume_current == 0.06
    assert place.position.volume == 0.04


@pytest.mark.parametrize("kind", [OrderType.BUY_LIMIT, OrderType.SELL_STOP])
def test_a_pending_order_is_filled_in_parts(kind: OrderType) -> None:
    ticks = [(1, 1.0980, 1.0981), (2, 1.0979, 1.0980), (3, 1.1050, 1.1051), (4, 1.0979, 1.0980)]
    place = scarce(Scripted(*ticks), 0.04)
    ticket = place.place(kind, 1.0990, 0.1).order
    place.to(2.5)
    assert place.order.state == OrderState.PARTIAL
    assert place.order.volume_current == 0.02
    place.to(5)
    assert place.position.volume == 0.1
    # A limit waits for its price again; a stop that was set off goes on at the market.
    last = place.ledger.deals[-1]
    assert (last.order, last.price) == (ticket, 1.0980 if kind == OrderType.BUY_LIMIT else 1.1050)


def test_a_stop_order_under_way_cannot_be_changed() -> None:
    place = scarce(Scripted((1, 1.0980, 1.0981)), 0.04)
    ticket = place.place(OrderType.SELL_STOP, 1.0990, 0.1).order
    place.to(2)
    change = place.send(TradeAction.MODIFY, order=ticket, price=1.0)
    assert change.retcode == Retcode.ORDER_CHANGED


def test_a_close_never_waits() -> None:
    place = Scripted(spec=EXCHANGE)
    ticket = place.deal(BUY, 0.1).position
    scarce(place, 0.03)
    result = place.deal(SELL, 0.1, position=ticket, type_filling=RETURN)
    assert (result.retcode, result.volume) == (Retcode.DONE_PARTIAL, 0.03)
    assert (place.position.volume, place.ledger.working) == (0.07, {})
    assert place.ledger.deals[-1].entry == DealEntry.OUT


def test_stops_of_a_position_modified_between_two_fills_stay() -> None:
    place = scarce(Scripted((1, 1.1, 1.1001), spec=EXCHANGE), 0.05)
    ticket = place.deal(BUY, 0.1, type_filling=RETURN, sl=1.09).position
    assert place.send(TradeAction.SLTP, position=ticket, sl=1.08).retcode == Retcode.DONE
    place.to(2)
    assert (place.position.volume, place.position.sl) == (0.1, 1.08)


def test_the_depth_of_market_is_what_can_be_had() -> None:
    market = Market(clock=ManualClock(TUESDAY_NOON_MSC), symbols=[EURUSD])
    broker = Broker(market, AccountSettings(deposit=1e9))
    offered = round(
        sum(level.volume for level in market.book("EURUSD") if level.type == BookType.SELL), 2
    )
    whole = TradeRequest(action=TradeAction.DEAL, symbol="EURUSD", type=BUY, volume=500.0)
    assert offered < 500.0
    assert broker.execute(whole).retcode == Retcode.REJECT
    ioc = TradeRequest(
        action=TradeAction.DEAL, symbol="EURUSD", type=BUY, volume=500.0, type_filling=IOC
    )
    result = broker.execute(ioc)
    assert (result.retcode, result.volume) == (Retcode.DONE_PARTIAL, offered)


def test_a_trade_that_was_done_may_be_answered_with_a_time_out() -> None:
    place = Scripted()
    place.faults.timeout_next = True
    assert place.deal(BUY, 0.001).retcode == Retcode.INVALID_VOLUME
    result = place.deal(BUY)
    assert (result.retcode, result.deal, result.order) == (Retcode.TIMEOUT, 0, 0)
    assert place.position.volume == 0.1
    assert place.told[-1].order == 0
    assert place.deal(BUY).retcode == Retcode.DONE
