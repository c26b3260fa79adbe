"""Matching: how much of an order the market fills, and what its filling makes of the rest.

| filling     | less than the whole is there                           |
|-------------|--------------------------------------------------------|
| FOK         | nothing is filled, the order is rejected               |
| IOC         | what is there is filled, the rest is canceled          |
| RETURN, BOC | what is there is filled, the rest waits in the market  |

An order that closes a position never waits: what the market does not take of it is canceled.
"""

from pitwire.sim.execution import Filled
from pitwire.sim.floor import Floor
from pitwire.sim.ledger import OpenPosition
from pitwire.sim.rules import side_of
from pitwire.wire.enums import OrderFilling, OrderState
from pitwire.wire.records import Order

_WAITING = frozenset({OrderFilling.RETURN, OrderFilling.BOC})


def match(
    floor: Floor,
    order: Order,
    *,
    price: float,
    time_msc: int,
    closes: OpenPosition | None = None,
) -> Filled | None:
    """Fill a working order at a price as far as the market has volume; None: nothing was filled.

    Raises NoPrices; nothing is written then.
    """
    spec = floor.market.spec(order.symbol)
    lots = min(order.volume_current, floor.available(spec, side_of(order.type)))
    waits = order.type_filling in _WAITING and closes is None
    if lots < order.volume_current and order.type_filling == OrderFilling.FOK:
        floor.executions.leave(order, OrderState.REJECTED, time_msc=time_msc)
        return None
    if lots <= 0:
        if not waits:
            floor.executions.leave(order, OrderState.CANCELED, time_msc=time_msc)
        elif order.state == OrderState.STARTED:
            floor.executions.update(order.model_copy(update={"state": OrderState.PLACED}))
        return None
    filled = floor.executions.fill(
        order, spec, volume=lots, price=price, time_msc=time_msc, closes=closes
    )
    if not filled.order.volume_current:
        floor.executions.leave(filled.order, OrderState.FILLED, time_msc=time_msc)
    elif waits:
        floor.executions.update(filled.order.model_copy(update={"state": OrderState.PARTIAL}))
    else:
        floor.executions.leave(filled.order, OrderState.CANCELED, time_msc=time_msc)
    return filled


def complete(
    floor: Floor, order: Order, *, price: float, time_msc: int, closes: OpenPosition
) -> None:
    """Fill an order of the server's own, whatever the market has.

    Raises NoPrices; nothing is written then.
    """
    spec = floor.market.spec(order.symbol)
    filled = floor.executions.fill(
        order, spec, volume=order.volume_current, price=price, time_msc=time_msc, closes=closes
    )
    floor.executions.leave(filled.order, OrderState.FILLED, time_msc=time_msc)


__all__ = ["complete", "match"]
