"""The nouns of the MetaTrader 5 data model, with the field names of the MQL5 reference.

Times that MetaTrader gives twice, in seconds and in milliseconds, travel once, in milliseconds.
Records whose prices or volumes need a number of decimal places to be shown carry it themselves
(`digits`, `volume_digits`), so that a reader needs no second look at the symbol.

Lists travel as a `Table`: the field names once, then one array per record. A reader takes the
fields that it knows, in whatever order and number they come.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Annotated, Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, Strict, TypeAdapter
from pydantic_core import CoreSchema, core_schema

from pitwire.wire.enums import (
    AccountTradeMode,
    BookType,
    CalcMode,
    ChartMode,
    DayOfWeek,
    DealEntry,
    DealReason,
    DealType,
    ExpirationFlag,
    FillingFlag,
    MarginMode,
    OptionMode,
    OptionRight,
    OrderFilling,
    OrderFlag,
    OrderGtcMode,
    OrderReason,
    OrderState,
    OrderTime,
    OrderType,
    PositionReason,
    PositionType,
    StopoutMode,
    SwapMode,
    SymbolTradeMode,
    TickFlag,
    TradeExecution,
    TransactionType,
)
from pitwire.wire.fields import (
    Count,
    Digits,
    Flag,
    Login,
    Meaning,
    Microseconds,
    Money,
    Percent,
    Points,
    Price,
    Ratio,
    Text,
    Ticket,
    TimeMsc,
    TimeS,
    Volume,
    meaning_of,
)


class Record(BaseModel):
    """A noun of the data model: immutable, types exact, unknown fields ignored."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", strict=True, ser_json_inf_nan="constants"
    )

    @classmethod
    def meanings(cls) -> dict[str, Meaning]:
        """Name every field with its unit or enumeration, in wire order."""
        return _meanings(cls)

    def row(self) -> list[Any]:
        """List the values in wire order."""
        return [getattr(self, name) for name in type(self).model_fields]


@cache
def _meanings(record: type[Record]) -> dict[str, Meaning]:
    return {name: meaning_of(field) for name, field in record.model_fields.items()}


class AccountInfo(Record):
    """Account figures and properties (ACCOUNT_*)."""

    login: Login
    trade_mode: Annotated[int, AccountTradeMode]
    leverage: Count
    limit_orders: Count
    margin_so_mode: Annotated[int, StopoutMode]
    trade_allowed: Flag
    trade_expert: Flag
    margin_mode: Annotated[int, MarginMode]
    currency_digits: Digits
    fifo_close: Flag
    balance: Money
    credit: Money
    profit: Money
    equity: Money
    margin: Money
    margin_free: Money
    margin_level: Percent
    margin_so_call: Percent
    margin_so_so: Percent
    margin_initial: Money
    margin_maintenance: Money
    assets: Money
    liabilities: Money
    commission_blocked: Money
    name: Text
    server: Text
    currency: Text
    company: Text


class TerminalInfo(Record):
    """State and properties of the terminal program (TERMINAL_*)."""

    community_account: Flag
    community_connection: Flag
    connected: Flag
    dlls_allowed: Flag
    trade_allowed: Flag
    tradeapi_disabled: Flag
    email_enabled: Flag
    ftp_enabled: Flag
    notifications_enabled: Flag
    mqid: Flag
    build: Count
    maxbars: Count
    codepage: Count
    ping_last: Microseconds
    community_balance: Ratio
    retransmission: Ratio
    company: Text
    name: Text
    language: Text
    path: Text
    data_path: Text
    commondata_path: Text


class SymbolInfo(Record):
    """Full specification and current figures of a symbol (SYMBOL_*)."""

    custom: Flag
    chart_mode: Annotated[int, ChartMode]
    select: Flag
    visible: Flag
    session_deals: Count
    session_buy_orders: Count
    session_sell_orders: Count
    volume: Count
    volumehigh: Count
    volumelow: Count
    time: TimeS
    digits: Digits
    spread: Points
    spread_float: Flag
    ticks_bookdepth: Count
    trade_calc_mode: Annotated[int, CalcMode]
    trade_mode: Annotated[int, SymbolTradeMode]
    start_time: TimeS
    expiration_time: TimeS
    trade_stops_level: Points
    trade_freeze_level: Points
    trade_exemode: Annotated[int, TradeExecution]
    swap_mode: Annotated[int, SwapMode]
    swap_rollover3days: Annotated[int, DayOfWeek]
    margin_hedged_use_leg: Flag
    expiration_mode: Annotated[int, ExpirationFlag]
    filling_mode: Annotated[int, FillingFlag]
    order_mode: Annotated[int, OrderFlag]
    order_gtc_mode: Annotated[int, OrderGtcMode]
    option_mode: Annotated[int, OptionMode]
    option_right: Annotated[int, OptionRight]
    bid: Price
    bidhigh: Price
    bidlow: Price
    ask: Price
    askhigh: Price
    asklow: Price
    last: Price
    lasthigh: Price
    lastlow: Price
    volume_real: Volume
    volumehigh_real: Volume
    volumelow_real: Volume
    option_strike: Price
    point: Price
    trade_tick_value: Ratio
    trade_tick_value_profit: Ratio
    trade_tick_value_loss: Ratio
    trade_tick_size: Price
    trade_contract_size: Ratio
    trade_accrued_interest: Ratio
    trade_face_value: Ratio
    trade_liquidity_rate: Ratio
    volume_min: Volume
    volume_max: Volume
    volume_step: Volume
    volume_digits: Digits
    volume_limit: Volume
    swap_long: Ratio
    swap_short: Ratio
    margin_initial: Ratio
    margin_maintenance: Ratio
    session_volume: Volume
    session_turnover: Ratio
    session_interest: Ratio
    session_buy_orders_volume: Volume
    session_sell_orders_volume: Volume
    session_open: Price
    session_close: Price
    session_aw: Price
    session_price_settlement: Price
    session_price_limit_min: Price
    session_price_limit_max: Price
    margin_hedged: Ratio
    price_change: Ratio
    price_volatility: Ratio
    price_theoretical: Ratio
    price_greeks_delta: Ratio
    price_greeks_theta: Ratio
    price_greeks_gamma: Ratio
    price_greeks_vega: Ratio
    price_greeks_rho: Ratio
    price_greeks_omega: Ratio
    price_sensitivity: Ratio
    basis: Text
    category: Text
    currency_base: Text
    currency_profit: Text
    currency_margin: Text
    bank: Text
    description: Text
    exchange: Text
    formula: Text
    isin: Text
    name: Text
    page: Text
    path: Text


class Tick(Record):
    """Last known prices of a symbol (MqlTick)."""

    bid: Price
    ask: Price
    last: Price
    volume: Count
    time_msc: TimeMsc
    flags: Annotated[int, TickFlag]
    volume_real: Volume


class Position(Record):
    """An open position (POSITION_*)."""

    ticket: Ticket
    time_msc: TimeMsc
    time_update_msc: TimeMsc
    type: Annotated[int, PositionType]
    magic: Ticket
    identifier: Ticket
    reason: Annotated[int, PositionReason]
    volume: Volume
    price_open: Price
    sl: Price
    tp: Price
    price_current: Price
    swap: Money
    profit: Money
    symbol: Text
    comment: Text
    external_id: Text
    digits: Digits
    volume_digits: Digits


class Order(Record):
    """A pending or historical order (ORDER_*)."""

    ticket: Ticket
    time_setup_msc: TimeMsc
    time_done_msc: TimeMsc
    time_expiration: TimeS
    type: Annotated[int, OrderType]
    type_time: Annotated[int, OrderTime]
    type_filling: Annotated[int, OrderFilling]
    state: Annotated[int, OrderState]
    magic: Ticket
    position_id: Ticket
    position_by_id: Ticket
    reason: Annotated[int, OrderReason]
    volume_initial: Volume
    volume_current: Volume
    price_open: Price
    sl: Price
    tp: Price
    price_current: Price
    price_stoplimit: Price
    symbol: Text
    comment: Text
    external_id: Text
    digits: Digits
    volume_digits: Digits


class Deal(Record):
    """A deal, balance operations included (DEAL_*)."""

    ticket: Ticket
    order: Ticket
    time_msc: TimeMsc
    type: Annotated[int, DealType]
    entry: Annotated[int, DealEntry]
    magic: Ticket
    position_id: Ticket
    reason: Annotated[int, DealReason]
    volume: Volume
    price: Price
    commission: Money
    swap: Money
    profit: Money
    fee: Money
    symbol: Text
    comment: Text
    external_id: Text
    digits: Digits
    volume_digits: Digits


class BookEntry(Record):
    """One level of the depth of market (MqlBookInfo)."""

    type: Annotated[int, BookType]
    price: Price
    volume: Count
    volume_dbl: Volume


class Permissions(Record):
    """The switches that must all be on before an order can be sent, in the order to check them.

    `terminal_connected`: TERMINAL_CONNECTED. `terminal_trade_allowed`: the Algo Trading button,
    TERMINAL_TRADE_ALLOWED. `mql_trade_allowed`: the Expert's own permission, MQL_TRADE_ALLOWED.
    `account_trade_allowed`: off for an investor password. `account_trade_expert`: off when the
    trade server forbids Expert Advisors.
    """

    terminal_connected: Flag
    terminal_trade_allowed: Flag
    mql_trade_allowed: Flag
    account_trade_allowed: Flag
    account_trade_expert: Flag


class CheckResult(Record):
    """What the account would look like after a trade (MqlTradeCheckResult); `retcode` 0 is good."""

    retcode: Count
    balance: Money
    equity: Money
    profit: Money
    margin: Money
    margin_free: Money
    margin_level: Percent
    comment: Text


class TradeResult(Record):
    """The trade server's answer to a trading command (MqlTradeResult), and the position touched."""

    retcode: Count
    retcode_external: Count = 0
    deal: Ticket = 0
    order: Ticket = 0
    position: Ticket = 0
    volume: Volume = 0.0
    price: Price = 0.0
    bid: Price = 0.0
    ask: Price = 0.0
    comment: Text = ""
    type_filling: Annotated[int, OrderFilling] = 0
    time_msc: TimeMsc = 0
    digits: Digits = 5
    volume_digits: Digits = 2


class Transaction(Record):
    """One trade transaction (MqlTradeTransaction), those the app did not cause included."""

    type: Annotated[int, TransactionType]
    deal: Ticket = 0
    order: Ticket = 0
    position: Ticket = 0
    position_by: Ticket = 0
    symbol: Text = ""
    order_type: Annotated[int, OrderType] = 0
    order_state: Annotated[int, OrderState] = 0
    deal_type: Annotated[int, DealType] = 0
    type_time: Annotated[int, OrderTime] = 0
    time_expiration: TimeS = 0
    price: Price = 0.0
    price_trigger: Price = 0.0
    price_sl: Price = 0.0
    price_tp: Price = 0.0
    volume: Volume = 0.0
    digits: Digits = 5
    volume_digits: Digits = 2


R = TypeVar("R", bound=Record)


class Table(Generic[R]):
    """Records of one kind as rows of values in wire order.

    Rows stay plain tuples until somebody asks for a record: most lists go straight from the wire
    to an app's JSON.
    """

    __slots__ = ("record", "rows")

    def __init__(self, record: type[R], rows: Sequence[Sequence[Any]]) -> None:
        self.record = record
        self.rows = rows

    @classmethod
    def of(cls, record: type[R], records: Iterable[R]) -> "Table[R]":
        """Make a table from records."""
        return cls(record, [item.row() for item in records])

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[R]:
        names = tuple(self.record.model_fields)
        for row in self.rows:
            yield self.record(**dict(zip(names, row, strict=True)))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Table)
            and self.record is other.record
            and [list(row) for row in self.rows] == [list(row) for row in other.rows]
        )

    __hash__ = None  # type: ignore[assignment]  # rows may be lists

    def packed(self) -> dict[str, Any]:
        """Give the wire form: field names once, then the rows."""
        return {"fields": list(self.record.model_fields), "rows": self.rows}

    @classmethod
    def __get_pydantic_core_schema__(
        cls,
        source: Any,  # noqa: ANN401 - pydantic's signature
        handler: GetCoreSchemaHandler,
    ) -> CoreSchema:
        (record,) = get_args(source)
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, Table) else _read_table(record, value),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda table: table.packed()
            ),
        )


def _read_table(record: type[R], value: Any) -> Table[R]:  # noqa: ANN401 - hostile until checked
    if not isinstance(value, dict):
        raise ValueError("a table is a map with `fields` and `rows`")  # noqa: TRY004 - for pydantic
    fields, rows = value.get("fields"), value.get("rows")
    if not isinstance(fields, list) or not isinstance(rows, list):
        raise ValueError("a table has lists `fields` and `rows`")  # noqa: TRY004 - for pydantic
    if fields != list(record.model_fields):
        rows = _rearranged(record, fields, rows)
    return Table(record, _rows_of(record).validate_python(rows))


def _rearranged(record: type[Record], fields: list[Any], rows: list[Any]) -> list[list[Any]]:
    """Bring the rows of a peer of another version into our order of fields."""
    places: list[tuple[int | None, Any]] = []
    for name, field in record.model_fields.items():
        if name in fields:
            places.append((fields.index(name), None))
        elif field.is_required():
            raise ValueError(f"the table lacks the field '{name}'")
        else:
            places.append((None, field.default))
    if any(not isinstance(row, list) or len(row) != len(fields) for row in rows):
        raise ValueError("a row has another length than `fields`")
    return [[default if at is None else row[at] for at, default in places] for row in rows]


@cache
def _rows_of(record: type[Record]) -> TypeAdapter[list[tuple[Any, ...]]]:
    types = tuple(
        Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        for field in record.model_fields.values()
    )
    row = Annotated[tuple[types], Strict(False)]  # type: ignore[valid-type]
    return TypeAdapter(list[row], config=ConfigDict(strict=True))


RECORDS: tuple[type[Record], ...] = (
    AccountInfo,
    TerminalInfo,
    Permissions,
    SymbolInfo,
    Tick,
    Position,
    Order,
    Deal,
    BookEntry,
    CheckResult,
    TradeResult,
    Transaction,
)
