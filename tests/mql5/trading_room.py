"""A terminal with the Expert, a bridge, and the words in which tests of the desk are written."""

import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conformance.tiny_bridge import TinyBridge
from tests.mql5.terminal import EaTerminal

from pitwire.sim.account import AccountSettings
from pitwire.sim.market import Market
from pitwire.sim.symbols import CATALOG, SymbolSpec
from pitwire.wire import commands
from pitwire.wire.enums import OrderType, TransactionType
from pitwire.wire.handshake import Secret
from pitwire.wire.records import Order, TradeResult, Transaction
from pitwire.wire.replies import JournalState, RefusalCode

WEEK_MSC = 7 * 86_400_000
TUESDAY_NOON_MSC = 5 * 86_400_000 + 12 * 3_600_000
"""The first one after 1970-01-01."""
PATIENCE_S = 20.0
TIMEOUT_MS = 1000
LOGIN = AccountSettings().login
SYMBOL = CATALOG[0].name
OTHER = CATALOG[1].name


class TuesdayClock:
    """The real clock, moved on to the next Tuesday at noon: every market is open."""

    def __init__(self) -> None:
        self._ahead_msc = (TUESDAY_NOON_MSC - time.time_ns() // 1_000_000) % WEEK_MSC

    def now_msc(self) -> int:
        return time.time_ns() // 1_000_000 + self._ahead_msc


class Room:
    """A terminal with the Expert, a bridge, and commands that are easy to write."""

    def __init__(self, folder: Path, *, symbols: tuple[SymbolSpec, ...], **options: Any) -> None:
        self.clock = TuesdayClock()
        self.secret = Secret.random()
        self._bridges: list[TinyBridge] = []
        self._journal: Path | None = None
        inputs = {"InpOrderTimeoutMs": TIMEOUT_MS, **options.pop("inputs", {})}
        self.terminal = EaTerminal(
            secrets=[self.secret],
            market=Market(clock=self.clock, symbols=symbols),
            journal=folder,
            inputs=inputs,
            **{"account": AccountSettings(), **options},
        )
        self.terminal.start()
        self.bridge = self.connect()

    @property
    def journal(self) -> Path:
        if self._journal is None:
            [self._journal] = self.terminal.files.glob(f"demo.{LOGIN}.*.journal")
        return self._journal

    @property
    def number(self) -> int:
        assert self.bridge.welcome is not None
        return self.bridge.welcome.journal

    def connect(self) -> TinyBridge:
        bridge = TinyBridge(self.terminal.commands, self.terminal.stream, secret=self.secret)
        self._bridges.append(bridge)
        return bridge.open()

    def restart(self, *, kill: bool = True, meanwhile: Callable[[], object] | None = None) -> None:
        """End the Expert, at once or in peace, and start it again on the same broker."""
        if kill:
            self.terminal.kill()
        else:
            program, self.terminal.program = self.terminal.program, None
            assert program is not None
            assert program.stop() == 0
        if meanwhile is not None:
            meanwhile()
        self.terminal.program = self.terminal._launch()
        self.terminal._endpoints(self.terminal.program)
        self.bridge = self.connect()

    def send(self, request_id: str, **fields: Any) -> commands.OrderSend:
        chosen = {"symbol": SYMBOL, "type": OrderType.BUY, "volume": 0.1, **fields}
        return commands.OrderSend(**self.intent(request_id), **chosen)

    def close_position(self, request_id: str, **fields: Any) -> commands.PositionClose:
        return commands.PositionClose(**self.intent(request_id), **fields)

    def intent(self, request_id: str) -> dict[str, Any]:
        return {
            "request_id": request_id,
            "deadline_msc": self.clock.now_msc() + 60_000,
            "login": LOGIN,
        }

    def ask(self, command: commands.Command) -> Any:
        return self.bridge.ask(command)

    def status(self, request_id: str) -> Any:
        return self.ask(commands.OrderStatus(request_id=request_id))

    def settled(self, request_id: str) -> Any:
        """Ask until the journal has made up its mind."""
        until = time.monotonic() + PATIENCE_S
        while (status := self.status(request_id)).state == JournalState.RECEIVED:
            assert time.monotonic() < until, "it was never settled"
        return status

    def orders(self) -> list[Order]:
        """All orders that the trade server has ever taken."""

        return self.terminal.call(self.orders_now)

    def orders_now(self) -> list[Order]:
        """The same, on the server's thread."""
        ledger = self.terminal.broker.ledger
        return [*ledger.orders, *ledger.working.values()]

    def on_send(self, work: Callable[[], None]) -> None:
        """Do something once, at the moment when the Expert calls OrderSendAsync."""

        def hook() -> None:
            self.terminal.server.before.pop("send_async")
            work()

        self.terminal.server.before["send_async"] = hook

    def tell(self, change: Callable[[TradeResult], TradeResult | None]) -> Callable[[], None]:
        """Alter what the trade server says of results; None: it says nothing. Returns the undo."""
        broker = self.terminal.broker
        honest = broker.on_transaction

        def told(transaction: Transaction, result: TradeResult | None, number: str | None) -> None:
            if result is not None:
                result = change(result)
                if result is None:
                    return
            honest(transaction, result, number)

        broker.on_transaction = told
        return lambda: setattr(broker, "on_transaction", honest)

    def pretend(self, result: TradeResult) -> None:
        """Answer every request with this result, and execute nothing."""
        broker = self.terminal.broker

        def execute(*_: object, **__: object) -> TradeResult:
            broker.on_transaction(Transaction(type=TransactionType.REQUEST), result, None)
            return result

        setattr(broker, "execute", execute)  # noqa: B010 - mypy forbids the plain assignment

    def use(self, account: AccountSettings) -> None:
        """Sign in to another account, without a word to the Expert."""
        server = self.terminal.server
        self.terminal.call(lambda: server._use(account, selected=server.calls.selected))

    def reconnect(self) -> None:
        """Connect the terminal with its broker again, behind the call that is being answered."""
        self.terminal.call(lambda: setattr(self.terminal.conditions, "connected", True))

    def reseal(self, change: Callable[[list[str]], list[str]]) -> None:
        """Rewrite the journal with sound seals, as somebody who knows them could."""
        texts = [line.split(" ", 1)[1] for line in self.journal.read_text().splitlines()]
        self.journal.write_text(sealed(change(texts)))

    def close(self) -> None:
        for bridge in self._bridges:
            bridge.close()
        self.terminal.stop()


def is_guarded(refusal: Any, limit: str) -> bool:
    return bool(refusal.code == RefusalCode.GUARD and limit in refusal.message)


def sealed(texts: list[str]) -> str:
    seal, lines = 0, []
    for text in texts:
        seal = zlib.crc32(text.encode(), seal)
        lines.append(f"{seal:08x} {text}\n")
    return "".join(lines)


def wait_until(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.01)
