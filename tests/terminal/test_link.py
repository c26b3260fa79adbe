"""A live session: what ends it, what does not, and what becomes of the commands."""

import time
from typing import Any

import pytest
from tests.terminal.bridge import Bridge, MakeBridge, MakePair, MakeTerminal, Pair, SettingsFor
from tests.terminal.scripted import COMMANDS, PATIENCE_S, STREAM, heartbeat_body

from pitwire.terminal import courier
from pitwire.terminal.messages import (
    Answered,
    LinkDown,
    LinkUp,
    Lost,
    NotSent,
    Pushed,
    Refused,
)
from pitwire.wire import codec
from pitwire.wire.commands import (
    Command,
    CommandCode,
    CopyTicksFrom,
    OrderStatus,
    SymbolInfoGet,
    SymbolsGet,
)
from pitwire.wire.envelope import LAST_SEQUENCE, FrameType, WireChannel
from pitwire.wire.events import EventCode
from pitwire.wire.handshake import Secret

READ = SymbolInfoGet(symbol="EURUSD")
HISTORY = CopyTicksFrom(symbol="EURUSD", from_msc=0)


def trade(number: int) -> Command:
    return OrderStatus(request_id=f"r{number}")


def send_many(bridge: Bridge, count: int) -> list[int]:
    return [bridge.send(trade(number)) for number in range(count)]


def test_a_refusal_is_passed_on(pair: MakePair) -> None:
    made = pair()
    refusal = {"code": 3, "message": "no such symbol"}
    made.terminal.answer = lambda *_: (FrameType.ERROR, codec.pack(refusal))
    answer = made.bridge.wait_answer(made.bridge.send(READ))
    assert isinstance(answer, Refused)
    assert answer.body == refusal


def test_events_come_in_order_and_in_batches(pair: MakePair) -> None:
    made = pair()
    made.terminal.beats = False
    made.terminal.push(EventCode.TICKS, {"clock_msc": 1, "symbol": "EURUSD"}, times=2000)
    made.bridge.wait(lambda: len(ticks(made.bridge)) == 2000)
    assert max(made.bridge.batches) > 1
    assert made.bridge.status.counters.refused == {}


def ticks(bridge: Bridge) -> list[Pushed]:
    return [event for event in bridge.of(Pushed) if event.code == EventCode.TICKS]


def test_heartbeats_are_kept_and_passed_on(pair: MakePair) -> None:
    made = pair()
    made.bridge.wait(lambda: made.bridge.status.last_heartbeat)
    made.bridge.wait_for(Pushed)
    status = made.bridge.status
    assert status.last_heartbeat is not None
    assert status.last_heartbeat.permissions.terminal_connected
    assert status.heartbeat_age_ms is not None
    assert status.heartbeat_age_ms >= 0


def test_a_heartbeat_that_makes_no_sense_is_counted(pair: MakePair) -> None:
    made = pair()
    made.terminal.push(EventCode.HEARTBEAT, {**heartbeat_body(), "tick_msc": "now"})
    made.bridge.wait(lambda: made.bridge.status.counters.refused.get("body"))
    assert made.bridge.status.live


@pytest.mark.parametrize("channel", WireChannel)
def test_garbage_and_replays_change_nothing(pair: MakePair, channel: WireChannel) -> None:
    made = pair()
    made.bridge.wait_answer(made.bridge.send(READ))
    recorded = [frame for _, frame in list(made.terminal.given)]
    garbage = [b"", b"\0" * 72, recorded[-1][:-1] + b"?", b"M5\1\1" + bytes(range(256))]
    made.terminal.inject(channel, *(recorded[:20] + garbage) * 50)
    expected = 50 * (len(recorded[:20]) + len(garbage))
    made.bridge.wait(lambda: sum(made.bridge.status.counters.refused.values()) >= expected)
    answer = made.bridge.wait_answer(made.bridge.send(READ))
    assert isinstance(answer, Answered)
    assert made.bridge.status.counters.reconnects == 0
    assert not made.bridge.of(LinkDown)


@pytest.mark.parametrize("silent", WireChannel)
def test_a_mute_peer_is_noticed_on_either_channel(pair: MakePair, silent: WireChannel) -> None:
    made = pair(heartbeat_interval_ms=50, heartbeat_timeout_ms=400)
    made.terminal.silent[silent] = True
    numbers = send_many(made.bridge, 3) if silent is COMMANDS else []
    down = made.bridge.wait_for(LinkDown)[0]
    assert down.reason == f"the terminal is silent on {silent.name.lower()}"
    assert all(isinstance(made.bridge.wait_answer(number), Lost) for number in numbers)
    made.terminal.silent[silent] = False
    made.bridge.wait_live(times=2)


def test_a_killed_peer_loses_what_is_under_way_and_nothing_comes_twice(pair: MakePair) -> None:
    made = pair(max_in_flight=4)
    made.terminal.holding = True
    numbers = send_many(made.bridge, 10)
    made.bridge.wait(lambda: len(made.terminal.asked()) == 4)
    made.terminal.kill()
    down = made.bridge.wait_for(LinkDown)[0]
    before = made.bridge.delivered[: made.bridge.delivered.index(down)]
    outcome = [type(item) for item in before if isinstance(item, Lost | NotSent)]
    assert outcome == [Lost] * 4 + [NotSent] * 6
    assert isinstance(made.bridge.wait_answer(made.bridge.send(READ)), NotSent)
    made.terminal.holding = False
    made.terminal.received.clear()
    made.terminal.start()
    made.bridge.wait_live(times=2)
    number = made.bridge.send(trade(99))
    assert isinstance(made.bridge.wait_answer(number), Answered)
    assert made.terminal.asked() == [{"request_id": "r99"}]
    assert [len(made.bridge.answers()[sent]) for sent in numbers] == [1] * 10
    status = made.bridge.status
    assert (status.counters.lost, status.counters.reconnects) == (4, 1)
    assert (status.queued, status.in_flight) == (0, 0)


def test_a_gap_ends_the_session_and_a_new_one_follows(pair: MakePair) -> None:
    made = pair()
    made.terminal.holding = True
    number = made.bridge.send(trade(1))
    made.bridge.wait(made.terminal.asked)
    made.terminal.lose_a_frame()
    assert isinstance(made.bridge.wait_answer(number), Lost)
    assert made.bridge.wait_for(LinkDown)[0].reason == "frames of the terminal are missing"
    made.bridge.wait_live(times=2)
    assert made.bridge.status.counters.gaps == 1
    assert ticks(made.bridge) == []


def test_a_reply_that_cannot_be_decoded_ends_the_session(pair: MakePair) -> None:
    made = pair()
    made.terminal.answer = lambda *_: (FrameType.REPLY, b"\xc1")
    number = made.bridge.send(READ)
    assert isinstance(made.bridge.wait_answer(number), Lost)
    assert made.bridge.status.counters.refused["body"] == 1
    made.bridge.wait_live(times=2)


def test_the_terminals_bye_ends_the_session(pair: MakePair) -> None:
    made = pair()
    made.terminal.say_bye()
    assert made.bridge.wait_for(LinkDown)[0].reason == "the terminal ended the session"
    made.bridge.wait_live(times=2)


def test_frames_that_a_terminal_has_no_reason_to_send_are_counted(pair: MakePair) -> None:
    made = pair()
    body = codec.pack({"clock_msc": 1})
    made.terminal.say(COMMANDS, FrameType.REPLY, body, answers=12345)
    made.terminal.say(COMMANDS, FrameType.EVENT, body)
    made.terminal.say(STREAM, FrameType.REQUEST, body)
    made.bridge.wait(lambda: made.bridge.status.counters.refused == {"unmatched": 1, "frame": 2})
    assert made.bridge.status.live


def test_a_command_that_is_never_answered_ends_the_session(pair: MakePair) -> None:
    made = pair(answer_timeout_ms=300)
    made.terminal.holding = True
    number = made.bridge.send(READ)
    answer = made.bridge.wait_answer(number)
    assert isinstance(answer, Lost)
    assert "unanswered" in answer.reason


def test_trading_overtakes_what_waits(pair: MakePair) -> None:
    made = pair(max_in_flight=2, max_history_in_flight=1)
    made.terminal.holding = True
    for command in (READ, READ, HISTORY, READ, trade(1), trade(2), trade(3)):
        made.bridge.send(command)
    made.bridge.wait(lambda: len(made.terminal.asked()) == 4)
    kinds = [header.kind for header, _ in made.terminal.received if header.kind > CommandCode.PING]
    info, status = CommandCode.SYMBOL_INFO, CommandCode.ORDER_STATUS
    assert kinds == [info, info, status, status]
    assert made.bridge.status.queued == 3
    made.terminal.release()
    made.bridge.wait_for(Answered, times=7)
    kinds = [header.kind for header, _ in made.terminal.received if header.kind > CommandCode.PING]
    assert sorted(kinds[4:]) == sorted([status, info, CommandCode.COPY_TICKS_FROM])


def test_a_full_queue_says_so(pair: MakePair) -> None:
    made = pair(max_in_flight=1, max_queued=2)
    made.terminal.holding = True
    numbers = send_many(made.bridge, 5)
    refused = made.bridge.wait_for(NotSent, times=2)
    assert {item.reason for item in refused} == {courier.QUEUE_FULL}
    assert all(item.queue_full for item in refused)
    made.terminal.release()
    assert [type(made.bridge.wait_answer(number)) for number in numbers[:3]] == [Answered] * 3


def test_what_waits_for_too_long_is_not_sent(pair: MakePair) -> None:
    made = pair(max_in_flight=1)
    made.terminal.holding = True
    first = made.bridge.send(trade(1))
    second = made.bridge.send(trade(2), lives_s=0.2)
    third = made.bridge.send(READ, lives_s=-1.0)
    for number in (second, third):
        answer = made.bridge.wait_answer(number)
        assert isinstance(answer, NotSent)
        assert answer.reason == courier.EXPIRED
    made.terminal.release()
    assert isinstance(made.bridge.wait_answer(first), Answered)
    assert made.terminal.asked() == [{"request_id": "r1"}]


def test_a_command_that_is_too_long_for_a_frame_is_not_sent(pair: MakePair) -> None:
    made = pair()
    monster = SymbolsGet.model_construct({"group"}, group="x" * 70_000)
    answer = made.bridge.wait_answer(made.bridge.send(monster))
    assert isinstance(answer, NotSent)
    assert answer.reason == courier.UNWRITABLE
    assert isinstance(made.bridge.wait_answer(made.bridge.send(READ)), Answered)


def test_an_unknown_terminal_is_told_apart(pair: MakePair) -> None:
    made = pair()
    answer = made.bridge.wait_answer(made.bridge.send(READ, terminal="nobody"))
    assert isinstance(answer, NotSent)
    with pytest.raises(KeyError):
        made.bridge.links.status("nobody")


def test_a_rekey_under_load_loses_and_doubles_nothing(pair: MakePair) -> None:
    made = pair(rekey_after_frames=200, heartbeat_interval_ms=20)
    total = 0
    give_up = time.monotonic() + PATIENCE_S
    while made.bridge.status.counters.rekeys < 3 and time.monotonic() < give_up:
        sent = [made.bridge.send(trade(total + number)) for number in range(50)]
        total += len(sent)
        made.bridge.wait(lambda: len(made.bridge.of(Answered)) >= total - 25)  # noqa: B023
    made.bridge.wait(lambda: len(made.bridge.of(Answered)) == total)
    assert all(len(answers) == 1 for answers in made.bridge.answers().values())
    asked = [body["request_id"] for body in made.terminal.asked()]
    assert sorted(asked) == sorted(f"r{number}" for number in range(total))
    made.bridge.wait(lambda: len(made.terminal.farewells) >= 3)
    assert len(made.bridge.of(LinkUp)) >= 4
    assert not made.bridge.of(LinkDown)
    assert made.terminal.refused == []


def test_the_former_session_answers_what_it_was_asked(pair: MakePair) -> None:
    made = pair(rekey_after_frames=20, heartbeat_interval_ms=20)
    made.terminal.holding = True
    held = made.bridge.send(trade(1))
    made.bridge.wait(made.terminal.asked)
    made.bridge.wait_live(times=2)
    following = made.bridge.send(trade(2))
    made.bridge.wait(lambda: len(made.terminal.asked()) == 2)
    assert made.bridge.answers() == {}
    assert made.terminal.farewells == []
    former = first_session(made)
    seen = len(made.terminal.received)
    made.bridge.wait(  # it is kept alive meanwhile
        lambda: any(header.session == former for header, _ in made.terminal.received[seen:])
    )
    made.terminal.release()
    assert isinstance(made.bridge.wait_answer(held), Answered)
    assert isinstance(made.bridge.wait_answer(following), Answered)
    made.bridge.wait(lambda: made.terminal.farewells)
    assert not made.bridge.of(LinkDown)


def first_session(made: Pair) -> int:
    return made.terminal.received[0][0].session


@pytest.mark.parametrize("farewell", [True, False])
def test_a_former_session_that_ends_or_stays_silent_loses_its_own_commands_only(
    pair: MakePair, farewell: bool
) -> None:
    made = pair(
        rekey_after_frames=20,
        heartbeat_interval_ms=20,
        answer_timeout_ms=60_000 if farewell else 500,
    )
    made.terminal.holding = True
    held = made.bridge.send(trade(1))
    made.bridge.wait(made.terminal.asked)
    made.bridge.wait_live(times=2)
    made.terminal.holding = False
    if farewell:
        made.terminal.say_bye(first_session(made))
    assert isinstance(made.bridge.wait_answer(held), Lost)
    assert isinstance(made.bridge.wait_answer(made.bridge.send(READ)), Answered)
    assert not made.bridge.of(LinkDown)


def test_a_session_ends_before_its_numbers_do(
    pair: MakePair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pitwire.terminal.exchange._RESERVE", LAST_SEQUENCE - 20)
    made = pair(heartbeat_interval_ms=20)
    assert made.bridge.wait_for(LinkDown)[0].reason == "the session has run out of numbers"
    made.bridge.wait_live(times=2)


def test_a_rekey_that_is_not_answered_leaves_the_session_alone(pair: MakePair) -> None:
    made = pair(rekey_after_frames=10, heartbeat_interval_ms=20, handshake_timeout_ms=100)
    made.terminal.greets = False
    made.bridge.wait(lambda: made.bridge.status.counters.unanswered_hellos >= 2)
    assert isinstance(made.bridge.wait_answer(made.bridge.send(READ)), Answered)
    made.terminal.greets = True
    made.bridge.wait_live(times=2)
    assert not made.bridge.of(LinkDown)


def test_a_fault_of_ours_ends_one_session_and_not_the_thread(
    pair: MakePair, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = pair()
    made.terminal.holding = True
    number = made.bridge.send(trade(1))
    made.bridge.wait(made.terminal.asked)
    faults = iter([True])

    def unpack(data: bytes) -> dict[str, Any]:
        if next(faults, False):
            raise RuntimeError("private")
        return original(data)

    original = codec.unpack
    monkeypatch.setattr("pitwire.terminal.reader.codec.unpack", unpack)
    answer = made.bridge.wait_answer(number)
    assert isinstance(answer, Lost)
    assert "RuntimeError" in answer.reason
    assert "private" not in answer.reason
    made.terminal.holding = False
    made.bridge.wait_live(times=2)
    assert isinstance(made.bridge.wait_answer(made.bridge.send(READ)), Answered)


def test_a_fault_in_the_middle_of_an_end_leaves_nothing_unanswered(
    pair: MakePair, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = pair(max_in_flight=1)
    made.terminal.holding = True
    numbers = send_many(made.bridge, 3)
    made.bridge.wait(made.terminal.asked)
    faults = iter([True])

    def refuse_all(self: courier.Courier, reason: str) -> None:
        if next(faults, False):
            raise RuntimeError
        original(self, reason)

    original = courier.Courier.refuse_all
    monkeypatch.setattr(courier.Courier, "refuse_all", refuse_all)
    made.terminal.kill()
    made.bridge.wait_for(LinkDown)
    assert [len(made.bridge.answers()[number]) for number in numbers] == [1, 1, 1]
    made.terminal.start()
    made.bridge.wait_live(times=2)


def test_the_expert_can_dial_out_to_us(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    terminal = make_terminal(secret, dial_out=True, start=False)
    bridge = make_bridge(settings_for(terminal, bind=True))
    terminal.start()
    bridge.wait_live()
    assert isinstance(bridge.wait_answer(bridge.send(READ)), Answered)
    terminal.kill()
    bridge.wait_for(LinkDown)
    terminal.start()
    bridge.wait_live(times=2)
    assert isinstance(bridge.wait_answer(bridge.send(READ)), Answered)


def test_a_stranger_at_a_bound_socket_does_not_end_the_session(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    import socket  # noqa: PLC0415

    terminal = make_terminal(secret, dial_out=True, start=False)
    bridge = make_bridge(settings_for(terminal, bind=True))
    terminal.start()
    bridge.wait_live()
    for port in terminal.ports:
        with socket.create_connection(("127.0.0.1", port)) as stranger:
            stranger.sendall(b"GET / HTTP/1.1\r\n\r\n")
    bridge.wait(lambda: bridge.status.counters.refused.get("connection", 0) >= 2)
    assert isinstance(bridge.wait_answer(bridge.send(READ)), Answered)
    assert not bridge.of(LinkDown)


def test_answers_may_come_in_any_order(pair: MakePair) -> None:
    made = pair()
    made.terminal.holding = True
    numbers = send_many(made.bridge, 5)
    made.bridge.wait(lambda: len(made.terminal.asked()) == 5)
    made.terminal._held.reverse()
    made.terminal.release()
    for place, number in enumerate(numbers):
        answer = made.bridge.wait_answer(number)
        assert isinstance(answer, Answered)
        assert answer.body["request_id"] == f"r{place}"


def test_it_asks_again_and_again_even_when_a_ping_is_refused(pair: MakePair) -> None:
    made = pair(heartbeat_interval_ms=20)
    made.terminal.pongs = False

    def pings() -> int:
        return sum(header.kind == CommandCode.PING for header, _ in list(made.terminal.received))

    made.bridge.wait(lambda: pings() > 20)
    assert made.bridge.status.live
    assert made.bridge.status.counters.refused["body"] > 0
