"""The seeded ticks: the same for everybody, joined from day to day, within the sessions."""

from dataclasses import replace

import numpy as np
import pytest

from pitwire.sim.process import TickProcess
from pitwire.sim.symbols import CATALOG, DAY_S, SymbolSpec, weekday_of
from pitwire.wire.enums import TickFlag

BY_NAME = {spec.name: spec for spec in CATALOG}
MONDAY = 20_451
FORTNIGHT = range(MONDAY, MONDAY + 14)

every_symbol = pytest.mark.parametrize("spec", CATALOG, ids=lambda spec: spec.name)


def test_the_test_begins_on_a_monday() -> None:
    assert weekday_of(MONDAY) == 1


def test_any_order_of_asking_gives_the_same_ticks() -> None:
    days = [*range(40_000, 5_003), *FORTNIGHT]
    spec = BY_NAME["EURUSD"]
    first = TickProcess(spec, 7)
    expected = {day: first.ticks(day) for day in days}
    for seed in range(3):
        other = TickProcess(spec, 7)
        for day in np.random.default_rng(seed).permutation(days).tolist():
            assert np.array_equal(other.ticks(day), expected[day])


def test_seed_symbol_and_day_make_a_difference() -> None:
    made = [
        TickProcess(BY_NAME["EURUSD"], 1).ticks(MONDAY),
        TickProcess(BY_NAME["EURUSD"], 2).ticks(MONDAY),
        TickProcess(BY_NAME["EURUSD"], 1).ticks(MONDAY + 1),
        TickProcess(replace(BY_NAME["EURUSD"], name="EURUSD.r"), 1).ticks(MONDAY),
    ]
    assert len({rows["bid"][:50].tobytes() for rows in made}) == len(made)


@every_symbol
def test_ticks_fall_into_the_sessions_in_order_of_time(spec: SymbolSpec) -> None:
    process = TickProcess(spec, 1)
    for day in range(MONDAY - 1, MONDAY + 6):
        rows = process.ticks(day)
        windows = spec.sessions.quote[weekday_of(day)]
        assert bool(windows) == bool(len(rows))
        assert np.all(np.diff(rows["time_msc"]) >= 0)
        assert np.array_equal(rows["time"], rows["time_msc"] // 1000)
        seconds = rows["time_msc"] / 1000 - day * DAY_S
        inside = [(seconds >= start) & (seconds < end) for start, end in windows]
        assert np.all(np.any(inside, axis=0)) if windows else not len(rows)
        assert all(np.any(part) for part in inside)


@every_symbol
def test_prices_are_the_decimals_they_show(spec: SymbolSpec) -> None:
    rows = TickProcess(spec, 1).ticks(MONDAY)
    for price in (*rows["bid"].tolist(), *rows["ask"].tolist()):
        assert price == float(f"{price:.{spec.digits}f}")


@every_symbol
def test_spreads_are_positive_float_and_are_typical(spec: SymbolSpec) -> None:
    rows = TickProcess(spec, 1).ticks(MONDAY)
    spreads = np.rint((rows["ask"] - rows["bid"]) / spec.point)
    assert spreads.min() > 0
    assert len(np.unique(spreads)) > 3
    assert 0.7 * spec.spread < np.median(spreads) < 1.3 * spec.spread


@every_symbol
def test_flags_say_what_changed(spec: SymbolSpec) -> None:
    rows = TickProcess(spec, 1).ticks(MONDAY)
    for name, flag in (("bid", TickFlag.BID), ("ask", TickFlag.ASK)):
        changed = np.diff(rows[name]) != 0
        assert np.array_equal(rows["flags"][1:] & flag != 0, changed)
    assert rows["flags"][0] == TickFlag.BID | TickFlag.ASK
    assert rows["flags"].min() > 0
    for name in ("last", "volume", "volume_real"):
        assert not rows[name].any()


@every_symbol
def test_days_join_weekends_included(spec: SymbolSpec) -> None:
    process = TickProcess(spec, 1)
    days = [rows for rows in map(process.ticks, FORTNIGHT) if len(rows)]
    bids = np.concatenate([rows["bid"] for rows in days])
    joints = np.cumsum([len(rows) for rows in days])[:-1]
    steps = np.abs(np.diff(np.log(bids)))
    assert steps[joints - 1].max() < spec.daily_volatility / 10
    assert steps.max() < spec.daily_volatility / 10


@every_symbol
def test_prices_move_as_specified_and_stay_plausible(spec: SymbolSpec) -> None:
    process = TickProcess(spec, 1)
    levels = np.array([process._level(day) for day in range(30_000)])
    assert np.abs(levels).max() <= spec.price_band
    open_days = np.array([spec.sessions.quoted_s(day) > 0 for day in range(29_999)])
    steps = np.diff(levels)
    assert not steps[~open_days].any()
    assert 0.9 < steps[open_days].std() / spec.daily_volatility < 1.02


def test_a_coarse_tick_size_is_respected() -> None:
    spec = replace(BY_NAME["US500"], digits=2, trade_tick_size=0.25, spread=50)
    rows = TickProcess(spec, 1).ticks(MONDAY)
    for name in ("bid", "ask"):
        assert not np.any(rows[name] % 0.25)
    assert np.any(rows["bid"] % 1)


def test_a_price_near_zero_stays_above_it() -> None:
    spec = replace(BY_NAME["EURUSD"], digits=2, trade_tick_size=0.01, start_price=0.01)
    assert TickProcess(spec, 1).ticks(MONDAY)["bid"].min() == 0.01
