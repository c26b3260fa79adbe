import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from tests.conformance.peers import Peer, Terminal
from tests.conformance.tiny_bridge import TinyBridge

from pitwire.errors import SignatureError
from pitwire.sim.lanes import MAX_WAITING
from pitwire.wire import codec, commands
from pitwire.wire.commands import Channel, CommandCode, Ping
from pitwire.wire.enums import OrderType, Timeframe
from pitwire.wire.envelope import FrameType, Header, WireChannel, keyed_hmac, write_frame
from pitwire.wire.events import Heartbeat, TicksEvent, TradeEvent
from pitwire.wire.handshake import HALF_OPEN_SESSIONS, Secret
from pitwire.wire.replies import JournalState, Refusal, RefusalCode
from pitwire.wire.retcodes import Retcode

Connect = Callable[..., TinyBridge]
STREAM = WireChannel.STREAM
FAR_FUTURE_MSC = 2_000_000_000_000


def order(request_id: str, *, login: int = 5_000_001, **fields: Any) -> commands.OrderSend:
    return commands.OrderSend(
        request_id=request_id,
        deadline_msc=FAR_FUTURE_MSC,
        login=login,
        symbol="EURUSD",
        type=OrderType.BUY,
        volume=0.1,
        **fields,
    )


def positions(terminal: Terminal) -> int:
    return terminal.call(lambda: len(terminal.broker.ledger.positions))


def wait_for(terminal: Terminal, condition: Callable[[], bool]) -> None:
    """Wait until something is so, one turn of the terminal after the other."""
    until = time.monotonic() + 10
    while not terminal.call(condition):
        assert time.monotonic() < until, f"it never came true: {terminal.counters}"


def counted(terminal: Terminal, counter: str, number: int) -> None:
    wait_for(terminal, lambda: terminal.counters[counter] >= number)
    assert terminal.counters[counter] == number


def test_a_whole_session(
    terminal: Terminal, bridge: TinyBridge, move: Callable[[int], None]
) -> None:
    assert bridge.welcome is not None
    assert (bridge.welcome.terminal, bridge.welcome.login) == ("demo", 5_000_001)
    assert bridge.welcome.max_rows == commands.MAX_ROWS
    beat = bridge.event(Heartbeat)
    assert beat.permissions.terminal_trade_allowed
    bridge.ask(commands.Subscribe(channel=Channel.TRADES))
    following = bridge.ask(commands.Subscribe(channel=Channel.TICKS, symbol="EURUSD")).next
    opened = bridge.ask(order("in")).result
    assert opened.retcode == Retcode.DONE
    told = [bridge.event(TradeEvent) for _ in range(5)]
    assert told[-1].request_id == "in"
    move(60_000)
    assert bridge.event(TicksEvent).first == following
    closed = bridge.ask(
        commands.PositionClose(
            request_id="out",
            deadline_msc=FAR_FUTURE_MSC,
            login=5_000_001,
            position=opened.position,
        )
    )
    assert closed.result.retcode == Retcode.DONE
    assert bridge.ask(commands.OrderStatus(request_id="out")).state == JournalState.DONE
    assert terminal.counters.total() == 0
    bridge.bye()
    bridge.send(Ping())
    assert bridge.is_silent()
    counted(terminal, "session", 1)


def test_heartbeats_come_each_second(bridge: TinyBridge) -> None:
    first, second = bridge.event(Heartbeat), bridge.event(Heartbeat)
    assert first.tick_msc == second.tick_msc > 0


GARBAGE = [
    b"",
    b"M5",
    b"x" * 72,
    b"M5\x01\x01" + b"\0" * 68,
    b"M5\x02\x01" + b"\0" * 68,
    b"M5\x01\x00" + b"\0" * 68,
    b"M5\x01\x01\x03\xff" + b"\0" * 66,
    b"M5\x01\x01" + b"\xff" * 60_000,
]


@pytest.mark.parametrize("channel", WireChannel)
def test_strangers_get_no_answer_and_change_nothing(
    terminal: Terminal, connect: Connect, bridge: TinyBridge, channel: WireChannel
) -> None:
    stranger = connect(live=False)
    frames = [*GARBAGE, *(os.urandom(100) for _ in range(50))]
    for frame in frames:
        stranger.send_raw(frame, channel=channel)
    stranger.sockets[channel].send_multipart([b"a", b"b", b"c"])
    assert stranger.is_silent(channel=channel)
    wait_for(terminal, lambda: terminal.counters.total() >= len(frames) + 1)
    assert terminal.counters.total() == len(frames) + 1
    assert bridge.ask(order("a")).result.retcode == Retcode.DONE


def test_a_hello_under_another_secret_or_name_gets_no_answer(
    terminal: Terminal, connect: Connect
) -> None:
    for wrong in ({"secret": Secret.random()}, {"name": "other"}):
        stranger = connect(live=False, **wrong)
        stranger.send_raw(stranger.hello().hello)
        assert stranger.is_silent()
    counted(terminal, "handshake", 2)


def test_a_hello_on_the_stream_gets_no_answer(terminal: Terminal, connect: Connect) -> None:
    stranger = connect(live=False)
    stranger.send_raw(stranger.hello().hello, channel=STREAM)
    assert stranger.is_silent(channel=STREAM)
    assert stranger.is_silent()
    counted(terminal, "session", 1)


def test_a_replayed_order_is_counted_and_not_executed(
    terminal: Terminal, bridge: TinyBridge, connect: Connect
) -> None:
    frame = bridge.seal(order("a"))
    bridge.send_raw(frame)
    assert bridge.frame().header.type == FrameType.REPLY
    thief = connect(live=False)
    bridge.send_raw(frame)
    thief.send_raw(frame)
    assert thief.is_silent()
    assert bridge.is_silent()
    counted(terminal, "sequence", 2)
    assert positions(terminal) == 1


def test_a_frame_with_one_bit_flipped_changes_nothing(
    terminal: Terminal, bridge: TinyBridge
) -> None:
    """One bit of every byte of a signed order, another one each time."""
    sealer = bridge.sealers[WireChannel.COMMANDS]
    signed = bridge.seal(order("forged"))
    sealer.sequence -= 1
    for place in range(len(signed)):
        forged = bytearray(signed)
        forged[place] ^= 1 << place % 8
        bridge.send_raw(bytes(forged))
    wait_for(terminal, lambda: terminal.counters.total() >= len(signed))
    assert terminal.counters.total() == len(signed)
    assert bridge.ask(Ping()).clock_msc > 0
    assert positions(terminal) == 0


def test_our_own_frames_reflected_are_refused(terminal: Terminal, bridge: TinyBridge) -> None:
    bridge.send(Ping())
    bridge.send_raw(bridge.receive_raw())
    assert bridge.is_silent()
    counted(terminal, "session", 1)


def test_a_frame_of_the_other_channel_is_refused(terminal: Terminal, bridge: TinyBridge) -> None:
    bridge.send_raw(bridge.seal(Ping()), channel=STREAM)
    assert bridge.is_silent()
    counted(terminal, "session", 1)


def test_the_stream_carries_no_command_but_ping(terminal: Terminal, bridge: TinyBridge) -> None:
    bridge.send(order("a"), channel=STREAM)
    counted(terminal, "frame", 1)
    assert positions(terminal) == 0
    bridge.send(Ping(), channel=STREAM)
    reply = bridge.frame(channel=STREAM)
    while reply.header.type == FrameType.EVENT:
        reply = bridge.frame(channel=STREAM)
    assert reply.header.type == FrameType.REPLY


def test_types_that_a_bridge_does_not_send(terminal: Terminal, bridge: TinyBridge) -> None:
    sealer = bridge.sealers[WireChannel.COMMANDS]
    bridge.send_raw(sealer.seal(FrameType.EVENT, 1, b"\x80"))
    counted(terminal, "frame", 1)


def test_a_signed_request_with_a_bad_body_is_answered(
    terminal: Terminal, bridge: TinyBridge
) -> None:
    sealer = bridge.sealers[WireChannel.COMMANDS]
    bridge.send_raw(sealer.seal(FrameType.REQUEST, CommandCode.SYMBOL_INFO, b"\xc1"))
    frame = bridge.frame()
    assert frame.header.type == FrameType.ERROR
    refusal = Refusal.model_validate(codec.unpack(frame.body))
    assert refusal.code == RefusalCode.INVALID_REQUEST
    assert bridge.ask(Ping()).clock_msc > 0


def test_a_lost_frame_ends_the_session_with_bye(terminal: Terminal, bridge: TinyBridge) -> None:
    bridge.seal(order("lost-on-the-way"))
    bridge.send(order("after"))
    assert bridge.frame().header.type == FrameType.BYE
    bridge.send(Ping())
    assert bridge.is_silent()
    counted(terminal, "sequence", 1)
    assert positions(terminal) == 0


def test_a_replayed_hello_changes_nothing_for_a_live_session(
    terminal: Terminal, connect: Connect, secret: Secret
) -> None:
    bridge = connect(live=False)
    handshake = bridge.hello()
    bridge.send_raw(handshake.hello)
    bridge.take_keys(handshake.finish(bridge.receive_raw()))
    assert bridge.ask(Ping()).clock_msc > 0
    thief = connect(live=False)
    for _ in range(3):
        bridge.send_raw(handshake.hello)
        thief.send_raw(handshake.hello)
    assert thief.is_silent()
    assert bridge.is_silent()
    assert bridge.ask(order("a")).result.retcode == Retcode.DONE
    counted(terminal, "handshake", 6)


def test_half_open_sessions_are_few_and_the_newest_win(
    connect: Connect, bridge: TinyBridge
) -> None:
    waiting = []
    for _ in range(HALF_OPEN_SESSIONS + 3):
        late = connect(live=False)
        handshake = late.hello()
        late.send_raw(handshake.hello)
        late.take_keys(handshake.finish(late.receive_raw()))
        waiting.append(late)
    for pushed_out in waiting[:3]:
        pushed_out.send(Ping())
        assert pushed_out.is_silent()
    for kept in waiting[3:]:
        assert kept.ask(Ping()).clock_msc > 0
    assert bridge.ask(Ping()).clock_msc > 0


def test_a_half_open_session_does_not_wait_for_ever(
    peer: Peer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_time = peer.shorten(monkeypatch, "HALF_OPEN_MS", 50)
    late = connect(live=False)
    handshake = late.hello()
    late.send_raw(handshake.hello)
    late.take_keys(handshake.finish(late.receive_raw()))
    pass_time()
    assert late.is_silent()
    late.send(Ping())
    assert late.is_silent()


def test_a_silent_session_ends_with_bye(
    peer: Peer, bridge: TinyBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer.shorten(monkeypatch, "SILENCE_MS", 50)()
    assert bridge.frame().header.type == FrameType.BYE
    bridge.send(Ping())
    assert bridge.is_silent()


def test_two_bridges_at_once_each_get_their_own(
    terminal: Terminal, connect: Connect, move: Callable[[int], None]
) -> None:
    one, two = connect(), connect()
    one.ask(commands.Subscribe(channel=Channel.TICKS, symbol="EURUSD"))
    two.ask(commands.Subscribe(channel=Channel.TICKS, symbol="GBPUSD"))
    assert one.ask(order("same")).repeated is False
    assert two.ask(order("same")).repeated is True
    move(60_000)
    assert one.event(TicksEvent).symbol == "EURUSD"
    assert two.event(TicksEvent).symbol == "GBPUSD"
    one.bye()
    assert two.ask(Ping()).clock_msc > 0
    assert positions(terminal) == 1


def test_a_new_session_beside_the_old_one_loses_nothing(
    terminal: Terminal, bridge: TinyBridge, connect: Connect
) -> None:
    """The bridge re-keys: it opens a second session over the same sockets, then says BYE."""
    old_sealers, old_openers = bridge.sealers, bridge.openers
    in_flight = bridge.seal(order("old"))
    handshake = bridge.hello()
    bridge.send_raw(handshake.hello)
    bridge.take_keys(handshake.finish(bridge.receive_raw()))
    for channel in WireChannel:
        assert bridge.sealers[channel] is not old_sealers[channel]
    assert bridge.ask(Ping()).clock_msc > 0
    bridge.send_raw(in_flight)
    answer = old_openers[WireChannel.COMMANDS].open(bridge.receive_raw())
    assert answer.header.type == FrameType.REPLY
    assert bridge.ask(order("old")).repeated
    bridge.send_raw(old_sealers[WireChannel.COMMANDS].seal(FrameType.BYE, 0, b"\x80"))
    bridge.send_raw(old_sealers[WireChannel.COMMANDS].seal(FrameType.REQUEST, 1, b"\x80"))
    assert bridge.ask(Ping()).clock_msc > 0
    assert positions(terminal) == 1
    counted(terminal, "session", 1)


def test_trades_go_before_reads_and_reads_before_history(
    terminal: Terminal, bridge: TinyBridge
) -> None:
    terminal.faults.mute = True
    terminal.call(lambda: None)
    history = commands.CopyRatesFromPos(symbol="EURUSD", timeframe=Timeframe.M1, count=10)
    sent = [bridge.send(history) for _ in range(3)]
    sent += [bridge.send(commands.AccountInfoGet()) for _ in range(3)]
    sent += [bridge.send(commands.OrderStatus(request_id="id")) for _ in range(3)]
    terminal.faults.mute = False
    answered = [bridge.frame().header.answers for _ in sent]
    in_lanes = [sent[at].sequence for at in (6, 7, 8, 3, 4, 5, 0, 1, 2)]
    # History that comes in first is not held back for what has not arrived yet.
    assert answered == in_lanes


def test_a_flood_is_refused_as_busy_and_every_request_is_answered(
    terminal: Terminal, bridge: TinyBridge
) -> None:
    terminal.faults.mute = True
    terminal.call(lambda: None)
    count = MAX_WAITING + 500
    sent = {bridge.send(Ping()).sequence for _ in range(count)}
    terminal.faults.mute = False
    kinds = []
    for _ in range(count):
        frame = bridge.frame()
        sent.remove(frame.header.answers)
        kinds.append(frame.header.type)
        if frame.header.type == FrameType.ERROR:
            refusal = Refusal.model_validate(codec.unpack(frame.body))
            assert (refusal.code, refusal.retry_after_ms) == (RefusalCode.BUSY, 100)
    assert not sent
    assert kinds.count(FrameType.REPLY) >= MAX_WAITING
    assert FrameType.ERROR in kinds
    assert bridge.ask(Ping()).clock_msc > 0


def test_algo_trading_off_is_seen_and_refused(terminal: Terminal, bridge: TinyBridge) -> None:
    terminal.faults.algo_trading = False
    assert not bridge.ask(commands.AccountInfoGet()).permissions.terminal_trade_allowed
    refusal = bridge.ask(order("a"))
    assert (refusal.code, positions(terminal)) == (RefusalCode.TRADE_FORBIDDEN, 0)


def test_the_welcome_belongs_to_one_hello(connect: Connect) -> None:
    bridge = connect(live=False)
    first, second = bridge.hello(), bridge.hello()
    bridge.send_raw(first.hello)
    with pytest.raises(SignatureError):
        second.finish(bridge.receive_raw())


def test_a_session_that_was_never_opened(connect: Connect, terminal: Terminal) -> None:
    stranger = connect(live=False)
    header = Header(FrameType.REQUEST, 0, CommandCode.PING, 1, 1, 0, 0)
    stranger.send_raw(write_frame(keyed_hmac(b"k" * 32), header, b"\x80"))
    assert stranger.is_silent()
    counted(terminal, "session", 1)


def test_talk_on_the_stream_alone_does_not_keep_a_session(
    peer: Peer, bridge: TinyBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer.shorten(monkeypatch, "SILENCE_MS", 300)()
    while not bridge.sockets[WireChannel.COMMANDS].poll(10):
        bridge.send(Ping(), channel=STREAM)
    assert bridge.frame().header.type == FrameType.BYE


def test_a_burst_of_history_lets_heartbeats_through(terminal: Terminal, bridge: TinyBridge) -> None:
    history = commands.CopyTicksFrom(symbol="EURUSD", from_msc=0, count=1000)
    sent = [bridge.send(history) for _ in range(300)]
    beats = [bridge.event(Heartbeat) for _ in range(2)]
    assert beats[0].busy_us >= 0
    assert {bridge.frame().header.answers for _ in sent} == {each.sequence for each in sent}
