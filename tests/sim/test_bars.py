"""Aggregation against an oracle that goes bar by bar, with the calendar of `datetime`."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitwire.errors import InvalidTimeframe
from pitwire.sim.bars import (
    aggregate,
    closing_s,
    fits,
    length_s,
    minutes_of,
    opening_s,
    timeframe_of,
)
from pitwire.wire.arrays import RATES, TICKS, Array
from pitwire.wire.enums import Timeframe

Bar = tuple[int, float, float, float, float, int, int, int]

START = int(datetime(2023, 12, 28, tzinfo=UTC).timestamp())
POINT = 1e-5

prices = st.integers(100_000, 130_000).map(lambda points: points / 100_000)


def slow_opening(time_s: int, timeframe: Timeframe) -> int:
    moment = datetime.fromtimestamp(time_s, UTC)
    midnight = moment.replace(hour=0, minute=0, second=0)
    minutes = moment.hour * 60 + moment.minute
    name, number = timeframe.name.rstrip("0123456789"), int(timeframe.name.lstrip("MNHDW"))
    if name == "M":
        moment = midnight + timedelta(minutes=minutes // number * number)
    elif name == "H":
        moment = midnight + timedelta(hours=moment.hour // number * number)
    elif name == "D":
        moment = midnight
    elif name == "W":
        moment = midnight - timedelta(days=moment.isoweekday() % 7)
    else:
        moment = midnight.replace(day=1)
    return int(moment.timestamp())


def slow_aggregate(bars: Sequence[Bar], timeframe: Timeframe) -> list[Bar]:
    result: list[Bar] = []
    for time_s, opened, high, low, close, ticks, spread, real in bars:
        opening = slow_opening(time_s, timeframe)
        if result and result[-1][0] == opening:
            last = result[-1]
            result[-1] = (
                opening,
                last[1],
                max(last[2], high),
                min(last[3], low),
                close,
                last[5] + ticks,
                min(last[6], spread),
                last[7] + real,
            )
        else:
            result.append((opening, opened, high, low, close, ticks, spread, real))
    return result


@st.composite
def minute_bars(draw: st.DrawFn) -> list[Bar]:
    """Draw M1 bars with gaps from a minute to weeks, over months and a new year."""
    gaps = st.one_of(st.integers(1, 3), st.integers(1, 300), st.integers(1, 30_000))
    bars: list[Bar] = []
    time_s = START
    for gap in draw(st.lists(gaps, max_size=60)):
        time_s += 60 * gap
        low, opened, close, high = draw(st.tuples(prices, prices, prices, prices).map(sorted))
        ticks, spread, real = draw(
            st.tuples(st.integers(1, 900), st.integers(0, 90), st.integers(0, 9))
        )
        bars.append((time_s, opened, high, low, close, ticks, spread, real))
    return bars


def rows(bars: Sequence[Bar]) -> Array:
    return np.array(bars, RATES)


@settings(deadline=None)
@given(bars=minute_bars(), timeframe=st.sampled_from(Timeframe))
def test_any_timeframe_from_minutes_equals_the_slow_oracle(
    bars: list[Bar], timeframe: Timeframe
) -> None:
    assert aggregate(rows(bars), timeframe).tolist() == slow_aggregate(bars, timeframe)


@settings(deadline=None)
@given(bars=minute_bars(), data=st.data())
def test_the_way_through_a_smaller_timeframe_makes_no_difference(
    bars: list[Bar], data: st.DataObject
) -> None:
    timeframe = data.draw(st.sampled_from(Timeframe))
    smaller = data.draw(st.sampled_from([frame for frame in Timeframe if fits(frame, timeframe)]))
    through = aggregate(aggregate(rows(bars), smaller), timeframe)
    assert through.tolist() == aggregate(rows(bars), timeframe).tolist()


@settings(deadline=None)
@given(ticks=st.lists(st.tuples(st.integers(0, 200_000), prices, st.integers(0, 50)), max_size=50))
def test_minutes_of_ticks_equal_the_slow_oracle(ticks: list[tuple[int, float, int]]) -> None:
    table = np.zeros(len(ticks), TICKS)
    expected: list[Bar] = []
    for place, (offset, bid, spread) in enumerate(sorted(ticks, key=lambda tick: tick[0])):
        msc = START * 1000 + offset
        table[place] = (msc // 1000, bid, bid + spread * POINT, 0, 0, msc, 6, 0)
        expected.append((msc // 1000, bid, bid, bid, bid, 1, spread, 0))
    bars = minutes_of(table, POINT)
    assert bars.tolist() == slow_aggregate(expected, Timeframe.M1)


@pytest.mark.parametrize("timeframe", Timeframe)
def test_openings_and_closings_meet(timeframe: Timeframe) -> None:
    times = START + np.arange(0, 500 * 86_400, 86_400 // 7)
    openings, closings = (
        opening_s(times, timeframe),
        closing_s(opening_s(times, timeframe), timeframe),
    )
    assert np.all((openings <= times) & (times < closings))
    assert np.array_equal(opening_s(openings, timeframe), openings)
    assert np.array_equal(opening_s(closings, timeframe), closings)
    assert np.array_equal(opening_s(closings - 1, timeframe), openings)
    assert (closings - openings).min() == length_s(timeframe)


@settings(deadline=None)
@given(smaller=st.sampled_from(Timeframe), larger=st.sampled_from(Timeframe))
def test_bars_fit_when_every_larger_period_opens_with_a_smaller_one(
    smaller: Timeframe, larger: Timeframe
) -> None:
    minutes = START + 60 * np.arange(0, 130 * 1440)
    openings = np.unique(opening_s(minutes, larger))
    aligned = np.array_equal(opening_s(openings, smaller), openings)
    assert fits(smaller, larger) == (aligned and length_s(smaller) <= length_s(larger))


def test_numbers_that_are_no_timeframe_are_refused() -> None:
    assert timeframe_of(16385) is Timeframe.H1
    for number in (0, 7, 32768, -1, 2**70):
        with pytest.raises(InvalidTimeframe, match=f"no timeframe {number}"):
            timeframe_of(number)
