"""Settings from pitwire.toml, the environment and the command line, the later ones winning.

Whatever is wrong becomes a ConfigError of one sentence that names the place and the key. It never
quotes a value: a rejected value may be a secret in the wrong place.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from pitwire.errors import ConfigError
from pitwire.settings import names
from pitwire.settings.model import GateSettings, Settings, TerminalSettings

DEFAULT_FILE = "pitwire.toml"
FILE_VARIABLE = "PITWIRE_CONFIG"
MAX_FILE_BYTES = 1_048_576

_ENVIRONMENT = "environment"
_COMMAND_LINE = "command line"

_Tree = dict[str, Any]


class _Environment(Settings, BaseSettings):
    """Tells the reader of the environment what to look for; no object of it is ever made."""

    model_config = SettingsConfigDict(
        env_prefix=names.ENV_PREFIX, env_nested_delimiter=names.ENV_DELIMITER
    )


def load_settings(
    config: Path | None = None, *, overrides: Mapping[str, Any] | None = None
) -> Settings:
    """Read and check all settings.

    `config` is the file to read, which must exist then; without it PITWIRE_CONFIG names the file,
    or pitwire.toml of the working folder is read if it is there. `overrides` come from the
    command line, by dotted name ("http.port"). Relative paths start at the file's folder, those
    of secrets at data_dir. Raises ConfigError.
    """
    file = _locate(config)
    in_file = _read_file(file) if file else {}
    in_overrides = _read_overrides(overrides or {})
    _refuse_unknown(str(file or DEFAULT_FILE), in_file, Settings)
    _refuse_unknown_variables({*_secret_variables(in_file), *_secret_variables(in_overrides)})
    sources = {
        str(file or DEFAULT_FILE): in_file,
        _ENVIRONMENT: EnvSettingsSource(_Environment)(),
        _COMMAND_LINE: in_overrides,
    }
    merged: _Tree = {}
    for tree in sources.values():
        merged = _merge(merged, tree)
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        raise ConfigError(_explain(error, sources)) from None
    return _anchor(settings, file.parent if file else Path())


# Where it comes from


def _locate(config: Path | None) -> Path | None:
    if config is not None:
        return config
    if named := os.environ.get(FILE_VARIABLE):
        return Path(named)
    default = Path(DEFAULT_FILE)
    return default if default.exists() else None


def _read_file(path: Path) -> _Tree:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: there is no such settings file; create it or name another one"
        ) from None
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); let this user read it"
        ) from None
    if len(content) > MAX_FILE_BYTES:
        raise ConfigError(f"{path}: is larger than 1 MiB, which no settings file is")
    try:
        # Windows editors put a byte order mark in front.
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text; save it with that encoding") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}") from None


def _read_overrides(overrides: Mapping[str, Any]) -> _Tree:
    tree: _Tree = {}
    for name, value in overrides.items():
        if not names.is_setting(name):
            raise ConfigError(f"{_COMMAND_LINE}: {names.unknown(name)}")
        *tables, last = name.split(".")
        node = tree
        for table in tables:
            node = node.setdefault(table, {})
        node[last] = value
    return tree


def _merge(under: _Tree, over: _Tree) -> _Tree:
    """Put `over` on top of `under`, table by table."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = _merge(below, value)
        else:
            merged[key] = value
    return merged


# What is wrong with it


def _refuse_unknown(place: str, tree: _Tree, model: type[BaseModel], prefix: str = "") -> None:
    for key, value in tree.items():
        field = model.model_fields.get(key)
        if field is None:
            raise ConfigError(f"{place}: {names.unknown(prefix + key)}")
        if not isinstance(value, dict):
            continue
        if table := names.table_of(field):
            _refuse_unknown(place, value, table, f"{prefix}{key}.")
        elif entry := names.entry_of(field):
            for name, member in value.items():
                if isinstance(member, dict):
                    _refuse_unknown(place, member, entry, f"{prefix}{key}.{name}.")


def _refuse_unknown_variables(allowed: set[str]) -> None:
    """Refuse what starts like a setting and is none, but for variables that hold a secret."""
    allowed = {FILE_VARIABLE, *allowed}
    allowed.update(_secret_variables(dict(os.environ)))
    for variable in os.environ:
        name = names.of_variable(variable)
        if name is None or names.is_setting(name):
            continue
        if variable not in allowed or names.is_table(name):
            raise ConfigError(f"{_ENVIRONMENT}: {names.unknown_variable(variable, name)}")


def _secret_variables(tree: _Tree) -> Iterator[str]:
    for value in tree.values():
        if isinstance(value, dict):
            yield from _secret_variables(value)
        elif isinstance(value, str) and value.startswith("env:"):
            yield value.removeprefix("env:")


def _explain(error: ValidationError, sources: Mapping[str, _Tree]) -> str:
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    path = [part for part in fault["loc"] if isinstance(part, str) and part != "[key]"]
    name = ".".join(path)
    shown = names.of_setting(name) if _place(path, sources) == _ENVIRONMENT else name
    text = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "missing":
        text = "is missing"
    elif fault["type"] in {"model_type", "dict_type"}:
        text = "should be a table"
    elif text.startswith("Input should"):
        text = text.removeprefix("Input ")
    # A rule between members of a table names the member itself.
    joint = " " if text.startswith(("should", "is missing")) else "."
    sentence = f"{names.printable(shown)}{joint}{text}" if path else text
    return f"{_place(path, sources)}: {sentence}"


def _place(path: list[str], sources: Mapping[str, _Tree]) -> str:
    """Return the weightiest source that says something at the path, or near above it."""
    for depth in range(len(path), 0, -1):
        for place, tree in reversed(tuple(sources.items())):
            if _holds(tree, path[:depth]):
                return place
    return next(iter(sources))


def _holds(tree: _Tree, path: list[str]) -> bool:
    node: Any = tree
    for part in path:
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return True


# Relative paths


def _anchor(settings: Settings, folder: Path) -> Settings:
    """Make every path absolute, so that the working folder no longer matters."""
    data_dir = _absolute(folder, settings.data_dir)
    gate = GateSettings(pepper=_absolute_uri(data_dir, settings.gate.pepper))
    terminals = {
        name: _anchor_terminal(terminal, data_dir) for name, terminal in settings.terminals.items()
    }
    return settings.model_copy(update={"data_dir": data_dir, "gate": gate, "terminals": terminals})


def _anchor_terminal(terminal: TerminalSettings, data_dir: Path) -> TerminalSettings:
    changes: _Tree = {"secret": _absolute_uri(data_dir, terminal.secret)}
    if terminal.next_secret is not None:
        changes["next_secret"] = _absolute_uri(data_dir, terminal.next_secret)
    if terminal.curve is not None:
        secret = _absolute_uri(data_dir, terminal.curve.secret)
        changes["curve"] = terminal.curve.model_copy(update={"secret": secret})
    return terminal.model_copy(update=changes)


def _absolute_uri(folder: Path, uri: str) -> str:
    if not uri.startswith("file:"):
        return uri
    return f"file:{_absolute(folder, Path(uri.removeprefix('file:')))}"


def _absolute(folder: Path, path: Path) -> Path:
    try:
        return (folder / path.expanduser()).absolute()
    except RuntimeError:
        raise ConfigError(
            f"{path}: there is no home folder for '~'; write the whole path"
        ) from None
