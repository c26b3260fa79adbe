"""The frames of one session, and what is under way in it."""

import time
from typing import NamedTuple

from pitwire.terminal.heartbeat import PeerClock
from pitwire.terminal.messages import Outgoing
from pitwire.wire import codec
from pitwire.wire.commands import CommandCode, Ping
from pitwire.wire.envelope import LAST_SEQUENCE, Direction, Frame, FrameType, WireChannel
from pitwire.wire.handshake import SessionKeys, Welcome

_PING_BODY = codec.pack(Ping().packed())
_BYE_BODY = codec.pack({})
_RESERVE = 2**16
"""More frames than a link writes or reads between two looks at `exhausted`."""


def clock_us() -> int:
    """Give our clock in microseconds since 1970, UTC."""
    return time.time_ns() // 1000


class Request(NamedTuple):
    """A request under way; `outgoing` is None for a ping of our own.

    `sent` is in seconds of time.monotonic(), `sent_us` in microseconds since 1970, UTC.
    """

    outgoing: Outgoing | None
    sent: float
    sent_us: int


class Exchange:
    """Seals what we ask, opens what comes, and remembers what has not been answered.

    `confirmed`: the channels that have answered a ping. `clock`: what the pings said.
    """

    __slots__ = ("_openers", "_sealers", "_under_way", "clock", "confirmed", "welcome")

    def __init__(self, welcome: Welcome, keys: SessionKeys) -> None:
        out, back = Direction.TO_TERMINAL, Direction.FROM_TERMINAL
        self.welcome = welcome
        self.clock = PeerClock()
        self.confirmed: set[WireChannel] = set()
        self._sealers = tuple(keys.sealer(out, channel, clock_us) for channel in WireChannel)
        self._openers = tuple(keys.opener(back, channel) for channel in WireChannel)
        self._under_way: tuple[dict[int, Request], ...] = tuple({} for _ in WireChannel)

    @property
    def furthest(self) -> int:
        """The highest sequence of all directions and channels."""
        out, back = self._sealers, self._openers
        return max(*(line.sequence for line in out), *(line.sequence for line in back))

    @property
    def exhausted(self) -> bool:
        """Whether so few sequence numbers are left that the session must end."""
        return self.furthest > LAST_SEQUENCE - _RESERVE

    @property
    def idle(self) -> bool:
        """Whether no command is under way; pings do not count."""
        commands = self._under_way[WireChannel.COMMANDS]
        return all(request.outgoing is None for request in commands.values())

    @property
    def oldest(self) -> float | None:
        """When the oldest request under way on the command channel was sent."""
        for request in self._under_way[WireChannel.COMMANDS].values():
            return request.sent
        return None

    def ask(self, outgoing: Outgoing, body: bytes, now: float) -> bytes:
        """Write the frame of a command and count it as under way."""
        return self._request(WireChannel.COMMANDS, outgoing, body, now)

    def ping(self, channel: WireChannel, now: float) -> bytes:
        """Write the frame of a ping of our own."""
        return self._request(channel, None, _PING_BODY, now)

    def bye(self) -> bytes:
        """Write the frame that ends the session."""
        return self._sealers[WireChannel.COMMANDS].seal(FrameType.BYE, 0, _BYE_BODY)

    def take_back(self, channel: WireChannel) -> None:
        """Undo the last frame, which the socket did not take: nobody saw its number."""
        sealer = self._sealers[channel]
        self._under_way[channel].pop(sealer.sequence, None)
        sealer.sequence -= 1

    def open(self, channel: WireChannel, frame: bytes) -> Frame:
        """Verify a frame; see `Opener.open` for what it raises."""
        return self._openers[channel].open(frame)

    def settle(self, channel: WireChannel, answers: int) -> Request | None:
        """Give the request that a frame answers and forget it; None when there is none."""
        return self._under_way[channel].pop(answers, None)

    def lose_all(self) -> list[Outgoing]:
        """Give the commands that were not answered and forget them."""
        requests = self._under_way[WireChannel.COMMANDS].values()
        lost = [request.outgoing for request in requests if request.outgoing is not None]
        for under_way in self._under_way:
            under_way.clear()
        return lost

    def _request(
        self, channel: WireChannel, outgoing: Outgoing | None, body: bytes, now: float
    ) -> bytes:
        kind = CommandCode.PING if outgoing is None else outgoing.command.code
        sealer = self._sealers[channel]
        frame = sealer.seal(FrameType.REQUEST, kind, body)
        self._under_way[channel][sealer.sequence] = Request(outgoing, now, clock_us())
        return frame


__all__ = ["Exchange", "Request", "clock_us"]
