"""A broker at a market whose every tick is written by the test."""

from dataclasses import replace
from typing import Any

import numpy as np

from pitwire.sim.account import AccountSettings
from pitwire.sim.broker import Broker
from pitwire.sim.clock import ManualClock
from pitwire.sim.faults import Faults
from pitwire.sim.ledger import OpenPosition
from pitwire.sim.market import Market
from pitwire.sim.replay import Replay
from pitwire.sim.request import TradeRequest
from pitwire.sim.symbols import CATALOG
from pitwire.wire.arrays import TICKS
from pitwire.wire.enums import (
    OrderFilling,
    OrderType,
    TickFlag,
    TradeAction,
    TransactionType,
)
from pitwire.wire.records import Order, TradeResult, Transaction

TUESDAY_NOON_MSC = 1_763_467_200_000
START = (0, 1.10000, 1.10010)
EURUSD = next(spec for spec in CATALOG if spec.name == "EURUSD")


class Scripted:
    """EURUSD with ticks of (seconds from the start, bid, ask), and short words to trade it.

    `spec` changes the symbol, `account` the account.
    """

    def __init__(
        self,
        *ticks: tuple[float, float, float],
        start_msc: int = TUESDAY_NOON_MSC,
        spec: dict[str, Any] | None = None,
        **account: Any,
    ) -> None:
        rows = np.zeros(len(ticks) + 1, TICKS)
        for row, (seconds, bid, ask) in zip(rows, [START, *ticks], strict=True):
            row["time_msc"] = start_msc + round(seconds * 1000)
            row["time"] = row["time_msc"] // 1000
            row["bid"], row["ask"] = bid, ask
            row["flags"] = TickFlag.BID | TickFlag.ASK
        replay = Replay("EURUSD", None, rows, "start")
        self.start_msc = start_msc
        self.clock = ManualClock(start_msc)
        self.faults = Faults()
        symbol = replace(EURUSD, ticks_bookdepth=0, **(spec or {}))
        market = Market(clock=self.clock, symbols=[symbol], replays={"EURUSD": replay})
        self.broker = Broker(market, AccountSettings(**account), faults=self.faults)
        self.told: list[Transaction] = []
        self.broker.on_transaction = lambda transaction, *_: self.told.append(transaction)
        self.ledger = self.broker.ledger

    def to(self, seconds: float) -> None:
        """Let the market move on to so many seconds from the start, in one go."""
        self.clock.move_to(self.start_msc + round(seconds * 1000))
        self.broker.advance()

    def deal(self, side: OrderType, volume: float = 0.1, **fields: Any) -> TradeResult:
        """Send a market order."""
        return self.send(TradeAction.DEAL, type=side, volume=volume, **fields)

    def place(
        self, kind: OrderType, price: float, volume: float = 0.1, **fields: Any
    ) -> TradeResult:
        """Place a pending order."""
        filled = {"type_filling": OrderFilling.RETURN, **fields}
        return self.send(TradeAction.PENDING, type=kind, price=price, volume=volume, **filled)

    def send(self, action: TradeAction, **fields: Any) -> TradeResult:
        """Send any request."""
        symbol = fields.pop("symbol", "EURUSD")
        return self.broker.execute(TradeRequest(action=action, symbol=symbol, **fields))

    @property
    def order(self) -> Order:
        """The one order that waits."""
        (order,) = self.ledger.working.values()
        return order

    @property
    def position(self) -> OpenPosition:
        """The one position."""
        (position,) = self.ledger.positions.values()
        return position

    def take_told(self) -> list[TransactionType]:
        """Give the kinds of transactions since the last call."""
        kinds = [TransactionType(transaction.type) for transaction in self.told]
        self.told.clear()
        return kinds


__all__ = ["EURUSD", "TUESDAY_NOON_MSC", "Scripted"]
