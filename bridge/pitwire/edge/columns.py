"""Long arrays as JSON text, made column by column: no Python code runs per row.

A column is a matrix of ASCII codes, one line per row, in which 0 stands for "no character here".
Columns are put side by side, and the zeros are dropped at the end. Numbers are exact: a value
whose rounding a float multiplication could get wrong is written by Python instead.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitwire.edge.render import fixed as fixed_text
from pitwire.wire.fields import LATEST_MSC

Column = NDArray[np.uint8]

_BLANK = 0
_ZERO = ord("0")
_GROUP = 10_000
_GROUP_WIDTH = 4
_FOURS: Column = np.array(
    [[_ZERO + value // 10**place % 10 for place in (3, 2, 1, 0)] for value in range(_GROUP)],
    dtype=np.uint8,
)
_DAY_MS = 86_400_000
_EXACT_BELOW = 2.0**43
"""Up to here a float's own steps are below 1/512, so the digit to round by can be trusted."""

_DOUBTFUL = 2.0**-8
"""Nearer than this to half a digit, a product may round the other way than the value itself."""


def constant(text: str, rows: int) -> Column:
    """Repeat a text on every row."""
    codes = np.frombuffer(text.encode(), dtype=np.uint8)
    return np.broadcast_to(codes, (rows, len(codes)))


def choice(texts: Sequence[str], index: NDArray[Any]) -> Column:
    """Write one of a few texts on every row."""
    width = max(map(len, texts), default=0)
    padded = b"".join(text.encode().ljust(width, b"\0") for text in texts)
    table: Column = np.frombuffer(padded, dtype=np.uint8).reshape(len(texts), width)
    return np.take(table, index, axis=0)


def integers(values: NDArray[Any]) -> Column:
    """Write integers of any size and sign."""
    if values.dtype.kind == "u":
        return _digits(values.astype(np.uint64), keep=1)
    signed = values.astype(np.int64)
    sign = np.where(signed < 0, ord("-"), _BLANK).astype(np.uint8)[:, None]
    return np.hstack([sign, _digits(np.abs(signed).view(np.uint64), keep=1)])


def fixed(values: NDArray[np.float64], digits: int) -> Column:
    """Write numbers with so many decimal places, rounded like `format(value, '.nf')`."""
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = values * 10.0**digits
        whole = np.rint(scaled)
        doubtful = np.abs(np.abs(scaled - whole) - 0.5) < _DOUBTFUL
        trusted = (np.abs(scaled) < _EXACT_BELOW) & ~doubtful
    whole = np.where(trusted, whole, 0.0)
    column = _placed(whole, digits)
    if trusted.all():
        return column
    return _patched(column, np.flatnonzero(~trusted), values, digits)


def _placed(whole: NDArray[np.float64], digits: int) -> Column:
    """Write integers with a decimal point before the last `digits` of them."""
    places = _digits(np.abs(whole).astype(np.uint64), keep=digits + 1)
    sign = np.where(whole < 0, ord("-"), _BLANK).astype(np.uint8)[:, None]
    if not digits:
        return np.hstack([sign, places])
    point = constant(".", len(whole))
    return np.hstack([sign, places[:, :-digits], point, places[:, -digits:]])


def _patched(
    column: Column, rows: NDArray[np.intp], values: NDArray[np.float64], digits: int
) -> Column:
    texts = [fixed_text(value, digits).encode() for value in values[rows].tolist()]
    width = max(column.shape[1], *map(len, texts))
    patched = np.zeros((len(column), width), dtype=np.uint8)
    patched[:, : column.shape[1]] = column
    block = b"".join(text.ljust(width, b"\0") for text in texts)
    patched[rows] = np.frombuffer(block, dtype=np.uint8).reshape(len(rows), width)
    return patched


def _digits(values: NDArray[np.uint64], *, keep: int) -> Column:
    """Write decimal digits; leading zeros beyond the last `keep` places become blanks."""
    width = max(len(str(int(values.max(initial=0)))), keep)
    groups = -(-width // _GROUP_WIDTH)
    out = np.empty((len(values), groups * _GROUP_WIDTH), dtype=np.uint8)
    rest = values
    for group in range(groups - 1, -1, -1):
        rest, part = np.divmod(rest, np.uint64(_GROUP))
        out[:, group * _GROUP_WIDTH : (group + 1) * _GROUP_WIDTH] = _FOURS[part]
    out = out[:, groups * _GROUP_WIDTH - width :]
    for place in range(keep, width):
        out[values < np.uint64(10**place), width - 1 - place] = _BLANK
    return out


def times(msc: NDArray[np.int64], *, zone: str) -> Column:
    """Write milliseconds since 1970 as RFC 3339, in quotes, with `zone` behind them.

    Raises ValueError for times before 1970 or after 9999.
    """
    if len(msc) and (int(msc.min()) < 0 or int(msc.max()) > LATEST_MSC):
        raise ValueError("a time is before 1970 or after 9999")
    days, rest = np.divmod(msc, _DAY_MS)
    seconds, millis = np.divmod(rest, 1000)
    minutes, second = np.divmod(seconds, 60)
    hour, minute = np.divmod(minutes, 60)
    rows = len(msc)
    colon = constant(":", rows)
    return np.hstack(
        [
            constant('"', rows),
            _dates(days),
            constant("T", rows),
            _FOURS[hour][:, 2:],
            colon,
            _FOURS[minute][:, 2:],
            colon,
            _FOURS[second][:, 2:],
            constant(".", rows),
            _FOURS[millis][:, 1:],
            constant(f'{zone}"', rows),
        ]
    )


def _dates(days: NDArray[np.int64]) -> Column:
    unique, index = np.unique(days, return_inverse=True)
    return choice(np.datetime_as_string(unique.astype("datetime64[D]")).tolist(), index)


def objects(members: Sequence[tuple[str, Column]], rows: int) -> bytes:
    """Put named columns together as JSON objects with commas between them."""
    parts: list[Column] = []
    for place, (name, column) in enumerate(members):
        parts += [constant(f'{"," if place else "{"}"{name}":', rows), column]
    parts.append(constant("},", rows))
    table = np.hstack(parts)
    written: Column = table[table != _BLANK]
    return written.tobytes()[:-1]


__all__ = ["Column", "choice", "constant", "fixed", "integers", "objects", "times"]
