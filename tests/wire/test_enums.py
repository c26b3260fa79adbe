"""The enumerations against the names and numbers of MetaTrader's own Python package."""

import json
from enum import IntEnum, IntFlag
from pathlib import Path

import pytest

from pitwire.wire import enums

CONSTANTS: dict[str, int] = json.loads(
    (Path(__file__).with_name("mt5_surface.json")).read_text(encoding="utf-8")
)["constants"]

ELSEWHERE = {enums.FillingFlag, enums.ExpirationFlag, enums.OrderFlag, enums.TransactionType}
"""Enumerations of MQL5 that the package does not have."""

IRREGULAR = {
    "DEAL_TYPE_DIVIDEND": "DEAL_DIVIDEND",
    "DEAL_TYPE_DIVIDEND_FRANKED": "DEAL_DIVIDEND_FRANKED",
    "DEAL_TYPE_TAX": "DEAL_TAX",
}
SHARED = [kind for kind in enums.MQL5_NAMES if kind not in ELSEWHERE]


@pytest.mark.parametrize("kind", SHARED, ids=lambda kind: kind.__name__)
def test_members_have_metatraders_numbers(kind: type[IntEnum] | type[IntFlag]) -> None:
    _, prefix = enums.MQL5_NAMES[kind]
    for name, member in kind.__members__.items():
        theirs = IRREGULAR.get(prefix + name, prefix + name)
        assert CONSTANTS[theirs] == member.value, theirs


def test_no_constant_of_the_package_is_missing() -> None:
    ours = {
        IRREGULAR.get(prefix + name, prefix + name)
        for kind, (_, prefix) in enums.MQL5_NAMES.items()
        for name in kind.__members__
    }
    missing = {name for name in CONSTANTS if not name.startswith(("RES_", "TRADE_RETCODE_"))}
    assert missing - ours == set()


def test_every_enumeration_has_its_mql5_name() -> None:
    declared = {
        kind
        for kind in vars(enums).values()
        if isinstance(kind, type)
        and issubclass(kind, IntEnum | IntFlag)
        and kind.__module__ == enums.__name__
    }
    assert declared == set(enums.MQL5_NAMES)


def test_there_are_21_timeframes() -> None:
    assert len(enums.Timeframe) == 21


def test_flags_are_single_bits_and_numbers_are_unique() -> None:
    for kind in enums.MQL5_NAMES:
        values = [member.value for member in kind.__members__.values()]
        assert len(set(values)) == len(values), kind
        if issubclass(kind, IntFlag):
            assert all(value.bit_count() == 1 for value in values), kind
