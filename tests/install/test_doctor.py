"""`pitwire doctor` against terminals in every state."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq
from tests.command_line import Result, pitwire
from tests.install.rig import Wheel, make_terminal

from pitwire import __version__
from pitwire.install.ports import listens, owner_of
from pitwire.sim.account import AccountSettings
from pitwire.sim.clock import ManualClock
from pitwire.sim.faults import Faults
from pitwire.sim.market import Market
from pitwire.sim.sockets import CurveKeys
from pitwire.sim.terminal import SimTerminal
from pitwire.wire.handshake import Secret


class Office:
    """A terminal 'office' of the settings, and the simulated one that stands there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secret = Secret.random()
        self.path = folder / "office.key"
        self.path.write_text(self.secret.to_text())
        self.path.chmod(0o600)
        self.running: list[SimTerminal] = []

    def run(self, **options: Any) -> SimTerminal:
        """Start the terminal, and write the settings that reach it."""
        terminal = SimTerminal(**{"name": "office", "secrets": [self.secret], **options})
        terminal.start()
        self.running.append(terminal)
        self.write(commands=terminal.commands, stream=terminal.stream)
        return terminal

    def write(self, *, more: str = "", **values: str) -> None:
        """Write the settings."""
        table = {"secret": f"file:{self.path}", **values}
        lines = [f'{name} = "{value}"' for name, value in table.items()]
        text = "\n".join(["[terminals.office]", *lines, more])
        (self.folder / "pitwire.toml").write_text(text + "\n")


@pytest.fixture
def office(folder: Path) -> Iterator[Office]:
    office = Office(folder)
    yield office
    for terminal in office.running:
        terminal.stop()


def doctor(*options: str) -> tuple[Result, dict[str, dict[str, str]]]:
    """Examine; what comes back is also sorted by check, problems winning."""
    done = pitwire("doctor", "--json", *options)
    rows = json.loads(done.stdout)
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        if found.get(row["check"], {}).get("mark") != "problem":
            found[row["check"]] = row
    assert done.returncode == int(any(row["mark"] == "problem" for row in rows))
    assert all(bool(row["fix"]) == (row["mark"] == "problem") for row in rows)
    return done, found


def free_ports() -> tuple[str, str]:
    with socket.socket() as one, socket.socket() as two:
        for each in (one, two):
            each.bind(("127.0.0.1", 0))
        first, second = (f"tcp://127.0.0.1:{each.getsockname()[1]}" for each in (one, two))
    return first, second


def test_a_terminal_in_order_is_told_line_by_line(office: Office) -> None:
    office.run()
    done = pitwire("doctor")
    assert done.returncode == 0, done.stdout
    lines = done.stdout.splitlines()
    assert {line.split()[0] for line in lines} <= {"ok", "note"}
    assert any("the terminal answers; account" in line for line in lines)
    assert any("trading is allowed" in line for line in lines)
    assert office.secret.to_text() not in done.stdout + done.stderr


def test_nothing_there(office: Office) -> None:
    commands, stream = free_ports()
    office.write(commands=commands, stream=stream)
    _, found = doctor()
    assert found["commands"]["mark"] == "problem"
    assert "Allow DLL imports" in found["commands"]["fix"]
    assert "session" not in found


def test_another_secret(office: Office) -> None:
    office.run(secrets=[Secret.random()])
    _, found = doctor("--wait", "0.5")
    assert "another link secret" in found["session"]["text"]


def test_another_name(office: Office) -> None:
    office.run(name="other")
    _, found = doctor("--wait", "0.5")
    assert "InpTerminal" in found["session"]["fix"]


def test_a_port_of_another_program_is_named(office: Office) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        ports = [server.getsockname()[1] for server in (one, two)]
        office.write(commands=f"tcp://127.0.0.1:{ports[0]}", stream=f"tcp://127.0.0.1:{ports[1]}")
        done, found = doctor("--wait", "0.3")
    assert found["session"]["mark"] == "problem"
    assert "(process " in found["commands"]["text"], done.stdout


def test_algo_trading_off(office: Office) -> None:
    office.run(faults=Faults(algo_trading=False))
    _, found = doctor()
    assert "Algo Trading is switched off" in found["trading"]["text"]


def test_a_clock_that_is_wrong(office: Office) -> None:
    office.run(market=Market(clock=ManualClock(1_763_467_200_000)))
    _, found = doctor()
    assert found["clock"]["mark"] == "problem"
    assert "behind" in found["clock"]["text"]


def test_an_expert_of_another_version(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.run()
    assert doctor()[1]["version"]["mark"] == "ok"
    monkeypatch.setattr("pitwire.install.link_checks.__version__", "99.0")
    assert doctor()[1]["version"]["mark"] == "note"
    monkeypatch.setattr("pitwire.install.link_checks._AGENT", "pitwire-sim")
    assert "and this is 99.0" in doctor()[1]["version"]["text"]
    assert "terminals install" in doctor()[1]["version"]["fix"]


def test_another_account(office: Office) -> None:
    terminal = office.run(account=AccountSettings(login=7))
    office.write(commands=terminal.commands, stream=terminal.stream, more="login = 8")
    _, found = doctor()
    assert "account 7 is signed in" in found["account"]["text"]


def test_a_terminal_that_serves_no_more(office: Office) -> None:
    terminal = office.run()
    terminal.faults.mute = True
    _, found = doctor("--wait", "0.5")
    assert found["session"]["mark"] == "problem"


def test_the_wrong_keys_of_an_encrypted_link(office: Office) -> None:
    bridge, right, wrong = (zmq.curve_keypair() for _ in range(3))
    keys = CurveKeys(bridge_public=bridge[0], public=wrong[0], secret=wrong[1])
    terminal = office.run(curve=keys)
    path = office.folder / "bridge.curve"
    path.write_bytes(bridge[1])
    path.chmod(0o600)
    more = (
        f'[terminals.office.curve]\npublic = "{bridge[0].decode()}"\n'
        f'secret = "file:{path}"\nterminal_public = "{right[0].decode()}"\n'
    )
    office.write(commands=terminal.commands, stream=terminal.stream, more=more)
    _, found = doctor("--wait", "1")
    assert "CURVE key is not the terminal's" in found["session"]["text"]
    office.write(
        commands=terminal.commands,
        stream=terminal.stream,
        more=more.replace(right[0].decode(), wrong[0].decode()),
    )
    _, found = doctor()
    assert found["session"]["mark"] == "ok"


def test_a_terminal_that_should_dial(office: Office) -> None:
    commands, stream = free_ports()
    office.write(commands=commands, stream=stream, more="bind = true")
    _, found = doctor("--wait", "0.3")
    assert "no terminal dialed" in found["session"]["text"]
    terminal = SimTerminal(
        name="office", secrets=[office.secret], commands=commands, stream=stream, dial=True
    )
    with terminal:
        _, found = doctor()
    assert found["session"]["mark"] == "ok"


def test_a_bridge_that_holds_the_ports_of_a_terminal_that_dials(office: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        commands = f"tcp://127.0.0.1:{one.getsockname()[1]}"
        office.write(commands=commands, stream=free_ports()[1], more="bind = true")
        _, found = doctor("--wait", "0.3")
    assert "stop the bridge" in found["commands"]["fix"]


def test_a_secret_that_is_missing(office: Office) -> None:
    office.run()
    office.path.unlink()
    _, found = doctor()
    assert "cannot be read" in found["keys"]["text"]


@pytest.mark.parametrize("text", ["", "[http]\nport = 99999", "[broken"])
def test_settings_that_are_no_good(folder: Path, text: str) -> None:
    (folder / "pitwire.toml").write_text(text)
    _, found = doctor()
    assert found["settings"]["mark"] == "problem"


def test_what_is_installed_is_looked_at(office: Office, wheel: Wheel) -> None:
    terminal = make_terminal(office.folder / "terminal")
    office.run()
    place = ["--data-folder", str(terminal)]
    _, found = doctor(*place)
    for check in ("expert", "library", "secret"):
        assert found[check]["mark"] == "problem", check
    done = pitwire("terminals", "install", "office", "--dll", str(wheel.path), *place)
    assert done.returncode == 0, done.stderr
    _, found = doctor(*place)
    assert found["expert"]["text"] == f"the sources of version {__version__} are in place"
    assert found["library"]["mark"] == found["secret"]["mark"] == "ok"
    assert "press F7" in found["program"]["fix"]
    (terminal / "MQL5/Experts/Pitwire/Pitwire.ex5").touch()
    (terminal / "MQL5/Files/Pitwire/office.key").write_text(Secret.random().to_text())
    (terminal / "MQL5/Include/Pitwire/Log.mqh").write_text("edited")
    _, found = doctor(*place)
    assert "another secret" in found["secret"]["text"]
    assert "not as they were installed" in found["expert"]["text"]


def test_the_terminals_own_words_are_quoted(office: Office) -> None:
    terminal = make_terminal(office.folder / "terminal")
    (terminal / "config").mkdir()
    (terminal / "logs").mkdir()
    options = "[Experts]\r\nAllowDllImport=0\r\n"
    (terminal / "config" / "common.ini").write_text(options, encoding="utf-16")
    line = "KK\t0\t12:00:00.000\tExperts\tPitwire (EURUSD,H1) DLL loading is not allowed\r\n"
    (terminal / "logs" / "20251118.log").write_text(line, encoding="utf-16")
    office.run()
    _, found = doctor("--data-folder", str(terminal))
    assert "Allow DLL imports" in found["options"]["fix"]
    assert "DLL loading is not allowed" in found["journal"]["text"]


def test_ports_are_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert listens("127.0.0.1", port)
        owner = owner_of(port)
    assert owner is None or "(process " in owner
    assert not listens("127.0.0.1", port)
