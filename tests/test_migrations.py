import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from pitwire.errors import ConfigError
from pitwire.migrations import Migration, migrate

FIRST = Migration("shop", 1, "CREATE TABLE goods (name TEXT) STRICT;")
SECOND = Migration(
    "shop",
    2,
    """
    CREATE TABLE sales (name TEXT DEFAULT ';') STRICT;
    CREATE TRIGGER sold AFTER INSERT ON sales BEGIN
        DELETE FROM goods WHERE name = NEW.name;
        INSERT INTO goods VALUES ('sold; ' || NEW.name);
    END;
    """,
)
OTHER = Migration("door", 1, "CREATE TABLE keys (id TEXT) STRICT")


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        yield opened


def apply(connection: sqlite3.Connection, *steps: Migration) -> None:
    connection.execute("BEGIN")
    try:
        migrate(connection, steps)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}


def test_steps_are_applied_in_the_order_of_their_numbers_and_once(
    connection: sqlite3.Connection,
) -> None:
    apply(connection, SECOND, FIRST)
    apply(connection, FIRST, SECOND)
    assert {"goods", "sales", "sold"} <= tables(connection)


def test_semicolons_in_texts_and_triggers_end_no_statement(connection: sqlite3.Connection) -> None:
    apply(connection, FIRST, SECOND)
    connection.execute("INSERT INTO goods VALUES ('tea')")
    connection.execute("INSERT INTO sales VALUES ('tea')")
    assert connection.execute("SELECT name FROM goods").fetchall() == [("sold; tea",)]


def test_a_later_version_applies_only_what_is_new(connection: sqlite3.Connection) -> None:
    apply(connection, FIRST)
    connection.execute("INSERT INTO goods VALUES ('tea')")
    apply(connection, FIRST, SECOND)
    assert connection.execute("SELECT name FROM goods").fetchall() == [("tea",)]
    assert "sales" in tables(connection)


def test_components_count_on_their_own(connection: sqlite3.Connection) -> None:
    apply(connection, FIRST, SECOND)
    apply(connection, OTHER)
    assert dict(connection.execute("SELECT component, number FROM schema_versions")) == {
        "shop": 2,
        "door": 1,
    }


def test_a_step_that_fails_leaves_nothing(connection: sqlite3.Connection) -> None:
    broken = Migration("shop", 2, "CREATE TABLE more (x TEXT); CREATE TABLE goods (x TEXT);")
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        apply(connection, FIRST, broken)
    assert tables(connection) == set()


def test_a_newer_schema_is_refused_by_name(connection: sqlite3.Connection) -> None:
    apply(connection, FIRST, SECOND)
    with pytest.raises(ConfigError, match="shop schema is 2, this version knows 1"):
        apply(connection, FIRST, OTHER)
    assert "keys" not in tables(connection)


def test_a_missing_step_is_refused(connection: sqlite3.Connection) -> None:
    with pytest.raises(ValueError, match="lacks step 1"):
        apply(connection, SECOND)


def test_a_step_cut_off_in_a_statement_is_refused(connection: sqlite3.Connection) -> None:
    cut = Migration("shop", 1, "CREATE TABLE a (x TEXT); CREATE TABLE b (x TEXT DEFAULT 'half);")
    with pytest.raises(ValueError, match="middle of a statement"):
        apply(connection, cut)
    assert tables(connection) == set()
