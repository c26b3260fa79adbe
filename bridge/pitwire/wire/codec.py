"""The body of a frame: MessagePack, a map with text keys, within limits.

Allowed are nil, booleans, integers of 64 bits, float64, UTF-8 text, binary, arrays and maps whose
keys are texts that come once. Extension types and float32 are refused. Structure, depth, keys and
lengths are checked on the packed bytes, before any object is made: a body can neither exhaust the
stack nor claim more than it carries.
Format: https://github.com/msgpack/msgpack/blob/master/spec.md
"""

from typing import Any

import msgpack

from pitwire.errors import BodyError

MAX_DEPTH = 8
"""Deepest nesting of arrays and maps, the body itself included."""

_FIXMAP, _FIXARRAY, _FIXSTR, _NIL = 0x80, 0x90, 0xA0, 0xC0
"""Where the short forms of maps, arrays and texts begin, and what comes behind them."""


def _scalar_sizes() -> bytes:
    """For every first byte that tells the size of a whole value: that size; else 0."""
    sizes = bytearray(256)
    for first in (*range(_FIXMAP), *range(0xE0, 0x100), _NIL, 0xC2, 0xC3):
        sizes[first] = 1
    for first in range(_FIXSTR, _NIL):
        sizes[first] = 1 + (first & 31)
    numbers = {1: (0xCC, 0xD0), 2: (0xCD, 0xD1), 4: (0xCE, 0xD2), 8: (0xCB, 0xCF, 0xD3)}
    for width, firsts in numbers.items():
        for first in firsts:
            sizes[first] = 1 + width
    return bytes(sizes)


_SIZES = _scalar_sizes()
_BINARY = {0xC4: 1, 0xC5: 2, 0xC6: 4}
_TEXT = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_ARRAY = {0xDC: 2, 0xDD: 4}
_MAP = {0xDE: 2, 0xDF: 4}
_WIDTHS = {**_BINARY, **_TEXT, **_ARRAY, **_MAP}
"""First bytes that a length or count follows, and how many bytes that number has."""


def pack(body: dict[str, Any]) -> bytes:
    """Pack a body. Safe from any thread: a shared packer would not be."""
    packed: bytes = msgpack.packb(body)
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
    """Walk over packed bytes: one map, nothing behind it, depth, keys, lengths and types allowed.

    Only whether text is UTF-8 is left to the decoder.

    Raises BodyError.
    """
    if not data or not (_FIXMAP <= data[0] < _FIXARRAY or data[0] in _MAP):
        raise BodyError("a body is a map")
    try:
        end = _skip(data, 0, 1, 0)
    except IndexError:
        raise BodyError("the body ends too early") from None
    if end != len(data):
        raise BodyError("the body ends too early" if end > len(data) else "bytes behind the body")


def _skip(data: bytes, at: int, values: int, depth: int) -> int:
    """Step over values and tell where the next one begins; IndexError when bytes are missing."""
    for _ in range(values):
        size = _SIZES[data[at]]
        if size:
            at += size
        else:
            at = _skip_sized(data, at, depth)
    return at


def _skip_sized(data: bytes, at: int, depth: int) -> int:
    """Step over a value whose size its first byte does not tell."""
    first = data[at]
    at += 1
    if first < _FIXSTR:  # the short forms of maps and arrays
        count = first & 15
    else:
        width = _WIDTHS.get(first)
        if width is None:
            raise BodyError(f"type {first:#04x} is not part of the protocol")
        count = int.from_bytes(data[at : at + width], "big")
        at += width
        if first in _BINARY or first in _TEXT:
            return at + count
    if depth == MAX_DEPTH:
        raise BodyError(f"nested deeper than {MAX_DEPTH}")
    if first < _FIXARRAY or first in _MAP:
        return _skip_map(data, at, count, depth + 1)
    return _skip(data, at, count, depth + 1)


def _skip_map(data: bytes, at: int, entries: int, depth: int) -> int:
    """Step over the entries of a map, whose keys are texts that come once."""
    keys = set()
    for entry in range(entries):
        first = data[at]
        end = at + _SIZES[first]
        if _FIXSTR <= first < _NIL:
            keys.add(data[at + 1 : end])
        elif first in _TEXT:
            start = at + 1 + _TEXT[first]
            end = _skip_sized(data, at, depth)
            keys.add(data[start:end])
        else:
            raise BodyError("a key is a text")
        if len(keys) == entry:
            raise BodyError("a key comes twice")
        size = _SIZES[data[end]]
        at = end + size if size else _skip_sized(data, end, depth)
    return at


__all__ = ["MAX_DEPTH", "check", "pack", "unpack"]
