"""The body of a frame: MessagePack, a map with text keys, within limits.

Allowed are nil, booleans, integers of 64 bits, float64, UTF-8 text, binary, arrays and maps.
Extension types are refused. Depth and sizes are checked on the packed bytes, before any object
is made: a body can neither exhaust the stack nor claim more than it carries.
Format: https://github.com/msgpack/msgpack/blob/master/spec.md
"""

from typing import Any

import msgpack

from pitwire.errors import BodyError

MAX_DEPTH = 8
"""Deepest nesting of arrays and maps."""

_FIXED = 1
_LENGTH = 2
_ARRAY = 3
_MAP = 4
_REFUSED = 0


def _table() -> list[tuple[int, int, int]]:
    """For every first byte: what follows, its size or the size of its length, and a count."""
    rows: list[tuple[int, int, int]] = [(_REFUSED, 0, 0)] * 256
    for byte in (*range(0x80), *range(0xE0, 0x100), 0xC0, 0xC2, 0xC3):
        rows[byte] = (_FIXED, 0, 0)
    for byte in range(0x80, 0x90):
        rows[byte] = (_MAP, 0, byte & 15)
    for byte in range(0x90, 0xA0):
        rows[byte] = (_ARRAY, 0, byte & 15)
    for byte in range(0xA0, 0xC0):
        rows[byte] = (_FIXED, byte & 31, 0)
    for first, width in ((0xC4, 1), (0xC5, 2), (0xC6, 4), (0xD9, 1), (0xDA, 2), (0xDB, 4)):
        rows[first] = (_LENGTH, width, 0)
    numbers = ((0xCB, 8), (0xCC, 1), (0xCD, 2), (0xCE, 4), (0xCF, 8))
    for first, width in (*numbers, (0xD0, 1), (0xD1, 2), (0xD2, 4), (0xD3, 8)):
        rows[first] = (_FIXED, width, 0)
    rows[0xDC], rows[0xDD] = (_ARRAY, 2, -1), (_ARRAY, 4, -1)
    rows[0xDE], rows[0xDF] = (_MAP, 2, -1), (_MAP, 4, -1)
    return rows


_TABLE = _table()
_PACKER = msgpack.Packer(use_bin_type=True)


def pack(body: dict[str, Any]) -> bytes:
    """Pack a body."""
    packed: bytes = _PACKER.pack(body)
    return packed


def unpack(data: bytes) -> dict[str, Any]:
    """Unpack a body after checking it.

    Raises BodyError.
    """
    check(data)
    try:
        body = msgpack.unpackb(data, raw=False, strict_map_key=True, max_ext_len=0)
    except (ValueError, msgpack.UnpackException) as error:
        raise BodyError(f"not MessagePack: {error}") from None
    return body  # type: ignore[no-any-return]  # check() made sure that it is a map


def check(data: bytes) -> None:
    """Walk over packed bytes: one map, nothing behind it, depth, lengths and types allowed.

    Raises BodyError.
    """
    if not data or _TABLE[data[0]][0] != _MAP:
        raise BodyError("a body is a map")
    end = len(data)
    at = 0
    open_counts = [1]
    while open_counts:
        if open_counts[-1] == 0:
            open_counts.pop()
            continue
        open_counts[-1] -= 1
        if at >= end:
            raise BodyError("the body ends too early")
        kind, width, count = _TABLE[data[at]]
        at += 1
        if kind == _FIXED:
            at += width
        elif kind == _LENGTH:
            at += width + int.from_bytes(data[at : at + width], "big")
        elif kind == _REFUSED:
            raise BodyError(f"type {data[at - 1]:#04x} is not part of the protocol")
        else:
            if count < 0:
                count = int.from_bytes(data[at : at + width], "big")
                at += width
            open_counts.append(count * 2 if kind == _MAP else count)
            if len(open_counts) > MAX_DEPTH + 1:
                raise BodyError(f"nested deeper than {MAX_DEPTH}")
    if at != end:
        raise BodyError("the body ends too early" if at > end else "bytes behind the body")


__all__ = ["MAX_DEPTH", "check", "pack", "unpack"]
