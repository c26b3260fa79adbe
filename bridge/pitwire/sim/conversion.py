"""Money from one currency into another, at the prices of the market's own pairs."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Literal

from pitwire.sim.symbols import SymbolSpec

Favor = Literal["bid", "ask", "mid"]
"""The price of the pair from/to that counts, whichever way round the market quotes it.

"bid": what the first currency is sold at, the smaller result; "ask": what it is bought back at,
the larger one; "mid": halfway between.
"""

Prices = Callable[[str], tuple[float, float] | None]
"""Gives bid and ask of a symbol, or None while it has no price."""

_BRIDGE = "USD"


class Conversion:
    """Knows which symbols are currency pairs; with several of one pair the first counts."""

    def __init__(self, specs: Iterable[SymbolSpec], prices: Prices) -> None:
        self._prices = prices
        self._pairs: dict[tuple[str, str], str] = {}
        for spec in specs:
            self._pairs.setdefault((spec.currency_base, spec.currency_profit), spec.name)

    def convert(
        self, amount: float, from_currency: str, to_currency: str, *, favor: Favor
    ) -> float:
        """Convert by the pair, by the inverse pair, or through the dollar.

        Raises LookupError when no pairs with prices lead from one currency to the other.
        """
        if from_currency == to_currency:
            return amount
        for route in ((from_currency, to_currency), (from_currency, _BRIDGE, to_currency)):
            result: float | None = amount
            for sold, bought in pairwise(route):
                result = None if result is None else self._step(result, sold, bought, favor)
            if result is not None:
                return result
        raise LookupError(f"No prices lead from {from_currency} to {to_currency}.")

    def _step(self, amount: float, sold: str, bought: str, favor: Favor) -> float | None:
        direct = self._price(self._pairs.get((sold, bought)), favor)
        if direct is not None:
            return amount * direct
        mirrored: dict[Favor, Favor] = {"bid": "ask", "ask": "bid", "mid": "mid"}
        inverse = self._price(self._pairs.get((bought, sold)), mirrored[favor])
        return None if inverse is None else amount / inverse

    def _price(self, symbol: str | None, favor: Favor) -> float | None:
        prices = None if symbol is None else self._prices(symbol)
        if prices is None:
            return None
        bid, ask = prices
        return {"bid": bid, "ask": ask, "mid": (bid + ask) / 2}[favor]


__all__ = ["Conversion", "Favor", "Prices"]
