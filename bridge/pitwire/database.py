"""The bridge's one SQLite file: a single writer thread with group commit, and short reads.

Whoever writes hands over a function. The writer thread takes all that wait, runs each in its own
savepoint of one transaction, commits with full synchronization, and only then completes their
futures: what was acknowledged is on disk, and a hundred writes cost one flush.
"""

import asyncio
import copy
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any, TypeVar

import structlog

from pitwire.migrations import Migration, migrate
from pitwire.sqlite_file import connect, explained, prepare_connection, prepare_file

BUSY_TIMEOUT_MS = 5000
"""How long to wait while another process, such as the command line, holds the write lock."""

WATCH_INTERVAL_S = 0.1
"""How often the writer thread looks whether another process has changed the file."""

WATCH_RETRY_S = 1.0
"""When to look again after that has failed."""

MAX_GROUP = 500
"""Most writes in one transaction, so that a flood does not keep the first of them waiting."""

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
"""A write. It runs on the writer thread and leaves its transaction open."""

_Waiting = tuple[Work[Any], Future[Any]]
_Outcome = tuple[Any, BaseException | None]

log = structlog.get_logger(__name__)


class Database:
    """One SQLite file in WAL mode, readable by its owner only.

    `write`, `commit` and `read` may be called from any thread. The constructor applies the given
    migrations. Raises ConfigError, which says what to do, when the file cannot be used.
    """

    def __init__(
        self,
        path: Path,
        migrations: Iterable[Migration] = (),
        *,
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
    ) -> None:
        self._path = path.absolute()
        self._watchers: list[Callable[[], None]] = []
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._closed = False
        self._closing = threading.Lock()
        self._reading = threading.Lock()
        prepare_file(self._path)
        with ExitStack() as opened, explained(self._path):
            self._writer = opened.enter_context(
                closing(connect(self._path, busy_timeout_ms=busy_timeout_ms))
            )
            prepare_connection(self._writer, self._path, busy_timeout_ms=busy_timeout_ms)
            self._reader = opened.enter_context(
                closing(connect(self._path, busy_timeout_ms=busy_timeout_ms, mode="ro"))
            )
            self._seen = _data_version(self._writer)
            self._next_look = time.monotonic()
            self._connections = opened.pop_all()
        # A daemon: what a process that never closes has not committed was never acknowledged.
        self._thread = threading.Thread(target=self._run, name="database", daemon=True)
        self._thread.start()
        try:
            self.migrate(migrations)
        except BaseException:
            self.close()
            raise

    def migrate(self, migrations: Iterable[Migration]) -> None:
        """Apply the steps that the file does not have yet, all of them or none.

        Raises ConfigError when a newer program has written the file.
        """
        with explained(self._path):
            self.write(lambda connection: migrate(connection, migrations)).result()

    def write(self, work: Work[T]) -> "Future[T]":
        """Queue a write; the future completes after the commit, with what `work` returned.

        When `work` raises, its changes are undone, the writes beside it are not touched, and the
        future carries the exception.
        """
        future: Future[T] = Future()
        with self._closing:
            if self._closed:
                raise RuntimeError("The database is closed.")
            self._queue.put((work, future))
        return future

    async def commit(self, work: Work[T]) -> T:
        """Write, and wait until it is on disk.

        When the waiting task is canceled, a write that has begun is completed nevertheless.
        """
        return await asyncio.wrap_future(self.write(work))

    def read(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a short query on the calling thread and return all its rows."""
        with self._reading:
            return self._reader.execute(sql, params).fetchall()

    def watch(self, changed: Callable[[], None]) -> None:
        """Have `changed` called, on the writer thread, soon after another process has written."""
        self._watchers.append(changed)

    def close(self) -> None:
        """Commit what waits, then close the file."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        with self._reading:
            self._connections.close()

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        running = True
        while running:
            group, running = self._next_group()
            if group:
                self._commit_group(group)
            if time.monotonic() >= self._next_look:
                self._look_outside()

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        """Collect what waits; the second value is False when nothing can follow it."""
        group: list[_Waiting] = []
        try:
            item = self._queue.get(timeout=WATCH_INTERVAL_S)
            while item is not None:
                group.append(item)
                if len(group) == MAX_GROUP:
                    return group, True
                item = self._queue.get_nowait()
        except queue.Empty:
            return group, True
        return group, False

    def _commit_group(self, group: list[_Waiting]) -> None:
        # From here on these cannot be canceled: each happens or fails.
        group = [waiting for waiting in group if waiting[1].set_running_or_notify_cancel()]
        outcomes: list[_Outcome] = []
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            outcomes.extend(_attempt(self._writer, work) for work, _ in group)
            self._writer.execute("COMMIT")
        except Exception as error:
            log.exception("database_commit_failed", writes=len(group))
            with suppress(sqlite3.Error):
                self._writer.rollback()
            # One exception each: raised in several tasks, a shared one would mix their tracebacks.
            outcomes = [(None, copy.copy(error)) for _ in group]
        for (_, future), (result, failure) in zip(group, outcomes, strict=True):
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def _look_outside(self) -> None:
        self._next_look = time.monotonic() + WATCH_INTERVAL_S
        try:
            version = _data_version(self._writer)
            if version != self._seen:
                for changed in self._watchers:
                    changed()
            self._seen = version
        except Exception:
            log.exception("database_watch_failed")
            self._next_look = time.monotonic() + WATCH_RETRY_S


def _attempt(connection: sqlite3.Connection, work: Work[Any]) -> _Outcome:
    """Run one write in its savepoint. Raises when the whole transaction was lost with it."""
    connection.execute("SAVEPOINT one")
    try:
        result = work(connection)
        connection.execute("RELEASE one")
    except BaseException as error:  # it belongs to whoever waits for the future
        # A full disk ends the transaction, and so does a write that commits on its own.
        if not connection.in_transaction:
            raise sqlite3.OperationalError(f"The transaction ended early: {error}") from error
        connection.execute("ROLLBACK TO one")
        connection.execute("RELEASE one")
        return None, error
    return result, None


def _data_version(connection: sqlite3.Connection) -> int:
    """Read the number that changes with the commits of every connection but this one."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


__all__ = ["Database", "Migration"]
