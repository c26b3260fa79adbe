"""What became of a command: the one place where answers turn into outcomes.

A trading command has three outcomes and no fourth: done or rejected (the broker's answer is
known), not sent (nothing was executed and nothing will be), unresolved (it may have been). An
order is unresolved unless there is proof of one of the others.
"""

from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from pitwire import errors
from pitwire.router.intent import SETTLED, Intent, IntentState
from pitwire.terminal.messages import Answered, Lost, NotSent, Refused
from pitwire.wire import retcodes
from pitwire.wire.records import TradeResult
from pitwire.wire.replies import (
    JournalState,
    OrderStatusReply,
    Refusal,
    RefusalCode,
    TradeReply,
)

Answer = Answered | Refused | NotSent | Lost

_NOT_EXECUTED = {
    RefusalCode.HISTORY_LOADING,
    RefusalCode.DEADLINE_PASSED,
    RefusalCode.ACCOUNT_CHANGED,
    RefusalCode.BUSY,
    RefusalCode.JOURNAL_UNAVAILABLE,
}
"""Refusals that say nothing about the order itself: sending it anew may succeed.

A refusal tells about the one command that it answers. The bridge sends every request id once, so
that this is all there is to know; it would prove nothing about an id that was sent before.
"""

_REJECTION_CODES = {
    retcodes.Retcode.INVALID_VOLUME: "invalid_volume",
    retcodes.Retcode.INVALID_PRICE: "invalid_price",
    retcodes.Retcode.INVALID_STOPS: "invalid_stops",
    retcodes.Retcode.INVALID_EXPIRATION: "invalid_expiration",
    retcodes.Retcode.INVALID_FILL: "invalid_filling",
    retcodes.Retcode.MARKET_CLOSED: "market_closed",
    retcodes.Retcode.NO_MONEY: "no_money",
}
"""Refusals of the broker that apps tell apart often enough to have a code of their own."""

CLOCK_MARGIN_MSC = 1000
"""How far a terminal's clock must be past a deadline before the deadline counts as passed."""


def settle(intent: Intent, answer: Answer, *, now_msc: int) -> Intent:
    """Move an intent on with the answer to its command."""
    settled = _settled(intent, answer)
    return replace(settled, updated_msc=now_msc)


def _settled(intent: Intent, answer: Answer) -> Intent:
    match answer:
        case NotSent(reason=reason, queue_full=full):
            code = errors.QueueFull.code if full else errors.TerminalOffline.code
            return replace(intent, state=IntentState.NOT_SENT, code=code, detail=reason)
        case Lost(reason=reason):
            return unresolved(intent, reason)
        case Refused(body=body):
            return _refused(intent, body)
        case Answered(body=body):
            try:
                reply = TradeReply.model_validate(body)
            except ValidationError:
                return unresolved(intent, "The terminal's answer could not be read.")
            return _with_result(replace(intent, utc_offset_s=reply.utc_offset_s), reply.result)


def unresolved(intent: Intent, reason: str) -> Intent:
    """Give an intent up to reconciliation."""
    return replace(
        intent, state=IntentState.UNRESOLVED, code=errors.OrderUnresolved.code, detail=reason
    )


def _with_result(intent: Intent, result: TradeResult) -> Intent:
    if result.retcode in retcodes.DONE:
        return replace(intent, state=IntentState.DONE, result=result, code=None, detail=None)
    text = result.comment or retcodes.TEXTS.get(result.retcode, "")
    if result.retcode not in retcodes.REJECTED:
        unknown = f"The trade server answered {result.retcode}, which does not tell the outcome."
        return replace(unresolved(intent, text or unknown), result=result)
    code = _REJECTION_CODES.get(retcodes.Retcode(result.retcode), errors.OrderRejected.code)
    return replace(intent, state=IntentState.REJECTED, result=result, code=code, detail=text)


def _refused(intent: Intent, body: dict[str, Any]) -> Intent:
    refusal = read_refusal(body)
    if refusal is None or refusal.code == RefusalCode.INTERNAL:
        message = refusal.message if refusal else "The terminal's refusal could not be read."
        return unresolved(intent, message)
    code = code_of(refusal)
    state = IntentState.NOT_SENT if refusal.code in _NOT_EXECUTED else IntentState.REJECTED
    return replace(intent, state=state, code=code, detail=refusal.message)


def reconcile(intent: Intent, reply: OrderStatusReply, *, now_msc: int) -> Intent:
    """Move an unresolved intent on with what the terminal's journal says, if it proves anything."""
    if reply.state == JournalState.DONE and reply.result is not None:
        settled = _with_result(intent, reply.result)
    elif reply.state == JournalState.INDETERMINATE:
        lost = "The terminal lost its answer in a crash: compare its history by hand."
        settled = unresolved(intent, lost)
    elif reply.state == JournalState.UNKNOWN:
        settled = _never_received(intent, reply)
    else:
        settled = intent
    if settled.state in SETTLED:
        return replace(settled, reconciled=True, updated_msc=now_msc)
    # Asking again must not write the same reason to the ledger again.
    return intent if settled == intent else replace(settled, updated_msc=now_msc)


def _never_received(intent: Intent, reply: OrderStatusReply) -> Intent:
    """Believe it of the journal that would know, and once the deadline rules out an arrival."""
    if (reply.journal, reply.login) != (intent.journal, intent.login):
        other = "The terminal keeps another journal now: compare its history by hand."
        return unresolved(intent, other)
    if reply.clock_msc <= intent.deadline_msc + CLOCK_MARGIN_MSC:
        return intent
    return replace(
        intent,
        state=IntentState.NOT_SENT,
        code=errors.TerminalOffline.code,
        detail="The terminal never received it, and its deadline has passed.",
    )


def read_refusal(body: dict[str, Any]) -> Refusal | None:
    """Validate a refusal; None when it makes no sense."""
    try:
        return Refusal.model_validate(body)
    except ValidationError:
        return None


def code_of(refusal: Refusal) -> str:
    """Name a refusal as apps know it."""
    if refusal.code == RefusalCode.INVALID_REQUEST and refusal.field == "timeframe":
        return errors.InvalidTimeframe.code
    try:
        return RefusalCode(refusal.code).name.lower()
    except ValueError:
        return f"refusal_{refusal.code}"


_READ_ERRORS: dict[int, type[errors.ApiError]] = {
    RefusalCode.UNSUPPORTED: errors.Unsupported,
    RefusalCode.UNKNOWN_SYMBOL: errors.UnknownSymbol,
    RefusalCode.NOT_FOUND: errors.NotFound,
    RefusalCode.TOO_LARGE: errors.RangeTooLarge,
    RefusalCode.HISTORY_LOADING: errors.HistoryLoading,
    RefusalCode.BUSY: errors.QueueFull,
    RefusalCode.INTERNAL: errors.TerminalFault,
}


def read_error(body: dict[str, Any]) -> errors.ApiError:
    """Turn the refusal of a read into the error that an app gets."""
    refusal = read_refusal(body)
    if refusal is None:
        return errors.TerminalFault("The terminal's refusal could not be read.")
    code = code_of(refusal)
    retry = None if refusal.retry_after_ms is None else refusal.retry_after_ms / 1000
    extra = {} if refusal.field is None else {"field": refusal.field}
    known = _READ_ERRORS.get(refusal.code)
    if known is not None:
        return known(refusal.message, retry_after_s=retry, extra=extra)
    if code == errors.InvalidTimeframe.code:
        return errors.InvalidTimeframe(refusal.message, extra=extra)
    return errors.Unprocessable(refusal.message, code=code, retry_after_s=retry, extra=extra)


_ERRORS: dict[tuple[IntentState, str | None], type[errors.ApiError]] = {
    (IntentState.SENDING, None): errors.IdempotencyInFlight,
    (IntentState.UNRESOLVED, None): errors.OrderUnresolved,
    (IntentState.REJECTED, None): errors.OrderRejected,
    (IntentState.REJECTED, errors.UnknownSymbol.code): errors.UnknownSymbol,
    (IntentState.REJECTED, errors.NotFound.code): errors.NotFound,
    (IntentState.NOT_SENT, None): errors.TerminalOffline,
    (IntentState.NOT_SENT, errors.AccountChanged.code): errors.AccountChanged,
    (IntentState.NOT_SENT, errors.QueueFull.code): errors.QueueFull,
}
"""The error for a state, and for those codes within a state that have an error of their own."""

_OUTCOMES = {
    IntentState.SENDING: "in_progress",
    IntentState.UNRESOLVED: "unresolved",
    IntentState.REJECTED: "rejected",
    IntentState.NOT_SENT: "not_sent",
}


def error_of(intent: Intent) -> errors.ApiError | None:
    """Give the error with which an app is told about an intent; None when it is done."""
    extra: dict[str, Any] = {"order_id": intent.id}
    detail = intent.detail or "The first request is still under way."
    if intent.result is not None:
        extra |= {
            "retcode": intent.result.retcode,
            "retcode_name": retcodes.name_of(intent.result.retcode),
            "retcode_text": retcodes.TEXTS.get(intent.result.retcode, ""),
            "retcode_external": intent.result.retcode_external,
        }
    if intent.state is IntentState.UNRESOLVED:
        detail = f"{detail} Poll the order; do not send it again.".strip()
    make = _ERRORS.get((intent.state, intent.code)) or _ERRORS.get((intent.state, None))
    if make is None:
        return None
    return make(detail, code=intent.code, outcome=_OUTCOMES[intent.state], extra=extra)
