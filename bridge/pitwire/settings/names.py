"""The names of settings: dotted ("http.port"), as environment variables, and which ones exist."""

import difflib
from collections.abc import Iterator
from functools import cache
from typing import get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pitwire.logs import escape
from pitwire.settings.model import Settings

ENV_PREFIX = "PITWIRE_"
ENV_DELIMITER = "__"
ENTRY = "NAME"
"""Stands for the name that an operator chose, of a terminal."""

_MAX_SHOWN = 80


def walk(model: type[BaseModel] = Settings, prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield the dotted name and the definition of every setting, in the order of the model."""
    for key, field in model.model_fields.items():
        if table := table_of(field):
            yield from walk(table, f"{prefix}{key}.")
        elif entry := entry_of(field):
            yield from walk(entry, f"{prefix}{key}.{ENTRY}.")
        else:
            yield prefix + key, field


def table_of(field: FieldInfo) -> type[BaseModel] | None:
    """Return the model of a field that is a table, optional or not."""
    for candidate in (field.annotation, *get_args(field.annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return None if get_origin(field.annotation) is dict else candidate
    return None


def entry_of(field: FieldInfo) -> type[BaseModel] | None:
    """Return the model of the entries of a field that is a table of named tables."""
    if get_origin(field.annotation) is not dict:
        return None
    entry = get_args(field.annotation)[1]
    return entry if issubclass(entry, BaseModel) else None


@cache
def _settings() -> frozenset[str]:
    return frozenset(name for name, _ in walk())


def is_setting(name: str) -> bool:
    """Tell whether a dotted name is a setting; tables are none."""
    return _general(name) in _settings()


def is_table(name: str) -> bool:
    """Tell whether a dotted name is a table of settings."""
    return any(setting.startswith(f"{_general(name)}.") for setting in _settings())


def of_setting(name: str) -> str:
    """Return the environment variable of a dotted name."""
    return ENV_PREFIX + name.upper().replace(".", ENV_DELIMITER)


def of_variable(variable: str) -> str | None:
    """Return the dotted name that an environment variable stands for, or None."""
    if not variable.upper().startswith(ENV_PREFIX):
        return None
    return variable[len(ENV_PREFIX) :].lower().replace(ENV_DELIMITER, ".")


def unknown(name: str) -> str:
    """Say that there is no such setting, and which one is nearest."""
    return f"there is no setting '{printable(name)}'{_advice(name, nearest(name))}"


def unknown_variable(variable: str, name: str) -> str:
    """Say that an environment variable sets nothing, and which one is nearest."""
    near = nearest(name)
    advice = _advice(name, of_setting(near) if near else None)
    return f"{printable(variable)} sets nothing{advice}"


def _advice(name: str, near: str | None) -> str:
    if is_table(name):
        return f"; it is a table, set its members one by one, for example '{near}'"
    if near is None:
        return "; docs/settings.md lists all"
    return f"; did you mean '{near}'?"


def nearest(name: str) -> str | None:
    """Return the setting whose dotted name, or at least whose last part, is like this one."""
    chosen = _chosen(name)
    candidates = [setting.replace(ENTRY, chosen) for setting in sorted(_settings())]
    if close := difflib.get_close_matches(name, candidates, n=1, cutoff=0.75):
        return close[0]
    by_last = {candidate.rpartition(".")[2]: candidate for candidate in candidates}
    if close := difflib.get_close_matches(name.rpartition(".")[2], by_last, n=1, cutoff=0.75):
        return by_last[close[0]]
    members = [candidate for candidate in candidates if candidate.startswith(f"{name}.")]
    return members[0] if members else None


def _chosen(name: str) -> str:
    """Return the name that the operator chose, in a setting of a terminal."""
    table, _, rest = name.partition(".")
    return rest.partition(".")[0] if table == "terminals" and rest else ENTRY


def _general(name: str) -> str:
    head = f"terminals.{_chosen(name)}"
    return name.replace(head, f"terminals.{ENTRY}", 1)


def printable(text: str) -> str:
    """Return a foreign name as one short line of visible characters."""
    visible = escape(text)
    return visible if len(visible) <= _MAX_SHOWN else f"{visible[:_MAX_SHOWN]}..."
