from typing import Any

import numpy as np
import pytest

from pitwire.sim.account import AccountSettings
from pitwire.sim.clock import ManualClock
from pitwire.sim.expert import Expert
from pitwire.sim.faults import Faults
from pitwire.sim.feed import FIRST_TICK
from pitwire.sim.journal import Journal
from pitwire.sim.market import Market
from pitwire.sim.outbox import Outbox
from pitwire.sim.symbols import CATALOG
from pitwire.wire import codec, commands
from pitwire.wire.arrays import RATES, TICKS, array_of
from pitwire.wire.commands import Channel
from pitwire.wire.enums import OrderType, Timeframe, TransactionType
from pitwire.wire.envelope import FrameType
from pitwire.wire.events import EVENTS, EventCode
from pitwire.wire.replies import Refusal, RefusalCode

NOON_MSC = 1_763_467_200_000
LOGIN = AccountSettings().login
EURUSD: dict[str, Any] = {"channel": Channel.TICKS, "symbol": "EURUSD"}


class Listener:
    """One session: what it was sent, and whether it can be sent anything."""

    def __init__(self, expert: Expert) -> None:
        self.expert = expert
        self.events: list[Any] = []
        self.open = True
        self.outbox: Outbox = expert.open(self._send)

    def _send(self, code: EventCode, body: bytes) -> bool:
        if self.open:
            self.events.append(EVENTS[code].model_validate(codec.unpack(body)))
        return self.open

    def ask(self, command: commands.Command) -> Any:
        answer = self.expert.answer(command.code, codec.pack(command.packed()), self.outbox)
        assert answer is not None
        model = Refusal if answer[0] == FrameType.ERROR else command.reply
        return model.model_validate(codec.unpack(answer[1]))

    def take(self) -> list[Any]:
        taken, self.events = self.events, []
        return taken


class Room:
    def __init__(self) -> None:
        self.clock = ManualClock(NOON_MSC)
        self.market = Market(clock=self.clock, symbols=CATALOG[:2])
        self.expert = Expert(
            self.market, AccountSettings(), journal=Journal(login=LOGIN), faults=Faults()
        )

    def move(self, ms: int) -> None:
        self.clock.advance(ms)
        self.expert.pulse()

    def trade(self, listener: Listener, request_id: str = "id") -> Any:
        return listener.ask(
            commands.OrderSend(
                request_id=request_id,
                deadline_msc=NOON_MSC * 2,
                login=LOGIN,
                symbol="EURUSD",
                type=OrderType.BUY,
                volume=0.1,
            )
        )


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def listener(room: Room) -> Listener:
    return Listener(room.expert)


def rows_of(events: list[Any]) -> Any:
    """Join tick events after checking that their numbers leave no gap."""
    expected = events[0].first
    pieces = []
    for event in events:
        assert event.first == expected
        pieces.append(array_of(event.ticks, TICKS))
        expected += len(pieces[-1])
    return np.concatenate(pieces)


def test_ticks_are_numbered_without_gaps_and_are_those_of_the_history(
    room: Room, listener: Listener
) -> None:
    reply = listener.ask(commands.Subscribe(**EURUSD))
    assert (reply.subscribed, reply.next) == (True, FIRST_TICK)
    for _ in range(40):
        room.move(15_000)
    events = listener.take()
    assert {event.symbol for event in events} == {"EURUSD"}
    assert events[0].first == FIRST_TICK
    history, _ = room.market.ticks("EURUSD", from_msc=NOON_MSC + 1, count=10**6)
    assert rows_of(events).tobytes() == history.tobytes()


def test_a_late_subscriber_fills_in_what_it_missed(room: Room, listener: Listener) -> None:
    room.move(60_000)
    from_msc = NOON_MSC - 300_000
    reply = listener.ask(commands.Subscribe(**EURUSD, from_msc=from_msc))
    room.move(60_000)
    events = listener.take()
    assert events[0].first == reply.next < FIRST_TICK
    history, _ = room.market.ticks("EURUSD", from_msc=from_msc, count=10**6)
    assert rows_of(events).tobytes() == history.tobytes()


def test_the_same_tick_has_the_same_number_in_every_session(room: Room, listener: Listener) -> None:
    listener.ask(commands.Subscribe(**EURUSD))
    room.move(60_000)
    late = Listener(room.expert)
    late.ask(commands.Subscribe(**EURUSD, from_msc=NOON_MSC + 1))
    room.move(60_000)
    early_rows, late_events = rows_of(listener.take()), late.take()
    assert late_events[0].first == FIRST_TICK
    assert rows_of(late_events).tobytes() == early_rows.tobytes()


def test_ticks_between_making_the_market_and_the_terminal_come_once() -> None:
    clock = ManualClock(NOON_MSC)
    market = Market(clock=clock, symbols=CATALOG[:1])
    clock.advance(120_000)
    room = Room.__new__(Room)
    room.clock, room.market = clock, market
    room.expert = Expert(market, AccountSettings(), journal=Journal(login=LOGIN), faults=Faults())
    listener = Listener(room.expert)
    listener.ask(commands.Subscribe(**EURUSD, from_msc=NOON_MSC))
    room.move(120_000)
    history, _ = market.ticks("EURUSD", from_msc=NOON_MSC, count=10**6)
    assert rows_of(listener.take()).tobytes() == history.tobytes()


def test_more_than_can_be_filled_in_is_refused(listener: Listener) -> None:
    refusal = listener.ask(commands.Subscribe(**EURUSD, from_msc=0))
    assert (refusal.code, refusal.field) == (RefusalCode.TOO_LARGE, "from_msc")
    assert not listener.outbox.topics


def test_many_ticks_come_in_chunks(room: Room, listener: Listener) -> None:
    listener.ask(commands.Subscribe(**EURUSD))
    room.move(24 * 3_600_000)
    events = listener.take()
    assert len(events) > 1
    assert max(len(event.ticks) for event in events) <= commands.MAX_ROWS * 60
    history, _ = room.market.ticks("EURUSD", from_msc=NOON_MSC + 1, count=10**6)
    assert rows_of(events).tobytes() == history.tobytes()


def test_bars_come_until_they_are_complete(room: Room, listener: Listener) -> None:
    bars: dict[str, Any] = {"channel": Channel.BARS, "symbol": "EURUSD", "timeframe": Timeframe.M1}
    listener.ask(commands.Subscribe(**bars))
    seen: dict[int, Any] = {}
    for _ in range(60):
        room.move(7_000)
        for event in listener.take():
            assert (event.symbol, event.timeframe) == ("EURUSD", Timeframe.M1)
            seen |= {int(row["time"]): row.tobytes() for row in array_of(event.rates, RATES)}
    now_s = room.market.now_msc() // 1000
    rates, _ = room.market.rates_range(
        "EURUSD", Timeframe.M1, from_s=min(seen), to_s=now_s, count=1000
    )
    assert seen == {int(row["time"]): row.tobytes() for row in rates}


def test_the_book_comes_with_every_change(room: Room, listener: Listener) -> None:
    listener.ask(commands.Subscribe(channel=Channel.BOOK, symbol="EURUSD"))
    room.move(60_000)
    book = list(listener.take()[-1].book)
    quote = room.market.quote("EURUSD")
    assert quote is not None
    assert quote.ask in {level.price for level in book}
    assert quote.bid in {level.price for level in book}


def test_every_transaction_comes_and_the_request_tells_whose_it_was(
    room: Room, listener: Listener
) -> None:
    listener.ask(commands.Subscribe(channel=Channel.TRADES))
    result = room.trade(listener).result
    events = listener.take()
    assert [event.transaction.type for event in events] == [0, 6, 2, 3, 10]
    last = events[-1]
    assert last.transaction.type == TransactionType.REQUEST
    assert (last.request_id, last.result) == ("id", result)
    assert room.trade(listener).repeated
    assert listener.take() == []


def test_account_figures_come_after_a_trade_and_not_without_change(
    room: Room, listener: Listener
) -> None:
    listener.ask(commands.Subscribe(channel=Channel.ACCOUNT))
    room.move(60_000)
    assert listener.take() == []
    room.trade(listener)
    room.move(1)
    (event,) = listener.take()
    assert event.account.margin > 0
    assert event.account.equity < event.account.balance


def test_subscribing_twice_sends_once_and_unsubscribing_stops(
    room: Room, listener: Listener
) -> None:
    for _ in range(2):
        listener.ask(commands.Subscribe(**EURUSD))
    room.move(60_000)
    assert len(listener.take()) == 1
    for _ in range(2):
        assert not listener.ask(commands.Unsubscribe(**EURUSD)).subscribed
    room.move(60_000)
    assert listener.take() == []


def test_a_closed_session_is_forgotten(room: Room, listener: Listener) -> None:
    other = Listener(room.expert)
    for each in (listener, other):
        each.ask(commands.Subscribe(**EURUSD))
    room.expert.close(listener.outbox)
    room.move(60_000)
    assert (listener.take(), len(other.take())) == ([], 1)


def test_what_cannot_be_sent_is_counted_and_announced_before_anything_else(
    room: Room, listener: Listener
) -> None:
    gbp: dict[str, Any] = {"channel": Channel.TICKS, "symbol": "GBPUSD"}
    for topic in (EURUSD, gbp):
        listener.ask(commands.Subscribe(**topic))
    listener.ask(commands.Subscribe(channel=Channel.TRADES))
    listener.open = False
    room.move(60_000)
    room.move(60_000)
    room.trade(listener)
    listener.open = True
    room.move(60_000)
    events = listener.take()
    gaps = {(event.channel, event.symbol): event.dropped for event in events[:3]}
    assert gaps == {
        (Channel.TICKS, "EURUSD"): 2,
        (Channel.TICKS, "GBPUSD"): 2,
        (Channel.TRADES, None): 5,
    }
    first = next(event for event in events[3:] if event.symbol == "EURUSD")
    history, _ = room.market.ticks("EURUSD", from_msc=NOON_MSC + 1, count=10**6)
    at = first.first - FIRST_TICK
    assert array_of(first.ticks, TICKS).tobytes() == history[at:].tobytes()
    assert room.expert.feed.dropped == 9


def test_a_gap_is_announced_even_when_nothing_follows(room: Room, listener: Listener) -> None:
    listener.ask(commands.Subscribe(**EURUSD))
    listener.open = False
    room.move(60_000)
    room.expert.pulse()
    listener.open = True
    room.expert.pulse()
    (gap,) = listener.take()
    assert (gap.channel, gap.symbol, gap.dropped) == (Channel.TICKS, "EURUSD", 1)


def test_a_heartbeat_tells_the_newest_tick_and_what_was_dropped(
    room: Room, listener: Listener
) -> None:
    listener.ask(commands.Subscribe(**EURUSD))
    listener.open = False
    room.move(60_000)
    body = codec.unpack(room.expert.heartbeat(queued=3, busy_us=12))
    beat = EVENTS[EventCode.HEARTBEAT].model_validate(body).model_dump()
    quotes = [room.market.quote(name) for name in room.market.names()]
    assert beat["tick_msc"] == max(quote.time_msc for quote in quotes if quote)
    assert (beat["queued"], beat["dropped"], beat["busy_us"]) == (4, 1, 12)
    assert beat["clock_msc"] == NOON_MSC + 60_000


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"channel": 4, "symbol": "EURUSD"}, RefusalCode.INVALID_REQUEST, None),
        ({"channel": 9}, RefusalCode.INVALID_REQUEST, "channel"),
        ({"channel": 1, "symbol": "NOPE"}, RefusalCode.UNKNOWN_SYMBOL, "symbol"),
        (
            {"channel": 2, "symbol": "EURUSD", "timeframe": 7},
            RefusalCode.INVALID_REQUEST,
            "timeframe",
        ),
        ({"channel": 2, "symbol": "EURUSD"}, RefusalCode.INVALID_REQUEST, None),
    ],
)
def test_subscriptions_that_make_no_sense(
    listener: Listener, fields: dict[str, Any], code: int, field: str | None
) -> None:
    for kind in (commands.Subscribe, commands.Unsubscribe):
        answer = listener.expert.answer(kind.code, codec.pack(fields), listener.outbox)
        assert answer is not None
        refusal = Refusal.model_validate(codec.unpack(answer[1]))
        assert (answer[0], refusal.code, refusal.field) == (FrameType.ERROR, code, field)
