"""Compiling with the user's own MetaEditor, natively or under Wine.

Its exit code says nothing: the log does. Under Wine an argument with a space and a quotation mark
inside does not survive, so the command line is written into a batch file.
"""

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pitwire.errors import ConfigError
from pitwire.install.folders import DataFolder, decoded, windows_path

_COMPILE_S = 300
_MESSAGE = re.compile(r"^(?P<file>.+?)\((?P<line>\d+),(?P<column>\d+)\)\s*:\s*(?P<rest>.+)$")
_KIND = re.compile(r"^(?P<kind>error|warning)\s*(?P<number>\d*)\s*:\s*(?P<text>.+)$", re.IGNORECASE)
_RESULT = re.compile(r"(?P<errors>\d+) errors?, (?P<warnings>\d+) warnings?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Message:
    """One error or warning of the compiler."""

    kind: str
    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """Write it as a line."""
        return f"{self.file}:{self.line}: {self.kind}: {self.text}"


@dataclass(frozen=True, slots=True)
class Compiled:
    """What the compiler said."""

    errors: int
    warnings: int
    messages: list[Message]

    @property
    def ok(self) -> bool:
        """Whether there is a program now."""
        return self.errors == 0


def compile_program(folder: DataFolder, program: Path) -> Compiled:
    """Compile a source that lies in the data folder. Raises ConfigError."""
    editor = folder.editor
    if editor is None:
        raise ConfigError("MetaEditor was not found: open the source there and press F7")
    with tempfile.TemporaryDirectory(prefix="pitwire-") as place:
        log = Path(place) / "compile.log"
        try:
            _run(folder, editor, program=program, log=log, place=Path(place))
        except subprocess.TimeoutExpired:
            raise ConfigError(
                f"MetaEditor did not finish within {_COMPILE_S} s: open {program.name} there and "
                "press F7"
            ) from None
        except OSError as error:
            raise ConfigError(f"MetaEditor cannot be started ({error.strerror})") from error
        return read_log(log)


def read_log(path: Path) -> Compiled:
    """Read the compiler's log. Raises ConfigError when it says no result."""
    try:
        lines = decoded(path.read_bytes()).splitlines()
    except OSError:
        lines = []
    messages = []
    result: re.Match[str] | None = None
    for line in lines:
        result = _RESULT.search(line) or result
        message = _MESSAGE.match(line.strip())
        kind = _KIND.match(message["rest"]) if message else None
        if message and kind:
            file = message["file"].replace("\\", "/").rpartition("/")[2]
            messages.append(
                Message(kind["kind"].lower(), file, int(message["line"]), kind["text"].strip())
            )
    if result is None:
        raise ConfigError(
            "MetaEditor wrote no result: open the source there and press F7 to see what it says"
        )
    return Compiled(int(result["errors"]), int(result["warnings"]), messages)


def _run(folder: DataFolder, editor: Path, *, program: Path, log: Path, place: Path) -> None:
    show = windows_path if folder.prefix is not None else str
    line = (
        f'"{show(editor)}" /compile:"{show(program)}" /include:"{show(folder.mql5)}" '
        f'/log:"{show(log)}"'
    )
    if folder.prefix is None:
        subprocess.run(line, timeout=_COMPILE_S, check=False, capture_output=True)  # noqa: S603
        return
    wine = shutil.which("wine") or shutil.which("wine64")
    if wine is None:
        raise ConfigError("the command 'wine' was not found: open the source in MetaEditor, F7")
    batch = place / "compile.bat"
    batch.write_bytes(f"@{line.replace('%', '%%')}\r\n".encode())
    subprocess.run(  # noqa: S603 - the path of a program that we looked up
        [wine, "cmd", "/c", windows_path(batch)],
        timeout=_COMPILE_S,
        check=False,
        capture_output=True,
        env={**os.environ, "WINEPREFIX": str(folder.prefix), "WINEDEBUG": "-all"},
    )


__all__ = ["Compiled", "Message", "compile_program", "read_log"]
