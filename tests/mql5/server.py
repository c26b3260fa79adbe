"""The trade server of the rig: `pitwire.sim`'s market and broker behind the runtime's sockets.

It lives in a thread of the test process and survives the death of the program that trades on it.
"""

import itertools
import time
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.mql5.server_calls import Calls, request_of
from tests.mql5.server_conditions import Conditions
from tests.mql5.server_link import Connection
from tests.mql5.server_loop import PATIENCE_S, Loop
from tests.mql5.server_trading import Trading

from pitwire.sim.account import AccountSettings
from pitwire.sim.broker import Broker, FreshTicks
from pitwire.sim.clock import ManualClock
from pitwire.sim.ledger import FIRST_TICKET
from pitwire.sim.market import DayStats, Market
from pitwire.wire.records import SymbolInfo

REASON_CHART, REASON_PARAMETERS, REASON_ACCOUNT = 3, 5, 6

_IDLE_PUSH_S = 1.0
_NEAR_MSC = 1000
"""So near to the computer's clock a market lives in the present."""
_RUN_UP_MSC = 1300
_CHANGING = frozenset(DayStats._fields) | {
    "price_change",
    "trade_tick_value",
    "trade_tick_value_profit",
    "trade_tick_value_loss",
}
"""Figures of a symbol that move with its ticks and that the runtime does not know from them."""

_Result = TypeVar("_Result")


class TradeServer:
    """A market and a broker that one running Expert Advisor is connected to.

    `broker` and `market` belong to the server's thread: reach them by `call`. `conditions` may be
    changed from any thread. `before` holds what a test wants to be run, on the server's thread,
    when a call of that name arrives ("send_async", "ticks", ...); `on_pulse` is run there all the
    time.
    """

    def __init__(
        self,
        *,
        market: Market | None = None,
        account: AccountSettings | None = None,
        conditions: Conditions | None = None,
        first_ticket: int = FIRST_TICKET,
    ) -> None:
        self.conditions = conditions or Conditions()
        self.market = market or Market()
        self.before: dict[str, Callable[[], None]] = {}
        self.on_pulse: Callable[[], None] = lambda: None
        self._first_ticket = first_ticket
        self._numbers = itertools.count(1)
        self._missed: list[FreshTicks] = []
        self._pushed_s = 0.0
        self._calls_link: Connection | None = None
        self._pushes: Connection | None = None
        self._controls: dict[int, Future[None]] = {}
        self._places = {name: place for place, name in enumerate(self.market.names())}
        self._loop = Loop(on_message=self._take, on_pulse=self._pulse)
        self._use(account or AccountSettings(), selected=set(self._places))

    @property
    def address(self) -> str:
        """Where the runtime connects to."""
        return self._loop.address

    @property
    def has_client(self) -> bool:
        """Whether a program is connected."""
        return self._pushes is not None and not self._pushes.closed

    def start(self) -> None:
        """Begin to serve, also once more after `stop`."""
        self._loop.start()

    def stop(self) -> None:
        """End the thread and close everything; calling it again does nothing."""
        self._loop.stop()
        self._loop = Loop(on_message=self._take, on_pulse=self._pulse)

    def call(self, work: Callable[[], _Result]) -> _Result:
        """Run `work` on the server's thread and give its result, or raise what it raises.

        When it moves the market's manual clock, the program's wall clock is moved along.
        """

        def run() -> tuple[int, _Result]:
            self._trading.books += 1  # the work may be anything, also a change of the books
            before_msc = self._utc_msc()
            return before_msc, work()

        before_msc, result = self._loop.call(run)
        if self.is_manual and self.has_client and self._utc_msc() != before_msc:
            self.show_clock()
        return result

    def show_clock(self) -> None:
        """Set the program's wall clock to the market's manual one, and stop it there."""
        self.control("wall", self._utc_msc() * 1000, False)

    def control(self, name: str, *arguments: object) -> None:
        """Tell the runtime to do something, and wait until it has.

        Raises RuntimeError when no program is connected.
        """
        done: Future[None] = Future()

        def send() -> None:
            if not self.has_client:
                raise RuntimeError("a control needs a program that runs")
            number = next(self._numbers)
            self._controls[number] = done
            self._push(["control", number, name, *arguments])

        self._loop.call(send)
        done.result(PATIENCE_S)

    def allow_mql_trading(self, *, allowed: bool) -> None:
        """Turn the program's own permission to trade."""
        self.conditions.mql_trade_allowed = allowed
        self.control("trade_allowed", allowed)

    def fail_files(self, *, write: bool = False, read: bool = False) -> None:
        """Let the sandbox's files fail: as on a full disk, as without permission."""
        self.control("files", write, read)

    def change_chart(self, symbol: str, timeframe: int) -> None:
        """Put another symbol or timeframe on the chart: OnDeinit(3), OnInit."""
        self.calls.chart = symbol
        self.control("chart", symbol, timeframe)
        self.control("restart", REASON_CHART)

    def change_inputs(self, **inputs: object) -> None:
        """Give the program other inputs: OnDeinit(5), OnInit."""
        for name, value in inputs.items():
            self.control("input", name, str(value))
        self.control("restart", REASON_PARAMETERS)

    def switch_account(self, account: AccountSettings) -> None:
        """Sign in to another account: the program is unloaded, with exit code 75."""
        self.call(lambda: self._use(account, selected=self.calls.selected))
        self.control("restart", REASON_ACCOUNT)

    def select(self, symbol: str, *, enable: bool) -> None:
        """Change Market Watch by the user's hand."""

        def change() -> bytes:
            (self.calls.selected.add if enable else self.calls.selected.discard)(symbol)
            return self.calls.last_tick(symbol)

        self.control("select", self._places[symbol], enable, self.call(change))

    def release_book(self, symbol: str) -> None:
        """Let another program release the depth of market of a symbol."""
        self.call(lambda: self.calls.books.discard(symbol))

    def skip_ms(self, ms: int) -> None:
        """Let time pass for the program's timers and counters, not for its wall clock."""
        self.control("skip", ms * 1000)

    def run_ms(self, ms: int) -> None:
        """Let a program with a virtual clock live for a while."""
        self.control("clock", ms * 1000)

    def disconnect(self) -> None:
        """Cut the runtime's connections, as when the terminal closes."""
        self._loop.call(self._drop_client)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _use(self, account: AccountSettings, *, selected: set[str]) -> None:
        """Sign in to an account: a broker of its own on the same market."""
        self.broker = Broker(
            self.market, account, faults=self.conditions.faults, first_ticket=self._first_ticket
        )
        self.calls = Calls(self.broker, self.conditions)
        self.calls.selected = selected
        self.broker.on_ticks = self._on_ticks
        self._trading = Trading(self.broker, self.conditions, push=self._push)
        self.broker.advance()

    @property
    def is_manual(self) -> bool:
        """Whether the market's clock stands still until it is moved."""
        return isinstance(self.market._clock, ManualClock)

    def _utc_msc(self) -> int:
        return self.market.now_msc() - 1000 * self.market.utc_offset_s

    # --- the runtime's messages

    def _take(self, link: Connection, message: list[Any]) -> None:
        if message[0] == "calls":
            self._drop_client()
            self._calls_link = link
            link.send(0)
        elif message[0] == "pushes":
            self._pushes = link
            self._welcome()
        elif link is self._calls_link:
            self._answer_call(link, message[0], message[1:])
        elif link is self._pushes:
            done = self._controls.pop(message[0], None)
            if done is not None:
                done.set_result(None)

    def _drop_client(self) -> None:
        """Forget the program; answers on their way to it are lost with it."""
        for link in (self._calls_link, self._pushes):
            if link is not None:
                link.close()
        self._calls_link = self._pushes = None
        self.calls.books.clear()
        self._trading.forget_program()
        self._missed.clear()
        while self._controls:
            _, done = self._controls.popitem()
            done.set_exception(RuntimeError("the program ended before it obeyed"))

    def _welcome(self) -> None:
        self.broker.advance()
        utc_msc = self._utc_msc()
        present = abs(utc_msc - time.time_ns() // 1_000_000) < _NEAR_MSC
        # A clock that is to stand still has to run first: a program finds the fraction of its
        # seconds when one begins, here after 300 ms.
        utc_msc -= _RUN_UP_MSC if self.is_manual else 0
        self._push(
            [
                "welcome",
                self._trading.books,
                self.market.utc_offset_s,
                None if present and not self.is_manual else utc_msc * 1000,
                self.calls.shown_msc,
                [name in _CHANGING for name in SymbolInfo.model_fields],
                self.calls.symbols(),
                self.conditions.known_us,
            ]
        )
        if not self.conditions.mql_trade_allowed:
            self._push(["control", 0, "trade_allowed", False])

    def _answer_call(self, link: Connection, name: str, arguments: list[Any]) -> None:
        if name in self.before:
            self.before[name]()
        if name in {"send", "send_async"}:
            request = request_of(arguments[0])
            error, value = 0, self._trading.take(request, waits=name == "send")
        else:
            error, value = self.calls.answer(name, arguments)
        link.send([self._trading.books, error, value])

    # --- what the server says on its own

    def _pulse(self) -> None:
        self.broker.advance()
        self._trading.pulse()
        self.on_pulse()

    def _on_ticks(self, fresh: FreshTicks) -> None:
        if not self.conditions.connected:
            if fresh:
                self._missed.append(fresh)
            return
        missed, self._missed = self._missed, []
        for earlier in missed:
            self._push_ticks(earlier)
        self.calls.shown_msc = self.market._advanced_msc
        idle = time.monotonic() - self._pushed_s > _IDLE_PUSH_S
        if fresh or idle:
            self._push_ticks(fresh)

    def _push_ticks(self, fresh: FreshTicks) -> None:
        self._pushed_s = time.monotonic()
        shown = [(name, rows) for name, rows in fresh if name in self.calls.selected]
        until_msc = max((int(rows["time_msc"][-1]) for _, rows in fresh), default=0)
        until_msc = max(until_msc, self.calls.shown_msc)
        entries = [[self._places[name], rows.tobytes()] for name, rows in shown]
        self._push(["ticks", until_msc, entries])
        for name, _ in shown:
            if name in self.calls.books:
                self._push(["book", self._places[name], self.calls.book(name)])

    def _push(self, message: list[Any]) -> None:
        if self._pushes is not None:
            self._pushes.send(message)


__all__ = ["TradeServer"]
