"""Vectors.mqh: the golden vectors as MQL5 text, for the self-test in a real terminal.

Every table is one flat array of texts, a fixed number of them per case.
"""

import json
import math
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgpack

FOLDER = Path(__file__).parents[3] / "tests" / "wire" / "vectors"

_ROWS = {"ticks": struct.Struct("<qdddQqId"), "rates": struct.Struct("<qddddqiq")}
"""Fields of replies with packed rows, and how a row lies in memory."""
_LITERAL = 100
"""Longest piece of a text in the source; neighbors join."""
_RULE = f"//+{'-' * 66}+"
_GUARD = "PITWIRE_SELFTEST_VECTORS_MQH"


def vectors() -> str:
    """Write Vectors.mqh, with line feeds only; the file has CR LF."""
    bodies, frames = _read("bodies"), _read("frames")
    bad, keys, handshake = _read("bad_frames"), _read("keys"), _read("handshake")
    tables = [
        _table("GoodBodies", 5, map(_good_body, bodies["good"])),
        _table("BadBodies", 2, ((case["name"], case["body"]) for case in bodies["bad"])),
        _table("Frames", 10, map(_frame, frames["frames"])),
        _table("BadFrames", 3, ((c["name"], c["frame"], c["error"]) for c in bad["frames"])),
        _table("Opener", 5, [_opener(bad)]),
        _table("Keys", 4, _keys(keys)),
        _table("Handshake", 15, [_handshake(handshake)]),
        _table("BadHellos", 2, ((c["name"], c["frame"]) for c in handshake["bad_hello"])),
        _table("Ticks", 9, _packed_rows(frames["frames"], "ticks")),
        _table("Rates", 9, _packed_rows(frames["frames"], "rates")),
    ]
    head = [_RULE, f"//|{'Vectors.mqh':^66}|", f"//|{'Written by make wire':^66}|", _RULE]
    return "\n".join([*head, f"#ifndef {_GUARD}", f"#define {_GUARD}", *tables, "#endif", ""])


def _read(name: str) -> Any:  # noqa: ANN401 - parsed JSON
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="ascii"))


def _good_body(case: dict[str, Any]) -> Sequence[object]:
    """Name, bytes, kind and text of the field `v`, and what a writer makes of it ("": nothing)."""
    kind, shown = "", ""
    written: object = None
    match case["value"].get("v", ...):
        case {"float": text}:
            kind, shown, written = "real", struct.pack("<d", float(text)).hex(), float(text)
        case {"bin": text}:
            kind, shown, written = "binary", text, bytes.fromhex(text)
        case bool(value):
            kind, shown, written = "bool", str(value).lower(), value
        case int(value):
            kind, shown, written = "integer" if value < 2**63 else "unsigned", str(value), value
        case str(text):
            # Texts of MQL5 end at a zero: its readers give a 1 instead, and nobody writes one.
            kind, shown, written = "text", text.encode().replace(b"\0", b"\1").hex(), text
        case None:
            kind = "nil"
        case list():
            kind = "array"
        case dict():
            kind = "map"
    plain = kind not in {"", "array", "map"} and "\0" not in str(written)
    finite = not isinstance(written, float) or math.isfinite(written)
    packed = msgpack.packb({"v": written}).hex() if plain and finite else ""
    return case["name"], case["body"], kind, shown, packed


def _frame(case: dict[str, Any]) -> Sequence[object]:
    header = case["header"]
    names = ("type", "flags", "kind", "session", "sequence", "clock_us", "answers")
    channel = f"{case['direction']} {case['channel']}"
    return case["name"], channel, *(header[name] for name in names), case["key"] + case["frame"]


def _opener(bad: dict[str, Any]) -> Sequence[object]:
    return bad["key"], bad["session"], bad["opened"], bad["good"], bad["too_long"]["length"]


def _keys(keys: dict[str, Any]) -> Iterator[Sequence[object]]:
    """Label, salt, info and key of each derivation."""
    yield "HELLO", keys["hello_salt"], keys["hello_info"], keys["hello_key"]
    yield "WELCOME", keys["welcome_salt"], keys["welcome_info"], keys["welcome_key"]
    for entry in keys["session_keys"]:
        name = f"{entry['direction']} {entry['channel']}"
        yield name, keys["session_salt"], entry["info"], entry["key"]


def _handshake(case: dict[str, Any]) -> Sequence[object]:
    body = case["welcome"]["body"]
    facts = ("session", "login", "server", "build", "agent", "boot", "journal", "max_rows")
    clock_us = struct.unpack_from("<Q", bytes.fromhex(case["welcome"]["frame"]), 24)[0]
    return (
        *case["secrets"],
        case["hello"]["frame"],
        case["hello_of_next_secret"],
        case["terminal_nonce"],
        case["welcome"]["frame"],
        *(body[name] for name in facts),
        f"{clock_us} {body['utc_offset_s']}",
    )


def _packed_rows(cases: Iterable[dict[str, Any]], field: str) -> Iterator[Sequence[object]]:
    """List the values and the bytes of each row of the first frame that carries such rows."""
    layout = _ROWS[field]
    packed = next(case["body"][field]["bin"] for case in cases if field in case["body"])
    data = bytes.fromhex(packed)
    for at in range(0, len(data), layout.size):
        row = data[at : at + layout.size]
        yield *layout.unpack(row), row.hex()


def _table(name: str, columns: int, cases: Iterable[Sequence[object]]) -> str:
    rows = [[str(value) for value in case] for case in cases]
    for row in rows:
        if len(row) != columns:
            raise ValueError(f"{name}: {len(row)} texts where {columns} are declared")
    macro = f"PW_VECTORS_{name.upper()}"
    lines = [
        f"#define {macro} {len(rows)}",
        f"string ExtPw{name}[{len(rows) * columns}]=",
        "  {",
        ",\n".join(f"   {_literal(value)}" for row in rows for value in row),
        "  };",
    ]
    return "\n".join(lines)


def _literal(text: str) -> str:
    if not text.isascii() or not text.isprintable() or '"' in text or "\\" in text:
        raise ValueError(f"cannot be written plainly: {text!r}")
    pieces = [text[at : at + _LITERAL] for at in range(0, len(text), _LITERAL)] or [""]
    return "\n   ".join(f'"{piece}"' for piece in pieces)


__all__ = ["vectors"]
