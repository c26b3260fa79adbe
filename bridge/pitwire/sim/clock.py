"""The time of the simulated market: real, faster than real, or moved by hand."""

import time
from typing import Protocol

from pitwire.errors import ConfigError


class SimClock(Protocol):
    """Tells UTC in milliseconds since 1970 and never goes back."""

    def now_msc(self) -> int:
        """Tell the time, UTC in milliseconds."""


class ManualClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, start_msc: int) -> None:
        self._now_msc = start_msc

    def now_msc(self) -> int:
        """Tell the time, UTC in milliseconds."""
        return self._now_msc

    def advance(self, ms: int) -> None:
        """Move on by `ms` milliseconds.

        Raises ValueError when that would go back.
        """
        self.move_to(self._now_msc + ms)

    def move_to(self, msc: int) -> None:
        """Move on to `msc`, UTC in milliseconds.

        Raises ValueError when that would go back.
        """
        if msc < self._now_msc:
            raise ValueError("a clock does not go back")
        self._now_msc = msc


class RealClock:
    """The system's clock; `speed` 60.0 lets an hour pass in a minute, from the start on.

    It follows the system through a suspend, and stands still where the system's clock is set back.
    Raises ConfigError when `speed` is not a positive number.
    """

    def __init__(self, speed: float = 1.0) -> None:
        if not 0 < speed < float("inf"):
            raise ConfigError("The speed of the simulated clock must be a number above 0.")
        self._speed = speed
        self._start_msc = self._now_msc = time.time_ns() // 1_000_000

    def now_msc(self) -> int:
        """Tell the time, UTC in milliseconds."""
        passed_msc = time.time_ns() // 1_000_000 - self._start_msc
        self._now_msc = max(self._now_msc, self._start_msc + int(passed_msc * self._speed))
        return self._now_msc


__all__ = ["ManualClock", "RealClock", "SimClock"]
