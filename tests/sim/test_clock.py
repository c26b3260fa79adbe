from unittest.mock import patch

import pytest

from pitwire.errors import ConfigError
from pitwire.sim.clock import ManualClock, RealClock, SimClock


def test_manual_clock_stands_still_until_it_is_moved() -> None:
    clock: SimClock = ManualClock(1_700_000_000_000)
    assert clock.now_msc() == clock.now_msc() == 1_700_000_000_000


def test_manual_clock_moves_on_and_never_back() -> None:
    clock = ManualClock(1_000)
    clock.advance(250)
    clock.move_to(2_000)
    assert clock.now_msc() == 2_000
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="does not go back"):
        clock.move_to(1_999)
    assert clock.now_msc() == 2_000


def test_real_clock_follows_the_system_with_its_speed() -> None:
    with patch("time.time_ns", side_effect=[0, 1_000_000_000, 61_000_000_000]):
        clock = RealClock(speed=60)
        assert clock.now_msc() == 60_000
        assert clock.now_msc() == 3_660_000


def test_real_clock_stands_still_where_the_system_clock_is_set_back() -> None:
    with patch("time.time_ns", side_effect=[5_000_000_000, 9_000_000_000, 6_000_000_000]):
        clock = RealClock()
        assert clock.now_msc() == 9_000
        assert clock.now_msc() == 9_000


@pytest.mark.parametrize("speed", [0, -1, float("nan"), float("inf")])
def test_real_clock_refuses_a_speed_that_is_none(speed: float) -> None:
    with pytest.raises(ConfigError, match="must be a number above 0"):
        RealClock(speed=speed)
