import math

from hypothesis import given
from hypothesis import strategies as st

from pitwire.terminal.lanes import Lanes
from pitwire.terminal.messages import Outgoing
from pitwire.terminal.settings import LinkSettings
from pitwire.wire.commands import Command, CopyTicksFrom, Lane, OrderStatus, Ping
from pitwire.wire.handshake import Secret

BY_LANE: dict[Lane, Command] = {
    Lane.TRADE: OrderStatus(request_id="r1"),
    Lane.READ: Ping(),
    Lane.HISTORY: CopyTicksFrom(symbol="EURUSD", from_msc=0),
}


def lanes(**limits: int) -> Lanes:
    chosen = {"max_queued": 5, "max_in_flight": 4, "max_history_in_flight": 2, **limits}
    return Lanes(
        LinkSettings(
            name="desk",
            commands="tcp://127.0.0.1:1",
            stream="tcp://127.0.0.1:2",
            secrets=(Secret(b"s" * 32),),
            **chosen,  # type: ignore[arg-type]
        )
    )


def waiting(lane: Lane, number: int = 0, expires_at: float = math.inf) -> Outgoing:
    return Outgoing("desk", number, BY_LANE[lane], expires_at)


def take_lanes(queues: Lanes) -> list[Lane]:
    taken = []
    while (outgoing := queues.take()) is not None:
        queues.started(outgoing.command.lane)
        taken.append(outgoing.command.lane)
    return taken


def test_trading_goes_first_and_history_last() -> None:
    queues = lanes()
    for lane in (Lane.HISTORY, Lane.READ, Lane.TRADE, Lane.READ, Lane.TRADE):
        assert queues.put(waiting(lane))
    assert take_lanes(queues) == [Lane.TRADE, Lane.TRADE, Lane.READ, Lane.READ, Lane.HISTORY]


def test_trading_goes_while_everything_else_is_full() -> None:
    queues = lanes()
    for lane in (Lane.HISTORY, Lane.HISTORY, Lane.HISTORY, Lane.READ, Lane.READ, Lane.READ):
        queues.put(waiting(lane))
    assert take_lanes(queues) == [Lane.READ] * 3 + [Lane.HISTORY]
    queues.put(waiting(Lane.TRADE))
    assert take_lanes(queues) == [Lane.TRADE]


def test_history_has_a_small_part_of_the_allowance() -> None:
    queues = lanes()
    for _ in range(4):
        queues.put(waiting(Lane.HISTORY))
    assert take_lanes(queues) == [Lane.HISTORY] * 2
    queues.finished(Lane.HISTORY)
    assert take_lanes(queues) == [Lane.HISTORY]


def test_a_full_lane_refuses_and_the_others_do_not() -> None:
    queues = lanes()
    assert [queues.put(waiting(Lane.READ)) for _ in range(6)] == [True] * 5 + [False]
    assert queues.put(waiting(Lane.TRADE))


def test_what_waited_too_long_is_found_and_the_rest_keeps_its_order() -> None:
    queues = lanes()
    for number, expires_at in enumerate((5.0, 2.0, 9.0, 3.0)):
        queues.put(waiting(Lane.READ, number, expires_at))
    assert queues.next_expiry == 2.0
    assert queues.take_expired(1.9) == []
    assert [outgoing.number for outgoing in queues.take_expired(3.0)] == [1, 3]
    assert queues.next_expiry == 5.0
    assert [outgoing.number for outgoing in queues.take_all()] == [0, 2]
    assert queues.next_expiry == math.inf


steps = st.lists(
    st.tuples(
        st.sampled_from(["put", "take", "finish", "expire"]),
        st.sampled_from(Lane),
        st.integers(0, 20),
    ),
    max_size=100,
)


@given(steps)
def test_nothing_is_lost_doubled_or_let_past_its_allowance(
    moves: list[tuple[str, Lane, int]],
) -> None:
    queues, inside, under_way = lanes(), set[int](), dict.fromkeys(Lane, 0)
    for number, (move, lane, value) in enumerate(moves):
        if move == "put" and queues.put(waiting(lane, number, float(value))):
            inside.add(number)
        elif move == "take" and (outgoing := queues.take()) is not None:
            inside.remove(outgoing.number)
            queues.started(outgoing.command.lane)
            under_way[outgoing.command.lane] += 1
        elif move == "finish" and under_way[lane]:
            queues.finished(lane)
            under_way[lane] -= 1
        elif move == "expire":
            for outgoing in queues.take_expired(float(value)):
                inside.remove(outgoing.number)
            assert queues.next_expiry > value
        assert under_way[Lane.TRADE] <= 4
        assert under_way[Lane.READ] + under_way[Lane.HISTORY] <= 4
        assert under_way[Lane.HISTORY] <= 2
        assert queues.queued == len(inside)
        assert queues.in_flight == sum(under_way.values())
    assert {outgoing.number for outgoing in queues.take_all()} == inside
