"""A netting account: one position a symbol, that deals add to, reduce, close and turn round."""

from typing import Any

import pytest
from tests.sim.scripted import Scripted

from pitwire.errors import ConfigError
from pitwire.sim.account import AccountSettings
from pitwire.sim.translation import Translation
from pitwire.wire import commands
from pitwire.wire.enums import (
    DealEntry,
    MarginMode,
    OrderFilling,
    OrderType,
    SymbolTradeMode,
    TradeAction,
    TradeExecution,
)
from pitwire.wire.retcodes import Retcode

BUY, SELL = OrderType.BUY, OrderType.SELL


def netting(*ticks: tuple[float, float, float], **options: Any) -> Scripted:
    return Scripted(*ticks, margin_mode=MarginMode.RETAIL_NETTING, **options)


def test_the_account_says_what_it_is() -> None:
    place = netting()
    assert place.broker.settings.margin_mode == MarginMode.RETAIL_NETTING
    assert not place.broker.settings.is_hedging
    assert AccountSettings().is_hedging


def test_the_same_side_adds_at_the_weighted_price_with_the_newest_stops() -> None:
    place = netting((1, 1.1020, 1.1021))
    first = place.deal(BUY, 0.1, sl=1.09, tp=1.12)
    place.to(1)
    second = place.deal(BUY, 0.3, sl=1.08)
    assert first.position == second.position != second.order
    position = place.position
    assert (position.ticket, position.identifier) == (first.order, first.order)
    assert position.volume == 0.4
    assert position.price_open == pytest.approx((1.1001 * 0.1 + 1.1021 * 0.3) / 0.4)
    assert (position.sl, position.tp) == (1.08, 0.0)
    assert place.ledger.deals[-1].entry == DealEntry.IN
    assert place.ledger.deals[-1].position_id == first.order
    margin = place.broker.figures().margin
    assert margin == pytest.approx(position.margin_per_lot * 0.4, abs=0.005)


def test_the_opposite_side_reduces_then_closes() -> None:
    place = netting((1, 1.1050, 1.1051))
    ticket = place.deal(BUY, 0.3, sl=1.09).position
    place.to(1)
    part = place.deal(SELL, 0.1)
    assert (part.position, place.position.volume, place.position.sl) == (ticket, 0.2, 1.09)
    deal = place.ledger.deals[-1]
    assert (deal.entry, deal.profit, deal.position_id) == (DealEntry.OUT, 49.0, ticket)
    rest = place.deal(SELL, 0.2)
    assert (rest.retcode, rest.position) == (Retcode.DONE, ticket)
    assert place.ledger.positions == {}
    assert place.ledger.deals[-1].profit == 98.0
    assert place.broker.ledger.balance == 10_147.0
    assert place.ledger.was_closed(ticket)


def test_a_larger_opposite_deal_turns_the_position_round_in_one_deal() -> None:
    place = netting((1, 1.1050, 1.1051))
    opened = place.deal(BUY, 0.1, sl=1.09)
    place.to(1)
    turned = place.deal(SELL, 0.4, tp=1.09, magic=9)
    position, deal = place.position, place.ledger.deals[-1]
    assert (deal.entry, deal.volume, deal.profit) == (DealEntry.INOUT, 0.4, 49.0)
    assert deal.position_id == opened.order
    assert (position.type, position.volume, position.price_open) == (SELL, 0.3, 1.1050)
    assert (position.ticket, position.identifier) == (turned.order, opened.order)
    assert turned.position == turned.order
    assert (position.sl, position.tp, position.magic) == (0.0, 1.09, 9)
    (record,) = place.broker.positions()
    assert (record.ticket, record.identifier) == (turned.order, opened.order)
    gone = place.send(TradeAction.SLTP, position=opened.position, sl=1.0)
    assert gone.retcode == Retcode.POSITION_CLOSED


def test_stops_are_set_by_symbol_or_by_ticket() -> None:
    place = netting()
    assert place.send(TradeAction.SLTP, sl=1.09).retcode == Retcode.POSITION_CLOSED
    ticket = place.deal(BUY).position
    assert place.send(TradeAction.SLTP, sl=1.09).retcode == Retcode.DONE
    assert place.send(TradeAction.SLTP, position=ticket, sl=1.08).retcode == Retcode.DONE
    assert place.position.sl == 1.08
    hedging = Scripted()
    hedging.deal(BUY)
    assert hedging.send(TradeAction.SLTP, sl=1.09).retcode == Retcode.INVALID


def test_a_close_names_its_position_and_cannot_turn_it_round() -> None:
    place = netting()
    ticket = place.deal(BUY, 0.1).position
    over = place.deal(SELL, 0.2, position=ticket)
    assert over.retcode == Retcode.INVALID_CLOSE_VOLUME
    assert place.deal(BUY, 0.1, position=ticket).retcode == Retcode.INVALID
    assert place.deal(SELL, 0.1, position=ticket).retcode == Retcode.DONE
    assert place.ledger.positions == {}


def test_there_is_nothing_to_close_by() -> None:
    place = netting()
    ticket = place.deal(BUY).position
    request = {"position": ticket, "position_by": ticket}
    assert place.send(TradeAction.CLOSE_BY, **request).retcode == Retcode.INVALID


def test_a_pending_order_adds_to_the_position() -> None:
    place = netting((1, 1.0980, 1.0981), (2, 1.1100, 1.1101))
    ticket = place.deal(BUY, 0.1).position
    place.place(OrderType.BUY_LIMIT, 1.0990, 0.1)
    place.place(OrderType.SELL_LIMIT, 1.1090, 0.3)
    place.to(1.5)
    assert (place.position.ticket, place.position.volume) == (ticket, 0.2)
    place.to(3)
    assert (place.position.type, place.position.volume) == (SELL, 0.1)
    assert place.position.identifier == ticket


def test_reducing_needs_no_money_and_no_permission_to_open() -> None:
    place = netting((1, 1.0950, 1.0951), deposit=130.0, margin_so_so=0.0)
    place.deal(BUY, 0.1)
    place.to(2)
    assert place.deal(BUY, 0.1).retcode == Retcode.NO_MONEY
    assert place.deal(SELL, 0.05).retcode == Retcode.DONE
    assert place.deal(SELL, 0.5).retcode == Retcode.NO_MONEY
    only_long = netting(spec={"trade_mode": SymbolTradeMode.LONGONLY})
    only_long.deal(BUY, 0.1)
    assert only_long.deal(SELL, 0.2).retcode == Retcode.LONG_ONLY
    assert only_long.place(OrderType.SELL_LIMIT, 1.11, 0.1).retcode == Retcode.DONE
    assert only_long.deal(SELL, 0.1).retcode == Retcode.DONE


def test_the_volume_limit_counts_what_would_be_open() -> None:
    place = netting(spec={"volume_limit": 0.3})
    place.deal(BUY, 0.3)
    assert place.deal(BUY, 0.1).retcode == Retcode.LIMIT_VOLUME
    assert place.deal(SELL, 0.7).retcode == Retcode.LIMIT_VOLUME
    assert place.deal(SELL, 0.6).retcode == Retcode.DONE
    assert place.position.volume == 0.3


def test_the_rest_of_an_order_meets_what_is_there_by_then() -> None:
    place = netting((1, 1.1, 1.1001), spec={"trade_exemode": TradeExecution.EXCHANGE})
    place.faults.fill_at_most = 0.1
    opened = place.deal(BUY, 0.2, type_filling=OrderFilling.RETURN)
    place.faults.fill_at_most = None
    place.deal(SELL, 0.3, type_filling=OrderFilling.RETURN)
    assert (place.position.type, place.position.volume) == (SELL, 0.2)
    place.to(2)
    assert (place.position.type, place.position.volume) == (SELL, 0.1)
    assert place.ledger.deals[-1].order == opened.order


def test_the_wires_close_command_closes_the_position() -> None:
    place = netting()
    ticket = place.deal(SELL, 0.2).position
    command = commands.PositionClose(request_id="r", deadline_msc=0, login=1, position=ticket)
    request = Translation(place.broker).request(command)
    assert (request.type, request.volume, request.position) == (BUY, 0.2, ticket)
    assert place.broker.execute(request).retcode == Retcode.DONE
    assert place.ledger.positions == {}


@pytest.mark.parametrize(
    "wrong", [{"limit_orders": -1}, {"margin_so_so": 120.0}, {"margin_so_call": 5000.0}]
)
def test_levels_and_limits_that_make_no_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"^The simulated account's .* must be .*\.$"):
        AccountSettings(**wrong)
