"""What a terminal pushes: ticks, bars, depth, account figures and trade transactions.

Ticks are numbered per symbol and start of the terminal. The numbers begin high enough for ticks
from before the start to have some too, so that what a subscription fills in and what follows make
one sequence.
"""

import time
from collections.abc import Sequence

import numpy as np

from pitwire.sim.account_commands import AccountCommands
from pitwire.sim.broker import Broker, FreshTicks
from pitwire.sim.market_commands import MarketCommands
from pitwire.sim.outbox import Outbox, Send, Topic
from pitwire.sim.refusals import Refused
from pitwire.sim.state import TerminalState
from pitwire.wire import codec
from pitwire.wire.arrays import TICKS, Array
from pitwire.wire.commands import MAX_ROWS, Channel, Subscribe, Subscription
from pitwire.wire.events import (
    AccountEvent,
    BarsEvent,
    BookEvent,
    Event,
    Heartbeat,
    TicksEvent,
    TradeEvent,
)
from pitwire.wire.records import TradeResult, Transaction
from pitwire.wire.replies import RefusalCode

FIRST_TICK = 2**32
"""Number of the first tick of a symbol after the start of a terminal."""
MAX_FILLED_IN = 8 * MAX_ROWS
"""Most ticks that a subscription fills in; whoever missed more reads the history first."""
_ACCOUNT_INTERVAL_S = 1.0
_CHANNELS = frozenset(Channel)


class Feed:
    """Watches a broker and pushes events to the sessions that asked for them."""

    def __init__(
        self, broker: Broker, market: MarketCommands, account: AccountCommands, state: TerminalState
    ) -> None:
        self._broker = broker
        self._market = market
        self._account = account
        self._state = state
        self._outboxes: list[Outbox] = []
        self._listeners: dict[Topic, list[Outbox]] = {}
        self._last_bar_s: dict[Topic, int] = {}
        self._account_changed = False
        self._account_due_s = 0.0
        self._dropped_before = 0
        names = broker.market.names()
        quotes = [quote for name in names if (quote := broker.market.quote(name)) is not None]
        self._newest_msc = max((quote.time_msc for quote in quotes), default=0)
        self._next_tick = dict.fromkeys(names, FIRST_TICK)
        # Read before the broker moves on: every tick up to here is then one that it has seen.
        self._seen_msc = dict.fromkeys(names, broker.market.now_msc())
        broker.on_ticks = self._on_ticks
        broker.on_transaction = self._on_transaction
        broker.advance()

    @property
    def dropped(self) -> int:
        """Events that could not be sent since the start."""
        return self._dropped_before + sum(outbox.dropped for outbox in self._outboxes)

    def open(self, send: Send) -> Outbox:
        """Make the way out for a new session."""
        outbox = Outbox(send, self._state)
        self._outboxes.append(outbox)
        return outbox

    def close(self, outbox: Outbox) -> None:
        """Forget a session and what it subscribed to."""
        for topic in list(outbox.topics):
            self._leave(outbox, topic)
        self._outboxes.remove(outbox)
        self._dropped_before += outbox.dropped

    def subscribe(self, outbox: Outbox, command: Subscribe) -> int:
        """Begin to push a topic; give the number of the first tick that will come (else 0).

        Raises Refused.
        """
        topic = self._topic(command)
        filled_in = self._filled_in(topic, command.from_msc)
        if topic.channel == Channel.BARS and topic not in self._listeners:
            newest_s = self._market.newest_bar_s(topic.symbol, topic.timeframe)
            self._last_bar_s[topic] = newest_s
        if topic not in outbox.topics:
            outbox.topics.add(topic)
            self._listeners.setdefault(topic, []).append(outbox)
        if topic.channel != Channel.TICKS:
            return 0
        first = self._next_tick[topic.symbol] - len(filled_in)
        self._push_ticks(topic, filled_in, first=first, outboxes=[outbox])
        return first

    def unsubscribe(self, outbox: Outbox, command: Subscription) -> None:
        """Stop pushing a topic; one that was not subscribed to is no fault.

        Raises Refused.
        """
        self._leave(outbox, self._topic(command))

    def pulse(self) -> None:
        """Let the market move on, and push what happened since the last pulse."""
        self._broker.advance()
        self._push_account()
        for outbox in self._outboxes:
            outbox.announce_gaps()

    def heartbeat(self, *, queued: int, busy_us: int) -> bytes:
        """Write the body of a HEARTBEAT; `queued` commands wait besides the announcements here."""
        event = Heartbeat(
            tick_msc=self._newest_msc,
            permissions=self._state.permissions(),
            queued=queued + sum(len(outbox.missed) for outbox in self._outboxes),
            dropped=self.dropped,
            busy_us=busy_us,
            **self._state.stamp(),
        )
        return codec.pack(event.packed())

    def _topic(self, command: Subscription) -> Topic:
        if command.channel not in _CHANNELS:
            raise Refused(
                RefusalCode.INVALID_REQUEST,
                f"There is no channel {command.channel}.",
                field="channel",
            )
        topic = Topic(Channel(command.channel), command.symbol or "", command.timeframe or 0)
        if topic.symbol:
            self._market.spec(topic.symbol)
        if topic.channel == Channel.BARS:
            self._market.newest_bar_s(topic.symbol, topic.timeframe)
        return topic

    def _filled_in(self, topic: Topic, from_msc: int | None) -> Array:
        """Read the ticks from `from_msc` up to the last one that was pushed."""
        if topic.channel != Channel.TICKS or from_msc is None:
            return np.empty(0, TICKS)
        ticks, more = self._broker.market.ticks(
            topic.symbol,
            from_msc=from_msc,
            to_msc=self._seen_msc[topic.symbol],
            count=MAX_FILLED_IN,
        )
        if more:
            raise Refused(
                RefusalCode.TOO_LARGE,
                f"More than {MAX_FILLED_IN} ticks came since then: read them with COPY_TICKS_FROM "
                "and subscribe from the last one.",
                field="from_msc",
            )
        return ticks

    def _leave(self, outbox: Outbox, topic: Topic) -> None:
        if topic not in outbox.topics:
            return
        outbox.topics.remove(topic)
        others = self._listeners[topic]
        others.remove(outbox)
        if not others:
            del self._listeners[topic]
            self._last_bar_s.pop(topic, None)

    def _on_ticks(self, fresh: FreshTicks) -> None:
        firsts = {symbol: self._next_tick[symbol] for symbol, _ in fresh}
        for symbol, rows in fresh:
            self._next_tick[symbol] += len(rows)
            self._seen_msc[symbol] = int(rows["time_msc"][-1])
            self._newest_msc = max(self._newest_msc, self._seen_msc[symbol])
        rows_of = dict(fresh)
        for topic, outboxes in self._listeners.items():
            symbol = topic.symbol
            if symbol not in rows_of:
                continue
            if topic.channel == Channel.TICKS:
                first = firsts[symbol]
                self._push_ticks(topic, rows_of[symbol], first=first, outboxes=outboxes)
            elif topic.channel == Channel.BARS:
                self._push_bars(topic, outboxes)
            else:
                self._push_book(topic, outboxes)

    def _on_transaction(
        self, transaction: Transaction, result: TradeResult | None, request_id: str | None
    ) -> None:
        self._account_changed = True
        topic = Topic(Channel.TRADES)
        outboxes = self._listeners.get(topic)
        if outboxes:
            event = TradeEvent(
                transaction=transaction,
                request_id=request_id,
                result=result,
                **self._state.stamp(),
            )
            _push(topic, event, outboxes)

    def _push_ticks(
        self, topic: Topic, rows: Array, *, first: int, outboxes: Sequence[Outbox]
    ) -> None:
        spec = self._broker.market.spec(topic.symbol)
        for start in range(0, len(rows), MAX_ROWS):
            event = TicksEvent(
                symbol=topic.symbol,
                first=first + start,
                ticks=rows[start : start + MAX_ROWS].tobytes(),
                digits=spec.digits,
                volume_digits=spec.volume_digits,
                **self._state.stamp(),
            )
            _push(topic, event, outboxes)

    def _push_bars(self, topic: Topic, outboxes: Sequence[Outbox]) -> None:
        """Push the bar that was forming at the last push, and those that came after it."""
        rates = self._market.bars_since(
            topic.symbol, topic.timeframe, from_s=self._last_bar_s[topic]
        )
        if not len(rates):
            return
        self._last_bar_s[topic] = int(rates["time"][-1])
        event = BarsEvent(
            symbol=topic.symbol,
            timeframe=topic.timeframe,
            rates=rates.tobytes(),
            digits=self._broker.market.spec(topic.symbol).digits,
            **self._state.stamp(),
        )
        _push(topic, event, outboxes)

    def _push_book(self, topic: Topic, outboxes: Sequence[Outbox]) -> None:
        spec = self._broker.market.spec(topic.symbol)
        event = BookEvent(
            symbol=topic.symbol,
            book=self._market.book_table(topic.symbol),
            digits=spec.digits,
            volume_digits=spec.volume_digits,
            **self._state.stamp(),
        )
        _push(topic, event, outboxes)

    def _push_account(self) -> None:
        """Push the account's figures after a change: at once after a trade, else each second."""
        topic = Topic(Channel.ACCOUNT)
        outboxes = self._listeners.get(topic)
        if not outboxes:
            return
        floats = bool(self._broker.ledger.positions) and time.monotonic() >= self._account_due_s
        if not (self._account_changed or floats):
            return
        self._account_changed = False
        self._account_due_s = time.monotonic() + _ACCOUNT_INTERVAL_S
        event = AccountEvent(
            account=self._account.figures(),
            permissions=self._state.permissions(),
            **self._state.stamp(),
        )
        _push(topic, event, outboxes)


def _push(topic: Topic, event: Event, outboxes: Sequence[Outbox]) -> None:
    body = codec.pack(event.packed())
    for outbox in outboxes:
        outbox.push(topic, event.code, body)


__all__ = ["FIRST_TICK", "MAX_FILLED_IN", "Feed"]
