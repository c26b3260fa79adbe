"""What a trade leaves in the books: orders, deals, positions, and the transactions that tell it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pitwire.sim.account import AccountSettings, booked
from pitwire.sim.ledger import Ledger, OpenPosition
from pitwire.sim.symbols import SymbolSpec
from pitwire.sim.valuation import Valuation
from pitwire.wire.enums import (
    DealEntry,
    OrderFilling,
    OrderReason,
    OrderState,
    OrderTime,
    OrderType,
    TransactionType,
)
from pitwire.wire.records import Deal, Order, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """How a position is closed: at what price, when (broker's time), why and on whose account."""

    price: float
    time_msc: int
    reason: OrderReason = OrderReason.EXPERT
    comment: str = ""
    magic: int = 0
    filling: int = OrderFilling.FOK
    type: int | None = None
    entry: DealEntry = DealEntry.OUT
    position_by: int = 0


class Executions:
    """Writes trades into the books, once they are decided, and announces every step."""

    def __init__(
        self,
        ledger: Ledger,
        valuation: Valuation,
        settings: AccountSettings,
        *,
        announce: Callable[[Transaction], None],
    ) -> None:
        self._ledger = ledger
        self._valuation = valuation
        self._commission_per_lot = settings.commission_per_lot
        self._digits = settings.currency_digits
        self._announce = announce

    def commission(self, volume: float) -> float:
        """Tell what a deal of `volume` lots costs, as a positive amount."""
        return booked(self._commission_per_lot * volume, self._digits)

    def open(self, planned: OpenPosition, spec: SymbolSpec, *, filling: int) -> Deal:
        """Open a position; its ticket is that of the order made here."""
        ticket = self._ledger.next_order()
        position = replace(planned, ticket=ticket)
        fill = Fill(
            price=position.price_open,
            time_msc=position.time_msc,
            comment=position.comment,
            magic=position.magic,
            filling=filling,
            type=position.type,
            entry=DealEntry.IN,
        )
        order = self._order(ticket, position, fill, volume=position.volume, spec=spec)
        order = order.model_copy(update={"sl": position.sl, "tp": position.tp})
        self._ledger.positions[ticket] = position
        deal = self._deal(order, fill, volume=position.volume, profit=0.0, swap=0.0)
        self._book(order, deal)
        return deal

    def close(self, position: OpenPosition, spec: SymbolSpec, *, volume: float, fill: Fill) -> Deal:
        """Close a position, or `volume` lots of it, by an order of its own."""
        order = self._order(self._ledger.next_order(), position, fill, volume=volume, spec=spec)
        deal = self._leave(position, spec, order, fill=fill, volume=volume)
        self._book(order, deal)
        return deal

    def close_by(
        self, position: OpenPosition, other: OpenPosition, spec: SymbolSpec, *, fill: Fill
    ) -> Deal:
        """Close two opposite positions by each other: one order, two deals at one price.

        The price is that at which `other` was opened, so the whole result lies on the first deal.
        """
        volume = min(position.volume, other.volume)
        order = self._order(self._ledger.next_order(), position, fill, volume=volume, spec=spec)
        first = self._leave(position, spec, order, fill=fill, volume=volume)
        second = self._leave(other, spec, order, fill=fill, volume=volume)
        self._book(order, first, second)
        return first

    def change_stops(
        self, position: OpenPosition, spec: SymbolSpec, *, sl: float, tp: float, time_msc: int
    ) -> None:
        """Change a position's stop loss and take profit (0.0 = none)."""
        changed = replace(position, sl=sl, tp=tp, time_update_msc=time_msc)
        self._ledger.positions[position.ticket] = changed
        self._announce(
            Transaction(
                type=TransactionType.POSITION,
                position=position.ticket,
                symbol=position.symbol,
                deal_type=position.type,
                price=position.price_open,
                price_sl=sl,
                price_tp=tp,
                volume=position.volume,
                digits=spec.digits,
                volume_digits=spec.volume_digits,
            )
        )

    def _leave(
        self, position: OpenPosition, spec: SymbolSpec, order: Order, *, fill: Fill, volume: float
    ) -> Deal:
        """Take volume out of a position and make the deal that books what it earned."""
        profit = self._valuation.profit(
            spec, position.type, volume=volume, opened=position.price_open, closed=fill.price
        )
        whole = volume >= position.volume
        share = position.swap if whole else position.swap * volume / position.volume
        swap = booked(share, self._digits)
        self._ledger.reduce(position, volume=volume, swap=swap, time_msc=fill.time_msc)
        outward = order.model_copy(
            update={"type": 1 - position.type, "position_id": position.ticket}
        )
        return self._deal(outward, fill, volume=volume, profit=profit, swap=swap)

    def _order(
        self, ticket: int, position: OpenPosition, fill: Fill, *, volume: float, spec: SymbolSpec
    ) -> Order:
        return Order(
            ticket=ticket,
            time_setup_msc=fill.time_msc,
            time_done_msc=fill.time_msc,
            time_expiration=0,
            type=1 - position.type if fill.type is None else fill.type,
            type_time=OrderTime.GTC,
            type_filling=fill.filling,
            state=OrderState.FILLED,
            magic=fill.magic,
            position_id=position.ticket,
            position_by_id=fill.position_by,
            reason=fill.reason,
            volume_initial=volume,
            volume_current=0.0,
            price_open=fill.price,
            sl=0.0,
            tp=0.0,
            price_current=fill.price,
            price_stoplimit=0.0,
            symbol=position.symbol,
            comment=fill.comment,
            external_id="",
            digits=spec.digits,
            volume_digits=spec.volume_digits,
        )

    def _deal(self, order: Order, fill: Fill, *, volume: float, profit: float, swap: float) -> Deal:
        return Deal(
            ticket=self._ledger.next_deal(),
            order=order.ticket,
            time_msc=fill.time_msc,
            type=order.type,
            entry=fill.entry,
            magic=fill.magic,
            position_id=order.position_id,
            reason=fill.reason,
            volume=volume,
            price=fill.price,
            commission=0.0 - self.commission(volume),
            swap=swap,
            profit=profit,
            fee=0.0,
            symbol=order.symbol,
            comment=fill.comment,
            external_id="",
            digits=order.digits,
            volume_digits=order.volume_digits,
        )

    def _book(self, order: Order, *deals: Deal) -> None:
        """Write order and deals down, then announce them in the order MetaTrader does."""
        self._ledger.orders.append(order)
        for deal in deals:
            self._ledger.add_deal(deal)
        started = order.model_copy(
            update={"state": OrderState.STARTED, "volume_current": order.volume_initial}
        )
        self._announce(_of_order(started, TransactionType.ORDER_ADD))
        for deal in deals:
            self._announce(_of_deal(order, deal))
        self._announce(_of_order(order, TransactionType.ORDER_DELETE))
        self._announce(_of_order(order, TransactionType.HISTORY_ADD))


def _of_order(order: Order, kind: TransactionType) -> Transaction:
    return Transaction(
        type=kind,
        order=order.ticket,
        position=order.position_id,
        position_by=order.position_by_id,
        symbol=order.symbol,
        order_type=order.type,
        order_state=order.state,
        price=order.price_open,
        price_sl=order.sl,
        price_tp=order.tp,
        volume=order.volume_current,
        digits=order.digits,
        volume_digits=order.volume_digits,
    )


def _of_deal(order: Order, deal: Deal) -> Transaction:
    closes_by = order.type == OrderType.CLOSE_BY and deal.position_id == order.position_id
    return Transaction(
        type=TransactionType.DEAL_ADD,
        deal=deal.ticket,
        order=deal.order,
        position=deal.position_id,
        position_by=order.position_by_id if closes_by else 0,
        symbol=deal.symbol,
        order_type=order.type,
        order_state=order.state,
        deal_type=deal.type,
        price=deal.price,
        price_sl=order.sl,
        price_tp=order.tp,
        volume=deal.volume,
        digits=deal.digits,
        volume_digits=deal.volume_digits,
    )


__all__ = ["Executions", "Fill"]
