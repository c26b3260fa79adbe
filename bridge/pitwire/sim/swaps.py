"""Swap: what holding a position over the server's midnight earns or costs."""

from pitwire.errors import ConfigError
from pitwire.sim.ledger import OpenPosition
from pitwire.sim.symbols import DAY_S, SymbolSpec, weekday_of
from pitwire.sim.valuation import Valuation
from pitwire.wire.enums import DayOfWeek, PositionType, SwapMode

_DAYS_OF_YEAR = 360
_REOPENING = frozenset({SwapMode.REOPEN_CURRENT, SwapMode.REOPEN_BID})
_WEEKEND = frozenset({DayOfWeek.SATURDAY, DayOfWeek.SUNDAY})


def check_swap_mode(spec: SymbolSpec) -> None:
    """Raise ConfigError for the modes that close a position and open another one instead."""
    if spec.swap_mode in _REOPENING:
        raise ConfigError(
            f"The simulated broker cannot re-open {spec.name} for a swap: use a swap mode from "
            "DISABLED to INTEREST_OPEN."
        )


def nights(spec: SymbolSpec, midnight_s: int) -> int:
    """Count the nights that the midnight at the end of a working day stands for."""
    weekday = weekday_of(midnight_s // DAY_S - 1)
    if weekday in _WEEKEND:
        return 0
    return 3 if weekday == spec.swap_rollover3days else 1


def nightly(spec: SymbolSpec, position: OpenPosition, valuation: Valuation) -> float:
    """Give the swap of one night in the account currency, not rounded.

    Raises NoPrices.
    """
    rate = spec.swap_long if position.type == PositionType.BUY else spec.swap_short
    amount = rate * position.volume
    lot = spec.trade_contract_size
    match spec.swap_mode:
        case SwapMode.POINTS:
            return valuation.convert(amount * spec.point * lot, spec.currency_profit)
        case SwapMode.CURRENCY_SYMBOL:
            return valuation.convert(amount, spec.currency_base)
        case SwapMode.CURRENCY_MARGIN:
            return valuation.convert(amount, spec.currency_margin)
        case SwapMode.CURRENCY_DEPOSIT:
            return amount
        case SwapMode.INTEREST_CURRENT | SwapMode.INTEREST_OPEN:
            price = position.price_open
            if spec.swap_mode == SwapMode.INTEREST_CURRENT:
                price = valuation.closing_price(position.symbol, position.type)
            yearly = amount / 100 * price * lot
            return valuation.convert(yearly / _DAYS_OF_YEAR, spec.currency_profit)
    return 0.0


__all__ = ["check_swap_mode", "nightly", "nights"]
