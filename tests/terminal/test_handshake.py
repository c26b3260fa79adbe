"""From HELLO to a live session, under the right secrets and under wrong ones."""

from tests.terminal.bridge import MakeBridge, MakePair, MakeTerminal, SettingsFor
from tests.terminal.scripted import COMMANDS, STREAM

from pitwire.errors import HandshakeError
from pitwire.terminal.messages import Answered, LinkUp, NotSent
from pitwire.terminal.session import State
from pitwire.wire.commands import SymbolInfoGet
from pitwire.wire.envelope import FrameType, WireChannel, read_header
from pitwire.wire.handshake import Secret


def types(frames: list[tuple[WireChannel, bytes]]) -> list[int]:
    return [read_header(frame, max_frame=2**23).type for _, frame in frames]


def test_hello_welcome_a_ping_on_both_channels_and_the_link_is_up(pair: MakePair) -> None:
    made = pair()
    up = made.bridge.wait_live()
    assert (up.terminal, up.welcome.login, up.welcome.boot) == ("desk-1", 4711, 1)
    assert types(made.terminal.taken)[:3] == [FrameType.HELLO, FrameType.REQUEST, FrameType.REQUEST]
    assert {channel for channel, _ in made.terminal.taken[1:3]} == {COMMANDS, STREAM}
    status = made.bridge.status
    assert status.live
    assert status.state is State.LIVE
    assert status.welcome == up.welcome
    assert status.round_trip_us is not None


def test_a_command_is_answered(pair: MakePair) -> None:
    made = pair()
    number = made.bridge.send(SymbolInfoGet(symbol="EURUSD"))
    answer = made.bridge.wait_answer(number)
    assert isinstance(answer, Answered)
    assert answer.body["symbol"] == "EURUSD"
    assert made.bridge.status.in_flight == 0


def test_the_terminals_clock_is_measured(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    terminal = make_terminal(secret)
    terminal.clock_ahead_ms = 3_600_000
    bridge = make_bridge(settings_for(terminal))
    bridge.wait_live()
    offset = bridge.status.clock_offset_ms
    assert offset is not None
    assert abs(offset - 3_600_000) < 1000


def test_a_wrong_secret_never_comes_to_life_and_the_status_tells(
    make_terminal: MakeTerminal, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    terminal = make_terminal(Secret.random())
    settings = settings_for(terminal, secrets=(Secret.random(),), handshake_timeout_ms=50)
    bridge = make_bridge(settings)
    bridge.wait(lambda: bridge.status.unanswered_hellos >= 3)
    assert not bridge.of(LinkUp)
    assert not bridge.status.live
    assert bridge.status.counters.unanswered_hellos >= 3
    assert "does not answer HELLO" in bridge.status.last_end
    assert all(isinstance(error, HandshakeError) for error in terminal.refused)
    answer = bridge.wait_answer(bridge.send(SymbolInfoGet(symbol="EURUSD")))
    assert isinstance(answer, NotSent)


def test_another_terminals_name_never_comes_to_life(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    terminal = make_terminal(secret)
    bridge = make_bridge(settings_for(terminal, name="desk-2", handshake_timeout_ms=50))
    bridge.wait(lambda: bridge.status.unanswered_hellos >= 1)
    assert not bridge.of(LinkUp)


def test_the_other_secret_of_a_rotation_is_tried(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    terminal = make_terminal(secret)
    following = Secret.random()
    settings = settings_for(terminal, secrets=(following, secret), handshake_timeout_ms=300)
    bridge = make_bridge(settings)
    bridge.wait_live()
    assert bridge.status.unanswered_hellos == 0
    assert bridge.status.counters.unanswered_hellos == 1
    terminal.kill()
    terminal.secrets = [following]
    terminal.start()
    bridge.wait_live(times=2)


def test_a_rekey_moves_to_the_preferred_secret(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    terminal = make_terminal(secret)
    following = Secret.random()
    settings = settings_for(
        terminal, secrets=(following, secret), handshake_timeout_ms=300, rekey_after_frames=20
    )
    bridge = make_bridge(settings)
    bridge.wait_live()
    terminal.secrets = [following, secret]
    for _ in range(30):
        bridge.send(SymbolInfoGet(symbol="EURUSD"))
    bridge.wait_live(times=2)
    terminal.kill()
    terminal.secrets = [following]
    hellos = bridge.status.counters.unanswered_hellos
    terminal.start()
    bridge.wait(lambda: bridge.status.live and bridge.status.counters.reconnects)
    assert bridge.status.counters.unanswered_hellos == hellos


def test_a_recorded_welcome_brings_no_session_and_the_right_one_still_does(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    terminal = make_terminal(secret)
    first = make_bridge(settings_for(terminal))
    first.wait_live()
    recorded = next(frame for _, frame in terminal.given)
    first.links.stop()
    terminal.greets = False
    bridge = make_bridge(settings_for(terminal, handshake_timeout_ms=10_000))
    seen = len(terminal.given)
    bridge.wait(lambda: FrameType.HELLO in types(terminal.taken[-1:]))
    bridge.wait(lambda: bridge.status.state is State.GREETING)
    terminal.inject(COMMANDS, recorded, b"", b"M5", recorded[:-1] + b"?", b"\0" * 500)
    bridge.wait(lambda: sum(bridge.status.counters.refused.values()) >= 5)
    assert bridge.status.state is State.GREETING
    assert set(bridge.status.counters.refused) == {"frame", "signature"}
    assert len(terminal.given) == seen


def test_a_replayed_hello_does_not_end_the_live_session(pair: MakePair) -> None:
    made = pair()
    hello = next(frame for _, frame in made.terminal.taken)
    made.terminal.inject(COMMANDS, hello)
    made.terminal.inject(STREAM, hello)
    made.bridge.wait(lambda: sum(made.bridge.status.counters.refused.values()) == 2)
    answer = made.bridge.wait_answer(made.bridge.send(SymbolInfoGet(symbol="EURUSD")))
    assert isinstance(answer, Answered)


def test_a_session_that_the_terminal_ends_before_it_is_live_is_tried_again(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    terminal = make_terminal(secret)
    terminal.rejects = True
    bridge = make_bridge(settings_for(terminal))
    bridge.wait(lambda: bridge.status.last_end == "the terminal ended the session")
    assert bridge.delivered == []
    terminal.rejects = False
    bridge.wait_live()
    assert bridge.status.counters.reconnects == 0


def test_a_session_is_not_live_before_the_stream_has_answered(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    terminal = make_terminal(secret)
    terminal.silent[STREAM] = True
    bridge = make_bridge(settings_for(terminal, handshake_timeout_ms=100))
    bridge.wait(lambda: "both channels" in bridge.status.last_end)
    assert not bridge.of(LinkUp)
    terminal.silent[STREAM] = False
    bridge.wait_live()
