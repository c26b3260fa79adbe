import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pitwire import database as database_module
from pitwire.database import Database, Migration
from pitwire.errors import ConfigError

NOTES = (Migration("notes", 1, "CREATE TABLE notes (text TEXT NOT NULL UNIQUE) STRICT;"),)

posix_only = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "pitwire.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with Database(path, NOTES) as opened:
        yield opened


def note(text: str) -> Callable[[sqlite3.Connection], str]:
    def work(connection: sqlite3.Connection) -> str:
        connection.execute("INSERT INTO notes VALUES (?)", (text,))
        return text

    return work


def notes(database: Database) -> list[str]:
    return [text for (text,) in database.read("SELECT text FROM notes ORDER BY rowid")]


def notes_on_disk(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM notes ORDER BY rowid")]


class Held:
    """Keeps the writer thread busy, so that what is written meanwhile waits for one group."""

    def __init__(self, database: Database) -> None:
        self._entered, self._leave = threading.Event(), threading.Event()
        self.future: Future[None] = database.write(self._work)
        assert self._entered.wait(10)

    def _work(self, _: sqlite3.Connection) -> None:
        self._entered.set()
        assert self._leave.wait(10)

    def release(self) -> None:
        self._leave.set()


def test_a_write_returns_what_its_function_returns_and_can_be_read(database: Database) -> None:
    assert database.write(note("first")).result(10) == "first"
    assert asyncio.run(database.commit(note("second"))) == "second"
    assert notes(database) == ["first", "second"]


def test_writes_that_wait_are_committed_together_and_in_order(database: Database) -> None:
    statements: list[str] = []
    held = Held(database)
    futures = [database.write(note(str(number))) for number in range(100)]
    database._writer.set_trace_callback(statements.append)
    held.release()
    assert [future.result(10) for future in futures] == [str(number) for number in range(100)]
    assert statements.count("COMMIT") == 2  # the one that was held, then the hundred
    assert notes(database) == [str(number) for number in range(100)]


def test_a_flood_is_committed_in_groups_of_a_limited_size(database: Database) -> None:
    statements: list[str] = []
    held = Held(database)
    count = 2 * database_module.MAX_GROUP + 1
    futures = [database.write(note(str(number))) for number in range(count)]
    database._writer.set_trace_callback(statements.append)
    held.release()
    assert len([future.result(10) for future in futures]) == count
    assert statements.count("COMMIT") == 4


def test_a_failing_write_is_undone_alone(database: Database) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO notes VALUES ('half')")
        raise ValueError("no")

    held = Held(database)
    before, broken, twice = (database.write(work) for work in (note("a"), half, note("a")))
    after = database.write(note("b"))
    held.release()
    assert (before.result(10), after.result(10)) == ("a", "b")
    with pytest.raises(ValueError, match="no"):
        broken.result(10)
    with pytest.raises(sqlite3.IntegrityError):
        twice.result(10)
    assert notes(database) == ["a", "b"]


def test_a_future_completes_only_after_the_commit(database: Database, path: Path) -> None:
    seen: list[list[str]] = []
    held = Held(database)
    future = database.write(note("kept"))
    # Callbacks run on the writer thread at the moment of completion.
    future.add_done_callback(lambda _: seen.append(notes_on_disk(path)))
    assert notes_on_disk(path) == []
    held.release()
    future.result(10)
    database.write(note("barrier")).result(10)
    assert seen == [["kept"]]


@pytest.mark.parametrize("ending", ["COMMIT", "ROLLBACK"])
def test_a_write_that_ends_the_transaction_fails_its_group_and_not_the_writer(
    database: Database, ending: str
) -> None:
    held = Held(database)
    beside = database.write(note("beside"))
    guilty = database.write(lambda connection: connection.execute(ending))
    held.release()
    for future in (beside, guilty):
        with pytest.raises(sqlite3.OperationalError, match="ended early"):
            future.result(10)
    assert database.write(note("later")).result(10) == "later"


def test_on_a_full_disk_no_acknowledged_write_is_lost_and_no_failed_one_kept(
    database: Database, path: Path
) -> None:
    def fill(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 4}")

    database.write(fill).result(10)
    held = Held(database)
    futures = {
        text: database.write(note(text)) for text in ("small", "x" * 100_000, "y", "z" * 90_000)
    }
    held.release()
    done = [text for text, future in futures.items() if future.exception(10) is None]
    assert len(done) < len(futures)
    assert notes_on_disk(path) == done
    assert database.write(note("after")).result(10) == "after"


def test_while_another_process_holds_the_lock_writes_fail_whole_and_recover(path: Path) -> None:
    with Database(path, NOTES, busy_timeout_ms=20) as database:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            futures = [database.write(note(text)) for text in ("a", "b")]
            for future in futures:
                with pytest.raises(sqlite3.OperationalError, match="locked"):
                    future.result(10)
            other.execute("ROLLBACK")
        assert notes(database) == []
        assert database.write(note("a")).result(10) == "a"


def test_a_wait_canceled_before_its_turn_withdraws_the_write(database: Database) -> None:
    async def story() -> None:
        held = Held(database)
        waiting = asyncio.create_task(database.commit(note("withdrawn")))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        held.release()
        await database.commit(note("next"))

    asyncio.run(story())
    assert notes(database) == ["next"]


def test_a_wait_canceled_during_its_turn_does_not_undo_the_write(database: Database) -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow(connection: sqlite3.Connection) -> None:
        entered.set()
        assert leave.wait(10)
        note("begun")(connection)

    async def story() -> None:
        waiting = asyncio.create_task(database.commit(slow))
        assert await asyncio.to_thread(entered.wait, 10)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        leave.set()
        await database.commit(note("next"))

    asyncio.run(story())
    assert notes(database) == ["begun", "next"]


def test_many_threads_may_write_and_read(database: Database) -> None:
    def worker(name: str) -> None:
        for number in range(50):
            text = f"{name}{number}"
            database.write(note(text)).result(10)
            assert database.read("SELECT 1 FROM notes WHERE text = ?", (text,)) == [(1,)]

    threads = [threading.Thread(target=worker, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(notes(database)) == 200


def test_closing_commits_what_waits_and_takes_nothing_more(path: Path) -> None:
    database = Database(path, NOTES)
    held = Held(database)
    futures = [database.write(note(str(number))) for number in range(20)]
    closer = threading.Thread(target=database.close)
    closer.start()
    held.release()
    closer.join(10)
    assert all(future.done() for future in futures)
    assert len(notes_on_disk(path)) == 20
    with pytest.raises(RuntimeError, match="closed"):
        database.write(note("late"))
    database.close()


def test_reads_cannot_write(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.read("INSERT INTO notes VALUES ('x')")


def test_foreign_keys_and_full_synchronization_are_on(database: Database) -> None:
    def settings(connection: sqlite3.Connection) -> list[Any]:
        names = ("foreign_keys", "synchronous", "journal_mode")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert database.write(settings).result(10) == [1, 2, "wal"]


KILLED = """
import itertools, sys
from pathlib import Path
from pitwire.database import Database, Migration
steps = [Migration("notes", 1, "CREATE TABLE notes (text TEXT NOT NULL UNIQUE) STRICT;")]
database = Database(Path(sys.argv[1]), steps)
for group in itertools.count():
    def insert(connection, number):
        connection.execute("INSERT INTO notes VALUES (?)", (f"{sys.argv[2]}-{group}-{number}",))
        return f"{sys.argv[2]}-{group}-{number}"
    futures = [database.write(lambda c, n=n: insert(c, n)) for n in range(7)]
    for future in futures:
        print(future.result(), flush=True)
"""


@pytest.mark.parametrize("lines", [1, 40, 333])
def test_after_a_kill_every_acknowledged_write_is_there(path: Path, lines: int) -> None:
    acknowledged: list[str] = []
    for life in range(2):
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, str(path), str(life)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            acknowledged.extend(child.stdout.readline().strip() for _ in range(lines))
            child.kill()
            # Lines that were under way when it died count as well; the last may be cut off.
            rest = child.stdout.read()
            acknowledged.extend(rest[: rest.rfind("\n") + 1].split())
            assert child.wait(10) != 0
        with Database(path, NOTES) as database:
            assert set(acknowledged) <= set(notes(database))
            assert database.read("PRAGMA integrity_check") == [("ok",)]
    assert len(acknowledged) >= 2 * lines


def test_a_change_by_another_process_is_noticed_and_an_own_one_is_not(
    database: Database, path: Path
) -> None:
    calls: list[int] = []
    noticed = threading.Event()

    def changed() -> None:
        calls.append(len(notes(database)))
        noticed.set()

    database.watch(changed)
    for number in range(5):
        database.write(note(str(number))).result(10)
    script = (
        "import sqlite3, sys\n"
        "with sqlite3.connect(sys.argv[1]) as c: c.execute(\"INSERT INTO notes VALUES ('other')\")"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)
    assert noticed.wait(10)
    assert calls == [6]


def test_a_watcher_that_fails_is_called_again(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "WATCH_RETRY_S", 0.0)
    attempts: list[None] = []
    done = threading.Event()

    def changed() -> None:
        attempts.append(None)
        if len(attempts) < 3:
            raise ValueError("not yet")
        done.set()

    database.watch(changed)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("INSERT INTO notes VALUES ('other')")
    assert done.wait(10)
    assert database.write(note("alive")).result(10) == "alive"


@posix_only
def test_only_the_owner_may_open_the_files(path: Path) -> None:
    before = os.umask(0)
    try:
        with Database(path, NOTES) as database:
            database.write(note("a")).result(10)
            modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(["pitwire.db", "pitwire.db-wal", "pitwire.db-shm"], 0o600)
    assert path.parent.stat().st_mode & 0o777 == 0o700


@posix_only
def test_a_file_that_others_may_open_is_closed_to_them_and_its_folder_left_alone(
    path: Path,
) -> None:
    path.parent.mkdir(mode=0o755)
    path.touch(mode=0o644)
    with Database(path):
        assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o755


def test_a_path_may_hold_what_means_something_in_a_uri(tmp_path: Path) -> None:
    path = tmp_path / "100% a?b#c" / "é.db"
    with Database(path, NOTES) as database:
        database.write(note("a")).result(10)
    assert notes_on_disk(path) == ["a"]


def test_processes_that_open_a_new_file_at_once_agree(path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom pitwire.database import Database, Migration\n"
        "step = Migration('notes', 1, 'CREATE TABLE notes (text TEXT NOT NULL UNIQUE) STRICT;')\n"
        "print('ready', flush=True)\nsys.stdin.readline()\n"
        "with Database(Path(sys.argv[1]), [step]) as database:\n"
        "    insert = lambda c: c.execute('INSERT INTO notes VALUES (?)', (sys.argv[2],))\n"
        "    database.write(lambda c: bool(insert(c))).result()\n"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(path), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        _, errors = child.communicate(timeout=30)
        assert (child.returncode, errors) == (0, "")
    assert sorted(notes_on_disk(path)) == ["0", "1", "2", "3"]


def refusal(path: Path, **settings: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        Database(path, NOTES, **settings)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith(".")
    return message


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(b"Dear Sir or Madam, " * 1000)
    assert f"{path} is damaged" in refusal(path)
    assert path.read_bytes() == b"Dear Sir or Madam, " * 1000


def test_a_damaged_file_is_refused(path: Path) -> None:
    with Database(path, NOTES) as database:
        for number in range(50):
            database.write(note(f"{number}" * 500))
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    assert f"{path} is damaged" in refusal(path)


def test_a_truncated_file_is_refused(path: Path) -> None:
    with Database(path, NOTES) as database:
        for number in range(50):
            database.write(note(f"{number}" * 500))
    os.truncate(path, 3 * 4096)
    assert f"{path} is damaged" in refusal(path)


def test_the_database_of_another_program_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()
    assert "another program" in refusal(path)
    assert path.read_bytes() == before


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert f"{tmp_path} cannot be opened" in refusal(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be opened" in refusal(tmp_path / "file" / "pitwire.db")


def test_a_locked_file_is_refused(path: Path) -> None:
    with Database(path, NOTES):
        pass
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert "locked" in refusal(path, busy_timeout_ms=20)
        other.execute("ROLLBACK")


def test_a_write_lock_held_at_the_start_is_reported_as_a_lock(path: Path) -> None:
    with Database(path, NOTES), closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "locked" in refusal(path, busy_timeout_ms=20)
        other.execute("ROLLBACK")


def test_the_file_of_a_newer_program_is_refused(path: Path) -> None:
    newer = [*NOTES, Migration("notes", 2, "ALTER TABLE notes ADD COLUMN color TEXT;")]
    with Database(path, newer):
        pass
    assert "newer version of Pitwire" in refusal(path)
    with Database(path, newer) as database:
        assert database.read("SELECT color FROM notes") == []


def test_the_writer_survives_whatever_a_write_raises(database: Database) -> None:
    def leave(_: sqlite3.Connection) -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        database.write(leave).result(10)
    assert database.write(note("alive")).result(10) == "alive"
