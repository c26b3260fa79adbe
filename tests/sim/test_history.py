"""Reading in pages: whatever the page and the moment, nothing is lost, doubled or foreseen."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitwire.errors import InvalidRequest
from pitwire.sim.bars import aggregate, minutes_of
from pitwire.sim.history import (
    DAY_MSC,
    TickSeries,
    bars_between,
    bars_until,
    last_tick,
    next_tick_msc,
    ticks_from,
    ticks_since,
)
from pitwire.wire.arrays import TICKS, Array
from pitwire.wire.enums import CopyTicks, TickFlag, Timeframe

FIRST_DAY = 19_782
"""Thursday 29 February 2024: a month, a week and a leap day end within the range."""

DAYS = 6
START_MSC = FIRST_DAY * DAY_MSC
END_MSC = START_MSC + DAYS * DAY_MSC
POINT = 1e-5

corners = st.sampled_from([0, DAY_MSC - 1, DAY_MSC, 3 * DAY_MSC, DAYS * DAY_MSC - 1])


def series_of(rows: Array) -> TickSeries:
    days = rows["time_msc"] // DAY_MSC
    return TickSeries(
        lambda day: rows[days == day],
        range(FIRST_DAY, FIRST_DAY + DAYS),
        point=POINT,
        trades=True,
    )


@st.composite
def tick_rows(draw: st.DrawFn) -> Array:
    """Draw ticks of a few days, several of one millisecond, at midnight and at the end too."""
    near = st.integers(2 * DAY_MSC, 2 * DAY_MSC + 90_000)
    offset = st.one_of(corners, near, st.integers(0, DAYS * DAY_MSC - 1))
    offsets = sorted(draw(st.lists(st.tuples(offset, st.integers(1, 3)), max_size=25)))
    times = [START_MSC + at for at, times in offsets for _ in range(times)]
    rows = np.zeros(len(times), TICKS)
    rows["time_msc"] = times
    rows["time"] = rows["time_msc"] // 1000
    count = len(times)
    rows["bid"] = draw(st.lists(st.integers(9_000, 9_999), min_size=count, max_size=count))
    rows["bid"] /= 10_000
    rows["ask"] = rows["bid"] + 2 * POINT
    rows["flags"] = draw(
        st.lists(st.sampled_from([2, 4, 6, 8, 24, 134]), min_size=count, max_size=count)
    )
    return rows


moments = st.one_of(
    corners.map(lambda offset: START_MSC + offset),
    st.integers(START_MSC - DAY_MSC, END_MSC + DAY_MSC),
    st.integers(START_MSC + 2 * DAY_MSC, START_MSC + 2 * DAY_MSC + 90_000),
)
kinds = st.sampled_from([CopyTicks.ALL, CopyTicks.INFO, CopyTicks.TRADE])
timeframes = st.sampled_from(Timeframe)
pages = st.integers(1, 7)


def of_kind(rows: Array, flags: int) -> Array:
    wanted = {CopyTicks.ALL: 0xFFFF, CopyTicks.INFO: 2 | 4, CopyTicks.TRADE: 8 | 16 | 32 | 64}
    return rows[[bool(row["flags"] & wanted[CopyTicks(flags)]) for row in rows]]


def known(rows: Array, now_msc: int) -> Array:
    return rows[rows["time_msc"] <= now_msc]


def same(rows: Sequence[Array] | Array, expected: Array) -> bool:
    joined = rows if isinstance(rows, np.ndarray) else np.concatenate([expected[:0], *rows])
    return joined.tobytes() == expected.tobytes()


@settings(deadline=None)
@given(
    rows=tick_rows(), now=moments, start=moments, end=st.none() | moments, kind=kinds, page=pages
)
def test_ticks_read_in_pages_are_those_of_one_read(
    rows: Array, now: int, start: int, end: int | None, kind: CopyTicks, page: int
) -> None:
    series = series_of(rows)
    expected = of_kind(known(rows, now), kind)
    expected = expected[expected["time_msc"] >= start]
    if end is not None:
        expected = expected[expected["time_msc"] <= end]
    whole, more = ticks_from(
        series, now, from_msc=start, to_msc=end, skip=0, count=1000, flags=kind
    )
    assert same(whole, expected)
    assert not more
    read: list[Array] = []
    since, skip, more = start, 0, True
    while more:
        part, more = ticks_from(
            series, now, from_msc=since, to_msc=end, skip=skip, count=page, flags=kind
        )
        read.append(part)
        assert more == (sum(map(len, read)) < len(expected))
        if len(part):
            newest = int(part["time_msc"][-1])
            repeated = int(np.count_nonzero(part["time_msc"] == newest))
            skip = repeated + (skip if newest == since else 0)
            since = newest
    assert same(read, expected)


@settings(deadline=None)
@given(rows=tick_rows(), steps=st.lists(moments, min_size=1, max_size=8).map(sorted))
def test_ticks_since_the_last_look_are_each_seen_once(rows: Array, steps: list[int]) -> None:
    series = series_of(rows)
    seen = [
        ticks_since(series, before, now) for before, now in zip([0, *steps], steps, strict=False)
    ]
    assert same(seen, known(rows, steps[-1]))


@settings(deadline=None)
@given(rows=tick_rows(), now=moments)
def test_last_and_next_tick_enclose_the_moment(rows: Array, now: int) -> None:
    series = series_of(rows)
    past = known(rows, now)
    last = last_tick(series, now)
    assert (None if last is None else last.tobytes()) == (past[-1:].tobytes() or None)
    until = next_tick_msc(series, now)
    assert now < until <= (now // DAY_MSC + 1) * DAY_MSC
    assert len(known(rows, until - 1)) == len(past)


@settings(deadline=None)
@given(rows=tick_rows(), now=moments, until=moments, timeframe=timeframes, page=pages)
def test_bars_read_backward_in_pages_are_those_of_the_ticks(
    rows: Array, now: int, until: int, timeframe: Timeframe, page: int
) -> None:
    series = series_of(rows)
    expected = aggregate(minutes_of(known(rows, now), POINT), timeframe)
    expected = expected[expected["time"] <= until // 1000]
    read: list[Array] = []
    until_s, more = until // 1000, True
    while more:
        part, more = bars_until(series, timeframe, now, until_s=until_s, skip=0, count=page)
        read.insert(0, part)
        assert more == (sum(map(len, read)) < len(expected))
        until_s = int(part["time"][0]) - 1 if len(part) else 0
    assert same(read, expected)


@settings(deadline=None)
@given(rows=tick_rows(), now=moments, timeframe=timeframes, skip=st.integers(0, 30), page=pages)
def test_bars_by_position_leave_out_the_newest(
    rows: Array, now: int, timeframe: Timeframe, skip: int, page: int
) -> None:
    expected = aggregate(minutes_of(known(rows, now), POINT), timeframe)
    expected = expected[: max(len(expected) - skip, 0)]
    part, more = bars_until(
        series_of(rows), timeframe, now, until_s=now // 1000, skip=skip, count=page
    )
    assert same(part, expected[max(len(expected) - page, 0) :])
    assert more == (len(expected) > page)


@settings(deadline=None)
@given(
    rows=tick_rows(),
    now=moments,
    bounds=st.tuples(moments, moments),
    timeframe=timeframes,
    page=pages,
)
def test_bars_of_a_range_read_in_pages_are_those_of_the_ticks(
    rows: Array, now: int, bounds: tuple[int, int], timeframe: Timeframe, page: int
) -> None:
    series = series_of(rows)
    from_s, to_s = bounds[0] // 1000, bounds[1] // 1000
    expected = aggregate(minutes_of(known(rows, now), POINT), timeframe)
    expected = expected[(expected["time"] >= from_s) & (expected["time"] <= to_s)]
    read: list[Array] = []
    more = True
    while more:
        part, more = bars_between(series, timeframe, now, from_s=from_s, to_s=to_s, count=page)
        read.append(part)
        assert more == (sum(map(len, read)) < len(expected))
        from_s = int(part["time"][-1]) + 1 if len(part) else to_s
    assert same(read, expected)


def test_unbounded_requests_of_hostile_size_end_at_the_history() -> None:
    rows = np.zeros(1, TICKS)
    rows["time_msc"], rows["bid"], rows["flags"] = START_MSC, 1.0, TickFlag.BID
    series, huge = series_of(rows), 2**63 - 2
    part, more = bars_until(series, Timeframe.M1, END_MSC, until_s=huge, skip=2**64 - 1, count=1)
    assert (len(part), more) == (0, False)
    part, more = bars_between(series, Timeframe.MN1, END_MSC, from_s=0, to_s=huge, count=8192)
    assert (len(part), more) == (1, False)
    part, more = ticks_from(
        series, END_MSC, from_msc=START_MSC, to_msc=huge, skip=2**64 - 1, count=1, flags=-1
    )
    assert (len(part), more) == (0, False)


@pytest.mark.parametrize(("skip", "left"), [(0, 3), (1, 2), (2, 1), (9, 1)])
def test_skip_counts_ticks_of_the_first_millisecond_only(skip: int, left: int) -> None:
    rows = np.zeros(3, TICKS)
    rows["time_msc"] = START_MSC, START_MSC, START_MSC + 1
    part, _ = ticks_from(
        series_of(rows), END_MSC, from_msc=START_MSC, to_msc=None, skip=skip, count=9, flags=-1
    )
    assert len(part) == left


def test_info_and_trade_together_are_all_and_other_flags_are_refused() -> None:
    rows = np.zeros(2, TICKS)
    rows["time_msc"], rows["flags"] = START_MSC, (TickFlag.BID, TickFlag.LAST)
    series = series_of(rows)
    part, _ = ticks_from(series, END_MSC, from_msc=0, to_msc=None, skip=0, count=9, flags=3)
    assert len(part) == 2
    for flags in (0, 4, -2, 2**40):
        with pytest.raises(InvalidRequest, match="`flags` must be"):
            ticks_from(series, END_MSC, from_msc=0, to_msc=None, skip=0, count=9, flags=flags)


def test_what_is_kept_cannot_be_written_to() -> None:
    rows = np.zeros(1, TICKS)
    rows["time_msc"], rows["bid"] = START_MSC, 1.0
    series = series_of(rows)
    for kept in (
        series.ticks(FIRST_DAY).rows,
        series.bars(Timeframe.M1, range(FIRST_DAY, FIRST_DAY + 1), END_MSC),
    ):
        with pytest.raises(ValueError, match="read-only"):
            kept["time"] = 0
