"""What a handler works with: one request of one app to one terminal."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, TypeVar

from pydantic import ValidationError

from pitwire.edge.faults import header_fault, invalid, path_fault
from pitwire.errors import ReadTimeout
from pitwire.gate.door import Caller, Door
from pitwire.router.intent import Intent
from pitwire.router.router import Router
from pitwire.wire.commands import Command, TradingCommand
from pitwire.wire.fields import UINT64_MAX
from pitwire.wire.replies import Reply

R = TypeVar("R", bound=Reply)

API = "/api/v1"
"""Where the API begins."""

TIMEOUT_MIN_S = 1.0
TIMEOUT_MAX_S = 60.0
IDEMPOTENCY_KEY_MAX = 255
SYMBOL_MAX = 64
_TICKET_DIGITS = 20


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """Limits of the REST edge; times in seconds, sizes in bytes.

    `max_bars` and `max_ticks` bound one request. They are at most what the router was given.
    `request_timeout_s` is for reads; orders have the router's own, unless an app names one.
    """

    max_body_bytes: int = 65_536
    max_bars: int = 100_000
    max_ticks: int = 1_000_000
    docs_enabled: bool = True
    request_timeout_s: float = 10.0


@dataclass(slots=True)
class Visit:
    """What is known of a request besides its content; `waited_s` was spent on the terminal.

    `headers` by their lower-case names; a header that came more than once has its values on lines
    of their own, which no single header can have. `source` is the address it came from.
    `caller` is None on the few paths that need no key. `orders_path` is where the orders of the
    terminal are found that this request is about. `trades` says that it may change the account.
    """

    request_id: str
    started: float
    headers: Mapping[str, str] = field(repr=False)
    source: str | None
    waited_s: float = 0.0
    caller: Caller | None = None
    orders_path: str | None = None
    trades: bool = False
    timeout_s: float | None = None


@dataclass(slots=True)
class Call:
    """An authorized request."""

    router: Router
    door: Door
    settings: EdgeSettings
    visit: Visit
    terminal: str = ""
    path: Mapping[str, str] = field(default_factory=dict)

    @property
    def caller(self) -> Caller:
        """The app that calls."""
        if self.visit.caller is None:
            raise TypeError("an operation without a key has no caller")
        return self.visit.caller

    @property
    def owner(self) -> str:
        """Whose orders and Idempotency-Keys these are."""
        return self.caller.owner

    @property
    def symbol(self) -> str:
        """The symbol that the path names.

        Raises InvalidRequest when it cannot be one.
        """
        name = self.path["symbol"]
        if not 0 < len(name) <= SYMBOL_MAX or not name.isprintable():
            raise path_fault("symbol", "must be a symbol's name as GET symbols lists it")
        return name

    @property
    def ticket(self) -> int:
        """The ticket that the path names.

        Raises InvalidRequest when it cannot be one.
        """
        return ticket_of(self.path["ticket"], "ticket")

    async def read(self, command: type[Command], reply: type[R], **fields: Any) -> R:  # noqa: ANN401
        """Ask the terminal and wait for the answer.

        Raises InvalidRequest for fields that the command does not take, ReadTimeout, and what the
        router raises.
        """
        try:
            asked = command(**fields)
        except ValidationError as error:
            raise invalid(error, "request") from None
        async with self.waiting():
            answer = await self.router.read(self.terminal, asked, timeout_s=self.visit.timeout_s)
        if not isinstance(answer, reply):
            raise TypeError(f"{command.__name__} is not answered by {reply.__name__}")
        return answer

    @asynccontextmanager
    async def waiting(self) -> AsyncIterator[None]:
        """Bound and measure a wait for the terminal that is safe to give up.

        Raises ReadTimeout.
        """
        limit_s = self.visit.timeout_s or self.settings.request_timeout_s
        started = perf_counter()
        try:
            async with asyncio.timeout(limit_s):
                yield
        except TimeoutError:
            raise ReadTimeout(
                f"The terminal did not answer within {limit_s:g} s: ask again, or allow more "
                "with X-Request-Timeout."
            ) from None
        finally:
            self.visit.waited_s += perf_counter() - started

    async def trade(self, command: type[TradingCommand], fields: dict[str, Any]) -> Intent:
        """Carry out a trading command; it is never given up half way from here.

        Raises what the router raises.
        """
        key = self.idempotency_key
        started = perf_counter()
        try:
            return await self.router.trade(
                self.terminal,
                command,
                fields,
                owner=self.owner,
                idempotency_key=key,
                timeout_s=self.visit.timeout_s,
            )
        finally:
            self.visit.waited_s += perf_counter() - started

    @property
    def idempotency_key(self) -> str | None:
        """The Idempotency-Key header.

        Raises InvalidRequest when it is not 1 to 255 printable ASCII characters.
        """
        key = self.visit.headers.get("idempotency-key")
        if key is None:
            return None
        if not 0 < len(key) <= IDEMPOTENCY_KEY_MAX or not key.isascii() or not key.isprintable():
            raise header_fault(
                "Idempotency-Key", "must be 1 to 255 printable ASCII characters, once"
            )
        return key


def ticket_of(text: str, name: str) -> int:
    """Read a ticket in a path.

    Raises InvalidRequest.
    """
    ticket = int(text) if text.isascii() and text.isdigit() and len(text) <= _TICKET_DIGITS else 0
    if not 0 < ticket <= UINT64_MAX:
        raise path_fault(name, "must be a ticket, which is a whole number above 0")
    return ticket


def applied_timeout(headers: Mapping[str, str]) -> float | None:
    """Read X-Request-Timeout, in seconds.

    Raises InvalidRequest when it is not a number from 1 to 60.
    """
    text = headers.get("x-request-timeout")
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not TIMEOUT_MIN_S <= seconds <= TIMEOUT_MAX_S:
        raise header_fault("X-Request-Timeout", "must be a number of seconds from 1 to 60")
    return seconds


__all__ = ["API", "Call", "EdgeSettings", "Visit", "applied_timeout", "ticket_of"]
