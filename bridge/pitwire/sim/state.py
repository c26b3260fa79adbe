"""What the terminal knows of itself: its clock, its switches, and who it is."""

import secrets
from dataclasses import dataclass, field
from typing import Any, TypedDict

from pitwire import __version__
from pitwire.sim.faults import Faults
from pitwire.sim.market import Market
from pitwire.wire.commands import MAX_ROWS
from pitwire.wire.records import Permissions, TerminalInfo

BUILD = 5000
_MAX_BARS = 100_000
_NO_CODEPAGE = 0


def _random_boot() -> int:
    return secrets.randbits(63) or 1


class Stamp(TypedDict):
    """When a terminal said something: its UTC clock, and how far its broker's is ahead."""

    clock_msc: int
    utc_offset_s: int


@dataclass(frozen=True, slots=True)
class TerminalState:
    """Clock, switches and identity of one simulated terminal.

    `boot` is the random number of this start, `journal` that of the journal of trading commands.
    The clock is the market's, in UTC: with a market that lives in the past, or faster, the terminal
    does so too.
    """

    market: Market
    faults: Faults
    login: int
    server: str
    company: str
    journal: int
    boot: int = field(default_factory=_random_boot)

    def utc_msc(self) -> int:
        """Tell the terminal's clock, UTC in milliseconds."""
        return self.market.now_msc() - 1000 * self.market.utc_offset_s

    def stamp(self) -> Stamp:
        """Give the two times that every reply and event carries."""
        return {"clock_msc": self.utc_msc(), "utc_offset_s": self.market.utc_offset_s}

    def permissions(self) -> Permissions:
        """Read the switches that must be on before an order can be sent."""
        return Permissions(
            terminal_connected=True,
            terminal_trade_allowed=self.faults.algo_trading,
            mql_trade_allowed=True,
            account_trade_allowed=True,
            account_trade_expert=True,
        )

    def welcome_facts(self) -> dict[str, Any]:
        """Give the fields of the WELCOME that tell about this terminal."""
        return {
            "login": self.login,
            "server": self.server,
            "build": BUILD,
            "agent": f"pitwire-sim {__version__}",
            "boot": self.boot,
            "journal": self.journal,
            "max_rows": MAX_ROWS,
            **self.stamp(),
        }

    def terminal_info(self) -> TerminalInfo:
        """Describe the terminal program."""
        return TerminalInfo(
            community_account=False,
            community_connection=False,
            connected=True,
            dlls_allowed=True,
            trade_allowed=self.faults.algo_trading,
            tradeapi_disabled=False,
            email_enabled=False,
            ftp_enabled=False,
            notifications_enabled=False,
            mqid=False,
            build=BUILD,
            maxbars=_MAX_BARS,
            codepage=_NO_CODEPAGE,
            ping_last=0,
            community_balance=0.0,
            retransmission=0.0,
            company=self.company,
            name="Pitwire simulated terminal",
            language="English",
            path="",
            data_path="",
            commondata_path="",
        )


__all__ = ["BUILD", "Stamp", "TerminalState"]
