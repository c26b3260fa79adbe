"""What the trade server checks before it takes an order; every fault is one return code.

Each check raises `Rejected` and says nothing when all is well.
"""

from pitwire.sim.ledger import OpenPosition
from pitwire.sim.symbols import SymbolSpec
from pitwire.wire.commands import OrderFields
from pitwire.wire.enums import (
    FillingFlag,
    OrderFilling,
    OrderFlag,
    OrderTime,
    PositionType,
    SymbolTradeMode,
    TradeExecution,
)
from pitwire.wire.retcodes import Retcode

_STEP_TOLERANCE = 1e-6
_ABSURD = 0.5
_AT_ASKED_PRICE = frozenset({TradeExecution.REQUEST, TradeExecution.INSTANT})
_FLAG_OF_FILLING = {
    OrderFilling.FOK: FillingFlag.FOK,
    OrderFilling.IOC: FillingFlag.IOC,
    OrderFilling.BOC: FillingFlag.BOC,
}


class Rejected(Exception):  # noqa: N818 - a verdict of the server, not an error
    """The trade server's refusal of a request."""

    def __init__(self, retcode: int) -> None:
        super().__init__(str(retcode))
        self.retcode = retcode


def check_volume(spec: SymbolSpec, volume: float, *, at_most: float | None = None) -> float:
    """Check a volume in lots and give it rounded to the symbol's step.

    `at_most` is a position's volume: a close of more is a fault of its own, and what is left
    has to be a volume that may be held.
    """
    steps = volume / spec.volume_step
    if volume > spec.volume_max * (1 + _STEP_TOLERANCE):
        raise Rejected(Retcode.INVALID_VOLUME if at_most is None else Retcode.INVALID_CLOSE_VOLUME)
    if abs(steps - round(steps)) > _STEP_TOLERANCE * max(steps, 1.0):
        raise Rejected(Retcode.INVALID_VOLUME)
    lots = round(round(steps) * spec.volume_step, spec.volume_digits)
    if lots < spec.volume_min:
        raise Rejected(Retcode.INVALID_VOLUME)
    if at_most is not None and lots > at_most:
        raise Rejected(Retcode.INVALID_CLOSE_VOLUME)
    if at_most is not None and 0 < round(at_most - lots, spec.volume_digits) < spec.volume_min:
        raise Rejected(Retcode.INVALID_VOLUME)
    return lots


def check_side(spec: SymbolSpec, side: int) -> None:
    """Check that a position of this side may be opened."""
    refusals = {
        SymbolTradeMode.DISABLED: Retcode.TRADE_DISABLED,
        SymbolTradeMode.CLOSEONLY: Retcode.CLOSE_ONLY,
    }
    if side == PositionType.SELL:
        refusals[SymbolTradeMode.LONGONLY] = Retcode.LONG_ONLY
    else:
        refusals[SymbolTradeMode.SHORTONLY] = Retcode.SHORT_ONLY
    refusal = refusals.get(SymbolTradeMode(spec.trade_mode))
    if refusal is not None:
        raise Rejected(refusal)


def check_time(spec: SymbolSpec, order: OrderFields, *, now_msc: int) -> None:
    """Check how long an order asks to live; a market order only has to ask for what exists."""
    known = order.type_time in set(OrderTime)
    if not known or not spec.expiration_mode & 1 << order.type_time:
        raise Rejected(Retcode.INVALID_EXPIRATION)
    if order.expiration is not None and order.expiration * 1000 <= now_msc:
        raise Rejected(Retcode.INVALID_EXPIRATION)


def choose_filling(spec: SymbolSpec, asked: int | None) -> int:
    """Check the filling of a market order, or choose what the symbol allows."""
    exact = spec.trade_exemode in _AT_ASKED_PRICE
    allowed = [OrderFilling.FOK, OrderFilling.IOC]
    if not exact:
        allowed = [mode for mode in allowed if spec.filling_mode & _FLAG_OF_FILLING[mode]]
    if exact or spec.trade_exemode == TradeExecution.EXCHANGE:
        allowed.append(OrderFilling.RETURN)
    if asked is None and allowed:
        return allowed[0]
    if asked not in allowed:
        raise Rejected(Retcode.INVALID_FILL)
    return asked


def check_price(
    spec: SymbolSpec, market: float, *, asked: float | None, deviation: int | None
) -> None:
    """Compare the asked price with the market where the execution mode goes by it."""
    if asked is None or spec.trade_exemode not in _AT_ASKED_PRICE:
        return
    if not _on_grid(spec, asked) or abs(asked - market) > market * _ABSURD:
        raise Rejected(Retcode.INVALID_PRICE)
    if round(abs(asked - market) / spec.point) > (deviation or 0):
        raise Rejected(Retcode.REQUOTE)


def check_stops(spec: SymbolSpec, side: int, *, closing: float, sl: float, tp: float) -> None:
    """Check stop loss and take profit (0.0 = none) against the price that closes the position."""
    if (sl and not spec.order_mode & OrderFlag.SL) or (tp and not spec.order_mode & OrderFlag.TP):
        raise Rejected(Retcode.INVALID_STOPS)
    direction = 1 if side == PositionType.BUY else -1
    for stop, away in ((sl, -direction), (tp, direction)):
        if not stop:
            continue
        distance = (stop - closing) * away / spec.point
        if not _on_grid(spec, stop) or distance < max(spec.trade_stops_level, 1) - 1e-3:
            raise Rejected(Retcode.INVALID_STOPS)


def check_not_frozen(spec: SymbolSpec, position: OpenPosition, *, closing: float) -> None:
    """Check that no stop of a position is so near that the server has frozen it."""
    level = spec.trade_freeze_level * spec.point
    if any(stop and abs(stop - closing) < level for stop in (position.sl, position.tp)):
        raise Rejected(Retcode.FROZEN)


def check_limit(spec: SymbolSpec, side: int, *, volume: float, held: list[OpenPosition]) -> None:
    """Check the most lots that may be held in one direction of the symbol."""
    same = sum(position.volume for position in held if position.type == side)
    if spec.volume_limit and same + volume > spec.volume_limit * (1 + _STEP_TOLERANCE):
        raise Rejected(Retcode.LIMIT_VOLUME)


def check_allowed(spec: SymbolSpec, flag: OrderFlag) -> None:
    """Check that the symbol takes this kind of order."""
    if not spec.order_mode & flag:
        raise Rejected(Retcode.INVALID_ORDER)


def _on_grid(spec: SymbolSpec, price: float) -> bool:
    return abs(price - round(price, spec.digits)) < spec.point * 1e-3


__all__ = [
    "Rejected",
    "check_allowed",
    "check_limit",
    "check_not_frozen",
    "check_price",
    "check_side",
    "check_stops",
    "check_time",
    "check_volume",
    "choose_filling",
]
