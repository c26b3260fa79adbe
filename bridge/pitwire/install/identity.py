"""A terminal's identity on the bridge's side: its secret files, and its table in pitwire.toml."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zmq
from pydantic import ValidationError

from pitwire.errors import ConfigError
from pitwire.gate.secrets import make_secret
from pitwire.install.files import ORDINARY, PRIVATE, replace_file
from pitwire.settings import Settings, load_settings
from pitwire.settings.model import TerminalSettings
from pitwire.settings.values import MAX_PORT

FIRST_PORT = 5555
_TERMINAL_SUFFIX = ".terminal-curve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the operator decides about a new terminal; endpoints that are None are chosen."""

    name: str
    commands: str | None = None
    stream: str | None = None
    bind: bool = False
    curve: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """A new terminal: its table for pitwire.toml, and the files that were made for it."""

    table: str
    made: list[Path]
    found: list[Path]


def add_terminal(settings: Settings, wanted: Wanted) -> Added:
    """Make a terminal's secret files and write its table. Raises ConfigError.

    A secret file that exists stays as it is.
    """
    name = wanted.name
    if name in settings.terminals:
        raise ConfigError(f"there is a terminal '{name}' in the settings; choose another name")
    commands, stream = _endpoints(settings, wanted)
    secret = settings.data_dir / f"{name}.secret"
    curve = _Curve.fresh(settings.data_dir, name) if wanted.curve else None
    entry = {
        "commands": commands,
        "stream": stream,
        "secret": f"file:{secret}",
        "bind": wanted.bind,
        "curve": curve.entry if curve else None,
    }
    _check(settings, name, entry)
    lines = [
        f"[terminals.{name}]",
        f'commands = "{commands}"',
        f'stream = "{stream}"',
        f'secret = "file:{secret.name}"',
        *(["bind = true"] if wanted.bind else []),
        *(["", *curve.lines] if curve else []),
    ]
    fresh = make_secret(f"file:{secret}")
    made = [secret] if fresh else []
    if curve is not None:
        made += curve.write()
    return Added("\n".join(lines) + "\n", made, [] if fresh else [secret])


def append_table(file: Path, table: str) -> None:
    """Put a table behind what the settings file has, if the whole is good then.

    Raises ConfigError, and then the file is as it was.
    """
    file = file.resolve()
    try:
        former = file.read_text(encoding="utf-8") if file.exists() else ""
        mode = file.stat().st_mode & 0o777 if file.exists() else ORDINARY
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read ({type(error).__name__})") from error
    gap = "" if not former else "\n" if former.endswith("\n") else "\n\n"
    content = former + gap + table
    # Beside the file, because relative paths in it begin there.
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        replace_file(draft, content.encode(), mode=PRIVATE)
        load_settings(draft)
    except ConfigError as error:
        fault = str(error).replace(str(draft), str(file))
        raise ConfigError(f"the table was not written: {fault}") from None
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
    replace_file(file, content.encode(), mode=mode)


def make_next_secret(settings: Settings, name: str) -> tuple[str, bool]:
    """Make the secret that a terminal is to change to; its URI, and whether it is a new one.

    Raises ConfigError.
    """
    entry = terminal_of(settings, name)
    uri = entry.next_secret
    if uri is None:
        taken = {entry.secret.partition(":")[2]}
        names = (f"{name}.secret", *(f"{name}.{number}.secret" for number in range(2, 1000)))
        free = (settings.data_dir / text for text in names)
        path = next(path for path in free if str(path) not in taken and not path.exists())
        uri = f"file:{path}"
    return uri, make_secret(uri)


def terminal_of(settings: Settings, name: str) -> TerminalSettings:
    """Find a terminal in the settings. Raises ConfigError."""
    entry = settings.terminals.get(name)
    if entry is None:
        known = ", ".join(sorted(settings.terminals)) or "none yet"
        raise ConfigError(
            f"the settings have no terminal '{name}' (there are: {known}): make it with "
            f"'pitwire terminals add {name} --write', or name its settings with --config"
        )
    return entry


def terminal_curve_file(settings: Settings, name: str) -> Path:
    """Where the terminal's side of an encrypted link is kept until it is installed."""
    return settings.data_dir / f"{name}{_TERMINAL_SUFFIX}"


@dataclass(frozen=True, slots=True)
class _Curve:
    """The keys of an encrypted link, and the files they are to be kept in."""

    name: str
    bridge: tuple[bytes, bytes]
    terminal: tuple[bytes, bytes]
    bridge_file: Path
    terminal_file: Path

    @classmethod
    def fresh(cls, data_dir: Path, name: str) -> "_Curve":
        files = data_dir / f"{name}.curve", data_dir / f"{name}{_TERMINAL_SUFFIX}"
        for path in files:
            if path.exists():
                raise ConfigError(
                    f"{path} is there already: remove it if no terminal uses it, or choose "
                    "another name"
                )
        return cls(name, zmq.curve_keypair(), zmq.curve_keypair(), *files)

    @property
    def entry(self) -> dict[str, str]:
        return {
            "public": self.bridge[0].decode(),
            "secret": f"file:{self.bridge_file}",
            "terminal_public": self.terminal[0].decode(),
        }

    @property
    def lines(self) -> list[str]:
        return [
            f"[terminals.{self.name}.curve]",
            f'public = "{self.bridge[0].decode()}"',
            f'secret = "file:{self.bridge_file.name}"',
            f'terminal_public = "{self.terminal[0].decode()}"',
        ]

    def write(self) -> list[Path]:
        replace_file(self.bridge_file, self.bridge[1] + b"\n", mode=PRIVATE)
        lines = b"\n".join((self.bridge[0], *self.terminal)) + b"\n"
        replace_file(self.terminal_file, lines, mode=PRIVATE)
        return [self.bridge_file, self.terminal_file]


def _check(settings: Settings, name: str, entry: dict[str, Any]) -> None:
    """Refuse a table that the bridge would refuse, before anything is written."""
    others = {other: table.model_dump() for other, table in settings.terminals.items()}
    try:
        Settings(terminals={**others, name: entry})
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        text = fault["msg"].removeprefix("Value error, ")
        raise ConfigError(f"the terminal '{name}' cannot be added: {text}") from None


def _endpoints(settings: Settings, wanted: Wanted) -> tuple[str, str]:
    """Give the endpoints that were named, or the next two free ports of this machine."""
    if wanted.commands is not None and wanted.stream is not None:
        return wanted.commands, wanted.stream
    if wanted.commands is not None or wanted.stream is not None:
        raise ConfigError("--commands and --stream belong together; give both or none")
    taken = {
        int(endpoint.rpartition(":")[2])
        for entry in settings.terminals.values()
        for endpoint in (entry.commands, entry.stream)
    }
    host = "*" if wanted.bind and wanted.curve else "127.0.0.1"
    port = next(
        port
        for port in range(FIRST_PORT, MAX_PORT, 2)
        if port not in taken and port + 1 not in taken
    )
    return f"tcp://{host}:{port}", f"tcp://{host}:{port + 1}"


__all__ = [
    "Added",
    "Wanted",
    "add_terminal",
    "append_table",
    "make_next_secret",
    "terminal_curve_file",
    "terminal_of",
]
