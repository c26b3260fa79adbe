"""Commands that wait: trades before reads, reads before history, each lane in order."""

from collections import deque
from typing import NamedTuple

from pitwire.sim.sessions import Session
from pitwire.wire.commands import COMMANDS, Lane
from pitwire.wire.envelope import Frame, WireChannel

MAX_WAITING = 1000
"""Most commands that wait in one lane; further ones are refused as BUSY."""

_LANES = {code: command.lane for code, command in COMMANDS.items()}


class Waiting(NamedTuple):
    """A verified request, not decoded yet."""

    session: Session
    channel: WireChannel
    frame: Frame


class Lanes:
    """Three queues, served by the lowest number first."""

    def __init__(self) -> None:
        self._queues: tuple[deque[Waiting], ...] = tuple(deque() for _ in Lane)

    def __len__(self) -> int:
        return sum(map(len, self._queues))

    def put(self, waiting: Waiting) -> bool:
        """Queue a request by the kind in its header; False when its lane is full."""
        queue = self._queues[_LANES.get(waiting.frame.header.kind, Lane.READ)]
        if len(queue) >= MAX_WAITING:
            return False
        queue.append(waiting)
        return True

    def take(self) -> Waiting | None:
        """Take the next request to serve; those whose session ended are dropped unserved."""
        for queue in self._queues:
            while queue:
                waiting = queue.popleft()
                if not waiting.session.closed:
                    return waiting
        return None


__all__ = ["MAX_WAITING", "Lanes", "Waiting"]
