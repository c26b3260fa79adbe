"""Stop loss and take profit: which positions the newest ticks close, at what price, and when."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from pitwire.sim.ledger import OpenPosition
from pitwire.wire.arrays import Array
from pitwire.wire.enums import OrderReason, PositionType


class Trigger(NamedTuple):
    """A position whose stop was touched; gaps slip, so `price` is the tick's and not the stop's."""

    time_msc: int
    ticket: int
    price: float
    reason: OrderReason


def triggered(
    fresh: Iterable[tuple[str, Array]], positions: Iterable[OpenPosition]
) -> list[Trigger]:
    """Find the positions whose stops new ticks touched, in order of time."""
    guarded: dict[str, list[OpenPosition]] = {}
    for position in positions:
        if position.sl or position.tp:
            guarded.setdefault(position.symbol, []).append(position)
    found = [
        trigger
        for symbol, ticks in fresh
        for position in guarded.get(symbol, ())
        if (trigger := _first_touch(position, ticks)) is not None
    ]
    return sorted(found)


def _first_touch(position: OpenPosition, ticks: Array) -> Trigger | None:
    """Find the first tick at which a position's closing price is at or beyond a stop."""
    prices = ticks["bid" if position.type == PositionType.BUY else "ask"] * position.direction
    lost = (
        prices <= position.sl * position.direction
        if position.sl
        else np.zeros(len(ticks), dtype=np.bool_)
    )
    won = (
        prices >= position.tp * position.direction
        if position.tp
        else np.zeros(len(ticks), dtype=np.bool_)
    )
    touched = lost | won
    at = int(np.argmax(touched))
    if not touched[at]:
        return None
    return Trigger(
        time_msc=int(ticks["time_msc"][at]),
        ticket=position.ticket,
        price=float(prices[at]) * position.direction,
        reason=OrderReason.SL if lost[at] else OrderReason.TP,
    )


__all__ = ["Trigger", "triggered"]
