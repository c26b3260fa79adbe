"""`pitwire terminals`: make a terminal's identity, install the Expert, rotate the secret."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pitwire.cli import options
from pitwire.errors import ConfigError

if TYPE_CHECKING:
    from pitwire.install.folders import DataFolder
    from pitwire.settings import Settings

app = typer.Typer(help="Add, install, list and rotate terminals.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The terminal's name.")]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--data-folder",
        metavar="PATH",
        help="The terminal's data folder: in the terminal, File > Open Data Folder.",
    ),
]


@app.command()
def add(  # noqa: PLR0913, PLR0917 - one parameter per option is how typer reads them
    name: Name,
    commands: Annotated[
        str | None, typer.Option(help="Endpoint for commands; the next free ports by default.")
    ] = None,
    stream: Annotated[str | None, typer.Option(help="Endpoint for events.")] = None,
    bind: Annotated[
        bool, typer.Option("--bind", help="The terminal dials out to this bridge.")
    ] = False,
    curve: Annotated[
        bool, typer.Option("--curve", help="Make keys for an encrypted link as well.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Put the table behind what pitwire.toml has.")
    ] = False,
    config: options.Config = None,
    data_dir: options.DataDir = None,
) -> None:
    """Make a terminal's identity and secret, and print its table for pitwire.toml."""
    from pitwire.install.identity import Wanted, add_terminal, append_table  # noqa: PLC0415
    from pitwire.settings.load import DEFAULT_FILE, FILE_VARIABLE  # noqa: PLC0415

    file = config or Path(os.environ.get(FILE_VARIABLE) or DEFAULT_FILE)
    if write and data_dir is not None:
        raise ConfigError("--data-dir is not kept in pitwire.toml: set data_dir there instead")
    known = config if file.exists() or not write else None
    settings = options.read_settings(known, data_dir=data_dir)
    if write and not file.exists():
        settings = settings.model_copy(update={"data_dir": file.absolute().parent / "data"})
    added = add_terminal(
        settings, Wanted(name=name, commands=commands, stream=stream, bind=bind, curve=curve)
    )
    for path in added.made:
        typer.echo(f"made {path}, which only you can open", err=True)
    for path in added.found:
        typer.echo(f"{path} was there already and stays as it is", err=True)
    if write:
        append_table(file, added.table)
        typer.echo(f"wrote [terminals.{name}] into {file}", err=True)
    else:
        typer.echo(f"put this into {file}:\n", err=True)
        typer.echo(added.table, nl=False)
    typer.echo(f"next: pitwire terminals install {name}", err=True)


@app.command("list")
def list_terminals(
    config: options.Config = None,
    data_dir: options.DataDir = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """List the terminals of the settings, and where each one's secret is kept."""
    settings = options.read_settings(config, data_dir=data_dir)
    rows = [
        {
            "name": name,
            "commands": entry.commands,
            "stream": entry.stream,
            "secret": entry.secret,
            "rotating": entry.next_secret is not None,
            "encrypted": entry.curve is not None,
            "dials": entry.bind,
            "simulated": entry.simulated,
        }
        for name, entry in sorted(settings.terminals.items())
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        words = [word for word in ("rotating", "encrypted", "dials", "simulated") if row[word]]
        typer.echo("  ".join([f"{row['name']}", f"{row['commands']}", f"{row['secret']}", *words]))


@app.command()
def rotate(name: Name, config: options.Config = None, data_dir: options.DataDir = None) -> None:
    """Make the secret that a terminal is to change to, and tell the steps."""
    from pitwire.install.identity import make_next_secret, terminal_of  # noqa: PLC0415

    settings = options.read_settings(config, data_dir=data_dir)
    named = terminal_of(settings, name).next_secret is not None
    uri, made = make_next_secret(settings, name)
    typer.echo(f"The next secret of '{name}' {'is made' if made else 'was there already'}: {uri}")
    steps = [
        *([] if named else [f'add to [terminals.{name}] of the settings: next_secret = "{uri}"']),
        f"pitwire terminals install {name}   (the Expert reads both secrets, without a restart)",
        "restart the bridge: it uses the next secret from then on",
        f"pitwire doctor --terminal {name}",
        f'make it the secret = "{uri}" of the settings, and remove next_secret',
        f"pitwire terminals install {name}   (erases the former secret from the terminal)",
        "restart the bridge, and remove the former secret's file",
    ]
    for number, step in enumerate(steps, 1):
        typer.echo(f"  {number}. {step}")


@app.command()
def install(  # noqa: PLR0913, PLR0917 - one parameter per option is how typer reads them
    name: Name,
    data_folder: Folder = None,
    secret: Annotated[
        str | None,
        typer.Option(
            metavar="URI",
            help="Link secret, env: or file:, on a machine that has no settings of the bridge.",
        ),
    ] = None,
    curve_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The terminal's CURVE keys, as 'add --curve' made them."),
    ] = None,
    dll: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The wheel, or a libzmq DLL, instead of a download."),
    ] = None,
    compiling: Annotated[
        bool, typer.Option("--compile/--no-compile", help="Compile with MetaEditor.")
    ] = True,
    config: options.Config = None,
    data_dir: options.DataDir = None,
) -> None:
    """Copy the Expert, the key files and libzmq into a terminal, and compile.

    May be run again at any time: it replaces what is its own and nothing else.
    """
    following = None
    if secret is None:
        settings = options.read_settings(config, data_dir=data_dir)
        secret, following, curve_file = _kept(settings, name, curve_file)
    folder = choose_folder(data_folder)
    typer.echo(f"terminal  {folder.path}")
    _place(folder, name, secrets=(secret, following), curve_file=curve_file, dll=dll)
    if compiling:
        _compile(folder)
    typer.echo(
        "next: in the terminal allow DLL imports (Tools > Options > Expert Advisors), press Algo "
        f"Trading, and drag Pitwire onto a chart with InpTerminal = {name}"
    )


def choose_folder(given: Path | None) -> "DataFolder":
    """Take the data folder that was named, or the only one there is. Raises ConfigError."""
    from pitwire.install.folders import find_folders, open_folder  # noqa: PLC0415

    if given is not None:
        return open_folder(given)
    found = find_folders()
    if not found:
        raise ConfigError(
            "no terminal was found on this machine: name its data folder with --data-folder (in "
            "the terminal: File > Open Data Folder)"
        )
    if len(found) > 1:
        rows = "; ".join(f"--data-folder '{folder.path}'" for folder in found)
        raise ConfigError(f"there are {len(found)} terminals here, choose one: {rows}")
    return found[0]


def _kept(
    settings: "Settings", name: str, curve_file: Path | None
) -> "tuple[str, str | None, Path | None]":
    """Give what the settings know of a terminal: both secrets, and its CURVE file."""
    from pitwire.install.identity import terminal_curve_file, terminal_of  # noqa: PLC0415

    entry = terminal_of(settings, name)
    if curve_file is None and entry.curve is not None:
        curve_file = terminal_curve_file(settings, name)
        if not curve_file.exists():
            raise ConfigError(
                f"the settings encrypt the link to '{name}', and {curve_file} is missing: name "
                "the terminal's keys with --curve-file"
            )
    return entry.secret, entry.next_secret, curve_file


def _place(
    folder: "DataFolder",
    name: str,
    *,
    secrets: tuple[str, str | None],
    curve_file: Path | None,
    dll: Path | None,
) -> None:
    """Bring the files into the terminal, and tell what has changed."""
    from pitwire.install.expert import place_expert  # noqa: PLC0415
    from pitwire.install.key_files import place_keys  # noqa: PLC0415
    from pitwire.install.library import place_library  # noqa: PLC0415

    current, following = secrets
    keys = place_keys(folder, name, secret=current, next_secret=following, curve=curve_file)
    typer.echo(f"keys      {', '.join(keys) + ' changed' if keys else 'as they were'}")
    written = place_library(folder, given=dll)
    typer.echo(f"libzmq    {', '.join(written) + ' written' if written else 'as it was'}")
    placed = place_expert(folder)
    typer.echo(
        f"sources   {len(placed.written)} of {placed.total} files written, "
        f"{len(placed.removed)} removed"
    )


def _compile(folder: "DataFolder") -> None:
    from pitwire.install.expert import PROGRAM, SELF_TEST  # noqa: PLC0415
    from pitwire.install.metaeditor import compile_program  # noqa: PLC0415

    if folder.editor is None:
        typer.echo("compiler  no MetaEditor found: open Pitwire.mq5 there and press F7")
        return
    failed = False
    for program in (PROGRAM, SELF_TEST):
        if not (folder.mql5 / program).is_file():
            continue
        done = compile_program(folder, folder.mql5 / program)
        typer.echo(f"compiler  {program.name}: {done.errors} errors, {done.warnings} warnings")
        for message in done.messages:
            typer.echo(f"          {message}")
        failed = failed or not done.ok
    if failed:
        raise typer.Exit(1)


__all__ = ["app", "choose_folder"]
