"""How the broker writes its answers: results of trades, dry runs, and positions as they stand."""

from pitwire.sim.account import Figures
from pitwire.sim.ledger import OpenPosition
from pitwire.sim.market import Quote
from pitwire.sim.symbols import SymbolSpec
from pitwire.wire.enums import PositionReason
from pitwire.wire.records import CheckResult, Deal, Position, TradeResult
from pitwire.wire.retcodes import TEXTS, Retcode

_EXECUTED = "Request executed"
_REJECTED = "Request rejected"


def filled(
    deal: Deal, *, position: int, filling: int, quote: Quote | None, time_msc: int
) -> TradeResult:
    """Write the result of a trade that ended in a deal."""
    return TradeResult(
        retcode=Retcode.DONE,
        deal=deal.ticket,
        order=deal.order,
        position=position,
        volume=deal.volume,
        price=deal.price,
        bid=quote.bid if quote else 0.0,
        ask=quote.ask if quote else 0.0,
        comment=_EXECUTED,
        type_filling=filling,
        time_msc=time_msc,
        digits=deal.digits,
        volume_digits=deal.volume_digits,
    )


def modified(spec: SymbolSpec, *, position: int, time_msc: int) -> TradeResult:
    """Write the result of a change that made no deal."""
    return TradeResult(
        retcode=Retcode.DONE,
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
        identifier=position.ticket,
        reason=PositionReason.EXPERT,
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


__all__ = ["check_failed", "check_passed", "filled", "modified", "position_record", "refused"]
