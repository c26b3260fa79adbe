"""The golden vectors: made anew without a difference, and true of this side of the wire."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import msgpack
import pytest

from pitwire import errors
from pitwire.wire import codec
from pitwire.wire.commands import COMMANDS
from pitwire.wire.envelope import (
    MAX_FRAME_TO_TERMINAL,
    Direction,
    FrameType,
    Opener,
    Sealer,
    WireChannel,
    max_frame,
)
from pitwire.wire.events import EVENTS
from pitwire.wire.handshake import BridgeHandshake, Secret, SessionKeys, TerminalHandshake
from pitwire.wire.replies import Refusal

FOLDER = Path(__file__).parent / "vectors"


def read(name: str) -> dict[str, Any]:
    vectors: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="ascii"))
    return vectors


KEYS = read("keys.json")
HANDSHAKE = read("handshake.json")
FRAMES = read("frames.json")
BAD_FRAMES = read("bad_frames.json")
BODIES = read("bodies.json")


def named(cases: list[dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


def meant(value: Any) -> Any:
    """Read the notation of the vectors."""
    if isinstance(value, list):
        return [meant(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"float"}:
        return float(value["float"])
    if value.keys() == {"bin"}:
        return bytes.fromhex(value["bin"])
    return {key: meant(item) for key, item in value.items()}


def same(left: Any, right: Any) -> bool:
    """Compare packed, so that 1, 1.0 and true differ, and 0.0 and -0.0."""
    return bool(msgpack.packb(left) == msgpack.packb(right))


def opener(case: dict[str, Any], session: int) -> Opener:
    direction = Direction[case["direction"].upper()]
    channel = WireChannel[case["channel"].upper()]
    key = bytes.fromhex(case["key"])
    return Opener(key, session, direction, channel, max_frame(direction))


def test_the_script_makes_exactly_the_committed_vectors(maker: ModuleType) -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(maker.VECTORS)
    for name, make in maker.VECTORS.items():
        assert (FOLDER / name).read_text(encoding="ascii") == maker.text_of(make), name


def test_keys_follow_from_secret_nonces_and_frames() -> None:
    secret = Secret.from_text(KEYS["secret"])
    hello, welcome = bytes.fromhex(KEYS["hello"]), bytes.fromhex(KEYS["welcome"])
    nonces = bytes.fromhex(KEYS["session_salt"])
    keys = SessionKeys(secret, hello, welcome, nonces, KEYS["session"])
    assert secret.key_id.hex() == KEYS["key_id"]
    assert KEYS["session_salt"] == KEYS["bridge_nonce"] + KEYS["terminal_nonce"]
    assert len({entry["key"] for entry in KEYS["session_keys"]}) == 4
    for entry in KEYS["session_keys"]:
        lane = Direction[entry["direction"].upper()], WireChannel[entry["channel"].upper()]
        theirs = Sealer(bytes.fromhex(entry["key"]), KEYS["session"], *lane, lambda: 7)
        keys.opener(*lane).open(theirs.seal(FrameType.REQUEST, 1, codec.pack({})))


def test_both_sides_write_the_handshake_of_the_vectors(maker: ModuleType) -> None:
    secret = Secret.from_text(HANDSHAKE["secrets"][0])
    bridge = BridgeHandshake(
        secret,
        terminal=HANDSHAKE["terminal"],
        bridge=HANDSHAKE["bridge"],
        clock_us=maker.clock,
        nonce=bytes.fromhex(HANDSHAKE["bridge_nonce"]),
    )
    assert bridge.hello.hex() == HANDSHAKE["hello"]["frame"]
    welcome, _ = bridge.finish(bytes.fromhex(HANDSHAKE["welcome"]["frame"]))
    assert same(welcome.model_dump(), meant(HANDSHAKE["welcome"]["body"]))
    terminal = TerminalHandshake([secret], terminal="demo", clock_us=maker.clock)
    answer, hello, _ = terminal.answer(
        bridge.hello,
        facts=maker.FACTS,
        session=maker.SESSION,
        nonce=bytes.fromhex(HANDSHAKE["terminal_nonce"]),
    )
    assert answer.hex() == HANDSHAKE["welcome"]["frame"]
    assert same(hello.model_dump(), meant(HANDSHAKE["hello"]["body"]))


def terminal_of_two_secrets(maker: ModuleType) -> TerminalHandshake:
    held = [Secret.from_text(text) for text in HANDSHAKE["secrets"]]
    return TerminalHandshake(held, terminal=HANDSHAKE["terminal"], clock_us=maker.clock)


def test_the_next_secret_opens_too(maker: ModuleType) -> None:
    frame = bytes.fromhex(HANDSHAKE["hello_of_next_secret"])
    _, hello, _ = terminal_of_two_secrets(maker).answer(frame, facts=maker.FACTS)
    assert hello.key_id == Secret.from_text(HANDSHAKE["secrets"][1]).key_id


@named(HANDSHAKE["bad_hello"])
def test_bad_hello_stays_unanswered(case: dict[str, Any], maker: ModuleType) -> None:
    with pytest.raises(errors.WireError) as caught:
        terminal_of_two_secrets(maker).answer(bytes.fromhex(case["frame"]), facts=maker.FACTS)
    assert caught.value.counter == case["error"]


@named(HANDSHAKE["bad_welcome"])
def test_bad_welcome_changes_nothing(case: dict[str, Any], maker: ModuleType) -> None:
    bridge = BridgeHandshake(
        Secret.from_text(HANDSHAKE["secrets"][0]),
        terminal="demo",
        bridge=HANDSHAKE["bridge"],
        clock_us=maker.clock,
        nonce=bytes.fromhex(HANDSHAKE["bridge_nonce"]),
    )
    with pytest.raises(errors.WireError) as caught:
        bridge.finish(bytes.fromhex(case["frame"]))
    assert caught.value.counter == case["error"]
    bridge.finish(bytes.fromhex(HANDSHAKE["welcome"]["frame"]))


@named(FRAMES["frames"])
def test_good_frame(case: dict[str, Any]) -> None:
    reader = opener(case, FRAMES["session"])
    reader.sequence = case["header"]["sequence"] - 1
    header, body = reader.open(bytes.fromhex(case["frame"]))
    expected = {**case["header"], "version": 1, "suite": 1}
    assert {"version": 1, "suite": 1, **header._asdict()} == expected
    value = codec.unpack(body)
    assert same(value, meant(case["body"]))
    match header.type:
        case FrameType.REQUEST:
            assert same(COMMANDS[header.kind].model_validate(value).packed(), value)
        case FrameType.REPLY:
            assert same(COMMANDS[header.kind].reply.model_validate(value).packed(), value)
        case FrameType.EVENT:
            assert same(EVENTS[header.kind].model_validate(value).packed(), value)
        case FrameType.ERROR:
            assert same(Refusal.model_validate(value).packed(), value)
        case _:
            assert value == {}


def test_frames_cover_every_command_reply_and_event() -> None:
    kinds = {
        kind: {
            case["header"]["kind"] for case in FRAMES["frames"] if case["header"]["type"] == kind
        }
        for kind in FrameType
    }
    assert kinds[FrameType.REQUEST] == kinds[FrameType.REPLY] == set(COMMANDS)
    assert kinds[FrameType.EVENT] == set(EVENTS)
    assert kinds[FrameType.ERROR]
    assert kinds[FrameType.BYE]


@named(BAD_FRAMES["frames"])
def test_bad_frame_is_refused_by_name_and_changes_nothing(case: dict[str, Any]) -> None:
    reader = opener(BAD_FRAMES, BAD_FRAMES["session"])
    reader.sequence = BAD_FRAMES["opened"]
    with pytest.raises(errors.WireError) as caught:
        reader.open(bytes.fromhex(case["frame"]))
    assert caught.value.counter == case["error"]
    assert reader.sequence == BAD_FRAMES["opened"]
    reader.open(bytes.fromhex(BAD_FRAMES["good"]))


def test_a_frame_beyond_the_limit_is_refused_before_anything_else() -> None:
    reader = opener(BAD_FRAMES, BAD_FRAMES["session"])
    length = BAD_FRAMES["too_long"]["length"]
    assert length == MAX_FRAME_TO_TERMINAL + 1
    with pytest.raises(errors.FrameError):
        reader.open(bytes.fromhex(BAD_FRAMES["good"]).ljust(length, b"\0"))


@named(BODIES["good"])
def test_good_body(case: dict[str, Any]) -> None:
    assert same(codec.unpack(bytes.fromhex(case["body"])), meant(case["value"]))


@named(BODIES["bad"])
def test_bad_body(case: dict[str, Any]) -> None:
    with pytest.raises(errors.BodyError):
        codec.unpack(bytes.fromhex(case["body"]))
