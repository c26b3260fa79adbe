"""The app behind the real server, over a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
import uvicorn
from tests.edge.fakes import FakeRouter
from tests.edge.test_account import account
from tests.edge.test_series import bars

from pitwire.wire.commands import AccountInfoGet

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    task = asyncio.ensure_future(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task
        listener.close()


async def test_requests_over_a_socket(make_app: Callable[..., Any], router: FakeRouter) -> None:
    router.script[AccountInfoGet] = account(balance=12.5)
    router.series = bars(5000)
    async with serving(make_app()) as port:
        base = f"http://127.0.0.1:{port}/api/v1"
        headers = {"Authorization": "Bearer full-key"}
        async with httpx2.AsyncClient(base_url=base, headers=headers, trust_env=False) as app:
            assert (await app.get("/account/info")).json()["balance"] == 12.5
            assert (await app.head("/account/info")).content == b""
            rows = (await app.get("/symbols/EUR%2FUSD/bars?timeframe=M1&count=5000")).json()
            assert len(rows["data"]) == 5000
            assert rows["symbol"] == "EUR/USD"
            placed = await app.post("/orders", json={"symbol": "E", "side": "buy", "volume": 1})
            assert placed.status_code == 201
            assert (await app.get("/nothing")).status_code == 404
            components = (await app.get("/health/ready")).json()["components"]
            assert components["terminal:demo"] == "live"


async def raw(port: int, *lines: bytes, body: bytes = b"") -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\r\n".join([*lines, b"Host: bridge", b"Connection: close", b"", b""]) + body)
    await writer.drain()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_hostile_requests_over_a_socket(
    make_app: Callable[..., Any], router: FakeRouter
) -> None:
    key = b"Authorization: Bearer full-key"
    async with serving(make_app()) as port:
        too_long = await raw(
            port,
            b"POST /api/v1/orders HTTP/1.1",
            key,
            b"Content-Type: application/json",
            b"Content-Length: 99999999",
        )
        assert too_long.startswith(b"HTTP/1.1 413")
        twice = await raw(port, b"GET /api/v1/positions HTTP/1.1", key, key)
        assert twice.startswith(b"HTTP/1.1 401")
        for path in (b"/api/v1/../v1/positions", b"/api%2Fv1/positions", b"//api/v1/positions"):
            assert b" 404 " in (await raw(port, b"GET " + path + b" HTTP/1.1", key))[:16]
        assert b" 401 " in (await raw(port, b"GET /api/v1/./ping HTTP/1.1"))[:16]
        assert b" 200 " in (await raw(port, b"GET /api/v1/ping HTTP/1.1"))[:16]
    assert router.traded == []


async def test_an_app_that_hangs_up_halfway_sends_no_order(
    make_app: Callable[..., Any], router: FakeRouter
) -> None:
    async with serving(make_app()) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"POST /api/v1/orders HTTP/1.1\r\nHost: b\r\nAuthorization: Bearer full-key\r\n"
            b'Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"symbol":'
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert b" 200 " in (await raw(port, b"GET /api/v1/ping HTTP/1.1"))[:16]
    assert router.traded == []
