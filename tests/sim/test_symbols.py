from dataclasses import replace
from itertools import pairwise

import pytest

from pitwire.sim.symbols import CATALOG, DAY_S, SymbolSpec, weekday_of
from pitwire.wire.enums import ExpirationFlag, FillingFlag, OrderFlag, TradeExecution

BY_NAME = {spec.name: spec for spec in CATALOG}
SUNDAY_S = 3 * DAY_S
MONDAY_S = SUNDAY_S + DAY_S
FRIDAY_S = SUNDAY_S + 5 * DAY_S


def test_catalog_has_what_the_demo_promises() -> None:
    majors = {"EURUSD", "GBPUSD", "USDJPY", "USDCHF", "USDCAD", "AUDUSD", "NZDUSD"}
    crosses = {"EURGBP", "EURJPY", "GBPJPY", "EURCHF", "AUDJPY", "EURCAD", "AUDNZD"}
    assert majors | crosses | {"XAUUSD", "US500", "BTCUSD", "ETHUSD"} <= BY_NAME.keys()
    assert len(BY_NAME) == len(CATALOG)


def test_eurcad_is_the_recorded_one() -> None:
    spec = BY_NAME["EURCAD"]
    assert (spec.digits, spec.spread, spec.point) == (5, 39, 1e-05)
    assert (spec.volume_min, spec.volume_max, spec.volume_step) == (0.01, 500.0, 0.01)
    assert (spec.trade_contract_size, spec.margin_hedged, spec.margin_initial) == (1e5, 1e5, 0)
    assert spec.trade_exemode == TradeExecution.INSTANT
    assert spec.filling_mode == FillingFlag.FOK
    assert spec.expiration_mode == ExpirationFlag(15)
    assert spec.order_mode == OrderFlag(127)
    assert (spec.swap_mode, spec.swap_rollover3days, spec.ticks_bookdepth) == (1, 3, 10)
    assert (spec.trade_stops_level, spec.trade_freeze_level) == (0, 0)
    assert spec.path == "Forex\\EURCAD"


@pytest.mark.parametrize("spec", CATALOG, ids=lambda spec: spec.name)
def test_specifications_are_sound(spec: SymbolSpec) -> None:
    assert spec.start_price == float(f"{spec.start_price:.{spec.digits}f}")
    assert spec.trade_tick_size == spec.point == float(f"1e-{spec.digits}")
    assert 0 < spec.volume_step <= spec.volume_min < spec.volume_max
    assert spec.spread > 0
    assert 0 < spec.daily_volatility < spec.price_band
    for windows in (*spec.sessions.quote, *spec.sessions.trade):
        assert all(0 <= start < end <= DAY_S for start, end in windows)
        assert all(before[1] <= after[0] for before, after in pairwise(windows))
    for quoted, traded in zip(spec.sessions.quote, spec.sessions.trade, strict=True):
        for start, end in traded:
            assert any(first <= start and end <= last for first, last in quoted)


@pytest.mark.parametrize(("step", "digits"), [(1.0, 0), (0.1, 1), (0.01, 2), (0.25, 2), (1e-8, 8)])
def test_volume_digits_show_the_step(step: float, digits: int) -> None:
    assert replace(BY_NAME["EURUSD"], volume_step=step).volume_digits == digits


def test_weekdays_count_from_sunday() -> None:
    assert weekday_of(0) == 4
    assert [weekday_of(day) for day in range(3, 11)] == [0, 1, 2, 3, 4, 5, 6, 0]


def test_forex_trades_from_monday_to_friday_midnight() -> None:
    can_trade = BY_NAME["EURUSD"].sessions.can_trade
    assert not can_trade(MONDAY_S - 1)
    assert can_trade(MONDAY_S)
    assert can_trade(FRIDAY_S + DAY_S - 1)
    assert not can_trade(FRIDAY_S + DAY_S)


def test_crypto_always_trades_and_the_index_has_its_break() -> None:
    assert all(BY_NAME["BTCUSD"].sessions.can_trade(SUNDAY_S + hour * 3600) for hour in range(168))
    can_trade = BY_NAME["US500"].sessions.can_trade
    quarter_past_eleven = MONDAY_S + 23 * 3600 + 900
    assert can_trade(quarter_past_eleven - 1)
    assert not can_trade(quarter_past_eleven)
    assert can_trade(quarter_past_eleven + 900)
    assert not BY_NAME["XAUUSD"].sessions.can_trade(MONDAY_S + 1800)
