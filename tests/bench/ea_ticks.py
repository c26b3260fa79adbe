"""Ticks through the Expert Advisor: as many as arrive without a loss, and what watching costs."""

import hashlib
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import zmq
from tests.bench.ea_terminal import BUSY_S, Bridge, Plan, Terminal, running_ea

from pitwire.wire import codec
from pitwire.wire.arrays import TICKS
from pitwire.wire.commands import Channel, Ping, Subscribe
from pitwire.wire.envelope import WireChannel
from pitwire.wire.events import EventCode

SYMBOLS = (1, 20, 100)
TOTAL = 400_000
STEP = 500
"""Ticks that come at once: the market's clock is moved on by this many."""
AHEAD = 20_000
"""The clock stands while so many ticks are on their way."""
PER_S = 20
WATCH_S = 6.0

_IDLE_MS = 10_000

FLOOD = """
import sys, zmq
socket = zmq.Context().socket(zmq.ROUTER)
socket.setsockopt(zmq.SNDHWM, 0)
print(socket.bind_to_random_port("tcp://127.0.0.1"), flush=True)
peer, count, size = socket.recv_multipart()
frame = bytes(int(size))
for _ in range(int(count)):
    socket.send_multipart((peer, frame))
socket.recv()
"""


def measure_ticks(report: Callable[..., None]) -> None:
    """Measure the most ticks per second, then the processor's share at an everyday rate."""
    report()
    report("| symbols | ticks | ticks/s | CPU us/tick | frames | bare pyzmq ticks/s | ratio |")
    report("|---:|---:|---:|---:|---:|---:|---:|")
    for symbols in SYMBOLS:
        plan = Plan(busy=symbols, ticks=TOTAL * 11 // 10 // symbols)
        with running_ea(plan) as terminal, Bridge(terminal) as bridge:
            flow = _Flow(terminal, bridge, plan)
            computed = terminal.cpu_s()
            seconds = flow.run()
            computed = terminal.cpu_s() - computed
            flow.check()
        bare = _bare(flow.frames, flow.size)
        report(
            f"| {symbols} | {flow.got:,} | {flow.got / seconds:,.0f} "
            f"| {computed * 1e6 / flow.got:.2f} | {flow.frames:,} "
            f"| {flow.got / bare:,.0f} | {seconds / bare:.1f} |"
        )
    report()
    report(
        "None lost, none twice: their numbers have no gap, and their bytes are the market's. The"
    )
    report(
        f"market, a Python process, sets the pace: it moves on by {STEP} ticks at a time. CPU is"
    )
    report("that of the Expert's process; bare pyzmq sends as many bytes in as many frames.")
    report()
    _share(report)


class _Flow:
    """Moves the market as fast as its ticks arrive."""

    def __init__(self, terminal: Terminal, bridge: Bridge, plan: Plan) -> None:
        self._terminal = terminal
        self._bridge = bridge
        self._step_ms = max(1, BUSY_S * 1000 * STEP // TOTAL)
        self._next = {name: _subscribe(bridge, name) for name in plan.names()}
        self._rows: dict[str, list[tuple[int, bytes]]] = defaultdict(list)
        self.got = self.frames = self.size = 0

    def run(self) -> float:
        """Let the ticks flow, and give the seconds that it took."""
        stream, pipe = self._bridge.sockets[WireChannel.STREAM], self._terminal.pipe
        poller = zmq.Poller()
        poller.register(stream, zmq.POLLIN)
        poller.register(pipe.fileno(), zmq.POLLIN)
        shown, moving = 0, False
        start = time.perf_counter()
        while moving or self.got < shown or shown < TOTAL:
            if not moving and shown < TOTAL and shown - self.got < AHEAD:
                self._terminal.advance(self._step_ms)
                moving = True
            ready = dict(poller.poll(_IDLE_MS))
            if not ready:
                raise TimeoutError(f"{shown - self.got} ticks never came")
            if stream in ready:
                self._take()
            if pipe.fileno() in ready:
                shown, moving = pipe.recv(), False
        return time.perf_counter() - start

    def _take(self) -> None:
        frame = self._bridge.take(WireChannel.STREAM)
        body = codec.unpack(frame.body)
        if frame.header.kind == EventCode.GAP:
            raise RuntimeError(f"the Expert dropped events: {body}")
        if frame.header.kind != EventCode.TICKS:
            return
        self._rows[body["symbol"]].append((body["first"], body["ticks"]))
        self.got += len(body["ticks"]) // TICKS.itemsize
        self.frames += 1
        self.size += len(frame.body)

    def check(self) -> None:
        """See that every tick came, once and as it was."""
        for name, shown in self._terminal.digests().items():
            number, digest = self._next[name], hashlib.sha256()
            for first, rows in self._rows[name]:
                if first != number:
                    raise RuntimeError(f"{name}: tick {first} came where {number} was next")
                number += len(rows) // TICKS.itemsize
                digest.update(rows)
            if (number - self._next[name], digest.digest()) != shown:
                raise RuntimeError(f"{name}: other ticks came than the market showed")


def _subscribe(bridge: Bridge, name: str) -> int:
    number: int = bridge.ask(Subscribe(channel=Channel.TICKS, symbol=name))["next"]
    return number


def _bare(frames: int, size: int) -> float:
    """Send as many bytes in as many frames with pyzmq alone, and give the seconds."""
    context: zmq.Context[Any] = zmq.Context()
    with subprocess.Popen([sys.executable, "-c", FLOOD], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        dealer = context.socket(zmq.DEALER)
        dealer.setsockopt(zmq.RCVHWM, 0)
        dealer.connect(f"tcp://127.0.0.1:{int(process.stdout.readline())}")
        dealer.send_multipart((str(frames).encode(), str(size // frames).encode()))
        dealer.recv()
        start = time.perf_counter()
        for _ in range(frames - 1):
            dealer.recv()
        seconds = time.perf_counter() - start
        dealer.send(b"")
        process.wait()
    dealer.close(0)
    context.term()
    return seconds


def _share(report: Callable[..., None]) -> None:
    """Watch a market that runs by itself."""
    plan = Plan(busy=SYMBOLS[-1], ticks=PER_S * BUSY_S, runs=True)
    with running_ea(plan) as terminal, Bridge(terminal) as bridge:
        idle, _ = _watch(terminal, bridge)
        for name in plan.names():
            _subscribe(bridge, name)
        share, ticks = _watch(terminal, bridge)
    report(
        f"The Expert's process takes {idle:.1%} of a core while nobody listens, and {share:.1%}\n"
        f"while {ticks:,.0f} ticks/s of {plan.busy} symbols go to one bridge."
    )


def _watch(terminal: Terminal, bridge: Bridge) -> tuple[float, float]:
    """Listen for a while: the share of a core, and ticks per second."""
    ticks, before, start = 0, terminal.cpu_s(), time.perf_counter()
    while time.perf_counter() - start < WATCH_S:
        frame = bridge.take(WireChannel.STREAM)
        if frame.header.kind == EventCode.TICKS:
            ticks += len(codec.unpack(frame.body)["ticks"]) // TICKS.itemsize
        else:
            bridge.ask(Ping())  # as a bridge answers a heartbeat: it is alive
    seconds = time.perf_counter() - start
    return (terminal.cpu_s() - before) / seconds, ticks / seconds
