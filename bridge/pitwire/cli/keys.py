"""`pitwire keys`: make, list and revoke API keys, also while the bridge runs."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pitwire.cli import options
from pitwire.errors import ConfigError

if TYPE_CHECKING:
    from pitwire.gate.keys import Key
    from pitwire.gate.store import KeyStore
    from pitwire.settings import Settings

app = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)

_EXPIRY = re.compile(r"([1-9][0-9]{0,4})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_TRADING_DAYS = 90
_TOKEN = re.compile(r"pw_(?:live|test)_([0-9A-Za-z]{12})(?:_[0-9A-Za-z]*)?")

Json = Annotated[bool, typer.Option("--json", help="Write JSON.")]


@app.command()
def create(  # noqa: PLR0913, PLR0917 - one parameter per option is how typer reads them
    name: Annotated[str, typer.Option(help="What the key is for, in your words.")],
    terminals: Annotated[
        list[str],
        typer.Option(
            "--terminal", help="A terminal it may reach, or '*'. May be given several times."
        ),
    ],
    kind: Annotated[
        Literal["test", "live"],
        typer.Option(help="A test key reaches simulated terminals only."),
    ] = "test",
    scopes: Annotated[
        list[str] | None,
        typer.Option("--scope", help="read (the default) or trade. May be given several times."),
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option(
            metavar="90d", help="Days, hours (12h), minutes (30m) or never; trading keys: 90d."
        ),
    ] = None,
    config: options.Config = None,
    data_dir: options.DataDir = None,
    as_json: Json = False,
) -> None:
    """Make a key and print its token, which is shown this once."""
    from pitwire.gate.keys import KeyKind  # noqa: PLC0415

    wanted = scopes or ["read"]
    expires_at = _expiry(expires, trading="trade" in wanted)
    settings = options.read_settings(config, data_dir=data_dir)
    with _open_keys(settings, making=True) as keys:
        key, token = keys.create(
            name=name,
            kind=KeyKind(kind),
            scopes=wanted,
            terminals=terminals,
            expires_at=expires_at,
        )
    if as_json:
        typer.echo(json.dumps({**_fields(key), "token": token}, indent=2))
    else:
        typer.echo(token)
        typer.echo(f"Key {key.id} is made. The line above is shown this once: keep it.", err=True)
    for note in _notes(key, settings):
        typer.echo(f"pitwire: {note}", err=True)


@app.command("list")
def list_keys(
    config: options.Config = None, data_dir: options.DataDir = None, as_json: Json = False
) -> None:
    """List all keys, the revoked ones included; secrets are not kept and cannot be shown."""
    settings = options.read_settings(config, data_dir=data_dir)
    with _open_keys(settings) as keys:
        rows = [_fields(key) for key in keys.list()]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    columns = ("id", "name", "kind", "state", "scopes", "terminals", "created", "expires_at")
    lines = [[_cell(row[column]) for column in columns] for row in rows]
    _print_table([[column.upper() for column in columns], *lines])


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The key's id, as in the list.")],
    config: options.Config = None,
    data_dir: options.DataDir = None,
) -> None:
    """End a key for good; a running bridge refuses it within a second."""
    settings = options.read_settings(config, data_dir=data_dir)
    # Whoever finds a leaked token pastes the whole of it.
    match = _TOKEN.fullmatch(key_id)
    with _open_keys(settings) as keys:
        key = keys.revoke(match[1] if match else key_id)
    typer.echo(f"Key {key.id} is revoked.")


@contextmanager
def _open_keys(settings: "Settings", *, making: bool = False) -> "Iterator[KeyStore]":
    from pitwire.database import Database  # noqa: PLC0415
    from pitwire.gate import open_gate  # noqa: PLC0415
    from pitwire.gate.secrets import make_secret, read_secret  # noqa: PLC0415
    from pitwire.logs import configure_logs  # noqa: PLC0415

    configure_logs("warning")
    file = settings.database_file
    if making:
        make_secret(settings.gate.pepper)
    elif not file.exists():
        raise ConfigError(
            f"there are no keys in {file.parent}; name the bridge's folder with --data-dir, or "
            "its settings with --config"
        )
    with closing(Database(file)) as database:
        yield open_gate(database, read_secret(settings.gate.pepper)).keys


def _expiry(text: str | None, *, trading: bool) -> datetime | None:
    if text == "never" or (text is None and not trading):
        return None
    match = _EXPIRY.fullmatch(text or f"{_TRADING_DAYS}d")
    if match is None:
        raise ConfigError("--expires should be like 90d, 12h or 30m, or never")
    return datetime.now(UTC) + timedelta(**{_UNITS[match[2]]: int(match[1])})


def _notes(key: "Key", settings: "Settings") -> Iterator[str]:
    """Say what makes a key useless that is otherwise in order."""
    for name in sorted(key.terminals - {"*"}):
        terminal = settings.terminals.get(name)
        if terminal is None:
            yield f"the settings have no terminal '{name}' yet; the key will not reach it"
        elif key.kind == "test" and not terminal.simulated:
            yield f"'{name}' is not simulated, and a test key reaches simulated terminals only"


def _fields(key: "Key") -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "kind": key.kind.value,
        "state": key.state(datetime.now(UTC)).value,
        "scopes": sorted(key.scopes),
        "terminals": sorted(key.terminals),
        "created": _time(key.created),
        "not_before": _time(key.not_before),
        "expires_at": _time(key.expires_at),
        "revoked_at": _time(key.revoked_at),
        "last4": key.last4,
        "owner": key.owner,
    }


def _time(time: datetime | None) -> str | None:
    return None if time is None else f"{time:%Y-%m-%dT%H:%M:%SZ}"


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return ",".join(value) if isinstance(value, list) else str(value)


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


__all__ = ["app"]
