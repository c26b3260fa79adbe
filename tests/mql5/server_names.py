"""Write the names of the market for the runtime: enumerations, return codes, property ids.

The numbers are those of `pitwire.wire`; the id of a property is its place in the row that the trade
server sends. `python -m tests.mql5.server_names` writes both headers.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum, IntFlag
from pathlib import Path
from typing import NamedTuple

from pitwire.wire import enums
from pitwire.wire.records import (
    AccountInfo,
    Deal,
    Order,
    Position,
    Record,
    SymbolInfo,
    TerminalInfo,
)
from pitwire.wire.retcodes import Retcode

RUNTIME = Path(__file__).parent / "runtime"

SECONDS = 0x1000
"""Added to the place of a time in milliseconds: the property gives it in seconds."""
COMPUTED = 0x2000
"""From here on: properties that no row holds, computed by the runtime."""

_HEAD = "// Written by tests/mql5/server_names.py from the names of the wire: do not edit.\n"

_PREFIXES: dict[type[IntEnum] | type[IntFlag], str] = {
    enums.Timeframe: "PERIOD_",
    enums.DayOfWeek: "",
}
"""Where MQL5 begins its names otherwise than the wire does."""

_RENAMED = {
    "DEAL_TYPE_DIVIDEND": "DEAL_DIVIDEND",
    "DEAL_TYPE_DIVIDEND_FRANKED": "DEAL_DIVIDEND_FRANKED",
    "DEAL_TYPE_TAX": "DEAL_TAX",
    "SYMBOL_ORDERS_DAILY_NO_STOPS": "SYMBOL_ORDERS_DAILY_EXCLUDING_STOPS",
    "SYMBOL_ORDER_CLOSE_BY": "SYMBOL_ORDER_CLOSEBY",
    **{
        f"SYMBOL_PRICE_GREEKS_{greek}": f"SYMBOL_PRICE_{greek}"
        for greek in ("DELTA", "THETA", "GAMMA", "VEGA", "RHO", "OMEGA")
    },
}
_UNKNOWN_TO_MQL5 = {
    "SYMBOL_CALC_MODE_EXCH_OPTIONS",
    "SYMBOL_CALC_MODE_EXCH_OPTIONS_MARGIN",
    "SYMBOL_VOLUME_DIGITS",
    "SYMBOL_NAME",
    "TERMINAL_TRADEAPI_DISABLED",
    "POSITION_DIGITS",
    "POSITION_VOLUME_DIGITS",
    "ORDER_DIGITS",
    "ORDER_VOLUME_DIGITS",
    "DEAL_DIGITS",
    "DEAL_VOLUME_DIGITS",
}


class _Family(NamedTuple):
    """The properties of one record, and those that the runtime adds by computing them."""

    record: type[Record]
    enumeration: str
    prefix: str
    computed: tuple[str, ...] = ()


_FAMILIES = (
    _Family(AccountInfo, "ENUM_ACCOUNT_INFO", "ACCOUNT_"),
    _Family(TerminalInfo, "ENUM_TERMINAL_INFO", "TERMINAL_", ("TERMINAL_X64",)),
    _Family(SymbolInfo, "ENUM_SYMBOL_INFO", "SYMBOL_", ("SYMBOL_EXIST", "SYMBOL_TIME_MSC")),
    _Family(Position, "ENUM_POSITION_PROPERTY", "POSITION_"),
    _Family(Order, "ENUM_ORDER_PROPERTY", "ORDER_"),
    _Family(Deal, "ENUM_DEAL_PROPERTY", "DEAL_"),
)


def enumerations() -> str:
    """Write market_enums.hpp."""
    blocks = [
        _enumeration(name, _members(kind, _PREFIXES.get(kind, prefix)))
        if name.startswith("ENUM_")
        else _constants((f"{prefix}{member.name}", member.value) for member in kind)
        for kind, (name, prefix) in enums.MQL5_NAMES.items()
    ]
    blocks.append(_constants((f"TRADE_RETCODE_{code.name}", code.value) for code in Retcode))
    return "\n\n".join([_HEAD + "#pragma once\n\nnamespace pw {", *blocks, "}  // namespace pw\n"])


def properties() -> str:
    """Write market_properties.hpp."""
    marks = (
        "namespace served {\n"
        "// Added to the place of a time in milliseconds: the property gives it in seconds.\n"
        f"constexpr int SECONDS = {SECONDS};\n"
        "// From here on: properties that no row holds.\n"
        f"constexpr int COMPUTED = {COMPUTED};\n"
        "}  // namespace served"
    )
    blocks = [block for family in _FAMILIES for block in _property_blocks(family)]
    places = [_places(family) for family in _FAMILIES]
    return "\n\n".join(
        [
            _HEAD + "#pragma once\n\nnamespace pw {",
            marks,
            *blocks,
            "// Places in the rows of the trade server.\nnamespace served::place {",
            *places,
            "}  // namespace served::place",
            "}  // namespace pw\n",
        ]
    )


def write() -> None:
    """Write both headers."""
    (RUNTIME / "market_enums.hpp").write_text(enumerations())
    (RUNTIME / "market_properties.hpp").write_text(properties())


def _property_blocks(family: _Family) -> Iterator[str]:
    for kind, suffix in ((int, "INTEGER"), (float, "DOUBLE"), (str, "STRING")):
        names = list(_properties(family, kind))
        if kind is int:
            names += [(name, COMPUTED + at) for at, name in enumerate(family.computed)]
        yield _enumeration(f"{family.enumeration}_{suffix}", names)


def _properties(family: _Family, kind: type) -> Iterator[tuple[str, int]]:
    for at, (name, field) in enumerate(family.record.model_fields.items()):
        annotation = int if field.annotation is bool else field.annotation
        if annotation is not kind:
            continue
        full = family.prefix + name.upper()
        if full in _UNKNOWN_TO_MQL5:
            continue
        yield _RENAMED.get(full, full), at
        if full.endswith("_MSC"):
            yield full.removesuffix("_MSC"), at + SECONDS


def _places(family: _Family) -> str:
    names = ", ".join(name.upper() + "_" for name in family.record.model_fields)
    words = [f"namespace {family.record.__name__} {{", f"enum : int {{ {names} }};", "}"]
    return "\n".join(words)


def _enumeration(name: str, members: Iterable[tuple[str, int]]) -> str:
    return "\n".join([f"enum {name} : int {{", *_lines(members, "    {} = {},"), "};"])


def _members(kind: type[IntEnum] | type[IntFlag], prefix: str) -> Iterator[tuple[str, int]]:
    if kind is enums.Timeframe:
        yield "PERIOD_CURRENT", 0
    yield from ((f"{prefix}{member.name}", member.value) for member in kind)


def _constants(members: Iterable[tuple[str, int]]) -> str:
    # A negative one goes to parameters without a sign, as COPY_TICKS_ALL does.
    named = list(members)
    if any(value < 0 for _, value in named):
        named = [(name, value & 0xFFFF_FFFF) for name, value in named]
        return "\n".join(_lines(named, "constexpr unsigned int {} = {}u;"))
    return "\n".join(_lines(named, "constexpr int {} = {};"))


def _lines(members: Iterable[tuple[str, int]], form: str) -> Iterator[str]:
    return (
        form.format(_RENAMED.get(name, name), value)
        for name, value in members
        if name not in _UNKNOWN_TO_MQL5
    )


if __name__ == "__main__":
    write()
