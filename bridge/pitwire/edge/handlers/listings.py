"""Open positions, pending orders, and the account's history, as lists and one by one."""

from collections.abc import Callable, Sequence
from typing import Any

from starlette.responses import Response

from pitwire.edge.answers import (
    after,
    cursor_of,
    list_response,
    list_schema,
    place_of,
    state_response,
    state_schema,
)
from pitwire.edge.call import Call
from pitwire.edge.queries import HistoryQuery, OpenQuery
from pitwire.edge.render import Scale, Writer
from pitwire.errors import NotFound
from pitwire.wire.commands import (
    HistoryDealsGet,
    HistoryGet,
    HistoryOrdersGet,
    OrdersGet,
    PositionsGet,
)
from pitwire.wire.records import Deal, Order, Position, Record
from pitwire.wire.replies import DealsReply, OrdersReply, PositionsReply

Rows = Sequence[Sequence[Any]]

POSITION = Writer(Position)
ORDER = Writer(Order)
DEAL = Writer(Deal)

POSITIONS_SCHEMA = list_schema(POSITION.schema)
POSITION_SCHEMA = state_schema(POSITION.schema["properties"])
ORDERS_SCHEMA = list_schema(ORDER.schema)
ORDER_SCHEMA = state_schema(ORDER.schema["properties"])
DEALS_SCHEMA = list_schema(DEAL.schema)


def _place(record: type[Record], field: str) -> int:
    return list(record.model_fields).index(field)


_POSITION_MAGIC = _place(Position, "magic")
_ORDER_MAGIC = _place(Order, "magic")
_ORDER_DONE = _place(Order, "time_done_msc")
_DEAL_TIME = _place(Deal, "time_msc")


async def positions(call: Call, query: OpenQuery) -> Response:
    """List open positions."""
    reply = await call.read(PositionsGet, PositionsReply, **_narrowed(query))
    rows = _with_magic(reply.positions.rows, _POSITION_MAGIC, query.magic)
    data = POSITION.objects(rows, _scale(reply))
    return list_response(data, reply.clock_msc)


async def position(call: Call) -> Response:
    """Answer with one open position."""
    reply = await call.read(PositionsGet, PositionsReply, ticket=call.ticket)
    if not reply.positions.rows:
        raise NotFound(f"There is no open position {call.ticket}.")
    return state_response(POSITION.members(reply.positions.rows[0], _scale(reply)), reply)


async def orders(call: Call, query: OpenQuery) -> Response:
    """List pending orders."""
    reply = await call.read(OrdersGet, OrdersReply, **_narrowed(query))
    rows = _with_magic(reply.orders.rows, _ORDER_MAGIC, query.magic)
    data = ORDER.objects(rows, Scale(utc_offset_s=reply.utc_offset_s))
    return list_response(data, reply.clock_msc)


def _narrowed(query: OpenQuery) -> dict[str, str]:
    return {} if query.symbol is None else {"symbol": query.symbol}


def _with_magic(rows: Rows, place: int, magic: int | None) -> Rows:
    return rows if magic is None else [row for row in rows if row[place] == magic]


def _scale(reply: PositionsReply | DealsReply) -> Scale:
    return Scale(currency_digits=reply.currency_digits, utc_offset_s=reply.utc_offset_s)


async def find_order(call: Call, ticket: int) -> OrdersReply | None:
    """Find an order by its ticket: in the book, else in the history."""
    reply = await call.read(OrdersGet, OrdersReply, ticket=ticket)
    if not reply.orders.rows:
        reply = await call.read(HistoryOrdersGet, OrdersReply, ticket=ticket)
    return reply if reply.orders.rows else None


async def order_by_ticket(call: Call, ticket: int) -> Response:
    """Answer with an order as MetaTrader has it."""
    reply = await find_order(call, ticket)
    if reply is None:
        raise NotFound(f"There is no order with the ticket {ticket}.")
    scale = Scale(utc_offset_s=reply.utc_offset_s)
    return state_response(ORDER.members(reply.orders.rows[0], scale), reply)


async def history_orders(call: Call, query: HistoryQuery) -> Response:
    """List orders that left the book, oldest first."""

    async def pull(**fields: Any) -> tuple[OrdersReply, Rows, Scale]:  # noqa: ANN401
        reply = await call.read(HistoryOrdersGet, OrdersReply, **fields)
        return reply, reply.orders.rows, Scale(utc_offset_s=reply.utc_offset_s)

    return await _history(call, query, HistoryOrdersGet, ORDER, _ORDER_DONE, pull)


async def history_deals(call: Call, query: HistoryQuery) -> Response:
    """List deals, balance operations included, oldest first."""

    async def pull(**fields: Any) -> tuple[DealsReply, Rows, Scale]:  # noqa: ANN401
        reply = await call.read(HistoryDealsGet, DealsReply, **fields)
        return reply, reply.deals.rows, _scale(reply)

    return await _history(call, query, HistoryDealsGet, DEAL, _DEAL_TIME, pull)


async def _history(
    call: Call,
    query: HistoryQuery,
    command: type[HistoryGet],
    writer: Writer,
    time_place: int,
    pull: Callable[..., Any],
) -> Response:
    asked = (command.code, call.terminal, query.symbol, query.position, query.ticket, query.to)
    fields = {
        name: value
        for name in ("symbol", "position", "ticket")
        if (value := getattr(query, name)) is not None
    }
    # A cursor keeps the broker's clock, so that a change of its offset makes no gap.
    begin, skip = 0, 0
    if query.cursor is not None:
        begin, skip = place_of(query.cursor, (int, int), *asked)
    elif query.from_ is not None:
        begin = max(0, call.router.broker_msc(call.terminal, query.from_))
    if query.to is not None:
        fields["to_msc"] = max(0, call.router.broker_msc(call.terminal, query.to))
    reply, rows, scale = await pull(from_msc=begin, start=skip, count=query.limit, **fields)
    cursor = None
    if reply.more and rows:
        place = after([row[time_place] for row in rows], begin, skip)
        # A ticket or a position selects without the period, so only the count leads on.
        is_one = query.ticket is not None or query.position is not None
        cursor = cursor_of((begin, skip + len(rows)) if is_one else place, *asked)
    return list_response(writer.objects(rows, scale), reply.clock_msc, next_cursor=cursor)
