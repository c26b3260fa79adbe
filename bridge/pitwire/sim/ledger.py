"""The broker's books: balance, open positions, working orders, past orders and deals.

Tickets come from two series, one for orders and one for deals, as on a MetaTrader server. A
position's ticket is that of the order that opened it or, when its side changed, that turned it
round; its identifier never changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from pitwire.sim.account import booked
from pitwire.wire.enums import DealEntry, DealReason, DealType, PositionReason
from pitwire.wire.records import Deal, Order

FIRST_TICKET = 1_000_001


@dataclass(frozen=True, slots=True)
class OpenPosition:
    """A position as the broker keeps it.

    `margin_per_lot` (account currency) is fixed when the position opens. `sl` and `tp` are 0.0
    when there is none. Times are the broker's, in milliseconds.
    """

    ticket: int
    identifier: int
    symbol: str
    type: int
    volume: float
    price_open: float
    margin_per_lot: float
    time_msc: int
    time_update_msc: int
    sl: float = 0.0
    tp: float = 0.0
    magic: int = 0
    comment: str = ""
    reason: int = PositionReason.EXPERT
    swap: float = 0.0

    @property
    def direction(self) -> int:
        """1 when the position gains by rising prices, -1 otherwise."""
        return 1 - 2 * self.type


class Ledger:
    """The books of one account; amounts are rounded to `currency_digits` when they are booked.

    `working` are the orders that wait in the market, `orders` those that left it.
    """

    def __init__(self, *, currency_digits: int, first_ticket: int = FIRST_TICKET) -> None:
        self.currency_digits = currency_digits
        self.balance = 0.0
        self.positions: dict[int, OpenPosition] = {}
        self.working: dict[int, Order] = {}
        self.orders: list[Order] = []
        self.deals: list[Deal] = []
        self._order_tickets = count(first_ticket)
        self._deal_tickets = count(first_ticket)
        self._closed: set[int] = set()
        self._done: set[int] = set()

    def next_order(self) -> int:
        """Take the next ticket of the series of orders."""
        return next(self._order_tickets)

    def next_deal(self) -> int:
        """Take the next ticket of the series of deals."""
        return next(self._deal_tickets)

    def deposit(self, amount: float, *, time_msc: int) -> None:
        """Book a balance operation: a deal of its own type, without order, symbol or position."""
        self.add_deal(
            Deal(
                ticket=self.next_deal(),
                order=0,
                time_msc=time_msc,
                type=DealType.BALANCE,
                entry=DealEntry.IN,
                magic=0,
                position_id=0,
                reason=DealReason.CLIENT,
                volume=0.0,
                price=0.0,
                commission=0.0,
                swap=0.0,
                profit=booked(amount, self.currency_digits),
                fee=0.0,
                symbol="",
                comment="Deposit",
                external_id="",
                digits=0,
                volume_digits=0,
            )
        )

    def add_deal(self, deal: Deal) -> None:
        """Book a deal: what it earned and cost goes to the balance."""
        self.deals.append(deal)
        amount = deal.profit + deal.commission + deal.swap + deal.fee
        self.balance = booked(self.balance + amount, self.currency_digits)

    def hold(self, before: OpenPosition | None, after: OpenPosition | None) -> None:
        """Put a position in the place of another one; None: there was none, or none is left."""
        if before is not None and (after is None or after.ticket != before.ticket):
            del self.positions[before.ticket]
            self._closed.add(before.ticket)
        if after is not None:
            self.positions[after.ticket] = after

    def leave(self, order: Order) -> None:
        """Move an order from the working ones to those of the past."""
        del self.working[order.ticket]
        self.orders.append(order)
        self._done.add(order.ticket)

    def was_done(self, ticket: int) -> bool:
        """Whether an order with this ticket existed and left the market."""
        return ticket in self._done

    def was_closed(self, ticket: int) -> bool:
        """Whether a position with this ticket existed and is gone."""
        return ticket in self._closed

    def open_positions(
        self, *, symbol: str | None = None, ticket: int | None = None
    ) -> list[OpenPosition]:
        """List open positions, oldest first; `symbol` and `ticket` narrow the list."""
        return [
            position
            for position in self.positions.values()
            if symbol in {None, position.symbol} and ticket in {None, position.ticket}
        ]

    def working_orders(
        self, *, symbol: str | None = None, ticket: int | None = None
    ) -> list[Order]:
        """List orders that wait in the market, oldest first; both arguments narrow the list."""
        return [
            order
            for order in self.working.values()
            if symbol in {None, order.symbol} and ticket in {None, order.ticket}
        ]


_Past = TypeVar("_Past", Order, Deal)


@dataclass(frozen=True, slots=True)
class Period:
    """Which orders or deals of the past are asked for; None leaves a criterion out."""

    from_msc: int = 0
    to_msc: int | None = None
    ticket: int | None = None
    position: int | None = None
    symbol: str | None = None

    def choose(self, records: Iterable[_Past]) -> list[_Past]:
        """Pick what matches, oldest first."""
        return [record for record in records if self._matches(record)]

    def _matches(self, record: Order | Deal) -> bool:
        time_msc = record.time_done_msc if isinstance(record, Order) else record.time_msc
        if time_msc < self.from_msc or (self.to_msc is not None and time_msc > self.to_msc):
            return False
        if self.ticket not in {None, record.ticket} or self.symbol not in {None, record.symbol}:
            return False
        return self.position is None or self.position in _positions_of(record)


def _positions_of(record: Order | Deal) -> tuple[int, ...]:
    if isinstance(record, Order):
        return record.position_id, record.position_by_id
    return (record.position_id,)


__all__ = ["FIRST_TICKET", "Ledger", "OpenPosition", "Period"]
