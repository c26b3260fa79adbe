"""A trade request in the trade server's own language (MqlTradeRequest)."""

import math
from dataclasses import dataclass

_LARGEST = 2**64 - 1
_LONGEST_COMMENT = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeRequest:
    """What an Expert Advisor hands to OrderSend; zero and the empty text mean absent.

    `action` is one of TradeAction, `expiration` is the broker's clock in seconds. Nothing is
    checked here: whatever stands in a request, the broker judges it.
    """

    action: int
    magic: int = 0
    order: int = 0
    symbol: str = ""
    volume: float = 0.0
    price: float = 0.0
    stoplimit: float = 0.0
    sl: float = 0.0
    tp: float = 0.0
    deviation: int = 0
    type: int = 0
    type_filling: int = 0
    type_time: int = 0
    expiration: int = 0
    comment: str = ""
    position: int = 0
    position_by: int = 0

    @property
    def is_sane(self) -> bool:
        """Whether every number is one that a broker can calculate with."""
        amounts = (self.volume, self.price, self.stoplimit, self.sl, self.tp)
        numbers = (
            self.magic,
            self.order,
            self.deviation,
            self.expiration,
            self.position,
            self.position_by,
        )
        return all(math.isfinite(amount) and amount >= 0 for amount in amounts) and all(
            0 <= number <= _LARGEST for number in numbers
        )

    @property
    def short_comment(self) -> str:
        """The comment as far as an order has room for it."""
        return self.comment[:_LONGEST_COMMENT]


__all__ = ["TradeRequest"]
