"""Requests that act at once: market orders, closes, stops of positions, closes by a position."""

from pitwire.sim import answers, rules
from pitwire.sim.execution import Filled
from pitwire.sim.floor import Floor, Plan
from pitwire.sim.ledger import OpenPosition
from pitwire.sim.matching import match
from pitwire.sim.orders import started
from pitwire.sim.positions import merged
from pitwire.sim.request import TradeRequest
from pitwire.sim.rules import Rejected
from pitwire.sim.symbols import SymbolSpec
from pitwire.wire.enums import (
    OrderFilling,
    OrderFlag,
    OrderReason,
    OrderState,
    OrderType,
)
from pitwire.wire.records import Order, TradeResult
from pitwire.wire.retcodes import Retcode

_SIDES = frozenset({OrderType.BUY, OrderType.SELL})


class Dealing:
    """Checks such a request completely, and only then makes a plan of it."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def deal(self, request: TradeRequest, reason: OrderReason) -> Plan:
        """Plan a market order: one that opens or, with a position, one that closes it.

        Raises Rejected, NoPrices.
        """
        if request.position:
            return self._close(request, reason)
        spec = self._floor.spec(request.symbol)
        if request.type not in _SIDES:
            raise Rejected(Retcode.INVALID_ORDER)
        volume = rules.check_volume(spec, request.volume)
        rules.check_allowed(spec, OrderFlag.MARKET)
        self._check_terms(spec, request)
        opened = self._floor.opened(spec.name, request.type, volume)
        if opened:
            rules.check_side(spec, request.type)
        self._floor.check_open(spec)
        price = self._floor.valuation.opening_price(spec.name, request.type)
        rules.check_price(spec, price, asked=request.price, deviation=request.deviation)
        closing = self._floor.valuation.closing_price(spec.name, request.type)
        rules.check_stops(spec, request.type, closing=closing, sl=request.sl, tp=request.tp)
        if opened:
            rules.check_limit(spec, self._floor.directed(spec.name, request.type) + opened)
        order = self._order(request, spec, volume=volume, reason=reason)
        fresh = self._floor.executions.planned(
            order, spec, volume=volume, price=price, time_msc=order.time_setup_msc
        )
        margin = self._floor.afford(self._floor.executions.meeting(fresh), volume)
        return Plan(margin, lambda: self._execute(order, price=price))

    def stops(self, request: TradeRequest) -> Plan:
        """Plan new stops of a position: by its ticket or, on a netting account, by its symbol.

        Raises Rejected, NoPrices.
        """
        position = self._chosen(request)
        spec = self._floor.market.spec(position.symbol)
        sl, tp = request.sl, request.tp
        if (sl, tp) == (position.sl, position.tp):
            raise Rejected(Retcode.NO_CHANGES)
        self._floor.check_open(spec)
        closing = self._floor.valuation.closing_price(position.symbol, position.type)
        rules.check_not_frozen(spec, sl=position.sl, tp=position.tp, closing=closing)
        rules.check_stops(spec, position.type, closing=closing, sl=sl, tp=tp)
        now_msc = self._floor.market.now_msc()

        def carry_out() -> TradeResult:
            self._floor.executions.change_stops(position, spec, sl=sl, tp=tp, time_msc=now_msc)
            return answers.changed(spec, position=position.ticket, time_msc=now_msc)

        return Plan(self._floor.margin(), carry_out)

    def close_by(self, request: TradeRequest, reason: OrderReason) -> Plan:
        """Plan to close a position by an opposite one.

        Raises Rejected, NoPrices.
        """
        position = self._floor.position(request.position)
        other = self._floor.position(request.position_by)
        if position.symbol != other.symbol or position.type == other.type:
            raise Rejected(Retcode.INVALID)
        spec = self._floor.market.spec(position.symbol)
        if request.symbol not in {"", spec.name}:
            raise Rejected(Retcode.INVALID)
        rules.check_allowed(spec, OrderFlag.CLOSE_BY)
        self._floor.check_open(spec)
        self._floor.valuation.floating(position)
        volume = min(position.volume, other.volume)
        plain = self._order(request, spec, volume=volume, reason=reason)
        order = plain.model_copy(
            update={
                "type": OrderType.CLOSE_BY,
                "type_filling": OrderFilling.FOK,
                "position_id": position.identifier,
                "position_by_id": other.identifier,
                "price_open": other.price_open,
                "price_current": other.price_open,
                "sl": 0.0,
                "tp": 0.0,
            }
        )
        left = [p for p in self._floor.ledger.positions.values() if p not in (position, other)]
        larger = position if position.volume > other.volume else other
        smaller = other if larger is position else position
        rest = merged(larger, smaller).after
        margin = self._floor.valuation.margin([*left, *([rest] if rest else [])])

        def carry_out() -> TradeResult:
            books = self._floor.executions
            entered = self._entered(order)
            filled = books.close_by(entered, spec, position=position, other=other)
            books.leave(filled.order, OrderState.FILLED, time_msc=order.time_setup_msc)
            return self._answer(order, filled)

        return Plan(margin, carry_out)

    def _close(self, request: TradeRequest, reason: OrderReason) -> Plan:
        position = self._floor.position(request.position)
        spec = self._floor.market.spec(position.symbol)
        if request.symbol not in {"", spec.name} or request.type != 1 - position.type:
            raise Rejected(Retcode.INVALID)
        volume = rules.check_volume(spec, request.volume, at_most=position.volume)
        self._check_terms(spec, request)
        self._floor.check_open(spec)
        price = self._floor.valuation.closing_price(position.symbol, position.type)
        rules.check_price(spec, price, asked=request.price, deviation=request.deviation)
        rules.check_not_frozen(spec, sl=position.sl, tp=position.tp, closing=price)
        order = self._order(request, spec, volume=volume, reason=reason).model_copy(
            update={"position_id": position.identifier, "sl": 0.0, "tp": 0.0}
        )
        fresh = self._floor.executions.planned(
            order, spec, volume=volume, price=price, time_msc=order.time_setup_msc
        )
        margin = self._floor.afford(merged(position, fresh), volume)
        return Plan(margin, lambda: self._execute(order, price=price, closes=position))

    def _check_terms(self, spec: SymbolSpec, request: TradeRequest) -> None:
        rules.check_time(
            spec,
            request.type_time,
            expiration=request.expiration,
            now_msc=self._floor.market.now_msc(),
        )
        rules.check_filling(spec, request.type, request.type_filling)

    def _chosen(self, request: TradeRequest) -> OpenPosition:
        if request.position:
            position = self._floor.position(request.position)
        else:
            self._floor.spec(request.symbol)
            netted = self._floor.netted(request.symbol)
            if netted is None:
                raise Rejected(
                    Retcode.INVALID if self._floor.settings.is_hedging else Retcode.POSITION_CLOSED
                )
            position = netted
        if request.symbol not in {"", position.symbol}:
            raise Rejected(Retcode.INVALID)
        return position

    def _order(
        self, request: TradeRequest, spec: SymbolSpec, *, volume: float, reason: OrderReason
    ) -> Order:
        """Write an order without a ticket: it gets one when it enters."""
        now_msc = self._floor.market.now_msc()
        return started(request, spec, ticket=0, volume=volume, reason=reason, time_msc=now_msc)

    def _entered(self, order: Order) -> Order:
        entered = order.model_copy(update={"ticket": self._floor.ledger.next_order()})
        self._floor.executions.enter(entered)
        return entered

    def _execute(
        self, order: Order, *, price: float, closes: OpenPosition | None = None
    ) -> TradeResult:
        entered = self._entered(order)
        filled = match(
            self._floor, entered, price=price, time_msc=order.time_setup_msc, closes=closes
        )
        return self._answer(entered, filled)

    def _answer(self, order: Order, filled: Filled | None) -> TradeResult:
        spec = self._floor.market.spec(order.symbol)
        now_msc = self._floor.market.now_msc()
        if filled is not None:
            quote = self._floor.market.quote(order.symbol)
            return answers.filled(filled, quote=quote, time_msc=now_msc)
        if order.ticket in self._floor.ledger.working:
            return answers.placed(order, retcode=Retcode.PLACED, time_msc=now_msc)
        refused = answers.refused(
            Retcode.REJECT, spec=spec, position=0, quote=None, time_msc=now_msc
        )
        return refused.model_copy(update={"order": order.ticket})


__all__ = ["Dealing"]
