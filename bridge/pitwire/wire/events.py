"""Events: what a terminal pushes on the stream channel without being asked again.

Apps miss nothing unnoticed: frames are numbered per session, ticks are numbered per symbol and
boot (`first`), and what a terminal had to drop it announces with a GAP.
"""

from enum import IntEnum
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict

from pitwire.wire.commands import Channel
from pitwire.wire.enums import Timeframe
from pitwire.wire.fields import (
    Count,
    Digits,
    Microseconds,
    OffsetS,
    Symbol,
    Text,
    TimeMsc,
    UtcMsc,
)
from pitwire.wire.records import (
    AccountInfo,
    BookEntry,
    Permissions,
    Table,
    TradeResult,
    Transaction,
)
from pitwire.wire.replies import Packed


class EventCode(IntEnum):
    """The header's `kind` of an EVENT."""

    HEARTBEAT = 1
    TICKS = 2
    BARS = 3
    BOOK = 4
    ACCOUNT = 5
    TRADE = 6
    GAP = 7


HEARTBEAT_INTERVAL_MS = 1000
"""How often a terminal sends a HEARTBEAT to each of its sessions."""


class Event(BaseModel):
    """Base of all events: immutable, types exact, unknown fields ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    code: ClassVar[EventCode]

    clock_msc: UtcMsc
    utc_offset_s: OffsetS = 0

    def packed(self) -> dict[str, Any]:
        """Give the wire form."""
        return self.model_dump(exclude_none=True)


class Heartbeat(Event):
    """Sent each second by the thread that serves commands, so it proves that this thread lives.

    `tick_msc`: time of the newest tick of any symbol. `queued`: events and commands that wait.
    `dropped`: events dropped since the start. `busy_us`: longest handler since the last heartbeat.
    """

    code = EventCode.HEARTBEAT

    tick_msc: TimeMsc
    permissions: Permissions
    queued: Count = 0
    dropped: Count = 0
    busy_us: Microseconds = 0


class TicksEvent(Event):
    """New ticks of one symbol, packed MqlTick rows; `first` is the number of the first of them."""

    code = EventCode.TICKS

    symbol: Symbol
    first: Count
    ticks: Packed
    digits: Digits
    volume_digits: Digits


class BarsEvent(Event):
    """Bars that changed or were completed, packed MqlRates rows; the last one is forming."""

    code = EventCode.BARS

    symbol: Symbol
    timeframe: Annotated[int, Timeframe]
    rates: Packed
    digits: Digits


class BookEvent(Event):
    """The whole depth of market of a symbol after a change."""

    code = EventCode.BOOK

    symbol: Symbol
    book: Table[BookEntry]
    digits: Digits
    volume_digits: Digits


class AccountEvent(Event):
    """Account figures after a change."""

    code = EventCode.ACCOUNT

    account: AccountInfo
    permissions: Permissions


class TradeEvent(Event):
    """A trade transaction; `request_id` and `result` when a command of ours caused it."""

    code = EventCode.TRADE

    transaction: Transaction
    request_id: Text | None = None
    result: TradeResult | None = None


class GapEvent(Event):
    """The terminal had to drop `dropped` events of a channel; read the state again."""

    code = EventCode.GAP

    channel: Annotated[int, Channel]
    symbol: Symbol | None = None
    dropped: Count


EVENTS: dict[int, type[Event]] = {
    event.code: event
    for event in (Heartbeat, TicksEvent, BarsEvent, BookEvent, AccountEvent, TradeEvent, GapEvent)
}
"""Every event by its code."""
