from pathlib import Path

import pytest
from tests.install.rig import make_terminal

from pitwire.errors import ConfigError
from pitwire.install.folders import find_folders, open_folder, windows_path


def in_profile(roaming: Path, program: str, *, number: str = "0" * 32) -> Path:
    folder = roaming / "MetaQuotes" / "Terminal" / number
    (folder / "MQL5").mkdir(parents=True)
    (folder / "origin.txt").write_text(program, encoding="utf-16")
    return folder


def test_a_wine_prefix_is_searched_for_programs_and_profiles(tmp_path: Path) -> None:
    home = tmp_path / "home"
    drive = home / ".wine" / "drive_c"
    portable = make_terminal(drive / "Program Files" / "MetaTrader 5", editor=True)
    installed = drive / "Program Files" / "Broker MT5"
    make_terminal(installed, editor=True)
    data = in_profile(drive / "users/me/AppData/Roaming", r"C:\Program Files\Broker MT5")
    found = find_folders({}, home=home, windows=False)
    assert [folder.path for folder in found] == sorted([portable, data])
    by_path = {folder.path: folder for folder in found}
    assert by_path[data].program == installed
    assert by_path[data].editor == installed / "MetaEditor64.exe"
    assert by_path[portable].prefix == home / ".wine"


def test_the_prefix_of_the_environment_comes_too(tmp_path: Path) -> None:
    path = make_terminal(tmp_path / "prefix" / "drive_c" / "Program Files" / "MetaTrader 5")
    environment = {"WINEPREFIX": str(tmp_path / "prefix")}
    found = find_folders(environment, home=tmp_path / "home", windows=False)
    assert [folder.path for folder in found] == [path]


def test_on_windows_the_profile_and_portable_programs_are_searched(tmp_path: Path) -> None:
    program = tmp_path / "Program Files" / "MetaTrader 5"
    make_terminal(program, editor=True)
    portable = make_terminal(tmp_path / "Program Files" / "Portable")
    data = in_profile(tmp_path / "Roaming", str(program))
    environment = {
        "APPDATA": str(tmp_path / "Roaming"),
        "ProgramFiles": str(tmp_path / "Program Files"),
    }
    found = find_folders(environment, home=tmp_path, windows=True)
    assert [folder.path for folder in found] == sorted([data, portable])
    assert {folder.prefix for folder in found} == {None}


def test_nothing_there_is_nothing_found(tmp_path: Path) -> None:
    assert find_folders({}, home=tmp_path, windows=False) == []
    assert find_folders({}, home=tmp_path, windows=True) == []


def test_the_folder_mql5_itself_will_do(tmp_path: Path) -> None:
    path = make_terminal(tmp_path / "MetaTrader 5")
    assert open_folder(path / "MQL5").path == path


def test_another_folder_is_refused_with_what_to_click(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="File > Open Data Folder"):
        open_folder(tmp_path)


def test_a_path_reads_as_wine_shows_it(tmp_path: Path) -> None:
    assert windows_path(tmp_path / "a b") == "Z:" + str(tmp_path).replace("/", "\\") + "\\a b"
