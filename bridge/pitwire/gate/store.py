"""Where keys are kept: one interface, and the embedded store behind it.

All keys are in memory, so finding one costs a dictionary look-up however many there are. Memory
follows the database: at once for changes made here, within `database.WATCH_INTERVAL_S` for those
that another process makes.
"""

import re
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import structlog

from pitwire.database import Database, Migration
from pitwire.errors import InvalidRequest, NotFound
from pitwire.gate.keys import (
    ALL_TERMINALS,
    ID_LENGTH,
    Clock,
    Entry,
    Key,
    KeyKind,
    Pepper,
    Token,
    utc_now,
)
from pitwire.gate.scopes import SCOPES

MAX_NAME_LENGTH = 64

MIGRATIONS = (
    Migration(
        "gate",
        1,
        """
        CREATE TABLE peppers (
            version INTEGER PRIMARY KEY,
            fingerprint BLOB NOT NULL
        ) STRICT;
        CREATE TABLE keys (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('live', 'test')),
            name TEXT NOT NULL,
            scopes TEXT NOT NULL,
            terminals TEXT NOT NULL,
            created_msc INTEGER NOT NULL,
            not_before_msc INTEGER,
            expires_at_msc INTEGER,
            disabled INTEGER NOT NULL,
            revoked_at_msc INTEGER,
            last4 TEXT NOT NULL,
            pepper_version INTEGER NOT NULL REFERENCES peppers (version),
            owner TEXT NOT NULL,
            mac BLOB NOT NULL
        ) STRICT;
        """,
    ),
)

_COLUMNS = (
    "id, kind, name, scopes, terminals, created_msc, not_before_msc, expires_at_msc, disabled, "
    "revoked_at_msc, last4, pepper_version, owner, mac"
)
_SELECT = f"SELECT {_COLUMNS} FROM keys"  # noqa: S608 - a constant
_INSERT = f"INSERT INTO keys ({_COLUMNS}) VALUES ({', '.join('?' * 14)})"  # noqa: S608 - likewise
_ID = re.compile(rf"[0-9A-Za-z]{{{ID_LENGTH}}}")
_TERMINAL = re.compile(r"[A-Za-z0-9._-]{1,64}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_Keys = list[Key]  # inside the classes `list` is the method

log = structlog.get_logger(__name__)


class KeyStore(Protocol):
    """What the gate asks of a store of keys."""

    def find(self, key_id: str) -> Entry | None:
        """Look a key up in memory."""

    def create(
        self,
        *,
        name: str,
        kind: KeyKind,
        scopes: Iterable[str],
        terminals: Iterable[str],
        not_before: datetime | None = None,
        expires_at: datetime | None = None,
        owner: str | None = None,
    ) -> tuple[Key, str]:
        """Make a key; the second value is the token, which nobody can show again.

        Without an `owner` the key owns its orders itself. Raises InvalidRequest.
        """

    def get(self, key_id: str) -> Key:
        """Return a key, or raise NotFound."""

    def list(self) -> _Keys:
        """Return all keys, the revoked ones included, oldest first."""

    def revoke(self, key_id: str) -> Key:
        """End a key for good; it stays listed, and its id is never used again.

        A key that is revoked already stays as it is. Raises NotFound.
        """

    def disable(self, key_id: str) -> Key:
        """Suspend a key until it is enabled. Raises NotFound."""

    def enable(self, key_id: str) -> Key:
        """End a key's suspension. Raises NotFound."""


class SqliteKeyStore:
    """A `KeyStore` in the bridge's database. Changes block the caller until they are on disk."""

    def __init__(self, database: Database, pepper: Pepper, clock: Clock = utc_now) -> None:
        self._database = database
        self._pepper = pepper
        self._clock = clock
        self._entries: dict[str, Entry] = {}
        # Rows are read and put into memory under it, so that the older of two reads never wins.
        self._refreshing = threading.Lock()
        database.watch(self._load)
        self._load()

    def find(self, key_id: str) -> Entry | None:
        """Look a key up in memory."""
        return self._entries.get(key_id)

    def create(
        self,
        *,
        name: str,
        kind: KeyKind,
        scopes: Iterable[str],
        terminals: Iterable[str],
        not_before: datetime | None = None,
        expires_at: datetime | None = None,
        owner: str | None = None,
    ) -> tuple[Key, str]:
        """Make a key; the second value is the token. Raises InvalidRequest."""
        now = self._clock()
        _check_times(now, not_before, expires_at)
        token = Token.random(kind)
        values = (
            token.key_id,
            token.kind,
            _checked_label(name, "name"),
            " ".join(_checked_scopes(scopes)),
            " ".join(_checked_terminals(terminals)),
            _msc(now),
            None if not_before is None else _msc(not_before),
            None if expires_at is None else _msc(expires_at),
            0,
            None,
            token.last4,
            self._pepper.version,
            token.key_id if owner is None else _checked_label(owner, "owner"),
            self._pepper.mac(token),
        )
        key = self._change(token.key_id, _INSERT, values)
        return key, token.reveal()

    def get(self, key_id: str) -> Key:
        """Return a key, or raise NotFound."""
        entry = self._entries.get(key_id)
        if entry is None:
            # Only what looks like an id is repeated: it may be a whole token, mistyped.
            which = f"'{key_id}'" if _ID.fullmatch(key_id) else "with this id"
            raise NotFound(f"There is no key {which}.")
        return entry.key

    def list(self) -> _Keys:
        """Return all keys, oldest first."""
        return sorted((entry.key for entry in self._entries.values()), key=lambda key: key.created)

    def revoke(self, key_id: str) -> Key:
        """End a key for good. Raises NotFound."""
        sql = "UPDATE keys SET revoked_at_msc = coalesce(revoked_at_msc, ?) WHERE id = ?"
        return self._change(key_id, sql, (_msc(self._clock()), key_id))

    def disable(self, key_id: str) -> Key:
        """Suspend a key. Raises NotFound."""
        return self._change(key_id, "UPDATE keys SET disabled = 1 WHERE id = ?", (key_id,))

    def enable(self, key_id: str) -> Key:
        """End a key's suspension. Raises NotFound."""
        return self._change(key_id, "UPDATE keys SET disabled = 0 WHERE id = ?", (key_id,))

    def _change(self, key_id: str, sql: str, values: Sequence[Any]) -> Key:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute(sql, values)

        self._database.write(work).result()
        self._load(key_id)
        return self.get(key_id)

    def _load(self, key_id: str | None = None) -> None:
        """Bring memory up to the database: one key, or all of them."""
        with self._refreshing:
            if key_id is not None:
                rows = self._database.read(f"{_SELECT} WHERE id = ?", (key_id,))
                self._entries.update(_entries(rows))
            else:
                self._entries = _entries(self._database.read(_SELECT))


def _entries(rows: Iterable[Sequence[Any]]) -> dict[str, Entry]:
    entries = {}
    for row in rows:
        try:
            entries[row[0]] = _entry(row)
        except (ValueError, OverflowError):
            # One row that makes no sense must not keep the others' revocations from being seen.
            log.exception("key_unreadable", key_id=row[0])
    return entries


def _entry(row: Sequence[Any]) -> Entry:
    key_id, kind, name, scopes, terminals, created, not_before, expires_at, disabled = row[:9]
    revoked_at, last4, pepper_version, owner, mac = row[9:]
    key = Key(
        id=key_id,
        kind=KeyKind(kind),
        name=name,
        scopes=frozenset(scopes.split()),
        terminals=frozenset(terminals.split()),
        created=_time(created),
        not_before=None if not_before is None else _time(not_before),
        expires_at=None if expires_at is None else _time(expires_at),
        disabled=bool(disabled),
        revoked_at=None if revoked_at is None else _time(revoked_at),
        last4=last4,
        pepper_version=pepper_version,
        owner=owner,
    )
    return Entry(key, mac)


def _time(msc: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=msc)


def _msc(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(milliseconds=1)


def _check_times(now: datetime, not_before: datetime | None, expires_at: datetime | None) -> None:
    if any(time is not None and time.tzinfo is None for time in (not_before, expires_at)):
        raise InvalidRequest("The times of a key need a time zone.")
    if expires_at is not None and expires_at <= max(now, not_before or now):
        raise InvalidRequest("The key would never be valid; let it expire later.")


def _checked_label(text: str, what: str) -> str:
    if not text.strip() or len(text) > MAX_NAME_LENGTH or not text.isprintable():
        raise InvalidRequest(
            f"The {what} of a key has 1 to {MAX_NAME_LENGTH} printable characters."
        )
    return text


def _checked_scopes(scopes: Iterable[str]) -> list[str]:
    words = sorted({scopes} if isinstance(scopes, str) else set(scopes))
    if not words or any(word not in SCOPES for word in words):
        raise InvalidRequest(f"Grant a key one or more of the scopes {', '.join(SCOPES)}.")
    return words


def _checked_terminals(terminals: Iterable[str]) -> list[str]:
    names = sorted({terminals} if isinstance(terminals, str) else set(terminals))
    if names == [ALL_TERMINALS]:
        return names
    if not names or any(_TERMINAL.fullmatch(name) is None for name in names):
        raise InvalidRequest(
            "Grant a key the names of one or more terminals (letters, digits, '.', '_' and '-'), "
            "or '*' alone for all."
        )
    return names


__all__ = ["MIGRATIONS", "KeyStore", "SqliteKeyStore"]
