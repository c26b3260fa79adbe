"""The one table from a command's code to its handler, and what becomes of bad input."""

from collections.abc import Callable
from typing import Any

import structlog
from pydantic import ValidationError

from pitwire.errors import BodyError
from pitwire.sim.account_commands import AccountCommands
from pitwire.sim.broker import Broker
from pitwire.sim.feed import Feed
from pitwire.sim.market_commands import MarketCommands
from pitwire.sim.outbox import Outbox
from pitwire.sim.refusals import Refused
from pitwire.sim.service import Answer
from pitwire.sim.state import TerminalState
from pitwire.sim.valuation import NoPrices
from pitwire.wire import codec, commands, replies
from pitwire.wire.commands import COMMANDS, Command, CommandCode
from pitwire.wire.envelope import MAX_FRAME_FROM_TERMINAL, MIN_FRAME, FrameType
from pitwire.wire.replies import Refusal, RefusalCode

Handler = Callable[[Any], replies.Reply]

_MAX_BODY = MAX_FRAME_FROM_TERMINAL - MIN_FRAME
_MESSAGE_LENGTH = 500
_EMPTY = b"\x80"
"""The packed body of a command without fields."""

_log = structlog.get_logger(__name__)


class CommandRoom:
    """Answers every command of the wire with a REPLY or an ERROR."""

    def __init__(
        self,
        broker: Broker,
        *,
        market: MarketCommands,
        account: AccountCommands,
        feed: Feed,
        state: TerminalState,
    ) -> None:
        self._broker = broker
        self._market = market
        self._feed = feed
        self._state = state
        self.handlers: dict[int, Handler] = {
            CommandCode.ACCOUNT_INFO: account.account,
            CommandCode.TERMINAL_INFO: account.terminal,
            CommandCode.SYMBOLS_GET: market.symbols,
            CommandCode.SYMBOL_INFO: market.symbol,
            CommandCode.SYMBOL_SELECT: self._select,
            CommandCode.SYMBOL_INFO_TICK: market.tick,
            CommandCode.COPY_TICKS_FROM: market.ticks,
            CommandCode.COPY_TICKS_RANGE: market.ticks,
            CommandCode.COPY_RATES_FROM: market.rates,
            CommandCode.COPY_RATES_FROM_POS: market.rates,
            CommandCode.COPY_RATES_RANGE: market.rates,
            CommandCode.MARKET_BOOK_GET: market.book,
            CommandCode.ORDERS_GET: account.orders,
            CommandCode.POSITIONS_GET: account.positions,
            CommandCode.HISTORY_ORDERS_GET: account.history_orders,
            CommandCode.HISTORY_DEALS_GET: account.history_deals,
            CommandCode.ORDER_CALC_MARGIN: account.calc_margin,
            CommandCode.ORDER_CALC_PROFIT: account.calc_profit,
            CommandCode.ORDER_CHECK: account.check,
            CommandCode.ORDER_SEND: account.trade,
            CommandCode.ORDER_MODIFY: account.trade,
            CommandCode.ORDER_REMOVE: account.trade,
            CommandCode.POSITION_MODIFY: account.trade,
            CommandCode.POSITION_CLOSE: account.trade,
            CommandCode.POSITION_CLOSE_BY: account.trade,
            CommandCode.ORDER_STATUS: account.status,
        }
        self.session_handlers: dict[int, Callable[[Any, Outbox], replies.Reply]] = {
            CommandCode.SUBSCRIBE: self._subscribe,
            CommandCode.UNSUBSCRIBE: self._unsubscribe,
        }

    def answer(self, code: int, body: bytes, outbox: Outbox) -> Answer:
        """Answer one command; whatever goes wrong is an ERROR that says what to change."""
        if code == CommandCode.PING and body == _EMPTY:
            return FrameType.REPLY, codec.pack({**self._state.stamp()})
        try:
            packed = codec.pack(self._reply(code, body, outbox).packed())
        except Refused as refused:
            return _error(refused.refusal)
        except NoPrices:
            return _error(Refusal(code=RefusalCode.NO_PRICES, message="There are no prices yet."))
        except Exception:  # noqa: BLE001 - one bad command must not end the terminal
            _log.exception("a command failed", code=code)
            return _error(
                Refusal(code=RefusalCode.INTERNAL, message="The terminal failed on this command.")
            )
        if len(packed) > _MAX_BODY:
            message = "The answer does not fit into one frame: ask for less."
            return _error(Refusal(code=RefusalCode.TOO_LARGE, message=message))
        return FrameType.REPLY, packed

    def _reply(self, code: int, body: bytes, outbox: Outbox) -> replies.Reply:
        command = _read(code, body)
        if code == CommandCode.PING:
            return replies.PingReply(**self._state.stamp())
        handler = self.handlers.get(code)
        if handler is not None:
            return handler(command)
        return self.session_handlers[code](command, outbox)

    def _select(self, command: commands.SymbolSelect) -> replies.SymbolSelectReply:
        ledger = self._broker.ledger
        in_use = {position.symbol for position in ledger.positions.values()}
        in_use |= {order.symbol for order in ledger.working.values()}
        return self._market.select(command, in_use=in_use)

    def _subscribe(self, command: commands.Subscribe, outbox: Outbox) -> replies.SubscriptionReply:
        following = self._feed.subscribe(outbox, command)
        return replies.SubscriptionReply(subscribed=True, next=following, **self._state.stamp())

    def _unsubscribe(
        self, command: commands.Unsubscribe, outbox: Outbox
    ) -> replies.SubscriptionReply:
        self._feed.unsubscribe(outbox, command)
        return replies.SubscriptionReply(subscribed=False, **self._state.stamp())


def refuse_busy(retry_after_ms: int) -> Answer:
    """Write the refusal of a command that finds too many others waiting."""
    return _error(
        Refusal(
            code=RefusalCode.BUSY,
            message="Too many commands wait already.",
            retry_after_ms=retry_after_ms,
        )
    )


def _read(code: int, body: bytes) -> Command:
    """Decode and check a command.

    Raises Refused.
    """
    model = COMMANDS.get(code)
    if model is None:
        raise Refused(RefusalCode.UNSUPPORTED, f"This terminal knows no command {code}.")
    try:
        return model.model_validate(codec.unpack(body))
    except BodyError as error:
        raise Refused(RefusalCode.INVALID_REQUEST, f"The body is not allowed: {error}.") from None
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in fault["loc"])
        message = f"{field or model.__name__}: {fault['msg']}."[:_MESSAGE_LENGTH]
        raise Refused(RefusalCode.INVALID_REQUEST, message, field=field or None) from None


def _error(refusal: Refusal) -> Answer:
    return FrameType.ERROR, codec.pack(refusal.packed())


__all__ = ["CommandRoom", "refuse_busy"]
