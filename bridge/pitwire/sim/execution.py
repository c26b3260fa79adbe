"""What a trade leaves in the books: orders, deals, positions, and the transactions that tell it.

Whatever is decided elsewhere is written here, in the steps in which MetaTrader tells it: the order
enters, its deals are made, it leaves. The books agree with each other at every announcement.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from pitwire.sim.account import AccountSettings, booked
from pitwire.sim.ledger import Ledger, OpenPosition
from pitwire.sim.positions import Change, merged, reduced
from pitwire.sim.rules import side_of
from pitwire.sim.symbols import SymbolSpec
from pitwire.sim.valuation import Valuation
from pitwire.wire.enums import DealEntry, OrderState, OrderType, PositionReason, TransactionType
from pitwire.wire.records import Deal, Order, Transaction

_REASONS = frozenset(PositionReason)


class Filled(NamedTuple):
    """An order after a fill, the deal, and the ticket of the position that it touched."""

    order: Order
    deal: Deal
    position: int


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
        self._hedging = settings.is_hedging
        self._commission_per_lot = settings.commission_per_lot
        self._digits = settings.currency_digits
        self._announce = announce

    def commission(self, volume: float) -> float:
        """Tell what a deal of `volume` lots costs, as a positive amount."""
        return booked(self._commission_per_lot * volume, self._digits)

    def enter(self, order: Order) -> None:
        """Let an order enter the market."""
        self._ledger.working[order.ticket] = order
        self._announce(_of_order(order, TransactionType.ORDER_ADD))

    def update(self, order: Order) -> None:
        """Put a changed order in its own place."""
        self._ledger.working[order.ticket] = order
        self._announce(_of_order(order, TransactionType.ORDER_UPDATE))

    def leave(self, order: Order, state: OrderState, *, time_msc: int) -> Order:
        """Let an order leave the market; what is not filled of it stays written in it."""
        done = order.model_copy(update={"state": state, "time_done_msc": time_msc})
        self._ledger.leave(done)
        self._announce(_of_order(done, TransactionType.ORDER_DELETE))
        self._announce(_of_order(done, TransactionType.HISTORY_ADD))
        return done

    def meeting(self, fresh: OpenPosition, closes: OpenPosition | None = None) -> Change:
        """Tell what a fill would do; `fresh` is the position that it would open by itself.

        On a hedging account only further fills of one order meet a position that is there, and the
        stops of that are its own by then.
        """
        if closes is not None:
            return merged(closes, fresh)
        if not self._hedging:
            held = next(iter(self._ledger.open_positions(symbol=fresh.symbol)), None)
            return merged(held, fresh)
        held = self._ledger.positions.get(fresh.ticket)
        if held is not None:
            fresh = replace(fresh, sl=held.sl, tp=held.tp)
        return merged(held, fresh)

    def planned(
        self, order: Order, spec: SymbolSpec, *, volume: float, price: float, time_msc: int
    ) -> OpenPosition:
        """Give the position that a fill of an order would open by itself.

        Raises NoPrices.
        """
        return OpenPosition(
            ticket=order.ticket,
            identifier=order.ticket,
            symbol=order.symbol,
            type=side_of(order.type),
            volume=volume,
            price_open=price,
            margin_per_lot=self._valuation.margin_per_lot(spec, price=price),
            time_msc=time_msc,
            time_update_msc=time_msc,
            sl=order.sl,
            tp=order.tp,
            magic=order.magic,
            comment=order.comment,
            reason=order.reason if order.reason in _REASONS else PositionReason.EXPERT,
        )

    def fill(
        self,
        order: Order,
        spec: SymbolSpec,
        *,
        volume: float,
        price: float,
        time_msc: int,
        closes: OpenPosition | None = None,
    ) -> Filled:
        """Fill a working order, or `volume` lots of it.

        Raises NoPrices; nothing is written then.
        """
        fresh = self.planned(order, spec, volume=volume, price=price, time_msc=time_msc)
        change = self.meeting(fresh, closes)
        touched = change.after or change.before or fresh
        filled = order.model_copy(
            update={
                "position_id": touched.identifier,
                "volume_current": round(order.volume_current - volume, spec.volume_digits),
                "price_current": price,
                "price_open": order.price_open or price,
            }
        )
        deal = self._settle(filled, spec, change, volume=volume, price=price, time_msc=time_msc)
        self._ledger.working[order.ticket] = filled
        self._announce(_of_deal(filled, deal, position=touched.ticket))
        return Filled(filled, deal, touched.ticket)

    def close_by(
        self, order: Order, spec: SymbolSpec, *, position: OpenPosition, other: OpenPosition
    ) -> Filled:
        """Close two opposite positions by each other: one order, two deals at one price.

        The price is that at which `other` was opened, so the whole result lies on the first deal.
        Raises NoPrices; nothing is written then.
        """
        volume, price = order.volume_initial, other.price_open
        filled = order.model_copy(update={"volume_current": 0.0})
        deals: list[Deal] = []
        for held in (position, other):
            leg = replace(held, type=1 - held.type, volume=volume, time_msc=order.time_setup_msc)
            change = Change(held, reduced(held, leg), DealEntry.OUT_BY, volume)
            outward = filled.model_copy(update={"type": leg.type, "position_id": held.identifier})
            deals.append(
                self._settle(
                    outward, spec, change, volume=volume, price=price, time_msc=leg.time_msc
                )
            )
        self._ledger.working[order.ticket] = filled
        for deal, held in zip(deals, (position, other), strict=True):
            self._announce(_of_deal(filled, deal, position=held.ticket))
        return Filled(filled, deals[0], position.ticket)

    def change_stops(
        self, position: OpenPosition, spec: SymbolSpec, *, sl: float, tp: float, time_msc: int
    ) -> None:
        """Change a position's stop loss and take profit (0.0 = none)."""
        changed = replace(position, sl=sl, tp=tp, time_update_msc=time_msc)
        self._ledger.hold(position, changed)
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

    def _settle(
        self,
        order: Order,
        spec: SymbolSpec,
        change: Change,
        *,
        volume: float,
        price: float,
        time_msc: int,
    ) -> Deal:
        """Book what a fill earned and cost, and hold the position that it leaves."""
        before, after = change.before, change.after
        profit = swap = 0.0
        if before is not None and change.closed:
            profit = self._valuation.profit(
                spec, before.type, volume=change.closed, opened=before.price_open, closed=price
            )
            whole = change.closed >= before.volume
            share = before.swap if whole else before.swap * change.closed / before.volume
            swap = booked(share, self._digits)
            if after is not None and not whole:
                after = replace(after, swap=booked(before.swap - swap, self._digits))
        deal = Deal(
            ticket=self._ledger.next_deal(),
            order=order.ticket,
            time_msc=time_msc,
            type=side_of(order.type),
            entry=change.entry,
            magic=order.magic,
            position_id=order.position_id,
            reason=order.reason,
            volume=volume,
            price=price,
            commission=0.0 - self.commission(volume),
            swap=swap,
            profit=profit,
            fee=0.0,
            symbol=order.symbol,
            comment=order.comment,
            external_id="",
            digits=spec.digits,
            volume_digits=spec.volume_digits,
        )
        self._ledger.hold(before, after)
        self._ledger.add_deal(deal)
        return deal


def _of_order(order: Order, kind: TransactionType) -> Transaction:
    return Transaction(
        type=kind,
        order=order.ticket,
        position=order.position_id,
        position_by=order.position_by_id,
        symbol=order.symbol,
        order_type=order.type,
        order_state=order.state,
        type_time=order.type_time,
        time_expiration=order.time_expiration,
        price=order.price_open,
        price_trigger=order.price_stoplimit,
        price_sl=order.sl,
        price_tp=order.tp,
        volume=order.volume_current,
        digits=order.digits,
        volume_digits=order.volume_digits,
    )


def _of_deal(order: Order, deal: Deal, *, position: int) -> Transaction:
    closes_by = order.type == OrderType.CLOSE_BY and deal.position_id == order.position_id
    return Transaction(
        type=TransactionType.DEAL_ADD,
        deal=deal.ticket,
        order=deal.order,
        position=position,
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


__all__ = ["Executions", "Filled"]
