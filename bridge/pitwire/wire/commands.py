"""Commands: what an app may ask of a terminal.

Every command is one model. Its class attributes say everything that the rest of Pitwire needs to
know about it: the number in the header, the lane it is served in, and the reply that answers it.
Names are those of MetaTrader's own Python API where it has the command.

Times in commands are the broker's wall clock, as MetaTrader's own functions take them; the bridge
converts. An absent optional field keeps what there is or leaves the choice to the terminal, null
clears, and a zero that MetaTrader would take for "none" is refused.
"""

from enum import IntEnum
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pitwire.wire import replies
from pitwire.wire.enums import CopyTicks, OrderFilling, OrderTime, OrderType, Timeframe
from pitwire.wire.fields import (
    Comment,
    Count,
    Flag,
    Login,
    Points,
    Price,
    Symbol,
    Text,
    Ticket,
    TimeMsc,
    TimeS,
    UtcMsc,
    Volume,
)


class CommandCode(IntEnum):
    """The header's `kind` of a REQUEST; gaps leave room for relatives."""

    PING = 1
    ACCOUNT_INFO = 10
    TERMINAL_INFO = 11
    SYMBOLS_GET = 20
    SYMBOL_INFO = 21
    SYMBOL_SELECT = 22
    SYMBOL_INFO_TICK = 23
    COPY_TICKS_FROM = 30
    COPY_TICKS_RANGE = 31
    COPY_RATES_FROM = 40
    COPY_RATES_FROM_POS = 41
    COPY_RATES_RANGE = 42
    MARKET_BOOK_GET = 50
    ORDERS_GET = 60
    POSITIONS_GET = 61
    HISTORY_ORDERS_GET = 70
    HISTORY_DEALS_GET = 71
    ORDER_CALC_MARGIN = 80
    ORDER_CALC_PROFIT = 81
    ORDER_CHECK = 82
    ORDER_SEND = 90
    ORDER_MODIFY = 91
    ORDER_REMOVE = 92
    POSITION_MODIFY = 93
    POSITION_CLOSE = 94
    POSITION_CLOSE_BY = 95
    ORDER_STATUS = 96
    SUBSCRIBE = 100
    UNSUBSCRIBE = 101


class Lane(IntEnum):
    """Which queue a command waits in; the terminal serves the lower number first."""

    TRADE = 0
    READ = 1
    HISTORY = 2


class Channel(IntEnum):
    """What can be subscribed to."""

    TICKS = 1
    BARS = 2
    BOOK = 3
    ACCOUNT = 4
    TRADES = 5


MAX_ROWS = 8192
"""Most bars or ticks in one reply: a chunk between which other commands are served."""
MAX_SYMBOLS = 500
MAX_HISTORY = 1000
"""Most symbols, and most historical orders or deals, in one reply."""

PositivePrice = Annotated[Price, Field(gt=0, allow_inf_nan=False)]
PositiveVolume = Annotated[Volume, Field(gt=0, allow_inf_nan=False)]
PositiveTicket = Annotated[Ticket, Field(gt=0)]
Rows = Annotated[Count, Field(gt=0, le=MAX_ROWS)]
Filling = Annotated[int, OrderFilling, Field(ge=OrderFilling.FOK, le=OrderFilling.BOC)]
Lifetime = Annotated[int, OrderTime, Field(ge=OrderTime.GTC, le=OrderTime.SPECIFIED_DAY)]
RequestId = Annotated[Text, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Command(BaseModel):
    """Base of all commands: immutable, types exact, unknown fields ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    code: ClassVar[CommandCode]
    lane: ClassVar[Lane] = Lane.READ
    reply: ClassVar[type[replies.Reply]]
    trading: ClassVar[bool] = False

    def packed(self) -> dict[str, Any]:
        """Give the wire form: only what was set, so that absent and null stay different."""
        return self.model_dump(exclude_unset=True)


class TradingCommand(Command):
    """A command that may change the account, executed at most once.

    `request_id` is the bridge's own id of the intent: a repeat gets the first answer.
    `deadline_msc` is on the terminal's clock: afterwards the command is refused.
    `login` is the account the app meant: another account refuses.
    """

    lane: ClassVar[Lane] = Lane.TRADE
    trading: ClassVar[bool] = True
    reply: ClassVar[type[replies.Reply]] = replies.TradeReply

    request_id: RequestId
    deadline_msc: UtcMsc
    login: Login


class Ping(Command):
    """Answer at once, with the terminal's clock. The first command on a channel confirms it."""

    code = CommandCode.PING
    reply = replies.PingReply


class AccountInfoGet(Command):
    """Account figures, properties and the permission ladder."""

    code = CommandCode.ACCOUNT_INFO
    reply = replies.AccountInfoReply


class TerminalInfoGet(Command):
    """State and properties of the terminal program."""

    code = CommandCode.TERMINAL_INFO
    reply = replies.TerminalInfoReply


class SymbolsGet(Command):
    """Specifications of many symbols, `start` and `count` choosing the page.

    `group`: masks split by comma, `*` as wild card, `!` removes. `selected`: those in Market
    Watch only.
    """

    code = CommandCode.SYMBOLS_GET
    reply = replies.SymbolsReply

    group: Annotated[Text, Field(max_length=512)] = "*"
    selected: Flag = False
    start: Count = 0
    count: Annotated[Count, Field(gt=0, le=MAX_SYMBOLS)] = MAX_SYMBOLS


class SymbolInfoGet(Command):
    """Full specification and current figures of one symbol."""

    code = CommandCode.SYMBOL_INFO
    reply = replies.SymbolInfoReply

    symbol: Symbol


class SymbolSelect(Command):
    """Show a symbol in Market Watch, or take it out."""

    code = CommandCode.SYMBOL_SELECT
    reply = replies.SymbolSelectReply

    symbol: Symbol
    enable: Flag = True


class SymbolInfoTick(Command):
    """Last known prices of one symbol."""

    code = CommandCode.SYMBOL_INFO_TICK
    reply = replies.TickReply

    symbol: Symbol


class CopyTicksFrom(Command):
    """The first `count` ticks at or after `from_msc`, oldest first.

    `skip` leaves out that many ticks of exactly `from_msc`: with the time of the last tick that
    was received and the number of ticks received with that time, a chunk follows without a gap.
    """

    code = CommandCode.COPY_TICKS_FROM
    lane = Lane.HISTORY
    reply = replies.TicksReply

    symbol: Symbol
    from_msc: TimeMsc
    skip: Count = 0
    count: Rows = MAX_ROWS
    flags: Annotated[int, CopyTicks] = CopyTicks.ALL


class CopyTicksRange(CopyTicksFrom):
    """As COPY_TICKS_FROM, and none after `to_msc` (inclusive)."""

    code = CommandCode.COPY_TICKS_RANGE

    to_msc: TimeMsc


class CopyRatesFrom(Command):
    """`count` bars that end with the bar whose opening time is at or before `from_s`."""

    code = CommandCode.COPY_RATES_FROM
    lane = Lane.HISTORY
    reply = replies.RatesReply

    symbol: Symbol
    timeframe: Annotated[int, Timeframe]
    from_s: TimeS
    count: Rows = MAX_ROWS


class CopyRatesFromPos(Command):
    """`count` bars that end `start` bars before the forming one (0 = the forming one itself)."""

    code = CommandCode.COPY_RATES_FROM_POS
    lane = Lane.HISTORY
    reply = replies.RatesReply

    symbol: Symbol
    timeframe: Annotated[int, Timeframe]
    start: Count = 0
    count: Rows = MAX_ROWS


class CopyRatesRange(Command):
    """The first `count` bars with an opening time from `from_s` to `to_s`, both inclusive."""

    code = CommandCode.COPY_RATES_RANGE
    lane = Lane.HISTORY
    reply = replies.RatesReply

    symbol: Symbol
    timeframe: Annotated[int, Timeframe]
    from_s: TimeS
    to_s: TimeS
    count: Rows = MAX_ROWS


class MarketBookGet(Command):
    """Depth of market of one symbol."""

    code = CommandCode.MARKET_BOOK_GET
    reply = replies.BookReply

    symbol: Symbol


class OrdersGet(Command):
    """Pending orders; `symbol` and `ticket` narrow the list."""

    code = CommandCode.ORDERS_GET
    reply = replies.OrdersReply

    symbol: Symbol | None = None
    ticket: Ticket | None = None


class PositionsGet(Command):
    """Open positions; `symbol` and `ticket` narrow the list."""

    code = CommandCode.POSITIONS_GET
    reply = replies.PositionsReply

    symbol: Symbol | None = None
    ticket: Ticket | None = None


class HistoryGet(Command):
    """Base of the two history commands: by period, or by ticket, or by position.

    Pages are asked for with `start`: how many records, oldest first, to leave out.
    """

    lane = Lane.HISTORY

    from_msc: TimeMsc = 0
    to_msc: TimeMsc | None = None
    ticket: Ticket | None = None
    position: Ticket | None = None
    symbol: Symbol | None = None
    start: Count = 0
    count: Annotated[Count, Field(gt=0, le=MAX_HISTORY)] = MAX_HISTORY


class HistoryOrdersGet(HistoryGet):
    """Orders that left the book; the period selects by `time_done_msc`, `ticket` is the order."""

    code = CommandCode.HISTORY_ORDERS_GET
    reply = replies.OrdersReply


class HistoryDealsGet(HistoryGet):
    """Deals; the period selects by `time_msc`, `ticket` is the deal's own."""

    code = CommandCode.HISTORY_DEALS_GET
    reply = replies.DealsReply


class OrderCalcMargin(Command):
    """Margin that an order would need, in the account currency; `price` absent: the market's."""

    code = CommandCode.ORDER_CALC_MARGIN
    reply = replies.CalcReply

    type: Annotated[int, OrderType]
    symbol: Symbol
    volume: PositiveVolume
    price: PositivePrice | None = None


class OrderCalcProfit(Command):
    """Profit of a position opened and closed at these prices, in the account currency."""

    code = CommandCode.ORDER_CALC_PROFIT
    reply = replies.CalcReply

    type: Annotated[int, OrderType]
    symbol: Symbol
    volume: PositiveVolume
    price_open: PositivePrice
    price_close: PositivePrice


class OrderFields(BaseModel):
    """What an order consists of (MqlTradeRequest), market orders and pending ones alike.

    `type_filling` absent: the terminal chooses what the symbol allows. `sl` and `tp` absent:
    none. `price` is needed for pending orders; a market order with instant execution compares it
    with the market and allows `deviation` points.
    """

    symbol: Symbol
    type: Annotated[int, OrderType, Field(ge=OrderType.BUY, le=OrderType.SELL_STOP_LIMIT)]
    volume: PositiveVolume
    price: PositivePrice | None = None
    stoplimit: PositivePrice | None = None
    sl: PositivePrice | None = None
    tp: PositivePrice | None = None
    deviation: Annotated[Points, Field(ge=0)] | None = None
    type_filling: Filling | None = None
    type_time: Lifetime = OrderTime.GTC
    expiration: TimeS | None = None
    magic: Ticket = 0
    comment: Comment = ""

    @model_validator(mode="after")
    def _complete(self) -> "OrderFields":
        if self.type > OrderType.SELL and self.price is None:
            raise ValueError("a pending order needs `price`")
        stop_limit = self.type in {OrderType.BUY_STOP_LIMIT, OrderType.SELL_STOP_LIMIT}
        if stop_limit != (self.stoplimit is not None):
            raise ValueError("`stoplimit` belongs to stop limit orders, and they need it")
        timed = self.type_time in {OrderTime.SPECIFIED, OrderTime.SPECIFIED_DAY}
        if timed != (self.expiration is not None):
            raise ValueError("`expiration` belongs to `type_time` SPECIFIED and SPECIFIED_DAY")
        return self


class OrderCheck(OrderFields, Command):
    """Try an order without sending it: funds, fields, and the account afterwards."""

    code = CommandCode.ORDER_CHECK
    reply = replies.CheckReply


class OrderSend(OrderFields, TradingCommand):
    """Send a market order (`type` BUY, SELL) or place a pending one."""

    code = CommandCode.ORDER_SEND


class OrderModify(TradingCommand):
    """Change a pending order. Absent keeps; null clears `sl` and `tp`."""

    code = CommandCode.ORDER_MODIFY

    order: PositiveTicket
    price: PositivePrice | None = None
    stoplimit: PositivePrice | None = None
    sl: PositivePrice | None = None
    tp: PositivePrice | None = None
    type_time: Lifetime | None = None
    expiration: TimeS | None = None


class OrderRemove(TradingCommand):
    """Cancel a pending order."""

    code = CommandCode.ORDER_REMOVE

    order: PositiveTicket


class PositionModify(TradingCommand):
    """Change stop loss and take profit of a position. Absent keeps, null clears."""

    code = CommandCode.POSITION_MODIFY

    position: PositiveTicket
    sl: PositivePrice | None = None
    tp: PositivePrice | None = None


class PositionClose(TradingCommand):
    """Close a position at the market, or `volume` lots of it."""

    code = CommandCode.POSITION_CLOSE

    position: PositiveTicket
    volume: PositiveVolume | None = None
    price: PositivePrice | None = None
    deviation: Annotated[Points, Field(ge=0)] | None = None
    type_filling: Filling | None = None
    magic: Ticket = 0
    comment: Comment = ""


class PositionCloseBy(TradingCommand):
    """Close a position by an opposite one of the same symbol (hedging accounts)."""

    code = CommandCode.POSITION_CLOSE_BY

    position: PositiveTicket
    position_by: PositiveTicket
    magic: Ticket = 0
    comment: Comment = ""


class OrderStatus(Command):
    """What became of a trading command: the journal's answer, by its `request_id`."""

    code = CommandCode.ORDER_STATUS
    lane = Lane.TRADE
    reply = replies.OrderStatusReply

    request_id: RequestId


class Subscription(Command):
    """Base of the two subscription commands. TICKS, BARS and BOOK need `symbol`, BARS `timeframe`.

    A subscription lives as long as its session. TICKS with `from_msc` first fills in what was
    missed since then.
    """

    reply = replies.SubscriptionReply

    channel: Annotated[int, Channel]
    symbol: Symbol | None = None
    timeframe: Annotated[int, Timeframe] | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Subscription":
        if (self.channel <= Channel.BOOK) != (self.symbol is not None):
            raise ValueError("TICKS, BARS and BOOK need `symbol`, ACCOUNT and TRADES have none")
        if (self.channel == Channel.BARS) != (self.timeframe is not None):
            raise ValueError("`timeframe` belongs to BARS, and they need it")
        return self


class Subscribe(Subscription):
    """Begin to push events of a channel to this session."""

    code = CommandCode.SUBSCRIBE

    from_msc: TimeMsc | None = None


class Unsubscribe(Subscription):
    """Stop pushing events of a channel to this session."""

    code = CommandCode.UNSUBSCRIBE


COMMANDS: dict[int, type[Command]] = {
    command.code: command
    for command in (
        Ping,
        AccountInfoGet,
        TerminalInfoGet,
        SymbolsGet,
        SymbolInfoGet,
        SymbolSelect,
        SymbolInfoTick,
        CopyTicksFrom,
        CopyTicksRange,
        CopyRatesFrom,
        CopyRatesFromPos,
        CopyRatesRange,
        MarketBookGet,
        OrdersGet,
        PositionsGet,
        HistoryOrdersGet,
        HistoryDealsGet,
        OrderCalcMargin,
        OrderCalcProfit,
        OrderCheck,
        OrderSend,
        OrderModify,
        OrderRemove,
        PositionModify,
        PositionClose,
        PositionCloseBy,
        OrderStatus,
        Subscribe,
        Unsubscribe,
    )
}
"""Every command by its code."""
