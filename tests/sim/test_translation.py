"""The wire's commands in the trade server's language: what is absent is filled in or kept."""

from typing import Any

import pytest
from tests.sim.scripted import Scripted

from pitwire.sim.translation import Translation
from pitwire.wire import commands
from pitwire.wire.enums import (
    FillingFlag,
    OrderFilling,
    OrderTime,
    OrderType,
    TradeAction,
    TradeExecution,
)

BUY, SELL, BUY_LIMIT = OrderType.BUY, OrderType.SELL, OrderType.BUY_LIMIT
STAMP = {"request_id": "r", "deadline_msc": 0, "login": 1}
NOON_S = 1_763_467_200


def sent(place: Scripted, **fields: Any) -> Any:
    order = {"symbol": "EURUSD", "type": BUY, "volume": 0.1, **STAMP, **fields}
    command = commands.OrderSend.model_validate(order)
    return Translation(place.broker).request(command)


def modified(place: Scripted, ticket: int, **fields: Any) -> Any:
    command = commands.OrderModify.model_validate({"order": ticket, **STAMP, **fields})
    return Translation(place.broker).request(command)


@pytest.mark.parametrize(
    ("execution", "flags", "kind", "filling"),
    [
        (TradeExecution.MARKET, 3, BUY, OrderFilling.FOK),
        (TradeExecution.MARKET, 2, BUY, OrderFilling.IOC),
        (TradeExecution.MARKET, 0, BUY, OrderFilling.FOK),
        (TradeExecution.INSTANT, 0, BUY, OrderFilling.FOK),
        (TradeExecution.EXCHANGE, 0, BUY, OrderFilling.RETURN),
        (TradeExecution.MARKET, 3, BUY_LIMIT, OrderFilling.RETURN),
        (TradeExecution.MARKET, 7, OrderType.SELL_STOP, OrderFilling.RETURN),
    ],
)
def test_an_absent_filling_is_one_that_the_symbol_allows(
    execution: TradeExecution, flags: int, kind: OrderType, filling: OrderFilling
) -> None:
    place = Scripted(spec={"trade_exemode": execution, "filling_mode": FillingFlag(flags)})
    assert sent(place, type=kind, price=1.0).type_filling == filling
    assert sent(place, type=kind, price=1.0, type_filling=1).type_filling == OrderFilling.IOC


def test_an_absent_price_is_the_markets_where_the_execution_goes_by_it() -> None:
    place = Scripted(spec={"trade_exemode": TradeExecution.INSTANT})
    assert sent(place).price == 1.1001
    assert sent(place, type=SELL).price == 1.1
    assert sent(place, price=1.2).price == 1.2
    assert sent(Scripted()).price == 0.0


def test_what_an_order_consists_of() -> None:
    request = sent(
        Scripted(),
        type=OrderType.BUY_STOP_LIMIT,
        price=1.2,
        stoplimit=1.15,
        sl=1.1,
        tp=1.3,
        deviation=5,
        type_time=OrderTime.SPECIFIED,
        expiration=NOON_S,
        magic=7,
        comment="mine",
    )
    assert request.action == TradeAction.PENDING
    assert (request.symbol, request.type, request.volume) == ("EURUSD", 6, 0.1)
    assert (request.price, request.stoplimit, request.sl, request.tp) == (1.2, 1.15, 1.1, 1.3)
    assert (request.deviation, request.magic, request.comment) == (5, 7, "mine")
    assert (request.type_time, request.expiration) == (OrderTime.SPECIFIED, NOON_S)
    assert sent(Scripted()).action == TradeAction.DEAL


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"price": 1.099, "sl": 1.09, "tp": 1.12, "type_time": 2, "expiration": NOON_S + 60}),
        ({"price": 1.098}, {"price": 1.098, "sl": 1.09}),
        ({"sl": None}, {"sl": 0.0, "tp": 1.12}),
        ({"tp": None, "sl": 1.08}, {"sl": 1.08, "tp": 0.0}),
        ({"price": None}, {"price": 1.099}),
        ({"expiration": NOON_S + 90}, {"type_time": 2, "expiration": NOON_S + 90}),
        ({"type_time": 0}, {"type_time": 0}),
        ({"type_time": 3}, {"type_time": 3, "expiration": NOON_S + 60}),
    ],
)
def test_a_change_of_an_order_keeps_what_is_absent(
    fields: dict[str, Any], expected: dict[str, Any]
) -> None:
    place = Scripted()
    ticket = place.place(
        BUY_LIMIT, 1.099, sl=1.09, tp=1.12, type_time=2, expiration=NOON_S + 60
    ).order
    request = modified(place, ticket, **fields)
    assert {name: getattr(request, name) for name in expected} == expected
    assert (request.action, request.order, request.symbol) == (TradeAction.MODIFY, ticket, "EURUSD")


def test_an_expiration_alone_ends_an_order_that_had_none() -> None:
    place = Scripted()
    request = modified(place, place.place(BUY_LIMIT, 1.099).order, expiration=NOON_S + 60)
    assert (request.type_time, request.expiration) == (OrderTime.SPECIFIED, NOON_S + 60)
    ticket = place.place(BUY_LIMIT, 1.098, type_time=3, expiration=NOON_S).order
    request = modified(place, ticket, expiration=NOON_S + 90_000)
    assert (request.type_time, request.expiration) == (OrderTime.SPECIFIED_DAY, NOON_S + 90_000)


def test_a_close_is_the_opposite_deal_of_the_whole_position() -> None:
    place = Scripted(spec={"trade_exemode": TradeExecution.INSTANT})
    ticket = place.deal(SELL, 0.3, price=1.1).position
    command = commands.PositionClose.model_validate({"position": ticket, **STAMP})
    request = Translation(place.broker).request(command)
    assert (request.action, request.type, request.volume) == (TradeAction.DEAL, BUY, 0.3)
    assert (request.position, request.symbol, request.price) == (ticket, "EURUSD", 1.1001)


def test_what_is_gone_is_asked_for_by_its_ticket_all_the_same() -> None:
    place = Scripted()
    assert modified(place, 77).order == 77
    closing = commands.PositionClose.model_validate({"position": 78, **STAMP})
    stops = commands.PositionModify.model_validate({"position": 79, "sl": 1.0, **STAMP})
    removal = commands.OrderRemove.model_validate({"order": 80, **STAMP})
    translation = Translation(place.broker)
    assert translation.request(closing).position == 78
    assert translation.request(stops).position == 79
    assert translation.request(removal).order == 80
