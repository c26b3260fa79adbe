"""docs/wire.md: the prose of page_template.md, and tables from the models themselves."""

from collections.abc import Iterable
from enum import IntEnum, IntFlag
from inspect import cleandoc
from pathlib import Path
from string import Template
from types import NoneType
from typing import Any, get_args, get_origin

import annotated_types
import numpy as np
from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

from pitwire.wire import commands, envelope, events, fields, handshake, replies
from pitwire.wire.arrays import RATES, TICKS
from pitwire.wire.emit_mql5 import LIMITS, OWN_ENUMS
from pitwire.wire.enums import MQL5_NAMES
from pitwire.wire.records import RECORDS, Record, Table
from pitwire.wire.retcodes import DONE, TEXTS, UNRESOLVED, Retcode

_FRAMES = {
    envelope.FrameType.HELLO: ("bridge", "commands", "asks for a session"),
    envelope.FrameType.WELCOME: ("terminal", "commands", "answers HELLO"),
    envelope.FrameType.REQUEST: ("bridge", "commands; PING also on stream", "a command"),
    envelope.FrameType.REPLY: ("terminal", "that of the request", "its answer"),
    envelope.FrameType.EVENT: ("terminal", "stream", "something that happened"),
    envelope.FrameType.ERROR: ("terminal", "that of the request", "its refusal"),
    envelope.FrameType.BYE: ("either", "commands", "the session ends"),
}

_REFUSALS = {
    replies.RefusalCode.UNSUPPORTED: "this terminal does not know the command",
    replies.RefusalCode.INVALID_REQUEST: "a field is missing or wrong; `field` names it",
    replies.RefusalCode.UNKNOWN_SYMBOL: "the broker has no such symbol",
    replies.RefusalCode.NOT_FOUND: "no such order, position or deal",
    replies.RefusalCode.TOO_LARGE: "the answer would not fit into a frame; ask for less",
    replies.RefusalCode.HISTORY_LOADING: "the terminal is downloading it; ask again",
    replies.RefusalCode.DEADLINE_PASSED: "`deadline_msc` had passed",
    replies.RefusalCode.ACCOUNT_CHANGED: "another account than `login` is signed in",
    replies.RefusalCode.TRADE_FORBIDDEN: "a switch of Permissions is off; `message` names it",
    replies.RefusalCode.REQUEST_CONFLICT: "`request_id` was used before with other content",
    replies.RefusalCode.BUSY: "too many commands wait; ask again",
    replies.RefusalCode.JOURNAL_UNAVAILABLE: "the journal cannot be written",
    replies.RefusalCode.GUARD: "a limit set in the terminal itself forbids it",
    replies.RefusalCode.NO_PRICES: "the symbol has no prices yet",
    replies.RefusalCode.INTERNAL: "the terminal failed; whether it was executed is not known",
}

_UNSAID = {fields.UINT64_MAX, fields.INT64_MAX, fields.LATEST_MSC, fields.LATEST_MSC // 1000}
"""Highest values that section 4 of the page names once for all."""

_TYPES = {int: "integer", float: "float", str: "text", bytes: "binary", bool: "boolean"}


def page() -> str:
    """Write docs/wire.md."""
    template = Path(__file__).with_name("page_template.md").read_text(encoding="utf-8")
    parts: dict[str, object] = {
        **LIMITS,
        "envelope": cleandoc(envelope.__doc__ or "").partition("\n\n")[2].partition("|")[2],
        "frame_types": _table(
            ("type", "name", "from", "channel", "what"),
            ((kind.value, kind.name, *_FRAMES[kind]) for kind in envelope.FrameType),
        ),
        "hello": _indented(_fields(handshake.Hello)),
        "welcome": _indented(_model(handshake.Welcome)),
        "layouts": "\n\n".join((_layout("MqlRates", RATES), _layout("MqlTick", TICKS))),
        "journal_states": _model_less(replies.JournalState),
        "trading": _model(commands.TradingCommand),
        "commands": "\n\n".join(_command(command) for command in commands.COMMANDS.values()),
        "reply": _fields(replies.Reply),
        "replies": "\n\n".join(_section(reply, base=replies.Reply) for reply in _replies()),
        "refusal": _model(replies.Refusal),
        "refusal_codes": _table(
            ("code", "name", "means"),
            ((code.value, code.name, _REFUSALS[code]) for code in replies.RefusalCode),
        ),
        "event": _fields(events.Event),
        "events": "\n\n".join(_event(event) for event in events.EVENTS.values()),
        "records": "\n\n".join(_record(record) for record in RECORDS),
        "enumerations": _enumerations(),
        "own_enumerations": _table(
            ("enumeration", "values"), ((kind.__name__, _values(kind)) for kind in OWN_ENUMS)
        ),
        "retcodes": _table(
            ("number", "name", "outcome", "text"),
            ((code.value, code.name, _outcome(code), TEXTS[code]) for code in Retcode),
        ),
        "limits": _table(("name", "value"), LIMITS.items()),
    }
    parts["envelope"] = "|" + str(parts["envelope"])
    return Template(template).substitute(parts)


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    lines = [list(head), *([str(cell).replace("|", "\\|") for cell in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _indented(text: str) -> str:
    """Indent a part so that it stays inside its step of a numbered list."""
    return "\n".join(f"   {line}" if line else "" for line in text.splitlines())


def _prose(kind: type) -> str:
    return cleandoc(kind.__doc__ or "")


def _model(model: type[BaseModel]) -> str:
    return f"{_prose(model)}\n\n{_fields(model)}"


def _model_less(kind: type[IntEnum]) -> str:
    return f"{_prose(kind)}\n\n{_table(('number', 'name'), ((m.value, m.name) for m in kind))}"


def _section(model: type[BaseModel], *, base: type[BaseModel]) -> str:
    return f"### {model.__name__}\n\n{_prose(model)}\n\n{_fields(model, base=base)}".rstrip()


def _command(command: type[commands.Command]) -> str:
    base = commands.TradingCommand if command.trading else commands.Command
    trading = "trading, " if command.trading else ""
    facts = f"Kind {command.code.value}, {trading}lane {command.lane.name}, "
    answer = f"answered by {command.reply.__name__}."
    text = f"### {command.code.name}\n\n{_inherited_prose(command)}\n\n{facts}{answer}"
    return f"{text}\n\n{_fields(command, base=base)}".rstrip()


def _inherited_prose(command: type[commands.Command]) -> str:
    """Join what a command says with what the bases say that give it its fields."""
    bases = (commands.HistoryGet, commands.OrderFields, commands.Subscription)
    said = [_prose(command)]
    said += [_prose(base).partition("\n\n")[2] for base in bases if issubclass(command, base)]
    return "\n\n".join(text for text in said if text)


def _replies() -> list[type[replies.Reply]]:
    return list(dict.fromkeys(command.reply for command in commands.COMMANDS.values()))


def _event(event: type[events.Event]) -> str:
    head = f"### {event.code.name}\n\n{_prose(event)}\n\nKind {event.code.value}."
    return f"{head}\n\n{_fields(event, base=events.Event)}".rstrip()


def _record(record: type[Record]) -> str:
    rows = (
        (place, f"`{name}`", *_described(field))
        for place, (name, field) in enumerate(record.model_fields.items())
    )
    head = ("place", "field", "type", "presence", "meaning")
    return f"### {record.__name__}\n\n{_prose(record)}\n\n{_table(head, rows)}"


def _fields(model: type[BaseModel], *, base: type[BaseModel] | None = None) -> str:
    known = base.model_fields if base else {}
    rows = [
        (f"`{name}`", *_described(field))
        for name, field in model.model_fields.items()
        if name not in known
    ]
    return _table(("field", "type", "presence", "meaning"), rows) if rows else ""


def _described(field: FieldInfo) -> tuple[str, str, str]:
    """Give type, presence and meaning of a field."""
    kind, metadata = _unwrapped(field)
    limits = ", ".join(_limits(metadata))
    meaning = _meaning(metadata)
    return _kind_name(kind), _presence(field), "; ".join(filter(None, (meaning, limits)))


def _unwrapped(field: FieldInfo) -> tuple[Any, list[Any]]:
    """Look through `| None` and Annotated: the type, and all that is said about it."""
    kind: Any = field.annotation
    metadata = list(field.metadata)
    if NoneType in get_args(kind):
        (kind,) = (each for each in get_args(kind) if each is not NoneType)
    if hasattr(kind, "__metadata__"):
        metadata += kind.__metadata__
        kind = kind.__origin__
    return kind, [
        part
        for item in metadata
        for part in (item.metadata if isinstance(item, FieldInfo) else [item])
    ]


def _kind_name(kind: Any) -> str:  # noqa: ANN401 - any annotation
    if get_origin(kind) is Table:
        return f"table of {get_args(kind)[0].__name__}"
    if get_origin(kind) is list:
        return "array of integers"
    if isinstance(kind, type) and issubclass(kind, Record):
        return f"map {kind.__name__}"
    return _TYPES[kind]


def _presence(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default is None:
        return "optional"
    default = field.default
    if isinstance(default, bool):
        return f"default {str(default).lower()}"
    return f"default {int(default) if isinstance(default, int) else repr(default)}"


def _meaning(metadata: list[Any]) -> str:
    for item in metadata:
        if isinstance(item, fields.Unit):
            return "" if item is fields.Unit.TEXT else item.value
        if isinstance(item, type) and issubclass(item, IntEnum):
            return item.__name__
        if isinstance(item, type) and issubclass(item, IntFlag):
            return f"{item.__name__} flags"
    return "packed rows" if "rows" in metadata else ""


def _limits(metadata: list[Any]) -> Iterable[str]:
    """Say each limit once; what is said last is said nearest to the field, and holds."""
    said: dict[str, str] = {}
    for item in metadata:
        match item:
            case annotated_types.Ge(ge=low):
                said["low"] = f"at least {low}"
            case annotated_types.Gt(gt=low):
                said["low"] = f"more than {low}"
            case annotated_types.Le(le=high) if high not in _UNSAID:
                said["high"] = f"at most {high}"
            case annotated_types.MinLen(min_length=low):
                said["shortest"] = f"at least {low} long"
            case annotated_types.MaxLen(max_length=high) if high != fields.TEXT_LENGTH:
                said["longest"] = f"at most {high} long"
            case AfterValidator():
                said["characters"] = "printable"
            case _ if getattr(item, "pattern", None):
                said["pattern"] = f"pattern `{item.pattern}`"
            case _ if getattr(item, "allow_inf_nan", True) is False:
                said["finite"] = "finite"
    return said.values()


def _layout(name: str, layout: "np.dtype[np.void]") -> str:
    words = {"i": "signed integer", "u": "unsigned integer", "f": "float"}
    rows = []
    offset = 0
    for field in layout.names or ():
        kind = layout[field]
        rows.append((offset, kind.itemsize, words[kind.kind], f"`{field}`"))
        offset += kind.itemsize
    head = f"{name}, {layout.itemsize} bytes:"
    return f"{head}\n\n{_table(('offset', 'size', 'type', 'field'), rows)}"


def _enumerations() -> str:
    rows = (
        (kind.__name__, name + (" *flags*" if issubclass(kind, IntFlag) else ""), _values(kind))
        for kind, (name, _) in MQL5_NAMES.items()
    )
    return _table(("enumeration", "in MQL5", "values"), rows)


def _values(kind: type[IntEnum] | type[IntFlag]) -> str:
    return ", ".join(f"{member.value} {member.name}" for member in kind)


def _outcome(code: Retcode) -> str:
    if code in DONE:
        return "done"
    return "unresolved" if code in UNRESOLVED else "rejected"


__all__ = ["page"]
