"""What a market remembers: ticks and bars of one symbol up to a moment, read in pages.

A `Series` gives whole days of ticks, those of the future included, and the bars that follow from
them; the readers cut at `now_msc`. Days are counted from 1970-01-01, all times are the broker's.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np

from pitwire.errors import InvalidRequest
from pitwire.sim.bars import Integers, aggregate, minutes_of, opening_s
from pitwire.sim.symbols import DAY_S
from pitwire.wire.arrays import RATES, TICKS, Array
from pitwire.wire.enums import CopyTicks, TickFlag, Timeframe

DAY_MSC = DAY_S * 1000

TRADE_FLAGS = TickFlag.LAST | TickFlag.VOLUME | TickFlag.BUY | TickFlag.SELL
"""The bits of a tick that reports a trade."""

_INFO_FLAGS = TickFlag.BID | TickFlag.ASK


class Ticks(NamedTuple):
    """Ticks of a day, oldest first; `time_msc` repeats their column for fast searching."""

    time_msc: Integers
    rows: Array

    @classmethod
    def of(cls, rows: Array) -> "Ticks":
        """Wrap rows, which are not to be written to any more."""
        return cls(np.ascontiguousarray(rows["time_msc"]), _sealed(rows))

    def between(self, after_msc: int, until_msc: int) -> Array:
        """Give the ticks later than `after_msc` and not later than `until_msc`."""
        start, end = np.searchsorted(self.time_msc, (after_msc, until_msc), side="right")
        return self.rows[start:end]


class Series(Protocol):
    """One symbol's ticks and bars; `first_day` and `last_day` enclose all of its ticks.

    `base` is the smallest timeframe that it has bars of; `trades` tells whether any of its ticks
    may report a trade.
    """

    base: Timeframe
    first_day: int
    last_day: int
    trades: bool

    def ticks(self, day: int) -> Ticks:
        """Give all ticks of a day."""

    def bars(self, timeframe: Timeframe, days: range, now_msc: int) -> Array:
        """Give the bars that opened on `days`, which hold whole periods, as of `now_msc`."""


class TickSeries:
    """A series made of ticks; what was made lately is kept."""

    base = Timeframe.M1

    def __init__(
        self, source: Callable[[int], Array], days: range, *, point: float, trades: bool
    ) -> None:
        self._source = source
        self._point = point
        self.first_day, self.last_day = days[0], days[-1]
        self.trades = trades
        # A day of ticks takes about 1 MB, its minutes 85 kB, its hours 1.4 kB; 128 days with
        # their weekends hold 100,000 minutes.
        self.ticks = lru_cache(maxsize=4)(self._make_ticks)
        self._minutes = lru_cache(maxsize=128)(self._make_minutes)
        self._hours = lru_cache(maxsize=4096)(self._make_hours)

    def bars(self, timeframe: Timeframe, days: range, now_msc: int) -> Array:
        """Give the bars that opened on `days`, which hold whole periods, as of `now_msc`."""
        today = now_msc // DAY_MSC
        whole = self._hours if timeframe >= Timeframe.H1 else self._minutes
        first, end = max(days.start, self.first_day), min(days.stop, self.last_day + 1)
        pieces = [whole(day) for day in range(first, min(end, today))]
        if first <= today < end:
            pieces.append(self._minutes_until(now_msc))
        rows = _joined(pieces, RATES)
        return rows if timeframe == self.base else aggregate(rows, timeframe)

    def _make_ticks(self, day: int) -> Ticks:
        return Ticks.of(self._source(day))

    def _make_minutes(self, day: int) -> Array:
        return _sealed(minutes_of(self.ticks(day).rows, self._point))

    def _make_hours(self, day: int) -> Array:
        return _sealed(aggregate(self._minutes(day), Timeframe.H1))

    def _minutes_until(self, now_msc: int) -> Array:
        """Give today's minutes; the forming one holds the ticks that have come so far."""
        day, minute = now_msc // DAY_MSC, now_msc - now_msc % 60_000
        minutes = self._minutes(day)
        done = minutes[: np.searchsorted(minutes["time"], minute // 1000)]
        forming = self.ticks(day).between(minute - 1, now_msc)
        return _joined([done, minutes_of(forming, self._point)], RATES)


def ticks_from(
    series: Series,
    now_msc: int,
    *,
    from_msc: int,
    to_msc: int | None,
    skip: int,
    count: int,
    flags: int,
) -> tuple[Array, bool]:
    """Read the first `count` ticks from `from_msc` to `to_msc`, and whether there are more.

    `skip` leaves out that many ticks of exactly `from_msc`. Raises InvalidRequest when `flags`
    is none of CopyTicks.
    """
    wanted = _wanted(flags)
    until = now_msc if to_msc is None else min(now_msc, to_msc)
    if wanted == TRADE_FLAGS and not series.trades:
        return np.empty(0, TICKS), False
    pieces: list[Array] = []
    found = 0
    for ticks in _days(series, from_msc, until):
        rows = ticks.between(from_msc - 1, until)
        if wanted is not None:
            rows = rows[rows["flags"] & wanted != 0]
        if skip and len(rows):
            rows = rows[min(skip, int(np.searchsorted(rows["time_msc"], from_msc, "right"))) :]
            skip = 0
        pieces.append(rows)
        found += len(rows)
        if found > count:
            break
    return _joined(pieces, TICKS)[:count], found > count


def ticks_since(series: Series, after_msc: int, now_msc: int) -> Array:
    """Read all ticks later than `after_msc` up to `now_msc`."""
    days = _days(series, after_msc + 1, now_msc)
    return _joined([ticks.between(after_msc, now_msc) for ticks in days], TICKS)


def last_tick(series: Series, now_msc: int) -> Array | None:
    """Find the last tick at or before `now_msc`, as one row; None before the first."""
    for day in range(min(now_msc // DAY_MSC, series.last_day), series.first_day - 1, -1):
        rows = series.ticks(day).between(-1, now_msc)
        if len(rows):
            return rows[-1:]
    return None


def next_tick_msc(series: Series, now_msc: int) -> int:
    """Tell until when no further tick comes: that of the next one today, or the next midnight."""
    day = now_msc // DAY_MSC
    if series.first_day <= day <= series.last_day:
        times = series.ticks(day).time_msc
        place = int(np.searchsorted(times, now_msc, side="right"))
        if place < len(times):
            return int(times[place])
    return (day + 1) * DAY_MSC


def bars_until(
    series: Series, timeframe: Timeframe, now_msc: int, *, until_s: int, skip: int, count: int
) -> tuple[Array, bool]:
    """Read `count` bars before the newest `skip` of those that opened at or before `until_s`.

    They are in order of time; the second result tells whether there are older ones.
    """
    pieces: list[Array] = []
    found = 0
    for bars in _backward(series, timeframe, now_msc, until_s):
        rows = bars[: max(len(bars) - skip, 0)]
        skip -= len(bars) - len(rows)
        pieces.append(rows)
        found += len(rows)
        if found > count:
            break
    rows = _joined(pieces[::-1], RATES)
    return rows[max(len(rows) - count, 0) :], found > count


def bars_between(
    series: Series, timeframe: Timeframe, now_msc: int, *, from_s: int, to_s: int, count: int
) -> tuple[Array, bool]:
    """Read the first `count` bars that opened from `from_s` to `to_s`; and: are there more."""
    pieces: list[Array] = []
    found = 0
    day = max(from_s // DAY_S, series.first_day)
    last = min(to_s // DAY_S, now_msc // DAY_MSC, series.last_day)
    while day <= last and found <= count:
        days = _stretch(timeframe, day)
        bars = series.bars(timeframe, days, now_msc)
        start, end = _places(bars, from_s), _places(bars, to_s + 1)
        pieces.append(bars[start:end])
        found += end - start
        day = days.stop
    return _joined(pieces, RATES)[:count], found > count


def _backward(series: Series, timeframe: Timeframe, now_msc: int, until_s: int) -> Iterator[Array]:
    """Go back through the bars that opened at or before `until_s`, stretch by stretch."""
    day = min(until_s // DAY_S, now_msc // DAY_MSC)
    days = _stretch(timeframe, min(day, series.last_day))
    while days.stop > series.first_day:
        bars = series.bars(timeframe, days, now_msc)
        yield bars[: _places(bars, until_s + 1)]
        days = _stretch(timeframe, days.start - 1)


def _wanted(flags: int) -> TickFlag | None:
    """Give the bits of which a tick must have one, or None when every tick will do."""
    if flags in {CopyTicks.ALL, CopyTicks.INFO | CopyTicks.TRADE}:
        return None
    if flags not in {CopyTicks.INFO, CopyTicks.TRADE}:
        raise InvalidRequest(f"`flags` must be -1 (all), 1 (info) or 2 (trade), not {flags}.")
    return _INFO_FLAGS if flags == CopyTicks.INFO else TRADE_FLAGS


def _stretch(timeframe: Timeframe, day: int) -> range:
    """Give the days around `day` that are read at once: whole periods, and few of them."""
    if timeframe < Timeframe.D1:
        return range(day, day + 1)
    if timeframe == Timeframe.W1:
        start = int(opening_s(np.array([day * DAY_S]), timeframe)[0]) // DAY_S
        return range(start, start + 7)
    month = np.datetime64(day, "D").astype("datetime64[M]")
    start, end = np.array([month, month + 1]).astype("datetime64[D]").astype(np.int64)
    return range(int(start), int(end))


def _days(series: Series, from_msc: int, until_msc: int) -> Iterator[Ticks]:
    first = max(from_msc // DAY_MSC, series.first_day)
    for day in range(first, min(until_msc // DAY_MSC, series.last_day) + 1):
        yield series.ticks(day)


def _places(bars: Array, time_s: int) -> int:
    """Count the bars that opened before `time_s`."""
    return int(np.searchsorted(bars["time"], time_s))


def _sealed(rows: Array) -> Array:
    """Forbid writing: what is kept is handed out to many."""
    rows.flags.writeable = False
    return rows


def _joined(pieces: list[Array], dtype: "np.dtype[np.void]") -> Array:
    if len(pieces) == 1:
        return pieces[0]
    return np.concatenate(pieces) if pieces else np.empty(0, dtype)


__all__ = [
    "DAY_MSC",
    "TRADE_FLAGS",
    "Series",
    "TickSeries",
    "Ticks",
    "bars_between",
    "bars_until",
    "last_tick",
    "next_tick_msc",
    "ticks_from",
    "ticks_since",
]
