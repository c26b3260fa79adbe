"""What an operator decides about one link, checked before any socket is opened."""

import re
from dataclasses import dataclass, fields
from ipaddress import ip_address

from pitwire.errors import ConfigError
from pitwire.terminal.curve import CurveSettings
from pitwire.wire.envelope import REKEY_AFTER_FRAMES, REKEY_AFTER_S
from pitwire.wire.handshake import SILENCE_MS, Secret

MAX_SECRETS = 2
"""The current one and, during a rotation, the other one."""

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ENDPOINT = re.compile(
    r"tcp://(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<host>\*|[A-Za-z0-9._-]+)):(?P<port>[0-9]{1,5})"
)
_MAX_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """One link: where the terminal is, what it shares with us, and how patient we are.

    `secrets`: the preferred one first; when a HELLO under one stays unanswered, the other is
    tried. `bind`: the Expert dials out to us, the endpoints are ours. `allow_plain`: take the
    risk of a link that leaves this machine without encryption.
    `max_queued`: commands that may wait, per lane. `max_in_flight`: commands under way, counted
    for trading on its own and for everything else together; `max_history_in_flight` of the latter
    may be history.
    Raises ConfigError.
    """

    name: str
    commands: str
    stream: str
    secrets: tuple[Secret, ...]
    bind: bool = False
    curve: CurveSettings | None = None
    allow_plain: bool = False
    handshake_timeout_ms: int = 2000
    heartbeat_interval_ms: int = 1000
    heartbeat_timeout_ms: int = 3500
    answer_timeout_ms: int = 120_000
    backoff_min_ms: int = 100
    backoff_max_ms: int = 5000
    rekey_after_s: int = REKEY_AFTER_S
    rekey_after_frames: int = REKEY_AFTER_FRAMES
    max_queued: int = 1000
    max_in_flight: int = 64
    max_history_in_flight: int = 2

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigError(
                "A terminal's name consists of 1 to 64 letters, digits, dots, dashes and "
                "underscores."
            )
        if not 1 <= len(self.secrets) <= MAX_SECRETS:
            raise ConfigError(self._explain(f"needs one link secret, or {MAX_SECRETS} to rotate"))
        self._check_endpoints()
        self._check_numbers()

    @property
    def ipv6(self) -> bool:
        """Whether an endpoint is written as an IPv6 address."""
        return "[" in self.commands or "[" in self.stream

    def _explain(self, fault: str) -> str:
        return f"The terminal '{self.name}' {fault}."

    def _check_endpoints(self) -> None:
        if self.commands == self.stream:
            raise ConfigError(self._explain("needs two endpoints: commands and stream differ"))
        for endpoint in (self.commands, self.stream):
            loopback = self._check_endpoint(endpoint)
            if not (loopback or self.curve or self.allow_plain):
                raise ConfigError(
                    self._explain(
                        f"is reached over the network ({endpoint}) without encryption: "
                        "give the link CURVE keys, or set allow_plain to take the risk"
                    )
                )

    def _check_endpoint(self, endpoint: str) -> bool:
        """Tell whether an endpoint stays on this machine; a name that is not known does not."""
        match = _ENDPOINT.fullmatch(endpoint)
        if match is None or not 0 < int(match["port"]) <= _MAX_PORT:
            raise ConfigError(
                self._explain(f"has the endpoint '{endpoint}': write it as tcp://host:port")
            )
        host = match["v6"] or match["host"]
        if host == "*" and not self.bind:
            raise ConfigError(self._explain(f"cannot be reached at '{endpoint}': name a host"))
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host.lower() == "localhost"

    def _check_numbers(self) -> None:
        numbers = {name: value for name, value in _numbers_of(self).items() if value < 1}
        if numbers:
            raise ConfigError(self._explain(f"needs a positive {next(iter(numbers))}"))
        if self.backoff_min_ms > self.backoff_max_ms:
            raise ConfigError(self._explain("has a backoff_min_ms above its backoff_max_ms"))
        if self.heartbeat_timeout_ms <= self.heartbeat_interval_ms:
            raise ConfigError(
                self._explain("needs a heartbeat_timeout_ms above its heartbeat_interval_ms")
            )
        if self.heartbeat_interval_ms > SILENCE_MS // 2:
            raise ConfigError(
                self._explain(
                    f"needs a heartbeat_interval_ms of at most {SILENCE_MS // 2}, because it ends "
                    "sessions that say nothing"
                )
            )
        if self.rekey_after_frames > REKEY_AFTER_FRAMES:
            raise ConfigError(
                self._explain(f"needs a rekey_after_frames of at most {REKEY_AFTER_FRAMES}")
            )


def _numbers_of(settings: LinkSettings) -> dict[str, int]:
    return {
        field.name: getattr(settings, field.name) for field in fields(settings) if field.type is int
    }


__all__ = ["MAX_SECRETS", "LinkSettings"]
