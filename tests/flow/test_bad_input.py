"""What an app gets when it asks for what it may not have or what makes no sense."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.flow.processes import Site, run, site

from pitwire.gate.keys import KeyKind, Token
from pitwire.router.registry import utc_msc

ORDER = {"symbol": "BTCUSD", "side": "buy", "type": "market", "volume": 0.1}


def problem(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.headers["content-type"].startswith("application/problem+json")
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


def comparable(answer: httpx2.Response) -> tuple[Any, ...]:
    """Everything of an answer that must not tell one reason from another."""
    body = problem(answer)
    body.pop("request_id")
    ignored = {"x-request-id", "date", "server-timing"}
    headers = {name: value for name, value in answer.headers.items() if name not in ignored}
    return answer.status_code, body, headers


def expire(place: Site, token: str) -> None:
    """Let a key have expired a year ago, and wait until the bridge has noticed."""
    with closing(sqlite3.connect(place.folder / "data" / "pitwire.db")) as database:
        values = (utc_msc() - 365 * 86_400_000, token.split("_")[2])
        database.execute("UPDATE keys SET expires_at_msc = ? WHERE id = ?", values)
        database.commit()
    with place.app(token) as client:
        end = time.monotonic() + 10
        while client.get("account/info").status_code != 401:
            assert time.monotonic() < end


def test_every_bad_key_gets_one_and_the_same_401(running: Site) -> None:
    good = running.key()
    revoked, expired = running.key(), running.key()
    assert run("keys", "revoke", revoked.split("_")[2], cwd=running.folder).returncode == 0
    expire(running, expired)
    flipped = good[:-1] + ("a" if good[-1] != "a" else "b")
    unknown = Token.random(KeyKind.TEST).reveal()
    answers = []
    for token in (flipped, unknown, revoked, expired, "pw_test_x", "-", "nonsense " + good):
        with running.app(token) as client:
            answers.append(client.get("account/info"))
    with httpx2.Client(base_url=running.url) as client:
        answers.append(client.get("account/info", headers={"Authorization": f"Basic {good}"}))
        missing = client.get("account/info")
    assert {answer.status_code for answer in answers} == {401}
    assert {repr(comparable(answer)) for answer in answers} == {repr(comparable(answers[0]))}
    assert 'error="invalid_token"' in answers[0].headers["www-authenticate"]
    # RFC 6750, section 3.1: without a key there is nothing wrong to name.
    assert missing.headers["www-authenticate"] == 'Bearer realm="pitwire"'
    assert comparable(missing)[:2] == comparable(answers[0])[:2]


def test_a_key_in_the_url_is_refused_and_not_repeated(running: Site) -> None:
    token = running.key()
    with running.app() as client:
        answer = client.get("account/info", params={"api_key": token})
    assert answer.status_code == 400
    assert token not in answer.text


def test_the_wrong_scope_is_named(running: Site) -> None:
    with running.app(running.key(scopes=("read",))) as client:
        answer = client.post("orders", json=ORDER)
        assert answer.status_code == 403
        assert problem(answer)["scope"] == "trade"
        assert problem(answer)["code"] == "insufficient_scope"
        assert client.get("positions").status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("symbols/NOPE", 422, "unknown_symbol"),
        ("symbols/NOPE/bars?timeframe=H1&count=10", 422, "unknown_symbol"),
        ("symbols/BTCUSD/bars?timeframe=H7&count=10", 422, "invalid_timeframe"),
        ("symbols/BTCUSD/bars?timeframe=every_hour&count=10", 422, "invalid_timeframe"),
        ("symbols/BTCUSD/bars?timeframe=PERIOD_H7&count=10", 422, "invalid_timeframe"),
        ("symbols/BTCUSD/bars?timeframe=H1&from=2&to=1", 422, "invalid_range"),
        ("symbols/BTCUSD/ticks?from=2&to=1", 422, "invalid_range"),
        ("symbols/BTCUSD/ticks?from=1&limit=100000000", 422, "range_too_large"),
        ("history/deals?from=2&to=1", 422, "invalid_range"),
        ("history/deals?limit=1001", 422, "range_too_large"),
        ("symbols/BTCUSD/bars?timeframe=H1&count=100000000", 422, "range_too_large"),
        ("symbols/BTCUSD/bars?timeframe=H1&count=-1", 400, "invalid_request"),
        ("symbols/BTCUSD/bars?timeframe=H1&from=yesterday", 400, "invalid_request"),
        ("positions/123456789", 404, "not_found"),
        ("orders/ticket:123456789", 404, "not_found"),
        ("orders/nonsense", 404, "not_found"),
        ("terminals/another/account/info", 404, "not_found"),
        ("nowhere", 404, "not_found"),
    ],
)
def test_reads(app: httpx2.Client, path: str, status: int, code: str) -> None:
    answer = app.get(path)
    assert (answer.status_code, problem(answer)["code"]) == (status, code)


@pytest.mark.parametrize(
    ("change", "status", "code", "retcode"),
    [
        ({"symbol": "NOPE"}, 422, "unknown_symbol", None),
        ({"volume": 0.123456}, 422, "invalid_volume", 10014),
        ({"volume": 100_000}, 422, "invalid_volume", 10014),
        ({"volume": 0}, 422, "invalid_volume", None),
        ({"volume": -1}, 422, "invalid_volume", None),
        ({"volume": 1e300}, 422, "invalid_volume", None),
        ({"volume": "much"}, 400, "invalid_request", None),
        ({"sl": 1e9}, 422, "invalid_stops", 10016),
        ({"side": "up"}, 400, "invalid_request", None),
        ({"price": None, "type": "limit"}, 400, "invalid_request", None),
        ({"surprise": 1}, 400, "invalid_request", None),
    ],
)
def test_orders(
    app: httpx2.Client, change: dict[str, Any], status: int, code: str, retcode: int | None
) -> None:
    answer = app.post("orders", json={**ORDER, **change})
    body = problem(answer)
    assert (answer.status_code, body["code"]) == (status, code), body
    assert body.get("retcode") == retcode
    assert body.get("outcome") in {"rejected", "not_sent", None}


def test_metatraders_own_name_of_a_timeframe_is_taken(app: httpx2.Client) -> None:
    answer = app.get("symbols/BTCUSD/bars?timeframe=PERIOD_H1&count=3")
    assert answer.status_code == 200
    assert answer.json()["timeframe"] == "H1"


@pytest.mark.parametrize("path", ["orders/check", "positions/1/close"])
def test_volumes_of_checks_and_closes(app: httpx2.Client, path: str) -> None:
    body = {"volume": 0} if "close" in path else {**ORDER, "volume": 0}
    answer = app.post(path, json=body)
    assert (answer.status_code, problem(answer)["code"]) == (422, "invalid_volume")


def test_a_bad_volume_comes_with_the_nearest_good_ones(app: httpx2.Client) -> None:
    body = problem(app.post("orders", json={**ORDER, "volume": 0.123456}))
    assert body["nearest_below"] < 0.123456 < body["nearest_above"]


def test_reads_have_no_outcome(app: httpx2.Client) -> None:
    assert problem(app.get("positions/123456789"))["outcome"] is None


def test_the_broker_says_no_money(tmp_path: Path) -> None:
    with site(tmp_path, "--deposit=1") as place, place.app() as client:
        answer = client.post("orders", json=ORDER)
    assert answer.status_code == 422
    assert problem(answer)["code"] == "no_money"
    assert problem(answer)["retcode"] == 10019
    assert problem(answer)["outcome"] == "rejected"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 5000, "application/json", 400),
        (b'{"symbol":"A","symbol":"B"}', "application/json", 400),
        (b'{"volume":NaN}', "application/json", 400),
        (b"x" * 1_000_000, "application/json", 413),
        (b"symbol=EURUSD", "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe", "application/json", 400),
    ],
)
def test_bodies(app: httpx2.Client, content: bytes, kind: str, status: int) -> None:
    answer = app.post("orders", content=content, headers={"Content-Type": kind})
    assert answer.status_code in {status, 415}
    problem(answer)


def test_methods(app: httpx2.Client) -> None:
    answer = app.delete("account/info")
    assert answer.status_code == 405
    assert problem(answer)["code"] == "method_not_allowed"
    assert answer.headers["allow"]
