"""The account that a simulated broker keeps: its settings and its figures."""

import math
import re
from dataclasses import dataclass
from typing import NamedTuple

from pitwire.errors import ConfigError
from pitwire.wire.enums import AccountTradeMode, MarginMode, StopoutMode
from pitwire.wire.records import AccountInfo, Permissions

_WHOLE_UNIT_CURRENCIES = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "IDR"})
_HIGHEST_LOGIN = 2**64 - 1
_HIGHEST_LEVERAGE = 10_000
_LARGEST_DEPOSIT = 1e12
_LARGEST_LIMIT = 10**6
_HIGHEST_LEVEL = 1000.0
_LARGEST_COMMISSION = 1e6
_WHOLE_FLOATS = 2**52
"""From here on floats have no fraction, and nothing is left to round."""
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """What a demo account is opened with.

    `deposit` is in `currency`. `commission_per_lot` is charged on every deal, in `currency`,
    written as a positive number. `limit_orders` is the most orders that may wait at once, 0 as
    many as one likes. Below `margin_so_so` percent of margin level positions are closed.
    """

    login: int = 5_000_001
    name: str = "Demo trader"
    server: str = "Pitwire-Demo"
    company: str = "Pitwire simulated broker"
    currency: str = "USD"
    leverage: int = 100
    deposit: float = 10_000.0
    trade_mode: AccountTradeMode = AccountTradeMode.DEMO
    commission_per_lot: float = 0.0
    margin_mode: MarginMode = MarginMode.RETAIL_HEDGING
    limit_orders: int = 200
    margin_so_call: float = 100.0
    margin_so_so: float = 50.0

    def __post_init__(self) -> None:
        if not 0 < self.login <= _HIGHEST_LOGIN:
            raise ConfigError("The simulated account's login must be a number from 1 to 2^64-1.")
        if not 1 <= self.leverage <= _HIGHEST_LEVERAGE:
            raise ConfigError("The simulated account's leverage must be from 1 to 10000.")
        if not 0 <= self.deposit <= _LARGEST_DEPOSIT:
            raise ConfigError("The simulated account's deposit must be from 0 to 10^12.")
        if not 0 <= self.commission_per_lot <= _LARGEST_COMMISSION:
            raise ConfigError("The simulated account's commission must be from 0 to 10^6 a lot.")
        if not 0 <= self.limit_orders <= _LARGEST_LIMIT:
            raise ConfigError("The simulated account's limit of orders must be from 0 to 10^6.")
        if not 0 <= self.margin_so_so <= self.margin_so_call <= _HIGHEST_LEVEL:
            raise ConfigError(
                "The simulated account's stop-out level must be from 0 up to its margin call level,"
                " and that at most 1000 percent."
            )
        if _CURRENCY.fullmatch(self.currency) is None:
            raise ConfigError("The simulated account's currency must be three capitals, like USD.")

    @property
    def is_hedging(self) -> bool:
        """Whether every deal opens a position of its own; otherwise a symbol has one at most."""
        return self.margin_mode == MarginMode.RETAIL_HEDGING

    @property
    def currency_digits(self) -> int:
        """Decimal places of the smallest amount that the broker books."""
        return 0 if self.currency in _WHOLE_UNIT_CURRENCIES else 2


class Figures(NamedTuple):
    """The money of an account at one moment, in its currency; `margin_level` in percent."""

    balance: float
    profit: float
    margin: float
    currency_digits: int

    @property
    def equity(self) -> float:
        """Balance and floating profit."""
        return round(self.balance + self.profit, self.currency_digits)

    @property
    def margin_free(self) -> float:
        """What is left for further positions; negative when losses ate it up."""
        return round(self.equity - self.margin, self.currency_digits)

    @property
    def margin_level(self) -> float:
        """Equity in percent of the margin, 0.0 when no margin is held."""
        return round(self.equity / self.margin * 100, 2) if self.margin > 0 else 0.0


def account_info(
    settings: AccountSettings, figures: Figures, permissions: Permissions
) -> AccountInfo:
    """Write the account's record."""
    return AccountInfo(
        login=settings.login,
        trade_mode=settings.trade_mode,
        leverage=settings.leverage,
        limit_orders=settings.limit_orders,
        margin_so_mode=StopoutMode.PERCENT,
        trade_allowed=permissions.account_trade_allowed,
        trade_expert=permissions.account_trade_expert,
        margin_mode=settings.margin_mode,
        currency_digits=settings.currency_digits,
        fifo_close=False,
        balance=figures.balance,
        credit=0.0,
        profit=figures.profit,
        equity=figures.equity,
        margin=figures.margin,
        margin_free=figures.margin_free,
        margin_level=figures.margin_level,
        margin_so_call=settings.margin_so_call,
        margin_so_so=settings.margin_so_so,
        margin_initial=0.0,
        margin_maintenance=0.0,
        assets=0.0,
        liabilities=0.0,
        commission_blocked=0.0,
        name=settings.name,
        server=settings.server,
        currency=settings.currency,
        company=settings.company,
    )


def booked(amount: float, digits: int) -> float:
    """Round an amount as a broker books it: to the currency's digits, halves away from zero.

    A hair that the binary representation lost is put back first, so 1.005 books as 1.01.
    """
    scaled = abs(amount) * 10**digits
    if not scaled < _WHOLE_FLOATS:
        return amount
    whole = math.floor(scaled + 0.5 + max(scaled, 1.0) * 1e-12)
    return math.copysign(whole / 10**digits, amount) if whole else 0.0


__all__ = ["AccountSettings", "Figures", "account_info", "booked"]
