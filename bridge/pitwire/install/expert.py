"""The Expert Advisor's sources: where they are, and bringing them into a data folder."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pitwire import __version__
from pitwire.errors import ConfigError
from pitwire.install.files import remove_file, replace_file
from pitwire.install.folders import DataFolder

PROGRAM = PurePosixPath("Experts/Pitwire/Pitwire.mq5")
SELF_TEST = PurePosixPath("Scripts/Pitwire/SelfTest.mq5")
MANIFEST = PurePosixPath("Include/Pitwire/installed.json")
_OURS = ("Experts/Pitwire/", "Include/Pitwire/", "Scripts/Pitwire/")
_SUFFIXES = {".mq5", ".mqh"}


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation left: the version, and each file with its hash."""

    version: str
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placed:
    """What an installation changed; `total` files are there now."""

    written: list[str]
    removed: list[str]
    total: int


def find_sources() -> Path:
    """Find the folder `mql5`: in the package, or beside `bridge` in a checkout.

    Raises ConfigError.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "_mql5", package.parents[1] / "mql5"):
        if (folder / PROGRAM).is_file():
            return folder
    raise ConfigError(
        "the Expert Advisor's sources are not part of this installation: install the package "
        "pitwire again"
    )


def place_expert(folder: DataFolder, *, sources: Path | None = None) -> Placed:
    """Copy the sources, and remove those of ours that a former version had and this has not.

    Nothing else is touched. Raises ConfigError.
    """
    sources = sources or find_sources()
    former = read_installed(folder)
    files: dict[str, str] = {}
    written = []
    for name in _names(sources):
        content = (sources / name).read_bytes()
        files[name] = hashlib.sha256(content).hexdigest()
        if replace_file(folder.mql5 / name, content):
            written.append(name)
    removed = [
        name
        for name in (former.files if former else {})
        if name not in files and _is_ours(name) and remove_file(folder.mql5 / name)
    ]
    manifest = json.dumps({"version": __version__, "files": files}, indent=1) + "\n"
    replace_file(folder.mql5 / MANIFEST, manifest.encode())
    return Placed(written, removed, len(files))


def read_installed(folder: DataFolder) -> Installed | None:
    """Read what the last installation left; None without one that can be read."""
    try:
        found = json.loads((folder.mql5 / MANIFEST).read_text(encoding="utf-8"))
        return Installed(str(found["version"]), {str(k): str(v) for k, v in found["files"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def changed_files(folder: DataFolder, installed: Installed) -> list[str]:
    """List the files that are not as they were installed."""
    return [
        name
        for name, digest in installed.files.items()
        if _is_ours(name) and _digest(folder.mql5 / name) != digest
    ]


def _names(sources: Path) -> Iterator[str]:
    for path in sorted(sources.rglob("*")):
        name = path.relative_to(sources).as_posix()
        if path.suffix in _SUFFIXES and path.is_file() and _is_ours(name):
            yield name


def _is_ours(name: str) -> bool:
    """Tell our files from everybody else's; the list may have been edited."""
    return name.startswith(_OURS) and ".." not in PurePosixPath(name).parts


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


__all__ = [
    "MANIFEST",
    "PROGRAM",
    "SELF_TEST",
    "Installed",
    "Placed",
    "changed_files",
    "find_sources",
    "place_expert",
    "read_installed",
]
