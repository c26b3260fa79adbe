"""What the bridge knows of every terminal: configuration, session, heartbeat, account pin.

A terminal is pinned to its login and server. The settings may name them; otherwise the first
account that signs in is remembered. With another account reads go on and say so, and trading is
refused until an operator agrees.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from pitwire.errors import AccountChanged, NotFound, TerminalOffline
from pitwire.terminal.status import LinkStatus
from pitwire.wire.events import Heartbeat
from pitwire.wire.handshake import Welcome
from pitwire.wire.records import Permissions

Account = tuple[int | None, str | None]
"""Login and server; None stands for any."""


@dataclass(frozen=True, slots=True)
class TerminalConfig:
    """What the settings say of a terminal; `account` is the pin, when they name one."""

    name: str
    simulated: bool = False
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class TerminalView:
    """What an app may know of a terminal. Ages in milliseconds, `since` in UTC milliseconds."""

    name: str
    state: str
    since: int
    simulated: bool
    reason: str | None
    login: int | None
    server: str | None
    build: int | None
    agent: str | None
    utc_offset_s: int
    heartbeat_age_ms: int | None
    last_tick_age_ms: int | None
    round_trip_us: int | None
    permissions: Permissions | None
    pinned_login: int | None
    account_changed: bool


@dataclass(slots=True)
class _Terminal:
    config: TerminalConfig
    pin: Account | None
    since: int
    welcome: Welcome | None = None
    clock_ahead_ms: int = 0
    reason: str | None = "not connected yet"
    heartbeat: Heartbeat | None = None
    heartbeat_at: float = 0.0
    offset_s: int = 0


def _matches(pin: Account | None, welcome: Welcome) -> bool:
    if pin is None:
        return True
    login, server = pin
    return login in {None, welcome.login} and server in {None, welcome.server}


def utc_msc() -> int:
    """Return milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


class Registry:
    """All terminals of this bridge; lives on the event loop."""

    def __init__(
        self,
        terminals: Iterable[TerminalConfig],
        *,
        pins: dict[str, Account],
        status: Callable[[str], LinkStatus],
        save_pin: Callable[[str, int, str], None],
    ) -> None:
        self._status = status
        self._save_pin = save_pin
        self._terminals = {
            config.name: _Terminal(config, config.account or pins.get(config.name), utc_msc())
            for config in terminals
        }

    def names(self) -> list[str]:
        """List the terminals of this bridge."""
        return list(self._terminals)

    def is_simulated(self, terminal: str) -> bool:
        """Tell whether a terminal is known to be a simulated one."""
        known = self._terminals.get(terminal)
        return known is not None and known.config.simulated

    def link_up(self, terminal: str, welcome: Welcome) -> None:
        """Note a new session; the first account ever seen becomes the pin."""
        known = self._terminals[terminal]
        known.welcome = welcome
        known.clock_ahead_ms = welcome.clock_msc - utc_msc()
        known.offset_s = welcome.utc_offset_s
        known.reason = None
        known.since = utc_msc()
        if known.pin is None:
            known.pin = (welcome.login, welcome.server)
            self._save_pin(terminal, welcome.login, welcome.server)

    def link_down(self, terminal: str, reason: str) -> None:
        """Note the end of a session."""
        known = self._terminals[terminal]
        known.welcome = None
        known.heartbeat = None
        known.reason = reason
        known.since = utc_msc()

    def heartbeat(self, terminal: str, body: dict[str, object]) -> None:
        """Note a heartbeat; one that makes no sense is left alone (the link counts it)."""
        known = self._terminals[terminal]
        try:
            known.heartbeat = Heartbeat.model_validate(body)
        except ValidationError:
            return
        known.heartbeat_at = time.monotonic()
        known.offset_s = known.heartbeat.utc_offset_s

    def live(self, terminal: str) -> Welcome:
        """Return the live session's WELCOME.

        Raises NotFound for a name that does not exist, TerminalOffline without a session.
        """
        known = self._known(terminal)
        if known.welcome is None:
            raise TerminalOffline(f"The terminal '{terminal}' is offline: {known.reason}.")
        return known.welcome

    def tradable(self, terminal: str) -> Welcome:
        """Return the live session's WELCOME if its account is the one the terminal is pinned to.

        Raises AccountChanged besides what `live` raises.
        """
        welcome = self.live(terminal)
        known = self._terminals[terminal]
        if not _matches(known.pin, welcome):
            raise AccountChanged(
                f"The terminal '{terminal}' is signed in to another account than the one it is "
                "pinned to. Trading is refused until the operator agrees to the new account."
            )
        return welcome

    def utc_offset_s(self, terminal: str) -> int:
        """Return how many seconds the broker's clock is ahead of UTC, as measured last."""
        return self._known(terminal).offset_s

    def clock_msc(self, terminal: str) -> int:
        """Estimate the terminal's own clock, UTC milliseconds."""
        known = self._known(terminal)
        measured = self._status(terminal).clock_offset_ms
        ahead = known.clock_ahead_ms if measured is None else round(measured)
        return utc_msc() + ahead

    def view(self, terminal: str) -> TerminalView:
        """Return what an app may know of a terminal.

        Raises NotFound.
        """
        known = self._known(terminal)
        status = self._status(terminal)
        welcome, beat = known.welcome, known.heartbeat
        age = None if beat is None else int((time.monotonic() - known.heartbeat_at) * 1000)
        tick_age = None
        if beat is not None and age is not None and beat.tick_msc:
            tick_age = max(0, beat.clock_msc + beat.utc_offset_s * 1000 - beat.tick_msc) + age
        return TerminalView(
            name=terminal,
            state="live" if status.live else str(status.state),
            since=known.since,
            simulated=known.config.simulated,
            reason=known.reason,
            login=None if welcome is None else welcome.login,
            server=None if welcome is None else welcome.server,
            build=None if welcome is None else welcome.build,
            agent=None if welcome is None else welcome.agent,
            utc_offset_s=known.offset_s,
            heartbeat_age_ms=age,
            last_tick_age_ms=tick_age,
            round_trip_us=status.round_trip_us,
            permissions=None if beat is None else beat.permissions,
            pinned_login=None if known.pin is None else known.pin[0],
            account_changed=welcome is not None and not _matches(known.pin, welcome),
        )

    def _known(self, terminal: str) -> _Terminal:
        known = self._terminals.get(terminal)
        if known is None:
            raise NotFound(f"There is no terminal '{terminal}'.")
        return known


__all__ = ["Account", "Registry", "TerminalConfig", "TerminalView", "utc_msc"]
