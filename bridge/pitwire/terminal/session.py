"""The life of a link as a state machine: no sockets, no clock of its own.

What happened goes in, what to do comes out. A session is replaced without a pause (make before
break): the handshake of the next one runs over the same sockets while the present one lives.

    STOPPED -> CONNECTING -> GREETING -> CONFIRMING -> LIVE -> REKEY_GREETING
                   ^            |            |          ^ ^         |
                   |            v            v          | |   REKEY_CONFIRMING
                   +-------- WAITING <---- any end -----+ |         |
                                                          +-- HANDING_OVER
"""

import math
from collections.abc import Callable
from enum import Enum, StrEnum, auto

from pitwire.terminal.settings import LinkSettings


class State(StrEnum):
    """Where a link stands."""

    STOPPED = "stopped"
    CONNECTING = "connecting"
    GREETING = "greeting"
    CONFIRMING = "confirming"
    LIVE = "live"
    REKEY_GREETING = "rekey_greeting"
    REKEY_CONFIRMING = "rekey_confirming"
    HANDING_OVER = "handing_over"
    WAITING = "waiting"


class Input(Enum):
    """What can happen to a link.

    CONNECTED: both sockets have a peer. CONFIRMED: both channels answered the first ping.
    TIMER: `deadline` has passed. REKEY: a sequence has come far. DRAINED: the former session has
    nothing under way any more. CANDIDATE_FAILED: the session that was to come broke.
    OVERDUE: a command was not answered in all the time that it had.
    """

    START = auto()
    CONNECTED = auto()
    WELCOMED = auto()
    CONFIRMED = auto()
    TIMER = auto()
    REKEY = auto()
    DRAINED = auto()
    CANDIDATE_FAILED = auto()
    DISCONNECTED = auto()
    SILENT = auto()
    GAP = auto()
    UNREADABLE = auto()
    FAREWELL = auto()
    OVERDUE = auto()
    FAULT = auto()
    STOP = auto()


class Action(Enum):
    """What a link has to do.

    GO_LIVE and HAND_OVER make the candidate the session; the latter keeps the former one until it
    has nothing under way, then RETIRE it. END answers everything that waits or is under way.
    """

    OPEN = auto()
    GREET = auto()
    UNANSWERED = auto()
    CONFIRM = auto()
    GO_LIVE = auto()
    HAND_OVER = auto()
    GIVE_UP = auto()
    RETIRE = auto()
    SAY_BYE = auto()
    END = auto()
    CLOSE = auto()


class IllegalTransitionError(RuntimeError):
    """Something happened that cannot happen in this state: a fault of ours."""


LIVE_STATES = frozenset(
    {State.LIVE, State.REKEY_GREETING, State.REKEY_CONFIRMING, State.HANDING_OVER}
)
"""States in which commands can be sent."""
OPEN_STATES = LIVE_STATES | {State.CONNECTING, State.GREETING, State.CONFIRMING}
"""States in which there are sockets."""
ENDS = frozenset(
    {
        Input.DISCONNECTED,
        Input.SILENT,
        Input.GAP,
        Input.UNREADABLE,
        Input.FAREWELL,
        Input.OVERDUE,
        Input.FAULT,
    }
)
"""What ends a live session."""

Transition = tuple[State, tuple[Action, ...]]

TRANSITIONS: dict[tuple[State, Input], Transition] = {
    (State.STOPPED, Input.START): (State.CONNECTING, (Action.OPEN,)),
    (State.STOPPED, Input.STOP): (State.STOPPED, ()),
    (State.WAITING, Input.TIMER): (State.CONNECTING, (Action.OPEN,)),
    (State.WAITING, Input.STOP): (State.STOPPED, ()),
    (State.CONNECTING, Input.CONNECTED): (State.GREETING, (Action.GREET,)),
    (State.GREETING, Input.WELCOMED): (State.CONFIRMING, (Action.CONFIRM,)),
    (State.GREETING, Input.TIMER): (State.WAITING, (Action.UNANSWERED, Action.CLOSE)),
    (State.CONFIRMING, Input.CONFIRMED): (State.LIVE, (Action.GO_LIVE,)),
    (State.CONFIRMING, Input.TIMER): (State.WAITING, (Action.CLOSE,)),
    (State.CONFIRMING, Input.CANDIDATE_FAILED): (State.WAITING, (Action.CLOSE,)),
    (State.LIVE, Input.TIMER): (State.REKEY_GREETING, (Action.GREET,)),
    (State.LIVE, Input.REKEY): (State.REKEY_GREETING, (Action.GREET,)),
    (State.REKEY_GREETING, Input.WELCOMED): (State.REKEY_CONFIRMING, (Action.CONFIRM,)),
    (State.REKEY_GREETING, Input.TIMER): (State.LIVE, (Action.UNANSWERED, Action.GIVE_UP)),
    (State.REKEY_CONFIRMING, Input.CONFIRMED): (State.HANDING_OVER, (Action.HAND_OVER,)),
    (State.REKEY_CONFIRMING, Input.TIMER): (State.LIVE, (Action.GIVE_UP,)),
    (State.REKEY_CONFIRMING, Input.CANDIDATE_FAILED): (State.LIVE, (Action.GIVE_UP,)),
    (State.HANDING_OVER, Input.DRAINED): (State.LIVE, (Action.RETIRE,)),
    **{
        (state, end): (State.WAITING, (Action.CLOSE,))
        for state in OPEN_STATES - LIVE_STATES
        for end in (Input.DISCONNECTED, Input.FAULT)
    },
    **{
        (state, Input.STOP): (State.STOPPED, (Action.CLOSE,)) for state in OPEN_STATES - LIVE_STATES
    },
    **{
        (state, end): (State.WAITING, (Action.END, Action.CLOSE))
        for state in LIVE_STATES
        for end in ENDS
    },
    **{
        (state, Input.STOP): (State.STOPPED, (Action.SAY_BYE, Action.END, Action.CLOSE))
        for state in LIVE_STATES
    },
}
"""The one table: what is not in it cannot happen."""

_HANDSHAKES = frozenset(
    {State.GREETING, State.CONFIRMING, State.REKEY_GREETING, State.REKEY_CONFIRMING}
)


class Session:
    """State, the next deadline, and how long to wait before the next attempt.

    Times are seconds of time.monotonic(). `jitter` gives a number from 0 to 1.
    `rekey_not_before`: when a rekey that failed may be tried again.
    """

    __slots__ = (
        "_failures",
        "_handshake_s",
        "_jitter",
        "_live_since",
        "_longest_s",
        "_rekey_after_s",
        "_shortest_s",
        "_young_until",
        "deadline",
        "rekey_not_before",
        "state",
    )

    def __init__(self, settings: LinkSettings, *, jitter: Callable[[], float]) -> None:
        self._handshake_s = settings.handshake_timeout_ms / 1000
        self._shortest_s = settings.backoff_min_ms / 1000
        self._longest_s = settings.backoff_max_ms / 1000
        self._rekey_after_s = float(settings.rekey_after_s)
        self._jitter = jitter
        self._failures = 0
        self._live_since = math.inf
        self._young_until = math.inf
        self.rekey_not_before = -math.inf
        self.deadline = math.inf
        self.state = State.STOPPED

    @property
    def live(self) -> bool:
        """Whether commands can be sent."""
        return self.state in LIVE_STATES

    def happen(self, what: Input, now: float) -> tuple[Action, ...]:
        """Take note of what happened and say what to do.

        Raises IllegalTransitionError, and then nothing has changed.
        """
        try:
            state, actions = TRANSITIONS[self.state, what]
        except KeyError:
            raise IllegalTransitionError(f"{what.name} in the state {self.state.name}") from None
        self.deadline = self._next_deadline(state, what, now)
        self.state = state
        return actions

    def _next_deadline(self, state: State, what: Input, now: float) -> float:
        if state in _HANDSHAKES:
            return now + self._handshake_s
        if state is State.WAITING:
            return now + self._pause_s(what, now)
        if state is State.LIVE:
            return self._next_rekey(what, now)
        if state is State.HANDING_OVER:
            self._young_until = now + self._rekey_after_s
        return math.inf

    def _next_rekey(self, what: Input, now: float) -> float:
        if what is Input.CONFIRMED:
            self._live_since = now
            self._young_until = now + self._rekey_after_s
            self.rekey_not_before = -math.inf
        elif what is not Input.DRAINED:
            self.rekey_not_before = now + self._longest_s * (1 + self._jitter()) / 2
        return max(self._young_until, self.rekey_not_before)

    def _pause_s(self, what: Input, now: float) -> float:
        """Give the seconds to wait: exponential with jitter, none after the first gap.

        Only a session that lived for a while ends the row of failures, so that a peer which
        breaks every session at once is not called upon in a loop.
        """
        if now - self._live_since >= self._longest_s:
            self._failures = 0
        self._live_since = math.inf
        self._failures += 1
        if what is Input.GAP and self._failures == 1:
            return 0.0
        doublings = min(self._failures, 32)
        ceiling = min(self._longest_s, self._shortest_s * 2.0**doublings)
        return self._shortest_s + (ceiling - self._shortest_s) * self._jitter()


__all__ = [
    "ENDS",
    "LIVE_STATES",
    "OPEN_STATES",
    "TRANSITIONS",
    "Action",
    "IllegalTransitionError",
    "Input",
    "Session",
    "State",
]
