"""Recorded data in place of the seeded ticks of a symbol.

A replay of ticks is the market's own series: quotes, M1 and all larger bars follow from it. A
replay of bars answers with these very bars, and with the larger ones that they add up to; quotes
come from four ticks per bar: open, the extremes (first the one against the bar's direction) and,
in its last millisecond, close. Files without a spread get the symbol's typical one.

The market's time either starts at the recording's end, with everything recorded as its history
("end"), or at the first tick, and plays the recording from there ("start"). After the end of the
recording the clock goes on and no further tick comes.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from pitwire.errors import ConfigError
from pitwire.sim.bars import aggregate, closing_s, length_s, opening_s
from pitwire.sim.history import DAY_MSC, TRADE_FLAGS, Series, Ticks, TickSeries
from pitwire.sim.recording import NO_SPREAD, Recording, read_recording
from pitwire.sim.symbols import DAY_S, SymbolSpec
from pitwire.wire.arrays import TICKS, Array
from pitwire.wire.enums import TickFlag, Timeframe

Play = Literal["end", "start"]


@dataclass(frozen=True, slots=True, repr=False)
class Replay:
    """A recording of one symbol; `timeframe` is that of its bars, or None for ticks."""

    symbol: str
    timeframe: Timeframe | None
    rows: Array
    play: Play

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        symbol: str,
        timeframe: Timeframe | None = None,
        play: Play = "end",
    ) -> "Replay":
        """Read a file of ticks or bars; the timeframe of bars is detected when not given.

        Raises ConfigError, which names the line that is wrong.
        """
        recording = read_recording(Path(path))
        if not recording.bars:
            if timeframe is not None:
                raise ConfigError(f"The recording {path} holds ticks: leave out the timeframe.")
            return cls(symbol, None, recording.rows, play)
        frame = timeframe or _detected(path, recording)
        openings = recording.rows["time"]
        wrong = np.flatnonzero(openings != opening_s(openings, frame))
        if len(wrong):
            raise ConfigError(
                f"Line {wrong[0] + 2} of {path} has a time at which no bar of {frame.name} opens."
            )
        return cls(symbol, frame, recording.rows, play)

    @property
    def begin_msc(self) -> int:
        """The broker's time at which a market with this replay begins."""
        row = self.rows[-1:] if self.play == "end" else self.rows[:1]
        if self.timeframe is None:
            return int(row["time_msc"][0])
        if self.play == "start":
            return int(row["time"][0]) * 1000
        return int(closing_s(row["time"], self.timeframe)[0]) * 1000 - 1

    def series(self, spec: SymbolSpec) -> Series:
        """Make the series that a market reads."""
        if self.timeframe is not None:
            return BarSeries(self.rows, self.timeframe, spec)
        ticks = Ticks.of(self.rows)
        first, last = (int(ticks.time_msc[place]) // DAY_MSC for place in (0, -1))
        return TickSeries(
            lambda day: ticks.between(day * DAY_MSC - 1, (day + 1) * DAY_MSC - 1),
            range(first, last + 1),
            point=spec.point,
            trades=bool(np.any(self.rows["flags"] & TRADE_FLAGS)),
        )


class BarSeries:
    """A series made of recorded bars; a bar is the recorded one once its time is over."""

    trades = False

    def __init__(self, rows: Array, timeframe: Timeframe, spec: SymbolSpec) -> None:
        self.base = timeframe
        self._spec = spec
        self._rows = rows.copy()
        self._rows["spread"][rows["spread"] == NO_SPREAD] = spec.spread
        self._rows.flags.writeable = False
        self._openings = np.ascontiguousarray(rows["time"])
        self._ends = closing_s(self._openings, timeframe)
        self.first_day = int(self._openings[0]) // DAY_S
        self.last_day = int(self._ends[-1] - 1) // DAY_S
        self.ticks = lru_cache(maxsize=4)(self._make_ticks)

    def bars(self, timeframe: Timeframe, days: range, now_msc: int) -> Array:
        """Give the bars that opened on `days`, which hold whole periods, as of `now_msc`."""
        until = min(days.stop * DAY_S, now_msc // 1000 + 1)
        start, end = np.searchsorted(self._openings, (days.start * DAY_S, until))
        rows = self._rows[start:end]
        if end > start and now_msc < self._ends[end - 1] * 1000:
            rows = np.concatenate((rows[:-1], self._forming(end - 1, now_msc)))
        return rows if timeframe == self.base else aggregate(rows, timeframe)

    def _forming(self, place: int, now_msc: int) -> Array:
        """Give a bar as its ticks have drawn it so far, with its share of the volume."""
        ticks = self._ticks_of(slice(place, place + 1))
        bid = ticks["bid"][ticks["time_msc"] <= now_msc]
        bar = self._rows[place : place + 1].copy()
        bar["high"], bar["low"], bar["close"] = bid.max(), bid.min(), bid[-1]
        for name in ("tick_volume", "real_volume"):
            bar[name] = bar[name] * len(bid) // len(ticks)
        return bar

    def _make_ticks(self, day: int) -> Ticks:
        start = int(np.searchsorted(self._ends, day * DAY_S, side="right"))
        end = int(np.searchsorted(self._openings, (day + 1) * DAY_S))
        ticks = Ticks.of(self._ticks_of(slice(start, end)))
        return Ticks.of(ticks.between(day * DAY_MSC - 1, (day + 1) * DAY_MSC - 1))

    def _ticks_of(self, places: slice) -> Array:
        """Draw four ticks for each of the bars."""
        bars = self._rows[places]
        rising = bars["close"] >= bars["open"]
        before = np.where(rising, bars["low"], bars["high"])
        after = np.where(rising, bars["high"], bars["low"])
        bid = np.column_stack((bars["open"], before, after, bars["close"])).ravel()
        start = self._openings[places] * 1000
        last = self._ends[places] * 1000 - 1
        third = (last - start) // 3
        scale = 10**self._spec.digits
        rows = np.zeros(len(bid), TICKS)
        rows["time_msc"] = np.column_stack((start, start + third, last - third, last)).ravel()
        rows["time"] = rows["time_msc"] // 1000
        rows["bid"] = bid
        ask = np.rint(bid * scale + np.repeat(bars["spread"], 4)) / scale
        rows["ask"] = np.maximum(ask, bid)
        rows["flags"] = TickFlag.BID | TickFlag.ASK
        return rows


def _detected(path: str | Path, recording: Recording) -> Timeframe:
    """Take the shortest distance between bars for their timeframe."""
    gaps = np.diff(recording.rows["time"])
    shortest = int(gaps.min()) if len(gaps) else 0
    if shortest >= length_s(Timeframe.MN1):
        return Timeframe.MN1
    for frame in Timeframe:
        if length_s(frame) == shortest:
            return frame
    raise ConfigError(f"The timeframe of {path} cannot be told from its times: name it.")


__all__ = ["BarSeries", "Play", "Replay"]
