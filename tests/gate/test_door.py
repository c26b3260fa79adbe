import sqlite3
import sys
import traceback
from collections.abc import MutableMapping
from datetime import timedelta
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitwire.database import Database
from pitwire.errors import InsufficientScope, NotFound, Unauthenticated
from pitwire.gate import Gate, open_gate
from pitwire.gate.door import Caller, Door
from pitwire.gate.keys import Key, KeyKind, Pepper, Token
from pitwire.gate.secrets import SecretText


def create(gate: Gate, **changes: Any) -> tuple[Key, str]:
    settings: dict[str, Any] = {
        "name": "app",
        "kind": KeyKind.LIVE,
        "scopes": ["read", "trade"],
        "terminals": ["main", "sim1"],
    }
    return gate.keys.create(**settings | changes)


def caller(gate: Gate, **changes: Any) -> Caller:
    return gate.door.enter(create(gate, **changes)[1], source=None)


def refusal(gate: Gate, token: str | None) -> Unauthenticated:
    with pytest.raises(Unauthenticated) as caught:
        gate.door.enter(token, source="192.0.2.7")
    return caught.value


def forged(key: Key, kind: KeyKind | None = None) -> str:
    """Write a well-formed token for a key that exists, with another secret."""
    other = Token.random(kind or key.kind)
    body = other.body.replace(other.key_id, key.id)
    return Token(other.kind, key.id, body).reveal()


def test_a_valid_token_names_its_caller(gate: Gate, clock: Any) -> None:
    expires = clock.now + timedelta(days=1)
    key, token = create(gate, owner="Ann", expires_at=expires)
    assert gate.door.enter(token, source="192.0.2.7") == Caller(
        key_id=key.id,
        kind=KeyKind.LIVE,
        name="app",
        scopes=frozenset({"read", "trade"}),
        terminals=frozenset({"main", "sim1"}),
        owner="Ann",
        expires_at=expires,
    )


def test_every_reason_gets_the_same_answer_and_its_own_log_line(
    gate: Gate, clock: Any, logged: list[MutableMapping[str, Any]]
) -> None:
    valid, token = create(gate)
    late, late_token = create(gate, not_before=clock.now + timedelta(hours=1))
    short, short_token = create(gate, expires_at=clock.now + timedelta(seconds=1))
    disabled, disabled_token = create(gate)
    revoked, revoked_token = create(gate)
    gate.keys.disable(disabled.id)
    gate.keys.revoke(revoked.id)
    clock.advance(seconds=1)
    unknown = Token.random(KeyKind.LIVE)
    cases: list[tuple[str | None, str, str | None]] = [
        (None, "missing", None),
        ("", "malformed", None),
        (token[:-1], "malformed", None),
        (f"Bearer {token}", "malformed", None),
        (unknown.reveal(), "unknown", unknown.key_id),
        (forged(valid), "wrong", valid.id),
        (forged(valid, KeyKind.TEST), "wrong", valid.id),
        (forged(revoked), "wrong", revoked.id),
        (late_token, "not_yet_valid", late.id),
        (short_token, "expired", short.id),
        (disabled_token, "disabled", disabled.id),
        (revoked_token, "revoked", revoked.id),
    ]
    errors = [refusal(gate, presented) for presented, _, _ in cases]
    public = {
        (str(e), e.code, e.status, e.detail, e.outcome, e.retry_after_s, str(e.extra), str(e.args))
        for e in errors
    }
    assert len(public) == 1
    assert [(line["reason"], line["key_id"]) for line in logged] == [case[1:] for case in cases]
    assert {line["source"] for line in logged} == {"192.0.2.7"}


def test_no_secret_reaches_log_or_traceback(
    gate: Gate, logged: list[MutableMapping[str, Any]]
) -> None:
    key, token = create(gate)
    gate.keys.revoke(key.id)
    for presented in (token, token[:-1], forged(key)):
        secret = presented.split("_")[3][:40]
        error = refusal(gate, presented)
        for text in ("".join(traceback.format_exception(error)), repr(logged)):
            assert secret not in text
    assert len(logged) == 3


def test_the_other_kind_of_a_token_is_refused(gate: Gate) -> None:
    key, token = create(gate, kind=KeyKind.TEST)
    parsed = Token.parse(token)
    assert parsed is not None
    changed = Token(KeyKind.LIVE, key.id, parsed.body.replace("pw_test_", "pw_live_"))
    refusal(gate, changed.reveal())
    assert gate.door.enter(token, source=None).kind is KeyKind.TEST


def test_a_key_ends_when_the_clock_says_so(gate: Gate, clock: Any) -> None:
    _, token = create(gate, expires_at=clock.now + timedelta(seconds=10))
    clock.advance(seconds=9.999)
    assert gate.door.enter(token, source=None).name == "app"
    clock.advance(seconds=0.001)
    refusal(gate, token)


def test_a_key_begins_when_the_clock_says_so(gate: Gate, clock: Any) -> None:
    _, token = create(gate, not_before=clock.now + timedelta(seconds=10))
    refusal(gate, token)
    clock.advance(seconds=10)
    assert gate.door.enter(token, source=None).name == "app"


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.none() | st.text() | st.from_regex(r"pw_(live|test)_\w{12}_\w{49}", fullmatch=True))
def test_whatever_is_presented_is_refused_in_the_same_way(gate: Gate, token: str | None) -> None:
    assert str(refusal(gate, token)) == str(Unauthenticated())


def test_under_another_pepper_no_token_is_valid(gate: Gate, clock: Any) -> None:
    _, token = create(gate)
    other = Door(gate.keys, Pepper(1, b"q" * 32), is_simulated=lambda _: True, clock=clock)
    with pytest.raises(Unauthenticated):
        other.enter(token, source=None)


@pytest.mark.parametrize(
    ("kind", "granted", "reached"),
    [
        (KeyKind.LIVE, ["main"], ["main"]),
        (KeyKind.LIVE, ["main", "sim2"], ["sim2", "main"]),
        (KeyKind.LIVE, ["*"], ["sim2", "main", "other", "sim1"]),
        (KeyKind.LIVE, ["gone"], []),
        (KeyKind.TEST, ["main"], []),
        (KeyKind.TEST, ["main", "sim2"], ["sim2"]),
        (KeyKind.TEST, ["*"], ["sim2", "sim1"]),
    ],
)
def test_a_key_reaches_its_terminals_and_a_test_key_simulated_ones_only(
    gate: Gate, kind: KeyKind, granted: list[str], reached: list[str]
) -> None:
    who = caller(gate, kind=kind, terminals=granted)
    names = ["sim2", "main", "other", "sim1"]
    assert gate.door.visible(who, names) == reached
    for name in names:
        if name in reached:
            gate.door.require(who, "read", terminal=name)
        else:
            with pytest.raises(NotFound):
                gate.door.require(who, "read", terminal=name)


def test_unless_told_what_is_simulated_a_test_key_reaches_nothing(
    database: Database, pepper: SecretText
) -> None:
    gate = open_gate(database, pepper)
    who = caller(gate, kind=KeyKind.TEST, terminals="*")
    assert gate.door.visible(who, ["main", "sim1"]) == []


def test_a_hidden_terminal_looks_like_one_that_does_not_exist(gate: Gate) -> None:
    who = caller(gate, terminals=["sim1"])
    texts = set()
    for name in ("main", "nowhere"):
        with pytest.raises(NotFound) as caught:
            gate.door.require(who, "read", terminal=name)
        texts.add(str(caught.value).replace(name, "?"))
    assert len(texts) == 1


def test_a_scope_that_is_not_granted_is_refused_by_name(gate: Gate) -> None:
    who = caller(gate, scopes=["read"])
    gate.door.require(who, "read", terminal="main")
    gate.door.require(who, "account:read")
    for scope in ("trade", "trading:reduce", "keys:manage", ""):
        with pytest.raises(InsufficientScope) as caught:
            gate.door.require(who, scope, terminal="main")
        assert caught.value.scope == scope


def test_a_hidden_terminal_comes_before_a_missing_scope(gate: Gate) -> None:
    who = caller(gate, scopes=["read"])
    with pytest.raises(NotFound):
        gate.door.require(who, "trade", terminal="other")


def steps_of_entering(gate: Gate, token: str) -> int:
    """Count the calls, of Python and of C, that one entry takes."""
    steps = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal steps
        steps += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        gate.door.enter(token, source=None)
    finally:
        sys.setprofile(before)
    return steps


def test_entering_takes_as_many_steps_with_ten_thousand_keys_and_no_query(
    database: Database, pepper: SecretText, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = open_gate(database, pepper)
    first, token = create(gate)
    steps = steps_of_entering(gate, token)

    def fill(connection: sqlite3.Connection) -> None:
        row = connection.execute("SELECT * FROM keys WHERE id = ?", (first.id,)).fetchone()
        rows = ((f"{number:012d}", *row[1:]) for number in range(9_999))
        places = ", ".join("?" * len(row))
        connection.executemany(f"INSERT INTO keys VALUES ({places})", rows)  # noqa: S608

    database.write(fill).result(10)
    gate = open_gate(database, pepper)
    _, last = create(gate)
    assert len(gate.keys.list()) == 10_001

    def no_query(*_: object) -> None:
        raise AssertionError("a query on the hot path")

    monkeypatch.setattr(database, "read", no_query)
    monkeypatch.setattr(database, "write", no_query)
    assert {steps_of_entering(gate, text) for text in (token, last)} == {steps}
    assert steps < 60
    monkeypatch.undo()


def test_an_unknown_token_is_hashed_and_compared_like_a_wrong_one(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _ = create(gate)
    calls: list[str] = []
    real_mac = Pepper.mac

    def mac(pepper: Pepper, token: Token) -> bytes:
        calls.append("mac")
        return real_mac(pepper, token)

    def compare(left: bytes, right: bytes) -> bool:
        calls.append(f"compare {len(left)} {len(right)}")
        return left == right

    monkeypatch.setattr(Pepper, "mac", mac)
    monkeypatch.setattr("pitwire.gate.door.hmac.compare_digest", compare)
    refusal(gate, forged(key))
    wrong, calls[:] = list(calls), []
    refusal(gate, Token.random(KeyKind.LIVE).reveal())
    assert wrong == calls == ["mac", "compare 32 32"]
