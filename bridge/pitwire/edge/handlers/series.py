"""Bars and ticks: JSON made column by column, or the packed rows as the terminal has them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.responses import Response

from pitwire.edge.answers import (
    BINARY,
    after,
    cursor_of,
    list_schema,
    page,
    pieces_response,
    place_of,
    state,
    wants_binary,
)
from pitwire.edge.call import Call
from pitwire.edge.columns import choice, fixed, integers, objects, times
from pitwire.edge.queries import BarsQuery, TicksQuery
from pitwire.edge.render import Schema, flag_list, object_schema, quote, utc_time
from pitwire.errors import InvalidTimeframe, RangeTooLarge, TerminalFault
from pitwire.router.history import Bars, Ticks
from pitwire.wire.arrays import Array
from pitwire.wire.enums import CopyTicks, TickFlag, Timeframe
from pitwire.wire.fields import LATEST_MSC as _END_OF_TIME_MSC

BARS_DEFAULT = 500
_MINUTE_MS = 60_000
_LATEST_MSC = _END_OF_TIME_MSC - 366 * 24 * 60 * _MINUTE_MS
_HOUR_BIT, _WEEK_BIT, _MONTH_BIT = 0x4000, 0x8000, 0xC000

_TIME: Schema = {"type": "string", "format": "date-time", "description": "UTC"}
_WALL: Schema = {"type": "string", "description": "the broker's wall clock, without a zone"}
_PRICE: Schema = {"type": ["number", "null"], "examples": [1.10525]}
_COUNT: Schema = {"type": "integer", "examples": [42]}

BAR_SCHEMA = object_schema(
    {
        "time": _TIME | {"description": "opening time, UTC"},
        "broker_time": _WALL,
        "open": _PRICE,
        "high": _PRICE,
        "low": _PRICE,
        "close": _PRICE,
        "tick_volume": _COUNT,
        "spread": _COUNT | {"description": "points"},
        "real_volume": _COUNT,
        "complete": {"type": "boolean", "description": "false: the bar is still forming"},
    }
)
BARS_SCHEMA = list_schema(
    BAR_SCHEMA,
    symbol={"type": "string", "examples": ["EURUSD"]},
    timeframe={"type": "string", "examples": ["M1"]},
    digits={"type": "integer", "examples": [5]},
)
TICKS_SCHEMA = list_schema(
    object_schema(
        {
            "time": _TIME,
            "broker_time": _WALL,
            "time_msc": _COUNT | {"description": "UTC, milliseconds since 1970"},
            "bid": _PRICE,
            "ask": _PRICE,
            "last": _PRICE,
            "volume": _COUNT,
            "volume_real": _PRICE | {"examples": [0.1]},
            "flags": {"type": "array", "items": {"type": "string"}, "examples": [["bid", "ask"]]},
        }
    ),
    symbol={"type": "string", "examples": ["EURUSD"]},
    digits={"type": "integer", "examples": [5]},
)


async def bars(call: Call, query: BarsQuery) -> Response:
    """Answer with bars, oldest first."""
    timeframe = _timeframe(query.timeframe)
    count = query.count
    if count is None and query.from_ is None:
        count = BARS_DEFAULT
    _check_count(count, call.settings.max_bars, "bars")
    name = call.symbol
    async with call.waiting():
        found = await call.router.bars(
            call.terminal,
            name,
            timeframe,
            from_msc=query.from_,
            to_msc=query.to,
            count=count,
            start=query.position,
        )
    _check_times(found.rates["time"], 1000, found.utc_offset_s)
    if wants_binary(call.visit.headers.get("accept")):
        return _packed("MqlRates", found.rates, found)
    tail = (
        f'],{page(None)},"symbol":{quote(name)},"timeframe":"{timeframe.name}",'
        f'"digits":{found.digits},{state(found.clock_msc)}}}'
    )
    write = _bars_writer(found, timeframe)
    return pieces_response('{"data":[', write, len(found.rates), tail=tail)


def _timeframe(name: str) -> Timeframe:
    try:
        return Timeframe[name.upper().removeprefix("PERIOD_")]
    except KeyError:
        known = ", ".join(Timeframe.__members__)
        raise InvalidTimeframe(f"A timeframe is one of {known}.") from None


def _check_count(count: int | None, most: int, what: str) -> None:
    if count is not None and count > most:
        raise RangeTooLarge(f"One request may ask for {most} {what}: ask for less at a time.")


def _check_times(column: NDArray[np.int64], unit_ms: int, offset_s: int) -> None:
    if not len(column):
        return
    first, last = int(column.min()) * unit_ms, int(column.max()) * unit_ms
    if min(first, first - offset_s * 1000) < 0 or max(last, last - offset_s * 1000) > _LATEST_MSC:
        raise TerminalFault("The terminal sent rows whose times cannot be.")


def _bars_writer(found: Bars, timeframe: Timeframe) -> Callable[[int, int], bytes]:
    broker_now = found.clock_msc + found.utc_offset_s * 1000
    total = len(found.rates)
    forming = bool(total) and _end_msc(int(found.rates["time"][-1]), timeframe) > broker_now

    def write(first: int, last: int) -> bytes:
        rows = found.rates[first:last]
        wall = rows["time"] * 1000
        complete = np.ones(len(rows), dtype=np.intp)
        complete[-1] = 0 if forming and last == total else 1
        prices = [(name, fixed(rows[name], found.digits)) for name in ("open", "high", "low")]
        return objects(
            [
                ("time", times(wall - found.utc_offset_s * 1000, zone="Z")),
                ("broker_time", times(wall, zone="")),
                *prices,
                ("close", fixed(rows["close"], found.digits)),
                ("tick_volume", integers(rows["tick_volume"])),
                ("spread", integers(rows["spread"])),
                ("real_volume", integers(rows["real_volume"])),
                ("complete", choice(["false", "true"], complete)),
            ],
            len(rows),
        )

    return write


def _end_msc(opened_s: int, timeframe: Timeframe) -> int:
    """Find when a bar ends; the numbers of the timeframes carry their length."""
    number = int(timeframe) & 0x3FFF
    unit = int(timeframe) & 0xC000
    if unit == _MONTH_BIT:
        opened = datetime.fromtimestamp(opened_s, UTC)
        years, month = divmod(opened.month, 12)
        return int(datetime(opened.year + years, month + 1, 1, tzinfo=UTC).timestamp() * 1000)
    minutes = {0: 1, _HOUR_BIT: 60, _WEEK_BIT: 7 * 24 * 60}[unit]
    return opened_s * 1000 + number * minutes * _MINUTE_MS


async def ticks(call: Call, query: TicksQuery) -> Response:
    """Answer with ticks, oldest first, page by page without a gap."""
    _check_count(query.limit, call.settings.max_ticks, "ticks")
    name = call.symbol
    asked = ("ticks", call.terminal, name, query.flags, query.to)
    # A cursor keeps the broker's clock, so that a change of its offset makes no gap.
    offset_ms = call.router.broker_msc(call.terminal, 0)
    begin, skip = query.from_ or 0, 0
    if query.cursor is not None:
        wall_msc, skip = place_of(query.cursor, (int, int), *asked)
        begin = wall_msc - offset_ms
    async with call.waiting():
        found = await call.router.ticks(
            call.terminal,
            name,
            from_msc=begin,
            to_msc=query.to,
            skip=skip,
            count=query.limit,
            flags=CopyTicks[query.flags.upper()],
        )
    wall = found.ticks["time_msc"]
    _check_times(wall, 1, found.utc_offset_s)
    cursor = None
    if found.more and len(wall):
        cursor = cursor_of(after(wall.tolist(), begin + offset_ms, skip), *asked)
    if wants_binary(call.visit.headers.get("accept")):
        return _packed("MqlTick", found.ticks, found, cursor)
    tail = (
        f'],{page(cursor)},"symbol":{quote(name)},"digits":{found.digits},'
        f"{state(found.clock_msc)}}}"
    )
    return pieces_response('{"data":[', _ticks_writer(found), len(wall), tail=tail)


def _ticks_writer(found: Ticks) -> Callable[[int, int], bytes]:
    def write(first: int, last: int) -> bytes:
        rows = found.ticks[first:last]
        wall = rows["time_msc"]
        utc = wall - found.utc_offset_s * 1000
        masks, index = np.unique(rows["flags"], return_inverse=True)
        prices = [(name, fixed(rows[name], found.digits)) for name in ("bid", "ask", "last")]
        return objects(
            [
                ("time", times(utc, zone="Z")),
                ("broker_time", times(wall, zone="")),
                ("time_msc", integers(utc)),
                *prices,
                ("volume", integers(rows["volume"])),
                ("volume_real", fixed(rows["volume_real"], found.volume_digits)),
                ("flags", choice([flag_list(TickFlag, mask) for mask in masks.tolist()], index)),
            ],
            len(rows),
        )

    return write


def _packed(layout: str, rows: Array, found: Bars | Ticks, cursor: str | None = None) -> Response:
    """Answer with rows of 60 bytes as they came; their times are the broker's."""
    headers: dict[str, Any] = {
        "Pitwire-Layout": layout,
        "Pitwire-Rows": str(len(rows)),
        "Pitwire-Utc-Offset-S": str(found.utc_offset_s),
        "Pitwire-Digits": str(found.digits),
        "Pitwire-As-Of": utc_time(found.clock_msc).strip('"'),
        "Vary": "Accept",
    }
    if cursor is not None:
        headers["Pitwire-Next-Cursor"] = cursor
    return Response(rows.tobytes(), headers=headers, media_type=BINARY)


__all__ = ["BARS_SCHEMA", "TICKS_SCHEMA", "bars", "ticks"]
