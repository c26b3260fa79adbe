"""Many bars: over the link beside a plain copy and SHA-256 of as many bytes, and over HTTP."""

import hashlib
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.bridge import running_router, running_sim
from tests.bench.load import load
from tests.flow.processes import site

from pitwire.wire.enums import Timeframe

COUNTS = (1_000, 100_000)
ROUNDS = 7


async def measure(folder: Path, report: Callable[..., None]) -> None:
    """Measure the link, then HTTP."""
    report()
    report("## Bars")
    report()
    report("| bars of M1 | how | ms | MB | ratio to copy + SHA-256 |")
    report("|---:|---|---:|---:|---:|")
    baselines = {count: _baseline(count * 60) for count in COUNTS}
    (folder / "link").mkdir()
    with running_sim(folder / "link") as sim:
        async with running_router(folder / "link", sim) as router:
            for count in COUNTS:
                times = []
                for _ in range(ROUNDS):
                    start = time.perf_counter()
                    read = await router.bars("demo", "BTCUSD", Timeframe.M1, count=count)
                    times.append((time.perf_counter() - start) * 1e3)
                    assert len(read.rates) == count
                report(_row(count, "copy + SHA-256 of the bytes", baselines[count], count * 60, 1))
                best = statistics.median(times[1:])
                report(_row(count, "link", best, count * 60, best / baselines[count]))
    (folder / "rest").mkdir()
    with site(folder / "rest") as place:
        token = place.key()
        for count in COUNTS:
            url = f"{place.url}/symbols/BTCUSD/bars?timeframe=M1&count={count}"
            for how, accept in (
                ("REST, packed", "application/octet-stream"),
                ("REST, JSON", "application/json"),
            ):
                headers = {"Authorization": f"Bearer {token}", "Accept": accept}
                await load(url, clients=1, requests=1, headers=headers)
                result = await load(url, clients=1, requests=ROUNDS, headers=headers)
                ms = result.at(0.5) / 1000
                report(_row(count, how, ms, None, ms / baselines[count]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes = peak / (1024 if sys.platform != "darwin" else 1024**2)
    report()
    report(f"Peak memory of the process that read them over the link: {megabytes:.0f} MB.")


def _baseline(size: int) -> float:
    data = bytes(size)
    times = []
    for _ in range(ROUNDS * 3):
        start = time.perf_counter()
        hashlib.sha256(bytearray(data)).digest()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def _row(count: int, how: str, ms: float, size: int | None, ratio: float) -> str:
    megabytes = "" if size is None else f"{size / 1e6:.2f}"
    return f"| {count:,} | {how} | {ms:.2f} | {megabytes} | {ratio:.1f} |"
