from collections.abc import Callable
from typing import Any

import pytest
from tests.conformance.test_link import Connect, counted, order, positions, wait_for

from pitwire.sim.hello import BURST
from pitwire.sim.terminal import SimTerminal
from pitwire.wire import commands
from pitwire.wire.commands import Channel, Ping
from pitwire.wire.envelope import FrameType
from pitwire.wire.events import GapEvent, TicksEvent
from pitwire.wire.replies import JournalState
from pitwire.wire.retcodes import Retcode


def test_hellos_are_limited_per_connection(
    terminal: SimTerminal, connect: Connect, bridge: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pitwire.sim.hello.PER_SECOND", 0.0)
    eager = connect(live=False)
    for _ in range(30):
        eager.send_raw(eager.hello().hello)
    counted(terminal, "handshake", 30 - int(BURST))
    for _ in range(int(BURST)):
        eager.receive_raw()
    assert eager.is_silent()
    assert bridge.ask(Ping()).clock_msc > 0


def test_a_slow_reader_is_told_what_it_missed(
    terminal: SimTerminal, bridge: Any, move: Callable[[int], None]
) -> None:
    bridge.ask(commands.Subscribe(channel=Channel.TICKS, symbol="EURUSD"))

    rows, _ = terminal.call(lambda: terminal.market.ticks("EURUSD", from_msc=0, count=20))

    def push_until_full() -> None:
        for _ in range(200_000):
            terminal.broker.on_ticks([("EURUSD", rows)])
            if terminal.counters["event_dropped"]:
                return
        raise AssertionError("nothing was ever dropped")

    terminal.call(push_until_full)
    number, gaps = None, 0
    while not gaps:
        event = bridge.event((TicksEvent, GapEvent))
        if isinstance(event, GapEvent):
            assert (event.channel, event.symbol) == (Channel.TICKS, "EURUSD")
            gaps = event.dropped
            continue
        assert number in {None, event.first}
        number = event.first + len(event.ticks) // 60
    assert gaps >= 1
    move(60_000)
    assert bridge.event(TicksEvent).first > number
    assert bridge.ask(Ping()).clock_msc > 0


def test_an_answer_that_is_lost_was_executed_all_the_same(
    terminal: SimTerminal, bridge: Any
) -> None:
    terminal.faults.lose_answer_next = True
    bridge.send(order("lost"))
    status = bridge.ask(commands.OrderStatus(request_id="lost"))
    assert (status.state, status.result.retcode) == (JournalState.DONE, Retcode.DONE)
    assert bridge.ask(order("lost")).result == status.result
    assert positions(terminal) == 1


def test_delayed_answers_keep_their_order(terminal: SimTerminal, bridge: Any) -> None:
    terminal.faults.delay_ms = 60_000
    first = bridge.send(commands.AccountInfoGet())
    assert bridge.is_silent()
    second = bridge.send(Ping())
    assert bridge.is_silent()
    terminal.faults.delay_ms = 0
    assert [bridge.frame().header.answers for _ in range(2)] == [first.sequence, second.sequence]


def test_mute_keeps_the_socket_open_and_serves_nothing(terminal: SimTerminal, bridge: Any) -> None:
    terminal.faults.mute = True
    terminal.call(lambda: None)
    sent = bridge.send(Ping())
    assert bridge.is_silent()
    terminal.faults.mute = False
    assert bridge.answer(sent)[0].type == FrameType.REPLY


def test_dropped_connections_come_back_on_the_same_port(
    terminal: SimTerminal, bridge: Any, connect: Connect
) -> None:
    before = (terminal.commands, terminal.stream)
    terminal.faults.drop_connection = True
    wait_for(terminal, lambda: not terminal.faults.drop_connection)
    other = connect()
    assert (terminal.commands, terminal.stream) == before
    assert other.ask(Ping()).clock_msc > 0
