"""`pitwire terminals add`, `list` and `rotate`."""

import json
import stat
from pathlib import Path

import pytest
import zmq
from tests.command_line import pitwire
from tests.install.rig import Wheel, make_terminal

from pitwire.settings import load_settings

OFFICE = '[terminals.office]\ncommands = "tcp://127.0.0.1:5555"\n'


def test_the_table_is_printed_and_can_be_used(folder: Path) -> None:
    done = pitwire("terminals", "add", "office")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(OFFICE)
    secret = folder / "data" / "office.secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert len(bytes.fromhex(secret.read_text())) == 32
    assert secret.read_text().strip() not in done.stdout + done.stderr
    (folder / "pitwire.toml").write_text(done.stdout)
    assert load_settings().terminals["office"].secret == f"file:{secret}"


def test_the_table_goes_behind_what_the_file_has(folder: Path) -> None:
    file = folder / "pitwire.toml"
    former = '# mine\nname = "home" # a name\n'
    file.write_text(former)
    file.chmod(0o640)
    assert pitwire("terminals", "add", "office", "--write").returncode == 0
    assert pitwire("terminals", "add", "second", "--write").returncode == 0
    assert file.read_text().startswith(former)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    settings = load_settings()
    assert settings.name == "home"
    assert settings.terminals["office"].stream == "tcp://127.0.0.1:5556"
    assert settings.terminals["second"].commands == "tcp://127.0.0.1:5557"
    assert list(folder.glob(".pitwire*")) == []


def test_a_name_that_is_taken_is_refused(folder: Path) -> None:
    assert pitwire("terminals", "add", "office", "--write").returncode == 0
    before = (folder / "pitwire.toml").read_text(), (folder / "data/office.secret").read_text()
    done = pitwire("terminals", "add", "office", "--write")
    assert done.returncode == 2
    assert "choose another name" in done.stderr
    assert before == (
        (folder / "pitwire.toml").read_text(),
        (folder / "data/office.secret").read_text(),
    )


@pytest.mark.parametrize(
    "options",
    [
        ["Office"],
        ["../office"],
        ["office", "--commands", "tcp://192.0.2.1:1", "--stream", "tcp://192.0.2.1:2"],
        ["office", "--commands", "tcp://127.0.0.1:1"],
        ["office", "--commands", "ipc:///tmp/x", "--stream", "tcp://127.0.0.1:2"],
    ],
)
def test_what_the_bridge_would_refuse_makes_no_file(folder: Path, options: list[str]) -> None:
    done = pitwire("terminals", "add", *options)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert not (folder / "data").exists()


def test_a_secret_that_is_there_stays(folder: Path) -> None:
    secret = folder / "data" / "office.secret"
    secret.parent.mkdir()
    secret.write_text("ab" * 32)
    secret.chmod(0o600)
    done = pitwire("terminals", "add", "office")
    assert "stays as it is" in done.stderr
    assert secret.read_text() == "ab" * 32


def test_a_file_that_cannot_take_the_table_stays_as_it_was(folder: Path) -> None:
    file = folder / "pitwire.toml"
    former = "terminals = {}\n"
    file.write_text(former)
    done = pitwire("terminals", "add", "office", "--write")
    assert done.returncode == 2
    assert "the table was not written" in done.stderr
    assert file.read_text() == former


def test_both_sides_of_an_encrypted_link_get_their_keys(folder: Path, wheel: Wheel) -> None:
    done = pitwire("terminals", "add", "office", "--curve", "--bind", "--write")
    assert done.returncode == 0, done.stderr
    entry = load_settings().terminals["office"]
    assert entry.curve is not None
    assert entry.commands == "tcp://*:5555"
    secret = (folder / "data" / "office.curve").read_text().strip()
    assert zmq.curve_public(secret.encode()).decode() == entry.curve.public
    terminal = make_terminal(folder / "terminal")
    options = ["--data-folder", str(terminal), "--dll", str(wheel.path)]
    assert pitwire("terminals", "install", "office", *options).returncode == 0
    lines = (terminal / "MQL5/Files/Pitwire/office.curve").read_text().splitlines()
    assert lines[:2] == [entry.curve.public, entry.curve.terminal_public]
    assert zmq.curve_public(lines[2].encode()).decode() == entry.curve.terminal_public
    assert not {secret, lines[2]} & set((done.stdout + done.stderr).split())


def test_terminals_are_listed_without_their_secrets(folder: Path) -> None:
    pitwire("terminals", "add", "office", "--write")
    done = pitwire("terminals", "list")
    assert done.stdout.split()[:2] == ["office", "tcp://127.0.0.1:5555"]
    rows = json.loads(pitwire("terminals", "list", "--json").stdout)
    assert [row["name"] for row in rows] == ["office"]
    assert (folder / "data/office.secret").read_text().strip() not in done.stdout + str(rows)


def test_a_rotation_goes_step_by_step(folder: Path, wheel: Wheel) -> None:
    pitwire("terminals", "add", "office", "--write")
    terminal = make_terminal(folder / "terminal")
    keys = terminal / "MQL5" / "Files" / "Pitwire"
    options = ["--data-folder", str(terminal), "--dll", str(wheel.path)]
    done = pitwire("terminals", "rotate", "office")
    assert done.returncode == 0, done.stderr
    first, second = folder / "data" / "office.secret", folder / "data" / "office.2.secret"
    assert f'next_secret = "file:{second}"' in done.stdout
    file = folder / "pitwire.toml"
    table = file.read_text()
    file.write_text(f'{table}next_secret = "file:{second}"\n')
    assert pitwire("terminals", "install", "office", *options).returncode == 0
    assert (keys / "office.key").read_text() == first.read_text()
    assert (keys / "office.next.key").read_text() == second.read_text()
    file.write_text(table.replace("office.secret", "office.2.secret"))
    assert pitwire("terminals", "install", "office", *options).returncode == 0
    assert (keys / "office.key").read_text() == second.read_text()
    assert not (keys / "office.next.key").exists()


def test_an_unknown_terminal_is_refused_with_those_there_are() -> None:
    pitwire("terminals", "add", "office", "--write")
    for command in ("rotate", "install"):
        done = pitwire("terminals", command, "ofice")
        assert done.returncode == 2
        assert "there are: office" in done.stderr
