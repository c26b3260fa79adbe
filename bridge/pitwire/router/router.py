"""The router: everything that the edges may ask for, and everything that the link reports.

It lives on the event loop. `deliver` takes the links' batches; the rest is called by edges.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from pitwire.errors import NotFound
from pitwire.router.commands import Commands
from pitwire.router.history import History
from pitwire.router.intent import Intent
from pitwire.router.ledger import Ledger
from pitwire.router.reconciler import Reconciler
from pitwire.router.registry import Registry, TerminalConfig, TerminalView
from pitwire.router.trading import Trading
from pitwire.terminal.messages import Delivery, LinkDown, LinkUp, Outgoing, Pushed
from pitwire.terminal.status import LinkStatus
from pitwire.wire.events import EventCode

FORGET_KEYS_EVERY_S = 3600

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RouterSettings:
    """Time-outs in seconds, and the most rows that one request may ask for."""

    request_timeout_s: float = 10.0
    order_timeout_s: float = 10.0
    max_bars: int = 100_000
    max_ticks: int = 100_000


class Router:
    """All terminals behind one face."""

    def __init__(
        self,
        terminals: Sequence[TerminalConfig],
        ledger: Ledger,
        *,
        send: Callable[[Outgoing], None],
        status: Callable[[str], LinkStatus],
        settings: RouterSettings,
    ) -> None:
        self._ledger = ledger
        self._registry = Registry(
            terminals, pins=ledger.pins(), status=status, save_pin=self._save_pin
        )
        self._commands = Commands(self._registry, send=send, timeout_s=settings.request_timeout_s)
        self._history = History(
            self._commands,
            self._registry,
            max_bars=settings.max_bars,
            max_ticks=settings.max_ticks,
        )
        self._reconciler = Reconciler(self._commands, self._registry, ledger)
        self._trading = Trading(
            self._commands,
            self._registry,
            ledger,
            timeout_s=settings.order_timeout_s,
            hand_over=self._reconciler.take,
        )
        self._saves: set[asyncio.Task[None]] = set()
        self._housekeeping: asyncio.Task[None] | None = None
        self.read = self._commands.read
        self.bars = self._history.bars
        self.ticks = self._history.ticks
        self.trade = self._trading.trade

    async def start(self) -> None:
        """Take over what an earlier run left open, and begin to keep house."""
        await self._reconciler.resume()
        self._housekeeping = asyncio.ensure_future(self._forget_keys())

    async def drain(self) -> None:
        """Wait for the trading commands under way; call before the link is stopped."""
        await self._trading.drain()

    async def stop(self) -> None:
        """End the tasks; call after the link has been stopped."""
        if self._housekeeping is not None:
            self._housekeeping.cancel()
        await self._reconciler.stop()
        await self._trading.drain()
        await asyncio.gather(*self._saves, return_exceptions=True)

    def deliver(self, batch: Iterable[Delivery]) -> None:
        """Take what the links hand over."""
        for item in batch:
            match item:
                case Pushed(terminal=terminal, code=code, body=body):
                    if code == EventCode.HEARTBEAT:
                        self._registry.heartbeat(terminal, body)
                case LinkUp(terminal=terminal, welcome=welcome):
                    self._registry.link_up(terminal, welcome)
                    self._reconciler.link_up(terminal)
                case LinkDown(terminal=terminal, reason=reason):
                    self._registry.link_down(terminal, reason)
                    self._reconciler.link_down(terminal)
                case _:
                    self._commands.answer(item)

    def terminals(self) -> list[TerminalView]:
        """View every terminal of this bridge."""
        return [self._registry.view(name) for name in self._registry.names()]

    def terminal(self, name: str) -> TerminalView:
        """View one terminal.

        Raises NotFound.
        """
        return self._registry.view(name)

    def is_simulated(self, name: str) -> bool:
        """Tell whether a terminal is known to be a simulated one."""
        return self._registry.is_simulated(name)

    def broker_msc(self, terminal: str, utc_msc: int) -> int:
        """Convert UTC milliseconds to the broker's clock."""
        return utc_msc + self._registry.utc_offset_s(terminal) * 1000

    async def order(self, terminal: str, order_id: str, *, owner: str | None) -> Intent:
        """Read an intent; another owner's looks as if it did not exist (None sees all).

        Raises NotFound.
        """
        intent = self._ledger.get(order_id)
        hidden = intent is not None and owner is not None and intent.owner != owner
        if intent is None or intent.terminal != terminal or hidden:
            raise NotFound(f"There is no order '{order_id}'.")
        return intent

    def _save_pin(self, terminal: str, login: int, server: str) -> None:
        task = asyncio.ensure_future(self._write_pin(terminal, login, server))
        self._saves.add(task)
        task.add_done_callback(self._saves.discard)

    async def _write_pin(self, terminal: str, login: int, server: str) -> None:
        try:
            await self._ledger.pin(terminal, login, server)
        except sqlite3.Error:
            # For this run the pin holds in memory; the next start would take any account.
            log.critical("the account pin could not be written", terminal=terminal, exc_info=True)

    async def _forget_keys(self) -> None:
        while True:
            try:
                await self._ledger.forget_old_keys()
            except sqlite3.Error:
                log.exception("old Idempotency-Keys could not be freed")
            await asyncio.sleep(FORGET_KEYS_EVERY_S)


__all__ = ["Router", "RouterSettings"]
