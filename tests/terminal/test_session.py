import math
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitwire.terminal.session import (
    ENDS,
    LIVE_STATES,
    OPEN_STATES,
    TRANSITIONS,
    Action,
    IllegalTransitionError,
    Input,
    Session,
    State,
)
from pitwire.terminal.settings import LinkSettings
from pitwire.wire.handshake import Secret

SETTINGS = LinkSettings(
    name="desk",
    commands="tcp://127.0.0.1:1",
    stream="tcp://127.0.0.1:2",
    secrets=(Secret(b"s" * 32),),
    backoff_min_ms=100,
    backoff_max_ms=5000,
    handshake_timeout_ms=2000,
    rekey_after_s=1000,
)
TO_LIVE = (Input.START, Input.CONNECTED, Input.WELCOMED, Input.CONFIRMED)


def session(jitter: float = 0.5) -> Session:
    return Session(SETTINGS, jitter=lambda: jitter)


def live(now: float = 0.0) -> Session:
    made = session()
    for what in TO_LIVE:
        made.happen(what, now)
    return made


class Follower:
    """Does what the actions say, and refuses what makes no sense."""

    NEEDS: ClassVar[dict[Action, tuple[set[str], set[str]]]] = {
        Action.OPEN: (set(), {"sockets"}),
        Action.GREET: ({"sockets"}, {"hello", "candidate", "former"}),
        Action.UNANSWERED: ({"hello"}, set()),
        Action.CONFIRM: ({"hello"}, {"candidate"}),
        Action.GO_LIVE: ({"candidate"}, {"live"}),
        Action.HAND_OVER: ({"candidate", "live"}, {"former"}),
        Action.GIVE_UP: ({"live"}, set()),
        Action.RETIRE: ({"former", "live"}, set()),
        Action.SAY_BYE: ({"live"}, set()),
        Action.END: ({"live"}, set()),
        Action.CLOSE: ({"sockets"}, {"live"}),
    }
    BRINGS: ClassVar[dict[Action, set[str]]] = {
        Action.OPEN: {"sockets"},
        Action.GREET: {"hello"},
        Action.CONFIRM: {"candidate"},
        Action.GO_LIVE: {"live"},
        Action.HAND_OVER: {"former"},
    }
    TAKES: ClassVar[dict[Action, set[str]]] = {
        Action.UNANSWERED: {"hello"},
        Action.CONFIRM: {"hello"},
        Action.GO_LIVE: {"candidate"},
        Action.HAND_OVER: {"candidate"},
        Action.GIVE_UP: {"hello", "candidate"},
        Action.RETIRE: {"former"},
        Action.END: {"live", "former"},
        Action.CLOSE: {"sockets", "hello", "candidate"},
    }

    def __init__(self) -> None:
        self.has: set[str] = set()

    def do(self, action: Action) -> None:
        needed, forbidden = self.NEEDS[action]
        assert needed <= self.has, action
        assert not forbidden & self.has, action
        self.has -= self.TAKES.get(action, set())
        self.has |= self.BRINGS.get(action, set())


inputs = st.lists(
    st.tuples(st.one_of(st.sampled_from(Input), st.none()), st.floats(0, 2000), st.floats(0, 1)),
    max_size=80,
)


@given(inputs)
def test_any_sequence_of_inputs_keeps_what_the_link_relies_on(
    steps: list[tuple[Input | None, float, float]],
) -> None:
    chance, now, follower = [0.0], 0.0, Follower()
    machine = Session(SETTINGS, jitter=lambda: chance[0])
    for wanted, passed, chance[0] in steps:
        now += passed
        legal = [what for state, what in TRANSITIONS if state is machine.state]
        what = wanted or legal[int(chance[0] * (len(legal) - 1))]
        before = (machine.state, machine.deadline)
        if what not in legal:
            with pytest.raises(IllegalTransitionError):
                machine.happen(what, now)
            assert (machine.state, machine.deadline) == before
            continue
        for action in machine.happen(what, now):
            follower.do(action)
        assert machine.live == ("live" in follower.has)
        assert ("sockets" in follower.has) == (machine.state in OPEN_STATES)
        assert ("former" in follower.has) == (machine.state is State.HANDING_OVER)
        if machine.state is State.WAITING:
            pause = machine.deadline - now
            assert pause == 0 or 0.1 - 1e-6 <= pause <= 5.0 + 1e-6


def test_every_state_can_be_left_and_stopped() -> None:
    for state in State:
        assert (state, Input.STOP) in TRANSITIONS
        assert any(to is not state for (at, _), (to, _) in TRANSITIONS.items() if at is state)


def test_whatever_ends_a_live_session_answers_everything_before_the_sockets_close() -> None:
    for state in LIVE_STATES:
        for end in ENDS:
            assert TRANSITIONS[state, end] == (State.WAITING, (Action.END, Action.CLOSE))


def test_a_timer_is_set_wherever_something_has_to_end_by_itself() -> None:
    for (state, what), (to, _) in TRANSITIONS.items():
        if (to, Input.TIMER) not in TRANSITIONS:
            continue
        machine = live(10.0)
        machine.state = state
        machine.happen(what, 10.0)
        assert 10.0 <= machine.deadline < math.inf


def test_backoff_grows_and_ends_with_a_session_that_lived() -> None:
    machine, now, pauses = session(jitter=1.0), 0.0, []
    machine.happen(Input.START, now)
    for _ in range(8):
        machine.happen(Input.DISCONNECTED, now)
        pauses.append(machine.deadline - now)
        now = machine.deadline
        machine.happen(Input.TIMER, now)
    assert pauses == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0])
    for what in TO_LIVE[1:]:
        machine.happen(what, now)
    machine.happen(Input.DISCONNECTED, now + 5.0)
    assert machine.deadline - (now + 5.0) == pytest.approx(0.2)


def test_the_first_gap_is_met_at_once_and_a_row_of_them_is_not() -> None:
    machine = live(0.0)
    machine.happen(Input.GAP, 1.0)
    assert machine.deadline == 1.0
    machine.happen(Input.TIMER, 1.0)
    for what in TO_LIVE[1:]:
        machine.happen(what, 1.0)
    machine.happen(Input.GAP, 1.1)
    assert machine.deadline > 1.1


def test_a_session_is_replaced_before_the_day_ends_and_again_a_day_later() -> None:
    machine = live(5.0)
    assert machine.deadline == 1005.0
    assert machine.happen(Input.TIMER, 1005.0) == (Action.GREET,)
    machine.happen(Input.WELCOMED, 1005.0)
    assert machine.happen(Input.CONFIRMED, 1006.0) == (Action.HAND_OVER,)
    assert machine.happen(Input.DRAINED, 1007.0) == (Action.RETIRE,)
    assert machine.deadline == 2006.0


def test_a_rekey_that_fails_leaves_the_session_and_waits_before_the_next() -> None:
    machine = live(0.0)
    machine.happen(Input.REKEY, 10.0)
    assert machine.happen(Input.TIMER, 12.0) == (Action.UNANSWERED, Action.GIVE_UP)
    assert machine.live
    assert machine.rekey_not_before == 15.75
    assert machine.deadline == 1000.0
