"""HELLO and WELCOME, and the keys of the session that follows from them.

The bridge says HELLO with a nonce under the terminal's pre-shared secret. The terminal answers
WELCOME with its own nonce and the session's number, under a key that only this HELLO gives. Four
keys, one per direction and channel, follow from the secret, both nonces and the whole text of
both frames. So a frame can be neither replayed into another session, nor reflected, nor moved to
another terminal, and whoever alters the versions offered gets other keys.

A HELLO commits the terminal to nothing: the session it opens stays half-open until the bridge's
first signed request, and a session that is live goes on meanwhile.

HKDF: RFC 5869. HMAC: RFC 2104.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Annotated, ClassVar

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pitwire.errors import HandshakeError
from pitwire.wire import codec
from pitwire.wire.envelope import (
    HEADER_SIZE,
    MAX_FRAME_FROM_TERMINAL,
    MAX_FRAME_TO_TERMINAL,
    SUITE_HMAC_SHA256,
    TAG_SIZE,
    VERSION,
    Clock,
    Direction,
    FrameType,
    Header,
    Opener,
    Sealer,
    WireChannel,
    check_tag,
    flags_of,
    keyed_hmac,
    max_frame,
    read_header,
    write_frame,
)
from pitwire.wire.fields import Count, Login, OffsetS, Text, UtcMsc

NONCE_SIZE = 32
SECRET_SIZE = 32
KEY_ID_SIZE = 4
HALF_OPEN_SESSIONS = 8
"""Most sessions that a terminal keeps between WELCOME and the first signed request; beyond that
the oldest of them is forgotten."""
HALF_OPEN_MS = 5000
"""How long a terminal waits for that request before it forgets the session."""
SILENCE_MS = 15_000
"""How long a terminal keeps a session whose bridge says nothing on the command channel."""

_Nonce = Annotated[bytes, Field(min_length=NONCE_SIZE, max_length=NONCE_SIZE)]
_Name = Annotated[Text, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


class Secret:
    """A link secret: 32 random bytes that a terminal and its bridge share. Never printed."""

    __slots__ = ("_value", "key_id")

    def __init__(self, value: bytes) -> None:
        if len(value) != SECRET_SIZE:
            raise ValueError(f"a link secret has {SECRET_SIZE} bytes, this one has {len(value)}")
        self._value = value
        self.key_id = hashlib.sha256(b"pitwire key id" + value).digest()[:KEY_ID_SIZE]

    @classmethod
    def from_text(cls, text: str) -> "Secret":
        """Read the 64 hexadecimal digits of a key file.

        Raises ValueError.
        """
        try:
            value = bytes.fromhex(text.strip())
        except ValueError:
            raise ValueError("a link secret is written as 64 hexadecimal digits") from None
        return cls(value)

    @classmethod
    def random(cls) -> "Secret":
        """Make a new one from the system's random source."""
        return cls(secrets.token_bytes(SECRET_SIZE))

    def to_text(self) -> str:
        """Write it for a key file."""
        return self._value.hex()

    def derive(self, label: str, *, salt: bytes, context: bytes = b"") -> bytes:
        """Derive a 32-byte key with HKDF-SHA256."""
        info = b"pitwire 1 " + label.encode() + b"\0" + context
        return HKDF(SHA256(), 32, salt, info).derive(self._value)

    def __repr__(self) -> str:
        return f"Secret(key_id={self.key_id.hex()})"


class Hello(BaseModel):
    """What the bridge offers, and to which terminal."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    versions: list[Count]
    suites: list[Count]
    nonce: _Nonce
    key_id: Annotated[bytes, Field(min_length=KEY_ID_SIZE, max_length=KEY_ID_SIZE)]
    bridge: _Name
    terminal: _Name


class Welcome(BaseModel):
    """What the terminal chose, and who it is.

    `boot`: random number of this start of the Expert; numbering of events begins anew with it.
    `journal`: random number made with the journal of trading commands; an answer UNKNOWN proves
    nothing about commands that were sent under another one.
    `max_rows`: most rows in one reply. `build`: of the terminal; `version`: of the protocol.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    version: Count
    suite: Count
    nonce: _Nonce
    session: Count
    terminal: _Name
    login: Login
    server: Text
    build: Count
    agent: Text
    boot: Count
    journal: Count
    max_rows: Annotated[Count, Field(gt=0)]
    clock_msc: UtcMsc
    utc_offset_s: OffsetS


class SessionKeys:
    """The four keys of a session, from which each side makes its sealers and openers."""

    __slots__ = ("_keys", "session")

    def __init__(
        self, secret: Secret, hello: bytes, welcome: bytes, nonces: bytes, session: int
    ) -> None:
        transcript = hashlib.sha256(hello + welcome).digest()
        self.session = session
        self._keys = {
            (direction, channel): secret.derive(
                f"session {direction.name.lower()} {channel.name.lower()}",
                salt=nonces,
                context=transcript,
            )
            for direction in Direction
            for channel in WireChannel
        }

    def sealer(self, direction: Direction, channel: WireChannel, clock_us: Clock) -> Sealer:
        """Make the writer of one direction and channel."""
        return Sealer(self._keys[direction, channel], self.session, direction, channel, clock_us)

    def opener(self, direction: Direction, channel: WireChannel) -> Opener:
        """Make the verifier of one direction and channel."""
        key, limit = self._keys[direction, channel], max_frame(direction)
        return Opener(key, self.session, direction, channel, limit)


class BridgeHandshake:
    """The bridge's side of one attempt."""

    _flags: ClassVar[int] = flags_of(Direction.FROM_TERMINAL, WireChannel.COMMANDS)

    def __init__(
        self,
        secret: Secret,
        *,
        terminal: str,
        bridge: str,
        clock_us: Clock,
        nonce: bytes | None = None,
    ) -> None:
        self._secret = secret
        self._terminal = terminal
        self._nonce = nonce if nonce is not None else secrets.token_bytes(NONCE_SIZE)
        hello = Hello(
            versions=[VERSION],
            suites=[SUITE_HMAC_SHA256],
            nonce=self._nonce,
            key_id=secret.key_id,
            bridge=bridge,
            terminal=terminal,
        )
        header = Header(FrameType.HELLO, 0, 0, 0, 0, clock_us(), 0)
        key = _hello_key(secret, terminal)
        self.hello = write_frame(keyed_hmac(key), header, codec.pack(hello.model_dump()))

    def finish(self, frame: bytes) -> tuple[Welcome, SessionKeys]:
        """Verify the WELCOME that answers our HELLO.

        Raises WireError; a frame that answers another HELLO fails by its signature.
        """
        header = read_header(frame, max_frame=MAX_FRAME_FROM_TERMINAL)
        if header.type != FrameType.WELCOME or header.flags != self._flags:
            raise HandshakeError("not a WELCOME")
        check_tag(keyed_hmac(_welcome_key(self._secret, self.hello)), frame)
        try:
            welcome = Welcome.model_validate(codec.unpack(frame[HEADER_SIZE:-TAG_SIZE]))
        except ValidationError as error:
            raise HandshakeError(f"WELCOME: {_first_fault(error)}") from None
        if welcome.version != VERSION or welcome.suite != SUITE_HMAC_SHA256:
            raise HandshakeError("the terminal chose a version or suite that was not offered")
        if welcome.terminal != self._terminal:
            raise HandshakeError(f"this is the terminal '{welcome.terminal}'")
        if welcome.session == 0 or welcome.session != header.session:
            raise HandshakeError("header and body name different sessions")
        nonces = self._nonce + welcome.nonce
        return welcome, SessionKeys(self._secret, self.hello, frame, nonces, welcome.session)


class TerminalHandshake:
    """The terminal's side: stateless, so that a replayed HELLO costs nothing but the answer.

    `secrets_held`: the current secret and, during a rotation, the next one.
    """

    def __init__(self, secrets_held: Sequence[Secret], *, terminal: str, clock_us: Clock) -> None:
        self._secrets = {secret.key_id: secret for secret in secrets_held}
        self._terminal = terminal
        self._clock_us = clock_us

    def answer(
        self,
        frame: bytes,
        *,
        facts: dict[str, object],
        session: int | None = None,
        nonce: bytes | None = None,
    ) -> tuple[bytes, Hello, SessionKeys]:
        """Verify a HELLO and write the WELCOME; `facts` are the Welcome fields about the terminal.

        Raises WireError. The caller stays silent then: a stranger learns nothing.
        """
        header = read_header(frame, max_frame=MAX_FRAME_TO_TERMINAL)
        if header.type != FrameType.HELLO or header.flags or header.session or header.sequence:
            raise HandshakeError("not a HELLO")
        hello, secret = self._verify(frame)
        if VERSION not in hello.versions or SUITE_HMAC_SHA256 not in hello.suites:
            raise HandshakeError("no version or suite in common")
        nonce = nonce if nonce is not None else secrets.token_bytes(NONCE_SIZE)
        session = session if session is not None else secrets.randbits(63) or 1
        welcome = Welcome.model_validate(
            {
                **facts,
                "version": VERSION,
                "suite": SUITE_HMAC_SHA256,
                "nonce": nonce,
                "session": session,
                "terminal": self._terminal,
            }
        )
        flags = flags_of(Direction.FROM_TERMINAL, WireChannel.COMMANDS)
        reply_header = Header(FrameType.WELCOME, flags, 0, session, 0, self._clock_us(), 0)
        key = _welcome_key(secret, frame)
        reply = write_frame(keyed_hmac(key), reply_header, codec.pack(welcome.model_dump()))
        return reply, hello, SessionKeys(secret, frame, reply, hello.nonce + nonce, session)

    def _verify(self, frame: bytes) -> tuple[Hello, Secret]:
        """Find the secret whose key made the tag, and only then decode.

        The key id lies inside the body, which must not be decoded before the tag is checked; so
        both secrets that a terminal can hold are tried.
        """
        for secret in self._secrets.values():
            expected = keyed_hmac(_hello_key(secret, self._terminal))
            expected.update(frame[:-TAG_SIZE])
            if hmac.compare_digest(expected.finalize(), frame[-TAG_SIZE:]):
                break
        else:
            raise HandshakeError("a HELLO under a secret that this terminal does not hold")
        try:
            hello = Hello.model_validate(codec.unpack(frame[HEADER_SIZE:-TAG_SIZE]))
        except ValidationError as error:
            raise HandshakeError(f"HELLO: {_first_fault(error)}") from None
        if hello.key_id != secret.key_id or hello.terminal != self._terminal:
            raise HandshakeError("a HELLO for another terminal")
        return hello, secret


def _hello_key(secret: Secret, terminal: str) -> bytes:
    return secret.derive("hello", salt=b"", context=terminal.encode())


def _welcome_key(secret: Secret, hello: bytes) -> bytes:
    return secret.derive("welcome", salt=hashlib.sha256(hello).digest())


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"


__all__ = [
    "HALF_OPEN_MS",
    "HALF_OPEN_SESSIONS",
    "KEY_ID_SIZE",
    "NONCE_SIZE",
    "SECRET_SIZE",
    "SILENCE_MS",
    "BridgeHandshake",
    "Hello",
    "Secret",
    "SessionKeys",
    "TerminalHandshake",
    "Welcome",
]
