"""The seeded tick process: the same seed, symbol and day always give the same ticks.

A random walk over days says where each day begins and ends, so days can be made in any order and
still join. Within a day the price is a Brownian bridge between the two, one step per tick; ticks
come often in busy hours and seldom at night, when the spread is wider. Days are the broker's.
"""

from hashlib import blake2b
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np

from pitwire.sim.symbols import DAY_S, SymbolSpec, weekday_of
from pitwire.wire.arrays import TICKS, Array
from pitwire.wire.enums import TickFlag

Floats = np.ndarray[Any, np.dtype[np.float64]]

_ACTIVITY = np.array(
    [
        *(0.45, 0.5, 0.6, 0.65, 0.6, 0.6, 0.7, 0.9, 1.2, 1.4, 1.4, 1.3),
        *(1.3, 1.5, 1.8, 1.9, 1.8, 1.5, 1.1, 0.9, 0.8, 0.7, 0.6, 0.4),
    ]
)
"""How busy each hour of the day is; the mean is 1."""

_SPREAD_CHANGES = 0.3
"""Share of the ticks that come with a new spread."""

_BLOCK_DAYS = 4096


class TickProcess:
    """Makes the ticks of one symbol, day by day."""

    def __init__(self, spec: SymbolSpec, seed: int) -> None:
        self._spec = spec
        self._entropy = (seed, int.from_bytes(blake2b(spec.name.encode(), digest_size=8).digest()))
        self._shares = np.array(
            [spec.sessions.quoted_s(day) / DAY_S for day in range(3, 10)]  # a week from Sunday on
        )
        self._walk = np.zeros(1)
        self._steps = np.random.default_rng(self._entropy)

    def ticks(self, day: int) -> Array:
        """Make all ticks of a day (counted from 1970-01-01), oldest first."""
        share = float(self._shares[weekday_of(day)])
        if not share:
            return np.empty(0, TICKS)
        rng = np.random.default_rng((*self._entropy, day + 1))
        count = int(rng.poisson(self._spec.ticks_per_day * share)) + 2
        seconds = self._seconds(rng, day, count)
        bid = self._bid_steps(rng, day, count)
        ask = bid + self._spread_steps(rng, seconds)
        return self._rows(day * DAY_S * 1000 + (seconds * 1000).astype(np.int64), bid, ask)

    def _seconds(self, rng: np.random.Generator, day: int, count: int) -> Floats:
        """Draw the times of `count` ticks in the day's windows, in order, by activity."""
        edges: list[float] = []
        busy: list[float] = [0.0]
        for start, end in self._spec.sessions.quote[weekday_of(day)]:
            hours = [start, *range((start // 3600 + 1) * 3600, end, 3600), end]
            weights = [
                (until - since) * _ACTIVITY[since // 3600] for since, until in pairwise(hours)
            ]
            edges += hours
            busy += list(busy[-1] + np.cumsum(weights))
            busy.append(busy[-1])
        waits = np.cumsum(rng.standard_exponential(count + 1))
        seconds: Floats = np.interp(waits[:-1] * (busy[-1] / waits[-1]), busy[:-1], edges)
        # Rounding may put a tick on the end of the session, which is not part of it.
        return np.minimum(seconds, edges[-1] - 0.001, out=seconds)

    def _bid_steps(self, rng: np.random.Generator, day: int, count: int) -> Floats:
        """Walk from the day's start to its end, in multiples of the tick size."""
        spec = self._spec
        start, end = self._level(day), self._level(day + 1)
        deviation = spec.daily_volatility * sqrt(self._shares[weekday_of(day)] / count)
        noise = np.cumsum(rng.standard_normal(count)) * deviation
        passed = np.arange(1, count + 1) / count
        level = start + noise + passed * (end - start - noise[-1])
        steps: Floats = np.rint(np.exp(level) * (spec.start_price / spec.trade_tick_size))
        return np.maximum(steps, 1, out=steps)

    def _spread_steps(self, rng: np.random.Generator, seconds: Floats) -> Floats:
        """Draw a spread for each tick, in multiples of the tick size; most keep the last one."""
        spec = self._spec
        draw = rng.random(len(seconds))
        place = np.where(draw < _SPREAD_CHANGES, np.arange(len(draw)), 0)
        chance = np.minimum(draw / _SPREAD_CHANGES, 1)[np.maximum.accumulate(place)]
        factor = 0.7 + 0.4 * chance + 1.2 * chance**6
        quiet = 1 / np.sqrt(_ACTIVITY[(seconds // 3600).astype(np.int64)])
        typical = spec.spread * spec.point / spec.trade_tick_size
        steps: Floats = np.rint(typical * factor * quiet)
        return np.maximum(steps, 1, out=steps)

    def _rows(self, time_msc: "np.ndarray[Any, Any]", bid: Floats, ask: Floats) -> Array:
        """Lay out the ticks; one that changes no price is none, the day's first reports both."""
        flags = np.full(len(bid), int(TickFlag.BID | TickFlag.ASK))
        flags[1:] = TickFlag.BID * (np.diff(bid) != 0) + TickFlag.ASK * (np.diff(ask) != 0)
        kept = flags != 0
        rows = np.zeros(int(np.count_nonzero(kept)), TICKS)
        scale = 10**self._spec.digits
        points = round(self._spec.trade_tick_size * scale)
        rows["time_msc"] = time_msc[kept]
        rows["time"] = rows["time_msc"] // 1000
        # A quotient of two whole numbers is the double nearest to the decimal that it shows.
        rows["bid"] = bid[kept] * points / scale
        rows["ask"] = ask[kept] * points / scale
        rows["flags"] = flags[kept]
        return rows

    def _level(self, day: int) -> float:
        """Give the logarithm of the price at a day's start, relative to the start price."""
        while day >= len(self._walk):
            days = np.arange(len(self._walk) - 1, len(self._walk) - 1 + _BLOCK_DAYS)
            shares = self._shares[(days + 4) % 7]
            steps = self._steps.standard_normal(_BLOCK_DAYS) * np.sqrt(shares)
            steps *= self._spec.daily_volatility
            self._walk = np.concatenate((self._walk, self._walk[-1] + np.cumsum(steps)))
        band = self._spec.price_band
        # The walk is folded into the band, as a mirror at each edge would do it.
        return float(abs((self._walk[day] - band) % (4 * band) - 2 * band) - band)


__all__ = ["TickProcess"]
