"""Where terminals keep their data: in Windows' profile, beside a portable program, in Wine."""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from pitwire.errors import ConfigError

EDITOR = "metaeditor64.exe"
TERMINAL = "terminal64.exe"
_ORIGIN = "origin.txt"
_PROGRAMS = ("Program Files", "Program Files (x86)")
_PREFIXES = (
    ".wine",
    ".mt5",
    ".wine64",
    "Library/Application Support/net.metaquotes.wine.metatrader5",
)
_PREFIX_FOLDERS = (
    ".local/share/wineprefixes",
    ".local/share/bottles/bottles",
    ".PlayOnLinux/wineprefix",
)
_MAX_ORIGIN_BYTES = 4096


@dataclass(frozen=True, slots=True)
class DataFolder:
    """One terminal's data folder; `prefix` is the Wine prefix that it lies in.

    `program`: the folder of the program, where it could be found.
    """

    path: Path
    program: Path | None = None
    prefix: Path | None = None

    @property
    def mql5(self) -> Path:
        """The folder that this project's `mql5` mirrors."""
        return self.path / "MQL5"

    @property
    def editor(self) -> Path | None:
        """The compiler, if it is there."""
        return None if self.program is None else entry_named(self.program, EDITOR)


def open_folder(path: Path) -> DataFolder:
    """Take the data folder that the operator names. Raises ConfigError when it is none."""
    path = path.expanduser().absolute()
    if path.name.lower() == "mql5" and not (path / "MQL5").is_dir():
        path = path.parent
    if not (path / "MQL5").is_dir():
        raise ConfigError(
            f"{path} is no data folder of MetaTrader 5, it has no folder MQL5: in the terminal "
            "choose File > Open Data Folder, and give that one"
        )
    prefix = _prefix_of(path)
    return DataFolder(path, _program_of(path, prefix), prefix)


def find_folders(
    environment: Mapping[str, str] = os.environ,
    *,
    home: Path | None = None,
    windows: bool = sys.platform == "win32",
) -> list[DataFolder]:
    """Find the data folders on this machine."""
    home = home or Path.home()
    if windows:
        roaming = environment.get("APPDATA")
        programs = [environment.get(name) for name in ("ProgramFiles", "ProgramFiles(x86)")]
        found = [
            *(_in_profile(Path(roaming)) if roaming else ()),
            *(folder for place in programs if place for folder in _portable(Path(place))),
        ]
    else:
        found = [folder for prefix in _prefixes(environment, home) for folder in _in_prefix(prefix)]
    # A program folder that keeps its data elsewhere has an MQL5 of its own, which is not used.
    elsewhere = {folder.program for folder in found if folder.program != folder.path}
    kept = {folder.path: folder for folder in found if folder.path not in elsewhere}
    return sorted(kept.values(), key=lambda folder: str(folder.path))


def windows_path(path: Path) -> str:
    """Write a path as Wine's programs see it: every Unix path has the drive Z."""
    return "Z:" + str(path.absolute()).replace("/", "\\")


def entry_named(folder: Path, name: str) -> Path | None:
    """Find an entry whatever its case, as Windows does."""
    try:
        return next((entry for entry in folder.iterdir() if entry.name.lower() == name), None)
    except OSError:
        return None


def _prefixes(environment: Mapping[str, str], home: Path) -> Iterator[Path]:
    named = environment.get("WINEPREFIX")
    if named:
        yield Path(named).expanduser()
    yield from (home / name for name in _PREFIXES)
    for name in _PREFIX_FOLDERS:
        folder = home / name
        if folder.is_dir():
            yield from sorted(folder.iterdir())


def _in_prefix(prefix: Path) -> Iterator[DataFolder]:
    drive = prefix / "drive_c"
    for name in _PROGRAMS:
        yield from _portable(drive / name)
    users = drive / "users"
    if users.is_dir():
        for user in sorted(users.iterdir()):
            for roaming in ("AppData/Roaming", "Application Data"):
                yield from _in_profile(user / roaming)


def _in_profile(roaming: Path) -> Iterator[DataFolder]:
    folder = roaming / "MetaQuotes" / "Terminal"
    if folder.is_dir():
        for origin in sorted(folder.glob(f"*/{_ORIGIN}")):
            if (origin.parent / "MQL5").is_dir():
                yield open_folder(origin.parent)


def _portable(programs: Path) -> Iterator[DataFolder]:
    if not programs.is_dir():
        return
    for program in sorted(programs.iterdir()):
        if (program / "MQL5").is_dir() and entry_named(program, TERMINAL):
            yield open_folder(program)


def _prefix_of(path: Path) -> Path | None:
    drive = next((parent for parent in path.parents if parent.name == "drive_c"), None)
    return None if drive is None else drive.parent


def _program_of(path: Path, prefix: Path | None) -> Path | None:
    if entry_named(path, TERMINAL) or entry_named(path, EDITOR):
        return path
    try:
        with (path / _ORIGIN).open("rb") as file:
            raw = file.read(_MAX_ORIGIN_BYTES)
    except OSError:
        return None
    text = decoded(raw).strip("\0 \r\n")
    program = Path(text) if prefix is None else _in_drive(text, prefix)
    return program if program is not None and program.is_dir() else None


def _in_drive(text: str, prefix: Path) -> Path | None:
    """Find the place of a Windows path in a Wine prefix."""
    path = PureWindowsPath(text)
    place = {"c:": prefix / "drive_c", "z:": Path("/")}.get(path.drive.lower())
    return None if place is None else place.joinpath(*path.parts[1:])


def decoded(raw: bytes) -> str:
    """Read a text file of Windows: UTF-16 with its mark, or UTF-8."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    return raw.decode("utf-8-sig", errors="replace")


__all__ = [
    "DataFolder",
    "decoded",
    "entry_named",
    "find_folders",
    "open_folder",
    "windows_path",
]
