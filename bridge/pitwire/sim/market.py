"""The simulated market: all symbols at one moment, fed by seeded ticks or by recordings.

Every price comes from one sequence of ticks per symbol: quotes, tick history, and bars of every
timeframe. The same seed gives the same market, whenever and in whatever order it is asked. All
times are the broker's wall clock. Rows that are handed out may be read-only. Not thread-safe.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from pitwire.errors import ConfigError, InvalidTimeframe
from pitwire.sim.bars import fits, timeframe_of
from pitwire.sim.clock import RealClock, SimClock
from pitwire.sim.conversion import Conversion, Favor
from pitwire.sim.depth import Level, depth
from pitwire.sim.history import (
    DAY_MSC,
    Series,
    TickSeries,
    bars_between,
    bars_until,
    last_tick,
    next_tick_msc,
    ticks_from,
    ticks_since,
)
from pitwire.sim.process import TickProcess
from pitwire.sim.replay import Replay
from pitwire.sim.symbols import CATALOG, SymbolSpec
from pitwire.wire.arrays import Array
from pitwire.wire.enums import CopyTicks, Timeframe

_LAST_DAY = 2_932_896
"""31 December 9999, the last day that can be written as text."""


class Quote(NamedTuple):
    """The last tick of a symbol (MqlTick)."""

    time_msc: int
    bid: float
    ask: float
    last: float
    volume: int
    flags: int
    volume_real: float


class DayStats(NamedTuple):
    """A symbol's day so far, by the names of SymbolInfo; `session_close` is the day's before."""

    bidhigh: float
    bidlow: float
    askhigh: float
    asklow: float
    lasthigh: float
    lastlow: float
    session_open: float
    session_close: float


class Market:
    """All symbols of a broker at the moment that the clock shows.

    `utc_offset_s` is how far the broker's clock is ahead of UTC. With `replays` the broker's time
    begins where the recordings say, the latest of them, and moves on with the clock; the other
    symbols live at that time too. History reaches back two years, that of a replay to its start.
    Raises ConfigError when a replay belongs to no symbol.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        clock: SimClock | None = None,
        symbols: Sequence[SymbolSpec] = CATALOG,
        utc_offset_s: int = 0,
        replays: Mapping[str, Replay] | None = None,
    ) -> None:
        self._clock = clock or RealClock()
        self._specs = {spec.name: spec for spec in symbols}
        self.utc_offset_s = utc_offset_s
        self.utc_offset_s = utc_offset_s
        self._ahead_msc = utc_offset_s * 1000
        replays = replays or {}
        for name, replay in replays.items():
            if name not in self._specs or replay.symbol != name:
                raise ConfigError(
                    f"The replay of {replay.symbol} is given for {name}: both names must be that of"
                    f" one of the market's symbols ({', '.join(self._specs)})."
                )
        if replays:
            begin = max(replay.begin_msc for replay in replays.values())
            self._ahead_msc = begin - self._clock.now_msc()
        self._advanced_msc = self.now_msc()
        days = range(_first_day(self._advanced_msc), _LAST_DAY + 1)
        self._series = {
            name: replays[name].series(spec) if name in replays else _made(spec, seed, days)
            for name, spec in self._specs.items()
        }
        self._quotes: dict[str, tuple[int, Quote | None]] = dict.fromkeys(self._specs, (0, None))
        self._due_msc = dict.fromkeys(self._specs, 0)
        self._conversion = Conversion(self._specs.values(), self._prices)

    def names(self) -> list[str]:
        """List the symbols."""
        return list(self._specs)

    def spec(self, name: str) -> SymbolSpec:
        """Give the specification of a symbol.

        Raises KeyError, as all methods do, when there is no such symbol.
        """
        return self._specs[name]

    def now_msc(self) -> int:
        """Tell the broker's time in milliseconds."""
        return self._clock.now_msc() + self._ahead_msc

    def is_open(self, name: str) -> bool:
        """Tell whether the symbol is in a trade session now."""
        return self._specs[name].sessions.can_trade(self.now_msc() // 1000)

    def quote(self, name: str) -> Quote | None:
        """Give the last tick, or None before the first."""
        now = self.now_msc()
        until, quote = self._quotes[name]
        if now < until:
            return quote
        series = self._series[name]
        row = last_tick(series, now)
        quote = None if row is None else _quote(row)
        self._quotes[name] = (next_tick_msc(series, now), quote)
        return quote

    def day_stats(self, name: str) -> DayStats | None:
        """Summarize the broker's day, or the last one with a tick; None before the first tick."""
        now, series = self.now_msc(), self._series[name]
        newest = last_tick(series, now)
        if newest is None:
            return None
        midnight = int(newest["time_msc"][0]) // DAY_MSC * DAY_MSC
        ticks = series.ticks(midnight // DAY_MSC).between(midnight - 1, now)
        before = last_tick(series, midnight - 1)
        bid, ask, last = ticks["bid"], ticks["ask"], ticks["last"]
        return DayStats(
            bidhigh=float(bid.max()),
            bidlow=float(bid.min()),
            askhigh=float(ask.max()),
            asklow=float(ask.min()),
            lasthigh=float(last.max()),
            lastlow=float(last.min()),
            session_open=float(bid[0]),
            session_close=float(bid[0] if before is None else before["bid"][0]),
        )

    def advance(self) -> list[tuple[str, Array]]:
        """Give the ticks that are new since the last call (at first: since the market was made).

        One entry for each symbol that has any, rows of TICKS, oldest first.
        """
        now = self.now_msc()
        news: list[tuple[str, Array]] = []
        for name, due in self._due_msc.items():
            if now < due:
                continue
            series = self._series[name]
            rows = ticks_since(series, self._advanced_msc, now)
            self._due_msc[name] = next_tick_msc(series, now)
            if len(rows):
                news.append((name, rows))
        self._advanced_msc = now
        return news

    def ticks(
        self,
        name: str,
        *,
        from_msc: int,
        to_msc: int | None = None,
        skip: int = 0,
        count: int,
        flags: int = CopyTicks.ALL,
    ) -> tuple[Array, bool]:
        """Read the first `count` ticks from `from_msc` to `to_msc`, both inclusive.

        `skip` leaves out that many ticks of exactly `from_msc`. The second result tells whether
        there are more. Raises InvalidRequest when `flags` is none of CopyTicks.
        """
        return ticks_from(
            self._series[name],
            self.now_msc(),
            from_msc=from_msc,
            to_msc=to_msc,
            skip=skip,
            count=count,
            flags=flags,
        )

    def rates_from(
        self, name: str, timeframe: int, *, from_s: int, count: int
    ) -> tuple[Array, bool]:
        """Read `count` bars that end with the one that opened at or before `from_s`.

        The second result tells whether there are older ones. Raises InvalidTimeframe.
        """
        frame = self._timeframe(name, timeframe)
        return bars_until(
            self._series[name], frame, self.now_msc(), until_s=from_s, skip=0, count=count
        )

    def rates_from_pos(
        self, name: str, timeframe: int, *, start: int, count: int
    ) -> tuple[Array, bool]:
        """Read `count` bars that end `start` bars before the forming one (0: with that one).

        The second result tells whether there are older ones. Raises InvalidTimeframe.
        """
        frame, now = self._timeframe(name, timeframe), self.now_msc()
        return bars_until(
            self._series[name], frame, now, until_s=now // 1000, skip=start, count=count
        )

    def rates_range(
        self, name: str, timeframe: int, *, from_s: int, to_s: int, count: int
    ) -> tuple[Array, bool]:
        """Read the first `count` bars that opened from `from_s` to `to_s`, both inclusive.

        The second result tells whether there are more. Raises InvalidTimeframe.
        """
        frame = self._timeframe(name, timeframe)
        return bars_between(
            self._series[name], frame, self.now_msc(), from_s=from_s, to_s=to_s, count=count
        )

    def book(self, name: str) -> list[Level]:
        """List the depth of market: sells from the highest price down, then buys likewise."""
        quote = self.quote(name)
        if quote is None:
            return []
        return depth(self._specs[name], time_msc=quote.time_msc, bid=quote.bid, ask=quote.ask)

    def convert(
        self, amount: float, from_currency: str, to_currency: str, *, favor: Favor = "mid"
    ) -> float:
        """Convert money at the bid, the ask or the middle of the pair from/to.

        Bid gives the smaller result and suits gains, ask the larger one and suits losses. The
        pair, the inverse pair, or two pairs through the dollar serve.
        Raises LookupError when there is no way or no price yet.
        """
        return self._conversion.convert(amount, from_currency, to_currency, favor=favor)

    def _prices(self, name: str) -> tuple[float, float] | None:
        quote = self.quote(name)
        return None if quote is None else (quote.bid, quote.ask)

    def _timeframe(self, name: str, number: int) -> Timeframe:
        frame, base = timeframe_of(number), self._series[name].base
        if not fits(base, frame):
            raise InvalidTimeframe(
                f"{frame.name} cannot be made from the {base.name} bars that {name} replays."
            )
        return frame


def _made(spec: SymbolSpec, seed: int, days: range) -> Series:
    return TickSeries(TickProcess(spec, seed).ticks, days, point=spec.point, trades=False)


def _first_day(now_msc: int) -> int:
    """Give the first day of the month two years ago."""
    month = np.datetime64(now_msc, "ms").astype("datetime64[M]") - 24
    return max(int(month.astype("datetime64[D]").astype(np.int64)), 7)


def _quote(row: Array) -> Quote:
    _, bid, ask, last, volume, time_msc, flags, volume_real = row.tolist()[0]
    return Quote(time_msc, bid, ask, last, volume, flags, volume_real)


__all__ = ["DayStats", "Level", "Market", "Quote"]
