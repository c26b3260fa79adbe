"""A broker with one hedging account: it takes market orders and keeps the books.

It is pure: the market's clock is its clock, and what it does it tells by two hooks, `on_ticks`
and `on_transaction`. Requests come as the wire's commands, answers are the trade server's.
Pending orders, netting, swaps and stop-out are not part of it.
"""

from collections.abc import Callable
from typing import NamedTuple

from pitwire.sim import answers, rules
from pitwire.sim.account import AccountSettings, Figures, booked
from pitwire.sim.execution import Executions, Fill
from pitwire.sim.faults import Faults
from pitwire.sim.ledger import FIRST_TICKET, Ledger, OpenPosition
from pitwire.sim.market import Market
from pitwire.sim.rules import Rejected
from pitwire.sim.symbols import SymbolSpec
from pitwire.sim.triggers import Trigger, triggered
from pitwire.sim.valuation import NoPrices, Valuation
from pitwire.wire.arrays import Array
from pitwire.wire.commands import (
    OrderFields,
    OrderSend,
    PositionClose,
    PositionCloseBy,
    PositionModify,
    TradingCommand,
)
from pitwire.wire.enums import (
    DealEntry,
    OrderFilling,
    OrderFlag,
    OrderReason,
    OrderType,
    SymbolTradeMode,
    TransactionType,
)
from pitwire.wire.records import CheckResult, Deal, Position, TradeResult, Transaction
from pitwire.wire.retcodes import Retcode

FreshTicks = list[tuple[str, Array]]
OnTicks = Callable[[FreshTicks], None]
OnTransaction = Callable[[Transaction, TradeResult | None, str | None], None]
"""Takes the transaction; `result` and `request_id` come with the type REQUEST."""


class _Opening(NamedTuple):
    position: OpenPosition
    filling: int
    spec: SymbolSpec
    margin: float


class Broker:
    """The trade server of one account. Not safe for threads."""

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
        self.ledger = Ledger(currency_digits=settings.currency_digits, first_ticket=first_ticket)
        self.on_ticks: OnTicks = lambda _fresh: None
        self.on_transaction: OnTransaction = lambda _transaction, _result, _request_id: None
        self._faults = faults or Faults()
        self._executions = Executions(
            self.ledger,
            self.valuation,
            settings,
            announce=lambda transaction: self.on_transaction(transaction, None, None),
        )
        self.ledger.deposit(settings.deposit, time_msc=market.now_msc())

    def advance(self) -> None:
        """Let the market move on to now: stops that it touched are executed, ticks handed on."""
        fresh = self.market.advance()
        if self.ledger.positions:
            for trigger in triggered(fresh, self.ledger.open_positions()):
                self._close_by_trigger(trigger)
        self.on_ticks(fresh)

    def figures(self) -> Figures:
        """Value the account at the market's prices now.

        Raises NoPrices.
        """
        held = self.ledger.positions.values()
        floating = sum(self.valuation.floating(position) + position.swap for position in held)
        digits = self.settings.currency_digits
        return Figures(
            balance=self.ledger.balance,
            profit=booked(floating, digits),
            margin=self.valuation.margin(held),
            currency_digits=digits,
        )

    def positions(self, *, symbol: str | None = None, ticket: int | None = None) -> list[Position]:
        """List open positions, valued now; `symbol` and `ticket` narrow the list.

        Raises NoPrices.
        """
        held = self.ledger.open_positions(symbol=symbol, ticket=ticket)
        return [self._record(position) for position in held]

    def execute(self, command: TradingCommand) -> TradeResult:
        """Carry out a trading command; a refusal is a result too.

        Raises KeyError for a symbol that the market lacks and TypeError for a command that this
        broker does not take.
        """
        self.advance()
        try:
            result = self._carry_out(command)
        except Rejected as rejection:
            result = self._refusal(command, rejection.retcode)
        except NoPrices:
            result = self._refusal(command, Retcode.PRICE_OFF)
        self.on_transaction(
            Transaction(type=TransactionType.REQUEST, order=result.order, deal=result.deal),
            result,
            command.request_id,
        )
        return result

    def check(self, order: OrderFields) -> CheckResult:
        """Tell what the account would look like after a market order."""
        try:
            opening = self._plan(order)
            return answers.check_passed(self.figures()._replace(margin=opening.margin))
        except Rejected as rejection:
            return answers.check_failed(rejection.retcode)
        except NoPrices:
            return answers.check_failed(Retcode.PRICE_OFF)

    def _carry_out(self, command: TradingCommand) -> TradeResult:
        forced = self._faults.take_retcode()
        if forced is not None:
            raise Rejected(forced)
        match command:
            case OrderSend():
                return self._open(command)
            case PositionModify():
                return self._modify(command)
            case PositionClose():
                return self._close_at_market(command)
            case PositionCloseBy():
                return self._close_by(command)
        raise TypeError(f"{type(command).__name__} is not for this broker")

    def _plan(self, order: OrderFields) -> _Opening:
        """Check an order completely and give the position that it would open."""
        spec = self.market.spec(order.symbol)
        now_msc = self.market.now_msc()
        volume = rules.check_volume(spec, order.volume)
        rules.check_allowed(spec, OrderFlag.MARKET)
        rules.check_time(spec, order, now_msc=now_msc)
        filling = rules.choose_filling(spec, order.type_filling)
        rules.check_side(spec, order.type)
        self._check_open_market(spec)
        price = self.valuation.opening_price(order.symbol, order.type)
        rules.check_price(spec, price, asked=order.price, deviation=order.deviation)
        closing = self.valuation.closing_price(order.symbol, order.type)
        sl, tp = order.sl or 0.0, order.tp or 0.0
        rules.check_stops(spec, order.type, closing=closing, sl=sl, tp=tp)
        held = self.ledger.open_positions(symbol=order.symbol)
        rules.check_limit(spec, order.type, volume=volume, held=held)
        position = OpenPosition(
            ticket=0,
            symbol=order.symbol,
            type=order.type,
            volume=volume,
            price_open=price,
            margin_per_lot=self.valuation.margin_per_lot(spec, price=price),
            time_msc=now_msc,
            time_update_msc=now_msc,
            sl=sl,
            tp=tp,
            magic=order.magic,
            comment=order.comment,
        )
        return _Opening(position, filling, spec, self._affordable(position))

    def _affordable(self, position: OpenPosition) -> float:
        """Give the margin that the account would hold with one more position, if it can."""
        before = self.figures()
        margin = self.valuation.margin((*self.ledger.positions.values(), position))
        cost = self._executions.commission(position.volume)
        if margin + cost > max(before.equity, before.margin):
            raise Rejected(Retcode.NO_MONEY)
        return margin

    def _open(self, order: OrderSend) -> TradeResult:
        opening = self._plan(order)
        deal = self._executions.open(opening.position, opening.spec, filling=opening.filling)
        return self._filled(deal, position=deal.position_id, filling=opening.filling)

    def _modify(self, command: PositionModify) -> TradeResult:
        position = self._held(command.position)
        spec = self.market.spec(position.symbol)
        given = command.model_fields_set
        sl = (command.sl or 0.0) if "sl" in given else position.sl
        tp = (command.tp or 0.0) if "tp" in given else position.tp
        if (sl, tp) == (position.sl, position.tp):
            raise Rejected(Retcode.NO_CHANGES)
        self._check_open_market(spec)
        closing = self.valuation.closing_price(position.symbol, position.type)
        rules.check_not_frozen(spec, position, closing=closing)
        rules.check_stops(spec, position.type, closing=closing, sl=sl, tp=tp)
        self._executions.change_stops(position, spec, sl=sl, tp=tp, time_msc=self.market.now_msc())
        return answers.modified(spec, position=position.ticket, time_msc=self.market.now_msc())

    def _close_at_market(self, command: PositionClose) -> TradeResult:
        position = self._held(command.position)
        spec = self.market.spec(position.symbol)
        asked = position.volume if command.volume is None else command.volume
        volume = rules.check_volume(spec, asked, at_most=position.volume)
        filling = rules.choose_filling(spec, command.type_filling)
        self._check_open_market(spec)
        price = self.valuation.closing_price(position.symbol, position.type)
        rules.check_price(spec, price, asked=command.price, deviation=command.deviation)
        rules.check_not_frozen(spec, position, closing=price)
        fill = Fill(
            price=price,
            time_msc=self.market.now_msc(),
            reason=OrderReason.EXPERT,
            comment=command.comment,
            magic=command.magic,
            filling=filling,
        )
        deal = self._executions.close(position, spec, volume=volume, fill=fill)
        return self._filled(deal, position=position.ticket, filling=filling)

    def _close_by(self, command: PositionCloseBy) -> TradeResult:
        position = self._held(command.position)
        other = self._held(command.position_by)
        if position.symbol != other.symbol or position.type == other.type:
            raise Rejected(Retcode.INVALID)
        spec = self.market.spec(position.symbol)
        rules.check_allowed(spec, OrderFlag.CLOSE_BY)
        self._check_open_market(spec)
        fill = Fill(
            price=other.price_open,
            time_msc=self.market.now_msc(),
            comment=command.comment,
            magic=command.magic,
            type=OrderType.CLOSE_BY,
            entry=DealEntry.OUT_BY,
            position_by=other.ticket,
        )
        deal = self._executions.close_by(position, other, spec, fill=fill)
        return self._filled(deal, position=position.ticket, filling=OrderFilling.FOK)

    def _close_by_trigger(self, trigger: Trigger) -> None:
        position = self.ledger.positions[trigger.ticket]
        spec = self.market.spec(position.symbol)
        word, stop = (
            ("sl", position.sl) if trigger.reason == OrderReason.SL else ("tp", position.tp)
        )
        fill = Fill(
            price=trigger.price,
            time_msc=trigger.time_msc,
            reason=trigger.reason,
            comment=f"[{word} {stop:.{spec.digits}f}]",
            magic=position.magic,
        )
        self._executions.close(position, spec, volume=position.volume, fill=fill)

    def _held(self, ticket: int) -> OpenPosition:
        position = self.ledger.positions.get(ticket)
        if position is None:
            raise Rejected(Retcode.POSITION_CLOSED)
        return position

    def _check_open_market(self, spec: SymbolSpec) -> None:
        if spec.trade_mode == SymbolTradeMode.DISABLED:
            raise Rejected(Retcode.TRADE_DISABLED)
        if not self.market.is_open(spec.name):
            raise Rejected(Retcode.MARKET_CLOSED)

    def _filled(self, deal: Deal, *, position: int, filling: int) -> TradeResult:
        return answers.filled(
            deal,
            position=position,
            filling=filling,
            quote=self.market.quote(deal.symbol),
            time_msc=self.market.now_msc(),
        )

    def _refusal(self, command: TradingCommand, retcode: int) -> TradeResult:
        ticket = getattr(command, "position", 0)
        held = self.ledger.positions.get(ticket)
        symbol: str = held.symbol if held else getattr(command, "symbol", "")
        return answers.refused(
            retcode,
            spec=self.market.spec(symbol) if symbol else None,
            position=ticket,
            quote=self.market.quote(symbol) if symbol and retcode == Retcode.REQUOTE else None,
            time_msc=self.market.now_msc(),
        )

    def _record(self, position: OpenPosition) -> Position:
        return answers.position_record(
            position,
            self.market.spec(position.symbol),
            price_current=self.valuation.closing_price(position.symbol, position.type),
            profit=self.valuation.floating(position),
        )


__all__ = ["Broker", "FreshTicks", "OnTicks", "OnTransaction"]
