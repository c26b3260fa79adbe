import json
import math
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitwire.edge import columns
from pitwire.edge.render import fixed, utc_time
from pitwire.wire.fields import LATEST_MSC

EXTREMES = [0.0, -0.0, 1e-300, 0.5, 1.5, 2.5, 0.005, 1.005, -1.005, 2.0**43, 2.0**53, 1e300]
NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from(EXTREMES)
PRICES = st.decimals(-(10**9), 10**9, places=5, allow_nan=False).map(float)
HALVES = st.integers(-(10**12), 10**12).map(lambda n: (n + 0.5) / 10**5)


def lines(column: columns.Column) -> list[str]:
    return [bytes(row[row != 0]).decode() for row in column]


@given(st.lists(NUMBERS | PRICES | HALVES, max_size=40), st.integers(0, 10))
def test_fixed_is_what_python_writes(values: list[float], digits: int) -> None:
    written = lines(columns.fixed(np.array(values, dtype=np.float64), digits))
    assert written == [fixed(value, digits) for value in values]


@given(st.lists(PRICES | HALVES, min_size=1, max_size=40), st.integers(0, 8))
def test_fixed_is_exact_against_decimal(values: list[float], digits: int) -> None:
    unit = Decimal(1).scaleb(-digits)
    for value, text in zip(values, lines(columns.fixed(np.array(values), digits)), strict=True):
        assert Decimal(text) == Decimal(value).quantize(unit, rounding=ROUND_HALF_EVEN)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=40))
def test_signed_integers(values: list[int]) -> None:
    assert lines(columns.integers(np.array(values, dtype=np.int64))) == [str(v) for v in values]


@given(st.lists(st.integers(0, 2**64 - 1), max_size=40))
def test_unsigned_integers(values: list[int]) -> None:
    assert lines(columns.integers(np.array(values, dtype=np.uint64))) == [str(v) for v in values]


@given(st.lists(st.integers(1, LATEST_MSC), max_size=40))
def test_times_are_those_of_a_single_record(values: list[int]) -> None:
    written = lines(columns.times(np.array(values, dtype=np.int64), zone="Z"))
    assert written == [utc_time(value) for value in values]


@pytest.mark.parametrize("msc", [-1, LATEST_MSC + 1, -(2**63), 2**63 - 1])
def test_impossible_times_are_refused(msc: int) -> None:
    with pytest.raises(ValueError, match="before 1970 or after 9999"):
        columns.times(np.array([msc]), zone="Z")


@given(st.lists(st.tuples(PRICES, st.integers(0, 2**64 - 1)), min_size=1, max_size=30))
def test_objects_are_json(rows: list[tuple[float, int]]) -> None:
    prices, counts = (list(column) for column in zip(*rows, strict=True))
    text = columns.objects(
        [
            ("price", columns.fixed(np.array(prices), 5)),
            ("count", columns.integers(np.array(counts, dtype=np.uint64))),
        ],
        len(rows),
    )
    parsed = json.loads(b"[" + text + b"]")
    assert [row["count"] for row in parsed] == counts
    assert all(math.isclose(row["price"], price) for row, price in zip(parsed, prices, strict=True))


def test_choice_and_empty_arrays() -> None:
    assert lines(columns.choice(["a", "long"], np.array([1, 0, 1]))) == ["long", "a", "long"]
    assert lines(columns.fixed(np.array([]), 2)) == []
    assert lines(columns.times(np.array([], dtype=np.int64), zone="Z")) == []
