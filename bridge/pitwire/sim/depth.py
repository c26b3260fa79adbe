"""A depth of market around a tick: invented, yet the same for the same tick."""

from typing import NamedTuple

from pitwire.sim.symbols import SymbolSpec
from pitwire.wire.enums import BookType

_MULTIPLIER = 6_364_136_223_846_793_005
_BITS = 2**64 - 1


class Level(NamedTuple):
    """One price of the depth of market; `volume` in lots."""

    type: BookType
    price: float
    volume: float


def depth(spec: SymbolSpec, *, time_msc: int, bid: float, ask: float) -> list[Level]:
    """List the depth: sells from the highest price down, then buys from the highest down."""
    sells = _side(spec, BookType.SELL, ask, time_msc)
    buys = _side(spec, BookType.BUY, bid, time_msc)
    return sells[::-1] + buys


def _side(spec: SymbolSpec, side: BookType, best: float, time_msc: int) -> list[Level]:
    """List a side from the best price on: one to three ticks apart, growing in volume."""
    scale = 10**spec.digits
    step = round(spec.trade_tick_size * scale) * (1 if side is BookType.SELL else -1)
    points = round(best * scale)
    state = time_msc * 4 + side
    levels: list[Level] = []
    for number in range(spec.ticks_bookdepth):
        if points <= 0:
            break
        state = (state * _MULTIPLIER + 1) & _BITS
        steps = (state >> 33) % 400 * (number + 1) + 100
        volume = min(round(steps * spec.volume_step, spec.volume_digits), spec.volume_max)
        levels.append(Level(side, points / scale, volume))
        points += step * (1 + (state >> 48) % 3)
    return levels


__all__ = ["Level", "depth"]
