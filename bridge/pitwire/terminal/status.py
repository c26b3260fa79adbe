"""What a link tells everybody else about itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pitwire.terminal.session import State
from pitwire.wire.events import Heartbeat
from pitwire.wire.handshake import Welcome


@dataclass(frozen=True, slots=True)
class LinkCounters:
    """What happened on a link since the start.

    `refused`: frames that were not accepted, by the counter of their WireError; `unmatched` are
    answers to nothing, `connection` are connections that never came to carry frames.
    """

    refused: Mapping[str, int]
    reconnects: int
    rekeys: int
    unanswered_hellos: int
    lost: int
    gaps: int


@dataclass(slots=True)
class Tally:
    """The same, while the link counts."""

    refused: dict[str, int] = field(default_factory=dict)
    reconnects: int = 0
    rekeys: int = 0
    unanswered_hellos: int = 0
    lost: int = 0
    gaps: int = 0

    def refuse(self, counter: str) -> None:
        """Count a frame that was not accepted."""
        self.refused[counter] = self.refused.get(counter, 0) + 1

    def counters(self) -> LinkCounters:
        """Give what has been counted so far."""
        return LinkCounters(
            refused=dict(self.refused),
            reconnects=self.reconnects,
            rekeys=self.rekeys,
            unanswered_hellos=self.unanswered_hellos,
            lost=self.lost,
            gaps=self.gaps,
        )


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """A link at one moment.

    `since_msc`: UTC ms of the last change of state. `welcome`: of the live session, else None.
    `heartbeat_age_ms`: since the last heartbeat of the live session. `clock_offset_ms`: how far the
    terminal's clock is ahead of ours. `last_end`: why the last session or attempt ended.
    `unanswered_hellos`: since the last session; the terminal accepts connections and stays silent,
    so the link secret or the terminal's name is probably not the one that it holds.
    """

    terminal: str
    state: State
    since_msc: int
    welcome: Welcome | None
    last_heartbeat: Heartbeat | None
    heartbeat_age_ms: int | None
    round_trip_us: int | None
    clock_offset_ms: int | None
    queued: int
    in_flight: int
    unanswered_hellos: int
    last_end: str
    counters: LinkCounters

    @property
    def live(self) -> bool:
        """Whether commands can be sent."""
        return self.welcome is not None


__all__ = ["LinkCounters", "LinkStatus", "Tally"]
