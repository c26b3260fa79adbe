"""Long reads are pulled chunk by chunk; a scripted terminal with known rows is the oracle."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitwire import errors
from pitwire.router.commands import Commands
from pitwire.router.history import History
from pitwire.wire.arrays import RATES, TICKS, Array
from pitwire.wire.commands import (
    Command,
    CopyRatesFrom,
    CopyRatesFromPos,
    CopyRatesRange,
    CopyTicksFrom,
    CopyTicksRange,
)
from pitwire.wire.enums import Timeframe
from pitwire.wire.replies import RatesReply, Reply, TicksReply

pytestmark = pytest.mark.anyio

H1 = Timeframe.H1
HOUR = 3600


class Registry:
    """The two facts that History asks for."""

    def __init__(self, *, max_rows: int, offset_s: int = 0) -> None:
        self.max_rows = max_rows
        self.offset_s = offset_s

    def live(self, _: str) -> "Registry":
        return self

    def utc_offset_s(self, _: str) -> int:
        return self.offset_s


class Terminal:
    """Answers history commands from arrays, as docs/wire.md says."""

    def __init__(self, *, bars: int = 0, ticks: "list[int] | None" = None) -> None:
        self.rates = np.zeros(bars, RATES)
        self.rates["time"] = np.arange(1, bars + 1) * HOUR
        self.rates["close"] = np.arange(bars)
        times = sorted(ticks or [])
        self.ticks = np.zeros(len(times), TICKS)
        self.ticks["time_msc"] = times
        self.ticks["bid"] = np.arange(len(times))
        self.asked: list[Command] = []

    async def ask(self, _: str, command: Command, _reply: type[Reply]) -> Reply:
        self.asked.append(command)
        match command:
            case CopyTicksFrom():
                return self._ticks(command)
            case CopyRatesRange():
                times = self.rates["time"]
                rows = self.rates[(times >= command.from_s) & (times <= command.to_s)]
                return rates(rows[: command.count], more=len(rows) > command.count)
            case CopyRatesFrom():
                rows = self.rates[self.rates["time"] <= command.from_s]
                return rates(rows[-command.count :], more=len(rows) > command.count)
            case CopyRatesFromPos():
                rows = self.rates[: len(self.rates) - command.start]
                return rates(rows[-command.count :], more=len(rows) > command.count)
        raise AssertionError(command)

    def _ticks(self, command: CopyTicksFrom) -> TicksReply:
        times = self.ticks["time_msc"]
        chosen = times >= command.from_msc
        if isinstance(command, CopyTicksRange):
            chosen &= times <= command.to_msc
        rows = self.ticks[chosen][command.skip :]
        return TicksReply(
            clock_msc=1,
            ticks=rows[: command.count].tobytes(),
            more=len(rows) > command.count,
            digits=5,
            volume_digits=2,
        )


def rates(rows: Array, *, more: bool) -> RatesReply:
    return RatesReply(clock_msc=1, rates=rows.tobytes(), more=more, digits=5)


def history(terminal: Terminal, *, chunk: int, limit: int = 1000, offset_s: int = 0) -> History:
    registry: Any = Registry(max_rows=chunk, offset_s=offset_s)
    commands: Any = terminal
    assert Commands.ask is not None
    return History(commands, registry, max_bars=limit, max_ticks=limit)


@settings(max_examples=60)
@given(bars=st.integers(1, 60), chunk=st.integers(1, 70), count=st.integers(1, 80))
async def test_any_chunking_gives_the_same_bars(bars: int, chunk: int, count: int) -> None:
    terminal = Terminal(bars=bars)
    reader = history(terminal, chunk=chunk)
    everything = await reader.bars("t", "S", H1, from_msc=0, to_msc=10**12)
    assert np.array_equal(everything.rates, terminal.rates)
    newest = await reader.bars("t", "S", H1, count=count)
    assert np.array_equal(newest.rates, terminal.rates[-count:])
    at = bars * HOUR * 1000 // 2
    until = await reader.bars("t", "S", H1, to_msc=at, count=count)
    assert np.array_equal(until.rates, terminal.rates[terminal.rates["time"] * 1000 <= at][-count:])
    first = await reader.bars("t", "S", H1, from_msc=at, count=count)
    assert np.array_equal(first.rates, terminal.rates[terminal.rates["time"] * 1000 >= at][:count])
    before = await reader.bars("t", "S", H1, start=bars // 2, count=count)
    assert np.array_equal(before.rates, terminal.rates[: bars - bars // 2][-count:])


@settings(max_examples=60)
@given(
    times=st.lists(st.integers(1000, 1010), min_size=1, max_size=40),
    chunk=st.integers(1, 50),
    count=st.integers(1, 50),
)
async def test_any_chunking_gives_the_same_ticks(times: list[int], chunk: int, count: int) -> None:
    terminal = Terminal(ticks=times)
    reader = history(terminal, chunk=chunk)
    read = await reader.ticks("t", "S", from_msc=0, count=count)
    assert np.array_equal(read.ticks, terminal.ticks[:count])
    assert read.more == (count < len(times))
    part = await reader.ticks("t", "S", from_msc=1003, to_msc=1007, count=1000)
    msc = terminal.ticks["time_msc"]
    assert np.array_equal(part.ticks, terminal.ticks[(msc >= 1003) & (msc <= 1007)])


async def test_times_are_asked_for_on_the_brokers_clock() -> None:
    terminal = Terminal(bars=10)
    await history(terminal, chunk=100, offset_s=7200).bars("t", "S", H1, from_msc=1500, to_msc=2500)
    (command,) = terminal.asked
    assert isinstance(command, CopyRatesRange)
    assert (command.from_s, command.to_s) == (7202, 7202)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"count": 1001}, errors.RangeTooLarge),
        ({"count": 0}, errors.RangeTooLarge),
        ({"timeframe": 7}, errors.InvalidTimeframe),
        ({"from_msc": 2000_000, "to_msc": 1000_000}, errors.Unprocessable),
        ({"from_msc": 0, "to_msc": 10**12}, errors.RangeTooLarge),
    ],
)
async def test_what_cannot_be_asked_for(asked: dict[str, int], error: type[Exception]) -> None:
    reader = history(Terminal(bars=1500), chunk=100)
    timeframe = asked.pop("timeframe", H1)
    with pytest.raises(error):
        await reader.bars("t", "S", timeframe, **asked)


async def test_a_terminal_that_promises_and_sends_nothing_or_scraps_is_at_fault() -> None:
    class Liar(Terminal):
        async def ask(self, _: str, command: Command, _reply: type[Reply]) -> Reply:
            if isinstance(command, CopyTicksFrom):
                return TicksReply(clock_msc=1, ticks=b"", more=True, digits=5, volume_digits=2)
            return rates(np.zeros(0, RATES), more=True)

    class Scrap(Terminal):
        async def ask(self, _: str, command: Command, _reply: type[Reply]) -> Reply:
            return RatesReply(clock_msc=1, rates=b"xyz", more=False, digits=5)

    with pytest.raises(errors.TerminalFault):
        await history(Liar(), chunk=10).bars("t", "S", H1, count=20)
    with pytest.raises(errors.TerminalFault):
        await history(Liar(), chunk=10).ticks("t", "S", from_msc=0, count=20)
    with pytest.raises(errors.TerminalFault):
        await history(Scrap(), chunk=10).bars("t", "S", H1, count=20)
