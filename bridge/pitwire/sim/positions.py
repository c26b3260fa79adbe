"""What a fill does to a position: open, add to it, reduce, close, or turn it round."""

from dataclasses import replace
from typing import NamedTuple

from pitwire.sim.ledger import OpenPosition
from pitwire.wire.enums import DealEntry

_VOLUME_DIGITS = 8


class Change(NamedTuple):
    """A position before and after a fill (None: no position), and the lots that it closed."""

    before: OpenPosition | None
    after: OpenPosition | None
    entry: DealEntry
    closed: float = 0.0


def merged(held: OpenPosition | None, fresh: OpenPosition) -> Change:
    """Let a fill meet the position that it concerns.

    `fresh` is the position that the fill would open by itself. What is left of a swap after a
    part was closed is not settled here: that is a booking.
    """
    if held is None:
        return Change(None, fresh, DealEntry.IN)
    if held.type == fresh.type:
        return Change(held, _added(held, fresh), DealEntry.IN)
    if fresh.volume > held.volume:
        rest = round(fresh.volume - held.volume, _VOLUME_DIGITS)
        turned = replace(fresh, volume=rest, identifier=held.identifier)
        return Change(held, turned, DealEntry.INOUT, held.volume)
    return Change(held, reduced(held, fresh), DealEntry.OUT, fresh.volume)


def reduced(held: OpenPosition, fresh: OpenPosition) -> OpenPosition | None:
    """Take the lots of a fill out of a position; its stops and its price stay."""
    if fresh.volume >= held.volume:
        return None
    rest = round(held.volume - fresh.volume, _VOLUME_DIGITS)
    return replace(held, volume=rest, time_update_msc=fresh.time_msc)


def _added(held: OpenPosition, fresh: OpenPosition) -> OpenPosition:
    """Weigh prices by volume; the stops are those of the newest order, none if it has none."""
    volume = round(held.volume + fresh.volume, _VOLUME_DIGITS)

    def weighed(before: float, now: float) -> float:
        return (before * held.volume + now * fresh.volume) / (held.volume + fresh.volume)

    return replace(
        held,
        volume=volume,
        price_open=weighed(held.price_open, fresh.price_open),
        margin_per_lot=weighed(held.margin_per_lot, fresh.margin_per_lot),
        time_update_msc=fresh.time_msc,
        sl=fresh.sl,
        tp=fresh.tp,
    )


__all__ = ["Change", "merged", "reduced"]
