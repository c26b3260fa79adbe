"""The Expert Advisor's own code, built with -O2, in a terminal with a timer of 15.6 ms.

Commands beside bare pyzmq and beside the usual design, which serves one request in a timer call;
history beside a copy and SHA-256 of as many bytes; orders while history is sent beside idle ones.
"""

import dataclasses
import hashlib
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tests.bench.ea_terminal import NOON_MSC, Bridge, Plan, running_ea
from tests.bench.ea_ticks import measure_ticks
from tests.bench.link import CALLS, Echo, figures

from pitwire.wire import codec
from pitwire.wire.arrays import TICKS
from pitwire.wire.commands import (
    AccountInfoGet,
    Command,
    CopyRatesFromPos,
    CopyTicksFrom,
    OrderSend,
    Ping,
    SymbolInfoTick,
)
from pitwire.wire.enums import OrderType, Timeframe
from pitwire.wire.envelope import MIN_FRAME
from pitwire.wire.retcodes import Retcode

ONE_PER_TIMER = Path(__file__).parents[1] / "mql5" / "programs" / "OnePerTimer.mq5"

ROUNDS = 8
USUAL_CALLS = 50

ROW_SIZE = TICKS.itemsize
CHUNK = 8192
BARS = 100_000
PAST_TICKS = 1_000_000
PAST_MSC = NOON_MSC - 3_600_000
PULLS = 9

ORDERS = 100
LONGEST_PAUSE_S = 0.03
CHUNKS_UNDER_WAY = 2


async def measure(folder: Path, report: Callable[..., None]) -> None:
    """Measure commands, ticks, history and orders."""
    report()
    report("## Expert Advisor")
    report()
    report("The Expert's own code, translated to C++ and built with -O2, on a timer of 15.6 ms.")
    report("Its trade server is a Python process that shares the cores.")
    _commands(report)
    measure_ticks(report)
    past = Plan(busy=1, ticks=PAST_TICKS * 115 // 100, before=True)
    _history(past, report)
    with running_ea(past) as terminal, Bridge(terminal) as bridge:
        _load(bridge)
        _orders(bridge, report)


def _commands(report: Callable[..., None]) -> None:
    report()
    report(
        "| command | bare pyzmq us (p99) | Expert us (p99) | ratio "
        "| one request per timer call us (p99) | times the Expert's |"
    )
    report("|---|---:|---:|---:|---:|---:|")
    with (
        running_ea(Plan()) as ours,
        running_ea(Plan(expert=ONE_PER_TIMER)) as usual,
        Bridge(ours) as bridge,
        Bridge(usual) as slow,
        Echo() as echo,
    ):
        for command in (Ping(), AccountInfoGet(), SymbolInfoTick(symbol="EURUSD")):
            body = codec.pack(command.packed())
            bridge.send(command.code, body)
            sizes = MIN_FRAME + len(body), MIN_FRAME + len(bridge.take().body)
            bare: list[float] = []
            fast: list[float] = []
            timed: list[float] = []
            for _ in range(ROUNDS):
                bare += echo.round(*sizes)
                fast += _calls(bridge, command, CALLS)
                timed += _calls(slow, command, USUAL_CALLS)
            median = statistics.median(fast)
            report(
                f"| {command.code.name} | {figures(bare)} | {figures(fast)} "
                f"| {median / statistics.median(bare):.2f} "
                f"| {figures(timed)} | {statistics.median(timed) / median:.0f} |"
            )


def _calls(bridge: Bridge, command: Command, count: int) -> list[float]:
    body = codec.pack(command.packed())
    times = []
    for _ in range(count):
        start = time.perf_counter()
        bridge.send(command.code, body)
        bridge.take()
        times.append((time.perf_counter() - start) * 1e6)
    return times


def _history(plan: Plan, report: Callable[..., None]) -> None:
    """Pull what the terminal has downloaded, chunk by chunk."""
    pulls = {f"{BARS:,} bars": _pull_bars, f"{PAST_TICKS:,} ticks": _pull_ticks}
    grown = {name: _grown(plan, pull) for name, pull in pulls.items()}
    report()
    report("| history | ms | MB | copy + SHA-256 ms | ratio | Expert's peak memory grows by MB |")
    report("|---|---:|---:|---:|---:|---:|")
    with running_ea(plan) as terminal, Bridge(terminal) as bridge:
        _load(bridge)
        for name, pull in pulls.items():
            ours, copies = [], []
            for _ in range(PULLS):
                start = time.perf_counter()
                size = pull(bridge)
                ours.append((time.perf_counter() - start) * 1e3)
                copies.append(_copied_ms(size))
            median, copy = statistics.median(ours), statistics.median(copies)
            report(
                f"| {name} | {median:.1f} | {size / 1e6:.1f} | {copy:.1f} | {median / copy:.1f} "
                f"| {grown[name] / 1e6:.1f} |"
            )


def _grown(plan: Plan, pull: Callable[[Bridge], int]) -> int:
    """Pull once, and tell by how much the Expert's peak of memory grew beyond the history."""
    with running_ea(dataclasses.replace(plan, trims=True)) as terminal, Bridge(terminal) as bridge:
        _load(bridge)
        before = terminal.forget_peak()
        pull(bridge)
        return terminal.peak() - before


def _load(bridge: Bridge) -> None:
    """Let the terminal download its history, as it would have before."""
    bridge.ask(CopyTicksFrom(symbol="BUSY000", from_msc=PAST_MSC, count=1))
    bridge.ask(_bars(start=BARS - 1, count=1))


def _bars(*, start: int, count: int) -> CopyRatesFromPos:
    return CopyRatesFromPos(symbol="BTCUSD", timeframe=Timeframe.M1, start=start, count=count)


def _pull_bars(bridge: Bridge) -> int:
    got = 0
    while got < BARS:
        reply = bridge.ask(_bars(start=got, count=min(CHUNK, BARS - got)))
        got += len(reply["rates"]) // ROW_SIZE
    return got * ROW_SIZE


def _pull_ticks(bridge: Bridge) -> int:
    """Go on from a time, behind as many ticks of that time as were read."""
    got, at, skip = 0, PAST_MSC, 0
    while got < PAST_TICKS:
        count = min(CHUNK, PAST_TICKS - got)
        reply = bridge.ask(CopyTicksFrom(symbol="BUSY000", from_msc=at, skip=skip, count=count))
        times = np.frombuffer(reply["ticks"], TICKS)["time_msc"]
        got += len(times)
        last = int(times[-1])
        skip = int((times == last).sum()) + (skip if last == at else 0)
        at = last
    return got * ROW_SIZE


def _copied_ms(size: int) -> float:
    data = bytes(size)
    start = time.perf_counter()
    hashlib.sha256(bytearray(data)).digest()
    return (time.perf_counter() - start) * 1e3


def _orders(bridge: Bridge, report: Callable[..., None]) -> None:
    report()
    report("| ORDER_SEND | ms | p99 ms | p99 beside idle |")
    report("|---|---:|---:|---:|")
    pauses = random.Random(1)  # noqa: S311 - the same pauses in every run
    login = bridge.ask(AccountInfoGet())["account"]["login"]
    idle: list[float] = []
    busy: list[float] = []
    for _ in range(ROUNDS):
        for times, chunks in ((idle, 0), (busy, CHUNKS_UNDER_WAY)):
            orders = _Orders(bridge, login, pauses)
            for _ in range(chunks):
                orders.pull()
            times += [orders.send() for _ in range(ORDERS)]
            for _ in range(chunks):
                bridge.take()
    for name, times in (("idle", idle), (f"with {CHUNKS_UNDER_WAY} chunks under way", busy)):
        p99, least = _p99(times), _p99(idle)
        report(f"| {name} | {statistics.median(times):.1f} | {p99:.1f} | {p99 / least:.1f} |")


class _Orders:
    """Sends market orders, now and then, while it takes and asks again for history."""

    def __init__(self, bridge: Bridge, login: int, pauses: random.Random) -> None:
        self._bridge = bridge
        self._login = login
        self._pauses = pauses
        self._history = codec.pack(CopyTicksFrom(symbol="BUSY000", from_msc=PAST_MSC).packed())

    def pull(self) -> None:
        """Ask for a chunk."""
        self._bridge.send(CopyTicksFrom.code, self._history)

    def send(self) -> float:
        """Wait a little, send an order, and give how long its answer took, in milliseconds."""
        until = time.perf_counter() + self._pauses.uniform(0, LONGEST_PAUSE_S)
        while (left := until - time.perf_counter()) > 0:
            if self._bridge.sockets[0].poll(int(left * 1000)):
                self._bridge.take()
                self.pull()
        order = OrderSend(
            request_id=f"order-{time.time_ns()}",
            deadline_msc=NOON_MSC + 60_000,
            login=self._login,
            symbol="EURUSD",
            type=self._pauses.choice((OrderType.BUY, OrderType.SELL)),
            volume=0.1,
        )
        body = codec.pack(order.packed())
        start = time.perf_counter()
        sequence = self._bridge.send(order.code, body)
        while (answer := self._bridge.take()).header.answers != sequence:
            self.pull()
        took = (time.perf_counter() - start) * 1e3
        assert codec.unpack(answer.body)["result"]["retcode"] == Retcode.DONE
        return took


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]
