"""The state of the simulated terminal around the program: switches, connection, what goes wrong."""

from dataclasses import dataclass, field

from pitwire.sim.broker import Broker
from pitwire.sim.faults import Faults
from pitwire.sim.state import TerminalState
from pitwire.wire.records import Permissions, TerminalInfo
from pitwire.wire.retcodes import Retcode

TRADE_DISABLED, SEND_FAILED = 4752, 4756


@dataclass(slots=True, kw_only=True)
class Conditions:
    """Switches that a test may turn at any time, from any thread.

    `connected`: the terminal's connection to the trade server. Off, no price and no answer comes,
    and nothing can be sent; on again, the missed ticks come in one burst.
    `account_trade_allowed`: off as with an investor password. `account_trade_expert`: off when the
    trade server forbids Expert Advisors. `mql_trade_allowed` is turned by the server's method.
    `latency_ms`: a request sent by OrderSendAsync reaches the trade server this much later.
    `hold_requests`: requests do not reach it until this is off again.
    `events_first`: the transactions of a trade come before OrderSendAsync returns.
    `downloads`: so many reads of history find the terminal still downloading; with
    `downloads_partly` they get half of the ticks with the error, otherwise none.
    `known_us`: so long a program that starts now knows these switches without looking again, as a
    terminal does, which has them in its memory; short, so that a test never sees an old one.
    `faults`: the common set; `delay_ms` holds the trade server's answers back, `lose_answer_next`
    loses the next one.
    """

    faults: Faults = field(default_factory=Faults)
    connected: bool = True
    mql_trade_allowed: bool = True
    account_trade_allowed: bool = True
    account_trade_expert: bool = True
    latency_ms: int = 0
    hold_requests: bool = False
    events_first: bool = False
    downloads: int = 0
    downloads_partly: bool = False
    known_us: int = 200

    def take_download(self) -> bool:
        """Whether the terminal is still downloading what is read now."""
        if self.downloads <= 0:
            return False
        self.downloads -= 1
        return True

    def permissions(self) -> Permissions:
        """Read all switches."""
        return Permissions(
            terminal_connected=self.connected,
            terminal_trade_allowed=self.faults.algo_trading,
            mql_trade_allowed=self.mql_trade_allowed,
            account_trade_allowed=self.account_trade_allowed,
            account_trade_expert=self.account_trade_expert,
        )

    def terminal_info(self, broker: Broker) -> TerminalInfo:
        """Describe the terminal program, as the simulated terminal describes itself."""
        settings = broker.settings
        state = TerminalState(
            market=broker.market,
            faults=self.faults,
            login=settings.login,
            server=settings.server,
            company=settings.company,
            journal=1,
        )
        return state.terminal_info().model_copy(update={"connected": self.connected})

    def refusal(self) -> tuple[int, int] | None:
        """Give the return code and error with which a request fails before it is sent."""
        if not self.connected:
            return Retcode.CONNECTION, SEND_FAILED
        if not self.faults.algo_trading or not self.mql_trade_allowed:
            return Retcode.CLIENT_DISABLES_AT, TRADE_DISABLED
        if not self.account_trade_allowed:
            return Retcode.TRADE_DISABLED, TRADE_DISABLED
        if not self.account_trade_expert:
            return Retcode.SERVER_DISABLES_AT, TRADE_DISABLED
        return None


__all__ = ["SEND_FAILED", "Conditions"]
