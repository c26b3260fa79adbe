"""WireConstants.mqh: the wire's numbers and names for the Expert Advisor.

Plain `#define` lines only, which every MetaEditor compiles. MetaTrader's own enumerations exist in
MQL5 under their own names and are left out.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum

from pydantic import BaseModel

from pitwire import __version__, errors
from pitwire.wire import codec, commands, envelope, events, fields, handshake, replies
from pitwire.wire.records import RECORDS

LIMITS: dict[str, int] = {
    name: getattr(module, name)
    for module, names in (
        (envelope, ("VERSION", "SUITE_HMAC_SHA256", "HEADER_SIZE", "TAG_SIZE", "MIN_FRAME")),
        (envelope, ("MAX_FRAME_TO_TERMINAL", "MAX_FRAME_FROM_TERMINAL")),
        (envelope, ("REKEY_AFTER_FRAMES", "REKEY_AFTER_S", "LAST_SEQUENCE")),
        (handshake, ("NONCE_SIZE", "SECRET_SIZE", "KEY_ID_SIZE")),
        (handshake, ("HALF_OPEN_SESSIONS", "HALF_OPEN_MS", "SILENCE_MS")),
        (events, ("HEARTBEAT_INTERVAL_MS",)),
        (codec, ("MAX_DEPTH",)),
        (commands, ("MAX_ROWS", "MAX_SYMBOLS", "MAX_HISTORY")),
        (fields, ("TEXT_LENGTH", "SYMBOL_LENGTH", "COMMENT_LENGTH")),
    )
    for name in names
}
"""Numbers that both sides must agree on."""

OWN_ENUMS: dict[type[IntEnum], str] = {
    envelope.FrameType: "FRAME",
    envelope.Direction: "DIRECTION",
    envelope.WireChannel: "WIRE_CHANNEL",
    commands.CommandCode: "COMMAND",
    commands.Lane: "LANE",
    commands.Channel: "CHANNEL",
    events.EventCode: "EVENT",
    replies.JournalState: "JOURNAL",
    replies.RefusalCode: "REFUSAL",
}
"""Enumerations that MetaTrader does not have, and what their names begin with behind PW_."""

HEADER = (
    ("MAGIC", 2),
    ("VERSION", 1),
    ("SUITE", 1),
    ("TYPE", 1),
    ("FLAGS", 1),
    ("KIND", 2),
    ("SESSION", 8),
    ("SEQUENCE", 8),
    ("CLOCK", 8),
    ("ANSWERS", 8),
)
"""The header's fields in their order, with their sizes in bytes."""

LABELS = {
    "KEY_ID": "pitwire key id",
    "HELLO": "pitwire 1 hello",
    "WELCOME": "pitwire 1 welcome",
    "TO_TERMINAL_COMMANDS": "pitwire 1 session to_terminal commands",
    "TO_TERMINAL_STREAM": "pitwire 1 session to_terminal stream",
    "FROM_TERMINAL_COMMANDS": "pitwire 1 session from_terminal commands",
    "FROM_TERMINAL_STREAM": "pitwire 1 session from_terminal stream",
}
"""What the info of a key derivation begins with; all but KEY_ID are followed by a zero byte."""

COUNTED = (
    errors.FrameError,
    errors.SessionError,
    errors.SignatureError,
    errors.SequenceError,
    errors.HandshakeError,
)
"""Faults of frames that a terminal counts, by the name of their counter."""

_GUARD = "PITWIRE_CODEC_WIRECONSTANTS_MQH"
_RULE = f"//+{'-' * 66}+"


def constants() -> str:
    """Write WireConstants.mqh, with line feeds only; the file has CR LF."""
    sections = [
        _section("Version of the Expert Advisor", _texts("AGENT", [("VERSION", __version__)])),
        _section("Limits and sizes", LIMITS.items()),
        _section("Offsets of the header's fields", _offsets()),
        _section("Header: magic", zip(("MAGIC_0", "MAGIC_1"), envelope.MAGIC, strict=True)),
        *(_section(kind.__name__, _members(kind, prefix)) for kind, prefix in OWN_ENUMS.items()),
        _section("Key derivation: what the info begins with", _texts("LABEL", LABELS.items())),
        _section(
            "What dropped frames are counted as",
            _texts("COUNTED", ((e.counter.upper(), e.counter) for e in COUNTED)),
        ),
        _section(
            "Fields in a row of each record",
            ((f"COUNT_{record.__name__.upper()}", len(record.model_fields)) for record in RECORDS),
        ),
        _section("Names of fields", _texts("FIELD", ((n.upper(), n) for n in field_names()))),
    ]
    head = [_RULE, _centered("WireConstants.mqh"), _centered("Written by make wire"), _RULE]
    return "\n".join(
        [*head, f"#ifndef {_GUARD}", f"#define {_GUARD}", *sections, "#endif", _RULE, ""]
    )


def field_names() -> list[str]:
    """List every name that a body can carry, without repetition, sorted."""
    models: list[type[BaseModel]] = [handshake.Hello, handshake.Welcome, replies.Refusal, *RECORDS]
    models += commands.COMMANDS.values()
    models += [command.reply for command in commands.COMMANDS.values()]
    models += events.EVENTS.values()
    return sorted({"fields", "rows"} | {name for model in models for name in model.model_fields})


def _offsets() -> Iterator[tuple[str, int]]:
    at = 0
    for name, size in HEADER:
        yield f"OFFSET_{name}", at
        at += size


def _members(kind: type[IntEnum], prefix: str) -> Iterator[tuple[str, int]]:
    return ((f"{prefix}_{member.name}", member.value) for member in kind)


def _texts(prefix: str, items: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((f"{prefix}_{name}", f'"{text}"') for name, text in items)


def _section(title: str, items: Iterable[tuple[str, object]]) -> str:
    lines = [f"#define PW_{name:<32} {value}" for name, value in items]
    return "\n".join([f"//--- {title}", *lines])


def _centered(text: str) -> str:
    return f"//|{text:^66}|"


__all__ = ["COUNTED", "HEADER", "LABELS", "LIMITS", "OWN_ENUMS", "constants", "field_names"]
