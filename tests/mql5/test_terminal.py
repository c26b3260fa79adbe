"""The Expert Advisor as a terminal: it lives, dies and comes back as a real one would."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.tiny_bridge import TinyBridge
from tests.mql5.terminal import ROOT, EaTerminal

from pitwire.sim.account import AccountSettings
from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.sim.symbols import CATALOG
from pitwire.wire.commands import AccountInfoGet, OrderSend, Ping, PositionsGet
from pitwire.wire.handshake import Secret
from pitwire.wire.retcodes import Retcode

pytestmark = pytest.mark.timeout(600)  # the first build of the Expert takes its time

NOON_MSC = 1_763_467_200_000

Start = Callable[..., EaTerminal]


@pytest.fixture
def secret() -> Secret:
    return Secret.random()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON_MSC)


@pytest.fixture
def terminal(secret: Secret, clock: ManualClock, tmp_path: Path) -> Iterator[EaTerminal]:
    market = Market(clock=clock, symbols=CATALOG[:2])
    made = EaTerminal(secrets=[secret], market=market, journal=tmp_path / "data")
    with made:
        yield made


@pytest.fixture
def dial(terminal: EaTerminal, secret: Secret) -> Iterator[Callable[[], TinyBridge]]:
    """Open a session with the terminal, as often as wanted."""
    made: list[TinyBridge] = []

    def open_session() -> TinyBridge:
        made.append(TinyBridge(terminal.commands, terminal.stream, secret=secret))
        return made[-1].open()

    yield open_session
    for bridge in made:
        bridge.close()


def order(bridge: TinyBridge, name: str) -> Any:
    deadline = bridge.ask(Ping()).clock_msc + 30_000
    return bridge.ask(
        OrderSend(
            request_id=name,
            deadline_msc=deadline,
            login=5_000_001,
            symbol="EURUSD",
            type=0,
            volume=0.1,
        )
    )


def test_an_order_goes_through_the_expert_to_the_broker(
    terminal: EaTerminal, dial: Callable[[], TinyBridge]
) -> None:
    bridge = dial()
    result = order(bridge, "first").result
    assert result.retcode == Retcode.DONE
    (held,) = terminal.call(terminal.broker.positions)
    assert list(bridge.ask(PositionsGet()).positions) == [held]
    assert result.position == held.ticket


def test_killed_and_started_again_it_serves_the_same_account(
    terminal: EaTerminal, dial: Callable[[], TinyBridge]
) -> None:
    first = order(dial(), "first")
    commands = terminal.commands
    terminal.kill()
    terminal.start()
    assert terminal.commands == commands
    bridge = dial()
    again = order(bridge, "first")
    assert again.repeated
    assert again.result == first.result
    assert len(terminal.call(terminal.broker.positions)) == 1


def test_the_clock_stands_until_it_is_moved(
    terminal: EaTerminal, clock: ManualClock, dial: Callable[[], TinyBridge]
) -> None:
    bridge = dial()
    assert bridge.ask(Ping()).clock_msc // 1000 == NOON_MSC // 1000
    terminal.call(lambda: clock.advance(60_000))
    assert bridge.ask(Ping()).clock_msc // 1000 == NOON_MSC // 1000 + 60


def test_counters_are_read_from_the_chart(
    terminal: EaTerminal, dial: Callable[[], TinyBridge]
) -> None:
    bridge = dial()
    assert terminal.program is not None
    bridge.send_raw(b"nonsense")
    terminal.program.wait_for(r"^comment .*refused frames: [a-z_]+ 1")
    assert sum(terminal.counters.values()) == 1


def test_mute_stands_still_and_goes_on(
    terminal: EaTerminal, dial: Callable[[], TinyBridge]
) -> None:
    bridge = dial()
    terminal.faults.mute = True
    terminal.call(lambda: None)
    sent = bridge.send(Ping())
    assert bridge.is_silent()
    terminal.faults.mute = False
    bridge.answer(sent)


def test_another_account_loads_the_expert_again(
    terminal: EaTerminal, dial: Callable[[], TinyBridge]
) -> None:
    dial()
    program = terminal.program
    assert program is not None
    terminal.server.switch_account(AccountSettings(login=77))
    program.wait()
    while terminal.program in {program, None}:
        terminal.call(lambda: None)
    terminal.program.wait_for("^print .*Pitwire: stream")
    assert dial().ask(AccountInfoGet()).account.login == 77


def test_a_crash_is_reported(terminal: EaTerminal) -> None:
    assert terminal.program is not None
    os.kill(terminal.program.pid, 11)
    with pytest.raises(RuntimeError, match="the Expert crashed: exit code -11"):
        terminal.stop()


def test_the_key_file_is_only_for_its_owner(terminal: EaTerminal, secret: Secret) -> None:
    file = terminal.files / "demo.key"
    assert file.read_text().strip() == secret.to_text()
    assert file.stat().st_mode & 0o077 == 0


def test_as_a_command_it_says_where_it_listens(tmp_path: Path) -> None:
    command = [
        sys.executable,
        str(ROOT / "tests" / "mql5" / "terminal.py"),
        f"--secret=file:{tmp_path / 'secret'}",
        "--commands=tcp://127.0.0.1:0",
        "--stream=tcp://127.0.0.1:0",
        f"--journal={tmp_path / 'data'}",
        "--symbols=EURUSD",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    assert process.stdout is not None
    with process.stdout as said:
        commands, stream = said.readline(), said.readline()
        process.terminate()
        assert process.wait(30) == 0
    assert re.fullmatch(r"commands tcp://127\.0\.0\.1:[1-9]\d*\n", commands)
    assert re.fullmatch(r"stream   tcp://127\.0\.0\.1:[1-9]\d*\n", stream)
