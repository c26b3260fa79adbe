"""Bars and ticks of any length, pulled from the terminal chunk by chunk.

A chunk is one reply, and other commands are served between two of them. The packed rows are
joined, never looped over.
"""

from dataclasses import dataclass

import numpy as np

from pitwire.errors import BodyError, InvalidTimeframe, RangeTooLarge, TerminalFault, Unprocessable
from pitwire.router.commands import Commands
from pitwire.router.registry import Registry
from pitwire.wire.arrays import RATES, TICKS, Array, array_of
from pitwire.wire.commands import (
    MAX_ROWS,
    Command,
    CopyRatesFrom,
    CopyRatesFromPos,
    CopyRatesRange,
    CopyTicksFrom,
    CopyTicksRange,
)
from pitwire.wire.enums import CopyTicks, Timeframe
from pitwire.wire.fields import LATEST_MSC
from pitwire.wire.replies import RatesReply, TicksReply

_TIMEFRAMES = frozenset(Timeframe)
_END_OF_TIME_S = LATEST_MSC // 1000


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars, oldest first; times in `rates` are the broker's."""

    rates: Array
    digits: int
    utc_offset_s: int
    clock_msc: int


@dataclass(frozen=True, slots=True)
class Ticks:
    """Ticks, oldest first; times in `ticks` are the broker's. `more`: further ones exist."""

    ticks: Array
    digits: int
    volume_digits: int
    utc_offset_s: int
    clock_msc: int
    more: bool


class History:
    """Reads bars and ticks. Times of requests are UTC milliseconds."""

    def __init__(
        self, commands: Commands, registry: Registry, *, max_bars: int, max_ticks: int
    ) -> None:
        self._commands = commands
        self._registry = registry
        self._max_bars = max_bars
        self._max_ticks = max_ticks

    async def bars(
        self,
        terminal: str,
        symbol: str,
        timeframe: int,
        *,
        from_msc: int | None = None,
        to_msc: int | None = None,
        count: int | None = None,
        start: int | None = None,
    ) -> Bars:
        """Read bars: a range (`from_msc` with `to_msc` or `count`), or the last `count`.

        The last `count` end at `to_msc`, or `start` bars before the forming one (default 0).
        Raises InvalidTimeframe and RangeTooLarge besides what reading raises.
        """
        if timeframe not in _TIMEFRAMES:
            raise InvalidTimeframe(f"{timeframe} is not one of MetaTrader's timeframes.")
        limit = self._max_bars if count is None else count
        self._check(limit, self._max_bars, "bars")
        pull = _Pull(self._commands, terminal, limit, self._chunk(terminal))
        offset = self._registry.utc_offset_s(terminal)
        if from_msc is not None:
            first = -(-from_msc // 1000) + offset
            last = _END_OF_TIME_S if to_msc is None else to_msc // 1000 + offset
            await pull.forward(symbol, timeframe, first, last)
            if count is None and pull.more:
                raise RangeTooLarge(f"The range holds more than {limit} bars: ask for less.")
        elif to_msc is not None:
            await pull.backward(symbol, timeframe, to_msc // 1000 + offset)
        else:
            await pull.newest(symbol, timeframe, start or 0)
        return pull.bars()

    async def ticks(
        self,
        terminal: str,
        symbol: str,
        *,
        from_msc: int,
        to_msc: int | None = None,
        skip: int = 0,
        count: int,
        flags: int = CopyTicks.ALL,
    ) -> Ticks:
        """Read the first `count` ticks at or after `from_msc`, none after `to_msc`.

        `skip` leaves out that many ticks of exactly `from_msc`, as wire.commands describes.
        Raises RangeTooLarge besides what reading raises.
        """
        self._check(count, self._max_ticks, "ticks")
        chunk = self._chunk(terminal)
        offset_ms = self._registry.utc_offset_s(terminal) * 1000
        at, end = from_msc + offset_ms, None if to_msc is None else to_msc + offset_ms
        chunks: list[bytes] = []
        left, more = count, True
        while True:
            asked = min(left, chunk)
            reply = await self._commands.ask(
                terminal, _ticks(symbol, at, end, skip=skip, count=asked, flags=flags), TicksReply
            )
            rows = _rows(reply.ticks, TICKS)
            chunks.append(reply.ticks)
            left -= len(rows)
            more = reply.more
            if not more or left <= 0:
                break
            if not len(rows):
                raise TerminalFault("The terminal promises more ticks and sends none.")
            at, skip = _after(rows, at, skip)
        return Ticks(
            array_of(b"".join(chunks), TICKS),
            reply.digits,
            reply.volume_digits,
            reply.utc_offset_s,
            reply.clock_msc,
            more,
        )

    def _chunk(self, terminal: str) -> int:
        return min(MAX_ROWS, self._registry.live(terminal).max_rows)

    @staticmethod
    def _check(asked: int, limit: int, what: str) -> None:
        if not 0 < asked <= limit:
            raise RangeTooLarge(f"One request may ask for 1 to {limit} {what}.")


class _Pull:
    """One read of bars under way."""

    def __init__(self, commands: Commands, terminal: str, limit: int, chunk: int) -> None:
        self._commands = commands
        self._terminal = terminal
        self._left = limit
        self._chunk = chunk
        self._chunks: list[bytes] = []
        self._last: RatesReply | None = None
        self.more = True

    async def forward(self, symbol: str, timeframe: int, first: int, last: int) -> None:
        while self.more and self._left > 0 and first <= last:
            rows = await self._pull(
                CopyRatesRange(
                    symbol=symbol,
                    timeframe=timeframe,
                    from_s=max(first, 0),
                    to_s=min(max(last, 0), _END_OF_TIME_S),
                    count=self._count,
                )
            )
            if len(rows):
                first = int(rows["time"][-1]) + 1
        self._ensure_asked()

    async def newest(self, symbol: str, timeframe: int, start: int) -> None:
        rows = await self._pull(
            CopyRatesFromPos(symbol=symbol, timeframe=timeframe, start=start, count=self._count)
        )
        if len(rows):
            await self.backward(symbol, timeframe, int(rows["time"][0]) - 1)

    async def backward(self, symbol: str, timeframe: int, last: int) -> None:
        while self.more and self._left > 0 and last >= 0:
            rows = await self._pull(
                CopyRatesFrom(symbol=symbol, timeframe=timeframe, from_s=last, count=self._count),
                older=True,
            )
            if len(rows):
                last = int(rows["time"][0]) - 1

    @property
    def _count(self) -> int:
        return min(self._left, self._chunk)

    def _ensure_asked(self) -> None:
        if self._last is None:
            raise Unprocessable("The range ends before it begins.", code="invalid_range")

    async def _pull(self, command: Command, *, older: bool = False) -> Array:
        reply = await self._commands.ask(self._terminal, command, RatesReply)
        rows = _rows(reply.rates, RATES)
        if reply.more and not len(rows):
            raise TerminalFault("The terminal promises more bars and sends none.")
        self._chunks.insert(0 if older else len(self._chunks), reply.rates)
        self._left -= len(rows)
        self._last, self.more = reply, reply.more
        return rows

    def bars(self) -> Bars:
        if self._last is None:
            raise Unprocessable("The range ends before time begins.", code="invalid_range")
        last = self._last
        rows = array_of(b"".join(self._chunks), RATES)
        return Bars(rows, last.digits, last.utc_offset_s, last.clock_msc)


def _ticks(
    symbol: str, at: int, end: int | None, *, skip: int, count: int, flags: int
) -> CopyTicksFrom:
    asked = {"symbol": symbol, "from_msc": max(at, 0), "skip": skip, "count": count, "flags": flags}
    if end is None:
        return CopyTicksFrom.model_validate(asked)
    return CopyTicksRange.model_validate({**asked, "to_msc": max(end, 0)})


def _rows(data: bytes, dtype: "np.dtype[np.void]") -> Array:
    try:
        return array_of(data, dtype)
    except BodyError as error:
        raise TerminalFault(f"The terminal's rows cannot be read: {error}.") from None


def _after(rows: Array, at: int, skip: int) -> tuple[int, int]:
    """Find where the next chunk begins: the last tick's time, and how many ticks have it."""
    last = int(rows["time_msc"][-1])
    same = int((rows["time_msc"] == last).sum())
    return last, same + (skip if last == at else 0)


__all__ = ["Bars", "History", "Ticks"]
