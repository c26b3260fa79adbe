"""Commands about the account: its figures, positions, past, and what a trade would do to it."""

from collections.abc import Sequence
from typing import TypeVar

from pitwire.sim.account import account_info, booked
from pitwire.sim.broker import Broker
from pitwire.sim.desk import Desk, unknown_symbol
from pitwire.sim.ledger import Period
from pitwire.sim.refusals import Refused
from pitwire.sim.rules import side_of
from pitwire.sim.state import TerminalState
from pitwire.sim.symbols import SymbolSpec
from pitwire.sim.translation import Translation
from pitwire.wire import commands, replies
from pitwire.wire.enums import OrderType
from pitwire.wire.records import AccountInfo, Deal, Order, Position, Table
from pitwire.wire.replies import RefusalCode

_Record = TypeVar("_Record", Order, Deal)


class AccountCommands:
    """Answers from the broker's books and hands trading commands to the desk."""

    def __init__(self, broker: Broker, desk: Desk, state: TerminalState) -> None:
        self._broker = broker
        self._translation = Translation(broker)
        self._desk = desk
        self._state = state
        self._digits = broker.settings.currency_digits

    def account(self, _command: commands.AccountInfoGet) -> replies.AccountInfoReply:
        """Answer ACCOUNT_INFO."""
        return replies.AccountInfoReply(
            account=self.figures(),
            permissions=self._state.permissions(),
            **self._state.stamp(),
        )

    def figures(self) -> AccountInfo:
        """Write the account's record as it stands now."""
        return account_info(
            self._broker.settings, self._broker.figures(), self._state.permissions()
        )

    def terminal(self, _command: commands.TerminalInfoGet) -> replies.TerminalInfoReply:
        """Answer TERMINAL_INFO."""
        return replies.TerminalInfoReply(
            terminal=self._state.terminal_info(),
            permissions=self._state.permissions(),
            **self._state.stamp(),
        )

    def orders(self, command: commands.OrdersGet) -> replies.OrdersReply:
        """Answer ORDERS_GET."""
        if command.symbol is not None:
            self._spec(command.symbol)
        waiting = self._broker.orders(symbol=command.symbol, ticket=command.ticket)
        return replies.OrdersReply(orders=Table.of(Order, waiting), **self._state.stamp())

    def positions(self, command: commands.PositionsGet) -> replies.PositionsReply:
        """Answer POSITIONS_GET."""
        if command.symbol is not None:
            self._spec(command.symbol)
        held = self._broker.positions(symbol=command.symbol, ticket=command.ticket)
        return replies.PositionsReply(
            positions=Table.of(Position, held),
            currency_digits=self._digits,
            **self._state.stamp(),
        )

    def history_orders(self, command: commands.HistoryOrdersGet) -> replies.OrdersReply:
        """Answer HISTORY_ORDERS_GET."""
        page, more = self._page(command, self._broker.ledger.orders)
        return replies.OrdersReply(orders=Table.of(Order, page), more=more, **self._state.stamp())

    def history_deals(self, command: commands.HistoryDealsGet) -> replies.DealsReply:
        """Answer HISTORY_DEALS_GET."""
        page, more = self._page(command, self._broker.ledger.deals)
        return replies.DealsReply(
            deals=Table.of(Deal, page),
            more=more,
            currency_digits=self._digits,
            **self._state.stamp(),
        )

    def calc_margin(self, command: commands.OrderCalcMargin) -> replies.CalcReply:
        """Answer ORDER_CALC_MARGIN."""
        spec = self._spec(command.symbol)
        _refuse_type(command.type, highest=OrderType.SELL_STOP_LIMIT)
        side = side_of(command.type)
        price = command.price or self._broker.valuation.opening_price(spec.name, side)
        per_lot = self._broker.valuation.margin_per_lot(spec, price=price)
        return self._amount(booked(per_lot * command.volume, self._digits))

    def calc_profit(self, command: commands.OrderCalcProfit) -> replies.CalcReply:
        """Answer ORDER_CALC_PROFIT."""
        spec = self._spec(command.symbol)
        _refuse_type(command.type, highest=OrderType.SELL)
        return self._amount(
            self._broker.valuation.profit(
                spec,
                command.type,
                volume=command.volume,
                opened=command.price_open,
                closed=command.price_close,
            )
        )

    def check(self, command: commands.OrderCheck) -> replies.CheckReply:
        """Answer ORDER_CHECK."""
        self._spec(command.symbol)
        return replies.CheckReply(
            result=self._broker.check(self._translation.order(command)),
            currency_digits=self._digits,
            **self._state.stamp(),
        )

    def trade(self, command: commands.TradingCommand) -> replies.TradeReply:
        """Answer every trading command."""
        result, repeated = self._desk.trade(command)
        return replies.TradeReply(result=result, repeated=repeated, **self._state.stamp())

    def status(self, command: commands.OrderStatus) -> replies.OrderStatusReply:
        """Answer ORDER_STATUS."""
        entry = self._desk.status(command.request_id)
        return replies.OrderStatusReply(
            state=entry.state,
            login=self._broker.settings.login,
            journal=self._state.journal,
            result=entry.result,
            **self._state.stamp(),
        )

    def _amount(self, value: float) -> replies.CalcReply:
        if not abs(value) < float("inf"):
            raise Refused(RefusalCode.INVALID_REQUEST, "The amount is too large for a number.")
        return replies.CalcReply(
            value=value,
            currency=self._broker.settings.currency,
            currency_digits=self._digits,
            **self._state.stamp(),
        )

    def _page(
        self, command: commands.HistoryGet, past: Sequence[_Record]
    ) -> tuple[list[_Record], bool]:
        if command.symbol is not None:
            self._spec(command.symbol)
        period = Period(
            from_msc=command.from_msc,
            to_msc=command.to_msc,
            ticket=command.ticket,
            position=command.position,
            symbol=command.symbol,
        )
        found = period.choose(past)
        end = command.start + command.count
        return found[command.start : end], len(found) > end

    def _spec(self, symbol: str) -> SymbolSpec:
        try:
            return self._broker.market.spec(symbol)
        except KeyError:
            raise unknown_symbol(symbol) from None


def _refuse_type(order_type: int, *, highest: OrderType) -> None:
    if not OrderType.BUY <= order_type <= highest:
        raise Refused(
            RefusalCode.INVALID_REQUEST,
            f"An order of the type {order_type} has no such amount: ask for one up to {highest}.",
            field="type",
        )


__all__ = ["AccountCommands"]
