"""A broker with one account, hedging or netting: it takes trade requests and keeps the books.

It is pure: the market's clock is its clock, and what it does it tells by two hooks, `on_ticks`
and `on_transaction`. Requests come in the trade server's own language, TradeRequest, and every
one is judged here completely; answers are the trade server's.
"""

from collections.abc import Callable

from pitwire.sim import answers, swaps
from pitwire.sim.account import AccountSettings, Figures
from pitwire.sim.dealing import Dealing
from pitwire.sim.execution import Executions
from pitwire.sim.faults import Faults
from pitwire.sim.floor import Floor, Plan
from pitwire.sim.ledger import FIRST_TICKET, Ledger, OpenPosition
from pitwire.sim.market import Market
from pitwire.sim.placing import Placing
from pitwire.sim.request import TradeRequest
from pitwire.sim.rules import Rejected, side_of
from pitwire.sim.valuation import NoPrices, Valuation
from pitwire.sim.watch import Watch
from pitwire.wire import retcodes
from pitwire.wire.arrays import Array
from pitwire.wire.enums import OrderReason, TradeAction, TransactionType
from pitwire.wire.records import CheckResult, Order, Position, TradeResult, Transaction
from pitwire.wire.retcodes import Retcode

FreshTicks = list[tuple[str, Array]]
OnTicks = Callable[[FreshTicks], None]
OnTransaction = Callable[[Transaction, TradeResult | None, str | None], None]
"""Takes the transaction; `result` and `request_id` come with the type REQUEST."""


class Broker:
    """The trade server of one account. Not safe for threads.

    Raises ConfigError for symbols that it could not margin, or charge swaps for.
    """

    def __init__(
        self,
        market: Market,
        settings: AccountSettings,
        *,
        faults: Faults | None = None,
        first_ticket: int = FIRST_TICKET,
    ) -> None:
        self.market = market
        self.settings = settings
        self.valuation = Valuation(market, settings)
        for name in market.names():
            swaps.check_swap_mode(market.spec(name))
        self.ledger = Ledger(currency_digits=settings.currency_digits, first_ticket=first_ticket)
        self.on_ticks: OnTicks = lambda _fresh: None
        self.on_transaction: OnTransaction = lambda _transaction, _result, _request_id: None
        self._faults = faults or Faults()
        executions = Executions(
            self.ledger,
            self.valuation,
            settings,
            announce=lambda transaction: self.on_transaction(transaction, None, None),
        )
        self._floor = Floor(
            market=market,
            settings=settings,
            valuation=self.valuation,
            ledger=self.ledger,
            executions=executions,
            faults=self._faults,
        )
        self._dealing = Dealing(self._floor)
        self._placing = Placing(self._floor)
        self._watch = Watch(self._floor)
        self.ledger.deposit(settings.deposit, time_msc=market.now_msc())

    def advance(self) -> None:
        """Let the market move on to now: what it set off is executed, ticks are handed on."""
        fresh = self.market.advance()
        self._watch.run(fresh)
        self.on_ticks(fresh)

    def figures(self) -> Figures:
        """Value the account at the market's prices now.

        Raises NoPrices.
        """
        return self._floor.figures()

    def positions(self, *, symbol: str | None = None, ticket: int | None = None) -> list[Position]:
        """List open positions, valued now; `symbol` and `ticket` narrow the list.

        Raises NoPrices.
        """
        held = self.ledger.open_positions(symbol=symbol, ticket=ticket)
        return [self._position(position) for position in held]

    def orders(self, *, symbol: str | None = None, ticket: int | None = None) -> list[Order]:
        """List orders that wait in the market, each with the price now that it waits for.

        Raises NoPrices.
        """
        waiting = self.ledger.working_orders(symbol=symbol, ticket=ticket)
        return [self._order(order) for order in waiting]

    def execute(
        self,
        request: TradeRequest,
        *,
        request_id: str | None = None,
        reason: OrderReason = OrderReason.EXPERT,
    ) -> TradeResult:
        """Carry out a trade request; a refusal is a result too.

        `request_id` comes back with the transaction that tells the result.
        """
        self.advance()
        forced = self._faults.take_retcode()
        result = self._answer(request, reason) if forced is None else self._refusal(request, forced)
        done = Transaction(type=TransactionType.REQUEST, order=result.order, deal=result.deal)
        if result.retcode in retcodes.DONE and self._faults.take_timeout():
            result = answers.timed_out(result)
            done = Transaction(type=TransactionType.REQUEST)
        self.on_transaction(done, result, request_id)
        return result

    def check(self, request: TradeRequest) -> CheckResult:
        """Tell what the account would look like after a trade request."""
        try:
            plan = self._plan(request, OrderReason.EXPERT)
            return answers.check_passed(self.figures()._replace(margin=plan.margin))
        except Rejected as rejection:
            return answers.check_failed(rejection.retcode)
        except NoPrices:
            return answers.check_failed(Retcode.PRICE_OFF)

    def _answer(self, request: TradeRequest, reason: OrderReason) -> TradeResult:
        try:
            return self._plan(request, reason).carry_out()
        except Rejected as rejection:
            return self._refusal(request, rejection.retcode)
        except NoPrices:
            return self._refusal(request, Retcode.PRICE_OFF)

    def _plan(self, request: TradeRequest, reason: OrderReason) -> Plan:
        """Judge a request.

        Raises Rejected, NoPrices.
        """
        if not request.is_sane:
            raise Rejected(Retcode.INVALID)
        match request.action:
            case TradeAction.DEAL:
                return self._dealing.deal(request, reason)
            case TradeAction.PENDING:
                return self._placing.place(request, reason)
            case TradeAction.SLTP:
                return self._dealing.stops(request)
            case TradeAction.MODIFY:
                return self._placing.modify(request)
            case TradeAction.REMOVE:
                return self._placing.remove(request)
            case TradeAction.CLOSE_BY if self.settings.is_hedging:
                return self._dealing.close_by(request, reason)
        raise Rejected(Retcode.INVALID)

    def _refusal(self, request: TradeRequest, retcode: int) -> TradeResult:
        held = self.ledger.positions.get(request.position)
        waiting = self.ledger.working.get(request.order)
        about = held or waiting
        symbol = about.symbol if about else request.symbol
        known = symbol in self.market.names()
        return answers.refused(
            retcode,
            spec=self.market.spec(symbol) if known else None,
            position=request.position if held else 0,
            quote=self.market.quote(symbol) if known and retcode == Retcode.REQUOTE else None,
            time_msc=self.market.now_msc(),
        )

    def _position(self, position: OpenPosition) -> Position:
        return answers.position_record(
            position,
            self.market.spec(position.symbol),
            price_current=self.valuation.closing_price(position.symbol, position.type),
            profit=self.valuation.floating(position),
        )

    def _order(self, order: Order) -> Order:
        price = self.valuation.opening_price(order.symbol, side_of(order.type))
        return order.model_copy(update={"price_current": price})


__all__ = ["Broker", "FreshTicks", "OnTicks", "OnTransaction"]
