"""Replies: what a terminal answers, one model per command, and the refusal that fits them all.

Every reply says when the terminal gave it (`clock_msc`, its UTC clock) and how far its broker's
clock is ahead (`utc_offset_s`): the times inside are the broker's, minus the offset they are UTC.
"""

from enum import IntEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from pitwire.wire.fields import (
    Count,
    Digits,
    Flag,
    Login,
    Milliseconds,
    Money,
    OffsetS,
    Text,
    UtcMsc,
)
from pitwire.wire.records import (
    AccountInfo,
    BookEntry,
    CheckResult,
    Deal,
    Order,
    Permissions,
    Position,
    SymbolInfo,
    Table,
    TerminalInfo,
    Tick,
    TradeResult,
)

Packed = Annotated[bytes, "rows"]
"""Packed rows of 60 bytes, see `arrays`."""


class Reply(BaseModel):
    """Base of all replies: immutable, types exact, unknown fields ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    clock_msc: UtcMsc
    utc_offset_s: OffsetS = 0

    def packed(self) -> dict[str, Any]:
        """Give the wire form."""
        return self.model_dump(exclude_none=True)


class PingReply(Reply):
    """The terminal is alive."""


class AccountInfoReply(Reply):
    """Account and the permission ladder."""

    account: AccountInfo
    permissions: Permissions


class TerminalInfoReply(Reply):
    """Terminal program."""

    terminal: TerminalInfo
    permissions: Permissions


class SymbolsReply(Reply):
    """One page of symbols; `total` is the number that match."""

    symbols: Table[SymbolInfo]
    total: Count


class SymbolInfoReply(Reply):
    """One symbol."""

    symbol: SymbolInfo


class SymbolSelectReply(Reply):
    """Whether the symbol is in Market Watch now."""

    selected: Flag


class TickReply(Reply):
    """Last prices of a symbol."""

    tick: Tick
    digits: Digits
    volume_digits: Digits


class TicksReply(Reply):
    """Packed MqlTick rows, oldest first; `more` when there are further ones in what was asked."""

    ticks: Packed
    more: Flag
    digits: Digits
    volume_digits: Digits


class RatesReply(Reply):
    """Packed MqlRates rows, oldest first; `more` when there are further ones in what was asked."""

    rates: Packed
    more: Flag
    digits: Digits


class BookReply(Reply):
    """Depth of market, sells from the highest price down, then buys from the highest down."""

    book: Table[BookEntry]
    digits: Digits
    volume_digits: Digits


class OrdersReply(Reply):
    """Orders, pending or historical."""

    orders: Table[Order]
    more: Flag = False


class PositionsReply(Reply):
    """Open positions."""

    positions: Table[Position]
    currency_digits: Digits


class DealsReply(Reply):
    """Deals."""

    deals: Table[Deal]
    more: Flag = False
    currency_digits: Digits


class CalcReply(Reply):
    """Margin or profit in the account currency."""

    value: Money
    currency: Text
    currency_digits: Digits


class CheckReply(Reply):
    """Result of a dry run."""

    result: CheckResult
    currency_digits: Digits


class TradeReply(Reply):
    """Result of a trading command; `repeated` when it comes from the journal."""

    result: TradeResult
    repeated: Flag = False


class JournalState(IntEnum):
    """What a terminal's journal knows of a request id.

    UNKNOWN: not in this journal. RECEIVED: written down before sending, no result yet that proves
    anything. DONE: see `result`. INDETERMINATE: not to be settled without a person, after a crash
    or a result that is no proof.
    """

    UNKNOWN = 0
    RECEIVED = 1
    DONE = 2
    INDETERMINATE = 3


class OrderStatusReply(Reply):
    """The journal's answer; `login` is the account that the journal belongs to.

    `journal`: random number made with the journal of trading commands; an answer UNKNOWN proves
    nothing about commands that were sent under another one.
    """

    state: Annotated[int, JournalState]
    login: Login
    journal: Count
    result: TradeResult | None = None


class SubscriptionReply(Reply):
    """The subscription as it stands; `next` is the `first` of the next tick event."""

    subscribed: Flag
    next: Count = 0


class RefusalCode(IntEnum):
    """Why a terminal refused a command; all but INTERNAL mean that nothing was executed."""

    UNSUPPORTED = 1
    INVALID_REQUEST = 2
    UNKNOWN_SYMBOL = 3
    NOT_FOUND = 4
    TOO_LARGE = 5
    HISTORY_LOADING = 6
    DEADLINE_PASSED = 7
    ACCOUNT_CHANGED = 8
    TRADE_FORBIDDEN = 9
    REQUEST_CONFLICT = 10
    BUSY = 11
    JOURNAL_UNAVAILABLE = 12
    GUARD = 13
    NO_PRICES = 14
    INTERNAL = 15


class Refusal(BaseModel):
    """Body of an ERROR frame: the command was refused and not executed (INTERNAL: not known).

    `field` names the request's field that is at fault. `retry_after_ms` comes with
    HISTORY_LOADING and BUSY. TRADE_FORBIDDEN names in `message` the switch that forbids.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    code: Annotated[int, RefusalCode]
    message: Annotated[Text, Field(max_length=500)]
    field: Text | None = None
    retry_after_ms: Milliseconds | None = None

    def packed(self) -> dict[str, Any]:
        """Give the wire form."""
        return self.model_dump(exclude_none=True)
