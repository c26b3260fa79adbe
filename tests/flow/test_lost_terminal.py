"""The terminal dies, is mute, or comes back: no order is sent twice and none is forgotten."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.flow.processes import Site, run, site

ORDER = {"symbol": "BTCUSD", "side": "buy", "type": "market", "volume": 0.1}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, settings="[link]\nheartbeat_timeout_ms = 2000") as running:
        yield running


def until(look: Callable[[], Any], *, timeout_s: float = 20) -> Any:
    """Ask again and again, as an app that polls would."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def state(client: httpx2.Client) -> str:
    text: str = client.get("terminals/demo").json()["state"]
    return text


def test_a_terminal_that_is_down_gets_nothing_sent(place: Site) -> None:
    with place.app() as client:
        place.sim.kill()
        until(lambda: state(client) != "live")
        answer = client.post("orders", json=ORDER, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 503
        assert answer.json()["code"] == "terminal_offline"
        assert answer.json()["outcome"] == "not_sent"
        assert client.get("account/info").status_code == 503
        assert client.get("health/ready").status_code == 503
        assert client.get("health/live").status_code == 200
        place.start_sim()
        until(lambda: state(client) == "live")
        again = client.post("orders", json=ORDER, headers={"Idempotency-Key": "k"})
        assert again.status_code == 201
        assert len(client.get("positions").json()["data"]) == 1


def test_killed_over_and_over_each_key_opens_at_most_one_position(place: Site) -> None:
    """The journal survives: filled is filled, not sent is not sent."""
    with place.app() as client:
        outcomes: dict[str, str] = {}
        for round_ in range(4):
            for number in range(4):
                key = f"{round_}-{number}"
                order = {**ORDER, "volume": 0.01, "comment": key}
                answer = client.post("orders", json=order, headers={"Idempotency-Key": key})
                outcomes[key] = answer.json().get("state") or answer.json()["outcome"]
                if number == round_:
                    place.sim.kill()
            place.start_sim()
            until(lambda: state(client) == "live")
        assert "filled" in outcomes.values()
        assert "not_sent" in outcomes.values()
        for key, outcome in outcomes.items():
            order = {**ORDER, "volume": 0.01, "comment": key}
            answer = client.post("orders", json=order, headers={"Idempotency-Key": key})
            if outcome == "filled":
                assert answer.headers["idempotent-replayed"] == "true"
            else:
                assert answer.status_code in {201, 504}


def test_the_bridge_is_killed_and_its_orders_are_still_known(place: Site) -> None:
    token = place.key()
    with place.app(token) as client:
        first = client.post("orders", json=ORDER, headers={"Idempotency-Key": "k"}).json()
    place.bridge.kill()
    place.start_bridge()
    with place.app(token) as client:
        until(lambda: state(client) == "live")
        assert client.get(f"orders/{first['id']}").json()["ticket"] == first["ticket"]
        again = client.post("orders", json=ORDER, headers={"Idempotency-Key": "k"})
        assert again.headers["idempotent-replayed"] == "true"
        assert len(client.get("positions").json()["data"]) == 1


def test_a_revoked_key_stops_working_while_the_bridge_runs(place: Site) -> None:
    token = place.key()
    with place.app(token) as client:
        assert client.get("account/info").status_code == 200
        assert run("keys", "revoke", token.split("_")[2], cwd=place.folder).returncode == 0
        until(lambda: client.get("account/info").status_code == 401, timeout_s=5)
