"""Frames: unit tests, and two peers between whom somebody does everything to the messages."""

import struct
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pitwire.errors import FrameError, SequenceError, SessionError, SignatureError, WireError
from pitwire.wire import codec
from pitwire.wire.envelope import (
    HEADER_SIZE,
    LAST_SEQUENCE,
    MAX_FRAME_FROM_TERMINAL,
    MAX_FRAME_TO_TERMINAL,
    MIN_FRAME,
    TAG_SIZE,
    Direction,
    FrameType,
    Header,
    Opener,
    Sealer,
    WireChannel,
    flags_of,
    max_frame,
    read_header,
)
from pitwire.wire.handshake import BridgeHandshake, Secret, SessionKeys, TerminalHandshake

LANES = [(direction, channel) for direction in Direction for channel in WireChannel]
FACTS: dict[str, object] = {
    "login": 1,
    "server": "s",
    "build": 1,
    "agent": "a",
    "boot": 1,
    "journal": 11,
    "max_rows": 1,
    "clock_msc": 1,
    "utc_offset_s": 0,
}
KEY = bytes(range(32))
TO_TERMINAL = (Direction.TO_TERMINAL, WireChannel.COMMANDS)
FROM_TERMINAL = (Direction.FROM_TERMINAL, WireChannel.COMMANDS)


def clock() -> int:
    return 1_700_000_000_000_000


def keys_of(secret: Secret, terminal: str, *, session: int, nonce: bytes) -> SessionKeys:
    bridge = BridgeHandshake(secret, terminal=terminal, bridge="b", clock_us=clock, nonce=nonce)
    answering = TerminalHandshake([secret], terminal=terminal, clock_us=clock)
    answer = answering.answer(bridge.hello, facts=FACTS, session=session, nonce=nonce)
    return answer[2]


def pair(sequence: int = 0) -> tuple[Sealer, Opener]:
    sealer = Sealer(KEY, 9, *TO_TERMINAL, clock)
    opener = Opener(KEY, 9, *TO_TERMINAL, MAX_FRAME_TO_TERMINAL)
    sealer.sequence = opener.sequence = sequence
    return sealer, opener


def test_a_frame_is_laid_out_as_the_page_says() -> None:
    sealer = Sealer(KEY, 2**64 - 1, Direction.FROM_TERMINAL, WireChannel.STREAM, clock)
    frame = sealer.seal(FrameType.EVENT, 513, b"\x80", answers=7)
    assert frame[:2] == b"M5"
    fields = struct.unpack("<BBBBHQQQQ", frame[2:HEADER_SIZE])
    assert fields == (1, 1, FrameType.EVENT, 3, 513, 2**64 - 1, 1, clock(), 7)
    assert frame[HEADER_SIZE:-TAG_SIZE] == b"\x80"
    assert len(frame) == MIN_FRAME + 1


def test_header_tells_direction_and_channel() -> None:
    for direction, channel in LANES:
        header = Header(3, flags_of(direction, channel), 1, 1, 1, 1, 0)
        assert (header.direction, header.channel) == (direction, channel)


def test_what_is_sealed_opens_in_order() -> None:
    sealer, opener = pair()
    for number in range(1, 20):
        header, body = opener.open(sealer.seal(FrameType.REQUEST, number, bytes([number])))
        assert (header.kind, header.sequence, body) == (number, number, bytes([number]))


def test_a_lost_message_is_told_from_a_repeated_one() -> None:
    sealer, opener = pair()
    first, second, third = (sealer.seal(FrameType.REQUEST, 1, b"\x80") for _ in range(3))
    opener.open(first)
    with pytest.raises(SequenceError) as caught:
        opener.open(third)
    assert (caught.value.expected, caught.value.received, caught.value.lost) == (2, 3, True)
    with pytest.raises(SequenceError) as caught:
        opener.open(first)
    assert (caught.value.expected, caught.value.received, caught.value.lost) == (2, 1, False)
    opener.open(second)


@pytest.mark.parametrize("lane", LANES)
def test_a_body_that_the_other_side_would_not_take_is_not_sealed(
    lane: tuple[Direction, WireChannel],
) -> None:
    limit = max_frame(lane[0])
    assert limit == (MAX_FRAME_FROM_TERMINAL if lane[0] else MAX_FRAME_TO_TERMINAL)
    sealer = Sealer(KEY, 9, *lane, clock)
    with pytest.raises(FrameError, match="can be sent"):
        sealer.seal(FrameType.REPLY, 1, bytes(limit - MIN_FRAME + 1))
    assert sealer.sequence == 0
    frame = sealer.seal(FrameType.REPLY, 1, bytes(limit - MIN_FRAME))
    assert Opener(KEY, 9, *lane, limit).open(frame).header.sequence == 1


def test_nothing_is_sealed_or_opened_beyond_the_last_sequence() -> None:
    sealer, opener = pair(LAST_SEQUENCE - 1)
    opener.open(sealer.seal(FrameType.REQUEST, 1, b"\x80"))
    with pytest.raises(SequenceError):
        sealer.seal(FrameType.REQUEST, 1, b"\x80")
    beyond, _ = pair(LAST_SEQUENCE - 1)
    beyond.sequence = LAST_SEQUENCE - 1
    forged = beyond.seal(FrameType.REQUEST, 1, b"\x80")
    with pytest.raises(SequenceError):
        opener.open(forged)
    assert opener.sequence == LAST_SEQUENCE


def test_the_message_names_what_the_other_side_speaks() -> None:
    sealer, _ = pair()
    frame = sealer.seal(FrameType.REQUEST, 1, b"\x80")
    for at, byte, text in (
        (0, 0, "not a Pitwire frame"),
        (2, 9, "protocol version 9; this side speaks 1"),
        (3, 0, "suite 0; this side speaks 1"),
        (5, 8, "unknown flags 0x08"),
    ):
        changed = frame[:at] + bytes([byte]) + frame[at + 1 :]
        with pytest.raises(FrameError, match=text):
            read_header(changed, max_frame=MAX_FRAME_TO_TERMINAL)


def test_checks_come_in_their_order() -> None:
    """A frame with every fault is refused for the first; mended one by one, for the next."""
    _, opener = pair()
    other = Sealer(bytes(32), 8, *FROM_TERMINAL, clock)
    other.sequence = 5
    everything = b"XX" + other.seal(FrameType.REQUEST, 1, b"\xc1")[2:]
    with pytest.raises(FrameError):
        opener.open(everything)
    with pytest.raises(SessionError, match="session"):
        opener.open(b"M5" + everything[2:])
    other.session = 9
    with pytest.raises(SessionError, match="direction"):
        opener.open(other.seal(FrameType.REQUEST, 1, b"\xc1"))
    forger = Sealer(bytes(32), 9, *TO_TERMINAL, clock)
    forger.sequence = 5
    with pytest.raises(SignatureError):
        opener.open(forger.seal(FrameType.REQUEST, 1, b"\xc1"))
    honest, _ = pair(5)
    with pytest.raises(SequenceError):
        opener.open(honest.seal(FrameType.REQUEST, 1, b"\xc1"))
    honest.sequence = 0
    assert opener.open(honest.seal(FrameType.REQUEST, 1, b"\xc1")).body == b"\xc1"


@given(st.binary(max_size=200))
def test_random_bytes_raise_nothing_but_wire_errors(data: bytes) -> None:
    _, opener = pair()
    for frame in (data, b"M5\x01\x01" + data):
        with pytest.raises(WireError):
            opener.open(frame)
    assert opener.sequence == 0


class Sent(NamedTuple):
    """A frame that an attacker has recorded: the session and lane it was for."""

    world: int
    lane: int
    frame: bytes


class Peers(RuleBasedStateMachine):
    """Two peers, an attacker who has all their frames, and those of two other sessions.

    World 0 is the session under attack. World 1 is another session with the same secret, world 2
    another terminal's, which by mistake has the same secret and the same session number.
    """

    @initialize()
    def begin(self) -> None:
        secret = Secret(KEY)
        worlds = [
            keys_of(secret, "demo", session=5, nonce=bytes(32)),
            keys_of(secret, "demo", session=6, nonce=bytes([1]) * 32),
            keys_of(secret, "live", session=5, nonce=bytes(32)),
        ]
        self.sealers = [[keys.sealer(*lane, clock_us=clock) for lane in LANES] for keys in worlds]
        self.openers = [worlds[0].opener(*lane) for lane in LANES]
        self.flying: list[list[tuple[bytes, bytes]]] = [[] for _ in LANES]
        self.opened = [0] * len(LANES)
        self.recorded: list[Sent] = []

    @rule(world=st.integers(0, 2), lane=st.integers(0, 3), value=st.integers(0, 1000))
    def send(self, world: int, lane: int, value: int) -> None:
        body = codec.pack({"v": value})
        frame = self.sealers[world][lane].seal(FrameType.REQUEST, value, body, answers=value)
        self.recorded.append(Sent(world, lane, frame))
        if world == 0:
            self.flying[lane].append((frame, body))

    @rule(lane=st.integers(0, 3))
    def deliver(self, lane: int) -> None:
        if self.flying[lane]:
            frame, body = self.flying[lane].pop(0)
            assert self.openers[lane].open(frame).body == body
            self.opened[lane] += 1

    def attack(self, target: int, frame: bytes) -> None:
        """Whatever is not the very next frame is refused and changes nothing."""
        flying = self.flying[target]
        if flying and flying[0][0] == frame:
            return
        opener = self.openers[target]
        before = (opener.sequence, opener.session)
        with pytest.raises(WireError):
            opener.open(frame)
        assert (opener.sequence, opener.session) == before

    @precondition(lambda self: bool(self.recorded))
    @rule(data=st.data(), lane=st.integers(0, 3))
    def repeat_reorder_reflect_or_move(self, data: st.DataObject, lane: int) -> None:
        self.attack(lane, data.draw(st.sampled_from(self.recorded)).frame)

    @precondition(lambda self: bool(self.recorded))
    @rule(data=st.data(), lane=st.integers(0, 3))
    def rewrite_where_it_belongs(self, data: st.DataObject, lane: int) -> None:
        """Give a recorded frame the flags and the session number of the target."""
        frame = bytearray(data.draw(st.sampled_from(self.recorded)).frame)
        frame[5] = flags_of(*LANES[lane])
        frame[8:16] = struct.pack("<Q", 5)
        self.attack(lane, bytes(frame))

    @precondition(lambda self: bool(self.recorded))
    @rule(data=st.data())
    def flip_a_bit(self, data: st.DataObject) -> None:
        sent = data.draw(st.sampled_from(self.recorded))
        bit = data.draw(st.integers(0, len(sent.frame) * 8 - 1))
        frame = bytearray(sent.frame)
        frame[bit // 8] ^= 1 << bit % 8
        self.attack(sent.lane, bytes(frame))

    @precondition(lambda self: bool(self.recorded))
    @rule(data=st.data(), more=st.binary(max_size=40))
    def truncate_or_extend(self, data: st.DataObject, more: bytes) -> None:
        sent = data.draw(st.sampled_from(self.recorded))
        kept = data.draw(st.integers(0, len(sent.frame)))
        if sent.frame[:kept] + more != sent.frame:
            self.attack(sent.lane, sent.frame[:kept] + more)

    @invariant()
    def every_opener_stands_where_it_was_brought(self) -> None:
        if hasattr(self, "openers"):
            assert [opener.sequence for opener in self.openers] == self.opened


TestPeers = Peers.TestCase
TestPeers.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_every_bit_of_a_frame_counts() -> None:
    sealer, opener = pair()
    frame = sealer.seal(FrameType.REQUEST, 90, codec.pack({"volume": 0.1}))
    for bit in range(len(frame) * 8):
        changed = bytearray(frame)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(WireError):
            opener.open(bytes(changed))
    opener.open(frame)
