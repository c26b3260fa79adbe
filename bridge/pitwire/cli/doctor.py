"""`pitwire doctor`: says in plain words what is wrong between the bridge and its terminals."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pitwire.cli import options
from pitwire.errors import ConfigError

if TYPE_CHECKING:
    from pitwire.install.findings import Finding
    from pitwire.install.folders import DataFolder
    from pitwire.settings import Settings

_CHECK_WIDTH = 12


def doctor(
    terminal: Annotated[
        str | None, typer.Option(help="One terminal; all of the settings by default.")
    ] = None,
    data_folder: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="Its data folder, to look at what is installed there as well."
        ),
    ] = None,
    wait: Annotated[
        float, typer.Option(min=0.1, max=300.0, help="Seconds to wait for a terminal's answer.")
    ] = 5.0,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    config: options.Config = None,
    data_dir: options.DataDir = None,
) -> None:
    """Check settings, files, ports and the link itself; exit code 1 when something is wrong."""
    from pitwire.install.findings import Mark  # noqa: PLC0415
    from pitwire.logs import configure_logs  # noqa: PLC0415

    configure_logs("error")
    findings = []
    for finding in _findings(
        terminal, data_folder=data_folder, wait_s=wait, config=config, data_dir=data_dir
    ):
        findings.append(finding)
        if not as_json:
            _show(finding)
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    if any(finding.mark is Mark.PROBLEM for finding in findings):
        raise typer.Exit(1)


def _findings(
    terminal: str | None,
    *,
    data_folder: Path | None,
    wait_s: float,
    config: Path | None,
    data_dir: Path | None,
) -> "Iterator[Finding]":
    from pitwire.install.doctor import examine  # noqa: PLC0415
    from pitwire.install.findings import good, problem  # noqa: PLC0415

    try:
        settings = options.read_settings(config, data_dir=data_dir)
        names = _names(settings, terminal)
        folder = _folder(data_folder, names)
    except ConfigError as error:
        yield problem("settings", str(error), fix="change what it names")
        return
    yield good("settings", "the settings can be read")
    for name in names:
        yield from examine(settings, name, folder=folder, wait_s=wait_s)


def _names(settings: "Settings", terminal: str | None) -> Iterable[str]:
    from pitwire.install.identity import terminal_of  # noqa: PLC0415

    if terminal is not None:
        terminal_of(settings, terminal)
        return [terminal]
    if not settings.terminals:
        raise ConfigError(
            "the settings have no terminal: make one with 'pitwire terminals add NAME --write', or "
            "name the settings with --config"
        )
    return sorted(settings.terminals)


def _folder(given: Path | None, names: Iterable[str]) -> "DataFolder | None":
    """Take the folder that was named, or the only one that holds keys of the only terminal."""
    from pitwire.install.folders import find_folders, open_folder  # noqa: PLC0415
    from pitwire.install.key_files import key_file  # noqa: PLC0415

    listed = list(names)
    if len(listed) > 1:
        if given is not None:
            raise ConfigError("--data-folder belongs to one terminal: name it with --terminal")
        return None
    if given is not None:
        return open_folder(given)
    found = [folder for folder in find_folders(os.environ) if key_file(folder, listed[0]).exists()]
    return found[0] if len(found) == 1 else None


def _show(finding: "Finding") -> None:
    where = f"{finding.terminal}: " if finding.terminal else ""
    typer.echo(f"{finding.mark:<8} {finding.check:<{_CHECK_WIDTH}} {where}{finding.text}")
    if finding.fix:
        typer.echo(f"{'':<8} {'':<{_CHECK_WIDTH}} fix: {finding.fix}")


__all__ = ["doctor"]
