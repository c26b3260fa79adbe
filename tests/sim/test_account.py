import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitwire.errors import ConfigError
from pitwire.sim.account import AccountSettings, Figures, booked


@given(st.integers(-(10**11), 10**11), st.integers(0, 4))
def test_booked_rounds_halves_away_from_zero_as_decimal_does(units: int, digits: int) -> None:
    amount = Decimal(units).scaleb(-digits - 1)
    expected = amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    assert booked(float(amount), digits) == float(expected)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 2))
def test_booked_takes_any_number_and_gives_no_negative_zero(amount: float, digits: int) -> None:
    result = booked(amount, digits)
    assert math.isfinite(result)
    assert result != 0 or math.copysign(1, result) == 1


def test_margin_level_is_zero_without_margin() -> None:
    assert Figures(balance=100.0, profit=-3.5, margin=0.0, currency_digits=2).margin_level == 0.0


def test_figures_follow_from_each_other() -> None:
    figures = Figures(balance=10_000.17, profit=0.0, margin=1000.0, currency_digits=2)
    assert figures.equity == 10_000.17
    assert figures.margin_free == 9000.17
    assert figures.margin_level == 1000.02


@pytest.mark.parametrize(
    "wrong",
    [
        {"login": 0},
        {"login": 2**64},
        {"leverage": 0},
        {"deposit": -1.0},
        {"deposit": float("nan")},
        {"deposit": float("inf")},
        {"commission_per_lot": -0.01},
        {"currency": "usd"},
        {"currency": "DOLLAR"},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"^The simulated account's .* must be .*\.$"):
        AccountSettings(**wrong)


def test_yen_has_no_decimal_places() -> None:
    assert AccountSettings(currency="JPY").currency_digits == 0
