from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitwire.sim.depth import depth
from pitwire.sim.symbols import CATALOG, SymbolSpec
from pitwire.wire.enums import BookType

EURUSD = CATALOG[0]


@given(spec=st.sampled_from(CATALOG), time_msc=st.integers(0, 2**53))
def test_depth_stands_around_the_quote(spec: SymbolSpec, time_msc: int) -> None:
    bid = spec.start_price
    ask = round(bid + spec.spread * spec.point, spec.digits)
    levels = depth(spec, time_msc=time_msc, bid=bid, ask=ask)
    sells = [level for level in levels if level.type is BookType.SELL]
    buys = [level for level in levels if level.type is BookType.BUY]
    assert levels == sells + buys
    assert len(sells) == len(buys) == spec.ticks_bookdepth
    assert (sells[-1].price, buys[0].price) == (ask, bid)
    prices = [level.price for level in levels]
    assert prices == sorted(set(prices), reverse=True)
    for level in levels:
        assert level.price == float(f"{level.price:.{spec.digits}f}")
        assert level.volume == float(f"{level.volume:.{spec.volume_digits}f}")
        assert spec.volume_min <= level.volume <= spec.volume_max
    assert levels == depth(spec, time_msc=time_msc, bid=bid, ask=ask)


def test_depth_changes_with_the_tick() -> None:
    assert depth(EURUSD, time_msc=1, bid=1.0, ask=1.1) != depth(
        EURUSD, time_msc=2, bid=1.0, ask=1.1
    )


@pytest.mark.parametrize("levels", [0, 1])
def test_depth_has_the_levels_of_the_specification(levels: int) -> None:
    spec = replace(EURUSD, ticks_bookdepth=levels)
    assert len(depth(spec, time_msc=1, bid=1.0, ask=1.1)) == 2 * levels


def test_depth_ends_above_a_price_of_zero() -> None:
    assert min(level.price for level in depth(EURUSD, time_msc=5, bid=3e-05, ask=4e-05)) > 0
