"""The ledger: every trading command is written here before it is sent.

An intent is committed with full synchronization, then sent, then settled. So after a crash the
ledger knows of everything that may have reached a terminal, and a repeated Idempotency-Key finds
the first request whatever happened in between.
"""

import json
import sqlite3
import time
from dataclasses import replace
from typing import Any

from pitwire.database import Database
from pitwire.errors import LedgerUnavailable
from pitwire.migrations import Migration
from pitwire.router.intent import Intent, IntentState
from pitwire.router.registry import Account
from pitwire.wire.records import TradeResult

IDEMPOTENCY_RETENTION_S = 24 * 3600
"""How long an Idempotency-Key of a settled intent is remembered."""

MIGRATIONS = (
    Migration(
        "router",
        1,
        """
        CREATE TABLE intents (
            id TEXT PRIMARY KEY,
            terminal TEXT NOT NULL,
            owner TEXT NOT NULL,
            command TEXT NOT NULL,
            idempotency_key TEXT,
            fingerprint TEXT NOT NULL,
            fields TEXT NOT NULL,
            state TEXT NOT NULL,
            created_msc INTEGER NOT NULL,
            updated_msc INTEGER NOT NULL,
            deadline_msc INTEGER NOT NULL,
            login TEXT NOT NULL,
            journal TEXT NOT NULL,
            utc_offset_s INTEGER NOT NULL,
            result TEXT,
            code TEXT,
            detail TEXT,
            reconciled INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX intents_by_idempotency_key
            ON intents (owner, terminal, command, idempotency_key)
            WHERE idempotency_key IS NOT NULL;
        CREATE INDEX intents_open ON intents (state) WHERE state IN ('sending', 'unresolved');
        CREATE TABLE pins (
            terminal TEXT PRIMARY KEY,
            login TEXT NOT NULL,
            server TEXT NOT NULL,
            pinned_msc INTEGER NOT NULL
        ) STRICT;
        """,
    ),
)

_COLUMNS = (
    "id, terminal, owner, command, idempotency_key, fingerprint, fields, state, created_msc, "
    "updated_msc, deadline_msc, login, journal, utc_offset_s, result, code, detail, reconciled"
)


class Ledger:
    """Intents and account pins in the bridge's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, intent: Intent) -> Intent:
        """Write an intent down, or return the one that the same Idempotency-Key made before.

        When this returns the given intent, it is on disk.
        Raises LedgerUnavailable; then nothing may be sent.
        """

        def insert(connection: sqlite3.Connection) -> Intent:
            earlier = _find(connection, intent)
            if earlier is not None:
                return earlier
            connection.execute(
                f"INSERT INTO intents ({_COLUMNS}) VALUES ({', '.join('?' * 18)})",  # noqa: S608
                _row(intent),
            )
            return intent

        try:
            return await self._database.commit(insert)
        except sqlite3.Error as error:
            raise _unavailable() from error

    def find(self, intent: Intent) -> Intent | None:
        """Look for an earlier intent with the same owner, terminal, command, Idempotency-Key.

        Raises LedgerUnavailable; then nothing may be sent.
        """
        if intent.idempotency_key is None:
            return None
        try:
            rows = self._database.read(*_by_key(intent))
        except sqlite3.Error as error:
            raise _unavailable() from error
        return _intent(rows[0]) if rows else None

    async def settle(self, intent: Intent) -> Intent:
        """Write down what became of an intent; a settled one is never changed again.

        An intent that was not sent gives its Idempotency-Key free. Returns what the ledger holds.
        """

        def update(connection: sqlite3.Connection) -> Intent:
            free_key = intent.state is IntentState.NOT_SENT
            connection.execute(
                "UPDATE intents SET state = ?, updated_msc = ?, result = ?, "
                "idempotency_key = CASE WHEN ? THEN NULL ELSE idempotency_key END, "
                "code = ?, detail = ?, reconciled = ?, utc_offset_s = ? "
                "WHERE id = ? AND state IN ('sending', 'unresolved')",
                (
                    intent.state,
                    intent.updated_msc,
                    _result_text(intent),
                    free_key,
                    intent.code,
                    intent.detail,
                    intent.reconciled,
                    intent.utc_offset_s,
                    intent.id,
                ),
            )
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM intents WHERE id = ?",  # noqa: S608
                (intent.id,),
            ).fetchone()
            return _intent(row)

        return await self._database.commit(update)

    def get(self, order_id: str) -> Intent | None:
        """Read one intent."""
        rows = self._database.read(
            f"SELECT {_COLUMNS} FROM intents WHERE id = ?",  # noqa: S608
            (order_id,),
        )
        return _intent(rows[0]) if rows else None

    def unsettled(self) -> list[Intent]:
        """List what is not settled, oldest first; after a start this is what a crash left open."""
        rows = self._database.read(
            f"SELECT {_COLUMNS} FROM intents WHERE state IN ('sending', 'unresolved') "  # noqa: S608
            "ORDER BY created_msc",
            (),
        )
        return [_intent(row) for row in rows]

    async def forget_old_keys(self) -> None:
        """Free the Idempotency-Keys of intents that have been settled long enough."""
        before = int((time.time() - IDEMPOTENCY_RETENTION_S) * 1000)

        def update(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE intents SET idempotency_key = NULL WHERE idempotency_key IS NOT NULL "
                "AND state NOT IN ('sending', 'unresolved') AND updated_msc < ?",
                (before,),
            )

        await self._database.commit(update)

    def pins(self) -> dict[str, Account]:
        """Read which login and server every terminal is pinned to."""
        rows = self._database.read("SELECT terminal, login, server FROM pins", ())
        return {terminal: (int(login), server) for terminal, login, server in rows}

    async def pin(self, terminal: str, login: int, server: str) -> None:
        """Pin a terminal to an account."""

        def upsert(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO pins (terminal, login, server, pinned_msc) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (terminal) DO UPDATE SET login = excluded.login, "
                "server = excluded.server, pinned_msc = excluded.pinned_msc",
                (terminal, str(login), server, int(time.time() * 1000)),
            )

        await self._database.commit(upsert)


def _unavailable() -> LedgerUnavailable:
    return LedgerUnavailable("The order was not sent: the ledger cannot be read or written.")


def _by_key(intent: Intent) -> tuple[str, tuple[str | None, ...]]:
    sql = (
        f"SELECT {_COLUMNS} FROM intents "  # noqa: S608
        "WHERE owner = ? AND terminal = ? AND command = ? AND idempotency_key = ?"
    )
    return sql, (intent.owner, intent.terminal, intent.command, intent.idempotency_key)


def _find(connection: sqlite3.Connection, intent: Intent) -> Intent | None:
    if intent.idempotency_key is None:
        return None
    row = connection.execute(*_by_key(intent)).fetchone()
    return None if row is None else _intent(row)


def _result_text(intent: Intent) -> str | None:
    return None if intent.result is None else intent.result.model_dump_json()


def _row(intent: Intent) -> tuple[Any, ...]:
    return (
        intent.id,
        intent.terminal,
        intent.owner,
        intent.command,
        intent.idempotency_key,
        intent.fingerprint,
        json.dumps(intent.fields, separators=(",", ":")),
        intent.state,
        intent.created_msc,
        intent.updated_msc,
        intent.deadline_msc,
        str(intent.login),
        str(intent.journal),
        intent.utc_offset_s,
        _result_text(intent),
        intent.code,
        intent.detail,
        intent.reconciled,
    )


def _intent(row: tuple[Any, ...]) -> Intent:
    names = _COLUMNS.split(", ")
    intent: Any = Intent(**dict(zip(names, row, strict=True)))
    settled: Intent = replace(
        intent,
        fields=json.loads(intent.fields),
        state=IntentState(intent.state),
        login=int(intent.login),
        journal=int(intent.journal),
        result=None if intent.result is None else TradeResult.model_validate_json(intent.result),
        reconciled=bool(intent.reconciled),
    )
    return settled


__all__ = ["IDEMPOTENCY_RETENTION_S", "MIGRATIONS", "Ledger"]
