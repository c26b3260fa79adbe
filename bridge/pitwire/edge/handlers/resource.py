"""The order resource: what an app asked for, and what became of it."""

from typing import Any

from pitwire.edge.handlers.listings import ORDER
from pitwire.edge.render import (
    Scale,
    Schema,
    Writer,
    fixed,
    flag,
    identifier,
    names,
    plain,
    quote,
    utc_time,
)
from pitwire.router.intent import Intent, IntentState
from pitwire.wire import retcodes
from pitwire.wire.commands import CommandCode
from pitwire.wire.enums import OrderState, OrderType
from pitwire.wire.records import Order, TradeResult
from pitwire.wire.replies import OrdersReply
from pitwire.wire.retcodes import Retcode

_VERBS = {
    CommandCode.ORDER_SEND.name: "open",
    CommandCode.ORDER_MODIFY.name: "modify",
    CommandCode.ORDER_REMOVE.name: "cancel",
    CommandCode.POSITION_MODIFY.name: "modify",
    CommandCode.POSITION_CLOSE.name: "close",
    CommandCode.POSITION_CLOSE_BY.name: "close_by",
}
_FILLS = {"open", "close", "close_by"}
_ORDER_STATE = list(Order.model_fields).index("state")
_STATES = {
    OrderState.FILLED: "filled",
    OrderState.PARTIAL: "partially_filled",
    OrderState.CANCELED: "canceled",
    OrderState.EXPIRED: "expired",
    OrderState.REJECTED: "rejected",
}
_TYPES = names(OrderType)
_RESULT = Writer(
    TradeResult,
    only=("bid", "ask", "comment", "type_filling", "time_msc", "retcode_external"),
    no_zero=("bid", "ask"),
)
_BLANK = TradeResult(retcode=0)

_ID: Schema = {"type": ["string", "null"], "examples": ["5012345678"]}
_NUMBER: Schema = {"type": ["number", "null"]}
_TEXT: Schema = {"type": ["string", "null"]}
_TIME: Schema = {"type": ["string", "null"], "format": "date-time"}

ORDER_RESOURCE_SCHEMA: dict[str, Schema] = {
    "id": _TEXT | {"examples": ["019c0a7b2f7d5e4c8a91b3d6"]},
    "terminal": _TEXT | {"examples": ["demo"]},
    "login": _TEXT | {"examples": ["10000001"]},
    "intent": _TEXT | {"description": "open | modify | cancel | close | close_by"},
    "state": _TEXT
    | {
        "description": "sending | working | accepted | filled | partially_filled | done | "
        "canceled | expired | rejected | not_sent | unresolved",
        "examples": ["filled"],
    },
    "outcome": _TEXT
    | {
        "description": "done | no_change | partial | rejected | not_sent | unresolved | "
        "in_progress",
        "examples": ["done"],
    },
    "symbol": _TEXT | {"examples": ["EURUSD"]},
    "type": _TEXT | {"examples": ["buy"]},
    "ticket": _ID,
    "deals": {"type": "array", "items": {"type": "string"}, "examples": [["5012345679"]]},
    "position": _ID,
    "requested_volume": _NUMBER | {"examples": [0.1]},
    "filled_volume": _NUMBER | {"examples": [0.1]},
    "requested_price": _NUMBER,
    "filled_price": _NUMBER | {"examples": [1.10525]},
    "slippage_points": _NUMBER | {"description": "filled minus requested price, in points"},
    "retcode": {"type": ["integer", "null"], "examples": [10009]},
    "retcode_name": _TEXT | {"examples": ["DONE"]},
    "retcode_text": _TEXT | {"examples": ["Request completed"]},
    **_RESULT.schema["properties"],
    "code": _TEXT | {"description": "why there is no result"},
    "detail": _TEXT,
    "created": _TIME,
    "updated": _TIME,
    "deadline": _TIME,
    "latency_ms": {
        "type": "integer",
        "description": "from taking the request in to its outcome",
        "examples": [41],
    },
    "reconciled": {"type": "boolean", "description": "found out after the answer failed to come"},
    "order": {
        "anyOf": [ORDER.schema, {"type": "null"}],
        "description": "the pending order as MetaTrader has it now, where it could be asked",
    },
}


def ticket_to_follow(intent: Intent) -> int:
    """Give the ticket of a pending order that may have gone on since; 0 for others."""
    result = intent.result
    if intent.state is not IntentState.DONE or result is None or result.deal:
        return 0
    return result.order if intent.command == CommandCode.ORDER_SEND.name else 0


def order_text(intent: Intent, followed: OrdersReply | None) -> str:
    """Write the order resource; `followed` is the pending order as the terminal has it now."""
    result = intent.result or _BLANK
    has_result = intent.result is not None
    fields = intent.fields
    fills = _VERBS.get(intent.command) in _FILLS and bool(result.deal)
    kind = fields.get("type")
    members = {
        "id": quote(intent.id),
        "terminal": quote(intent.terminal),
        "login": quote(str(intent.login)),
        "intent": quote(_VERBS.get(intent.command, intent.command.lower())),
        "state": quote(_state(intent, followed)),
        "outcome": quote(_outcome(intent)),
        "symbol": _text(fields.get("symbol")),
        "type": "null" if kind is None else quote(_TYPES.get(kind, str(kind))),
        "ticket": identifier(result.order or fields.get("order", 0)),
        "deals": f'["{result.deal}"]' if result.deal else "[]",
        "position": identifier(result.position or fields.get("position", 0)),
        "requested_volume": _asked(fields.get("volume"), result.volume_digits),
        "filled_volume": fixed(result.volume, result.volume_digits) if fills else "null",
        "requested_price": _asked(fields.get("price"), result.digits),
        "filled_price": fixed(result.price, result.digits) if fills and result.price else "null",
        "slippage_points": _slippage(fields.get("price"), result) if fills else "null",
        "retcode": str(result.retcode) if has_result else "null",
        "retcode_name": quote(retcodes.name_of(result.retcode)) if has_result else "null",
        "retcode_text": _text(retcodes.TEXTS.get(result.retcode)),
    }
    later = {
        "code": _text(intent.code),
        "detail": _text(intent.detail),
        "created": utc_time(intent.created_msc),
        "updated": utc_time(intent.updated_msc),
        "deadline": utc_time(intent.deadline_msc),
        "latency_ms": str(max(0, intent.updated_msc - intent.created_msc)),
        "reconciled": flag(intent.reconciled),
        "order": _followed(followed),
    }
    scale = Scale(utc_offset_s=intent.utc_offset_s)
    return f"{{{_joined(members)},{_RESULT.members(result.row(), scale)},{_joined(later)}}}"


def _joined(members: dict[str, str]) -> str:
    return ",".join(f'"{name}":{text}' for name, text in members.items())


def _text(value: str | None) -> str:
    return "null" if value is None else quote(value)


def _asked(value: Any, digits: int) -> str:  # noqa: ANN401 - from the ledger
    """Write a number as asked: with its usual places, or more where more were asked for."""
    if value is None:
        return "null"
    usual = fixed(value, digits)
    return usual if usual == "null" or float(usual) == value else plain(value)


def _slippage(asked: float | None, result: TradeResult) -> str:
    if asked is None or not result.price:
        return "null"
    return str(round((result.price - asked) * 10.0**result.digits))


def _followed(followed: OrdersReply | None) -> str:
    if followed is None:
        return "null"
    return ORDER.object(followed.orders.rows[0], Scale(utc_offset_s=followed.utc_offset_s))


def _outcome(intent: Intent) -> str:
    if intent.state is IntentState.SENDING:
        return "in_progress"
    if intent.state is not IntentState.DONE or intent.result is None:
        return str(intent.state)
    retcode = intent.result.retcode
    if retcode == Retcode.NO_CHANGES:
        return "no_change"
    return "partial" if retcode == Retcode.DONE_PARTIAL else "done"


def _state(intent: Intent, followed: OrdersReply | None) -> str:
    if intent.state is not IntentState.DONE or intent.result is None:
        return str(intent.state)
    if followed is not None:
        return _STATES.get(followed.orders.rows[0][_ORDER_STATE], "working")
    verb = _VERBS.get(intent.command)
    if verb == "cancel":
        return "canceled"
    if verb not in _FILLS:
        return "done"
    if intent.result.deal or verb != "open":
        partial = intent.result.retcode == Retcode.DONE_PARTIAL
        return "partially_filled" if partial else "filled"
    pending = intent.fields.get("type", OrderType.BUY) > OrderType.SELL
    return "working" if pending else "accepted"


__all__ = ["ORDER_RESOURCE_SCHEMA", "order_text", "ticket_to_follow"]
