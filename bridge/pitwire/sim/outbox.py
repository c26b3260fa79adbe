"""One session's way out for events: what cannot be sent is counted and announced, never silent."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from pitwire.sim.state import TerminalState
from pitwire.wire import codec
from pitwire.wire.commands import Channel
from pitwire.wire.events import EventCode, GapEvent

Send = Callable[[EventCode, bytes], bool]
"""Sends one event to a session; False when it cannot be sent now."""


class Topic(NamedTuple):
    """What a session subscribes to; ACCOUNT and TRADES have no symbol, only BARS a timeframe."""

    channel: Channel
    symbol: str = ""
    timeframe: int = 0


class Outbox:
    """The events of one session. A GAP goes before the first event that can be sent again."""

    __slots__ = ("_send", "_state", "dropped", "missed", "topics")

    def __init__(self, send: Send, state: TerminalState) -> None:
        self._send = send
        self._state = state
        self.topics: set[Topic] = set()
        self.missed: Counter[tuple[Channel, str]] = Counter()
        self.dropped = 0

    def push(self, topic: Topic, code: EventCode, body: bytes) -> None:
        """Send an event of a topic, or count it as missed."""
        if self.announce_gaps() and self._send(code, body):
            return
        self.missed[topic.channel, topic.symbol] += 1
        self.dropped += 1

    def beat(self, body: bytes) -> None:
        """Send a heartbeat; one that is dropped is made good by the next."""
        if not self._send(EventCode.HEARTBEAT, body):
            self.dropped += 1

    def announce_gaps(self) -> bool:
        """Tell what was missed; False while not even that can be sent."""
        for (channel, symbol), dropped in list(self.missed.items()):
            gap = GapEvent(
                channel=channel, symbol=symbol or None, dropped=dropped, **self._state.stamp()
            )
            if not self._send(gap.code, codec.pack(gap.packed())):
                return False
            del self.missed[channel, symbol]
        return True


__all__ = ["Outbox", "Send", "Topic"]
