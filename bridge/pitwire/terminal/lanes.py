"""Three queues in front of a terminal: trading never waits behind anything else."""

import math
from collections import deque

from pitwire.terminal.messages import Outgoing
from pitwire.terminal.settings import LinkSettings
from pitwire.wire.commands import Lane

_LANES = tuple(Lane)


class Lanes:
    """What waits per lane, and how much is under way.

    Trading has its own allowance; reading and history share one, and history has a small part of
    it. Times are seconds of time.monotonic().
    """

    __slots__ = (
        "_in_flight",
        "_max_history",
        "_max_in_flight",
        "_max_queued",
        "_queues",
        "next_expiry",
    )

    def __init__(self, settings: LinkSettings) -> None:
        self._max_queued = settings.max_queued
        self._max_in_flight = settings.max_in_flight
        self._max_history = settings.max_history_in_flight
        self._queues: tuple[deque[Outgoing], ...] = tuple(deque() for _ in Lane)
        self._in_flight = [0 for _ in Lane]
        self.next_expiry = math.inf

    @property
    def queued(self) -> int:
        """How many wait."""
        return sum(map(len, self._queues))

    @property
    def in_flight(self) -> int:
        """How many are under way."""
        return sum(self._in_flight)

    def put(self, outgoing: Outgoing) -> bool:
        """Queue a command; False when its lane is full."""
        queue = self._queues[outgoing.command.lane]
        if len(queue) >= self._max_queued:
            return False
        queue.append(outgoing)
        self.next_expiry = min(self.next_expiry, outgoing.expires_at)
        return True

    def take(self) -> Outgoing | None:
        """Give the next command that may go now."""
        for lane in _LANES:
            if self._queues[lane] and self._allowed(lane):
                return self._queues[lane].popleft()
        return None

    def take_expired(self, now: float) -> list[Outgoing]:
        """Remove and give what has waited too long."""
        if now < self.next_expiry:
            return []
        expired: list[Outgoing] = []
        self.next_expiry = math.inf
        for queue in self._queues:
            waiting = list(queue)
            queue.clear()
            for outgoing in waiting:
                (expired if outgoing.expires_at <= now else queue).append(outgoing)
            self.next_expiry = min([self.next_expiry, *(o.expires_at for o in queue)])
        return expired

    def take_all(self) -> list[Outgoing]:
        """Empty the queues."""
        waiting = [outgoing for queue in self._queues for outgoing in queue]
        for queue in self._queues:
            queue.clear()
        self.next_expiry = math.inf
        return waiting

    def started(self, lane: Lane) -> None:
        """Count a command that was given to the socket."""
        self._in_flight[lane] += 1

    def finished(self, lane: Lane) -> None:
        """Count it as answered or lost."""
        self._in_flight[lane] -= 1

    def _allowed(self, lane: Lane) -> bool:
        under_way = self._in_flight
        if lane is Lane.TRADE:
            return under_way[Lane.TRADE] < self._max_in_flight
        if lane is Lane.HISTORY and under_way[Lane.HISTORY] >= self._max_history:
            return False
        return under_way[Lane.READ] + under_way[Lane.HISTORY] < self._max_in_flight


__all__ = ["Lanes"]
