"""One trading command from intent to outcome, executed at most once.

The order of steps is the safety: look for an earlier request with the same Idempotency-Key, write
the intent down, send it, settle it. Nothing here ever sends an intent a second time. An intent
without an answer is handed to the Reconciler, which asks the terminal's journal.
"""

import asyncio
import hashlib
import json
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import structlog
from pydantic import ValidationError

from pitwire import errors
from pitwire.router import outcome
from pitwire.router.commands import Commands
from pitwire.router.intent import Intent, IntentState
from pitwire.router.ledger import Ledger
from pitwire.router.outcome import Answer
from pitwire.router.registry import Registry, utc_msc
from pitwire.wire.commands import SymbolInfoGet, TradingCommand
from pitwire.wire.replies import SymbolInfoReply
from pitwire.wire.retcodes import Retcode

log = structlog.get_logger(__name__)


class Trading:
    """Sends trading commands; lives on the event loop."""

    def __init__(
        self,
        commands: Commands,
        registry: Registry,
        ledger: Ledger,
        *,
        timeout_s: float,
        hand_over: Callable[[Intent], None],
    ) -> None:
        self._commands = commands
        self._registry = registry
        self._ledger = ledger
        self._timeout_s = timeout_s
        self._hand_over = hand_over
        self._tasks: set[asyncio.Task[Any]] = set()

    async def trade(
        self,
        terminal: str,
        command: type[TradingCommand],
        fields: dict[str, Any],
        *,
        owner: str,
        idempotency_key: str | None = None,
        timeout_s: float | None = None,
    ) -> Intent:
        """Carry out a trading command and return its intent when it is done.

        `fields` are the command's own, with `expiration` in UTC; request id, deadline and login
        are added here. With the
        `idempotency_key` of an earlier request the earlier outcome is given again, marked
        `replayed`. Raises OrderRejected, OrderUnresolved, TerminalOffline (nothing was sent),
        AccountChanged, IdempotencyInFlight, IdempotencyKeyReused, or Unprocessable for fields
        that make no order; all carry `order_id` where an intent exists.
        """
        limit = self._timeout_s if timeout_s is None else timeout_s
        draft = self._draft(terminal, command, fields, owner, idempotency_key)
        earlier = self._ledger.find(draft)
        if earlier is not None:
            return await self._replay(earlier, draft)
        welcome = self._registry.tradable(terminal)
        deadline = self._registry.clock_msc(terminal) + round(limit * 1000)
        intent = replace(draft, login=welcome.login, journal=welcome.journal, deadline_msc=deadline)
        message = _message(command, intent, self._registry.utc_offset_s(terminal))
        # From here on the caller may go away; the intent must not.
        work = asyncio.ensure_future(self._carry_out(intent, message, limit))
        self._tasks.add(work)
        work.add_done_callback(self._tasks.discard)
        settled = await asyncio.shield(work)
        if settled.id != intent.id:
            return await self._replay(settled, draft)
        return await self._done_or_raise(settled)

    async def drain(self) -> None:
        """Wait until every command under way has been settled in the ledger."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _draft(
        self,
        terminal: str,
        command: type[TradingCommand],
        fields: dict[str, Any],
        owner: str,
        idempotency_key: str | None,
    ) -> Intent:
        now = utc_msc()
        text = json.dumps([command.code, fields], sort_keys=True, separators=(",", ":"))
        return Intent(
            id=f"{now:012x}{secrets.token_hex(10)}",
            terminal=terminal,
            owner=owner,
            command=command.code.name,
            fields=fields,
            state=IntentState.SENDING,
            created_msc=now,
            updated_msc=now,
            deadline_msc=0,
            login=0,
            idempotency_key=idempotency_key,
            fingerprint=hashlib.sha256(text.encode()).hexdigest(),
        )

    async def _carry_out(self, intent: Intent, message: TradingCommand, limit: float) -> Intent:
        written = await self._ledger.begin(intent)
        if written.id != intent.id:
            return written
        try:
            return await self._send(intent, message, limit)
        except Exception:
            log.exception("an order went astray", order_id=intent.id)
            self._hand_over(intent)
            return outcome.unresolved(intent, "The bridge failed while it sent this.")

    async def _send(self, intent: Intent, message: TradingCommand, limit: float) -> Intent:
        log.info("intent", order_id=intent.id, terminal=intent.terminal, command=intent.command)
        future = self._commands.start(intent.terminal, message, expires_in_s=limit)
        await asyncio.wait({future}, timeout=limit)
        if future.done():
            return await self._settle(outcome.settle(intent, future.result(), now_msc=utc_msc()))
        future.add_done_callback(lambda late: self._settle_late(intent, late))
        waiting = outcome.unresolved(intent, f"The terminal did not answer within {limit:g} s.")
        return await self._settle(replace(waiting, updated_msc=utc_msc()))

    async def _settle(self, intent: Intent) -> Intent:
        try:
            settled = await self._ledger.settle(intent)
        except sqlite3.Error:
            # The app gets the truth, and the ledger will, once it can be written again.
            log.critical("outcome not written to the ledger", order_id=intent.id, exc_info=True)
            self._hand_over(intent)
            settled = intent
        log.info(
            "outcome",
            order_id=settled.id,
            terminal=settled.terminal,
            state=settled.state,
            code=settled.code,
            retcode=None if settled.result is None else settled.result.retcode,
        )
        if settled.state is IntentState.UNRESOLVED:
            self._hand_over(settled)
        return settled

    def _settle_late(self, intent: Intent, future: "asyncio.Future[Answer]") -> None:
        """Take an answer that came after its caller had been told `unresolved`."""
        if future.cancelled():
            return
        late = outcome.settle(intent, future.result(), now_msc=utc_msc())
        if late.state is IntentState.UNRESOLVED:
            return
        task = asyncio.ensure_future(self._settle(replace(late, reconciled=True)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _replay(self, earlier: Intent, draft: Intent) -> Intent:
        if earlier.fingerprint != draft.fingerprint:
            raise errors.IdempotencyKeyReused(
                "This Idempotency-Key came with another body before: use a new one.",
                extra={"order_id": earlier.id},
            )
        return await self._done_or_raise(replace(earlier, replayed=True))

    async def _done_or_raise(self, intent: Intent) -> Intent:
        error = outcome.error_of(intent)
        if error is None:
            return intent
        if intent.result is not None and intent.result.retcode == Retcode.INVALID_VOLUME:
            error.extra |= await self._volumes_near(intent)
        if intent.replayed:
            error.extra["replayed"] = True
        raise error

    async def _volumes_near(self, intent: Intent) -> dict[str, float]:
        """Name the allowed volumes next to the one that was refused, when the symbol is known."""
        asked, symbol = intent.fields.get("volume"), intent.fields.get("symbol")
        if asked is None or symbol is None:
            return {}
        try:
            reply = await self._commands.ask(
                intent.terminal, SymbolInfoGet(symbol=symbol), SymbolInfoReply
            )
        except errors.ApiError:
            return {}
        spec = reply.symbol
        return nearest_volumes(
            asked,
            low=spec.volume_min,
            high=spec.volume_max,
            step=spec.volume_step,
            digits=spec.volume_digits,
        )


def nearest_volumes(
    asked: float, *, low: float, high: float, step: float, digits: int
) -> dict[str, float]:
    """Name the allowed volumes just below and just above the one that was asked for."""
    if step <= 0:
        return {}
    steps = int(round(asked / step, 8) // 1)
    below, above = round(steps * step, digits), round((steps + 1) * step, digits)
    near = {}
    if below >= low:
        near["nearest_below"] = min(below, high)
    if above <= high:
        near["nearest_above"] = max(above, low)
    return near


def _message(command: type[TradingCommand], intent: Intent, utc_offset_s: int) -> TradingCommand:
    fields = dict(intent.fields)
    if fields.get("expiration") is not None:
        fields["expiration"] += utc_offset_s
    try:
        return command.model_validate(
            {
                **fields,
                "request_id": intent.id,
                "deadline_msc": intent.deadline_msc,
                "login": intent.login,
            }
        )
    except ValidationError as error:
        faults = [
            {
                "pointer": "/" + "/".join(map(str, fault["loc"])),
                "code": fault["type"],
                "detail": fault["msg"],
            }
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise errors.Unprocessable(
            faults[0]["detail"], code="invalid_order", outcome="not_sent", extra={"errors": faults}
        ) from None


__all__ = ["Trading", "nearest_volumes"]
