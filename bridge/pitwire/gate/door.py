"""The one entry: who calls, and what they may do.

Every edge passes through here. An app learns only that its key is not valid; why is in the log.
"""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

import structlog

from pitwire.errors import InsufficientScope, NotFound, Unauthenticated
from pitwire.gate.keys import ALL_TERMINALS, Clock, KeyKind, KeyState, Pepper, Token, utc_now
from pitwire.gate.scopes import allows
from pitwire.gate.store import KeyStore

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. `owner` is whose orders and Idempotency-Keys are meant; never empty."""

    key_id: str
    kind: KeyKind
    name: str
    scopes: frozenset[str]
    terminals: frozenset[str]
    owner: str
    expires_at: datetime | None = None


class Door:
    """Checks keys, scopes and terminals.

    `is_simulated(terminal)` says whether a terminal trades no real money: test keys reach only
    such ones.
    """

    def __init__(
        self,
        store: KeyStore,
        pepper: Pepper,
        *,
        is_simulated: Callable[[str], bool],
        clock: Clock = utc_now,
    ) -> None:
        self._store = store
        self._pepper = pepper
        self._is_simulated = is_simulated
        self._clock = clock
        self._nobody = pepper.mac(Token.random(KeyKind.LIVE))

    def enter(self, token: str | None, *, source: str | None) -> Caller:
        """Return who presents this token; `source` is the app's address, for the log.

        Raises Unauthenticated, the same for every reason.
        """
        if token is None:
            _refuse("missing", source)
        presented = Token.parse(token)
        if presented is None:
            _refuse("malformed", source)
        entry = self._store.find(presented.key_id)
        # An unknown key takes the path of a wrong one, down to the comparison.
        expected = self._nobody if entry is None else entry.mac
        proven = hmac.compare_digest(self._pepper.mac(presented), expected)
        if entry is None or not proven:
            _refuse("unknown" if entry is None else "wrong", source, presented.key_id)
        key = entry.key
        state = key.state(self._clock())
        if state is not KeyState.ACTIVE:
            _refuse(state, source, key.id)
        return Caller(
            key.id, key.kind, key.name, key.scopes, key.terminals, key.owner, key.expires_at
        )

    def require(self, caller: Caller, scope: str, *, terminal: str | None = None) -> None:
        """Let pass only what the caller may do, at this terminal when one is named.

        Raises NotFound when the caller may not see the terminal, else InsufficientScope.
        """
        if terminal is not None and not self._reaches(caller, terminal):
            raise NotFound(f"There is no terminal '{terminal}'.")
        if not allows(caller.scopes, scope):
            raise InsufficientScope(scope)

    def visible(self, caller: Caller, terminals: Iterable[str]) -> list[str]:
        """Keep the terminals that the caller may see, in the order given."""
        return [terminal for terminal in terminals if self._reaches(caller, terminal)]

    def _reaches(self, caller: Caller, terminal: str) -> bool:
        if ALL_TERMINALS not in caller.terminals and terminal not in caller.terminals:
            return False
        return caller.kind is KeyKind.LIVE or self._is_simulated(terminal)


def _refuse(reason: str, source: str | None, key_id: str | None = None) -> NoReturn:
    log.warning("authentication_refused", reason=reason, key_id=key_id, source=source)
    raise Unauthenticated


__all__ = ["Caller", "Door"]
