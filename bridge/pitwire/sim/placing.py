"""Pending orders on request: placed, changed, removed."""

from pitwire.sim import answers, rules
from pitwire.sim.floor import Floor, Plan
from pitwire.sim.orders import started
from pitwire.sim.request import TradeRequest
from pitwire.sim.rules import LIMITS, STOP_LIMITS, Rejected, side_of
from pitwire.sim.symbols import SymbolSpec
from pitwire.wire.enums import OrderReason, OrderState, OrderType
from pitwire.wire.records import Order, TradeResult
from pitwire.wire.retcodes import Retcode


class Placing:
    """Checks such a request completely, and only then makes a plan of it.

    Pending orders hold no margin: whether there is enough is asked when they are triggered.
    """

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def place(self, request: TradeRequest, reason: OrderReason) -> Plan:
        """Plan a new pending order.

        Raises Rejected, NoPrices.
        """
        spec = self._floor.spec(request.symbol)
        rules.check_pending_kind(spec, request.type)
        volume = rules.check_volume(spec, request.volume)
        rules.check_filling(spec, request.type, request.type_filling)
        self._check_time(spec, request)
        opened = self._floor.opened(spec.name, side_of(request.type), volume)
        if opened:
            rules.check_side(spec, side_of(request.type))
        self._floor.check_open(spec)
        self._check_prices(spec, request)
        directed = self._floor.directed(spec.name, side_of(request.type))
        rules.check_limit(spec, directed + opened)
        most = self._floor.settings.limit_orders
        if most and len(self._floor.ledger.working) >= most:
            raise Rejected(Retcode.LIMIT_ORDERS)
        now_msc = self._floor.market.now_msc()

        def carry_out() -> TradeResult:
            order = started(
                request,
                spec,
                ticket=self._floor.ledger.next_order(),
                volume=volume,
                reason=reason,
                time_msc=now_msc,
            )
            stoplimit = request.stoplimit if request.type in STOP_LIMITS else 0.0
            placed = order.model_copy(
                update={
                    "state": OrderState.PLACED,
                    "price_open": request.price,
                    "price_stoplimit": stoplimit,
                }
            )
            self._floor.executions.enter(placed)
            return answers.placed(placed, retcode=Retcode.DONE, time_msc=now_msc)

        return Plan(self._floor.margin(), carry_out)

    def modify(self, request: TradeRequest) -> Plan:
        """Plan new prices, stops and times of a pending order; the request tells all of them.

        Raises Rejected, NoPrices.
        """
        order = self._working(request)
        if order.type <= OrderType.SELL:
            raise Rejected(Retcode.INVALID)
        if order.state == OrderState.PARTIAL and order.type not in LIMITS:
            raise Rejected(Retcode.ORDER_CHANGED)
        spec = self._floor.market.spec(order.symbol)
        changes = {
            "price_open": request.price,
            "price_stoplimit": request.stoplimit if order.type in STOP_LIMITS else 0.0,
            "sl": request.sl,
            "tp": request.tp,
            "type_time": request.type_time,
            "time_expiration": rules.expiration_of(
                request.type_time, request.expiration, now_msc=self._floor.market.now_msc()
            ),
        }
        changed = order.model_copy(update=changes)
        if changed == order:
            raise Rejected(Retcode.NO_CHANGES)
        self._check_time(spec, request)
        self._check_free(spec, order)
        self._check_prices(spec, request, order_type=order.type)

        def carry_out() -> TradeResult:
            self._floor.executions.update(changed)
            return self._answer(spec, order)

        return Plan(self._floor.margin(), carry_out)

    def remove(self, request: TradeRequest) -> Plan:
        """Plan to take an order out of the market.

        Raises Rejected, NoPrices.
        """
        order = self._working(request)
        spec = self._floor.market.spec(order.symbol)
        self._check_free(spec, order)

        def carry_out() -> TradeResult:
            self._floor.executions.leave(
                order, OrderState.CANCELED, time_msc=self._floor.market.now_msc()
            )
            return self._answer(spec, order)

        return Plan(self._floor.margin(), carry_out)

    def _working(self, request: TradeRequest) -> Order:
        order = self._floor.ledger.working.get(request.order)
        if order is None:
            was = self._floor.ledger.was_done(request.order)
            raise Rejected(Retcode.ORDER_CHANGED if was else Retcode.INVALID)
        if request.symbol not in {"", order.symbol}:
            raise Rejected(Retcode.INVALID)
        return order

    def _check_free(self, spec: SymbolSpec, order: Order) -> None:
        """Check that the market is open, and not so near that it may trigger the order."""
        self._floor.check_open(spec)
        if order.state == OrderState.PLACED:
            quote = self._floor.quote(spec.name)
            rules.check_order_not_frozen(spec, order.type, price=order.price_open, quote=quote)

    def _check_time(self, spec: SymbolSpec, request: TradeRequest) -> None:
        rules.check_time(
            spec,
            request.type_time,
            expiration=request.expiration,
            now_msc=self._floor.market.now_msc(),
        )

    def _check_prices(
        self, spec: SymbolSpec, request: TradeRequest, *, order_type: int | None = None
    ) -> None:
        kind = request.type if order_type is None else order_type
        rules.check_pending_price(
            spec,
            kind,
            price=request.price,
            stoplimit=request.stoplimit,
            quote=self._floor.quote(spec.name),
        )
        opens_at = request.stoplimit if kind in STOP_LIMITS else request.price
        rules.check_stops(spec, side_of(kind), closing=opens_at, sl=request.sl, tp=request.tp)

    def _answer(self, spec: SymbolSpec, order: Order) -> TradeResult:
        return answers.changed(spec, order=order.ticket, time_msc=self._floor.market.now_msc())


__all__ = ["Placing"]
