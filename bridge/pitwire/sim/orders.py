"""How an order begins: a trade request, written as the record that the books keep."""

from pitwire.sim.request import TradeRequest
from pitwire.sim.rules import expiration_of
from pitwire.sim.symbols import SymbolSpec
from pitwire.wire.enums import OrderReason, OrderState
from pitwire.wire.records import Order


def started(
    request: TradeRequest,
    spec: SymbolSpec,
    *,
    ticket: int,
    volume: float,
    reason: OrderReason,
    time_msc: int,
) -> Order:
    """Write a checked request down as an order that has just arrived."""
    return Order(
        ticket=ticket,
        time_setup_msc=time_msc,
        time_done_msc=0,
        time_expiration=expiration_of(request.type_time, request.expiration, now_msc=time_msc),
        type=request.type,
        type_time=request.type_time,
        type_filling=request.type_filling,
        state=OrderState.STARTED,
        magic=request.magic,
        position_id=0,
        position_by_id=0,
        reason=reason,
        volume_initial=volume,
        volume_current=volume,
        price_open=0.0,
        sl=request.sl,
        tp=request.tp,
        price_current=0.0,
        price_stoplimit=0.0,
        symbol=spec.name,
        comment=request.short_comment,
        external_id="",
        digits=spec.digits,
        volume_digits=spec.volume_digits,
    )


__all__ = ["started"]
