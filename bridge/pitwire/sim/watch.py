"""What happens without a request: triggers, expirations, swaps at midnight, and the stop-out.

Things happen in the order of time, tick by tick: a position that a pending order opens is guarded
by its stops from the next tick on. Margin is looked at with the prices at the end of the ticks
that came together, a few milliseconds of them in a running terminal.
"""

from collections.abc import Iterator
from dataclasses import replace

import structlog

from pitwire.sim import rules, swaps
from pitwire.sim.account import Figures, booked
from pitwire.sim.floor import Floor
from pitwire.sim.ledger import OpenPosition
from pitwire.sim.matching import complete, match
from pitwire.sim.orders import started
from pitwire.sim.request import TradeRequest
from pitwire.sim.rules import STOP_LIMITS, Rejected, side_of
from pitwire.sim.symbols import DAY_S
from pitwire.sim.triggers import BEFORE_ALL_TICKS, Touch, expiry_touch, order_touch, stop_touch
from pitwire.sim.valuation import NoPrices
from pitwire.wire.arrays import Array
from pitwire.wire.enums import (
    OrderReason,
    OrderState,
    OrderType,
    SymbolTradeMode,
    TradeAction,
)
from pitwire.wire.records import Order

_DAY_MSC = DAY_S * 1000
_Item = OpenPosition | Order

_log = structlog.get_logger(__name__)


class Watch:
    """Keeps positions and orders in step with the market."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._midnight_msc = _next_midnight(floor.market.now_msc())
        self._called = False

    def run(self, fresh: list[tuple[str, Array]]) -> None:
        """Let new ticks, and the time that passed, do what they do."""
        now_msc = self._floor.market.now_msc()
        ledger = self._floor.ledger
        if ledger.positions or ledger.working:
            pass_ = _Pass(self._floor, dict(fresh), now_msc)
            for touch in pass_.touches():
                self._roll_over(until_msc=touch.time_msc)
                self._set_off(touch)
            self._roll_over(until_msc=now_msc)
        self._midnight_msc = _next_midnight(now_msc)
        if fresh and ledger.positions:
            self._watch_margin()

    def _set_off(self, touch: Touch) -> None:
        """Do what a touch calls for; without prices to value it by, leave it for later ticks."""
        try:
            if not touch.is_order:
                self._close_at_stop(touch)
            elif touch.place == BEFORE_ALL_TICKS:
                order = self._floor.ledger.working[touch.ticket]
                self._floor.executions.leave(order, OrderState.EXPIRED, time_msc=touch.time_msc)
            else:
                self._trigger(touch)
        except NoPrices:
            _log.warning("no prices to trade by", ticket=touch.ticket)

    def _trigger(self, touch: Touch) -> None:
        order = self._floor.ledger.working[touch.ticket]
        spec = self._floor.market.spec(order.symbol)
        if order.type in STOP_LIMITS:
            limit = OrderType.SELL_LIMIT if side_of(order.type) else OrderType.BUY_LIMIT
            update = {"type": limit, "price_open": order.price_stoplimit, "price_stoplimit": 0.0}
            self._floor.executions.update(order.model_copy(update=update))
            return
        lots = order.volume_current
        planned = self._floor.executions.planned(
            order, spec, volume=lots, price=touch.price, time_msc=touch.time_msc
        )
        try:
            if self._floor.opened(order.symbol, planned.type, lots):
                rules.check_side(spec, planned.type)
            self._floor.afford(self._floor.executions.meeting(planned), lots)
        except Rejected as rejection:
            _log.warning("a pending order failed", ticket=order.ticket, retcode=rejection.retcode)
            self._floor.executions.leave(order, OrderState.CANCELED, time_msc=touch.time_msc)
        else:
            match(self._floor, order, price=touch.price, time_msc=touch.time_msc)

    def _close_at_stop(self, touch: Touch) -> None:
        position = self._floor.ledger.positions[touch.ticket]
        digits = self._floor.market.spec(position.symbol).digits
        word, stop = ("sl", position.sl) if touch.reason == OrderReason.SL else ("tp", position.tp)
        self._close(
            position,
            price=touch.price,
            time_msc=touch.time_msc,
            reason=touch.reason,
            comment=f"[{word} {stop:.{digits}f}]",
        )

    def _close(
        self,
        position: OpenPosition,
        *,
        price: float,
        time_msc: int,
        reason: OrderReason,
        comment: str,
    ) -> None:
        """Close a position by an order of the server's own."""
        request = TradeRequest(
            action=TradeAction.DEAL,
            type=1 - position.type,
            magic=position.magic,
            comment=comment,
        )
        spec = self._floor.market.spec(position.symbol)
        order = started(
            request,
            spec,
            ticket=self._floor.ledger.next_order(),
            volume=position.volume,
            reason=reason,
            time_msc=time_msc,
        ).model_copy(update={"position_id": position.identifier})
        # Whatever cannot be booked shows here, before anything is written.
        fresh = self._floor.executions.planned(
            order, spec, volume=position.volume, price=price, time_msc=time_msc
        )
        self._floor.afford(self._floor.executions.meeting(fresh, position), position.volume)
        self._floor.executions.enter(order)
        complete(self._floor, order, price=price, time_msc=time_msc, closes=position)

    def _roll_over(self, *, until_msc: int) -> None:
        """Charge swaps for the midnights up to a moment."""
        while self._midnight_msc <= until_msc:
            for position in self._floor.ledger.open_positions():
                self._charge_swap(position, midnight_s=self._midnight_msc // 1000)
            self._midnight_msc += _DAY_MSC

    def _charge_swap(self, position: OpenPosition, *, midnight_s: int) -> None:
        spec = self._floor.market.spec(position.symbol)
        try:
            night = swaps.nightly(spec, position, self._floor.valuation)
        except NoPrices:
            _log.warning("no prices to charge a swap by", ticket=position.ticket)
            return
        digits = self._floor.settings.currency_digits
        amount = booked(night * swaps.nights(spec, midnight_s), digits)
        swap = booked(position.swap + amount, digits)
        self._floor.ledger.hold(position, replace(position, swap=swap))

    def _watch_margin(self) -> None:
        try:
            figures = self._floor.figures()
            called = _is_below(figures, self._floor.settings.margin_so_call)
            if called and not self._called:
                _log.warning("margin call", margin_level=figures.margin_level)
            self._called = called
            if _is_below(figures, self._floor.settings.margin_so_so):
                self._stop_out(figures)
        except NoPrices:
            _log.warning("no prices to value the account by")

    def _stop_out(self, figures: Figures) -> None:
        """Cancel what waits, then close the largest loss, until the level is restored."""
        now_msc = self._floor.market.now_msc()
        for order in self._floor.ledger.working_orders():
            self._floor.executions.leave(order, OrderState.CANCELED, time_msc=now_msc)
        while _is_below(figures, self._floor.settings.margin_so_so):
            tradable = [p for p in self._floor.ledger.open_positions() if self._can_close(p)]
            if not tradable:
                return
            valuation = self._floor.valuation
            worst = min(tradable, key=lambda position: valuation.floating(position) + position.swap)
            level = figures.margin_level
            self._close(
                worst,
                price=valuation.closing_price(worst.symbol, worst.type),
                time_msc=now_msc,
                reason=OrderReason.SO,
                comment=f"[so {level:.2f}%/{figures.equity:.2f}/{figures.margin:.2f}]",
            )
            figures = self._floor.figures()

    def _can_close(self, position: OpenPosition) -> bool:
        market = self._floor.market
        mode = market.spec(position.symbol).trade_mode
        return mode != SymbolTradeMode.DISABLED and market.is_open(position.symbol)


class _Pass:
    """One walk through new ticks; what an event changed is looked at again from the next tick."""

    def __init__(self, floor: Floor, ticks: dict[str, Array], now_msc: int) -> None:
        self._floor = floor
        self._ticks = ticks
        self._now_msc = now_msc
        self._next = dict.fromkeys(ticks, 0)
        self._known: dict[tuple[bool, int], tuple[_Item, Touch | None]] = {}

    def touches(self) -> Iterator[Touch]:
        """Yield what is set off, the earliest first, each after the last one was dealt with."""
        while True:
            touches = [touch for item in self._items() if (touch := self._touch(item)) is not None]
            if not touches:
                return
            first = min(touches)
            yield first
            item, _ = self._known.pop((first.is_order, first.ticket))
            if first.place != BEFORE_ALL_TICKS:
                self._next[item.symbol] = first.place + 1

    def _items(self) -> list[_Item]:
        ledger = self._floor.ledger
        return [*ledger.open_positions(), *ledger.working_orders()]

    def _touch(self, item: _Item) -> Touch | None:
        key = (isinstance(item, Order), item.ticket)
        known = self._known.get(key)
        if known is None or known[0] is not item:
            known = self._known[key] = (item, self._found(item))
        return known[1]

    def _found(self, item: _Item) -> Touch | None:
        spec = self._floor.market.spec(item.symbol)
        ticks, start = self._ticks.get(item.symbol), self._next.get(item.symbol, 0)
        expired = expiry_touch(item, now_msc=self._now_msc) if isinstance(item, Order) else None
        if ticks is None or spec.trade_mode == SymbolTradeMode.DISABLED:
            return expired
        if isinstance(item, OpenPosition):
            return stop_touch(item, ticks, start=start, sessions=spec.sessions)
        triggered = order_touch(item, ticks, start=start, sessions=spec.sessions)
        both = [touch for touch in (expired, triggered) if touch is not None]
        return min(both, default=None)


def _is_below(figures: Figures, level: float) -> bool:
    return figures.margin > 0 and figures.equity < figures.margin * level / 100


def _next_midnight(now_msc: int) -> int:
    return (now_msc // _DAY_MSC + 1) * _DAY_MSC


__all__ = ["Watch"]
