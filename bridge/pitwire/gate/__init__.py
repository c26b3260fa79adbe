"""Who calls, and what may they do.

Reading order: `door` (the one entry), `scopes`, `keys` (their form and hash), `store` (where they
are kept), `secrets` (where the pepper and the links' secrets come from).
"""

import hmac
import sqlite3
from collections.abc import Callable
from typing import NamedTuple

from pitwire.database import Database
from pitwire.errors import ConfigError
from pitwire.gate.door import Door
from pitwire.gate.keys import Clock, Pepper, utc_now
from pitwire.gate.secrets import SecretText
from pitwire.gate.store import MIGRATIONS, KeyStore, SqliteKeyStore


class Gate(NamedTuple):
    """The door, and the keys that open it."""

    door: Door
    keys: KeyStore


def open_gate(
    database: Database,
    pepper: SecretText,
    *,
    is_simulated: Callable[[str], bool] = lambda _: False,
    clock: Clock = utc_now,
) -> Gate:
    """Open the gate over the bridge's database, bringing its schema up to date.

    Unless `is_simulated` is given, test keys reach no terminal. Raises ConfigError when the keys
    in the database were made under another pepper.
    """
    database.migrate(MIGRATIONS)
    known = Pepper.from_secret(pepper, version=_pepper_version(database, pepper))
    keys = SqliteKeyStore(database, known, clock)
    return Gate(Door(keys, known, is_simulated=is_simulated, clock=clock), keys)


def _pepper_version(database: Database, pepper: SecretText) -> int:
    """Find the pepper by its fingerprint; the first one is remembered.

    With a lost pepper that was made anew every key would be refused and nothing would say why.
    """
    fingerprint = Pepper.from_secret(pepper, version=0).fingerprint()

    def find(connection: sqlite3.Connection) -> int:
        row = connection.execute(
            "SELECT version, fingerprint FROM peppers ORDER BY version DESC LIMIT 1"
        ).fetchone()
        version = 1 if row is None else row[0]
        if row is not None and hmac.compare_digest(row[1], fingerprint):
            return version
        if connection.execute("SELECT 1 FROM keys LIMIT 1").fetchone() is not None:
            raise ConfigError(
                "The pepper is not the one under which the keys in the database were made; "
                "restore the pepper from a backup, or start with a new database."
            )
        connection.execute("INSERT OR REPLACE INTO peppers VALUES (?, ?)", (version, fingerprint))
        return int(version)

    return database.write(find).result()


__all__ = ["Gate", "open_gate"]
