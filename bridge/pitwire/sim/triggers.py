"""What time and ticks set off: stops of positions, pending orders, expirations; where and when."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pitwire.sim.ledger import OpenPosition
from pitwire.sim.rules import LIMITS, expires_s, side_of
from pitwire.sim.symbols import Sessions
from pitwire.wire.arrays import Array
from pitwire.wire.enums import OrderReason, OrderState, OrderTime, OrderType, PositionType
from pitwire.wire.records import Order

BEFORE_ALL_TICKS = -1

_REACHED: dict[int, tuple[str, int]] = {
    OrderType.BUY_LIMIT: ("ask", -1),
    OrderType.SELL_LIMIT: ("bid", 1),
    OrderType.BUY_STOP: ("ask", 1),
    OrderType.SELL_STOP: ("bid", -1),
    OrderType.BUY_STOP_LIMIT: ("ask", 1),
    OrderType.SELL_STOP_LIMIT: ("bid", -1),
}
"""The price that triggers a kind of order, and whether it has to rise (1) or to fall (-1)."""


class Touch(NamedTuple):
    """A position or an order that was set off, in the order in which things happen.

    `place` is the tick's in its symbol's row, BEFORE_ALL_TICKS for an expiration. Gaps
    slip, so `price` is the tick's. `is_order` tells what the ticket belongs to.
    """

    time_msc: int
    place: int
    is_order: bool
    ticket: int
    price: float = 0.0
    reason: OrderReason = OrderReason.EXPERT


def stop_touch(
    position: OpenPosition, ticks: Array, *, start: int, sessions: Sessions
) -> Touch | None:
    """Find the first tick from `start` on at which a position's stop closes it."""
    if not (position.sl or position.tp):
        return None
    prices: NDArray[np.float64] = ticks["bid" if position.type == PositionType.BUY else "ask"][
        start:
    ]
    sign = position.direction
    lost = prices * sign <= position.sl * sign if position.sl else np.zeros(len(prices), np.bool_)
    won = prices * sign >= position.tp * sign if position.tp else np.zeros(len(prices), np.bool_)
    at = _first(lost | won, prices, ticks, start=start, sessions=sessions)
    if at is None:
        return None
    return Touch(
        time_msc=int(ticks["time_msc"][start + at]),
        place=start + at,
        is_order=False,
        ticket=position.ticket,
        price=float(prices[at]),
        reason=OrderReason.SL if lost[at] else OrderReason.TP,
    )


def order_touch(order: Order, ticks: Array, *, start: int, sessions: Sessions) -> Touch | None:
    """Find the first tick from `start` on that triggers an order."""
    column, sign = _REACHED.get(order.type, ("bid" if side_of(order.type) else "ask", 0))
    prices: NDArray[np.float64] = ticks[column][start:]
    if order.state == OrderState.PARTIAL and order.type not in LIMITS:
        sign = 0
    at = _first(
        prices * sign >= order.price_open * sign, prices, ticks, start=start, sessions=sessions
    )
    if at is None:
        return None
    return Touch(
        time_msc=int(ticks["time_msc"][start + at]),
        place=start + at,
        is_order=True,
        ticket=order.ticket,
        price=float(prices[at]),
    )


def expiry_touch(order: Order, *, now_msc: int) -> Touch | None:
    """Tell when an order expired, if it did."""
    if order.type_time == OrderTime.GTC:
        return None
    expiry_msc = expires_s(order.type_time, order.time_expiration) * 1000
    if expiry_msc > now_msc:
        return None
    return Touch(expiry_msc, BEFORE_ALL_TICKS, is_order=True, ticket=order.ticket)


def _first(
    touched: NDArray[np.bool_],
    prices: NDArray[np.float64],
    ticks: Array,
    *,
    start: int,
    sessions: Sessions,
) -> int | None:
    """Find the first touch while the symbol can be traded; the place counts from `start`."""
    for at in np.flatnonzero(touched & (prices > 0)).tolist():
        if sessions.can_trade(int(ticks["time_msc"][start + at]) // 1000):
            return int(at)
    return None


__all__ = ["BEFORE_ALL_TICKS", "Touch", "expiry_touch", "order_touch", "stop_touch"]
