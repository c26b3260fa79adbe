"""An intent: one trading command of one app, from before it is sent until its outcome is known."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pitwire.wire.records import TradeResult


class IntentState(StrEnum):
    """Where an intent stands. SENDING is the state in which a crash leaves it."""

    SENDING = "sending"
    DONE = "done"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    UNRESOLVED = "unresolved"


SETTLED = frozenset({IntentState.DONE, IntentState.REJECTED, IntentState.NOT_SENT})
"""States that nothing will change any more."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What the ledger keeps.

    `id` is the request id that the terminal's journal knows, and the order's id in the API.
    `command` is the wire command's name, `fields` what was asked (wire field names; `expiration`
    is UTC here, so that a repeated request is the same whatever the broker's clock does).
    `journal` is the terminal's journal that would know of it.
    `result` is the trade server's answer; `code` and `detail` say why there is none.
    Times are milliseconds since 1970, UTC. `reconciled` is true when the outcome was found out
    after the first answer failed to come.
    """

    id: str
    terminal: str
    owner: str
    command: str
    fields: dict[str, Any]
    state: IntentState
    created_msc: int
    updated_msc: int
    deadline_msc: int
    login: int
    journal: int = 0
    utc_offset_s: int = 0
    idempotency_key: str | None = None
    fingerprint: str = ""
    result: TradeResult | None = None
    code: str | None = None
    detail: str | None = None
    reconciled: bool = False
    replayed: bool = False
