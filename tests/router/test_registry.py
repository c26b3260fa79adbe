import time
from types import SimpleNamespace
from typing import Any

import pytest
from tests.router.scripted import welcome

from pitwire import errors
from pitwire.router.registry import Registry, TerminalConfig, utc_msc
from pitwire.wire.events import Heartbeat
from pitwire.wire.records import Permissions

PERMISSIONS = Permissions(
    terminal_connected=True,
    terminal_trade_allowed=True,
    mql_trade_allowed=True,
    account_trade_allowed=True,
    account_trade_expert=True,
)


def registry(
    *, account: tuple[int | None, str | None] | None = None, pins: Any = None, **status: Any
) -> tuple[Registry, list[tuple[str, int, str]]]:
    saved: list[tuple[str, int, str]] = []
    facts = {"live": True, "state": "greeting", "clock_offset_ms": None, "round_trip_us": 90}
    shown: Any = SimpleNamespace(**{**facts, **status})
    made = Registry(
        [TerminalConfig("demo", simulated=True, account=account), TerminalConfig("real")],
        pins=pins or {},
        status=lambda _: shown,
        save_pin=lambda *pin: saved.append(pin),
    )
    return made, saved


def test_before_the_first_session_and_after_the_last() -> None:
    known, _ = registry(live=False)
    with pytest.raises(errors.TerminalOffline):
        known.live("demo")
    assert known.view("demo").state == "greeting"
    known.link_up("demo", welcome())
    assert known.live("demo").login == 1
    known.link_down("demo", "cable cut")
    with pytest.raises(errors.TerminalOffline) as caught:
        known.live("demo")
    assert "cable cut" in caught.value.detail
    assert known.view("demo").reason == "cable cut"


def test_names_that_do_not_exist() -> None:
    known, _ = registry()
    assert known.names() == ["demo", "real"]
    assert known.is_simulated("demo")
    assert not known.is_simulated("real")
    assert not known.is_simulated("nobody")
    for ask in (known.live, known.view, known.tradable, known.utc_offset_s, known.clock_msc):
        with pytest.raises(errors.NotFound):
            ask("nobody")


def test_the_first_account_is_remembered() -> None:
    known, saved = registry()
    known.link_up("demo", welcome(login=7, server="S"))
    assert saved == [("demo", 7, "S")]
    assert known.tradable("demo").login == 7
    known.link_up("demo", welcome(login=7, server="T"))
    with pytest.raises(errors.AccountChanged):
        known.tradable("demo")
    assert known.live("demo").server == "T"
    assert saved == [("demo", 7, "S")]


@pytest.mark.parametrize(
    ("pin", "good"),
    [
        ((7, None), True),
        ((None, "S"), True),
        ((7, "S"), True),
        ((8, None), False),
        ((7, "T"), False),
    ],
)
def test_the_settings_pin_weighs_more_than_the_remembered_one(
    pin: tuple[int | None, str | None], *, good: bool
) -> None:
    known, saved = registry(account=pin, pins={"demo": (99, "X")})
    known.link_up("demo", welcome(login=7, server="S"))
    assert saved == []
    assert known.view("demo").account_changed is not good
    if good:
        known.tradable("demo")
    else:
        with pytest.raises(errors.AccountChanged):
            known.tradable("demo")


def test_heartbeats_tell_ages_and_offset() -> None:
    known, _ = registry()
    known.link_up("demo", welcome(utc_offset_s=0))
    now = utc_msc()
    beat = Heartbeat(
        clock_msc=now, utc_offset_s=7200, tick_msc=now + 7_200_000 - 500, permissions=PERMISSIONS
    )
    known.heartbeat("demo", beat.packed())
    view = known.view("demo")
    assert view.utc_offset_s == known.utc_offset_s("demo") == 7200
    assert view.heartbeat_age_ms is not None
    assert view.last_tick_age_ms == 500 + view.heartbeat_age_ms
    assert view.permissions == PERMISSIONS
    known.heartbeat("demo", {"clock_msc": "nonsense"})
    assert known.view("demo").permissions == PERMISSIONS


def test_the_terminals_clock_is_measured_or_taken_from_its_welcome() -> None:
    ahead = 60_000
    known, _ = registry()
    known.link_up("demo", welcome(clock_msc=utc_msc() + ahead))
    assert abs(known.clock_msc("demo") - utc_msc() - ahead) < 5000
    measured, _ = registry(clock_offset_ms=-ahead)
    measured.link_up("demo", welcome())
    assert abs(measured.clock_msc("demo") - time.time() * 1000 + ahead) < 5000
