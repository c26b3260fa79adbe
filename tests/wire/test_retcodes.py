import json
from pathlib import Path

import pytest

from pitwire.wire.retcodes import DONE, TEXTS, UNRESOLVED, Retcode, name_of

CONSTANTS: dict[str, int] = json.loads(
    (Path(__file__).with_name("mt5_surface.json")).read_text(encoding="utf-8")
)["constants"]
NEWER = {"HEDGE_PROHIBITED"}
"""Codes of MQL5 that MetaTrader's Python package does not have."""


def test_codes_have_metatraders_numbers() -> None:
    prefix = "TRADE_RETCODE_"
    theirs = {
        name.removeprefix(prefix): number
        for name, number in CONSTANTS.items()
        if name.startswith(prefix)
    }
    ours = {code.name: code.value for code in Retcode if code.name not in NEWER}
    assert ours == theirs


def test_every_code_has_a_text() -> None:
    assert set(TEXTS) == set(Retcode)
    assert len(set(TEXTS.values())) == len(TEXTS)


def test_no_code_has_two_outcomes() -> None:
    assert not DONE & UNRESOLVED
    assert set(Retcode) >= DONE | UNRESOLVED


@pytest.mark.parametrize("code", [Retcode.TIMEOUT, Retcode.CONNECTION, Retcode.ERROR])
def test_what_the_server_may_have_carried_out_is_not_taken_for_a_rejection(code: Retcode) -> None:
    assert code in UNRESOLVED


def test_a_code_of_a_newer_build_is_named_by_its_number() -> None:
    assert name_of(10009) == "DONE"
    assert name_of(10999) == "10999"
