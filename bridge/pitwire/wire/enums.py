"""Enumerations of the MetaTrader 5 data model, with MetaTrader's own numbers.

Names are those of the MQL5 reference without their common prefix; `MQL5_NAMES` gives the
prefix back for generated code. A number that is not listed here travels unchanged: brokers and
new builds add values, and a reply must not fail because of one.
"""

from enum import IntEnum, IntFlag


class Timeframe(IntEnum):
    """Chart timeframes; the numbers are those of MetaTrader's Python API (ENUM_TIMEFRAMES)."""

    M1 = 1
    M2 = 2
    M3 = 3
    M4 = 4
    M5 = 5
    M6 = 6
    M10 = 10
    M12 = 12
    M15 = 15
    M20 = 20
    M30 = 30
    H1 = 16385
    H2 = 16386
    H4 = 16388
    H3 = 16387
    H6 = 16390
    H8 = 16392
    H12 = 16396
    D1 = 16408
    W1 = 32769
    MN1 = 49153


class TickFlag(IntFlag):
    """What changed with a tick; unknown bits occur and are kept (TICK_FLAG)."""

    BID = 2
    ASK = 4
    LAST = 8
    VOLUME = 16
    BUY = 32
    SELL = 64


class CopyTicks(IntEnum):
    """Which ticks to copy (COPY_TICKS)."""

    ALL = -1
    INFO = 1
    TRADE = 2


class PositionType(IntEnum):
    """Direction of a position (ENUM_POSITION_TYPE)."""

    BUY = 0
    SELL = 1


class PositionReason(IntEnum):
    """Why a position was opened (ENUM_POSITION_REASON)."""

    CLIENT = 0
    MOBILE = 1
    WEB = 2
    EXPERT = 3


class OrderType(IntEnum):
    """Kinds of orders (ENUM_ORDER_TYPE)."""

    BUY = 0
    SELL = 1
    BUY_LIMIT = 2
    SELL_LIMIT = 3
    BUY_STOP = 4
    SELL_STOP = 5
    BUY_STOP_LIMIT = 6
    SELL_STOP_LIMIT = 7
    CLOSE_BY = 8


class OrderState(IntEnum):
    """Life of an order (ENUM_ORDER_STATE)."""

    STARTED = 0
    PLACED = 1
    CANCELED = 2
    PARTIAL = 3
    FILLED = 4
    REJECTED = 5
    EXPIRED = 6
    REQUEST_ADD = 7
    REQUEST_MODIFY = 8
    REQUEST_CANCEL = 9


class OrderFilling(IntEnum):
    """What happens to volume that cannot be filled at once (ENUM_ORDER_TYPE_FILLING)."""

    FOK = 0
    IOC = 1
    RETURN = 2
    BOC = 3


class OrderTime(IntEnum):
    """How long an order lives (ENUM_ORDER_TYPE_TIME)."""

    GTC = 0
    DAY = 1
    SPECIFIED = 2
    SPECIFIED_DAY = 3


class OrderReason(IntEnum):
    """Why an order was placed (ENUM_ORDER_REASON)."""

    CLIENT = 0
    MOBILE = 1
    WEB = 2
    EXPERT = 3
    SL = 4
    TP = 5
    SO = 6


class DealType(IntEnum):
    """Kinds of deals, balance operations included (ENUM_DEAL_TYPE)."""

    BUY = 0
    SELL = 1
    BALANCE = 2
    CREDIT = 3
    CHARGE = 4
    CORRECTION = 5
    BONUS = 6
    COMMISSION = 7
    COMMISSION_DAILY = 8
    COMMISSION_MONTHLY = 9
    COMMISSION_AGENT_DAILY = 10
    COMMISSION_AGENT_MONTHLY = 11
    INTEREST = 12
    BUY_CANCELED = 13
    SELL_CANCELED = 14
    DIVIDEND = 15
    DIVIDEND_FRANKED = 16
    TAX = 17


class DealEntry(IntEnum):
    """What a deal did to its position (ENUM_DEAL_ENTRY)."""

    IN = 0
    OUT = 1
    INOUT = 2
    OUT_BY = 3


class DealReason(IntEnum):
    """Why a deal was made (ENUM_DEAL_REASON)."""

    CLIENT = 0
    MOBILE = 1
    WEB = 2
    EXPERT = 3
    SL = 4
    TP = 5
    SO = 6
    ROLLOVER = 7
    VMARGIN = 8
    SPLIT = 9


class TradeAction(IntEnum):
    """Trade request actions (ENUM_TRADE_REQUEST_ACTIONS)."""

    DEAL = 1
    PENDING = 5
    SLTP = 6
    MODIFY = 7
    REMOVE = 8
    CLOSE_BY = 10


class ChartMode(IntEnum):
    """The price that bars are built from (ENUM_SYMBOL_CHART_MODE)."""

    BID = 0
    LAST = 1


class CalcMode(IntEnum):
    """How margin and profit of a symbol are calculated (ENUM_SYMBOL_CALC_MODE)."""

    FOREX = 0
    FUTURES = 1
    CFD = 2
    CFDINDEX = 3
    CFDLEVERAGE = 4
    FOREX_NO_LEVERAGE = 5
    EXCH_STOCKS = 32
    EXCH_FUTURES = 33
    EXCH_OPTIONS = 34
    EXCH_OPTIONS_MARGIN = 36
    EXCH_BONDS = 37
    EXCH_STOCKS_MOEX = 38
    EXCH_BONDS_MOEX = 39
    SERV_COLLATERAL = 64


class SymbolTradeMode(IntEnum):
    """What may be traded in a symbol (ENUM_SYMBOL_TRADE_MODE)."""

    DISABLED = 0
    LONGONLY = 1
    SHORTONLY = 2
    CLOSEONLY = 3
    FULL = 4


class TradeExecution(IntEnum):
    """Execution modes (ENUM_SYMBOL_TRADE_EXECUTION)."""

    REQUEST = 0
    INSTANT = 1
    MARKET = 2
    EXCHANGE = 3


class SwapMode(IntEnum):
    """How swap is calculated (ENUM_SYMBOL_SWAP_MODE)."""

    DISABLED = 0
    POINTS = 1
    CURRENCY_SYMBOL = 2
    CURRENCY_MARGIN = 3
    CURRENCY_DEPOSIT = 4
    INTEREST_CURRENT = 5
    INTEREST_OPEN = 6
    REOPEN_CURRENT = 7
    REOPEN_BID = 8


class DayOfWeek(IntEnum):
    """Days of the week, Sunday first (ENUM_DAY_OF_WEEK)."""

    SUNDAY = 0
    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6


class OrderGtcMode(IntEnum):
    """How long GTC orders and stops of a symbol live (ENUM_SYMBOL_ORDER_GTC_MODE)."""

    GTC = 0
    DAILY = 1
    DAILY_NO_STOPS = 2


class OptionRight(IntEnum):
    """Option rights (ENUM_SYMBOL_OPTION_RIGHT)."""

    CALL = 0
    PUT = 1


class OptionMode(IntEnum):
    """Option styles (ENUM_SYMBOL_OPTION_MODE)."""

    EUROPEAN = 0
    AMERICAN = 1


class AccountTradeMode(IntEnum):
    """Demo, contest or real money (ENUM_ACCOUNT_TRADE_MODE)."""

    DEMO = 0
    CONTEST = 1
    REAL = 2


class StopoutMode(IntEnum):
    """Unit of the margin call and stop-out levels (ENUM_ACCOUNT_STOPOUT_MODE)."""

    PERCENT = 0
    MONEY = 1


class MarginMode(IntEnum):
    """Netting or hedging (ENUM_ACCOUNT_MARGIN_MODE)."""

    RETAIL_NETTING = 0
    EXCHANGE = 1
    RETAIL_HEDGING = 2


class BookType(IntEnum):
    """Sides of the depth of market (ENUM_BOOK_TYPE)."""

    SELL = 1
    BUY = 2
    SELL_MARKET = 3
    BUY_MARKET = 4


class FillingFlag(IntFlag):
    """Filling modes that a symbol allows (SYMBOL_FILLING_MODE); RETURN has no bit."""

    FOK = 1
    IOC = 2
    BOC = 4


class ExpirationFlag(IntFlag):
    """Expirations that a symbol allows (SYMBOL_EXPIRATION_MODE)."""

    GTC = 1
    DAY = 2
    SPECIFIED = 4
    SPECIFIED_DAY = 8


class OrderFlag(IntFlag):
    """Order kinds that a symbol allows (SYMBOL_ORDER_MODE)."""

    MARKET = 1
    LIMIT = 2
    STOP = 4
    STOP_LIMIT = 8
    SL = 16
    TP = 32
    CLOSE_BY = 64


class TransactionType(IntEnum):
    """Kinds of trade transactions (ENUM_TRADE_TRANSACTION_TYPE)."""

    ORDER_ADD = 0
    ORDER_UPDATE = 1
    ORDER_DELETE = 2
    HISTORY_ADD = 3
    HISTORY_UPDATE = 4
    HISTORY_DELETE = 5
    DEAL_ADD = 6
    DEAL_UPDATE = 7
    DEAL_DELETE = 8
    POSITION = 9
    REQUEST = 10


MQL5_NAMES: dict[type[IntEnum] | type[IntFlag], tuple[str, str]] = {
    Timeframe: ("ENUM_TIMEFRAMES", "TIMEFRAME_"),
    TickFlag: ("TICK_FLAG", "TICK_FLAG_"),
    CopyTicks: ("COPY_TICKS", "COPY_TICKS_"),
    PositionType: ("ENUM_POSITION_TYPE", "POSITION_TYPE_"),
    PositionReason: ("ENUM_POSITION_REASON", "POSITION_REASON_"),
    OrderType: ("ENUM_ORDER_TYPE", "ORDER_TYPE_"),
    OrderState: ("ENUM_ORDER_STATE", "ORDER_STATE_"),
    OrderFilling: ("ENUM_ORDER_TYPE_FILLING", "ORDER_FILLING_"),
    OrderTime: ("ENUM_ORDER_TYPE_TIME", "ORDER_TIME_"),
    OrderReason: ("ENUM_ORDER_REASON", "ORDER_REASON_"),
    DealType: ("ENUM_DEAL_TYPE", "DEAL_TYPE_"),
    DealEntry: ("ENUM_DEAL_ENTRY", "DEAL_ENTRY_"),
    DealReason: ("ENUM_DEAL_REASON", "DEAL_REASON_"),
    TradeAction: ("ENUM_TRADE_REQUEST_ACTIONS", "TRADE_ACTION_"),
    ChartMode: ("ENUM_SYMBOL_CHART_MODE", "SYMBOL_CHART_MODE_"),
    CalcMode: ("ENUM_SYMBOL_CALC_MODE", "SYMBOL_CALC_MODE_"),
    SymbolTradeMode: ("ENUM_SYMBOL_TRADE_MODE", "SYMBOL_TRADE_MODE_"),
    TradeExecution: ("ENUM_SYMBOL_TRADE_EXECUTION", "SYMBOL_TRADE_EXECUTION_"),
    SwapMode: ("ENUM_SYMBOL_SWAP_MODE", "SYMBOL_SWAP_MODE_"),
    DayOfWeek: ("ENUM_DAY_OF_WEEK", "DAY_OF_WEEK_"),
    OrderGtcMode: ("ENUM_SYMBOL_ORDER_GTC_MODE", "SYMBOL_ORDERS_"),
    OptionRight: ("ENUM_SYMBOL_OPTION_RIGHT", "SYMBOL_OPTION_RIGHT_"),
    OptionMode: ("ENUM_SYMBOL_OPTION_MODE", "SYMBOL_OPTION_MODE_"),
    AccountTradeMode: ("ENUM_ACCOUNT_TRADE_MODE", "ACCOUNT_TRADE_MODE_"),
    StopoutMode: ("ENUM_ACCOUNT_STOPOUT_MODE", "ACCOUNT_STOPOUT_MODE_"),
    MarginMode: ("ENUM_ACCOUNT_MARGIN_MODE", "ACCOUNT_MARGIN_MODE_"),
    BookType: ("ENUM_BOOK_TYPE", "BOOK_TYPE_"),
    FillingFlag: ("SYMBOL_FILLING_MODE", "SYMBOL_FILLING_"),
    ExpirationFlag: ("SYMBOL_EXPIRATION_MODE", "SYMBOL_EXPIRATION_"),
    OrderFlag: ("SYMBOL_ORDER_MODE", "SYMBOL_ORDER_"),
    TransactionType: ("ENUM_TRADE_TRANSACTION_TYPE", "TRADE_TRANSACTION_"),
}
