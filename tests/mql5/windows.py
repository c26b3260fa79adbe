"""The Expert as a Windows program: built by mingw-w64, run by wine64, with the real libzmq DLL.

`missing` says what the machine lacks for that, in a sentence.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.mql5.build import FOLDER, VARIANTS, BuildError, find_compiler

from pitwire.errors import ConfigError
from pitwire.install.folders import DataFolder
from pitwire.install.library import LIBRARY, place_library

VARIANT = "win64"
PREFIX_S = 120
# Debian's wine64 has no program of that name on the path, unless wine is installed too.
WINE = ("wine64", "/usr/lib/wine/wine64")
SERVER = ("wineserver", "/usr/lib/wine/wineserver64", "/usr/lib/wine/wineserver")
_DATA = DataFolder(FOLDER / "windows")


@dataclass(frozen=True, slots=True)
class System:
    """Where a program runs: what starts it, and how it names files."""

    start: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    library: Path | None = None
    """The libzmq of this system; None: the one of pyzmq."""
    is_windows: bool = False

    def path(self, path: Path) -> str:
        """Name a file as the program has to."""
        return "Z:" + str(path.resolve()).replace("/", "\\") if self.is_windows else str(path)


NATIVE = System()


def system(variant: str) -> System:
    """Return where a variant runs. Raises ConfigError when this machine cannot run it."""
    return _wine() if variant == VARIANT else NATIVE


@cache
def missing() -> str:
    """Say what keeps this machine from running Windows programs, "" when nothing does."""
    try:
        find_compiler(VARIANTS[VARIANT])
        place_library(_DATA)
    except (BuildError, ConfigError) as error:
        return str(error)
    if _program(WINE) is None:
        return "There is no wine64: install the package wine64."
    return ""


@cache
def _wine() -> System:
    """Return the Wine of this process: its WINEPREFIX, or a new one that goes with it."""
    problem = missing()
    wine = _program(WINE)
    if problem or wine is None:
        raise ConfigError(problem)
    given = os.environ.get("WINEPREFIX")
    prefix = Path(given or tempfile.mkdtemp(prefix="wine-"))
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(prefix),
        "WINEPREFIX": str(prefix),
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=",  # no offer to download more
    }
    if not given:
        atexit.register(_remove, prefix, environment)
        _make_prefix(wine, environment)
    return System((wine,), environment, _DATA.mql5 / "Libraries" / LIBRARY, is_windows=True)


def _remove(prefix: Path, environment: Mapping[str, str]) -> None:
    server = _program(SERVER)
    if server is not None:
        subprocess.run([server, "-k"], env=environment, timeout=30, check=False)
    shutil.rmtree(prefix, ignore_errors=True)


def _make_prefix(wine: str, environment: Mapping[str, str]) -> None:
    subprocess.run(
        [wine, "wineboot", "-i"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=PREFIX_S,
        check=True,
    )


def _program(names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := shutil.which(name))), None)


__all__ = ["NATIVE", "VARIANT", "System", "missing", "system"]
