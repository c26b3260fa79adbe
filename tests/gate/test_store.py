import sqlite3
import subprocess
import sys
import threading
from collections.abc import MutableMapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitwire.database import Database
from pitwire.errors import InvalidRequest, NotFound, Unauthenticated
from pitwire.gate import Gate, open_gate
from pitwire.gate.keys import Key, KeyKind, KeyState, Token
from pitwire.gate.secrets import SecretText

DEFAULTS: dict[str, Any] = {
    "name": "app",
    "kind": KeyKind.LIVE,
    "scopes": ["read"],
    "terminals": ["demo"],
}


def create(gate: Gate, **changes: Any) -> tuple[Key, str]:
    return gate.keys.create(**DEFAULTS | changes)


def test_a_new_key_is_found_listed_and_described(gate: Gate, clock: Any) -> None:
    expires = clock.now + timedelta(days=90)
    key, token = create(
        gate, scopes=["trade", "read"], terminals=["a", "b"], expires_at=expires, owner="Ann"
    )
    assert token.startswith(f"pw_live_{key.id}_")
    assert key == Key(
        id=key.id,
        kind=KeyKind.LIVE,
        name="app",
        scopes=frozenset({"read", "trade"}),
        terminals=frozenset({"a", "b"}),
        created=clock.now,
        not_before=None,
        expires_at=expires,
        disabled=False,
        revoked_at=None,
        last4=token[-4:],
        pepper_version=1,
        owner="Ann",
    )
    assert gate.keys.get(key.id) == key
    assert gate.keys.list() == [key]


def test_without_an_owner_a_key_owns_its_orders(gate: Gate) -> None:
    key, _ = create(gate)
    assert key.owner == key.id


def test_one_word_may_stand_for_a_list(gate: Gate) -> None:
    key, _ = create(gate, scopes="read", terminals="*")
    assert (key.scopes, key.terminals) == (frozenset({"read"}), frozenset({"*"}))


def test_keys_are_listed_oldest_first(gate: Gate, clock: Any) -> None:
    made = []
    for _ in range(5):
        made.append(create(gate)[0])
        clock.advance(seconds=1)
    assert gate.keys.list() == made


def test_keys_outlive_the_process(path: Path, pepper: SecretText) -> None:
    with Database(path) as database:
        gate = open_gate(database, pepper)
        first, token = create(gate, not_before=datetime(2020, 1, 1, 0, 0, 0, 1000, tzinfo=UTC))
        second, _ = create(gate, expires_at=datetime.now(UTC) + timedelta(days=1))
        gate.keys.disable(second.id)
        before = gate.keys.list()
    with Database(path) as database:
        gate = open_gate(database, pepper)
        assert gate.keys.list() == before
        assert gate.door.enter(token, source=None).key_id == first.id


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": " "},
        {"name": "x" * 65},
        {"name": "two\nlines"},
        {"name": "\x1b[31mred"},
        {"owner": ""},
        {"owner": "\u202eevil"},
        {"scopes": []},
        {"scopes": ["admin"]},
        {"scopes": ["read", "account:read"]},
        {"scopes": ["read trade"]},
        {"terminals": []},
        {"terminals": [""]},
        {"terminals": ["a b"]},
        {"terminals": ["*", "demo"]},
        {"terminals": ["x" * 65]},
        {"terminals": ["demo\n"]},
        {"expires_at": datetime(2026, 3, 1, 12, 0, tzinfo=UTC)},
        {"expires_at": datetime(2027, 3, 1, 12, 0)},  # noqa: DTZ001 - that is the fault
        {"not_before": datetime(2026, 3, 1, 12, 0)},  # noqa: DTZ001 - likewise
        {
            "not_before": datetime(2026, 5, 1, tzinfo=UTC),
            "expires_at": datetime(2026, 4, 1, tzinfo=UTC),
        },
    ],
)
def test_a_key_that_makes_no_sense_is_refused(gate: Gate, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        create(gate, **changes)
    assert gate.keys.list() == []


def test_a_revoked_key_stays_listed_and_keeps_its_first_time(gate: Gate, clock: Any) -> None:
    key, token = create(gate)
    clock.advance(hours=1)
    revoked = gate.keys.revoke(key.id)
    assert revoked == replace(key, revoked_at=clock.now)
    clock.advance(hours=1)
    assert gate.keys.revoke(key.id) == revoked
    assert gate.keys.enable(key.id) == revoked
    assert gate.keys.list() == [revoked]
    with pytest.raises(Unauthenticated):
        gate.door.enter(token, source=None)


def test_a_disabled_key_can_be_enabled_again(gate: Gate) -> None:
    key, token = create(gate)
    assert gate.keys.disable(key.id).disabled
    with pytest.raises(Unauthenticated):
        gate.door.enter(token, source=None)
    assert gate.keys.enable(key.id) == key
    assert gate.door.enter(token, source=None).key_id == key.id


@pytest.mark.parametrize("method", ["get", "revoke", "disable", "enable"])
def test_an_unknown_key_is_not_found(gate: Gate, method: str) -> None:
    _, token = create(gate)
    for key_id, which in [("0123456789ab", "'0123456789ab'"), (token, "with this id")]:
        with pytest.raises(NotFound) as caught:
            getattr(gate.keys, method)(key_id)
        assert str(caught.value) == f"There is no key {which}."


def test_a_key_that_could_not_be_written_does_not_exist(gate: Gate, database: Database) -> None:
    def refuse(connection: sqlite3.Connection) -> None:
        connection.execute(
            "CREATE TRIGGER no BEFORE INSERT ON keys BEGIN SELECT RAISE(ABORT, 'no'); END"
        )

    database.write(refuse).result(10)
    with pytest.raises(sqlite3.IntegrityError):
        create(gate)
    assert gate.keys.list() == []


def test_the_files_hold_neither_token_nor_secret_nor_pepper(
    gate: Gate, path: Path, pepper: SecretText
) -> None:
    tokens = [create(gate)[1] for _ in range(20)]
    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert gate.keys.list()[0].id.encode() in content
    assert pepper.get_secret_value().encode() not in content
    for token in tokens:
        secret = token.rsplit("_", 1)[1]
        # Not the whole, and no half of it either.
        for part in (token, secret, secret[:20], secret[-26:-6]):
            assert part.encode() not in content


def test_neither_key_nor_entry_prints_secret_or_hash(gate: Gate) -> None:
    key, token = create(gate)
    entry = gate.keys.find(key.id)
    assert entry is not None
    for text in (repr(key), str(key), repr(entry), str(entry), repr(gate.keys.list())):
        assert token[21:-4] not in text
        assert repr(entry.mac) not in text
        assert entry.mac.hex() not in text


OTHER_PROCESS = """
import sys
from pathlib import Path
from pitwire.database import Database
from pitwire.gate import open_gate
from pitwire.gate.keys import KeyKind
from pitwire.gate.secrets import SecretText
with Database(Path(sys.argv[1])) as database:
    keys = open_gate(database, SecretText(sys.stdin.readline().strip())).keys
    if len(sys.argv) > 2:
        keys.revoke(sys.argv[2])
    else:
        kind, scopes = KeyKind.LIVE, ["read"]
        print(keys.create(name="other", kind=kind, scopes=scopes, terminals=["demo"])[1])
"""


def other_process(path: Path, pepper: SecretText, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS, str(path), *arguments],
        input=pepper.get_secret_value(),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout.strip()


def test_what_another_process_does_is_seen(
    gate: Gate, database: Database, path: Path, pepper: SecretText
) -> None:
    seen = threading.Event()
    database.watch(seen.set)  # called after the store's own watcher
    key, token = create(gate)

    other_process(path, pepper, key.id)
    assert seen.wait(10)
    assert gate.keys.get(key.id).state(datetime.now(UTC)) is KeyState.REVOKED
    with pytest.raises(Unauthenticated):
        gate.door.enter(token, source=None)

    seen.clear()
    foreign = other_process(path, pepper)
    assert seen.wait(10)
    assert gate.door.enter(foreign, source=None).name == "other"


def test_one_unreadable_row_hides_no_revocation(
    gate: Gate, database: Database, path: Path, logged: list[MutableMapping[str, Any]]
) -> None:
    seen = threading.Event()
    database.watch(seen.set)
    (broken, broken_token), (good, _) = create(gate), create(gate)
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE keys SET expires_at_msc = 1 << 62 WHERE id = ?", (broken.id,))
        other.execute("UPDATE keys SET revoked_at_msc = 1 WHERE id = ?", (good.id,))
    assert seen.wait(10)
    assert gate.keys.get(good.id).revoked_at is not None
    with pytest.raises(Unauthenticated):
        gate.door.enter(broken_token, source=None)
    assert ("key_unreadable", broken.id) in {
        (entry["event"], entry.get("key_id")) for entry in logged
    }


def test_memory_agrees_with_the_database_whoever_changes_it_when(
    gate: Gate, database: Database
) -> None:
    keys = [create(gate)[0] for _ in range(4)]

    def worker(step: int) -> None:
        for number in range(20):
            key = keys[(number * step) % 4]
            (gate.keys.disable if (number + step) % 2 else gate.keys.enable)(key.id)

    threads = [threading.Thread(target=worker, args=(step,)) for step in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    stored = dict(database.read("SELECT id, disabled FROM keys"))
    assert {key.id: int(key.disabled) for key in gate.keys.list()} == stored


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    kind=st.sampled_from(list(KeyKind)),
    name=st.text("aé 中'\";%", min_size=1, max_size=64).filter(str.strip),
    terminals=st.just({"*"}) | st.sets(st.from_regex(r"[\w.-]{1,64}", fullmatch=True), min_size=1),
    life_ms=st.none() | st.integers(1, 10**13),
)
def test_what_is_kept_is_what_was_asked_for(
    gate: Gate,
    clock: Any,
    kind: KeyKind,
    name: str,
    terminals: set[str],
    life_ms: int | None,
) -> None:
    terminals = {text for text in terminals if text.isascii()} or {"*"}
    expires = None if life_ms is None else clock.now + timedelta(milliseconds=life_ms)
    key, text = create(gate, kind=kind, name=name, terminals=terminals, expires_at=expires)
    token = Token.parse(text)
    assert token is not None
    assert (token.kind, token.key_id) == (kind, key.id)
    assert (key.name, key.terminals, key.expires_at) == (name, frozenset(terminals), expires)
    assert gate.door.enter(text, source=None).key_id == key.id
