"""Writes the golden vectors: what every peer of the wire must accept, refuse and derive.

`python tests/wire/make_vectors.py` writes vectors/*.json anew; the same input gives the same bytes.
"""

import hashlib
import json
import struct
import sys
from collections.abc import Callable
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import msgpack

from pitwire.wire import codec
from pitwire.wire.envelope import (
    MAX_FRAME_TO_TERMINAL,
    MIN_FRAME,
    Direction,
    FrameType,
    Header,
    Sealer,
    WireChannel,
    flags_of,
    keyed_hmac,
    write_frame,
)
from pitwire.wire.handshake import BridgeHandshake, Secret, SessionKeys, TerminalHandshake

HERE = Path(__file__).parent
FOLDER = HERE / "vectors"
sys.path.insert(0, str(HERE))
samples = import_module("samples")

CLOCK_US: int = samples.CLOCK_MSC * 1000
SECRET = Secret(bytes(range(32)))
NEXT_SECRET = Secret(bytes(range(100, 132)))
STRANGER = Secret(bytes(32))
BRIDGE_NONCE = bytes(range(32, 64))
TERMINAL_NONCE = bytes(range(64, 96))
SESSION = 0x0123456789ABCDEF
TERMINAL, BRIDGE = "demo", "pitwire-1"
FACTS: dict[str, object] = {
    "login": 5_012_345,
    "server": "Broker-Demo",
    "build": 4620,
    "agent": "Pitwire 1.0",
    "boot": 77,
    "journal": 0x1122334455667788,
    "max_rows": 8192,
    "clock_msc": samples.CLOCK_MSC,
    "utc_offset_s": 7200,
}
NOTATION = (
    "Bytes are hexadecimal. In bodies: a JSON number is an integer; {'float': text} is a float64; "
    "{'bin': hex} is binary; everything else means itself. Header fields are integers."
)


def clock() -> int:
    """Tell one and the same time."""
    return CLOCK_US


def shown(value: Any) -> Any:
    """Write a body in the notation of the vectors."""
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [shown(item) for item in value]
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, bytes):
        return {"bin": value.hex()}
    return value


def handshake(
    secret: Secret = SECRET, *, terminal: str = TERMINAL, session: int = SESSION
) -> tuple[bytes, bytes, SessionKeys]:
    """Run one handshake with the vectors' nonces: HELLO, WELCOME and the keys."""
    asking = BridgeHandshake(
        secret, terminal=terminal, bridge=BRIDGE, clock_us=clock, nonce=BRIDGE_NONCE
    )
    answering = TerminalHandshake([secret], terminal=terminal, clock_us=clock)
    welcome, _, keys = answering.answer(
        asking.hello, facts=FACTS, session=session, nonce=TERMINAL_NONCE
    )
    return asking.hello, welcome, keys


def key_of(keys: SessionKeys, direction: Direction, channel: WireChannel) -> bytes:
    """Take one key out of a session; only vectors may."""
    return keys._keys[direction, channel]


def lanes() -> list[tuple[Direction, WireChannel]]:
    """List the four ways a frame can travel."""
    return [(direction, channel) for direction in Direction for channel in WireChannel]


def keys() -> dict[str, Any]:
    """Every derivation step of one handshake."""
    hello, welcome, derived = handshake()
    transcript = hashlib.sha256(hello + welcome).digest()
    return {
        "about": f"HKDF-SHA256 (RFC 5869), 32 bytes each. {NOTATION}",
        "secret": bytes(range(32)).hex(),
        "key_id": SECRET.key_id.hex(),
        "terminal": TERMINAL,
        "bridge_nonce": BRIDGE_NONCE.hex(),
        "terminal_nonce": TERMINAL_NONCE.hex(),
        "hello": hello.hex(),
        "welcome": welcome.hex(),
        "session": SESSION,
        "hello_salt": "",
        "hello_info": (b"pitwire 1 hello\0" + TERMINAL.encode()).hex(),
        "hello_key": SECRET.derive("hello", salt=b"", context=TERMINAL.encode()).hex(),
        "welcome_salt": hashlib.sha256(hello).hexdigest(),
        "welcome_info": b"pitwire 1 welcome\0".hex(),
        "welcome_key": SECRET.derive("welcome", salt=hashlib.sha256(hello).digest()).hex(),
        "transcript": transcript.hex(),
        "session_salt": (BRIDGE_NONCE + TERMINAL_NONCE).hex(),
        "session_keys": [
            {
                "direction": direction.name.lower(),
                "channel": channel.name.lower(),
                "info": (
                    f"pitwire 1 session {direction.name.lower()} {channel.name.lower()}\0".encode()
                    + transcript
                ).hex(),
                "key": key_of(derived, direction, channel).hex(),
            }
            for direction, channel in lanes()
        ],
    }


def hellos() -> dict[str, Any]:
    """HELLO and WELCOME, and those that must be refused."""
    hello, welcome, _ = handshake()
    return {
        "about": f"The terminal holds both secrets. {NOTATION}",
        "terminal": TERMINAL,
        "bridge": BRIDGE,
        "secrets": [bytes(range(32)).hex(), bytes(range(100, 132)).hex()],
        "bridge_nonce": BRIDGE_NONCE.hex(),
        "terminal_nonce": TERMINAL_NONCE.hex(),
        "hello": {"frame": hello.hex(), "body": shown(codec.unpack(hello[40:-32]))},
        "welcome": {"frame": welcome.hex(), "body": shown(codec.unpack(welcome[40:-32]))},
        "hello_of_next_secret": handshake(NEXT_SECRET)[0].hex(),
        "bad_hello": _bad_hellos(hello),
        "bad_welcome": _bad_welcomes(hello, welcome),
    }


def _hello(body: dict[str, Any], *, header: Header | None = None, terminal: str = TERMINAL) -> str:
    key = SECRET.derive("hello", salt=b"", context=terminal.encode())
    header = header or Header(FrameType.HELLO, 0, 0, 0, 0, CLOCK_US, 0)
    return write_frame(keyed_hmac(key), header, codec.pack(body)).hex()


def _bad_hellos(hello: bytes) -> list[dict[str, str]]:
    body = codec.unpack(hello[40:-32])
    cut = {name: value for name, value in body.items() if name != "nonce"}
    kind = Header(FrameType.HELLO, 0, 0, 0, 0, CLOCK_US, 0)
    cases = {
        "a secret that the terminal does not hold": handshake(STRANGER)[0].hex(),
        "for another terminal": handshake(terminal="live")[0].hex(),
        "the key of this terminal, the name of another": _hello({**body, "terminal": "live"}),
        "key id of the other secret": _hello({**body, "key_id": NEXT_SECRET.key_id}),
        "version not known": _hello({**body, "versions": [2, 3]}),
        "suite not known": _hello({**body, "suites": [0]}),
        "no versions": _hello({**body, "versions": []}),
        "nonce too short": _hello({**body, "nonce": body["nonce"][:31]}),
        "nonce as text": _hello({**body, "nonce": "n" * 32}),
        "no nonce": _hello(cut),
        "versions as text": _hello({**body, "versions": ["1"]}),
        "name with a space": _hello({**body, "bridge": "pit wire"}),
        "a session number": _hello(body, header=kind._replace(session=1)),
        "a sequence number": _hello(body, header=kind._replace(sequence=1)),
        "flags of the stream": _hello(body, header=kind._replace(flags=2)),
        "type REQUEST": _hello(body, header=kind._replace(type=FrameType.REQUEST)),
        "its last byte missing": hello[:-1].hex(),
    }
    return [{"name": name, "frame": frame, "error": "handshake"} for name, frame in cases.items()]


def _bad_welcomes(hello: bytes, welcome: bytes) -> list[dict[str, str]]:
    body = codec.unpack(welcome[40:-32])
    flags = flags_of(Direction.FROM_TERMINAL, WireChannel.COMMANDS)
    good = Header(FrameType.WELCOME, flags, 0, SESSION, 0, CLOCK_US, 0)
    key = keyed_hmac(SECRET.derive("welcome", salt=hashlib.sha256(hello).digest()))

    def frame(header: Header = good, **changes: Any) -> str:
        return write_frame(key, header, codec.pack({**body, **changes})).hex()

    other = TerminalHandshake([SECRET], terminal=TERMINAL, clock_us=clock)
    later = BridgeHandshake(
        SECRET, terminal=TERMINAL, bridge=BRIDGE, clock_us=clock, nonce=bytes(32)
    )
    recorded = other.answer(later.hello, facts=FACTS, session=SESSION, nonce=TERMINAL_NONCE)[0]
    cases = {
        "answer to another HELLO": (recorded.hex(), "signature"),
        "version that was not offered": (frame(version=2), "handshake"),
        "suite that was not offered": (frame(suite=0), "handshake"),
        "another terminal": (frame(terminal="live"), "handshake"),
        "header and body differ in the session": (frame(session=SESSION + 1), "handshake"),
        "session 0": (frame(good._replace(session=0), session=0), "handshake"),
        "login as text": (frame(login="5012345"), "handshake"),
        "journal as text": (frame(journal="11"), "handshake"),
        "nonce too long": (frame(nonce=bytes(33)), "handshake"),
        "type REPLY": (frame(good._replace(type=FrameType.REPLY)), "handshake"),
        "direction of the bridge": (frame(good._replace(flags=0)), "handshake"),
        "the HELLO itself": (hello.hex(), "handshake"),
    }
    return [{"name": name, "frame": text, "error": error} for name, (text, error) in cases.items()]


def frames() -> dict[str, Any]:
    """Every kind of frame, each the next of its direction and channel."""
    _, _, derived = handshake()
    sealers = {lane: derived.sealer(*lane, clock_us=clock) for lane in lanes()}
    found: list[dict[str, Any]] = []

    def add(name: str, lane: int, type_: FrameType, kind: int, body: dict[str, Any]) -> None:
        direction, channel = lanes()[lane]
        answers = len(found) if type_ in {FrameType.REPLY, FrameType.ERROR} else 0
        sealer = sealers[direction, channel]
        frame = sealer.seal(type_, kind, codec.pack(body), answers=answers)
        found.append(_good(name, frame, direction, channel, key_of(derived, direction, channel)))

    commands, stream, replies, pushed = range(4)
    for number, command in zip(count(1), samples.commands(), strict=False):
        add(
            f"{command.code.name} {number}",
            commands,
            FrameType.REQUEST,
            command.code,
            command.packed(),
        )
    add("PING on the stream", stream, FrameType.REQUEST, 1, {})
    for code, reply in samples.replies():
        add(f"{code.name} answered", replies, FrameType.REPLY, code, reply.packed())
    for refusal in samples.refusals():
        add("refused", replies, FrameType.ERROR, 40, refusal.packed())
    for event in samples.events():
        add(event.code.name, pushed, FrameType.EVENT, event.code, event.packed())
    add("BYE of the bridge", commands, FrameType.BYE, 0, {})
    add("BYE of the terminal", replies, FrameType.BYE, 0, {})
    return {"about": NOTATION, "session": SESSION, "frames": found}


def _good(
    name: str, frame: bytes, direction: Direction, channel: WireChannel, key: bytes
) -> dict[str, Any]:
    names = (
        "version",
        "suite",
        "type",
        "flags",
        "kind",
        "session",
        "sequence",
        "clock_us",
        "answers",
    )
    return {
        "name": name,
        "direction": direction.name.lower(),
        "channel": channel.name.lower(),
        "key": key.hex(),
        "header": dict(zip(names, struct.unpack("<2xBBBBHQQQQ", frame[:40]), strict=True)),
        "body": shown(codec.unpack(frame[40:-32])),
        "frame": frame.hex(),
    }


def bad_frames() -> dict[str, Any]:
    """Frames that a terminal must refuse on its command channel, and why."""
    _, _, derived = handshake()
    key = key_of(derived, Direction.TO_TERMINAL, WireChannel.COMMANDS)

    def sealed(lane: int = 0, sequence: int = 5, of: SessionKeys = derived) -> bytes:
        sealer: Sealer = of.sealer(*lanes()[lane], clock_us=clock)
        sealer.sequence = sequence - 1
        return sealer.seal(FrameType.REQUEST, 1, codec.pack({}))

    def resigned(place: int, value: int) -> bytes:
        signed = bytearray(sealed()[:-32])
        signed[place] = value
        mac = keyed_hmac(key)
        mac.update(bytes(signed))
        return bytes(signed) + mac.finalize()

    good = sealed()
    other_session = handshake(session=SESSION + 1)[2]
    other_terminal = handshake(terminal="live")[2]
    cases: list[tuple[str, bytes, str]] = [
        ("empty", b"", "frame"),
        ("shorter than header and tag", good[: MIN_FRAME - 1], "frame"),
        ("magic", resigned(0, ord("N")), "frame"),
        ("version 0", resigned(2, 0), "frame"),
        ("version 2", resigned(2, 2), "frame"),
        ("suite 0", resigned(3, 0), "frame"),
        ("suite 2", resigned(3, 2), "frame"),
        ("unknown flag", resigned(5, 4), "frame"),
        ("highest flag", resigned(5, 0x80), "frame"),
        ("session number changed and signed", resigned(8, 0), "session"),
        ("direction changed and signed", resigned(5, 1), "session"),
        ("channel changed and signed", resigned(5, 2), "session"),
        ("from the stream channel", sealed(1), "session"),
        ("reflected: the terminal's own reply", sealed(2), "session"),
        ("reflected: the terminal's own event", sealed(3), "session"),
        ("of another session", sealed(of=other_session), "session"),
        ("of another terminal, with this session number", sealed(of=other_terminal), "signature"),
        ("a reply with the flags of a request", _moved(sealed(2)), "signature"),
        ("a byte of the body missing", good[:40] + good[41:], "signature"),
        ("a byte behind the tag", good + b"\0", "signature"),
        ("a byte of the clock changed", _flipped(good, 24), "signature"),
        ("the body changed", _flipped(good, 40), "signature"),
        *((f"tag byte {at} changed", _flipped(good, at - 32), "signature") for at in range(32)),
        ("repeated", sealed(sequence=4), "sequence"),
        ("the very first one again", sealed(sequence=1), "sequence"),
        ("sequence 0", resigned(16, 0), "sequence"),
        ("one skipped", sealed(sequence=6), "sequence"),
        ("far ahead", sealed(sequence=2**32), "sequence"),
    ]
    return {
        "about": "The opener has opened sequence 4, so 5 is next; `frame` is what must be refused "
        "with the error named, and `good` is still accepted afterwards. `too_long` is `good` "
        f"followed by zeros up to a length of `length`. {NOTATION}",
        "direction": "to_terminal",
        "channel": "commands",
        "key": key.hex(),
        "session": SESSION,
        "opened": 4,
        "good": good.hex(),
        "too_long": {"length": MAX_FRAME_TO_TERMINAL + 1, "error": "frame"},
        "frames": [
            {"name": name, "frame": frame.hex(), "error": error} for name, frame, error in cases
        ],
    }


def _flipped(frame: bytes, at: int) -> bytes:
    changed = bytearray(frame)
    changed[at] ^= 1
    return bytes(changed)


def _moved(frame: bytes) -> bytes:
    return frame[:5] + b"\0" + frame[6:]


def bodies() -> dict[str, Any]:
    """MessagePack that must be read, and MessagePack that must be refused."""
    return {
        "about": f"`good`: the bytes and what they mean; `bad`: to be refused. {NOTATION}",
        "good": [
            {"name": name, "body": data.hex(), "value": shown(value)}
            for name, data, value in (*_good_values(), *_good_maps())
        ],
        "bad": [
            {"name": name, "body": data.hex()} for name, data in (*_bad_values(), *_bad_maps())
        ],
    }


def _keyed(value: bytes) -> bytes:
    """The map {"v": value}."""
    return b"\x81\xa1v" + value


def _good_values() -> list[tuple[str, bytes, Any]]:
    text: Callable[[int], bytes] = lambda size: b"a" * size  # noqa: E731 - three letters of table
    numbers = [
        0,
        1,
        127,
        128,
        255,
        256,
        65535,
        65536,
        2**32 - 1,
        2**32,
        2**63 - 1,
        2**63,
        2**64 - 1,
    ]
    numbers += [-1, -32, -33, -128, -129, -32768, -32769, -(2**31), -(2**31) - 1, -(2**63)]
    raw: list[tuple[str, bytes, Any]] = [
        ("nil", b"\xc0", None),
        ("false", b"\xc2", False),
        ("true", b"\xc3", True),
        *((f"integer {number}", msgpack.packb(number), number) for number in numbers),
        ("uint8 of 1, longer than needed", b"\xcc\x01", 1),
        ("uint64 of 1, longer than needed", b"\xcf" + bytes(7) + b"\x01", 1),
        ("int8 of 1", b"\xd0\x01", 1),
        ("int16 of -1", b"\xd1\xff\xff", -1),
        ("int32 of -1", b"\xd2" + b"\xff" * 4, -1),
        ("int64 of -1", b"\xd3" + b"\xff" * 8, -1),
        *((f"float64 {number}", msgpack.packb(number), number)
          for number in (0.0, -0.0, 1.0, 1.10123, 5e-324, 1.7976931348623157e308)),
        ("infinity", msgpack.packb(float("inf")), float("inf")),
        ("empty text", b"\xa0", ""),
        ("fixstr of 31", b"\xbf" + text(31), "a" * 31),
        ("str8 of 32", b"\xd9\x20" + text(32), "a" * 32),
        ("str8 of 255", b"\xd9\xff" + text(255), "a" * 255),
        ("str16 of 256", b"\xda\x01\x00" + text(256), "a" * 256),
        ("str32 of 3, longer than needed", b"\xdb\0\0\0\x03" + text(3), "aaa"),
        ("text of two, three and four bytes a character", b"\xa9" + "ü€😀".encode(), "ü€😀"),
        ("text with a zero byte", b"\xa3a\0b", "a\0b"),
        ("empty binary", b"\xc4\x00", b""),
        ("bin8", b"\xc4\x03\x00\xff\xc1", b"\x00\xff\xc1"),
        ("bin16", b"\xc5\x01\x00" + bytes(256), bytes(256)),
        ("bin32, longer than needed", b"\xc6\0\0\0\x01\x07", b"\x07"),
        ("empty array", b"\x90", []),
        ("array of 15", b"\x9f" + b"\x01" * 15, [1] * 15),
        ("array16 of 16", b"\xdc\x00\x10" + b"\x01" * 16, [1] * 16),
        ("array32 of 1, longer than needed", b"\xdd\0\0\0\x01\x01", [1]),
        ("arrays to the deepest allowed", b"\x91" * 6 + b"\x90", [[[[[[[]]]]]]]),
    ]  # fmt: skip
    return [(name, _keyed(data), {"v": value}) for name, data, value in raw]


def _good_maps() -> list[tuple[str, bytes, Any]]:
    deep: dict[str, Any] = {}
    for _ in range(codec.MAX_DEPTH - 1):
        deep = {"v": deep}
    long = "k" * 40
    many = {f"k{number}": number for number in range(16)}
    return [
        ("empty map", b"\x80", {}),
        ("map16", b"\xde\x00\x01\xa1v\x01", {"v": 1}),
        ("map32", b"\xdf\0\0\0\x01\xa1v\x01", {"v": 1}),
        ("map16 of 16", msgpack.packb(many), many),
        ("key as str8", b"\x81\xd9\x28" + long.encode() + b"\x01", {long: 1}),
        ("empty key", b"\x81\xa0\x01", {"": 1}),
        ("same key in two maps", b"\x81\xa1v\x81\xa1v\x01", {"v": {"v": 1}}),
        ("maps to the deepest allowed", msgpack.packb(deep), deep),
    ]


def _bad_values() -> list[tuple[str, bytes]]:
    raw = [
        ("type c1, which MessagePack never uses", b"\xc1"),
        ("float32", b"\xca" + struct.pack(">f", 1.5)),
        *((f"fixext {size}", bytes((0xD4 + at, 1)) + bytes(size))
          for at, size in enumerate((1, 2, 4, 8, 16))),
        ("ext8 of 0", b"\xc7\x00\x01"),
        ("ext16", b"\xc8\x00\x01\x01\x00"),
        ("ext32", b"\xc9\x00\x00\x00\x01\x01\x00"),
        ("timestamp", b"\xd6\xff" + bytes(4)),
        ("text that is not UTF-8", b"\xa2\xc3\x28"),
        ("text that ends inside a character", b"\xa1\xe2"),
        ("text with a surrogate", b"\xa3\xed\xa0\x80"),
        ("text with an overlong zero", b"\xa2\xc0\x80"),
        ("uint64 cut", b"\xcf" + bytes(7)),
        ("int64 cut", b"\xd3" + bytes(7)),
        ("float64 cut", b"\xcb" + bytes(7)),
        ("uint8 without its byte", b"\xcc"),
        ("fixstr cut", b"\xa5abc"),
        ("str8 without length", b"\xd9"),
        ("str8 that claims one more", b"\xd9\x04abc"),
        ("str16 with half a length", b"\xda\x00"),
        ("str32 that claims 4 GB", b"\xdb\xff\xff\xff\xffabc"),
        ("bin8 that claims one more", b"\xc4\x04abc"),
        ("bin16 that claims 64 KB", b"\xc5\xff\xffabc"),
        ("bin32 that claims 4 GB", b"\xc6\xff\xff\xff\xffabc"),
        ("array that claims one more", b"\x93\x01\x02"),
        ("array16 without count", b"\xdc\x00"),
        ("array16 that claims 65535", b"\xdc\xff\xff\x01"),
        ("array32 that claims 4 billion", b"\xdd\xff\xff\xff\xff\x01"),
        ("nested arrays that claim 4 billion each", b"\xdd\xff\xff\xff\xff" * 7),
        ("map32 that claims 4 billion", b"\xdf\xff\xff\xff\xff\xa1k\x01"),
        ("arrays one deeper than allowed", b"\x91" * 7 + b"\x90"),
        ("very deep arrays", b"\x91" * 5000 + b"\x90"),
    ]  # fmt: skip
    return [(name, _keyed(data)) for name, data in raw]


def _bad_maps() -> list[tuple[str, bytes]]:
    deep: dict[str, Any] = {}
    for _ in range(codec.MAX_DEPTH):
        deep = {"v": deep}
    return [
        ("nothing", b""),
        ("an array", b"\x91\x01"),
        ("an integer", b"\x01"),
        ("a text", b"\xa1v"),
        ("nil", b"\xc0"),
        ("a byte behind the body", b"\x80\x00"),
        ("a second body behind the body", b"\x80\x80"),
        ("entry without value", b"\x81\xa1v"),
        ("map that claims one more", b"\x82\xa1v\x01"),
        ("map16 without count", b"\xde\x00"),
        ("key that comes twice", b"\x82\xa1v\x01\xa1v\x02"),
        ("key that comes twice in two forms", b"\x82\xa1v\x01\xd9\x01v\x02"),
        ("key that comes twice in an inner map", _keyed(b"\x82\xa1k\x01\xa1k\x01")),
        ("integer as key", b"\x81\x01\x02"),
        ("nil as key", b"\x81\xc0\x02"),
        ("binary as key", b"\x81\xc4\x01v\x02"),
        ("array as key", b"\x81\x90\x02"),
        ("binary as key of an inner map", _keyed(b"\x81\xc4\x01v\x02")),
        ("integer as key of a map in an array", _keyed(b"\x91\x81\x01\x02")),
        ("key that claims 4 GB", b"\x81\xdb\xff\xff\xff\xffv"),
        ("key that is not UTF-8", b"\x81\xa1\xff\x01"),
        ("maps one deeper than allowed", msgpack.packb(deep)),
    ]


VECTORS: dict[str, Callable[[], dict[str, Any]]] = {
    "keys.json": keys,
    "handshake.json": hellos,
    "frames.json": frames,
    "bad_frames.json": bad_frames,
    "bodies.json": bodies,
}


def text_of(make: Callable[[], dict[str, Any]]) -> str:
    """Give the text of one file of vectors."""
    return json.dumps(make(), indent=1, ensure_ascii=True) + "\n"


def main() -> None:
    """Write all files."""
    FOLDER.mkdir(exist_ok=True)
    for name, make in VECTORS.items():
        (FOLDER / name).write_text(text_of(make), encoding="ascii", newline="\n")


if __name__ == "__main__":
    main()
