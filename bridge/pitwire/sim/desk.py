"""The desk: a trading command is executed at most once, in time, on the account that was meant.

Nothing here sends anything twice. A repeat gets the first answer, and what nobody knows the
outcome of is never tried again.
"""

import hashlib

import structlog

from pitwire.sim.broker import Broker
from pitwire.sim.journal import Entry, Journal, JournalWriteError
from pitwire.sim.refusals import Refused
from pitwire.sim.settlement import Settlement
from pitwire.sim.state import TerminalState
from pitwire.sim.translation import Translation
from pitwire.wire import codec, retcodes
from pitwire.wire.commands import (
    OrderModify,
    OrderRemove,
    OrderSend,
    PositionClose,
    PositionCloseBy,
    PositionModify,
    TradingCommand,
)
from pitwire.wire.records import TradeResult
from pitwire.wire.replies import JournalState, RefusalCode

_SWITCHES = {
    "terminal_connected": "the terminal has no connection to the trade server",
    "terminal_trade_allowed": "the terminal's Algo Trading button is off",
    "mql_trade_allowed": "the Expert Advisor is not allowed to trade in its own settings",
    "account_trade_allowed": "the account is signed in with the investor password",
    "account_trade_expert": "the trade server forbids Expert Advisors on this account",
}

_log = structlog.get_logger(__name__)


class Desk:
    """Stands between the wire's trading commands and the broker."""

    def __init__(self, broker: Broker, journal: Journal, state: TerminalState) -> None:
        self._broker = broker
        self._translation = Translation(broker)
        self._journal = journal
        self._state = state

    def trade(self, command: TradingCommand) -> tuple[TradeResult, bool]:
        """Execute a command, or give the first answer again; the flag tells which.

        Raises Refused; nothing was executed then, unless its code is INTERNAL.
        """
        content = _digest(command)
        known = self._journal.find(command.request_id)
        if known is not None:
            return _first_answer(known, content), True
        self._check_owner_and_time(command)
        self._check_permissions()
        self._check_known(command)
        try:
            self._journal.receive(command.request_id, content=content)
        except JournalWriteError as error:
            raise Refused(
                RefusalCode.JOURNAL_UNAVAILABLE,
                f"The journal cannot be written, so nothing was executed: {error}.",
            ) from None
        return self._execute(command), False

    def status(self, request_id: str) -> Entry:
        """Tell what became of a trading command."""
        return self._journal.find(request_id) or Entry(JournalState.UNKNOWN, "")

    def _execute(self, command: TradingCommand) -> TradeResult:
        try:
            # The market first: what a change keeps is what the books hold now.
            self._broker.advance()
            books = Settlement.before(self._broker.ledger)
            request = self._translation.request(command)
            result = self._broker.execute(request, request_id=command.request_id)
        except Exception:  # noqa: BLE001 - whatever it was, the outcome is not known
            self._journal.give_up(command.request_id)
            _log.exception("a trading command failed half-way", request_id=command.request_id)
            raise Refused(
                RefusalCode.INTERNAL, "The broker failed while it executed this command."
            ) from None
        proven: TradeResult | None = result
        if result.retcode not in retcodes.DONE | retcodes.REJECTED:
            proven = books.settle(request, result)
        if proven is None:
            self._journal.give_up(command.request_id)
            return result
        try:
            self._journal.finish(command.request_id, proven)
        except JournalWriteError as error:
            _log.error("a result could not be written to the journal", reason=str(error))
        return result

    def _check_owner_and_time(self, command: TradingCommand) -> None:
        login = self._broker.settings.login
        if command.login != login:
            raise Refused(
                RefusalCode.ACCOUNT_CHANGED,
                f"The account {login} is signed in, not {command.login}.",
                field="login",
            )
        late_ms = self._state.utc_msc() - command.deadline_msc
        if late_ms > 0:
            raise Refused(
                RefusalCode.DEADLINE_PASSED,
                f"The deadline passed {late_ms} ms ago on the terminal's clock.",
                field="deadline_msc",
            )

    def _check_permissions(self) -> None:
        permissions = self._state.permissions()
        for switch, reason in _SWITCHES.items():
            if not getattr(permissions, switch):
                raise Refused(RefusalCode.TRADE_FORBIDDEN, f"Trading is off ({switch}): {reason}.")

    def _check_known(self, command: TradingCommand) -> None:
        """Refuse symbols, orders and positions that never were."""
        if isinstance(command, OrderSend) and command.symbol not in self._broker.market.names():
            raise unknown_symbol(command.symbol)
        if isinstance(command, OrderModify | OrderRemove):
            self._check_order(command.order)
        if isinstance(command, PositionModify | PositionClose | PositionCloseBy):
            self._check_position("position", command.position)
        if isinstance(command, PositionCloseBy):
            self._check_position("position_by", command.position_by)

    def _check_order(self, ticket: int) -> None:
        ledger = self._broker.ledger
        if ticket not in ledger.working and not ledger.was_done(ticket):
            raise Refused(RefusalCode.NOT_FOUND, f"There is no order {ticket}.", field="order")

    def _check_position(self, field: str, ticket: int) -> None:
        ledger = self._broker.ledger
        if ticket not in ledger.positions and not ledger.was_closed(ticket):
            raise Refused(RefusalCode.NOT_FOUND, f"There is no position {ticket}.", field=field)


def unknown_symbol(name: str) -> Refused:
    """Make the refusal of a symbol that the broker does not have."""
    return Refused(RefusalCode.UNKNOWN_SYMBOL, f"The broker has no symbol {name}.", field="symbol")


def _first_answer(known: Entry, content: str) -> TradeResult:
    if known.content != content:
        raise Refused(
            RefusalCode.REQUEST_CONFLICT,
            "Another command was sent under this request_id: give every command its own.",
            field="request_id",
        )
    if known.result is None:
        raise Refused(
            RefusalCode.INTERNAL,
            "This command was received before and its outcome is not known: look at the orders, "
            "deals and positions.",
        )
    return known.result


def _digest(command: TradingCommand) -> str:
    """Condense what was asked; the deadline of a repeat may be another one."""
    fields = command.packed()
    del fields["request_id"], fields["deadline_msc"]
    body = codec.pack({"code": int(command.code), "fields": fields})
    return hashlib.sha256(body).hexdigest()


__all__ = ["Desk", "unknown_symbol"]
