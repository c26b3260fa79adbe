"""What stands behind the link of a simulated terminal: broker, desk, rooms and feed, joined."""

from typing import Any

from pitwire.sim.account import AccountSettings
from pitwire.sim.account_commands import AccountCommands
from pitwire.sim.broker import Broker
from pitwire.sim.commands import CommandRoom, refuse_busy
from pitwire.sim.desk import Desk
from pitwire.sim.faults import Faults
from pitwire.sim.feed import Feed
from pitwire.sim.journal import Journal
from pitwire.sim.ledger import FIRST_TICKET
from pitwire.sim.market import Market
from pitwire.sim.market_commands import MarketCommands
from pitwire.sim.outbox import Outbox, Send
from pitwire.sim.service import Answer
from pitwire.sim.state import TerminalState
from pitwire.wire.commands import COMMANDS
from pitwire.wire.envelope import FrameType

_TRADING = frozenset(code for code, command in COMMANDS.items() if command.trading)
_RETRY_AFTER_MS = 100


class Expert:
    """The terminal without its sockets. Not safe for threads."""

    def __init__(
        self, market: Market, account: AccountSettings, *, journal: Journal, faults: Faults
    ) -> None:
        self._faults = faults
        self._state = TerminalState(
            market=market,
            faults=faults,
            login=account.login,
            server=account.server,
            company=account.company,
            journal=journal.id,
        )
        first_ticket = max(FIRST_TICKET, journal.highest_ticket() + 1)
        self.broker = Broker(market, account, faults=faults, first_ticket=first_ticket)
        prices = MarketCommands(market, self._state, currency=account.currency)
        books = AccountCommands(self.broker, Desk(self.broker, journal, self._state), self._state)
        self.feed = Feed(self.broker, prices, books, self._state)
        self._room = CommandRoom(
            self.broker, market=prices, account=books, feed=self.feed, state=self._state
        )

    def welcome_facts(self) -> dict[str, Any]:
        """Give the fields of the WELCOME that tell about this terminal."""
        return self._state.welcome_facts()

    def answer(self, code: int, body: bytes, outbox: Outbox) -> Answer | None:
        """Answer a command; None when a fault makes the answer get lost."""
        answer = self._room.answer(code, body, outbox)
        executed = code in _TRADING and answer[0] == FrameType.REPLY
        return None if executed and self._faults.take_lost_answer() else answer

    def busy(self) -> Answer:
        """Refuse a command that finds too many others waiting."""
        return refuse_busy(_RETRY_AFTER_MS)

    def open(self, send: Send) -> Outbox:
        """Make the way out for the events of a new session."""
        return self.feed.open(send)

    def close(self, outbox: Outbox) -> None:
        """Forget a session."""
        self.feed.close(outbox)

    def pulse(self) -> None:
        """Let the market move on, and push what happened."""
        self.feed.pulse()

    def heartbeat(self, *, queued: int, busy_us: int) -> bytes:
        """Write the body of a HEARTBEAT."""
        return self.feed.heartbeat(queued=queued, busy_us=busy_us)


__all__ = ["Expert"]
