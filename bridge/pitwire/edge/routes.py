"""The map: every operation of the API, once.

Both forms of every path, the handlers at run time, the OpenAPI document and its examples are made
from this table. A row cannot be written without a scope.
"""

from pitwire.edge.handlers import account, bridge, listings, market, series, trades
from pitwire.edge.inputs import (
    CloseBody,
    CloseByBody,
    MarginBody,
    OrderBody,
    OrderChange,
    ProfitBody,
    StopsChange,
)
from pitwire.edge.operation import ANY_KEY, PUBLIC, READ, TRADE, Operation
from pitwire.edge.queries import (
    BarsQuery,
    HistoryQuery,
    OpenQuery,
    QuotesQuery,
    SymbolsQuery,
    TicksQuery,
)

_MARKET_ORDER = {"symbol": "BTCUSD", "side": "buy", "type": "market", "volume": 0.1}
"""Works in the demo on any day: this market never closes."""

_LOADING = (
    "Answers 202 `history_loading` with Retry-After while the terminal downloads, never an empty "
    "list that means 'not yet'."
)
_PACKED = (
    "With `Accept: application/octet-stream` the rows come packed as MetaTrader keeps them, 60 "
    "bytes each. Their times are the broker's clock: subtract the header `Pitwire-Utc-Offset-S`."
)

_BRIDGE = (
    Operation(
        "ping",
        "GET",
        "/ping",
        PUBLIC,
        bridge.ping,
        bridge.PING_SCHEMA,
        summary="Is somebody there",
        at_terminal=False,
    ),
    Operation(
        "time",
        "GET",
        "/time",
        PUBLIC,
        bridge.clock,
        bridge.TIME_SCHEMA,
        summary="The bridge's clock",
        at_terminal=False,
    ),
    Operation(
        "health_live",
        "GET",
        "/health/live",
        PUBLIC,
        bridge.live,
        bridge.LIVE_SCHEMA,
        summary="Does the process serve",
        at_terminal=False,
    ),
    Operation(
        "health_ready",
        "GET",
        "/health/ready",
        PUBLIC,
        bridge.ready,
        bridge.READY_SCHEMA,
        summary="Can apps work",
        description="503 while no terminal is live. This machine is told each terminal's state.",
        or_status=503,
        at_terminal=False,
    ),
    Operation(
        "key",
        "GET",
        "/keys/self",
        ANY_KEY,
        bridge.keys_self,
        bridge.SELF_SCHEMA,
        summary="What this key may do",
        at_terminal=False,
    ),
    Operation(
        "terminals",
        "GET",
        "/terminals",
        ANY_KEY,
        bridge.terminals,
        bridge.TERMINALS_SCHEMA,
        summary="The terminals this key may see",
        at_terminal=False,
    ),
    Operation(
        "terminal",
        "GET",
        "",
        READ,
        bridge.terminal,
        bridge.TERMINAL_SCHEMA,
        summary="How a terminal is",
    ),
)

_ACCOUNT = (
    Operation(
        "account_info",
        "GET",
        "/account/info",
        READ,
        account.info,
        account.INFO_SCHEMA,
        summary="Balance, margin, leverage and permissions",
    ),
    Operation(
        "account_figures",
        "GET",
        "/account/figures",
        READ,
        account.figures,
        account.FIGURES_SCHEMA,
        summary="What changes: balance, equity, margin",
    ),
    Operation(
        "account_settings",
        "GET",
        "/account/settings",
        READ,
        account.settings,
        account.SETTINGS_SCHEMA,
        summary="What stays: leverage, modes, limits",
    ),
    Operation(
        "terminal_info",
        "GET",
        "/terminal",
        READ,
        account.terminal_info,
        account.TERMINAL_SCHEMA,
        summary="State of the terminal program",
    ),
    Operation(
        "terminal_permissions",
        "GET",
        "/terminal/permissions",
        READ,
        account.permission_ladder,
        account.LADDER_SCHEMA,
        summary="What stands between this key and an order",
        description="Ordered checks; the first that is not ok says what fixes it.",
    ),
    Operation(
        "server_time",
        "GET",
        "/server-time",
        READ,
        account.server_time,
        account.SERVER_TIME_SCHEMA,
        summary="The broker's clock and its offset",
    ),
)

_MARKET = (
    Operation(
        "symbols",
        "GET",
        "/symbols",
        READ,
        market.symbols,
        market.SYMBOLS_SCHEMA,
        summary="Symbols in short",
        query=SymbolsQuery,
    ),
    Operation(
        "symbol",
        "GET",
        "/symbols/{symbol}",
        READ,
        market.symbol,
        market.SPEC_SCHEMA,
        summary="Full specification of a symbol",
    ),
    Operation(
        "symbol_select",
        "PUT",
        "/symbols/{symbol}/selected",
        TRADE,
        market.select,
        market.SELECTED_SCHEMA,
        summary="Show a symbol in Market Watch",
    ),
    Operation(
        "symbol_deselect",
        "DELETE",
        "/symbols/{symbol}/selected",
        TRADE,
        market.deselect,
        market.SELECTED_SCHEMA,
        summary="Take a symbol out of Market Watch",
    ),
    Operation(
        "tick",
        "GET",
        "/symbols/{symbol}/tick",
        READ,
        market.tick,
        market.TICK_SCHEMA,
        summary="Last prices of a symbol",
    ),
    Operation(
        "quotes",
        "GET",
        "/quotes",
        READ,
        market.quotes,
        market.QUOTES_SCHEMA,
        summary="Last prices of many symbols",
        query=QuotesQuery,
    ),
    Operation(
        "ticks",
        "GET",
        "/symbols/{symbol}/ticks",
        READ,
        series.ticks,
        series.TICKS_SCHEMA,
        summary="Ticks of a period",
        description=f"{_LOADING} {_PACKED} The next page's cursor is in `Pitwire-Next-Cursor`.",
        query=TicksQuery,
        packed=True,
        loads=True,
    ),
    Operation(
        "bars",
        "GET",
        "/symbols/{symbol}/bars",
        READ,
        series.bars,
        series.BARS_SCHEMA,
        summary="Bars of a timeframe",
        description=(
            "A period (`from`, `to`), the last `count` bars up to `to`, or `count` bars "
            f"that end `position` bars before the forming one. {_LOADING} {_PACKED}"
        ),
        query=BarsQuery,
        packed=True,
        loads=True,
    ),
    Operation(
        "book",
        "GET",
        "/symbols/{symbol}/book",
        READ,
        market.book,
        market.BOOK_SCHEMA,
        summary="Depth of market",
    ),
)

_POSITIONS = (
    Operation(
        "positions",
        "GET",
        "/positions",
        READ,
        listings.positions,
        listings.POSITIONS_SCHEMA,
        summary="Open positions",
        query=OpenQuery,
    ),
    Operation(
        "position",
        "GET",
        "/positions/{ticket}",
        READ,
        listings.position,
        listings.POSITION_SCHEMA,
        summary="One open position",
    ),
    Operation(
        "position_modify",
        "PATCH",
        "/positions/{ticket}",
        TRADE,
        trades.change_position,
        trades.RESULT_SCHEMA,
        summary="Change the stops of a position",
        description="Absent keeps, null clears, zero is refused.",
        body=StopsChange,
        example={"sl": 1.098, "tp": None},
        trades=True,
    ),
    Operation(
        "position_close",
        "POST",
        "/positions/{ticket}/close",
        TRADE,
        trades.close_position,
        trades.RESULT_SCHEMA,
        summary="Close a position, or a part of it",
        body=CloseBody,
        example={"volume": 0.05, "deviation": 10},
        trades=True,
    ),
    Operation(
        "position_close_by",
        "POST",
        "/positions/{ticket}/close-by",
        TRADE,
        trades.close_by,
        trades.RESULT_SCHEMA,
        summary="Close a position by an opposite one",
        body=CloseByBody,
        example={"position_by": "5012345679"},
        trades=True,
    ),
)

_ORDERS = (
    Operation(
        "orders",
        "GET",
        "/orders",
        READ,
        listings.orders,
        listings.ORDERS_SCHEMA,
        summary="Pending orders",
        query=OpenQuery,
    ),
    Operation(
        "order_place",
        "POST",
        "/orders",
        TRADE,
        trades.place,
        trades.RESULT_SCHEMA,
        summary="Send a market order or place a pending one",
        description=(
            "Send an `Idempotency-Key` with it: a repeat then gets the first answer. On "
            "504 `order_unresolved` poll the order at `Location`; never send it again."
        ),
        body=OrderBody,
        example=_MARKET_ORDER,
        status=201,
        trades=True,
    ),
    Operation(
        "order_check",
        "POST",
        "/orders/check",
        READ,
        trades.check,
        trades.CHECK_SCHEMA,
        summary="Try an order without sending it",
        body=OrderBody,
        example=_MARKET_ORDER,
    ),
    Operation(
        "order",
        "GET",
        "/orders/{order}",
        READ,
        trades.get_order,
        {"anyOf": [trades.RESULT_SCHEMA, listings.ORDER_SCHEMA]},
        summary="What became of an order",
        description=(
            "By the `id` that placing it gave, for which the scope `trade` suffices too, or by its "
            "MetaTrader ticket as `ticket:N`."
        ),
        or_scope=TRADE,
    ),
    Operation(
        "order_modify",
        "PATCH",
        "/orders/{order}",
        TRADE,
        trades.change_order,
        trades.RESULT_SCHEMA,
        summary="Change a pending order",
        description="By its ticket, as `N` or `ticket:N`. Absent keeps, null clears `sl` and `tp`.",
        body=OrderChange,
        example={"price": 1.1, "tp": None},
        trades=True,
    ),
    Operation(
        "order_cancel",
        "DELETE",
        "/orders/{order}",
        TRADE,
        trades.cancel_order,
        trades.RESULT_SCHEMA,
        summary="Cancel a pending order",
        description="By its ticket, as `N` or `ticket:N`.",
        trades=True,
    ),
    Operation(
        "calc_margin",
        "POST",
        "/calc/margin",
        READ,
        trades.margin,
        trades.MARGIN_SCHEMA,
        summary="Margin of an order",
        body=MarginBody,
        example={"symbol": "EURUSD", "side": "buy", "volume": 0.1},
    ),
    Operation(
        "calc_profit",
        "POST",
        "/calc/profit",
        READ,
        trades.profit,
        trades.PROFIT_SCHEMA,
        summary="Profit of a trade",
        body=ProfitBody,
        example={
            "symbol": "EURUSD",
            "side": "buy",
            "volume": 0.1,
            "price_open": 1.1,
            "price_close": 1.105,
        },
    ),
)

_HISTORY = (
    Operation(
        "history_orders",
        "GET",
        "/history/orders",
        READ,
        listings.history_orders,
        listings.ORDERS_SCHEMA,
        summary="Orders that left the book",
        description=f"The period selects by the time an order was done. {_LOADING}",
        query=HistoryQuery,
        loads=True,
    ),
    Operation(
        "history_deals",
        "GET",
        "/history/deals",
        READ,
        listings.history_deals,
        listings.DEALS_SCHEMA,
        summary="Deals, balance operations included",
        description=_LOADING,
        query=HistoryQuery,
        loads=True,
    ),
)

OPERATIONS: tuple[Operation, ...] = (
    *_BRIDGE,
    *_ACCOUNT,
    *_MARKET,
    *_POSITIONS,
    *_ORDERS,
    *_HISTORY,
)
"""Every operation."""

__all__ = ["OPERATIONS"]
