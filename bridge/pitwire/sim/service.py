"""What the link of a terminal asks of the terminal behind it."""

from typing import Any, Protocol

from pitwire.sim.outbox import Outbox, Send
from pitwire.wire.envelope import FrameType

Answer = tuple[FrameType, bytes]
"""REPLY or ERROR, and its packed body."""


class Service(Protocol):
    """What a terminal does behind its link."""

    def welcome_facts(self) -> dict[str, Any]:
        """Give the fields of the WELCOME that tell about the terminal."""

    def answer(self, code: int, body: bytes, outbox: Outbox) -> Answer | None:
        """Answer a command; None when the answer is to be lost."""

    def busy(self) -> Answer:
        """Refuse a command that finds too many others waiting."""

    def open(self, send: Send) -> Outbox:
        """Make the way out for the events of a new session."""

    def close(self, outbox: Outbox) -> None:
        """Forget a session."""

    def pulse(self) -> None:
        """Push what happened since the last pulse."""

    def heartbeat(self, *, queued: int, busy_us: int) -> bytes:
        """Write the body of a HEARTBEAT."""


__all__ = ["Answer", "Service"]
