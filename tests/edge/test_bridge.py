from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from tests.edge.fakes import FakeDoor, FakeRouter, client, view

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/ping", "/time", "/health/live", "/health/ready"])
async def test_some_paths_need_no_key(
    make_app: Callable[..., Any], door: FakeDoor, path: str
) -> None:
    async with client(make_app(), None) as app:
        assert (await app.get(path)).status_code == 200
    assert door.entered == []


async def test_time_is_told_twice(app: httpx2.AsyncClient) -> None:
    body = (await app.get("/time")).json()
    assert body["time"].endswith("Z")
    assert body["time_msc"] % 1000 == int(body["time"][-4:-1])


@pytest.mark.parametrize(
    ("states", "status", "word"),
    [
        (["live", "live"], 200, "ready"),
        (["live", "offline"], 200, "degraded"),
        (["offline"], 503, "not_ready"),
        ([], 503, "not_ready"),
    ],
)
async def test_readiness(
    app: httpx2.AsyncClient, router: FakeRouter, states: list[str], status: int, word: str
) -> None:
    router.views = [view(f"t{at}", state=state) for at, state in enumerate(states)]
    response = await app.get("/health/ready")
    assert (response.status_code, response.json()["status"]) == (status, word)
    assert response.json()["components"].keys() == {"bridge", "terminals"}


@pytest.mark.parametrize(
    ("source", "headers", "is_told"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, False),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, False),
        ("10.0.0.1", {}, False),
        ("somewhere", {}, False),
    ],
)
async def test_single_terminals_are_told_to_this_machine_only(
    make_app: Callable[..., Any], source: str, headers: dict[str, str], is_told: bool
) -> None:
    transport = httpx2.ASGITransport(app=make_app(), client=(source, 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://bridge/api/v1") as app:
        components = (await app.get("/health/ready", headers=headers)).json()["components"]
    assert ("terminal:demo" in components) is is_told


async def test_a_key_learns_what_it_may_do(app: httpx2.AsyncClient) -> None:
    assert (await app.get("/keys/self")).json() == {
        "id": "full",
        "kind": "test",
        "name": "full-key",
        "scopes": ["read", "trade"],
        "terminals": ["demo"],
        "expires_at": None,
        "source": "203.0.113.7",
    }


async def test_terminals_are_those_of_the_key(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.views[0] = view(permissions=None, login=None, build=None, reason='a "reason"')
    listed = (await app.get("/terminals")).json()["data"]
    assert [terminal["name"] for terminal in listed] == ["demo"]
    assert listed[0]["reason"] == 'a "reason"'
    assert listed[0]["permissions"] is None
    assert (await app.get("/terminals/demo")).json() == listed[0]
    assert (await app.get("/terminals/other")).status_code == 404


async def test_the_short_form_needs_exactly_one_terminal(make_app: Callable[..., Any]) -> None:
    async with client(make_app(), "wide-key") as app:
        response = await app.get("/server-time")
        assert response.json()["code"] == "terminal_ambiguous"
        assert response.json()["terminals"] == ["demo", "other"]
        assert response.status_code == 409
    async with client(make_app(), "blind-key") as app:
        assert (await app.get("/server-time")).status_code == 404
