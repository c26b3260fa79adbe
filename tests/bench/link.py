"""Router to simulated terminal and back, beside a bare pyzmq ping-pong of the same sizes."""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import zmq
from tests.bench.bridge import running_router, running_sim

from pitwire.wire import codec
from pitwire.wire.commands import AccountInfoGet, Command, Ping
from pitwire.wire.envelope import MIN_FRAME

ROUNDS = 12
CALLS = 400
WINDOW = 32
WINDOWED = 6400

ECHO = """
import sys, zmq
socket = zmq.Context().socket(zmq.ROUTER)
print(socket.bind_to_random_port("tcp://127.0.0.1"), flush=True)
while True:
    peer, request = socket.recv_multipart()
    socket.send_multipart((peer, bytes(int.from_bytes(request[:4], "little"))))
"""


async def measure(folder: Path, report: Callable[..., None]) -> None:
    """Measure both in turns."""
    report()
    report("## Link round trip")
    report()
    report("| command | frame sizes | bare pyzmq us (p99) | Pitwire us (p99) | ratio |")
    report("|---|---:|---:|---:|---:|")
    with running_sim(folder) as sim, Echo() as echo:
        async with running_router(folder, sim) as router:
            for command in (Ping(), AccountInfoGet()):
                name = command.code.name
                answer = await router.read("demo", command)
                request = MIN_FRAME + len(codec.pack(command.packed()))
                reply = MIN_FRAME + len(codec.pack(answer.packed()))
                bare: list[float] = []
                ours: list[float] = []
                for _ in range(ROUNDS):
                    bare += echo.round(request, reply)
                    ours += await _calls(router.read, command)
                ratio = statistics.median(ours) / statistics.median(bare)
                report(
                    f"| {name} | {request} + {reply} B | {figures(bare)} | {figures(ours)} "
                    f"| {ratio:.2f} |"
                )
            await _throughput(router.read, echo, report)


async def _calls(read: Callable[..., object], command: Command) -> list[float]:
    times = []
    for _ in range(CALLS):
        start = time.perf_counter()
        await read("demo", command)  # type: ignore[misc]
        times.append((time.perf_counter() - start) * 1e6)
    return times


async def _throughput(
    read: Callable[..., object], echo: "Echo", report: Callable[..., None]
) -> None:
    async def one() -> None:
        for _ in range(WINDOWED // WINDOW):
            await read("demo", Ping())  # type: ignore[misc]

    ours, bare = [], []
    for _ in range(3):
        bare.append(echo.windowed(73, 106))
        start = time.perf_counter()
        await asyncio.gather(*(one() for _ in range(WINDOW)))
        ours.append(WINDOWED / (time.perf_counter() - start))
    report()
    report(
        f"With {WINDOW} under way at once, round trips per second: bare pyzmq "
        f"{max(bare):,.0f}, Pitwire {max(ours):,.0f}, ratio {max(ours) / max(bare):.2f}."
    )


class Echo:
    """A ROUTER in a process of its own that answers with as many bytes as asked."""

    def __enter__(self) -> "Echo":
        self._process = subprocess.Popen(
            [sys.executable, "-c", ECHO], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.connect(f"tcp://127.0.0.1:{int(self._process.stdout.readline())}")
        return self

    def round(self, request: int, reply: int) -> list[float]:
        """Time CALLS round trips, one at a time, in microseconds."""
        message = reply.to_bytes(4, "little") + bytes(request - 4)
        times = []
        for _ in range(CALLS):
            start = time.perf_counter()
            self._socket.send(message)
            self._socket.recv()
            times.append((time.perf_counter() - start) * 1e6)
        return times

    def windowed(self, request: int, reply: int) -> float:
        """Round trips per second with WINDOW under way."""
        message = reply.to_bytes(4, "little") + bytes(request - 4)
        start = time.perf_counter()
        for _ in range(WINDOW):
            self._socket.send(message)
        for _ in range(WINDOWED - WINDOW):
            self._socket.recv()
            self._socket.send(message)
        for _ in range(WINDOW):
            self._socket.recv()
        return WINDOWED / (time.perf_counter() - start)

    def __exit__(self, *_: object) -> None:
        self._socket.close(0)
        self._context.term()
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


def figures(times: list[float]) -> str:
    """Write a median, and the 99th percentile in brackets."""
    p99 = sorted(times)[int(len(times) * 0.99)]
    return f"{statistics.median(times):.0f} ({p99:.0f})"
