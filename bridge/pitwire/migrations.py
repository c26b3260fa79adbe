"""Numbered steps that bring the schema of a database up to what this program knows.

Every component (gate, router) counts its own steps from 1; a released step never changes.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pitwire.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of a component's schema; `sql` holds one or more statements."""

    component: str
    number: int
    sql: str


def migrate(connection: sqlite3.Connection, migrations: Iterable[Migration]) -> None:
    """Apply what is missing, inside the transaction that the caller has begun.

    Raises ConfigError when a newer program has written the file.
    """
    steps = sorted(migrations, key=lambda step: (step.component, step.number))
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_versions "
        "(component TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT"
    )
    versions = dict(connection.execute("SELECT component, number FROM schema_versions"))
    _refuse_newer(versions, {step.component: step.number for step in steps})
    for step in steps:
        current = versions.get(step.component, 0)
        if step.number > current + 1:
            raise ValueError(f"The {step.component} schema lacks step {current + 1}.")
        if step.number == current + 1:
            _apply(connection, step)
            versions[step.component] = step.number


def _refuse_newer(versions: dict[str, int], known: dict[str, int]) -> None:
    for component, number in known.items():
        found = versions.get(component, 0)
        if found > number:
            raise ConfigError(
                "The database was written by a newer version of Pitwire "
                f"(its {component} schema is {found}, this version knows {number}); "
                "install the newer version, or use another database."
            )


def _apply(connection: sqlite3.Connection, step: Migration) -> None:
    for statement in _statements(step.sql):
        connection.execute(statement)
    connection.execute(
        "INSERT INTO schema_versions VALUES (?, ?) "
        "ON CONFLICT (component) DO UPDATE SET number = excluded.number",
        (step.component, step.number),
    )


def _statements(sql: str) -> Iterator[str]:
    """Split a script: `executescript` would commit the transaction that it runs in."""
    statement = ""
    for part in sql.split(";"):
        statement += part + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip("; \n"):
        raise ValueError(f"A migration ends in the middle of a statement: {statement.strip()}")


__all__ = ["Migration", "migrate"]
