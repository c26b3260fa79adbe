"""Finds out what became of intents that were sent and not answered.

It asks the terminal's journal by request id, as often as needed and less often as time goes by.
Only a proof settles an intent: the journal's result, or the terminal's word that it never
received the command, given after the command's deadline.
"""

import asyncio
from dataclasses import replace

import structlog

from pitwire.errors import ApiError
from pitwire.router import outcome
from pitwire.router.commands import Commands
from pitwire.router.intent import SETTLED, Intent, IntentState
from pitwire.router.ledger import Ledger
from pitwire.router.registry import Registry, utc_msc
from pitwire.wire.commands import OrderStatus
from pitwire.wire.replies import OrderStatusReply

log = structlog.get_logger(__name__)

FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 30.0


class Reconciler:
    """One task per unresolved intent; lives on the event loop."""

    def __init__(self, commands: Commands, registry: Registry, ledger: Ledger) -> None:
        self._commands = commands
        self._registry = registry
        self._ledger = ledger
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._live: dict[str, asyncio.Event] = {}

    async def resume(self) -> None:
        """Take over what a crash left open: it may have been sent, so it is unresolved."""
        for intent in self._ledger.unsettled():
            if intent.state is IntentState.SENDING:
                intent = await self._ledger.settle(  # noqa: PLW2901 - the ledger's version of it
                    replace(
                        outcome.unresolved(intent, "The bridge ended before an answer came."),
                        updated_msc=utc_msc(),
                    )
                )
            self.take(intent)

    def take(self, intent: Intent) -> None:
        """Begin to reconcile an intent; one that is already being reconciled stays so."""
        if intent.id in self._tasks:
            return
        if intent.terminal not in self._registry.names():
            log.error(
                "an unresolved order belongs to a terminal that the settings no longer name",
                order_id=intent.id,
                terminal=intent.terminal,
            )
            return
        task = asyncio.ensure_future(self._reconcile(intent))
        self._tasks[intent.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(intent.id, None))

    def link_up(self, terminal: str) -> None:
        """Ask at once: a terminal has come back."""
        self._event(terminal).set()

    def link_down(self, terminal: str) -> None:
        """Wait for the terminal to come back."""
        self._event(terminal).clear()

    async def stop(self) -> None:
        """End all tasks; the ledger keeps what is open."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _event(self, terminal: str) -> asyncio.Event:
        return self._live.setdefault(terminal, asyncio.Event())

    async def _reconcile(self, intent: Intent) -> None:
        wait = FIRST_WAIT_S
        while True:
            await self._event(intent.terminal).wait()
            try:
                current = await self._ask(intent)
            except Exception:
                log.exception("reconciliation failed", order_id=intent.id)
            else:
                if current.state in SETTLED:
                    log.info(
                        "reconciled", order_id=intent.id, state=current.state, code=current.code
                    )
                    return
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_S)

    async def _ask(self, intent: Intent) -> Intent:
        """Ask the journal once; return what the ledger holds afterwards."""
        current = self._ledger.get(intent.id)
        if current is None or current.state in SETTLED:
            return current or intent
        try:
            reply = await self._commands.ask(
                intent.terminal, OrderStatus(request_id=intent.id), OrderStatusReply
            )
        except ApiError:
            return current
        found = outcome.reconcile(current, reply, now_msc=utc_msc())
        return found if found == current else await self._ledger.settle(found)


__all__ = ["Reconciler"]
