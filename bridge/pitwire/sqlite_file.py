"""Opening an SQLite file so that it can be relied on, and saying what is wrong when it cannot."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pitwire.errors import ConfigError

APPLICATION_ID = 0x50697477
"""Marks the file as ours in its header: the letters "Pitw"."""

OLDEST_SQLITE = (3, 37, 0)
"""The first release with STRICT tables."""


def prepare_file(path: Path) -> None:
    """Make folder and file for the owner only; SQLite gives its side files the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise ConfigError(
            f"The database {path} cannot be opened ({error.strerror}); "
            "let the bridge's user read and write this file and its folder."
        ) from error


def connect(path: Path, *, busy_timeout_ms: int, mode: str = "rw") -> sqlite3.Connection:
    """Open a file that exists; `mode` is "rw" or "ro". Its transactions are begun by hand."""
    return sqlite3.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        timeout=busy_timeout_ms / 1000,
        isolation_level=None,
        check_same_thread=False,
    )


def prepare_connection(connection: sqlite3.Connection, path: Path, *, busy_timeout_ms: int) -> None:
    """Make sure that the file is ours and sound, and that commits survive a power cut.

    Raises ConfigError or sqlite3.Error.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise ConfigError(
            f"This Python has SQLite {sqlite3.sqlite_version}; "
            f"use one with SQLite {'.'.join(map(str, OLDEST_SQLITE))} or newer."
        )
    _claim(connection, path)
    if _log_ahead(connection, time.monotonic() + busy_timeout_ms / 1000) != "wal":
        raise ConfigError(
            f"The database {path} lies where SQLite cannot keep a write-ahead log; "
            "put it on a local disk."
        )
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # without it macOS leaves data in the drive's cache
    connection.execute("PRAGMA foreign_keys = ON")
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise _damaged(path, verdict)


def _claim(connection: sqlite3.Connection, path: Path) -> None:
    """Mark an empty file as ours, and refuse the file of another program."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        (owner,) = connection.execute("PRAGMA application_id").fetchone()
        in_use = connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
        if owner == 0 and not in_use:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        elif owner != APPLICATION_ID:
            raise ConfigError(f"{path} is the database of another program; name another file.")
        connection.execute("COMMIT")
    finally:
        connection.rollback()


def _log_ahead(connection: sqlite3.Connection, until: float) -> str:
    """Switch to the write-ahead log, and return the mode that the file is in now."""
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            # SQLite does not wait here when another process is just doing the same.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.005)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says into what the operator can do about it."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise ConfigError(
                f"The database {path} is locked; end the program that holds it."
            ) from error
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            raise _damaged(path, str(error)) from error
        raise ConfigError(
            f"The database {path} cannot be used ({error}); let the bridge's user read and write "
            "this file and its folder, and see that the disk is not full."
        ) from error


def _damaged(path: Path, detail: str) -> ConfigError:
    line = " ".join(detail.split())
    return ConfigError(
        f"The database {path} is damaged ({line}); move it and its -wal file away "
        "and put a backup in its place."
    )


__all__ = ["connect", "explained", "prepare_connection", "prepare_file"]
