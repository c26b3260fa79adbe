"""Bars: made from ticks, and from smaller bars.

A bar exists where a tick fell, opens with the period that its first tick fell into, and is built
from the bid. Weeks open on Sunday, months on the 1st, all others count from midnight.
"""

from typing import Any

import numpy as np

from pitwire.errors import InvalidTimeframe
from pitwire.sim.symbols import DAY_S
from pitwire.wire.arrays import RATES, Array
from pitwire.wire.enums import Timeframe

Integers = np.ndarray[Any, np.dtype[np.int64]]

_SUNDAY_S = 3 * DAY_S
"""The first Sunday after 1970-01-01."""


def timeframe_of(number: int) -> Timeframe:
    """Check that `number` is one of MetaTrader's timeframes.

    Raises InvalidTimeframe.
    """
    try:
        return Timeframe(number)
    except ValueError:
        raise InvalidTimeframe(f"There is no timeframe {number}.") from None


def length_s(timeframe: Timeframe) -> int:
    """Give the length of a period in seconds; of a month, the shortest."""
    if timeframe < Timeframe.H1:
        return timeframe * 60
    if timeframe < Timeframe.W1:
        return (timeframe - Timeframe.H1 + 1) * 3600
    return 7 * DAY_S if timeframe == Timeframe.W1 else 28 * DAY_S


def fits(smaller: Timeframe, timeframe: Timeframe) -> bool:
    """Tell whether bars of `smaller` add up to whole bars of `timeframe`."""
    if timeframe == Timeframe.MN1:
        return smaller != Timeframe.W1
    return length_s(timeframe) % length_s(smaller) == 0 and smaller != Timeframe.MN1


def opening_s(times_s: Integers, timeframe: Timeframe) -> Integers:
    """Give the opening time of the period that each time falls into, in seconds."""
    if timeframe == Timeframe.MN1:
        return _months(times_s).astype("datetime64[s]").astype(np.int64)
    start = _SUNDAY_S if timeframe == Timeframe.W1 else 0
    return times_s - (times_s - start) % length_s(timeframe)


def closing_s(openings_s: Integers, timeframe: Timeframe) -> Integers:
    """Give the time, in seconds, at which the period after each opening begins."""
    if timeframe == Timeframe.MN1:
        return (_months(openings_s) + 1).astype("datetime64[s]").astype(np.int64)
    return openings_s + length_s(timeframe)


def minutes_of(ticks: Array, point: float) -> Array:
    """Build M1 bars from ticks in order of time; `point` scales the spread."""
    times = opening_s(ticks["time"], Timeframe.M1)
    first, last = _groups(times)
    bid, ask = np.ascontiguousarray(ticks["bid"]), np.ascontiguousarray(ticks["ask"])
    bars = np.zeros(len(first), RATES)
    if not len(first):
        return bars
    bars["time"] = times[first]
    bars["open"] = bid[first]
    bars["high"] = np.maximum.reduceat(bid, first)
    bars["low"] = np.minimum.reduceat(bid, first)
    bars["close"] = bid[last]
    bars["tick_volume"] = last - first + 1
    bars["spread"] = np.minimum.reduceat(np.rint((ask - bid) / point), first)
    return bars


def aggregate(bars: Array, timeframe: Timeframe) -> Array:
    """Build the bars of a larger timeframe from bars in order of time."""
    times = opening_s(bars["time"], timeframe)
    first, last = _groups(times)
    result = np.empty(len(first), RATES)
    if not len(first):
        return result
    result["time"] = times[first]
    result["open"] = bars["open"][first]
    result["high"] = np.maximum.reduceat(bars["high"], first)
    result["low"] = np.minimum.reduceat(bars["low"], first)
    result["close"] = bars["close"][last]
    result["tick_volume"] = np.add.reduceat(bars["tick_volume"], first)
    result["spread"] = np.minimum.reduceat(bars["spread"], first)
    result["real_volume"] = np.add.reduceat(bars["real_volume"], first)
    return result


def _months(times_s: Integers) -> "np.ndarray[Any, np.dtype[np.datetime64]]":
    return np.asarray(times_s).astype("datetime64[s]").astype("datetime64[M]")


def _groups(keys: Integers) -> tuple[Integers, Integers]:
    """Find the first and the last index of every run of equal keys."""
    changes = np.flatnonzero(np.diff(keys)) + 1
    if not len(keys):
        return changes, changes
    return np.concatenate(([0], changes)), np.concatenate((changes, [len(keys)])) - 1


__all__ = [
    "Integers",
    "aggregate",
    "closing_s",
    "fits",
    "length_s",
    "minutes_of",
    "opening_s",
    "timeframe_of",
]
