"""One signed frame: header (40 bytes), MessagePack body, HMAC-SHA256 tag (32 bytes).

Both sides check in the same order: length, version, session, signature (constant time), sequence.
Only then is the body decoded. A frame that fails changes nothing and is counted by its error.

| offset | size | field                                                             |
|-------:|-----:|-------------------------------------------------------------------|
|      0 |    2 | magic `M5`                                                        |
|      2 |    1 | protocol version                                                  |
|      3 |    1 | suite (1 = HMAC-SHA256); there is no suite without a signature    |
|      4 |    1 | type, see FrameType                                               |
|      5 |    1 | flags: bit 0 from the terminal, bit 1 stream channel; others 0    |
|      6 |    2 | kind: command or event code, so that lanes need no decoding       |
|      8 |    8 | session                                                           |
|     16 |    8 | sequence, per session, direction and channel, from 1, no gaps     |
|     24 |    8 | sender's clock, microseconds UTC, for lag figures only            |
|     32 |    8 | sequence of the request that a REPLY or ERROR answers, else 0     |
|     40 |    n | body                                                              |
|   40+n |   32 | HMAC-SHA256 over header and body                                  |

All integers are little-endian, as MQL5 structs are.
"""

import struct
from enum import IntEnum
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from pitwire.errors import FrameError, SequenceError, SessionError, SignatureError

MAGIC = b"M5"
VERSION = 1
SUITE_HMAC_SHA256 = 1
HEADER_SIZE = 40
TAG_SIZE = 32
MIN_FRAME = HEADER_SIZE + TAG_SIZE
MAX_FRAME_TO_TERMINAL = 64 * 1024
"""Longest frame that a terminal takes, bytes: commands are small."""
MAX_FRAME_FROM_TERMINAL = 8 * 1024 * 1024
"""Longest frame that a bridge takes, bytes: room for a chunk of history."""
REKEY_AFTER_FRAMES = 2**32
"""A session is replaced by a new one once a sequence has come this far,"""
REKEY_AFTER_S = 86_400
"""or once it has lived this long, whichever comes first."""
LAST_SEQUENCE = 2**32 + 2**24
"""No frame beyond this sequence is sealed or opened: a session that was not replaced ends."""

_LAYOUT = struct.Struct("<2sBBBBHQQQQ")
_PREFIX = MAGIC + bytes((VERSION, SUITE_HMAC_SHA256))


class FrameType(IntEnum):
    """What a frame is for."""

    HELLO = 1
    WELCOME = 2
    REQUEST = 3
    REPLY = 4
    EVENT = 5
    ERROR = 6
    BYE = 7


class Direction(IntEnum):
    """Bit 0 of the flags."""

    TO_TERMINAL = 0
    FROM_TERMINAL = 1


class WireChannel(IntEnum):
    """Bit 1 of the flags: two sockets, so that no burst of ticks stands in front of a reply."""

    COMMANDS = 0
    STREAM = 1


class Header(NamedTuple):
    """A frame's header, magic, version and suite left out."""

    type: int
    flags: int
    kind: int
    session: int
    sequence: int
    clock_us: int
    answers: int

    @property
    def direction(self) -> Direction:
        """Who sent it."""
        return Direction(self.flags & 1)

    @property
    def channel(self) -> WireChannel:
        """Which of the two sockets it belongs to."""
        return WireChannel(self.flags >> 1 & 1)


class Frame(NamedTuple):
    """A frame whose signature and sequence were right; the body is still packed."""

    header: Header
    body: bytes


class Clock(Protocol):
    """Something that tells the time in microseconds since 1970, UTC."""

    def __call__(self) -> int:
        """Return the time."""
        ...


def flags_of(direction: Direction, channel: WireChannel) -> int:
    """Join direction and channel to the header's flags."""
    return direction | channel << 1


def max_frame(direction: Direction) -> int:
    """Tell how long a frame may be that travels in this direction, bytes."""
    return MAX_FRAME_FROM_TERMINAL if direction else MAX_FRAME_TO_TERMINAL


def read_header(frame: bytes, *, max_frame: int) -> Header:
    """Check length and version of a frame and read its header, trusting nothing else.

    Raises FrameError.
    """
    size = len(frame)
    if not MIN_FRAME <= size <= max_frame:
        raise FrameError(f"{size} bytes; a frame has {MIN_FRAME} to {max_frame}")
    if frame[:4] != _PREFIX:
        raise FrameError(_explain_prefix(frame))
    header = Header._make(_LAYOUT.unpack_from(frame)[3:])
    if header.flags & ~3:
        raise FrameError(f"unknown flags {header.flags:#04x}")
    return header


def _explain_prefix(frame: bytes) -> str:
    if frame[:2] != MAGIC:
        return "not a Pitwire frame"
    if frame[2] != VERSION:
        return f"protocol version {frame[2]}; this side speaks {VERSION}"
    return f"suite {frame[3]}; this side speaks {SUITE_HMAC_SHA256}"


def write_frame(keyed: HMAC, header: Header, body: bytes) -> bytes:
    """Join header, body and tag."""
    signed = _LAYOUT.pack(MAGIC, VERSION, SUITE_HMAC_SHA256, *header) + body
    mac = keyed.copy()
    mac.update(signed)
    return signed + mac.finalize()


def check_tag(keyed: HMAC, frame: bytes) -> None:
    """Compare the tag of a frame in constant time.

    Raises SignatureError.
    """
    mac = keyed.copy()
    mac.update(memoryview(frame)[:-TAG_SIZE])
    try:
        mac.verify(frame[-TAG_SIZE:])
    except InvalidSignature:
        raise SignatureError("the tag does not match") from None


def keyed_hmac(key: bytes) -> HMAC:
    """Prepare HMAC-SHA256 under a key; copies of it are cheaper than new ones."""
    return HMAC(key, SHA256())


class Sealer:
    """Writes the frames of one session, direction and channel."""

    __slots__ = ("_clock_us", "_flags", "_keyed", "_max_body", "sequence", "session")

    def __init__(
        self,
        key: bytes,
        session: int,
        direction: Direction,
        channel: WireChannel,
        clock_us: Clock,
    ) -> None:
        self._keyed = keyed_hmac(key)
        self._flags = flags_of(direction, channel)
        self._clock_us = clock_us
        self._max_body = max_frame(direction) - MIN_FRAME
        self.session = session
        self.sequence = 0

    def seal(self, frame_type: FrameType, kind: int, body: bytes, *, answers: int = 0) -> bytes:
        """Write the next frame of the sequence; one that cannot be written takes no number.

        Raises FrameError for a body that the other side would not take, and SequenceError when
        the session has lived past its last sequence.
        """
        if len(body) > self._max_body:
            raise FrameError(f"a body of {len(body)} bytes; at most {self._max_body} can be sent")
        sequence = self.sequence + 1
        if sequence > LAST_SEQUENCE:
            raise SequenceError(LAST_SEQUENCE, sequence)
        header = Header(
            frame_type, self._flags, kind, self.session, sequence, self._clock_us(), answers
        )
        frame = write_frame(self._keyed, header, body)
        self.sequence = sequence
        return frame


class Opener:
    """Verifies the frames of one session, direction and channel."""

    __slots__ = ("_flags", "_keyed", "_max_frame", "sequence", "session")

    def __init__(
        self,
        key: bytes,
        session: int,
        direction: Direction,
        channel: WireChannel,
        max_frame: int,
    ) -> None:
        self._keyed = keyed_hmac(key)
        self._flags = flags_of(direction, channel)
        self._max_frame = max_frame
        self.session = session
        self.sequence = 0

    def open(self, frame: bytes) -> Frame:
        """Verify a frame; only a good one moves the sequence on.

        Raises FrameError, SessionError, SignatureError or SequenceError, in this order of checks.
        """
        header = read_header(frame, max_frame=self._max_frame)
        if header.session != self.session:
            raise SessionError("not this session")
        if header.flags != self._flags:
            raise SessionError("not this direction or channel")
        check_tag(self._keyed, frame)
        expected = self.sequence + 1
        if header.sequence != expected or expected > LAST_SEQUENCE:
            raise SequenceError(expected, header.sequence)
        self.sequence = expected
        return Frame(header, frame[HEADER_SIZE:-TAG_SIZE])


__all__ = [
    "HEADER_SIZE",
    "LAST_SEQUENCE",
    "MAGIC",
    "MAX_FRAME_FROM_TERMINAL",
    "MAX_FRAME_TO_TERMINAL",
    "MIN_FRAME",
    "REKEY_AFTER_FRAMES",
    "REKEY_AFTER_S",
    "SUITE_HMAC_SHA256",
    "TAG_SIZE",
    "VERSION",
    "Clock",
    "Direction",
    "Frame",
    "FrameType",
    "Header",
    "Opener",
    "Sealer",
    "WireChannel",
    "check_tag",
    "flags_of",
    "keyed_hmac",
    "max_frame",
    "read_header",
    "write_frame",
]
