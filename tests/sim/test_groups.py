import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitwire.sim.groups import choose, matches

NAMES = ["EURUSD", "GBPUSD", "USDJPY", "EURGBP", "XAUUSD", "US500", "BTCUSD"]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("*", NAMES),
        ("", []),
        ("EURUSD", ["EURUSD"]),
        ("EUR", []),
        ("EUR*", ["EURUSD", "EURGBP"]),
        ("*USD*", ["EURUSD", "GBPUSD", "USDJPY", "XAUUSD", "BTCUSD"]),
        ("*,!*USD*,!*EUR*", ["US500"]),
        ("*, !EUR", ["GBPUSD", "USDJPY", "XAUUSD", "US500", "BTCUSD"]),
        ("!*USD*", ["EURGBP", "US500"]),
        ("US500 , EUR*", ["EURUSD", "EURGBP", "US500"]),
        ("!EUR,EURUSD", ["EURUSD", "GBPUSD", "USDJPY", "XAUUSD", "US500", "BTCUSD"]),
        ("E*U*D", ["EURUSD"]),
    ],
)
def test_masks_choose_as_the_reference_says(group: str, expected: list[str]) -> None:
    assert choose(NAMES, group) == expected


@given(st.text("ab", max_size=12), st.text("ab*", max_size=12))
def test_a_mask_means_what_a_shell_pattern_means(name: str, mask: str) -> None:
    assert matches(name, mask) == bool(re.match(fnmatch.translate(mask), name))


def test_a_mask_made_to_explode_does_not() -> None:
    assert not matches("a" * 64, "*a" * 250 + "*b")
