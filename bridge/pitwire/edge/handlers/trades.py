"""Everything that may change the account, and what became of it."""

from typing import Any

from starlette.responses import Response

from pitwire.edge.answers import json_response, state_response, state_schema
from pitwire.edge.call import Call, ticket_of
from pitwire.edge.handlers.listings import find_order, order_by_ticket
from pitwire.edge.handlers.resource import ORDER_RESOURCE_SCHEMA, order_text, ticket_to_follow
from pitwire.edge.inputs import (
    CloseBody,
    CloseByBody,
    MarginBody,
    OrderBody,
    OrderChange,
    ProfitBody,
    StopsChange,
    order_time,
    side_type,
)
from pitwire.edge.operation import READ
from pitwire.edge.render import Scale, Writer, fixed, flag, object_schema, quote
from pitwire.errors import ApiError
from pitwire.router.intent import Intent, IntentState
from pitwire.wire import retcodes
from pitwire.wire.commands import (
    OrderCalcMargin,
    OrderCalcProfit,
    OrderCheck,
    OrderModify,
    OrderRemove,
    OrderSend,
    PositionClose,
    PositionCloseBy,
    PositionModify,
    TradingCommand,
)
from pitwire.wire.records import CheckResult
from pitwire.wire.replies import CalcReply, CheckReply

_TICKET_PREFIX = "ticket:"
_CHECK = Writer(CheckResult)
_MONEY = {"type": ["number", "null"], "examples": [110.53]}
_CURRENCY = {"type": "string", "examples": ["USD"]}

CHECK_SCHEMA = state_schema(
    {
        "ok": {"type": "boolean", "description": "the order would be accepted"},
        "retcode_name": {"type": ["string", "null"]},
        "retcode_text": {"type": ["string", "null"]},
        **_CHECK.schema["properties"],
    }
)
MARGIN_SCHEMA = state_schema({"margin": _MONEY, "currency": _CURRENCY})
PROFIT_SCHEMA = state_schema({"profit": _MONEY, "currency": _CURRENCY})
RESULT_SCHEMA = object_schema(ORDER_RESOURCE_SCHEMA)


async def place(call: Call, body: OrderBody) -> Response:
    """Send a market order or place a pending one."""
    intent = await call.trade(OrderSend, _order(body))
    location = f"{call.visit.orders_path}/{intent.id}"
    return _answer(intent, status=201, headers={"Location": location})


async def check(call: Call, body: OrderBody) -> Response:
    """Try an order without sending it."""
    fields = _order(body)
    if "expiration" in fields:
        fields["expiration"] = call.router.broker_msc(call.terminal, body.expiration or 0) // 1000
    reply = await call.read(OrderCheck, CheckReply, **fields)
    result = reply.result
    values = result.model_copy(update={} if result.margin else {"margin_level": float("nan")}).row()
    name = quote(retcodes.name_of(result.retcode)) if result.retcode else "null"
    text = quote(retcodes.TEXTS.get(result.retcode, "")) if result.retcode else "null"
    head = f'"ok":{flag(not result.retcode)},"retcode_name":{name},"retcode_text":{text}'
    members = _CHECK.members(values, Scale(currency_digits=reply.currency_digits))
    return state_response(f"{head},{members}", reply)


def _order(body: OrderBody) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "symbol": body.symbol,
        "type": int(body.order_type),
        "volume": body.volume,
        "magic": body.magic,
        "comment": body.comment,
    }
    for name in ("price", "stoplimit", "sl", "tp", "deviation"):
        if (value := getattr(body, name)) is not None:
            fields[name] = value
    if body.filling is not None:
        fields["type_filling"] = int(body.filling)
    if body.time != "gtc":
        fields["type_time"] = int(order_time(body.time))
    if body.expiration is not None:
        fields["expiration"] = body.expiration // 1000
    return fields


async def get_order(call: Call) -> Response:
    """Answer with an order: by its id what became of the request, by its ticket the order."""
    name = call.path["order"]
    if name.startswith(_TICKET_PREFIX):
        call.door.require(call.caller, READ, terminal=call.terminal)
        return await order_by_ticket(call, ticket_of(name.removeprefix(_TICKET_PREFIX), "order"))
    intent = await call.router.order(call.terminal, name, owner=call.owner)
    followed = None
    ticket = ticket_to_follow(intent)
    if ticket:
        try:
            followed = await find_order(call, ticket)
        except ApiError:
            # What became of the request is known without the terminal, so it is told.
            followed = None
    return json_response(order_text(intent, followed))


async def change_order(call: Call, body: OrderChange) -> Response:
    """Change a pending order."""
    fields = body.model_dump(exclude_unset=True, exclude={"type_time", "expiration"})
    fields["order"] = _order_ticket(call)
    if body.time is not None:
        fields["type_time"] = int(order_time(body.time))
    if body.expiration is not None:
        fields["expiration"] = body.expiration // 1000
    return await _trade(call, OrderModify, fields)


async def cancel_order(call: Call) -> Response:
    """Cancel a pending order."""
    return await _trade(call, OrderRemove, {"order": _order_ticket(call)})


def _order_ticket(call: Call) -> int:
    return ticket_of(call.path["order"].removeprefix(_TICKET_PREFIX), "order")


async def change_position(call: Call, body: StopsChange) -> Response:
    """Change the stops of a position."""
    fields = body.model_dump(exclude_unset=True)
    return await _trade(call, PositionModify, {"position": call.ticket, **fields})


async def close_position(call: Call, body: CloseBody) -> Response:
    """Close a position, or a part of it."""
    fields = body.model_dump(exclude_defaults=True)
    return await _trade(call, PositionClose, {"position": call.ticket, **fields})


async def close_by(call: Call, body: CloseByBody) -> Response:
    """Close a position by an opposite one."""
    fields = body.model_dump(exclude_defaults=True)
    return await _trade(call, PositionCloseBy, {"position": call.ticket, **fields})


async def _trade(call: Call, command: type[TradingCommand], fields: dict[str, Any]) -> Response:
    return _answer(await call.trade(command, fields))


def _answer(
    intent: Intent, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    if intent.state is not IntentState.DONE:
        raise TypeError(f"the router returned an intent that is {intent.state}")
    sent = dict(headers or {})
    if intent.replayed:
        sent["Idempotent-Replayed"] = "true"
    return json_response(order_text(intent, None), status=status, headers=sent)


async def margin(call: Call, body: MarginBody) -> Response:
    """Calculate the margin of an order."""
    fields: dict[str, Any] = {"type": int(side_type(body.side))}
    fields |= body.model_dump(exclude={"side"}, exclude_none=True)
    return _amount("margin", await call.read(OrderCalcMargin, CalcReply, **fields))


async def profit(call: Call, body: ProfitBody) -> Response:
    """Calculate the profit of a trade."""
    fields = {"type": int(side_type(body.side)), **body.model_dump(exclude={"side"})}
    return _amount("profit", await call.read(OrderCalcProfit, CalcReply, **fields))


def _amount(name: str, reply: CalcReply) -> Response:
    amount = fixed(reply.value, reply.currency_digits)
    return state_response(f'"{name}":{amount},"currency":{quote(reply.currency)}', reply)
