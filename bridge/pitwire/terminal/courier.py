"""Takes commands, and sees that every one of them is answered exactly once.

A command is in one place at a time: in a lane, then under way in one exchange, then answered.
"""

from collections.abc import Callable
from typing import Any

from pitwire.errors import WireError
from pitwire.terminal.exchange import Exchange
from pitwire.terminal.lanes import Lanes
from pitwire.terminal.messages import Answered, Delivery, Lost, NotSent, Outgoing, Refused
from pitwire.terminal.settings import LinkSettings
from pitwire.terminal.sockets import LinkSockets
from pitwire.terminal.status import Tally
from pitwire.wire import codec
from pitwire.wire.envelope import FrameType, WireChannel

NO_SESSION = "there is no live session with the terminal"
QUEUE_FULL = "the queue to the terminal is full"
EXPIRED = "the command waited in the queue for longer than it was good for"
NOT_TAKEN = "the connection to the terminal did not take the command"
UNWRITABLE = "the command cannot be written as a frame that the terminal takes"


class Courier:
    """The commands of one link. Times are seconds of time.monotonic()."""

    def __init__(
        self, settings: LinkSettings, tally: Tally, emit: Callable[[Delivery], None]
    ) -> None:
        self.lanes = Lanes(settings)
        self._tally = tally
        self._emit = emit

    def queue(self, outgoing: Outgoing) -> None:
        """Let a command wait in its lane."""
        if not self.lanes.put(outgoing):
            self.refuse(outgoing, QUEUE_FULL)

    def refuse(self, outgoing: Outgoing, reason: str) -> None:
        """Answer a command that was never sent."""
        full = reason == QUEUE_FULL
        self._emit(NotSent(outgoing.terminal, outgoing.number, reason, queue_full=full))

    def refuse_all(self, reason: str) -> None:
        """Answer everything that waits."""
        for outgoing in self.lanes.take_all():
            self.refuse(outgoing, reason)

    def expire(self, now: float) -> None:
        """Answer what has waited too long."""
        for outgoing in self.lanes.take_expired(now):
            self.refuse(outgoing, EXPIRED)

    def send(self, exchange: Exchange, sockets: LinkSockets, now: float) -> None:
        """Send what waits, the urgent first, as far as the allowances go."""
        while (outgoing := self.lanes.take()) is not None:
            if outgoing.expires_at <= now:
                self.refuse(outgoing, EXPIRED)
                continue
            frame = _write(exchange, outgoing, now)
            if frame is None:
                self.refuse(outgoing, UNWRITABLE)
            elif sockets.send(WireChannel.COMMANDS, frame):
                self.lanes.started(outgoing.command.lane)
            else:
                exchange.take_back(WireChannel.COMMANDS)
                self.refuse(outgoing, NOT_TAKEN)

    def answer(self, outgoing: Outgoing, frame_type: int, body: dict[str, Any]) -> None:
        """Pass on what the terminal said to a command that was under way."""
        self.lanes.finished(outgoing.command.lane)
        answer = Answered if frame_type == FrameType.REPLY else Refused
        self._emit(answer(outgoing.terminal, outgoing.number, body))

    def lose(self, exchange: Exchange, reason: str) -> None:
        """Answer everything that is under way in a session that is over."""
        for outgoing in exchange.lose_all():
            self.lanes.finished(outgoing.command.lane)
            self._tally.lost += 1
            self._emit(Lost(outgoing.terminal, outgoing.number, reason))


def _write(exchange: Exchange, outgoing: Outgoing, now: float) -> bytes | None:
    try:
        return exchange.ask(outgoing, codec.pack(outgoing.command.packed()), now)
    except (OverflowError, TypeError, ValueError, WireError):
        return None


__all__ = ["EXPIRED", "NOT_TAKEN", "NO_SESSION", "QUEUE_FULL", "UNWRITABLE", "Courier"]
