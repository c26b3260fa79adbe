"""Symbols, their last prices, and the depth of market."""

import asyncio

from starlette.responses import Response

from pitwire.edge.answers import (
    STATE_SCHEMA,
    cursor_of,
    json_response,
    list_schema,
    page,
    place_of,
    state,
    state_response,
    state_schema,
)
from pitwire.edge.call import Call
from pitwire.edge.queries import QuotesQuery, SymbolsQuery
from pitwire.edge.render import Scale, Schema, Writer, fixed, flag, list_of, object_schema, quote
from pitwire.errors import Conflict, RangeTooLarge, UnknownSymbol, Unprocessable
from pitwire.wire.commands import (
    MarketBookGet,
    SymbolInfoGet,
    SymbolInfoTick,
    SymbolSelect,
    SymbolsGet,
)
from pitwire.wire.enums import BookType
from pitwire.wire.records import BookEntry, SymbolInfo, Tick
from pitwire.wire.replies import (
    BookReply,
    RefusalCode,
    SymbolInfoReply,
    SymbolSelectReply,
    SymbolsReply,
    TickReply,
)

QUOTES_MAX = 100
_SYMBOLS_PER_REPLY = 500
_NO_PRICES = RefusalCode.NO_PRICES.name.lower()

_SPEC = Writer(SymbolInfo)
_SUMMARY = Writer(
    SymbolInfo,
    only=(
        "name",
        "description",
        "path",
        "visible",
        "select",
        "trade_mode",
        "trade_calc_mode",
        "digits",
        "currency_base",
        "currency_profit",
        "currency_margin",
        "trade_contract_size",
        "volume_min",
        "volume_max",
        "volume_step",
    ),
)
_TICK = Writer(Tick)
_BOOK = Writer(BookEntry)
_NAME = list(SymbolInfo.model_fields).index("name")
_BOOK_TYPE = list(BookEntry.model_fields).index("type")
_SELLS = frozenset({BookType.SELL, BookType.SELL_MARKET})

_SYMBOL: Schema = {"type": "string", "examples": ["EURUSD"]}
_TIME_MSC: Schema = {"type": "integer", "description": "UTC, milliseconds since 1970"}
_TICK_MEMBERS = _TICK.schema["properties"] | {"time_msc": _TIME_MSC}

SPEC_SCHEMA = state_schema(_SPEC.schema["properties"])
SYMBOLS_SCHEMA = list_schema(_SUMMARY.schema, total={"type": "integer"})
SELECTED_SCHEMA = state_schema({"symbol": _SYMBOL, "selected": {"type": "boolean"}})
TICK_SCHEMA = state_schema({"symbol": _SYMBOL, **_TICK_MEMBERS})
QUOTES_SCHEMA = object_schema(
    {
        "data": list_of(
            {
                "type": "object",
                "properties": {
                    "symbol": _SYMBOL,
                    "status": {"type": "string", "examples": ["ok"]},
                    "spread": {"type": ["number", "null"], "description": "ask - bid"},
                    **_TICK_MEMBERS,
                    **STATE_SCHEMA,
                },
                "required": ["symbol", "status"],
                "description": "`status` is ok, no_price or unknown; prices come with ok only",
            }
        ),
        "page": {"type": "object"},
    }
)
BOOK_SCHEMA = state_schema(
    {"symbol": _SYMBOL, "asks": list_of(_BOOK.schema), "bids": list_of(_BOOK.schema)}
)


async def symbols(call: Call, query: SymbolsQuery) -> Response:
    """List symbols, page by page in the terminal's order."""
    asked = ("symbols", call.terminal, query.group, query.selected)
    start, last = place_of(query.cursor, (int, str), *asked) if query.cursor else (0, None)
    # The row before the page is read again, to see that the list is still the same.
    overlap = 0 if last is None else 1
    count = min(query.limit + overlap, _SYMBOLS_PER_REPLY)
    reply = await call.read(
        SymbolsGet,
        SymbolsReply,
        group=query.group,
        selected=query.selected,
        start=start - overlap,
        count=count,
    )
    rows = reply.symbols.rows
    if last is not None and (not rows or rows[0][_NAME] != last):
        raise Conflict(
            "The list of symbols changed since the page before: begin anew without a cursor.",
            code="cursor_expired",
        )
    rows = rows[overlap:]
    end = start + len(rows)
    more = bool(rows) and end < reply.total
    cursor = cursor_of((end, rows[-1][_NAME]), *asked) if more else None
    data = _SUMMARY.objects(rows, Scale(utc_offset_s=reply.utc_offset_s))
    return json_response(
        f'{{"data":{data},{page(cursor)},"total":{reply.total},{state(reply.clock_msc)}}}'
    )


async def symbol(call: Call) -> Response:
    """Answer with everything that is known of a symbol."""
    reply = await call.read(SymbolInfoGet, SymbolInfoReply, symbol=call.symbol)
    members = _SPEC.members(reply.symbol.row(), Scale(utc_offset_s=reply.utc_offset_s))
    return state_response(members, reply)


async def select(call: Call) -> Response:
    """Show a symbol in Market Watch."""
    return await _select(call, enable=True)


async def deselect(call: Call) -> Response:
    """Take a symbol out of Market Watch."""
    return await _select(call, enable=False)


async def _select(call: Call, *, enable: bool) -> Response:
    name = call.symbol
    reply = await call.read(SymbolSelect, SymbolSelectReply, symbol=name, enable=enable)
    return state_response(f'"symbol":{quote(name)},"selected":{flag(reply.selected)}', reply)


async def tick(call: Call) -> Response:
    """Answer with the last prices of a symbol."""
    name = call.symbol
    reply = await call.read(SymbolInfoTick, TickReply, symbol=name)
    return state_response(f'"symbol":{quote(name)},{_tick(reply)}', reply)


async def quotes(call: Call, query: QuotesQuery) -> Response:
    """Answer with the last prices of many symbols; one without a price does not fail the rest."""
    names = list(dict.fromkeys(query.symbols.split(",")))
    if len(names) > QUOTES_MAX:
        raise RangeTooLarge(f"One request may ask for {QUOTES_MAX} quotes.")
    answers = await asyncio.gather(*(_quote(call, name) for name in names))
    return json_response(f'{{"data":[{",".join(answers)}],{page(None)}}}')


async def _quote(call: Call, name: str) -> str:
    try:
        reply = await call.read(SymbolInfoTick, TickReply, symbol=name)
    except UnknownSymbol:
        return f'{{"symbol":{quote(name)},"status":"unknown"}}'
    except Unprocessable as error:
        if error.code != _NO_PRICES:
            raise
        return f'{{"symbol":{quote(name)},"status":"no_price"}}'
    last = reply.tick
    if not (last.bid or last.ask or last.last):
        return f'{{"symbol":{quote(name)},"status":"no_price"}}'
    spread = fixed(last.ask - last.bid, reply.digits) if last.ask and last.bid else "null"
    head = f'"symbol":{quote(name)},"status":"ok","spread":{spread}'
    return f"{{{head},{_tick(reply)},{state(reply.clock_msc)}}}"


def _tick(reply: TickReply) -> str:
    scale = Scale(reply.digits, reply.volume_digits, utc_offset_s=reply.utc_offset_s)
    utc_msc = reply.tick.time_msc - reply.utc_offset_s * 1000
    return f'"time_msc":{utc_msc},{_TICK.members(reply.tick.row(), scale)}'


async def book(call: Call) -> Response:
    """Answer with the depth of market: the best price first on both sides."""
    name = call.symbol
    reply = await call.read(MarketBookGet, BookReply, symbol=name)
    scale = Scale(reply.digits, reply.volume_digits)
    asks = [row for row in reply.book.rows if row[_BOOK_TYPE] in _SELLS]
    bids = [row for row in reply.book.rows if row[_BOOK_TYPE] not in _SELLS]
    # Sells come from the highest price down: the best of them is the last.
    sides = f'"asks":{_BOOK.objects(asks[::-1], scale)},"bids":{_BOOK.objects(bids, scale)}'
    return state_response(f'"symbol":{quote(name)},{sides}', reply)


__all__ = [
    "BOOK_SCHEMA",
    "QUOTES_SCHEMA",
    "SELECTED_SCHEMA",
    "SPEC_SCHEMA",
    "SYMBOLS_SCHEMA",
    "TICK_SCHEMA",
    "book",
    "deselect",
    "quotes",
    "select",
    "symbol",
    "symbols",
    "tick",
]
