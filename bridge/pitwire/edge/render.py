"""Records as JSON text: numbers with their own digits, ids as text, times in UTC.

One `Writer` is compiled per record class, from the units that its fields declare. It holds the
text of the object with a gap for every value, so a record costs one formatting call per field.
The same compilation gives the schema that the API page shows.
"""

import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, IntFlag
from json.encoder import encode_basestring
from typing import Any

from pitwire.wire.fields import LATEST_MSC, Meaning, Unit
from pitwire.wire.records import Record

Schema = dict[str, Any]

_MAX = sys.float_info.max
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND_MS = 1000


@dataclass(frozen=True, slots=True)
class Scale:
    """What it takes to show numbers: decimal places, and the broker's clock against UTC."""

    digits: int = 5
    volume_digits: int = 2
    currency_digits: int = 2
    utc_offset_s: int = 0


Format = Callable[[Any, Scale], str]
Entry = tuple[str, Format, Schema]


def quote(text: str) -> str:
    """Write a JSON string."""
    return encode_basestring(text)


def fixed(value: float, digits: int) -> str:
    """Write a number with so many decimal places; null for NaN, infinity and EMPTY_VALUE."""
    return f"{value:z.{digits}f}" if -_MAX < value < _MAX else "null"


def plain(value: float) -> str:
    """Write a number as short as it goes; null for NaN, infinity and EMPTY_VALUE."""
    return repr(value) if -_MAX < value < _MAX else "null"


def utc_time(msc: int) -> str:
    """Write UTC milliseconds as RFC 3339; null for 0 and what RFC 3339 cannot write."""
    return f'"{_clock(msc)}Z"' if 0 < msc <= LATEST_MSC else "null"


def wall_time(msc: int) -> str:
    """Write milliseconds of the broker's wall clock, which has no zone; null for 0."""
    return f'"{_clock(msc)}"' if 0 < msc <= LATEST_MSC else "null"


def _clock(msc: int) -> str:
    return (_EPOCH + timedelta(milliseconds=msc)).isoformat(timespec="milliseconds")[:23]


def flag(value: bool) -> str:
    """Write true or false."""
    return "true" if value else "false"


def identifier(value: int) -> str:
    """Write a ticket as text, since JSON readers lose digits of large numbers; null for 0."""
    return f'"{value}"' if value else "null"


def names(kind: type[IntEnum]) -> Mapping[int, str]:
    """List the members of an enumeration as apps see them."""
    return {member.value: member.name.lower() for member in kind}


def _enum(kind: type[IntEnum]) -> Format:
    texts = {value: f'"{name}"' for value, name in names(kind).items()}
    return lambda value, _: texts.get(value) or f'"{value}"'


def flag_names(kind: type[IntFlag], value: int) -> list[str]:
    """Name the bits of a mask; bits without a name appear as digits."""
    found = [member.name.lower() for member in kind if member.name and value & member.value]
    rest = value & ~sum(kind)
    bits = [str(1 << place) for place in range(rest.bit_length()) if rest >> place & 1]
    return found + bits


def flag_list(kind: type[IntFlag], value: int) -> str:
    """Write the bits of a mask as a JSON list of names."""
    return "[" + ",".join(f'"{name}"' for name in flag_names(kind, value)) + "]"


_NUMBER: Schema = {"type": ["number", "null"]}
_STRING: Schema = {"type": "string"}
_TIME: Schema = {
    "type": ["string", "null"],
    "format": "date-time",
    "examples": ["2026-03-02T09:30:00.125Z"],
    "description": "UTC",
}
_WALL: Schema = {
    "type": ["string", "null"],
    "examples": ["2026-03-02T11:30:00.125"],
    "description": "the broker's wall clock, without a zone",
}

_FORMATS: dict[Unit, tuple[Format, Schema]] = {
    Unit.PRICE: (lambda v, s: fixed(v, s.digits), _NUMBER | {"examples": [1.10525]}),
    Unit.VOLUME: (lambda v, s: fixed(v, s.volume_digits), _NUMBER | {"examples": [0.1]}),
    Unit.MONEY: (lambda v, s: fixed(v, s.currency_digits), _NUMBER | {"examples": [10000.0]}),
    Unit.PERCENT: (lambda v, _: fixed(v, 2), _NUMBER | {"examples": [250.0]}),
    Unit.RATIO: (lambda v, _: plain(v), _NUMBER | {"examples": [100000.0]}),
    Unit.TICKET: (
        lambda v, _: identifier(v),
        {"type": ["string", "null"], "examples": ["5012345678"]},
    ),
    Unit.LOGIN: (lambda v, _: f'"{v}"', _STRING | {"examples": ["10000001"]}),
    Unit.UTC_MSC: (lambda v, _: utc_time(v), _TIME),
    Unit.TEXT: (lambda v, _: quote(v), _STRING),
    Unit.FLAG: (lambda v, _: flag(v), {"type": "boolean"}),
}
_INTEGER: tuple[Format, Schema] = (lambda v, _: str(v), {"type": "integer"})
_BROKER_TIME: dict[Unit, int] = {Unit.TIME_S: _SECOND_MS, Unit.TIME_MSC: 1}


def _no_zero(write: Format) -> Format:
    return lambda value, scale: write(value, scale) if value else "null"


def _times(name: str, unit_ms: int) -> list[Entry]:
    name = name.removesuffix("_msc")

    def utc(value: int, scale: Scale) -> str:
        return utc_time(value * unit_ms - scale.utc_offset_s * _SECOND_MS) if value else "null"

    def wall(value: int, _: Scale) -> str:
        return wall_time(value * unit_ms)

    return [(name, utc, _TIME), (f"broker_{name}", wall, _WALL)]


def _entries(name: str, meaning: Meaning) -> list[Entry]:
    if isinstance(meaning, Unit):
        if meaning in _BROKER_TIME:
            return _times(name, _BROKER_TIME[meaning])
        write, schema = _FORMATS.get(meaning, _INTEGER)
        if name == "magic":
            write, schema = _FORMATS[Unit.LOGIN]
            schema = schema | {"examples": ["7001"]}
        described = {"description": meaning.value} | schema if schema is not _TIME else schema
        return [(name, write, described)]
    if issubclass(meaning, IntFlag):
        kind = meaning
        known = [member.name.lower() for member in kind if member.name]
        return [
            (
                name,
                lambda value, _: flag_list(kind, value),
                {"type": "array", "items": _STRING, "examples": [known[:2]]},
            )
        ]
    values = list(names(meaning).values())
    schema = _STRING | {"examples": values[:1], "description": " | ".join(values)}
    return [(name, _enum(meaning), schema)]


class Writer:
    """Writes one record class as JSON.

    `only` limits the members to these fields, `renamed` gives some another name, and a zero in
    one of `no_zero` is written as null, because MetaTrader says "none" with it.
    """

    __slots__ = ("_digits", "_formats", "_places", "_template", "_volume_digits", "schema")

    def __init__(
        self,
        record: type[Record],
        *,
        only: Collection[str] | None = None,
        no_zero: Collection[str] = ("sl", "tp", "price_stoplimit"),
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        fields = list(record.model_fields)
        chosen: list[tuple[int, Entry]] = []
        for place, (field, meaning) in enumerate(record.meanings().items()):
            if only is not None and field not in only:
                continue
            for name, write, schema in _entries((renamed or {}).get(field, field), meaning):
                none = field in no_zero
                chosen.append((place, (name, _no_zero(write) if none else write, schema)))
        self._places = tuple(place for place, _ in chosen)
        self._formats = tuple(write for _, (_, write, _) in chosen)
        self._template = ",".join(f'"{name}":%s' for _, (name, _, _) in chosen)
        self._digits = fields.index("digits") if "digits" in fields else None
        self._volume_digits = fields.index("volume_digits") if "volume_digits" in fields else None
        self.schema: Schema = object_schema({name: schema for _, (name, _, schema) in chosen})

    def members(self, values: Sequence[Any], scale: Scale) -> str:
        """Write the members without braces; `values` are in the record's own order."""
        if self._digits is not None and self._volume_digits is not None:
            scale = Scale(
                values[self._digits],
                values[self._volume_digits],
                scale.currency_digits,
                scale.utc_offset_s,
            )
        pairs = zip(self._formats, self._places, strict=True)
        return self._template % tuple([write(values[place], scale) for write, place in pairs])

    def object(self, values: Sequence[Any], scale: Scale) -> str:
        """Write an object."""
        return "{" + self.members(values, scale) + "}"

    def objects(self, rows: Iterable[Sequence[Any]], scale: Scale) -> str:
        """Write a list of objects."""
        return "[" + ",".join([self.object(row, scale) for row in rows]) + "]"


def object_schema(properties: Mapping[str, Schema]) -> Schema:
    """Describe an object that always has all of these members."""
    return {"type": "object", "properties": dict(properties), "required": list(properties)}


def list_of(items: Schema) -> Schema:
    """Describe a list."""
    return {"type": "array", "items": items}


__all__ = [
    "Format",
    "Scale",
    "Schema",
    "Writer",
    "fixed",
    "flag",
    "flag_list",
    "flag_names",
    "identifier",
    "list_of",
    "names",
    "object_schema",
    "plain",
    "quote",
    "utc_time",
    "wall_time",
]
