"""Options that several commands share, and the settings that follow from them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pitwire.errors import ConfigError

if TYPE_CHECKING:
    from pitwire.settings import Settings

Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings file; ./pitwire.toml is read when it is there."),
]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Folder of the database and the secret files.")
]
Host = Annotated[str | None, typer.Option("--host", help="Address the API listens on.")]
Port = Annotated[
    int | None, typer.Option("--port", "-p", help="Port of the API; 0 takes a free one.")
]
LogLevel = Annotated[str | None, typer.Option("--log-level", help="debug, info, warning or error.")]
LogFormat = Annotated[str | None, typer.Option("--log-format", help="auto, console or json.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        "-s",
        metavar="NAME=VALUE",
        help="Any other setting, for example link.max_queued=500. May be given several times.",
    ),
]


def read_settings(
    config: Path | None,
    *,
    data_dir: Path | None = None,
    sets: list[str] | None = None,
    named: dict[str, Any] | None = None,
) -> "Settings":
    """Read the settings with what the command line says on top.

    `named` holds options by their settings' names, None where an option was not given.
    """
    from pitwire.settings import load_settings  # noqa: PLC0415

    overrides = dict(_split(text, "--set", "NAME=VALUE") for text in sets or [])
    overrides.update({name: value for name, value in (named or {}).items() if value is not None})
    if data_dir is not None:
        # Relative to where the command is typed, unlike one in a file.
        overrides["data_dir"] = str(data_dir.absolute())
    return load_settings(config, overrides=overrides)


def split_pairs(texts: list[str] | None, option: str, form: str) -> dict[str, str]:
    """Read a repeatable NAME=VALUE option. Raises ConfigError."""
    pairs: dict[str, str] = {}
    for name, value in (_split(text, option, form) for text in texts or []):
        if name in pairs:
            raise ConfigError(f"{option} is given twice for '{name}'; keep one")
        pairs[name] = value
    return pairs


def _split(text: str, option: str, form: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name.strip() or not value:
        raise ConfigError(f"{option} should be written as {form}")
    return name.strip(), value
