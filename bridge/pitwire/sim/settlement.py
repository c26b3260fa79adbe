"""What became of a request whose answer proves nothing: the books tell.

Time-outs and the like leave open whether the trade server did what was asked. An order that was
not there before and looks like the request, or what the request changed, settles it.
"""

from dataclasses import dataclass

from pitwire.sim.ledger import Ledger
from pitwire.sim.request import TradeRequest
from pitwire.sim.rules import TIMED
from pitwire.wire.enums import OrderReason, OrderState, OrderType, TradeAction
from pitwire.wire.records import Order, TradeResult
from pitwire.wire.retcodes import Retcode

_MAKES_AN_ORDER = frozenset({TradeAction.DEAL, TradeAction.PENDING, TradeAction.CLOSE_BY})
_COMMENT = "Settled from the books"


@dataclass(frozen=True, slots=True)
class Settlement:
    """The books as they were before a request."""

    ledger: Ledger
    past: int
    waiting: frozenset[int]

    @classmethod
    def before(cls, ledger: Ledger) -> "Settlement":
        """Remember which orders are there."""
        return cls(ledger, len(ledger.orders), frozenset(ledger.working))

    def settle(self, request: TradeRequest, answer: TradeResult) -> TradeResult | None:
        """Give the result that a request really had, or None when the books do not prove one."""
        if request.action in _MAKES_AN_ORDER:
            new = [order for order in self._new_orders() if _looks_like(order, request)]
            return self._result(new[0], answer) if len(new) == 1 else None
        if not self._was_changed(request):
            return None
        changed = {"order": request.order, "position": request.position}
        return answer.model_copy(update=changed | {"retcode": Retcode.DONE, "comment": _COMMENT})

    def _new_orders(self) -> list[Order]:
        there = [*self.ledger.orders[self.past :], *self.ledger.working.values()]
        return [order for order in there if order.ticket not in self.waiting]

    def _result(self, order: Order, answer: TradeResult) -> TradeResult | None:
        deals = [deal for deal in self.ledger.deals if deal.order == order.ticket]
        deal = deals[0] if deals else None
        if deal is None and order.state in {OrderState.REJECTED, OrderState.CANCELED}:
            retcode = Retcode.REJECT
        else:
            retcode = Retcode.DONE_PARTIAL if deal and order.volume_current else Retcode.DONE
        position = order.position_id
        if self.ledger.positions.get(order.ticket) is not None:
            position = order.ticket
        return answer.model_copy(
            update={
                "retcode": retcode,
                "order": order.ticket,
                "deal": deal.ticket if deal else 0,
                "position": position,
                "volume": deal.volume if deal else order.volume_initial,
                "price": deal.price if deal else 0.0,
                "type_filling": order.type_filling,
                "comment": _COMMENT,
            }
        )

    def _was_changed(self, request: TradeRequest) -> bool:
        if request.action == TradeAction.REMOVE:
            last = self.ledger.orders[self.past :]
            removed = {order.ticket for order in last if order.state == OrderState.CANCELED}
            return request.order in removed
        if request.action == TradeAction.MODIFY:
            order = self.ledger.working.get(request.order)
            return order is not None and _is_as_asked(order, request)
        position = self.ledger.positions.get(request.position)
        return position is not None and (position.sl, position.tp) == (request.sl, request.tp)


def _looks_like(order: Order, request: TradeRequest) -> bool:
    by_position = request.action == TradeAction.CLOSE_BY
    kind = OrderType.CLOSE_BY if by_position else request.type
    return (
        (order.type, order.magic, order.comment) == (kind, request.magic, request.short_comment)
        and order.reason == OrderReason.EXPERT
        and request.symbol in {"", order.symbol}
        and (by_position or order.volume_initial == round(request.volume, order.volume_digits))
    )


def _is_as_asked(order: Order, request: TradeRequest) -> bool:
    if request.type_time in TIMED and order.time_expiration != request.expiration:
        return False
    is_now = (order.price_open, order.price_stoplimit, order.sl, order.tp, order.type_time)
    asked = (request.price, request.stoplimit, request.sl, request.tp, request.type_time)
    return is_now == asked


__all__ = ["Settlement"]
