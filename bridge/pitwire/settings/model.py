"""Every setting: name, type, default, bounds, meaning. Units are part of the names.

These are plain models: constructing one reads neither files nor the environment, `load` does.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pitwire.settings.values import (
    MAX_PORT,
    CurvePublicKey,
    Endpoint,
    Host,
    Name,
    SecretUri,
    host_of,
    is_loopback,
)

MAX_HEARTBEAT_MS = 7500
"""Half of the wire's SILENCE_MS; a test holds the two together."""


class _Table(BaseModel):
    """A table of pitwire.toml."""

    # A rejected value may be a secret in the wrong place: it never becomes part of an error.
    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True
    )


class HttpSettings(_Table):
    """The REST API."""

    host: Host = Field("127.0.0.1", description="Address the API listens on.")
    port: int = Field(
        8080,
        ge=0,
        le=MAX_PORT,
        description="Port the API listens on; 0 takes a free one and prints it.",
    )
    allow_plain: bool = Field(
        default=False,
        description="Listen beyond loopback although API keys then travel without TLS. Set it "
        "only where a TLS proxy stands in front.",
    )
    docs: bool = Field(default=True, description="Serve the API's own pages under /docs.")
    max_body_bytes: int = Field(
        65_536, ge=1024, le=16_777_216, description="Largest request body; longer ones get 413."
    )
    request_timeout_ms: int = Field(
        10_000,
        ge=100,
        le=60_000,
        description="How long a read may take when the request does not say otherwise.",
    )
    order_timeout_ms: int = Field(
        10_000,
        ge=100,
        le=60_000,
        description="How long a trading request waits for the broker's answer before its outcome "
        "is reported as unresolved; also the command's deadline in the terminal.",
    )
    graceful_timeout_s: int = Field(
        10,
        ge=0,
        le=300,
        description="How long a stop waits for requests under way; never less than "
        "order_timeout_ms and 2 s more, so that an order under way gets its answer.",
    )
    max_bars: int = Field(
        100_000, ge=1, le=10_000_000, description="Most bars that one request may ask for."
    )
    max_ticks: int = Field(
        1_000_000, ge=1, le=10_000_000, description="Most ticks that one request may ask for."
    )

    @model_validator(mode="after")
    def _refuse_plain_beyond_loopback(self) -> Self:
        if self.allow_plain or is_loopback(self.host):
            return self
        raise ValueError(
            "host listens beyond loopback, where API keys would travel in clear text: put a TLS "
            "proxy in front and set http.allow_plain = true, or use host = '127.0.0.1'"
        )


class GateSettings(_Table):
    """Keys and who may use them."""

    pepper: SecretUri = Field(
        "file:pepper",
        description="Where the secret is kept under which API keys are hashed. A file that does "
        "not exist is made at the first start. Losing it makes every key worthless.",
    )


class LinkTimings(_Table):
    """The links to all terminals: times and limits."""

    heartbeat_interval_ms: int = Field(
        1000,
        ge=100,
        le=MAX_HEARTBEAT_MS,
        description="How often the bridge asks a terminal for its pulse; at most half of the "
        "silence after which a terminal ends the session.",
    )
    heartbeat_timeout_ms: int = Field(
        3500,
        ge=300,
        le=300_000,
        description="Silence after which a terminal counts as offline; at least twice the "
        "interval.",
    )
    handshake_timeout_ms: int = Field(
        2000, ge=100, le=60_000, description="How long a HELLO waits for its WELCOME."
    )
    backoff_min_ms: int = Field(
        100,
        ge=10,
        le=60_000,
        description="First pause before the next attempt to reach a terminal.",
    )
    backoff_max_ms: int = Field(
        5000, ge=10, le=600_000, description="Longest pause between two attempts."
    )
    rekey_after_s: int = Field(
        86_400, ge=60, le=86_400, description="Age at which a session gets new keys."
    )
    max_queued: int = Field(
        1000,
        ge=1,
        le=100_000,
        description="Most commands that wait for one terminal in each lane (trading, reading, "
        "history); more get 503 queue_full.",
    )
    max_in_flight: int = Field(
        64,
        ge=1,
        le=1024,
        description="Most commands sent to one terminal and not answered yet: this many that "
        "trade, and this many of all others together.",
    )
    max_history_in_flight: int = Field(
        2,
        ge=1,
        le=64,
        description="Most of those others that read history, so that short reads never wait.",
    )
    startup_timeout_ms: int = Field(
        3000,
        ge=0,
        le=60_000,
        description="How long the start waits for the terminals' sessions before the API opens.",
    )

    @model_validator(mode="after")
    def _check_relations(self) -> Self:
        if self.heartbeat_timeout_ms < 2 * self.heartbeat_interval_ms:
            raise ValueError("heartbeat_timeout_ms should be at least twice heartbeat_interval_ms")
        if self.backoff_max_ms < self.backoff_min_ms:
            raise ValueError("backoff_max_ms should not be less than backoff_min_ms")
        if self.max_history_in_flight > self.max_in_flight:
            raise ValueError("max_history_in_flight should not be more than max_in_flight")
        return self


class CurveKeys(_Table):
    """Encryption of a link; the bridge is the CURVE server, whoever dials."""

    public: CurvePublicKey = Field(description="The bridge's own public key.")
    secret: SecretUri = Field(description="Where the bridge's own secret key is kept.")
    terminal_public: CurvePublicKey = Field(
        description="The public key of the only terminal that may use this link."
    )


class TerminalSettings(_Table):
    """One terminal; its name is the one that the Expert Advisor answers to."""

    commands: Endpoint = Field(description="Endpoint for commands and replies.")
    stream: Endpoint = Field(description="Endpoint for events.")
    secret: SecretUri = Field(description="Where the link secret is kept (64 hexadecimal digits).")
    next_secret: SecretUri | None = Field(
        None, description="Where the next link secret is kept while it is being rotated."
    )
    login: int | None = Field(
        None,
        ge=1,
        le=2**63 - 1,
        description="The account that must be signed in; with another one trading is refused.",
    )
    server: str | None = Field(
        None,
        min_length=1,
        max_length=256,
        description="The trade server that must be signed in to, as the terminal shows it.",
    )
    simulated: bool = Field(
        default=False,
        description="No real money behind it: keys of the kind `test` may use it.",
    )
    bind: bool = Field(
        default=False, description="Wait at the endpoints for a terminal that dials out to here."
    )
    allow_plain: bool = Field(
        default=False,
        description="Use an endpoint beyond loopback although nothing encrypts it (messages are "
        "signed, and readable). Set it only inside a tunnel.",
    )
    curve: CurveKeys | None = Field(
        None, description="Encryption; needed for every endpoint beyond loopback."
    )

    @model_validator(mode="after")
    def _check_relations(self) -> Self:
        if self.commands == self.stream:
            raise ValueError("commands and stream should be two endpoints")
        if self.next_secret == self.secret:
            raise ValueError("next_secret should name another place than secret")
        for name, endpoint in (("commands", self.commands), ("stream", self.stream)):
            self._check_reach(name, endpoint)
        return self

    def _check_reach(self, name: str, endpoint: str) -> None:
        host = host_of(endpoint)
        if host == "*" and not self.bind:
            raise ValueError(f"{name} should name a host; tcp://*:PORT is for bind = true only")
        if is_loopback(host) or self.allow_plain or self.curve is not None:
            return
        raise ValueError(
            f"{name} is not on this machine and nothing encrypts it: add a curve table with keys, "
            "or set allow_plain = true where a tunnel does it"
        )


class Settings(_Table):
    """All settings of one bridge."""

    name: Name = Field(
        "pitwire", description="The bridge's name: terminals and logs know it by this."
    )
    data_dir: Path = Field(
        Path("data"),
        description="Folder of the database and of secret files; when missing it is made, open "
        "for its owner only. A relative path starts at the folder of pitwire.toml.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe level that is logged."
    )
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="`auto` is `console` in a terminal window and `json` elsewhere."
    )
    http: HttpSettings = HttpSettings()
    gate: GateSettings = GateSettings()
    link: LinkTimings = LinkTimings()
    terminals: dict[Name, TerminalSettings] = Field(default_factory=dict)

    @property
    def database_file(self) -> Path:
        """The one database: keys and the ledger of orders."""
        return self.data_dir / "pitwire.db"

    @model_validator(mode="after")
    def _refuse_shared_endpoints(self) -> Self:
        owners: dict[str, str] = {}
        for name, terminal in self.terminals.items():
            for endpoint in (terminal.commands, terminal.stream):
                if endpoint in owners:
                    raise ValueError(
                        f"the terminals {owners[endpoint]} and {name} share an endpoint; each "
                        "needs two of its own"
                    )
                owners[endpoint] = name
        return self
