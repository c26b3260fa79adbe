"""What holds for every request: keys, headers, bodies, limits, problems."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest
import structlog
from tests.edge.fakes import CLOCK_MSC, FakeDoor, FakeRouter, client

from pitwire.edge.call import EdgeSettings, Visit
from pitwire.edge.frame import Frame
from pitwire.edge.problem import Problems
from pitwire.edge.routes import OPERATIONS
from pitwire.errors import AccountChanged, ApiError, QueueFull, ReadTimeout, TerminalOffline
from pitwire.settings.model import HttpSettings
from pitwire.wire.commands import OrderCheck, Ping
from pitwire.wire.replies import PingReply

pytestmark = pytest.mark.anyio

ORDER = {"symbol": "EURUSD", "side": "buy", "volume": 0.1}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def guarded(router: FakeRouter) -> FakeRouter:
    router.script[Ping] = PingReply(clock_msc=CLOCK_MSC)
    return router


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Authorization", "")],
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer ")],
        [("Authorization", "Bearer wrong-key")],
        [("Authorization", "Bearer full-key full-key")],
        [("Authorization", "Bearer full-key, Bearer full-key")],
        [("Authorization", "Bearer full-key"), ("Authorization", "Bearer full-key")],
        [("Authorization", "Basic full-key")],
        [("Authorization", "full-key")],
        [("Authorization", "Bearer\tfull-key")],
        [("Authorization", b"Bearer full-key\xff")],
        [("X-API-Key", "full-key")],
        [("Cookie", "key=full-key")],
    ],
)
async def test_only_one_bearer_key_opens(
    make_app: Callable[..., Any], guarded: FakeRouter, headers: Any
) -> None:
    async with client(make_app(), None) as app:
        response = await app.get("/server-time", headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
    assert response.headers["www-authenticate"].startswith("Bearer realm=")
    sent = any(name == "Authorization" for name, _ in headers)
    assert ('error="invalid_token"' in response.headers["www-authenticate"]) is sent
    assert "full-key" not in response.text
    assert guarded.asked == []


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_schemes_case_does_not_matter(
    make_app: Callable[..., Any], guarded: FakeRouter, door: FakeDoor, scheme: str
) -> None:
    async with client(make_app(), None) as app:
        headers = {"Authorization": f"{scheme}  full-key"}
        assert (await app.get("/server-time", headers=headers)).status_code == 200
    assert door.entered == [("full-key", "203.0.113.7")]


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)
async def test_every_operation_but_the_public_ones_needs_a_key(
    make_app: Callable[..., Any], row: Any
) -> None:
    async with client(make_app(), None) as app:
        for path in row.paths:
            response = await app.request(row.method, f"http://bridge{path}")
            assert (response.status_code == 401) is (row.scope != "public")


@pytest.mark.parametrize("path", ["/nothing", "", "/terminals/demo/nothing", "/keys"])
async def test_paths_that_do_not_exist_need_a_key_too(
    make_app: Callable[..., Any], path: str
) -> None:
    async with client(make_app(), None) as app:
        assert (await app.get(path)).status_code == 401
    async with client(make_app()) as app:
        assert (await app.get(path)).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "api_key=x",
        "API-KEY=x",
        "x=1&token=abc",
        "access_token=x",
        "symbol=pw_live_abc",
        "symbol=pw%5Ftest_abc",
        "%61pikey=x",
    ],
)
@pytest.mark.parametrize("path", ["/ping", "/positions"])
async def test_keys_in_the_url_are_refused(
    app: httpx2.AsyncClient, door: FakeDoor, path: str, query: str
) -> None:
    response = await app.get(f"{path}?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "key_in_url")
    assert "Authorization: Bearer" in response.json()["detail"]
    assert door.entered == []


async def test_every_answer_has_careful_headers(
    app: httpx2.AsyncClient, guarded: FakeRouter
) -> None:
    for path in ("/server-time", "/nothing"):
        headers = (await app.get(path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["server-timing"].startswith("bridge;dur=")
        assert len(headers["x-request-id"]) == 24


@pytest.mark.parametrize(
    ("sent", "is_kept"),
    [("my-id_1.2", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("", False)],
)
async def test_a_sane_request_id_is_kept(app: httpx2.AsyncClient, sent: str, is_kept: bool) -> None:
    response = await app.get("/nothing", headers={"X-Request-Id": sent})
    assert (response.headers["x-request-id"] == sent) is is_kept
    assert response.json()["request_id"] == response.headers["x-request-id"]


async def test_a_read_that_takes_too_long_is_given_up(
    make_app: Callable[..., Any], guarded: FakeRouter
) -> None:
    guarded.silent = True
    async with client(make_app(request_timeout_s=0.01)) as app:
        response = await app.get("/server-time")
    assert (response.status_code, response.json()["code"]) == (504, "read_timeout")
    assert response.json()["retryable"] is True


async def test_the_limits_are_those_of_the_settings() -> None:
    http, edge = HttpSettings(), EdgeSettings()
    assert edge.request_timeout_s == http.request_timeout_ms / 1000
    assert (edge.max_bars, edge.max_ticks) == (http.max_bars, http.max_ticks)
    assert edge.max_body_bytes == http.max_body_bytes


@pytest.mark.parametrize("error", [TerminalOffline, QueueFull, AccountChanged])
async def test_only_what_trades_has_an_outcome(
    app: httpx2.AsyncClient, guarded: FakeRouter, error: type[ApiError]
) -> None:
    guarded.script[Ping] = guarded.script[OrderCheck] = guarded.outcome = error("no")
    assert (await app.get("/server-time")).json()["outcome"] is None
    assert (await app.post("/orders/check", json=ORDER)).json()["outcome"] is None
    assert (await app.post("/orders", json=ORDER)).json()["outcome"] == "not_sent"


async def test_the_time_an_app_allows_reaches_the_router(
    app: httpx2.AsyncClient, guarded: FakeRouter
) -> None:
    await app.get("/server-time", headers={"X-Request-Timeout": "45"})
    await app.get("/server-time")
    assert guarded.timeouts == [45.0, None]


async def test_what_the_router_says_is_passed_on(
    app: httpx2.AsyncClient, guarded: FakeRouter
) -> None:
    guarded.script[Ping] = ReadTimeout("slow", retry_after_s=1.5)
    response = await app.get("/server-time")
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["retry-after"] == "2"
    assert body == {
        "type": "/docs/errors#read_timeout",
        "title": "Terminal did not answer",
        "status": 504,
        "detail": "slow",
        "code": "read_timeout",
        "request_id": response.headers["x-request-id"],
        "outcome": None,
        "retryable": True,
        "retry_after_ms": 1500,
    }


async def test_a_fault_of_ours_tells_nothing(app: httpx2.AsyncClient, guarded: FakeRouter) -> None:
    guarded.script[Ping] = RuntimeError("a secret in a message")
    with structlog.testing.capture_logs() as logs:
        response = await app.get("/server-time")
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert "secret" not in response.text
    assert logs[0]["request_id"] == response.headers["x-request-id"]


async def test_an_answer_that_breaks_off_is_not_finished(guarded: FakeRouter) -> None:
    sent: list[Any] = []

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("half way")

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError

    scope: Any = {"type": "http", "method": "GET", "headers": [], "client": None}
    with structlog.testing.capture_logs() as logs:
        await Frame(Problems(broken))(scope, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert logs[0]["log_level"] == "error"


async def test_what_a_request_is_known_by_shows_no_key() -> None:
    visit = Visit("id", 0.0, {"authorization": "Bearer full-key"}, None)
    assert "full-key" not in repr(visit)


async def test_members_of_an_error_cannot_replace_the_problems_own(
    app: httpx2.AsyncClient, guarded: FakeRouter
) -> None:
    guarded.script[Ping] = ApiError("broken", extra={"status": 200, "code": "ok", "more": 1})
    body = (await app.get("/server-time")).json()
    assert (body["status"], body["code"], body["more"]) == (500, "internal_error", 1)


async def test_other_methods_name_those_that_are_served(app: httpx2.AsyncClient) -> None:
    response = await app.put("/orders")
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert response.headers["allow"] == "GET, HEAD, POST"
    assert "allow" not in response.json()
    assert (await app.options("/ping")).headers["allow"] == "GET, HEAD"


async def test_head_is_served_like_get(app: httpx2.AsyncClient) -> None:
    response = await app.head("/ping")
    assert (response.status_code, response.content) == (200, b"")


async def test_an_operation_without_a_query_refuses_one(app: httpx2.AsyncClient) -> None:
    assert (await app.get("/account/info?fresh=1")).status_code == 400


@pytest.mark.parametrize("query", ["symbol", "symbol=%ff", "a=1&a=2", "&&&", "a=1&" * 40])
async def test_query_strings_that_cannot_be_read(app: httpx2.AsyncClient, query: str) -> None:
    assert (await app.get(f"/positions?{query}")).status_code == 400


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b'{"symbol":"EURUSD","side":"buy","volume":NaN}',
        b'{"symbol":"EURUSD","side":"buy","volume":Infinity}',
        b'{"symbol":"EURUSD","side":"buy","volume":0.1,"sl":1e999}',
        b'{"symbol":"EURUSD","side":"buy","volume":0.1,"volume":10}',
        b'{"symbol":"EURUSD","side":"buy","volume":' + b"1" * 5000 + b"}",
        b'{"symbol":"\xff","side":"buy","volume":1}',
        b"\xef\xbb\xbf{}",
        b'{"a":' * 20_000,
        b"[" * 60_000,
        b'"' + b'\\"' * 30_000,
    ],
)
async def test_bodies_that_are_refused(
    app: httpx2.AsyncClient, router: FakeRouter, content: bytes
) -> None:
    if len(content) > 65_536:
        content = content[:65_536]
    response = await app.post("/orders", content=content, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
    assert router.traded == []


async def test_brackets_in_text_are_no_nesting(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    body = {**ORDER, "comment": '[[[[[[[[[["{{{{{{'}
    assert (await app.post("/orders", json=body)).status_code == 201
    assert router.traded[0]["fields"]["comment"] == body["comment"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": ""},
        {**JSON, "Content-Encoding": "gzip"},
    ],
)
async def test_a_body_is_json_as_it_is(
    app: httpx2.AsyncClient, router: FakeRouter, headers: dict[str, str]
) -> None:
    response = await app.post("/orders", content=json.dumps(ORDER), headers=headers)
    assert response.status_code == 400
    assert response.json()["errors"][0]["in"] == "header"
    assert router.traded == []


async def test_content_without_a_media_type_is_refused(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    response = await app.post("/positions/5/close", content=b'{"volume":0.1}')
    assert response.json()["errors"][0]["pointer"] == "/Content-Type"
    assert router.traded == []


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "APPLICATION/JSON"])
async def test_the_media_type_may_name_its_charset(
    app: httpx2.AsyncClient, media_type: str
) -> None:
    headers = {"Content-Type": media_type}
    response = await app.post("/orders", content=json.dumps(ORDER), headers=headers)
    assert response.status_code == 201


async def test_a_large_body_is_refused_before_it_is_read(
    make_app: Callable[..., Any], router: FakeRouter
) -> None:
    read: list[bytes] = []

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            read.append(b" " * 100)
            yield read[-1]

    async with client(make_app(max_body_bytes=500)) as app:
        announced = {**JSON, "Content-Length": "10000"}
        response = await app.post("/orders", content=chunks(), headers=announced)
        assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
        assert read == []
        response = await app.post("/orders", content=chunks(), headers=JSON)
        assert response.status_code == 413
        assert len(read) < 10
    assert router.traded == []
