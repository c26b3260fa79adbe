"""Reads over HTTP at one client and at eight, beside a bare ASGI answer on the same server."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.load import Load, load
from tests.flow.processes import site

REQUESTS = {1: 1500, 8: 400}

BARE = """
import socket, uvicorn
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [
        (b"content-type", b"application/json"), (b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
uvicorn.Server(config).run(sockets=[listener])
"""


async def measure(folder: Path, report: Callable[..., None]) -> None:
    """Measure all paths in turns."""
    report()
    report("## REST")
    report()
    report("The bare answer is `{}` from a pure ASGI function on the same uvicorn: no key, no")
    report("terminal. Bridge, terminal and load share the cores.")
    report()
    report("| read | clients | us (p99) | requests/s | time beside bare |")
    report("|---|---:|---:|---:|---:|")
    with _bare() as base, site(folder) as place:
        headers = {"Authorization": f"Bearer {place.key()}"}
        paths = {
            "bare ASGI": base,
            "ping": f"{place.url}/ping",
            "account/info": f"{place.url}/account/info",
            "symbols/BTCUSD/tick": f"{place.url}/symbols/BTCUSD/tick",
        }
        for clients, requests in REQUESTS.items():
            await _table(paths, clients, requests, headers, report)


@contextmanager
def _bare() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-c", BARE], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/"
        process.kill()


async def _table(
    paths: dict[str, str],
    clients: int,
    requests: int,
    headers: dict[str, str],
    report: Callable[..., None],
) -> None:
    results: dict[str, Load] = {}
    for _ in range(2):  # the first round warms up
        for name, url in paths.items():
            results[name] = await load(url, clients=clients, requests=requests, headers=headers)
            await asyncio.sleep(0.05)
    median = results["bare ASGI"].at(0.5)
    for name, result in results.items():
        report(
            f"| {name} | {clients} | {result.at(0.5):.0f} ({result.at(0.99):.0f}) "
            f"| {result.per_second:,.0f} | {result.at(0.5) / median:.2f} |"
        )
