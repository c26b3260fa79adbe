"""From the wire's trading commands to trade requests, as an Expert Advisor writes them.

What a command leaves open is filled in here: the filling that the symbol allows, the price of the
market where the execution mode asks for one, and whatever a change keeps. Nothing is judged.
"""

from pitwire.sim.broker import Broker
from pitwire.sim.ledger import OpenPosition
from pitwire.sim.request import TradeRequest
from pitwire.sim.rules import AT_ASKED_PRICE, fillings, side_of
from pitwire.sim.symbols import SymbolSpec
from pitwire.wire.commands import (
    OrderFields,
    OrderModify,
    OrderRemove,
    OrderSend,
    PositionClose,
    PositionCloseBy,
    PositionModify,
    TradingCommand,
)
from pitwire.wire.enums import OrderFilling, OrderTime, OrderType, TradeAction
from pitwire.wire.records import Order


class Translation:
    """Writes commands in the trade server's language, with the broker's books at hand."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._ledger = broker.ledger

    def request(self, command: TradingCommand) -> TradeRequest:
        """Translate a command.

        Raises KeyError for a symbol that the market lacks and TypeError for a command that is
        none of the wire's.
        """
        match command:
            case OrderSend():
                return self.order(command)
            case OrderModify():
                return self._modify(command)
            case OrderRemove():
                return TradeRequest(action=TradeAction.REMOVE, order=command.order)
            case PositionModify():
                return self._stops(command)
            case PositionClose():
                return self._close(command)
            case PositionCloseBy():
                return TradeRequest(
                    action=TradeAction.CLOSE_BY,
                    position=command.position,
                    position_by=command.position_by,
                    magic=command.magic,
                    comment=command.comment,
                )
        raise TypeError(f"{type(command).__name__} is no trading command of the wire")

    def order(self, fields: OrderFields) -> TradeRequest:
        """Translate what an order consists of, to send it or to check it.

        Raises KeyError for a symbol that the market lacks.
        """
        spec = self._broker.market.spec(fields.symbol)
        pending = fields.type > OrderType.SELL
        price = fields.price or 0.0
        return TradeRequest(
            action=TradeAction.PENDING if pending else TradeAction.DEAL,
            magic=fields.magic,
            symbol=fields.symbol,
            volume=fields.volume,
            price=price if pending else price or self._price(spec, fields.type),
            stoplimit=fields.stoplimit or 0.0,
            sl=fields.sl or 0.0,
            tp=fields.tp or 0.0,
            deviation=fields.deviation or 0,
            type=fields.type,
            type_filling=_filling(spec, fields.type, fields.type_filling),
            type_time=fields.type_time,
            expiration=fields.expiration or 0,
            comment=fields.comment,
        )

    def _close(self, command: PositionClose) -> TradeRequest:
        position = self._ledger.positions.get(command.position)
        if position is None:
            return TradeRequest(action=TradeAction.DEAL, position=command.position)
        spec = self._broker.market.spec(position.symbol)
        side = 1 - position.type
        return TradeRequest(
            action=TradeAction.DEAL,
            magic=command.magic,
            symbol=position.symbol,
            volume=position.volume if command.volume is None else command.volume,
            price=command.price or self._price(spec, side),
            deviation=command.deviation or 0,
            type=side,
            type_filling=_filling(spec, side, command.type_filling),
            comment=command.comment,
            position=command.position,
        )

    def _stops(self, command: PositionModify) -> TradeRequest:
        position = self._ledger.positions.get(command.position)
        if position is None:
            return TradeRequest(action=TradeAction.SLTP, position=command.position)
        sl, tp = _stops(command, position)
        return TradeRequest(
            action=TradeAction.SLTP,
            symbol=position.symbol,
            position=command.position,
            sl=sl,
            tp=tp,
        )

    def _modify(self, command: OrderModify) -> TradeRequest:
        order = self._ledger.working.get(command.order)
        if order is None:
            return TradeRequest(action=TradeAction.MODIFY, order=command.order)
        type_time, expiration = _lifetime(command, order)
        sl, tp = _stops(command, order)
        return TradeRequest(
            action=TradeAction.MODIFY,
            order=order.ticket,
            symbol=order.symbol,
            type=order.type,
            price=command.price or order.price_open,
            stoplimit=command.stoplimit or order.price_stoplimit,
            type_time=type_time,
            expiration=expiration,
            sl=sl,
            tp=tp,
        )

    def _price(self, spec: SymbolSpec, side: int) -> float:
        """Give the price to ask for: the market's where the execution mode goes by it."""
        quote = self._broker.market.quote(spec.name)
        if spec.trade_exemode not in AT_ASKED_PRICE or quote is None:
            return 0.0
        return quote.ask if side_of(side) == OrderType.BUY else quote.bid


def _filling(spec: SymbolSpec, order_type: int, asked: int | None) -> int:
    """Choose a filling that the symbol allows; where it allows none the broker will say so."""
    if asked is not None:
        return asked
    return next(iter(fillings(spec, order_type)), OrderFilling.FOK)


def _stops(
    command: PositionModify | OrderModify, kept: OpenPosition | Order
) -> tuple[float, float]:
    """Give stop loss and take profit after a change: absent keeps, null clears."""
    given = command.model_fields_set
    sl = (command.sl or 0.0) if "sl" in given else kept.sl
    tp = (command.tp or 0.0) if "tp" in given else kept.tp
    return sl, tp


def _lifetime(command: OrderModify, order: Order) -> tuple[int, int]:
    """Give the order's time and expiration; an expiration alone makes an order expire then."""
    if command.type_time is not None:
        return command.type_time, command.expiration or order.time_expiration
    if command.expiration is None:
        return order.type_time, order.time_expiration
    if order.type_time == OrderTime.SPECIFIED_DAY:
        return order.type_time, command.expiration
    return OrderTime.SPECIFIED, command.expiration


__all__ = ["Translation"]
