"""What happens to an account by itself: the margin call, the stop-out, and swaps at midnight."""

from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs
from tests.sim.scripted import EURUSD, Scripted

from pitwire.errors import ConfigError
from pitwire.sim.account import AccountSettings
from pitwire.sim.broker import Broker
from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.wire.enums import (
    DayOfWeek,
    DealEntry,
    DealReason,
    MarginMode,
    OrderReason,
    OrderState,
    OrderType,
    SwapMode,
    TransactionType,
)

BUY, SELL = OrderType.BUY, OrderType.SELL
MODES = [MarginMode.RETAIL_HEDGING, MarginMode.RETAIL_NETTING]
TO_MIDNIGHT_S = 43_200
NIGHT_S = 86_400


def falling(**account: Any) -> Scripted:
    """0.1 lots hold 110.01 of margin; each of the ticks takes 50 of the equity."""
    ticks = [(number, 1.1 - number * 0.005, 1.1001 - number * 0.005) for number in range(1, 5)]
    return Scripted(*ticks, **{"deposit": 200.0, **account})


def test_a_margin_call_only_warns_and_only_once() -> None:
    place = falling()
    place.deal(BUY, 0.1)
    with capture_logs() as logs:
        place.to(1)
        assert place.broker.figures().margin_level > 100
        assert logs == []
        place.to(2)
        place.to(2.5)
    assert [entry["event"] for entry in logs] == ["margin call"]
    assert place.broker.figures().margin_level < 100
    assert len(place.ledger.positions) == 1


@pytest.mark.parametrize("mode", MODES)
def test_the_stop_out_cancels_orders_and_closes_the_loss(mode: MarginMode) -> None:
    place = falling(margin_mode=mode)
    ticket = place.deal(BUY, 0.1, magic=5).position
    waiting = place.place(OrderType.BUY_LIMIT, 1.0).order
    place.to(2)
    assert place.order.ticket == waiting
    place.take_told()
    place.to(3)
    assert (place.ledger.positions, place.ledger.working) == ({}, {})
    canceled, closing = place.ledger.orders[-2:]
    assert (canceled.ticket, canceled.state) == (waiting, OrderState.CANCELED)
    deal = place.ledger.deals[-1]
    assert (deal.reason, closing.reason) == (DealReason.SO, OrderReason.SO)
    assert (deal.entry, deal.position_id, deal.magic) == (DealEntry.OUT, ticket, 5)
    assert deal.price == pytest.approx(1.085)
    # Equity 49 of 110.01 margin.
    assert deal.comment == closing.comment == "[so 44.54%/49.00/110.01]"
    assert place.broker.ledger.balance == 49.0
    assert place.take_told() == [
        TransactionType.ORDER_DELETE,
        TransactionType.HISTORY_ADD,
        TransactionType.ORDER_ADD,
        TransactionType.DEAL_ADD,
        TransactionType.ORDER_DELETE,
        TransactionType.HISTORY_ADD,
    ]


def test_the_stop_out_ends_when_the_level_is_restored() -> None:
    place = falling(deposit=310.0)
    small, large = place.deal(BUY, 0.1).position, place.deal(BUY, 0.15).position
    place.to(2)
    assert set(place.ledger.positions) == {small}
    assert place.ledger.deals[-1].position_id == large
    assert place.broker.figures().margin_level > 50


def test_a_stop_loss_comes_before_the_stop_out() -> None:
    place = falling()
    place.deal(BUY, 0.1, sl=1.09)
    place.to(4)
    assert place.ledger.deals[-1].reason == DealReason.SL


def test_no_one_is_stopped_out_at_a_level_of_zero() -> None:
    place = falling(margin_so_so=0.0, margin_so_call=0.0, deposit=180.0)
    place.deal(BUY, 0.1)
    place.to(3)
    assert len(place.ledger.positions) == 1


@pytest.mark.parametrize(
    ("spec", "side", "amount"),
    [
        # 0.3 lots of 100,000: a point is 0.30 dollars.
        ({"swap_mode": SwapMode.POINTS, "swap_long": -7.2}, BUY, -2.16),
        ({"swap_mode": SwapMode.POINTS, "swap_short": 2.9}, SELL, 0.87),
        ({"swap_mode": SwapMode.DISABLED, "swap_long": -7.2}, BUY, 0.0),
        ({"swap_mode": SwapMode.CURRENCY_DEPOSIT, "swap_long": -5.0}, BUY, -1.5),
        ({"swap_mode": SwapMode.CURRENCY_SYMBOL, "swap_long": -5.0}, BUY, -1.65),
        ({"swap_mode": SwapMode.CURRENCY_MARGIN, "swap_short": 5.0}, SELL, 1.65),
        # 1.1001 * 30,000 at 3.6 percent of 360 days.
        ({"swap_mode": SwapMode.INTEREST_OPEN, "swap_long": 3.6}, BUY, 3.3),
        ({"swap_mode": SwapMode.INTEREST_CURRENT, "swap_long": -3.6}, BUY, -3.3),
    ],
)
def test_a_night_costs_its_swap(spec: dict[str, Any], side: OrderType, amount: float) -> None:
    place = Scripted(spec=spec)
    place.deal(side, 0.3)
    place.to(TO_MIDNIGHT_S - 0.001)
    assert place.position.swap == 0.0
    place.to(TO_MIDNIGHT_S)
    assert place.position.swap == amount
    balance, equity = place.ledger.balance, place.broker.figures().equity
    (record,) = place.broker.positions()
    assert record.swap == amount
    assert balance == 10_000.0
    assert equity == pytest.approx(balance + record.profit + amount)


def test_wednesday_counts_three_times_and_the_weekend_not_at_all() -> None:
    place = Scripted(spec={"swap_long": -1.0, "swap_rollover3days": DayOfWeek.WEDNESDAY})
    place.deal(BUY, 1.0)
    seen = []
    for night in range(7):
        place.to(TO_MIDNIGHT_S + night * NIGHT_S)
        seen.append(place.position.swap)
    # From Tuesday on: 1, 3, 1, 1, none, none, 1.
    assert seen == [-1.0, -4.0, -5.0, -6.0, -6.0, -6.0, -7.0]
    at_once = Scripted(spec={"swap_long": -1.0})
    at_once.deal(BUY, 1.0)
    at_once.to(TO_MIDNIGHT_S + 6 * NIGHT_S)
    assert at_once.position.swap == -7.0


def test_the_swap_is_booked_in_parts_with_what_is_closed() -> None:
    place = Scripted(spec={"swap_long": -1.0})
    ticket = place.deal(BUY, 1.0).position
    place.to(TO_MIDNIGHT_S)
    place.deal(SELL, 0.33, position=ticket)
    assert (place.ledger.deals[-1].swap, place.position.swap) == (-0.33, -0.67)
    place.deal(SELL, 0.67, position=ticket)
    assert place.ledger.deals[-1].swap == -0.67


def test_only_what_is_held_over_midnight_pays() -> None:
    place = Scripted((TO_MIDNIGHT_S - 10, 1.1, 1.1001), (TO_MIDNIGHT_S + 10, 1.08, 1.0801))
    guarded = place.deal(BUY, 0.1, sl=1.09).position
    place.place(OrderType.BUY_LIMIT, 1.085, 0.1)
    place.to(TO_MIDNIGHT_S + 20)
    closed = next(deal for deal in place.ledger.deals if deal.entry == DealEntry.OUT)
    assert (closed.position_id, closed.swap) == (guarded, -0.72)
    assert place.position.swap == 0.0


def test_swaps_that_would_re_open_positions_stop_the_start() -> None:
    spec = replace(EURUSD, swap_mode=SwapMode.REOPEN_BID)
    market = Market(clock=ManualClock(0), symbols=[spec])
    with pytest.raises(ConfigError, match="cannot re-open EURUSD"):
        Broker(market, AccountSettings())
