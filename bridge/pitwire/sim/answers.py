"""How the broker writes its answers: results of trades, dry runs, and positions as they stand."""

from pitwire.sim.account import Figures
from pitwire.sim.execution import Filled
from pitwire.sim.ledger import OpenPosition
from pitwire.sim.market import Quote
from pitwire.sim.symbols import SymbolSpec
from pitwire.wire.records import CheckResult, Order, Position, TradeResult
from pitwire.wire.retcodes import TEXTS, Retcode

_EXECUTED = "Request executed"
_REJECTED = "Request rejected"


def filled(trade: Filled, *, quote: Quote | None, time_msc: int) -> TradeResult:
    """Write the result of a trade that ended in a deal, of the whole volume or of a part."""
    deal, order = trade.deal, trade.order
    return TradeResult(
        retcode=Retcode.DONE_PARTIAL if order.volume_current else Retcode.DONE,
        deal=deal.ticket,
        order=deal.order,
        position=trade.position,
        volume=deal.volume,
        price=deal.price,
        bid=quote.bid if quote else 0.0,
        ask=quote.ask if quote else 0.0,
        comment=TEXTS[Retcode.DONE_PARTIAL] if order.volume_current else _EXECUTED,
        type_filling=order.type_filling,
        time_msc=time_msc,
        digits=deal.digits,
        volume_digits=deal.volume_digits,
    )


def placed(order: Order, *, retcode: int, time_msc: int) -> TradeResult:
    """Write the result of an order that waits in the market now."""
    return TradeResult(
        retcode=retcode,
        order=order.ticket,
        volume=order.volume_initial,
        comment=_EXECUTED,
        type_filling=order.type_filling,
        time_msc=time_msc,
        digits=order.digits,
        volume_digits=order.volume_digits,
    )


def changed(spec: SymbolSpec, *, position: int = 0, order: int = 0, time_msc: int) -> TradeResult:
    """Write the result of a change that made no deal."""
    return TradeResult(
        retcode=Retcode.DONE,
        order=order,
        position=position,
        comment=_EXECUTED,
        time_msc=time_msc,
        digits=spec.digits,
        volume_digits=spec.volume_digits,
    )


def refused(
    retcode: int, *, spec: SymbolSpec | None, position: int, quote: Quote | None, time_msc: int
) -> TradeResult:
    """Write a refusal; `quote` comes with a requote and tells the prices to ask for instead."""
    return TradeResult(
        retcode=retcode,
        position=position,
        bid=quote.bid if quote else 0.0,
        ask=quote.ask if quote else 0.0,
        comment=TEXTS.get(retcode, _REJECTED),
        time_msc=time_msc,
        digits=spec.digits if spec else 0,
        volume_digits=spec.volume_digits if spec else 0,
    )


def timed_out(result: TradeResult) -> TradeResult:
    """Write the answer of a server that did what was asked and lost track of it."""
    return TradeResult(
        retcode=Retcode.TIMEOUT,
        comment=TEXTS[Retcode.TIMEOUT],
        time_msc=result.time_msc,
        digits=result.digits,
        volume_digits=result.volume_digits,
    )


def check_passed(after: Figures) -> CheckResult:
    """Write the result of a dry run; `after` is the account with the order carried out."""
    return CheckResult(
        retcode=0,
        balance=after.balance,
        equity=after.equity,
        profit=after.profit,
        margin=after.margin,
        margin_free=after.margin_free,
        margin_level=after.margin_level,
        comment="Done",
    )


def check_failed(retcode: int) -> CheckResult:
    """Write the result of a dry run that was refused."""
    return CheckResult(
        retcode=retcode,
        balance=0.0,
        equity=0.0,
        profit=0.0,
        margin=0.0,
        margin_free=0.0,
        margin_level=0.0,
        comment=TEXTS.get(retcode, _REJECTED),
    )


def position_record(
    position: OpenPosition, spec: SymbolSpec, *, price_current: float, profit: float
) -> Position:
    """Write an open position with its value now."""
    return Position(
        ticket=position.ticket,
        time_msc=position.time_msc,
        time_update_msc=position.time_update_msc,
        type=position.type,
        magic=position.magic,
        identifier=position.identifier,
        reason=position.reason,
        volume=position.volume,
        price_open=position.price_open,
        sl=position.sl,
        tp=position.tp,
        price_current=price_current,
        swap=position.swap,
        profit=profit,
        symbol=position.symbol,
        comment=position.comment,
        external_id="",
        digits=spec.digits,
        volume_digits=spec.volume_digits,
    )


__all__ = [
    "changed",
    "check_failed",
    "check_passed",
    "filled",
    "placed",
    "position_record",
    "refused",
    "timed_out",
]
