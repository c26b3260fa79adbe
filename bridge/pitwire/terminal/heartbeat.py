"""Whether the terminal's thread lives, and how its clock stands: pure, the time is passed in.

The peer's ZeroMQ answers for its process only. So the terminal says something each second on the
stream, we ask something each second on commands, and silence on either channel is a mute peer.
"""

from collections import deque
from enum import Enum, auto

from pitwire.wire.envelope import WireChannel

CLOCK_SAMPLES = 16
"""Pings from which the one with the shortest round trip gives the clock's offset."""


class Verdict(Enum):
    """What to do now."""

    NOTHING = auto()
    PING = auto()
    MUTE = auto()


class Heartbeats:
    """Listens to both channels of a session. Times are seconds of time.monotonic()."""

    __slots__ = ("_heard", "_interval_s", "_next_ping", "_timeout_s")

    def __init__(self, now: float, *, interval_s: float, timeout_s: float) -> None:
        self._interval_s = interval_s
        self._timeout_s = timeout_s
        self._heard = [now for _ in WireChannel]
        self._next_ping = now + interval_s

    def heard(self, channel: WireChannel, now: float) -> None:
        """Note a frame whose signature was right."""
        self._heard[channel] = now

    def pinged(self, now: float) -> None:
        """Note that a ping was sent, or could not be: the next one is due an interval later."""
        self._next_ping = now + self._interval_s

    def verdict(self, now: float) -> Verdict:
        """Say what to do now."""
        if now >= self._silent_from:
            return Verdict.MUTE
        return Verdict.PING if now >= self._next_ping else Verdict.NOTHING

    def silent_channels(self, now: float) -> list[WireChannel]:
        """Name the channels on which nothing was heard for too long."""
        return [c for c in WireChannel if now - self._heard[c] >= self._timeout_s]

    @property
    def deadline(self) -> float:
        """When to ask for a verdict next."""
        return min(self._next_ping, self._silent_from)

    @property
    def _silent_from(self) -> float:
        return min(self._heard) + self._timeout_s


class PeerClock:
    """The terminal's clock against ours, from the pings of one session."""

    __slots__ = ("_samples",)

    def __init__(self) -> None:
        self._samples: deque[tuple[int, int]] = deque(maxlen=CLOCK_SAMPLES)

    def measure(self, *, sent_us: int, received_us: int, round_trip_us: int, peer_msc: int) -> None:
        """Add a ping: when it was sent and answered on our clock, and what the peer's clock said.

        The round trip is measured apart from these, on a clock that is never set.
        """
        middle_ms = (sent_us + received_us) // 2000
        self._samples.append((round_trip_us, peer_msc - middle_ms))

    @property
    def round_trip_us(self) -> int | None:
        """The last ping's round trip."""
        return self._samples[-1][0] if self._samples else None

    @property
    def offset_ms(self) -> int | None:
        """How far the terminal's clock is ahead of ours; exact to half of the best round trip."""
        return min(self._samples)[1] if self._samples else None


__all__ = ["CLOCK_SAMPLES", "Heartbeats", "PeerClock", "Verdict"]
