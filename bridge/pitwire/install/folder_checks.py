"""What can be seen in a terminal's data folder: sources, program, DLL, keys, its own words."""

from collections.abc import Iterator
from configparser import ConfigParser
from configparser import Error as IniError
from pathlib import Path

from pitwire import __version__
from pitwire.errors import ConfigError
from pitwire.install import expert, library
from pitwire.install.findings import Finding, good, note, problem
from pitwire.install.folders import DataFolder, decoded, entry_named
from pitwire.install.key_files import (
    curve_file,
    holds_secret,
    key_file,
    next_key_file,
    read_curve,
    read_link_secret,
)
from pitwire.settings import TerminalSettings

ALLOW_DLL = (
    "in the terminal: Tools > Options > Expert Advisors, tick 'Allow DLL imports', press OK, and "
    "put the Expert on its chart again"
)
_MAX_LOG_BYTES = 4 * 1024 * 1024
_SIGNS = ("dll", "cannot load", "not allowed", "failed")


def check_folder(folder: DataFolder, name: str, entry: TerminalSettings) -> Iterator[Finding]:
    """Check all that an installation brings, then what the terminal itself has noted."""
    again = f"run: pitwire terminals install {name} --data-folder '{folder.path}'"
    yield from _check_expert(folder, again)
    yield from _check_library(folder, again)
    yield from _check_keys(folder, name, entry, again)
    yield from _check_options(folder)
    yield from _check_words(folder)


def _check_expert(folder: DataFolder, again: str) -> Iterator[Finding]:
    installed = expert.read_installed(folder)
    if installed is None:
        yield problem("expert", "the Expert was not installed by this command", fix=again)
        return
    if installed.version != __version__:
        text = f"version {installed.version} is installed, and this is {__version__}"
        yield problem("expert", text, fix=again)
    elif changed := expert.changed_files(folder, installed):
        text = f"{len(changed)} files are not as they were installed, {changed[0]} among them"
        yield problem("expert", text, fix=again)
    else:
        yield good("expert", f"the sources of version {installed.version} are in place")
    yield _check_program(folder)


def _check_program(folder: DataFolder) -> Finding:
    source = folder.mql5 / expert.PROGRAM
    program = entry_named(source.parent, f"{source.stem.lower()}.ex5")
    fix = f"open {source.name} in MetaEditor and press F7"
    if program is None:
        return problem("program", "the Expert has not been compiled", fix=fix)
    files = [folder.mql5 / "Include" / "Pitwire", source.parent]
    newest = max(
        (path.stat().st_mtime for place in files for path in place.rglob("*.mq*")), default=0.0
    )
    if program.stat().st_mtime < newest:
        return problem("program", "the compiled Expert is older than its sources", fix=fix)
    return good("program", "the Expert is compiled")


def _check_library(folder: DataFolder, again: str) -> Iterator[Finding]:
    if library.is_installed(folder):
        yield good("library", f"{library.LIBRARY} and what it needs are in place")
    elif library.has_library(folder):
        yield note("library", f"{library.LIBRARY} is there, and not the one that is known")
    else:
        text = f"MQL5/Libraries has no {library.LIBRARY}: the terminal cannot load the Expert"
        yield problem("library", text, fix=again)


def _check_keys(
    folder: DataFolder, name: str, entry: TerminalSettings, again: str
) -> Iterator[Finding]:
    files = [("secret", entry.secret, key_file(folder, name))]
    if entry.next_secret is not None:
        files.append(("next secret", entry.next_secret, next_key_file(folder, name)))
    for check, uri, path in files:
        try:
            same = holds_secret(path, read_link_secret(uri))
        except ConfigError:
            continue  # the check of the settings has said so
        if same is None:
            text = f"there is no key file {path.name} in MQL5/Files/Pitwire"
            yield problem(check, text, fix=again)
        elif same:
            yield good(check, f"{path.name} holds the secret of the settings")
        else:
            text = f"{path.name} holds another secret than the settings name"
            yield problem(check, text, fix=again)
    yield from _check_curve(folder, name, entry, again)


def _check_curve(
    folder: DataFolder, name: str, entry: TerminalSettings, again: str
) -> Iterator[Finding]:
    path = curve_file(folder, name)
    if entry.curve is None:
        if path.exists():
            text = f"the terminal has {path.name}, and the settings have no curve table"
            yield problem("curve", text, fix=f"remove {path}, or add the table")
        return
    if not path.exists():
        yield problem("curve", f"the terminal has no {path.name}", fix=again)
        return
    try:
        bridge_public, public, _ = read_curve(path).split()
    except ConfigError as error:
        yield problem("curve", str(error), fix=again)
        return
    if (bridge_public, public) == (entry.curve.public, entry.curve.terminal_public):
        yield good("curve", f"{path.name} and the settings name the same public keys")
    else:
        text = f"{path.name} and the settings name different public keys"
        yield problem("curve", text, fix="compare them, and write the same into both")


def _check_options(folder: DataFolder) -> Iterator[Finding]:
    """Read the terminal's own settings, which it writes when it closes."""
    for place in ("config", "Config"):
        try:
            text = decoded((folder.path / place / "common.ini").read_bytes())
            options = ConfigParser(strict=False, interpolation=None)
            options.read_string(text)
        except (OSError, IniError):
            continue
        if options.get("Experts", "AllowDllImport", fallback="1") == "0":
            yield problem(
                "options",
                "DLL imports were not allowed when the terminal closed last",
                fix=ALLOW_DLL,
            )
        return


def _check_words(folder: DataFolder) -> Iterator[Finding]:
    """Quote the last thing that the terminal's journals say against the Expert."""
    for place in (folder.path / "logs", folder.mql5 / "Logs"):
        newest = max(place.glob("*.log"), default=None)
        line = None if newest is None else _last_complaint(newest)
        if line is not None:
            yield note("journal", f"the terminal's journal said: {line}")


def _last_complaint(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_LOG_BYTES)
    except OSError:
        return None
    lines = [" ".join(line.split()) for line in decoded(raw).splitlines() if "Pitwire" in line]
    bad = [line for line in lines if any(sign in line.lower() for sign in _SIGNS)]
    return bad[-1][:200] if bad and bad[-1] == lines[-1] else None


__all__ = ["ALLOW_DLL", "check_folder"]
