"""Requests of a program on their way to the broker, and what the broker says on its way back."""

import itertools
import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.mql5.server_calls import row_of
from tests.mql5.server_conditions import SEND_FAILED, Conditions

from pitwire.sim.broker import Broker
from pitwire.sim.request import TradeRequest
from pitwire.wire.enums import TradeAction, TransactionType
from pitwire.wire.records import TradeResult, Transaction
from pitwire.wire.retcodes import TEXTS, Retcode

_WITH_SYMBOL = frozenset({TradeAction.DEAL, TradeAction.PENDING})
_NO_TRANSACTION = Transaction(type=TransactionType.REQUEST)


class _Sent(NamedTuple):
    """A request on its way to the trade server, from the program with this number."""

    since_s: float
    number: int
    request: TradeRequest
    program: int


class Trading:
    """Carries requests to one broker and pushes what follows from them.

    A request goes on when the program that sent it has died; its answer is then told to nobody.
    `books` is the version of the account's books: it changes with them.
    """

    def __init__(
        self, broker: Broker, conditions: Conditions, *, push: Callable[[list[Any]], None]
    ) -> None:
        self.books = 1
        self._broker = broker
        self._conditions = conditions
        self._push = push
        self._symbols = frozenset(broker.market.names())
        self._numbers = itertools.count(1)
        self._program = 0
        self._sent: deque[_Sent] = deque()
        self._executing: _Sent | None = None
        self._answers: deque[tuple[float, list[Any]]] = deque()
        self._traded = False
        broker.on_transaction = self._on_transaction

    def forget_program(self) -> None:
        """The program is gone; answers on their way to it are lost with it."""
        self._program += 1
        self._answers.clear()

    def take(self, request: TradeRequest, *, waits: bool) -> list[Any]:
        """Take a request of OrderSend, which waits, or OrderSendAsync: [error, result]."""
        refusal = self._conditions.refusal()
        if refusal is None and not self._is_sendable(request):
            refusal = Retcode.INVALID, SEND_FAILED
        if refusal is not None:
            retcode, error = refusal
            return [error, _row(TradeResult(retcode=retcode, comment=TEXTS[retcode]), 0)]
        sent = _Sent(time.monotonic(), next(self._numbers), request, self._program)
        if waits:
            return [0, _row(self._execute(sent), sent.number)]
        if self._conditions.events_first:
            self._execute(sent)
            self._answer_due()
        else:
            self._sent.append(sent)
        placed = TradeResult(retcode=Retcode.PLACED, comment=TEXTS[Retcode.PLACED])
        return [0, _row(placed, sent.number)]

    def pulse(self) -> None:
        """Execute and tell what is due."""
        self._execute_due()
        self._tell_trade()
        self._answer_due()

    def _is_sendable(self, request: TradeRequest) -> bool:
        return request.action not in _WITH_SYMBOL or request.symbol in self._symbols

    def _execute_due(self) -> None:
        conditions = self._conditions
        while self._sent and not conditions.hold_requests and conditions.connected:
            if time.monotonic() < self._sent[0].since_s + conditions.latency_ms / 1000:
                return
            self._execute(self._sent.popleft())

    def _execute(self, sent: _Sent) -> TradeResult:
        self._executing = sent
        result = self._broker.execute(sent.request, request_id=str(sent.number))
        self._executing = None
        self._tell_trade()
        return result

    def _on_transaction(
        self, transaction: Transaction, result: TradeResult | None, _request_id: str | None
    ) -> None:
        self.books += 1
        self._traded = True
        sent = self._executing
        if transaction.type != TransactionType.REQUEST or sent is None or result is None:
            self._tell(["transaction", self.books, transaction.row(), None, None])
            return
        lost = self._conditions.faults.take_lost_answer()
        if not lost and sent.program == self._program:
            row, answer = _NO_TRANSACTION.row(), _row(result, sent.number)
            self._tell(["transaction", self.books, row, row_of(sent.request), answer])

    def _tell_trade(self) -> None:
        """Say that something was traded, once for all transactions before."""
        if self._traded:
            self._traded = False
            self._tell(["trade", self.books])

    def _tell(self, push: list[Any]) -> None:
        if self._conditions.connected:
            self._answers.append((time.monotonic(), push))

    def _answer_due(self) -> None:
        delay_s = self._conditions.faults.delay_ms / 1000
        while self._answers and time.monotonic() >= self._answers[0][0] + delay_s:
            self._push(self._answers.popleft()[1])


def _row(result: TradeResult, number: int) -> list[Any]:
    """Write MqlTradeResult."""
    return [
        result.retcode,
        result.deal,
        result.order,
        result.volume,
        result.price,
        result.bid,
        result.ask,
        result.comment,
        number,
        result.retcode_external,
    ]


__all__ = ["Trading"]
