"""API keys: their written form, their keyed hash, and what is known of each.

A token is `pw_<live|test>_<key id>_<secret><checksum>`, all base62. The secret has 256 bits, so a
fast keyed hash protects it as well as a slow one would. The checksum is the CRC-32 of everything
before it: a typing error is found without a look-up, and a scanner recognizes a leaked token.
"""

import hmac
import re
import secrets
import string
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from pitwire.errors import ConfigError
from pitwire.gate.secrets import SecretText

ID_LENGTH = 12
SECRET_LENGTH = 43
CHECKSUM_LENGTH = 6
SECRET_BITS = 256
MIN_PEPPER_LENGTH = 32
ALL_TERMINALS = "*"

KEY_PATTERN = r"pw_(live|test)_([0-9A-Za-z]{12})_[0-9A-Za-z]{43}([0-9A-Za-z]{6})"
"""Every token matches this; the groups are kind, key id and checksum. For scanners, too."""

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_KEY = re.compile(KEY_PATTERN)

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Give the time now."""
    return datetime.now(UTC)


class KeyKind(StrEnum):
    """A test key reaches simulated terminals only."""

    LIVE = "live"
    TEST = "test"


class KeyState(StrEnum):
    """Whether a key is valid now, and if not, why."""

    ACTIVE = "active"
    REVOKED = "revoked"
    DISABLED = "disabled"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"


@dataclass(frozen=True, slots=True)
class Token:
    """What an app presents. `body` is all but the checksum, and as secret as the whole."""

    kind: KeyKind
    key_id: str
    body: str = field(repr=False)

    @classmethod
    def random(cls, kind: KeyKind) -> "Token":
        """Make a new one from the system's random source."""
        key_id = "".join(secrets.choice(_DIGITS) for _ in range(ID_LENGTH))
        secret = _base62(secrets.randbits(SECRET_BITS), SECRET_LENGTH)
        return cls(kind, key_id, f"pw_{kind}_{key_id}_{secret}")

    @classmethod
    def parse(cls, text: str) -> "Token | None":
        """Read a token; None when it is not well formed or its checksum is wrong."""
        match = _KEY.fullmatch(text)
        if match is None:
            return None
        kind, key_id, checksum = match.groups()
        body = text[:-CHECKSUM_LENGTH]
        if _checksum(body) != checksum:
            return None
        return cls(KeyKind(kind), key_id, body)

    def reveal(self) -> str:
        """Write it out; for the one answer that shows a new key."""
        return self.body + _checksum(self.body)

    @property
    def last4(self) -> str:
        """The last four characters, by which people recognize a token."""
        return self.reveal()[-4:]


@dataclass(frozen=True, slots=True)
class Pepper:
    """The secret under which tokens are hashed: without it a stolen database verifies nothing."""

    version: int
    value: bytes = field(repr=False)

    @classmethod
    def from_secret(cls, secret: SecretText, *, version: int) -> "Pepper":
        """Take the text of a secret. Raises ConfigError when it is too short to be one."""
        value = secret.get_secret_value().encode()
        if len(value) < MIN_PEPPER_LENGTH:
            raise ConfigError(
                f"The pepper has {len(value)} characters; use {MIN_PEPPER_LENGTH} or more random "
                "ones. The bridge makes a good one when 'file:PATH' names a file that is missing."
            )
        return cls(version, value)

    def mac(self, token: Token) -> bytes:
        """Hash a token. Kind and key id are part of it, so a hash fits no other key."""
        return hmac.digest(self.value, token.body.encode(), "sha256")

    def fingerprint(self) -> bytes:
        """Give what tells peppers apart and betrays none. No token begins like this."""
        return hmac.digest(self.value, b"pitwire pepper fingerprint", "sha256")


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key. Neither its secret nor the hash of it is among that.

    `terminals` holds names, or "*" for all. Times are UTC. `owner` is whose orders they are: two
    keys with one owner share their Idempotency-Keys.
    """

    id: str
    kind: KeyKind
    name: str
    scopes: frozenset[str]
    terminals: frozenset[str]
    created: datetime
    not_before: datetime | None
    expires_at: datetime | None
    disabled: bool
    revoked_at: datetime | None
    last4: str
    pepper_version: int
    owner: str

    def state(self, now: datetime) -> KeyState:
        """Say whether the key is valid at this time."""
        if self.revoked_at is not None:
            return KeyState.REVOKED
        if self.disabled:
            return KeyState.DISABLED
        if self.expires_at is not None and self.expires_at <= now:
            return KeyState.EXPIRED
        if self.not_before is not None and self.not_before > now:
            return KeyState.NOT_YET_VALID
        return KeyState.ACTIVE


@dataclass(frozen=True, slots=True)
class Entry:
    """A key together with the hash that proves it."""

    key: Key
    mac: bytes = field(repr=False)


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), CHECKSUM_LENGTH)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))


__all__ = [
    "ALL_TERMINALS",
    "ID_LENGTH",
    "KEY_PATTERN",
    "Clock",
    "Entry",
    "Key",
    "KeyKind",
    "KeyState",
    "Pepper",
    "Token",
    "utc_now",
]
