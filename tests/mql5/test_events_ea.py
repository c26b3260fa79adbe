"""What only the Expert's own way of reading ticks can get wrong: cursors, bursts, full sockets."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.conformance.tiny_bridge import TinyBridge
from tests.mql5.build import build
from tests.mql5.terminal import EaTerminal

from pitwire.sim.account import AccountSettings
from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.sim.replay import Replay
from pitwire.sim.symbols import CATALOG
from pitwire.wire import commands
from pitwire.wire.arrays import TICKS, Array, array_of
from pitwire.wire.commands import Channel
from pitwire.wire.events import BookEvent, TicksEvent
from pitwire.wire.handshake import Secret

NOON_MSC = 1_763_467_200_000
FIRST_TICK = 2**32
START_MSC = NOON_MSC - 3000
"""Where the crowded recording begins."""


@pytest.fixture
def start() -> Iterator[Callable[..., tuple[EaTerminal, Callable[..., TinyBridge]]]]:
    """Start a terminal on a market, and give how to connect to it."""
    terminals: list[EaTerminal] = []
    bridges: list[TinyBridge] = []

    def _start(market: Market) -> tuple[EaTerminal, Callable[..., TinyBridge]]:
        secret = Secret.random()
        terminal = EaTerminal(secrets=[secret], market=market, account=AccountSettings())
        terminals.append(terminal)
        terminal.start()

        def connect(**options: Any) -> TinyBridge:
            bridge = TinyBridge(terminal.commands, terminal.stream, secret=secret, **options)
            bridges.append(bridge)
            return bridge.open()

        return terminal, connect

    yield _start
    for bridge in bridges:
        bridge.close()
    for terminal in terminals:
        terminal.stop()


def subscribe(bridge: TinyBridge, symbol: str, **more: Any) -> int:
    reply = bridge.ask(commands.Subscribe(channel=Channel.TICKS, symbol=symbol, **more))
    assert reply.subscribed
    following: int = reply.next
    return following


def take(bridge: TinyBridge, wanted: dict[str, int]) -> dict[str, Array]:
    """Take ticks until every symbol has so many; each number must be the one that is due."""
    pieces: dict[str, list[Array]] = {name: [] for name in wanted}
    due: dict[str, int] = {}
    while any(sum(map(len, pieces[name])) < count for name, count in wanted.items()):
        event = bridge.event(TicksEvent)
        rows = array_of(event.ticks, TICKS)
        assert due.get(event.symbol, event.first) == event.first
        due[event.symbol] = event.first + len(rows)
        pieces[event.symbol].append(rows)
    return {name: np.concatenate(found) for name, found in pieces.items() if found}


def crowded(path: Path) -> Path:
    """Record seconds with hundreds of ticks in one millisecond, many of them equal."""
    lines = ["<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>"]
    for second in range(60):
        for ms, count in ((0, 1), (1, 700), (2, 3), (500, 257), (501, 256)):
            clock = 59 * 60 + 57 + second
            at = (
                f"2025.11.18\t{11 + clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}.{ms:03}"
            )
            for number in range(count):
                price = 1.15 + (number // 50 + second) / 10_000
                lines.append(f"{at}\t{price:.5f}\t{price + 0.0001:.5f}\t\t\t6")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def history(terminal: EaTerminal, symbol: str, from_msc: int) -> Array:
    rows, more = terminal.call(
        lambda: terminal.market.ticks(symbol, from_msc=from_msc, count=2_000_000)
    )
    assert not more
    return rows


def test_hundreds_of_ticks_in_one_millisecond_come_once_each(
    tmp_path: Path, start: Callable[..., Any]
) -> None:
    clock = ManualClock(NOON_MSC)
    replay = Replay.load(crowded(tmp_path / "ticks.csv"), symbol="EURUSD", play="start")
    market = Market(clock=clock, symbols=CATALOG[:1], replays={"EURUSD": replay})
    terminal, connect = start(market)
    terminal.call(lambda: clock.advance(2000))
    bridge = connect()
    assert subscribe(bridge, "EURUSD") == FIRST_TICK
    seen = len(history(terminal, "EURUSD", START_MSC))
    # Steps that end between, before and in the middle of the crowded milliseconds.
    for ms in (1, 1, 1, 400, 97, 1, 1, 498, 1, 1, 2000, 15_000):
        terminal.call(lambda ms=ms: clock.advance(ms))
    expected = history(terminal, "EURUSD", START_MSC)[seen:]
    rows = take(bridge, {"EURUSD": len(expected)})["EURUSD"]
    assert rows.tobytes() == expected.tobytes()


def test_a_fill_in_that_ends_within_a_millisecond_joins_without_a_seam(
    tmp_path: Path, start: Callable[..., Any]
) -> None:
    clock = ManualClock(NOON_MSC)
    replay = Replay.load(crowded(tmp_path / "ticks.csv"), symbol="EURUSD", play="start")
    market = Market(clock=clock, symbols=CATALOG[:1], replays={"EURUSD": replay})
    terminal, connect = start(market)
    terminal.call(lambda: clock.advance(5501))
    early, late = connect(), connect()
    subscribe(early, "EURUSD")
    terminal.call(lambda: clock.advance(1000))
    from_msc = int(history(terminal, "EURUSD", START_MSC)["time_msc"][-1])
    first = subscribe(late, "EURUSD", from_msc=from_msc)
    terminal.call(lambda: clock.advance(20_000))
    expected = history(terminal, "EURUSD", from_msc)
    rows = take(late, {"EURUSD": len(expected)})["EURUSD"]
    assert rows.tobytes() == expected.tobytes()
    whole = history(terminal, "EURUSD", START_MSC)
    before = len(whole) - len(expected)
    pushed = take(early, {"EURUSD": 1})["EURUSD"]
    offset = next(at for at in range(before + 1) if whole[at] == pushed[0])
    assert first - FIRST_TICK == before - offset


def test_bursts_of_many_symbols_lose_nothing(start: Callable[..., Any]) -> None:
    clock = ManualClock(NOON_MSC)
    more = [replace(spec, name=f"{spec.name}.x") for spec in CATALOG[:4]]
    terminal, connect = start(Market(clock=clock, symbols=[*CATALOG, *more]))
    bridge = connect()
    names = terminal.market.names()
    for name in names:
        assert subscribe(bridge, name) == FIRST_TICK
    for ms in (200, 15, 900, 60_000, 3_600_000, 1, 50):
        terminal.call(lambda ms=ms: clock.advance(ms))
    expected = {name: history(terminal, name, NOON_MSC + 1) for name in names}
    assert sum(map(len, expected.values())) > 10_000
    rows = take(bridge, {name: len(wanted) for name, wanted in expected.items()})
    for name, wanted in expected.items():
        if len(wanted):
            assert rows[name].tobytes() == wanted.tobytes(), name


def test_numbers_go_on_while_nobody_listens(start: Callable[..., Any]) -> None:
    clock = ManualClock(NOON_MSC)
    terminal, connect = start(Market(clock=clock, symbols=CATALOG[:2]))
    first = connect()
    subscribe(first, "EURUSD")
    first.bye()
    terminal.call(lambda: clock.advance(600_000))
    missed = len(history(terminal, "EURUSD", NOON_MSC + 1))
    assert missed
    second = connect()
    assert subscribe(second, "EURUSD") == FIRST_TICK + missed
    assert subscribe(second, "EURUSD", from_msc=NOON_MSC + 1) == FIRST_TICK


def test_what_cannot_be_sent_is_counted_and_told_first(tmp_path: Path) -> None:
    program = Path(__file__).parent / "programs" / "Outboxes.mq5"
    done = subprocess.run(
        [build(program), "--files", tmp_path], capture_output=True, text=True, timeout=50,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [line.removeprefix("print ") for line in done.stdout.splitlines()] == [
        "7 ticks EURUSD",
        "9 ticks EURUSD",
        # 7 is blocked: 9 gets everything.
        "9 ticks EURUSD",
        "9 ticks GBPUSD",
        "dropped 2 waiting 2",
        # Half of it can be told before the socket is full again.
        "7 gap 1 EURUSD 1",
        "dropped 3 waiting 2",
        "9 ticks EURUSD",
        "7 gap 1 GBPUSD 1",
        "7 gap 1 EURUSD 1",
        "7 ticks GBPUSD",
        "9 ticks GBPUSD",
        "dropped 3 waiting 0",
        # A ring that overflows: 1024 transactions, then a GAP of those behind them.
        "7 trades 1024",
        "7 gap 5 6",
        "dropped 9 waiting 0",
    ]


def test_a_book_that_another_program_released_comes_again(start: Callable[..., Any]) -> None:
    clock = ManualClock(NOON_MSC)
    terminal, connect = start(Market(clock=clock, symbols=CATALOG[:1]))
    bridge = connect()
    bridge.ask(commands.Subscribe(channel=Channel.BOOK, symbol="EURUSD"))
    bridge.event(BookEvent)
    terminal.server.release_book("EURUSD")
    for _ in range(2):
        terminal.call(lambda: clock.advance(60_000))
        quote = terminal.market.quote("EURUSD")
        assert quote is not None
        while quote.ask not in {level.price for level in bridge.event(BookEvent).book}:
            bridge.ask(commands.Ping())


def test_a_symbol_that_was_taken_out_of_market_watch_is_shown_again(
    start: Callable[..., Any],
) -> None:
    clock = ManualClock(NOON_MSC)
    terminal, connect = start(Market(clock=clock, symbols=CATALOG[:3]))
    bridge = connect()
    subscribe(bridge, "USDJPY")
    terminal.server.select("USDJPY", enable=False)
    terminal.call(lambda: clock.advance(600_000))
    expected = history(terminal, "USDJPY", NOON_MSC + 1)
    rows = take(bridge, {"USDJPY": len(expected)})["USDJPY"]
    assert rows.tobytes() == expected.tobytes()
