"""Recorded ticks and bars, read from the files that MetaTrader and others export.

Three layouts are known by their header: MetaTrader's ticks and bars (tab separated; an empty cell
of a tick repeats the cell above), and plain comma separated bars with ISO times. Every line is
checked; the first that is wrong ends the reading with its number.
"""

import re
import struct
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

import numpy as np

from pitwire.errors import ConfigError
from pitwire.sim.symbols import DAY_S
from pitwire.wire.arrays import RATES, TICKS, Array

MAX_ROWS = 5_000_000
"""Most rows that a recording may have; they take 60 bytes of memory each."""

NO_SPREAD = -1
"""The spread of bars whose file has none."""

_DAY_MSC = DAY_S * 1000
_MAX_LINE = 400
_MAX_COUNT = 2**53
_MAX_SPREAD = 2**31 - 1
_MAX_FLAGS = 2**32 - 1
_YEARS = range(1971, 2100)
_EPOCH = date(1970, 1, 1).toordinal()

_TICK = struct.Struct("<qdddQqId")
_BAR = struct.Struct("<qddddQiQ")

_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?")
_DATE = re.compile(r"([0-9]{4})[-.]([0-9]{2})[-.]([0-9]{2})")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]{1,9}))?)?")

_TICK_COLUMNS = ("<DATE>", "<TIME>", "<BID>", "<ASK>", "<LAST>", "<VOLUME>", "<FLAGS>")
_DAY_COLUMNS = ("<DATE>", "<OPEN>", "<HIGH>", "<LOW>", "<CLOSE>", "<TICKVOL>", "<VOL>", "<SPREAD>")
_BAR_COLUMNS = ("<DATE>", "<TIME>", *_DAY_COLUMNS[1:])
_PLAIN_COLUMNS = ("open", "high", "low", "close", "volume")
_PLAIN_TIMES = {"", "date", "datetime", "time", "timestamp"}


class Recording(NamedTuple):
    """The rows of a file, TICKS or RATES; row 0 stood in line 2 when they are bars."""

    rows: Array
    bars: bool


class _LineError(Exception):
    """A line is wrong; the text is a clause that follows its number."""


def read_recording(path: Path) -> Recording:
    """Read a file of ticks or bars; which of the two its header says.

    Raises ConfigError, with the number of the line that is wrong.
    """
    try:
        with path.open("rb") as file:
            return _read(path, file)
    except OSError as error:
        raise ConfigError(f"The recording {path} cannot be read: {error.strerror}.") from None


def _read(path: Path, file: BinaryIO) -> Recording:
    row: _Row | None = None
    data = bytearray()
    empty = False
    for number, line in enumerate(iter(lambda: file.readline(_MAX_LINE + 1), b""), 1):
        try:
            text = _text(line)
            if row is None:
                row = _row_of(text.removeprefix("\ufeff"))
            elif text:
                _check_place(number, after_empty=empty)
                data += row(text)
            else:
                empty = True
        except _LineError as fault:
            raise ConfigError(f"Line {number} of {path} {fault}.") from None
    if row is None or not data:
        raise ConfigError(f"The recording {path} holds no row of prices after its header, line 1.")
    rows = np.frombuffer(data, row.layout)
    rows.flags.writeable = False
    return Recording(rows, bars=row.layout is RATES)


def _check_place(number: int, *, after_empty: bool) -> None:
    if number > MAX_ROWS + 1:
        raise _LineError(f"is one too many: a recording has at most {MAX_ROWS} rows")
    if after_empty:
        raise _LineError("stands behind an empty line, which only the end of a file may have")


def _text(line: bytes) -> str:
    if len(line) > _MAX_LINE:
        raise _LineError(f"is longer than {_MAX_LINE} bytes, more than a row of prices takes")
    try:
        return line.decode().strip("\r\n")
    except UnicodeDecodeError:
        raise _LineError("is not UTF-8 text: export the file again as CSV in UTF-8") from None


class _Row(Protocol):
    """Turns the lines of a file, one after the other, into packed rows."""

    layout: "np.dtype[np.void]"

    def __call__(self, line: str) -> bytes: ...


def _row_of(header: str) -> _Row:
    names = tuple(header.split("\t"))
    if names == _TICK_COLUMNS:
        return _TickRow()
    if names in {_DAY_COLUMNS, _BAR_COLUMNS}:
        return _BarRow("\t", len(names))
    plain = tuple(name.strip().lower() for name in header.split(","))
    if plain[0] in _PLAIN_TIMES and plain[1:] == _PLAIN_COLUMNS:
        return _BarRow(",", len(plain))
    raise _LineError(
        "is no header of MetaTrader's ticks or bars (<DATE>, <TIME>, ... with tabs),"
        " nor of plain bars (Date,Open,High,Low,Close,Volume)"
    )


class _TickRow:
    """Reads MetaTrader's ticks; those before the first bid and ask are left out."""

    layout = TICKS

    def __init__(self) -> None:
        self._time_msc = 0
        self._bid = self._ask = self._last = self._volume = 0.0

    def __call__(self, line: str) -> bytes:
        cells = _cells(line, "\t", len(_TICK_COLUMNS))
        time_msc = _day_of(cells[0]) * _DAY_MSC + _time_msc(cells[1])
        if time_msc < self._time_msc:
            raise _LineError("is older than the line before; ticks must be in order of time")
        self._time_msc = time_msc
        self._bid = _price(cells[2], "the bid") if cells[2] else self._bid
        self._ask = _price(cells[3], "the ask") if cells[3] else self._ask
        self._last = _number(cells[4], "the last price") if cells[4] else self._last
        if cells[5]:
            self._volume = _number(cells[5], "the volume", limit=_MAX_COUNT)
        flags = int(_number(cells[6], "the flags", limit=_MAX_FLAGS)) if cells[6] else 0
        if not self._bid or not self._ask:
            return b""
        return _TICK.pack(
            time_msc // 1000,
            self._bid,
            self._ask,
            self._last,
            int(self._volume),
            time_msc,
            flags,
            self._volume,
        )


class _BarRow:
    """Reads bars: MetaTrader's, with or without a column for the time, or plain ones."""

    layout = RATES

    def __init__(self, separator: str, columns: int) -> None:
        self._separator = separator
        self._columns = columns
        self._time_s = 0

    def __call__(self, line: str) -> bytes:
        cells = _cells(line, self._separator, self._columns)
        plain = self._separator == ","
        prices = cells[1:5] if plain else cells[-7:-3]
        time_s = self._opening_s(cells)
        if time_s <= self._time_s:
            raise _LineError("is not later than the line before; bars must be in order of time")
        self._time_s = time_s
        opened, high, low, close = (
            _price(cell, f"the {name}")
            for cell, name in zip(prices, ("open", "high", "low", "close"), strict=True)
        )
        if not low <= min(opened, close) <= max(opened, close) <= high:
            raise _LineError("has an open or a close that is not between its low and its high")
        counts = cells[5:] if plain else cells[-3:]
        ticks = round(_number(counts[0], "the volume", limit=_MAX_COUNT))
        traded = 0 if plain else round(_number(counts[1], "the real volume", limit=_MAX_COUNT))
        spread = NO_SPREAD if plain else round(_number(counts[2], "the spread", limit=_MAX_SPREAD))
        return _BAR.pack(time_s, opened, high, low, close, ticks, spread, traded)

    def _opening_s(self, cells: list[str]) -> int:
        day, _, time = cells[0].replace("T", " ").partition(" ")
        if self._columns == len(_BAR_COLUMNS):
            time = cells[1]
        second, rest = divmod(_time_msc(time or "00:00"), 1000)
        if rest:
            raise _LineError("has an opening time that is not a whole second")
        return _day_of(day) * DAY_S + second


def _cells(line: str, separator: str, columns: int) -> list[str]:
    cells = line.split(separator)
    if len(cells) != columns:
        raise _LineError(f"has {len(cells)} cells where its header has {columns}")
    return cells


@lru_cache(maxsize=64)
def _day_of(text: str) -> int:
    """Count the days from 1970-01-01 to a date."""
    found = _DATE.fullmatch(text)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        raise _LineError(
            f"has {text[:32]!a} where a date from 1971 to 2099 belongs, such as 2024.03.28"
        )
    return day.toordinal() - _EPOCH


def _time_msc(text: str) -> int:
    """Count the milliseconds from midnight to a time."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise _LineError(
            f"has {text[:32]!a} where a time belongs, such as 23:59:59.999 (the broker's, no zone)"
        )
    hour, minute, second, fraction = found.groups(default="0")
    return (int(hour) * 60 + int(minute)) * 60_000 + int(second) * 1000 + int(f"{fraction}00"[:3])


def _number(text: str, name: str, *, limit: int = _MAX_COUNT) -> float:
    value = float(text) if _NUMBER.fullmatch(text) else -1.0
    if not 0 <= value <= limit:
        raise _LineError(f"has {text[:32]!a} as {name}, which must be a number from 0 to {limit}")
    return value


def _price(text: str, name: str) -> float:
    value = _number(text, name)
    if not value:
        raise _LineError(f"has {text[:32]!a} as {name}, which must be above 0")
    return value


__all__ = ["MAX_ROWS", "NO_SPREAD", "Recording", "read_recording"]
