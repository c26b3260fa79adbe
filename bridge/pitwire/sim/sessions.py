"""The sessions of a peer: half-open until the first signed request, live until BYE or silence."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pitwire.errors import HandshakeError
from pitwire.sim.outbox import Outbox
from pitwire.wire.envelope import Clock, Direction, Opener, Sealer, WireChannel
from pitwire.wire.handshake import HALF_OPEN_MS, HALF_OPEN_SESSIONS, SILENCE_MS, SessionKeys

MAX_LIVE = 32
"""Most sessions that are live at once; further HELLOs are not answered."""


@dataclass(slots=True, eq=False)
class Session:
    """One session: its keys, and where it is reached, by channel.

    Times are monotonic seconds; `heard_at` is when a frame last came on the command channel.
    """

    number: int
    bridge: str
    openers: tuple[Opener, Opener]
    sealers: tuple[Sealer, Sealer]
    heard_at: float
    beat_at: float = 0.0
    live: bool = False
    closed: bool = False
    routes: list[bytes | None] = field(default_factory=lambda: [None, None])
    outbox: Outbox | None = None

    @classmethod
    def of(cls, keys: SessionKeys, *, bridge: str, clock_us: Clock, now: float) -> "Session":
        """Make a half-open session from its keys."""
        commands, stream = WireChannel
        inward, outward = Direction.TO_TERMINAL, Direction.FROM_TERMINAL
        return cls(
            number=keys.session,
            bridge=bridge,
            openers=(keys.opener(inward, commands), keys.opener(inward, stream)),
            sealers=(
                keys.sealer(outward, commands, clock_us),
                keys.sealer(outward, stream, clock_us),
            ),
            heard_at=now,
        )


class Sessions:
    """The table of sessions. A HELLO can push out nothing but other half-open sessions."""

    def __init__(self) -> None:
        self._table: dict[int, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._table.values()))

    def find(self, number: int) -> Session | None:
        """Look a session up."""
        return self._table.get(number)

    def check_room(self) -> None:
        """Raise HandshakeError when no more sessions can become live."""
        if sum(session.live for session in self._table.values()) >= MAX_LIVE:
            raise HandshakeError(f"{MAX_LIVE} sessions are live already")

    def add(self, session: Session) -> None:
        """Take a half-open session in; the oldest half-open one leaves when there are too many."""
        half_open = [held for held in self._table.values() if not held.live]
        if len(half_open) >= HALF_OPEN_SESSIONS:
            self.remove(half_open[0])
        self._table[session.number] = session

    def remove(self, session: Session) -> None:
        """Forget a session; what of it still waits is not served any more."""
        session.closed = True
        self._table.pop(session.number, None)

    def expired(self, now: float) -> list[Session]:
        """List the sessions that said nothing for too long."""
        return [
            session
            for session in self._table.values()
            if (now - session.heard_at) * 1000 > (SILENCE_MS if session.live else HALF_OPEN_MS)
        ]


__all__ = ["MAX_LIVE", "Session", "Sessions"]
