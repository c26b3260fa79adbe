import hashlib
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pitwire.errors import HandshakeError, SignatureError, WireError
from pitwire.wire import codec
from pitwire.wire.envelope import (
    Direction,
    FrameType,
    Header,
    WireChannel,
    flags_of,
    keyed_hmac,
    write_frame,
)
from pitwire.wire.handshake import (
    BridgeHandshake,
    Secret,
    SessionKeys,
    TerminalHandshake,
    Welcome,
)

FACTS: dict[str, object] = {
    "login": 5_012_345,
    "server": "Broker-Demo",
    "build": 4620,
    "agent": "test",
    "boot": 1,
    "journal": 11,
    "max_rows": 8192,
    "clock_msc": 1_700_000_000_000,
    "utc_offset_s": 7200,
}
SECRET = Secret(bytes(range(32)))
NEXT = Secret(bytes(range(1, 33)))
LANES = [(direction, channel) for direction in Direction for channel in WireChannel]


def clock() -> int:
    return 1_700_000_000_000_000


def bridge(secret: Secret = SECRET, terminal: str = "demo") -> BridgeHandshake:
    return BridgeHandshake(secret, terminal=terminal, bridge="pitwire", clock_us=clock)


def terminal(*held: Secret, name: str = "demo") -> TerminalHandshake:
    return TerminalHandshake(held or (SECRET,), terminal=name, clock_us=clock)


def agree(left: SessionKeys, right: SessionKeys) -> bool:
    """Whether frames of one side open on the other, on every lane."""
    for lane in LANES:
        frame = left.sealer(*lane, clock_us=clock).seal(FrameType.REQUEST, 1, codec.pack({}))
        try:
            right.opener(*lane).open(frame)
        except WireError:
            return False
    return True


def test_both_sides_come_to_the_same_session() -> None:
    asking = bridge()
    frame, hello, theirs = terminal().answer(asking.hello, facts=FACTS)
    welcome, ours = asking.finish(frame)
    assert agree(ours, theirs)
    assert agree(theirs, ours)
    assert ours.session == theirs.session == welcome.session > 0
    assert (hello.bridge, hello.terminal) == ("pitwire", "demo")
    assert welcome.model_dump(include=set(FACTS)) == FACTS


def test_a_welcome_names_the_journal() -> None:
    asking = bridge()
    welcome, _ = asking.finish(terminal(SECRET).answer(asking.hello, facts=FACTS)[0])
    assert welcome.journal == 11
    silent = {name: value for name, value in FACTS.items() if name != "journal"}
    with pytest.raises(ValidationError, match="journal"):
        terminal(SECRET).answer(asking.hello, facts=silent)


def test_every_handshake_has_its_own_nonces_session_and_keys() -> None:
    asking = bridge()
    sessions = [terminal().answer(asking.hello, facts=FACTS) for _ in range(5)]
    assert len({frame for frame, _, _ in sessions}) == 5
    assert len({keys.session for _, _, keys in sessions}) == 5
    assert not agree(sessions[0][2], sessions[1][2])
    assert bridge().hello != bridge().hello


def test_a_replayed_hello_gives_its_sender_nothing() -> None:
    """The answer differs each time, and its keys need the secret."""
    asking = bridge()
    frame, _, live = terminal().answer(asking.hello, facts=FACTS)
    replayed, _, half_open = terminal().answer(asking.hello, facts=FACTS)
    assert replayed != frame
    assert not agree(live, half_open)
    request = live.sealer(*LANES[0], clock_us=clock).seal(FrameType.REQUEST, 90, codec.pack({}))
    with pytest.raises(WireError):
        half_open.opener(*LANES[0]).open(request)


def test_a_recorded_welcome_answers_no_other_hello() -> None:
    first = bridge()
    recorded, _, _ = terminal().answer(first.hello, facts=FACTS)
    later = bridge()
    with pytest.raises(SignatureError):
        later.finish(recorded)
    frame, _, _ = terminal().answer(later.hello, facts=FACTS)
    later.finish(frame)


def test_a_hello_with_any_bit_changed_stays_unanswered() -> None:
    hello = bridge().hello
    answering = terminal(SECRET, NEXT)
    for bit in range(len(hello) * 8):
        changed = bytearray(hello)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(WireError):
            answering.answer(bytes(changed), facts=FACTS)


def test_a_welcome_with_any_bit_changed_is_refused_and_the_right_one_still_taken() -> None:
    asking = bridge()
    frame, _, theirs = terminal().answer(asking.hello, facts=FACTS)
    for bit in range(len(frame) * 8):
        changed = bytearray(frame)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(WireError):
            asking.finish(bytes(changed))
    assert agree(asking.finish(frame)[1], theirs)


@given(st.binary(max_size=300))
def test_noise_is_refused_by_both_sides(noise: bytes) -> None:
    for frame in (noise, b"M5\x01\x01\x01\0" + noise, b"M5\x01\x01\x02\x01" + noise):
        with pytest.raises(WireError):
            terminal().answer(frame, facts=FACTS)
        with pytest.raises(WireError):
            bridge().finish(frame)


@given(st.data())
def test_a_cut_or_extended_frame_is_refused(data: st.DataObject) -> None:
    asking = bridge()
    frame, _, _ = terminal().answer(asking.hello, facts=FACTS)
    more = data.draw(st.binary(min_size=1, max_size=8))
    cut = data.draw(st.integers(0, len(asking.hello) - 1))
    for hello in (asking.hello[:cut], asking.hello + more):
        with pytest.raises(WireError):
            terminal().answer(hello, facts=FACTS)
    for welcome in (frame[:cut], frame + more):
        with pytest.raises(WireError):
            asking.finish(welcome)


def test_during_a_rotation_both_secrets_open_and_a_third_does_not() -> None:
    answering = terminal(SECRET, NEXT)
    for secret in (SECRET, NEXT):
        asking = bridge(secret)
        frame, _, theirs = answering.answer(asking.hello, facts=FACTS)
        assert agree(asking.finish(frame)[1], theirs)
    with pytest.raises(HandshakeError, match="does not hold"):
        answering.answer(bridge(Secret.random()).hello, facts=FACTS)
    with pytest.raises(HandshakeError, match="does not hold"):
        terminal(NEXT).answer(bridge().hello, facts=FACTS)


def test_a_hello_for_another_terminal_stays_unanswered_even_with_the_same_secret() -> None:
    with pytest.raises(HandshakeError):
        terminal(name="live").answer(bridge().hello, facts=FACTS)


def test_a_welcome_of_another_terminal_is_refused_even_with_the_same_secret() -> None:
    asking = bridge()
    other = bridge(terminal="live")
    frame, _, _ = terminal(name="live").answer(other.hello, facts=FACTS)
    with pytest.raises(SignatureError):
        asking.finish(frame)


def test_who_alters_the_versions_offered_is_found_out() -> None:
    """Even with the HELLO key, an altered HELLO leads to a WELCOME that the bridge refuses."""
    asking = bridge()
    body = {**codec.unpack(asking.hello[40:-32]), "versions": [1, 0]}
    key = SECRET.derive("hello", salt=b"", context=b"demo")
    header = Header(FrameType.HELLO, 0, 0, 0, 0, clock(), 0)
    altered = write_frame(keyed_hmac(key), header, codec.pack(body))
    frame, _, _ = terminal().answer(altered, facts=FACTS)
    with pytest.raises(SignatureError):
        asking.finish(frame)


def test_a_bridge_does_not_take_its_own_frames_for_a_welcome() -> None:
    asking = bridge()
    with pytest.raises(HandshakeError):
        asking.finish(asking.hello)


def test_a_terminal_does_not_take_a_welcome_for_a_hello() -> None:
    frame, _, _ = terminal().answer(bridge().hello, facts=FACTS)
    with pytest.raises(HandshakeError):
        terminal().answer(frame, facts=FACTS)


def test_a_welcome_with_a_body_that_is_no_messagepack_is_refused() -> None:
    asking = bridge()
    frame, _, _ = terminal().answer(asking.hello, facts=FACTS)
    welcome = Welcome.model_validate(codec.unpack(frame[40:-32]))
    flags = flags_of(Direction.FROM_TERMINAL, WireChannel.COMMANDS)
    header = Header(FrameType.WELCOME, flags, 0, welcome.session, 0, clock(), 0)
    sha256 = keyed_hmac(welcome_key(asking.hello))
    with pytest.raises(WireError):
        asking.finish(write_frame(sha256, header, b"\xc1"))


def welcome_key(hello: bytes) -> bytes:
    return SECRET.derive("welcome", salt=hashlib.sha256(hello).digest())


class TestSecret:
    def test_is_read_and_written_as_64_digits(self) -> None:
        text = "00112233445566778899aabbccddeeff" * 2
        assert Secret.from_text(f" {text.upper()}\n").to_text() == text

    @pytest.mark.parametrize("text", ["", "00", "zz" * 32, "00" * 33, "00" * 31])
    def test_names_what_is_wrong_without_showing_it(self, text: str) -> None:
        with pytest.raises(ValueError, match="link secret") as caught:
            Secret.from_text(text)
        shown = "".join(traceback.format_exception(caught.value))
        assert len(text) < 3 or text not in shown

    def test_random_ones_differ(self) -> None:
        made = [Secret.random() for _ in range(20)]
        assert len({secret.to_text() for secret in made}) == 20
        assert len({secret.key_id for secret in made}) == 20

    def test_is_not_shown(self) -> None:
        secret = Secret(bytes(range(32)))
        for shown in (repr(secret), str(secret), f"{secret}"):
            assert shown == f"Secret(key_id={secret.key_id.hex()})"
            assert secret.to_text()[:8] not in shown

    def test_labels_and_salts_give_different_keys(self) -> None:
        made = {
            SECRET.derive(label, salt=salt, context=context)
            for label in ("hello", "welcome")
            for salt in (b"", b"s")
            for context in (b"", b"c")
        }
        assert len(made) == 8
