"""Every error that Pitwire raises on purpose, as one tree.

PitwireError
├── ConfigError              the operator's settings are wrong; the process ends with its exit code
│   └── TerminalMute         a terminal is there and answers nobody with our secret
├── WireError                a peer broke the protocol; the message is counted and changes nothing
│   ├── FrameError           length, magic, version, suite, reserved bits, direction or channel
│   ├── SessionError         not the session that is live here
│   ├── SignatureError       the tag does not match
│   ├── SequenceError        repeated, reordered or behind a lost message
│   ├── BodyError            signed, yet not the MessagePack that the protocol allows
│   └── HandshakeError       HELLO or WELCOME that cannot be accepted
└── ApiError                 an app gets this as a problem; `code` is stable
    ├── InvalidRequest         400
    ├── Unauthenticated        401
    ├── Forbidden              403
    │   └── InsufficientScope
    ├── NotFound               404
    ├── MethodNotAllowed       405
    ├── Conflict               409
    │   ├── IdempotencyInFlight
    │   ├── TerminalAmbiguous
    │   └── AccountChanged
    ├── TooLarge               413
    ├── Unprocessable          422
    │   ├── UnknownSymbol
    │   ├── InvalidTimeframe
    │   ├── RangeTooLarge
    │   ├── IdempotencyKeyReused
    │   ├── OrderRejected      the broker or the terminal said no
    │   └── Unsupported
    ├── HistoryLoading         202, ask again
    ├── TerminalFault          502, the terminal's answer makes no sense
    ├── TerminalOffline        503, nothing was sent
    ├── QueueFull              503, nothing was sent
    ├── LedgerUnavailable      503, nothing was sent
    ├── ReadTimeout            504, reading again is safe
    ├── OrderUnresolved        504, sent and not answered: poll, never send again
    └── InternalError          500

`edge/problem.py` is the only place that turns an ApiError into what an app sees.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class PitwireError(Exception):
    """Root of the tree."""


class ConfigError(PitwireError):
    """The settings or the machine do not allow a start; the message says what to change."""

    exit_code: ClassVar[int] = 2


class TerminalMute(ConfigError):
    """A terminal accepts connections and answers no HELLO: a wrong secret, or it is busy.

    Its exit code is one that a service manager tries again after.
    """

    exit_code = 1


class WireError(PitwireError):
    """A peer sent what the protocol does not allow; `counter` names the metric it counts on."""

    counter: ClassVar[str] = "wire"


class FrameError(WireError):
    """The frame is too short, too long, or its header is not of this protocol."""

    counter = "frame"


class SessionError(WireError):
    """The frame belongs to no session that is live here."""

    counter = "session"


class SignatureError(WireError):
    """The tag is not the one that this session's key gives."""

    counter = "signature"


class SequenceError(WireError):
    """The sequence number is not the next one; `expected` and `received` say how far off."""

    counter = "sequence"

    def __init__(self, expected: int, received: int) -> None:
        super().__init__(f"sequence {received} where {expected} is next")
        self.expected = expected
        self.received = received

    @property
    def lost(self) -> bool:
        """Whether messages are missing, as opposed to one that came a second time."""
        return self.received > self.expected


class BodyError(WireError):
    """The body is not MessagePack within the limits, or lacks what its kind needs."""

    counter = "body"


class HandshakeError(WireError):
    """HELLO or WELCOME cannot be accepted."""

    counter = "handshake"


class ApiError(PitwireError):
    """An error with a stable code that an app can act on.

    `detail` is the sentence for people; `extra` are further members of the problem document.
    `outcome` tells what became of a trading command: `not_sent`, `rejected`, `unresolved`,
    `in_progress`, or None where nothing was to be traded.
    """

    status: ClassVar[int] = 500
    code: str = "internal_error"
    title: ClassVar[str] = "Internal error"
    outcome: str | None = None
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        outcome: str | None = None,
        retry_after_s: float | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.extra: dict[str, Any] = dict(extra or {})
        if code is not None:
            self.code = code
        if outcome is not None:
            self.outcome = outcome


class InternalError(ApiError):
    """A fault of ours; details are in the log under the request id."""


class InvalidRequest(ApiError):
    """The request is malformed; `extra["errors"]` lists pointer, code and detail of each fault."""

    status = 400
    code = "invalid_request"
    title = "Invalid request"


class Unauthenticated(ApiError):
    """No valid key. One text for unknown, wrong, expired and revoked, so that nothing leaks."""

    status = 401
    code = "unauthenticated"
    title = "Authentication required"

    def __init__(self) -> None:
        super().__init__("The request carries no valid API key.")


class Forbidden(ApiError):
    """The key is valid and may not do this."""

    status = 403
    code = "forbidden"
    title = "Not allowed"


class InsufficientScope(Forbidden):
    """The key lacks the scope that this operation needs."""

    code = "insufficient_scope"
    title = "Insufficient scope"

    def __init__(self, scope: str) -> None:
        super().__init__(f"This needs the scope '{scope}'.", extra={"scope": scope})
        self.scope = scope


class NotFound(ApiError):
    """No such thing, or none that this key may see."""

    status = 404
    code = "not_found"
    title = "Not found"


class MethodNotAllowed(ApiError):
    """The path exists, the method does not."""

    status = 405
    code = "method_not_allowed"
    title = "Method not allowed"


class Conflict(ApiError):
    """The state of things does not allow this now."""

    status = 409
    code = "conflict"
    title = "Conflict"


class IdempotencyInFlight(Conflict):
    """The first request with this Idempotency-Key has not been answered yet."""

    code = "idempotency_in_flight"
    title = "A request with this Idempotency-Key is in flight"
    outcome = "in_progress"
    retryable = True


class TerminalAmbiguous(Conflict):
    """The short form of a path needs a key that reaches exactly one terminal."""

    code = "terminal_ambiguous"
    title = "Which terminal?"


class AccountChanged(Conflict):
    """Another account is signed in than the one the terminal is pinned to."""

    code = "account_changed"
    title = "Another account is signed in"
    outcome = "not_sent"


class TooLarge(ApiError):
    """The request body is larger than the bridge takes."""

    status = 413
    code = "body_too_large"
    title = "Request body too large"


class Unprocessable(ApiError):
    """Well formed, and not possible."""

    status = 422
    code = "unprocessable"
    title = "Cannot be processed"


class UnknownSymbol(Unprocessable):
    """The terminal does not know this symbol."""

    code = "unknown_symbol"
    title = "Unknown symbol"


class InvalidTimeframe(Unprocessable):
    """Not one of MetaTrader's 21 timeframes."""

    code = "invalid_timeframe"
    title = "Invalid timeframe"


class RangeTooLarge(Unprocessable):
    """More rows than one request may ask for."""

    code = "range_too_large"
    title = "Range too large"


class IdempotencyKeyReused(Unprocessable):
    """The same Idempotency-Key came with another body."""

    code = "idempotency_key_reused"
    title = "Idempotency-Key used before with another body"


class OrderRejected(Unprocessable):
    """The broker or the terminal refused; `retcode` is the trade server's answer, if any."""

    code = "order_rejected"
    title = "Order rejected"
    outcome = "rejected"


class Unsupported(Unprocessable):
    """This terminal does not know this command."""

    code = "unsupported"
    title = "Not supported by this terminal"


class HistoryLoading(ApiError):
    """The terminal is still downloading what was asked for; ask again."""

    status = 202
    code = "history_loading"
    title = "History is loading"
    retryable = True


class TerminalFault(ApiError):
    """The terminal failed inside, or answered what the protocol does not allow."""

    status = 502
    code = "terminal_fault"
    title = "The terminal failed"


class TerminalOffline(ApiError):
    """No live session with the terminal: nothing was sent, repeating is safe."""

    status = 503
    code = "terminal_offline"
    title = "Terminal offline"
    outcome = "not_sent"
    retryable = True


class QueueFull(ApiError):
    """The terminal has more to do than it can; nothing was sent."""

    status = 503
    code = "queue_full"
    title = "Terminal busy"
    outcome = "not_sent"
    retryable = True


class LedgerUnavailable(ApiError):
    """The intent could not be written down, so nothing was sent: a full disk, most likely."""

    status = 503
    code = "ledger_unavailable"
    title = "Ledger unavailable"
    outcome = "not_sent"
    retryable = True


class ReadTimeout(ApiError):
    """The terminal did not answer a read in time; repeating is safe."""

    status = 504
    code = "read_timeout"
    title = "Terminal did not answer"
    retryable = True


class OrderUnresolved(ApiError):
    """A trading command was sent and no answer came. It is reconciled, never sent again."""

    status = 504
    code = "order_unresolved"
    title = "Order outcome not known yet"
    outcome = "unresolved"


__all__ = [
    "AccountChanged",
    "ApiError",
    "BodyError",
    "ConfigError",
    "Conflict",
    "Forbidden",
    "FrameError",
    "HandshakeError",
    "HistoryLoading",
    "IdempotencyInFlight",
    "IdempotencyKeyReused",
    "InsufficientScope",
    "InternalError",
    "InvalidRequest",
    "InvalidTimeframe",
    "LedgerUnavailable",
    "MethodNotAllowed",
    "NotFound",
    "OrderRejected",
    "OrderUnresolved",
    "PitwireError",
    "QueueFull",
    "RangeTooLarge",
    "ReadTimeout",
    "SequenceError",
    "SessionError",
    "SignatureError",
    "TerminalAmbiguous",
    "TerminalFault",
    "TerminalMute",
    "TerminalOffline",
    "TooLarge",
    "Unauthenticated",
    "UnknownSymbol",
    "Unprocessable",
    "Unsupported",
    "WireError",
]
