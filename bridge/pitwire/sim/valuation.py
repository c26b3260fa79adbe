"""Profit and margin in the account currency, by the formulas of the MQL5 reference.

Profit: (close - open) * contract * lots, in the symbol's profit currency.
Margin of one lot, in the symbol's margin currency (FOREX) or profit currency (the others):

| calc mode   | formula                              |
|-------------|--------------------------------------|
| FOREX       | contract / leverage * rate           |
| CFD         | contract * price * rate              |
| CFDINDEX    | contract * price * rate (a tick of the index is worth its size) |
| CFDLEVERAGE | contract * price / leverage * rate   |

`margin_initial`, when the symbol has one, stands in place of the contract.
"""

from collections.abc import Iterable

from pitwire.errors import ConfigError
from pitwire.sim.account import AccountSettings, booked
from pitwire.sim.ledger import OpenPosition
from pitwire.sim.market import Market
from pitwire.sim.symbols import SymbolSpec
from pitwire.wire.enums import CalcMode, PositionType

_LEVERAGED = frozenset({CalcMode.FOREX, CalcMode.CFDLEVERAGE})
_PRICED = frozenset({CalcMode.CFD, CalcMode.CFDINDEX, CalcMode.CFDLEVERAGE})


class NoPrices(Exception):  # noqa: N818 - a state of the market, not an error
    """A price that a valuation needs is not there."""


class Valuation:
    """Values trades at a market for an account; amounts are rounded as they are booked."""

    def __init__(self, market: Market, settings: AccountSettings) -> None:
        self._market = market
        self._currency = settings.currency
        self._leverage = settings.leverage
        self._digits = settings.currency_digits
        for name in market.names():
            mode = market.spec(name).trade_calc_mode
            if mode not in _LEVERAGED | _PRICED:
                raise ConfigError(
                    f"The simulated broker cannot margin {name}: use the calc mode FOREX, CFD, "
                    f"CFDINDEX or CFDLEVERAGE instead of {CalcMode(mode).name}."
                )

    def opening_price(self, symbol: str, side: int) -> float:
        """Give the price at which a position of this side opens now.

        Raises NoPrices.
        """
        quote = self._market.quote(symbol)
        if quote is None:
            raise NoPrices(symbol)
        return quote.ask if side == PositionType.BUY else quote.bid

    def closing_price(self, symbol: str, side: int) -> float:
        """Give the price at which a position of this side closes now.

        Raises NoPrices.
        """
        return self.opening_price(symbol, 1 - side)

    def profit(
        self, spec: SymbolSpec, side: int, *, volume: float, opened: float, closed: float
    ) -> float:
        """Value a trade from one price to another; its swap and commission are not in it.

        A gain is converted at the price at which its currency is sold, a loss at the price at
        which it has to be bought. Raises NoPrices.
        """
        move = closed - opened if side == PositionType.BUY else opened - closed
        amount = move * spec.trade_contract_size * volume
        return booked(self.convert(amount, spec.currency_profit), self._digits)

    def floating(self, position: OpenPosition) -> float:
        """Value an open position at the price at which it could be closed now.

        Raises NoPrices.
        """
        return self.profit(
            self._market.spec(position.symbol),
            position.type,
            volume=position.volume,
            opened=position.price_open,
            closed=self.closing_price(position.symbol, position.type),
        )

    def margin_per_lot(self, spec: SymbolSpec, *, price: float) -> float:
        """Give the margin of one lot at a price, not rounded.

        Raises NoPrices.
        """
        lot = spec.margin_initial or spec.trade_contract_size
        if spec.trade_calc_mode in _PRICED:
            lot *= price
        if spec.trade_calc_mode in _LEVERAGED:
            lot /= self._leverage
        if spec.trade_calc_mode == CalcMode.FOREX and self._currency == spec.currency_profit:
            return lot * spec.margin_rate * price
        currency = (
            spec.currency_margin if spec.trade_calc_mode == CalcMode.FOREX else spec.currency_profit
        )
        return abs(self.convert(lot * spec.margin_rate, currency))

    def margin(self, positions: Iterable[OpenPosition]) -> float:
        """Give the margin that positions hold together, hedged volume per symbol apart."""
        by_symbol: dict[str, list[OpenPosition]] = {}
        for position in positions:
            by_symbol.setdefault(position.symbol, []).append(position)
        total = sum(self._of_symbol(symbol, held) for symbol, held in by_symbol.items())
        return booked(total, self._digits)

    def convert(self, amount: float, currency: str) -> float:
        """Turn an amount into the account currency: a gain at the bid, a loss at the ask.

        Raises NoPrices.
        """
        if currency == self._currency or not amount:
            return amount
        try:
            return self._market.convert(
                amount, currency, self._currency, favor="bid" if amount > 0 else "ask"
            )
        except LookupError:
            raise NoPrices(f"{currency}{self._currency}") from None

    def _of_symbol(self, symbol: str, held: list[OpenPosition]) -> float:
        """Charge uncovered volume as the larger leg, covered volume by `margin_hedged`."""
        lots = [0.0, 0.0]
        margins = [0.0, 0.0]
        for position in held:
            lots[position.type] += position.volume
            margins[position.type] += position.volume * position.margin_per_lot
        larger = 0 if lots[0] >= lots[1] else 1
        covered = lots[1 - larger]
        uncovered = max(lots[larger] - covered, 0.0)
        full = uncovered * margins[larger] / lots[larger]
        spec = self._market.spec(symbol)
        hedged = covered * sum(margins) / sum(lots) * spec.margin_hedged / spec.trade_contract_size
        return full + hedged


__all__ = ["NoPrices", "Valuation"]
