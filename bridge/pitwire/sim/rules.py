"""What the trade server checks before it takes an order; every fault is one return code.

Each check raises `Rejected` and says nothing when all is well.
"""

from pitwire.sim.market import Quote
from pitwire.sim.symbols import DAY_S, SymbolSpec
from pitwire.wire.enums import (
    FillingFlag,
    OrderFilling,
    OrderFlag,
    OrderTime,
    OrderType,
    PositionType,
    SymbolTradeMode,
    TradeExecution,
)
from pitwire.wire.fields import LATEST_MSC
from pitwire.wire.retcodes import Retcode

_STEP_TOLERANCE = 1e-6
_ABSURD = 0.5
_HAIR = 1e-3
"""What a price may be beside a whole number of points, being a binary fraction."""
AT_ASKED_PRICE = frozenset({TradeExecution.REQUEST, TradeExecution.INSTANT})
"""Execution modes that go by the price of the request."""
LIMITS = frozenset({OrderType.BUY_LIMIT, OrderType.SELL_LIMIT})
STOP_LIMITS = frozenset({OrderType.BUY_STOP_LIMIT, OrderType.SELL_STOP_LIMIT})
TIMED = frozenset({OrderTime.SPECIFIED, OrderTime.SPECIFIED_DAY})
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


def side_of(order_type: int) -> int:
    """Tell which side an order opens; MetaTrader numbers buys even and sells odd."""
    return order_type % 2


def check_time(spec: SymbolSpec, type_time: int, *, expiration: int, now_msc: int) -> None:
    """Check how long an order asks to live; a market order only has to ask for what exists."""
    known = type_time in set(OrderTime)
    if not known or not spec.expiration_mode & 1 << type_time:
        raise Rejected(Retcode.INVALID_EXPIRATION)
    expiry_msc = expires_s(type_time, expiration) * 1000
    if type_time in TIMED and not now_msc < expiry_msc <= LATEST_MSC:
        raise Rejected(Retcode.INVALID_EXPIRATION)


def expiration_of(type_time: int, expiration: int, *, now_msc: int) -> int:
    """Give the expiration that an order carries: what was asked for, midnight for DAY, or 0."""
    if type_time == OrderTime.DAY:
        return (now_msc // 1000 // DAY_S + 1) * DAY_S
    return expiration if type_time in TIMED else 0


def expires_s(type_time: int, expiration: int) -> int:
    """Give the second at which an order with a time to expire does so."""
    if type_time == OrderTime.SPECIFIED_DAY:
        return expiration // DAY_S * DAY_S + DAY_S - 1
    return expiration


def fillings(spec: SymbolSpec, order_type: int) -> list[OrderFilling]:
    """List the fillings that a symbol allows an order, that which suits most apps first."""
    exact = spec.trade_exemode in AT_ASKED_PRICE
    pending = order_type > OrderType.SELL
    allowed = [
        mode
        for mode in (OrderFilling.FOK, OrderFilling.IOC)
        if exact or spec.filling_mode & _FLAG_OF_FILLING[mode]
    ]
    if pending:
        allowed.insert(0, OrderFilling.RETURN)
    elif exact or spec.trade_exemode == TradeExecution.EXCHANGE:
        allowed.append(OrderFilling.RETURN)
    if order_type in LIMITS | STOP_LIMITS and spec.filling_mode & FillingFlag.BOC:
        allowed.append(OrderFilling.BOC)
    return allowed


def check_filling(spec: SymbolSpec, order_type: int, filling: int) -> None:
    """Check the filling of an order."""
    if filling not in fillings(spec, order_type):
        raise Rejected(Retcode.INVALID_FILL)


def check_price(spec: SymbolSpec, market: float, *, asked: float, deviation: int) -> None:
    """Compare the asked price with the market where the execution mode goes by it."""
    if spec.trade_exemode not in AT_ASKED_PRICE:
        return
    if not _on_grid(spec, asked) or abs(asked - market) > market * _ABSURD:
        raise Rejected(Retcode.INVALID_PRICE)
    if round(abs(asked - market) / spec.point) > deviation:
        raise Rejected(Retcode.REQUOTE)


def check_pending_price(
    spec: SymbolSpec, order_type: int, *, price: float, stoplimit: float, quote: Quote
) -> None:
    """Check that a pending order lies on its side of the market, and far enough away."""
    sign = 1 if side_of(order_type) == OrderType.BUY else -1
    market = quote.ask if sign > 0 else quote.bid
    away = -sign if order_type in LIMITS else sign
    nearest = max(spec.trade_stops_level, 1) - _HAIR
    if not price or not _on_grid(spec, price) or (price - market) * away / spec.point < nearest:
        raise Rejected(Retcode.INVALID_PRICE)
    if order_type not in STOP_LIMITS:
        return
    gap = (price - stoplimit) * sign / spec.point
    if not stoplimit or not _on_grid(spec, stoplimit) or gap < nearest:
        raise Rejected(Retcode.INVALID_PRICE)


def check_order_not_frozen(
    spec: SymbolSpec, order_type: int, *, price: float, quote: Quote
) -> None:
    """Check that the market is not so near a pending order that the server has frozen it."""
    market = quote.ask if side_of(order_type) == OrderType.BUY else quote.bid
    if abs(price - market) < spec.trade_freeze_level * spec.point:
        raise Rejected(Retcode.FROZEN)


def check_stops(spec: SymbolSpec, side: int, *, closing: float, sl: float, tp: float) -> None:
    """Check stop loss and take profit (0.0 = none) against the price that closes the position.

    Of a pending order the price at which it would open stands for it.
    """
    if (sl and not spec.order_mode & OrderFlag.SL) or (tp and not spec.order_mode & OrderFlag.TP):
        raise Rejected(Retcode.INVALID_STOPS)
    direction = 1 if side == PositionType.BUY else -1
    for stop, away in ((sl, -direction), (tp, direction)):
        if not stop:
            continue
        distance = (stop - closing) * away / spec.point
        if not _on_grid(spec, stop) or distance < max(spec.trade_stops_level, 1) - _HAIR:
            raise Rejected(Retcode.INVALID_STOPS)


def check_not_frozen(spec: SymbolSpec, *, sl: float, tp: float, closing: float) -> None:
    """Check that no stop of a position is so near that the server has frozen it."""
    level = spec.trade_freeze_level * spec.point
    if any(stop and abs(stop - closing) < level for stop in (sl, tp)):
        raise Rejected(Retcode.FROZEN)


def check_limit(spec: SymbolSpec, volume: float) -> None:
    """Check the lots, held and ordered, in one direction of the symbol."""
    if spec.volume_limit and volume > spec.volume_limit * (1 + _STEP_TOLERANCE):
        raise Rejected(Retcode.LIMIT_VOLUME)


def check_pending_kind(spec: SymbolSpec, order_type: int) -> None:
    """Check that the symbol takes this kind of pending order."""
    if not OrderType.BUY_LIMIT <= order_type <= OrderType.SELL_STOP_LIMIT:
        raise Rejected(Retcode.INVALID_ORDER)
    if order_type in LIMITS:
        check_allowed(spec, OrderFlag.LIMIT)
    elif order_type in STOP_LIMITS:
        check_allowed(spec, OrderFlag.STOP_LIMIT)
    else:
        check_allowed(spec, OrderFlag.STOP)


def check_allowed(spec: SymbolSpec, flag: OrderFlag) -> None:
    """Check that the symbol takes this kind of order."""
    if not spec.order_mode & flag:
        raise Rejected(Retcode.INVALID_ORDER)


def _on_grid(spec: SymbolSpec, price: float) -> bool:
    return abs(price - round(price, spec.digits)) < spec.point * _HAIR


__all__ = [
    "AT_ASKED_PRICE",
    "LIMITS",
    "STOP_LIMITS",
    "TIMED",
    "Rejected",
    "check_allowed",
    "check_filling",
    "check_limit",
    "check_not_frozen",
    "check_order_not_frozen",
    "check_pending_kind",
    "check_pending_price",
    "check_price",
    "check_side",
    "check_stops",
    "check_time",
    "check_volume",
    "expiration_of",
    "expires_s",
    "fillings",
    "side_of",
]
