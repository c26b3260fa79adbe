"""The Expert Advisor in a terminal that lives in a process of its own, and a small bridge to it."""

import dataclasses
import hashlib
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest.mock import patch

import zmq
from tests.mql5.build import EXPERT
from tests.mql5.terminal import EaTerminal

from pitwire.sim.account import AccountSettings
from pitwire.sim.clock import ManualClock, SimClock
from pitwire.sim.history import DAY_MSC, Ticks
from pitwire.sim.market import Market
from pitwire.sim.symbols import CATALOG, DAY_S, Sessions, SymbolSpec
from pitwire.wire import codec
from pitwire.wire.commands import Command, Ping
from pitwire.wire.enums import MarginMode
from pitwire.wire.envelope import Direction, Frame, FrameType, WireChannel
from pitwire.wire.handshake import BridgeHandshake, Secret

NOON_MSC = 1_763_467_200_000
"""18 November 2025, 12:00 UTC, a Tuesday."""
BUSY_S = 600
"""How long the busy symbols are quoted."""

_TRIMMING = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}
_PATIENCE_MS = 20_000
_KNOWN_US = 100_000
"""The terminal's switches: in its memory, not a question to another process each time."""
_START_S = 300.0


class RunningClock:
    """Begins at noon and runs with the machine."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now_msc(self) -> int:
        """Tell the time, UTC in milliseconds."""
        return NOON_MSC + int((time.monotonic() - self._began) * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A terminal with two plain symbols, and `busy` ones that have about so many `ticks` each.

    The busy symbols are quoted for ten minutes: from noon on, when the market begins, or `before`.
    Its clock stands still until the benchmark moves it, or `runs`. The Expert's allocator `trims`:
    what is freed goes back at once, so that peaks of memory show.
    """

    expert: Path = EXPERT
    busy: int = 0
    ticks: int = 0
    before: bool = False
    runs: bool = False
    trims: bool = False

    def names(self) -> list[str]:
        """List the busy symbols."""
        return [f"BUSY{number:03}" for number in range(self.busy)]

    def symbols(self) -> list[SymbolSpec]:
        """Specify the market."""
        plain = [spec for spec in CATALOG if spec.name in {"EURUSD", "BTCUSD"}]
        start_s = DAY_S // 2 - (BUSY_S if self.before else 0)
        week = (((start_s, start_s + BUSY_S),),) * 7
        return plain + [
            dataclasses.replace(
                plain[0],
                name=name,
                daily_volatility=0.5,  # hardly a tick repeats the price before it
                ticks_per_day=self.ticks * DAY_S // BUSY_S,
                sessions=Sessions(quote=week, trade=week),
            )
            for name in self.names()
        ]


class Terminal:
    """A terminal that runs: where it is, and the market that it shows."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe
        self.commands, self.stream, secret, self.pid = pipe.recv()
        self.secret = Secret.from_text(secret)

    def advance(self, ms: int) -> None:
        """Move the market's clock; how many ticks it has shown then comes through the pipe."""
        self.pipe.send(ms)

    def forget_peak(self) -> int:
        """Let the Expert's peak of memory begin anew, and give it, bytes."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")
        return self.peak()

    def peak(self) -> int:
        """Tell the most memory that the Expert's process had, bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return 1024 * int(status.partition("VmHWM:")[2].split()[0])

    def cpu_s(self) -> float:
        """Tell how long the Expert's process has computed."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def digests(self) -> dict[str, tuple[int, bytes]]:
        """Count and digest the ticks that each busy symbol has shown since noon."""
        self.pipe.send(0)
        shown: dict[str, tuple[int, bytes]] = self.pipe.recv()
        return shown


@contextmanager
def running_ea(plan: Plan) -> Iterator[Terminal]:
    """Run a terminal."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_live, args=(plan, theirs))
    with patch.dict(os.environ, _TRIMMING if plan.trims else {}):
        process.start()
    theirs.close()
    try:
        if not ours.poll(_START_S):
            raise TimeoutError("the terminal did not start")
        yield Terminal(ours)
    finally:
        ours.close()
        process.join(_START_S)


def _live(plan: Plan, pipe: Connection) -> None:
    """Be the terminal's process, until the pipe is closed."""
    clock: SimClock = RunningClock() if plan.runs else ManualClock(NOON_MSC)
    market = Market(clock=clock, symbols=plan.symbols())
    secret = Secret.random()
    account = AccountSettings(margin_mode=MarginMode.RETAIL_NETTING, deposit=1e6)
    terminal = EaTerminal(
        secrets=[secret], market=market, account=account, expert=plan.expert, variant="plain"
    )
    terminal.conditions.known_us = _KNOWN_US
    ticks = {name: market._series[name].ticks(NOON_MSC // DAY_MSC) for name in plan.names()}
    with terminal:
        assert terminal.program is not None
        pipe.send((terminal.commands, terminal.stream, secret.to_text(), terminal.program.pid))
        try:
            while True:
                pipe.send(_obey(terminal, ticks, clock, pipe.recv()))
        except EOFError:
            return


def _obey(terminal: EaTerminal, ticks: dict[str, Ticks], clock: SimClock, ms: int) -> Any:
    if ms == 0:
        now = clock.now_msc()
        shown = {name: day.between(NOON_MSC, now) for name, day in ticks.items()}
        return {
            name: (len(rows), hashlib.sha256(rows.tobytes()).digest())
            for name, rows in shown.items()
        }
    assert isinstance(clock, ManualClock)
    terminal.call(lambda: clock.advance(ms))
    now = clock.now_msc()
    return sum(len(day.between(NOON_MSC, now)) for day in ticks.values())


class Bridge:
    """The other end of a link, as cheap as it can be: frames are sealed and verified, no more."""

    def __init__(self, terminal: Terminal) -> None:
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.sockets = (self._dealer(terminal.commands), self._dealer(terminal.stream))
        handshake = BridgeHandshake(
            terminal.secret, terminal="demo", bridge="bench", clock_us=clock_us
        )
        self.sockets[0].send(handshake.hello)
        _, keys = handshake.finish(self.sockets[0].recv())
        self._sealers = [
            keys.sealer(Direction.TO_TERMINAL, channel, clock_us) for channel in WireChannel
        ]
        self._openers = [keys.opener(Direction.FROM_TERMINAL, channel) for channel in WireChannel]
        for channel in WireChannel:
            self.send(Ping.code, codec.pack(Ping().packed()), channel)
            self.take(channel)

    def _dealer(self, endpoint: str) -> "zmq.Socket[bytes]":
        dealer = self._context.socket(zmq.DEALER)
        dealer.setsockopt(zmq.LINGER, 0)
        dealer.setsockopt(zmq.RCVHWM, 0)
        dealer.setsockopt(zmq.RCVTIMEO, _PATIENCE_MS)
        dealer.connect(endpoint)
        return dealer

    def send(self, code: int, body: bytes, channel: WireChannel = WireChannel.COMMANDS) -> int:
        """Send a request and give its sequence."""
        sealer = self._sealers[channel]
        self.sockets[channel].send(sealer.seal(FrameType.REQUEST, code, body))
        return sealer.sequence

    def take(self, channel: WireChannel = WireChannel.COMMANDS) -> Frame:
        """Wait for the next frame."""
        frame = self._openers[channel].open(self.sockets[channel].recv())
        if frame.header.type == FrameType.ERROR:
            raise RuntimeError(f"the terminal refuses: {codec.unpack(frame.body)}")
        return frame

    def ask(self, command: Command) -> dict[str, Any]:
        """Send a command and give the fields of its reply."""
        self.send(command.code, codec.pack(command.packed()))
        return codec.unpack(self.take().body)

    def close(self) -> None:
        """End the session without a word."""
        for dealer in self.sockets:
            dealer.close(0)
        self._context.term()

    def __enter__(self) -> "Bridge":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def clock_us() -> int:
    """Tell the time."""
    return time.time_ns() // 1000


__all__ = ["BUSY_S", "NOON_MSC", "Bridge", "Plan", "Terminal", "running_ea"]
