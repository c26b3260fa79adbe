"""The trading floor: all that a decision about a trade looks at, in one place."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from pitwire.sim.account import AccountSettings, Figures, booked
from pitwire.sim.execution import Executions
from pitwire.sim.faults import Faults
from pitwire.sim.ledger import Ledger, OpenPosition
from pitwire.sim.market import Market, Quote
from pitwire.sim.positions import Change
from pitwire.sim.rules import Rejected, side_of
from pitwire.sim.symbols import SymbolSpec
from pitwire.sim.valuation import NoPrices, Valuation
from pitwire.wire.enums import BookType, DealEntry, OrderType, SymbolTradeMode
from pitwire.wire.records import TradeResult
from pitwire.wire.retcodes import Retcode

_HAIR = 1e-6


class Plan(NamedTuple):
    """A request that passed all checks: the margin held afterwards, and how to carry it out."""

    margin: float
    carry_out: Callable[[], TradeResult]


@dataclass(frozen=True, slots=True)
class Floor:
    """Market, account and books of one broker, and the questions that more than one rule asks."""

    market: Market
    settings: AccountSettings
    valuation: Valuation
    ledger: Ledger
    executions: Executions
    faults: Faults

    def figures(self) -> Figures:
        """Value the account at the market's prices now.

        Raises NoPrices.
        """
        held = self.ledger.positions.values()
        floating = sum(self.valuation.floating(position) + position.swap for position in held)
        digits = self.settings.currency_digits
        return Figures(
            balance=self.ledger.balance,
            profit=booked(floating, digits),
            margin=self.valuation.margin(held),
            currency_digits=digits,
        )

    def margin(self) -> float:
        """Give the margin held now."""
        return self.valuation.margin(self.ledger.positions.values())

    def spec(self, symbol: str) -> SymbolSpec:
        """Give a symbol's specification.

        Raises Rejected when there is no such symbol.
        """
        try:
            return self.market.spec(symbol)
        except KeyError:
            raise Rejected(Retcode.INVALID) from None

    def quote(self, symbol: str) -> Quote:
        """Give the prices of a symbol.

        Raises NoPrices.
        """
        quote = self.market.quote(symbol)
        if quote is None:
            raise NoPrices(symbol)
        return quote

    def position(self, ticket: int) -> OpenPosition:
        """Give an open position.

        Raises Rejected when it is not there.
        """
        position = self.ledger.positions.get(ticket)
        if position is None:
            raise Rejected(Retcode.POSITION_CLOSED)
        return position

    def netted(self, symbol: str) -> OpenPosition | None:
        """Give the one position of a symbol on a netting account, None on a hedging one."""
        if self.settings.is_hedging:
            return None
        return next(iter(self.ledger.open_positions(symbol=symbol)), None)

    def check_open(self, spec: SymbolSpec) -> None:
        """Check that the symbol can be traded now."""
        if spec.trade_mode == SymbolTradeMode.DISABLED:
            raise Rejected(Retcode.TRADE_DISABLED)
        if not self.market.is_open(spec.name):
            raise Rejected(Retcode.MARKET_CLOSED)

    def opened(self, symbol: str, side: int, volume: float) -> float:
        """Tell how much of a volume would not just reduce a position of a netting account."""
        held = self.netted(symbol)
        if held is None or held.type == side:
            return volume
        return max(volume - held.volume, 0.0)

    def directed(self, symbol: str, side: int) -> float:
        """Sum the lots of a symbol that are held and ordered in one direction."""
        held = self.ledger.open_positions(symbol=symbol)
        waiting = self.ledger.working_orders(symbol=symbol)
        return sum(position.volume for position in held if position.type == side) + sum(
            order.volume_current for order in waiting if side_of(order.type) == side
        )

    def afford(self, change: Change, volume: float) -> float:
        """Give the margin that the account would hold after a change.

        Raises Rejected when it cannot, and NoPrices when the change could not be booked.
        """
        if change.before is not None:
            self.valuation.floating(change.before)
        others = (p for p in self.ledger.positions.values() if p is not change.before)
        after = () if change.after is None else (change.after,)
        margin = self.valuation.margin((*others, *after))
        if change.entry in {DealEntry.OUT, DealEntry.OUT_BY}:
            return margin
        now = self.figures()
        cost = self.executions.commission(volume)
        if margin + cost > max(now.equity, now.margin):
            raise Rejected(Retcode.NO_MONEY)
        return margin

    def available(self, spec: SymbolSpec, side: int) -> float:
        """Tell how many lots the market takes from one order now, in whole steps."""
        lots = math.inf
        if spec.ticks_bookdepth:
            facing = BookType.SELL if side == OrderType.BUY else BookType.BUY
            book = self.market.book(spec.name)
            lots = sum(level.volume for level in book if level.type == facing)
        if self.faults.fill_at_most is not None:
            lots = min(lots, self.faults.fill_at_most)
        if lots == math.inf:
            return lots
        steps = math.floor(max(lots, 0.0) / spec.volume_step + _HAIR)
        return round(steps * spec.volume_step, spec.volume_digits)


__all__ = ["Floor", "Plan"]
