"""What the router and the links hand to each other.

Every `Outgoing` is answered by exactly one of `Answered`, `Refused`, `NotSent` and `Lost`.
"""

from dataclasses import dataclass
from typing import Any

from pitwire.wire.commands import Command
from pitwire.wire.handshake import Welcome


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A command on its way; `number` is the router's own and comes back with the answer.

    `expires_at` (seconds of time.monotonic()): when it still waits in our queue then, it is given
    back as NotSent.
    """

    terminal: str
    number: int
    command: Command
    expires_at: float


@dataclass(frozen=True, slots=True)
class Answered:
    """The terminal replied; `body` is decoded and not yet validated."""

    terminal: str
    number: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """The terminal refused; `body` is a `wire.replies.Refusal`, not yet validated."""

    terminal: str
    number: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NotSent:
    """The command was never given to a socket with a live session.

    `queue_full`: because too many others wait, not because the terminal is gone.
    """

    terminal: str
    number: int
    reason: str
    queue_full: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """The command was given to the socket, and the session ended before an answer came."""

    terminal: str
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class LinkUp:
    """A session is live: commands can be sent.

    It comes again, without a LinkDown before it, when a session is replaced while it lives. No
    command is lost then; subscriptions end with their session and have to be made again.
    """

    terminal: str
    welcome: Welcome


@dataclass(frozen=True, slots=True)
class LinkDown:
    """The session ended; whatever was under way is reported as NotSent or Lost before this."""

    terminal: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """An event; `code` is the header's kind, `body` is decoded and not yet validated."""

    terminal: str
    code: int
    body: dict[str, Any]


Delivery = Answered | Refused | NotSent | Lost | LinkUp | LinkDown | Pushed

__all__ = [
    "Answered",
    "Delivery",
    "LinkDown",
    "LinkUp",
    "Lost",
    "NotSent",
    "Outgoing",
    "Pushed",
    "Refused",
]
