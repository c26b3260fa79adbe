"""What both terminals push: every tick once, bars, depth, account figures and transactions."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.conformance.peers import Terminal
from tests.conformance.test_link import wait_for
from tests.conformance.tiny_bridge import TinyBridge

from pitwire.sim.account import AccountSettings
from pitwire.wire import commands
from pitwire.wire.arrays import RATES, TICKS, Array, array_of
from pitwire.wire.commands import Channel, CommandCode
from pitwire.wire.enums import OrderType, Timeframe, TransactionType
from pitwire.wire.envelope import WireChannel
from pitwire.wire.events import (
    AccountEvent,
    BarsEvent,
    BookEvent,
    Heartbeat,
    TicksEvent,
    TradeEvent,
)
from pitwire.wire.replies import Refusal, RefusalCode

NOON_MSC = 1_763_467_200_000
EURUSD: dict[str, Any] = {"channel": Channel.TICKS, "symbol": "EURUSD"}
Move = Callable[[int], None]


def trade(bridge: TinyBridge, request_id: str = "id") -> Any:
    return bridge.ask(
        commands.OrderSend(
            request_id=request_id,
            deadline_msc=NOON_MSC * 2,
            login=AccountSettings().login,
            symbol="EURUSD",
            type=OrderType.BUY,
            volume=0.1,
        )
    )


def ticks(bridge: TinyBridge, count: int) -> tuple[int, Array]:
    """Take events until they hold `count` ticks; give the first one's number, and all of them."""
    pieces: list[Array] = []
    first = following = None
    while sum(map(len, pieces)) < count:
        event = bridge.event(TicksEvent)
        first = event.first if first is None else first
        assert following in {None, event.first}
        pieces.append(array_of(event.ticks, TICKS))
        following = event.first + len(pieces[-1])
    assert first is not None
    return first, np.concatenate(pieces)


def history(terminal: Terminal, from_msc: int) -> Array:
    rows, _ = terminal.call(lambda: terminal.market.ticks("EURUSD", from_msc=from_msc, count=10**6))
    return rows


def test_ticks_are_numbered_without_gaps_and_are_those_of_the_history(
    terminal: Terminal, bridge: TinyBridge, move: Move
) -> None:
    reply = bridge.ask(commands.Subscribe(**EURUSD))
    for _ in range(40):
        move(15_000)
    expected = history(terminal, NOON_MSC + 1)
    first, rows = ticks(bridge, len(expected))
    assert (reply.subscribed, reply.next) == (True, first)
    assert rows.tobytes() == expected.tobytes()


def test_no_tick_is_lost_while_strangers_flood_both_sockets(
    terminal: Terminal, connect: Callable[..., TinyBridge], bridge: TinyBridge, move: Move
) -> None:
    bridge.ask(commands.Subscribe(**EURUSD))
    stranger = connect(live=False)
    recorded = bridge.seal(commands.Ping())
    bridge.send_raw(recorded)
    bridge.frame()
    garbage = [recorded, recorded[:-1] + b"x", recorded[:60], b"x" * 80, b"", bytes(70_000)]
    for _ in range(60):
        for frame in garbage:
            for channel in WireChannel:
                stranger.send_raw(frame, channel=channel)
        move(10_000)
    expected = history(terminal, NOON_MSC + 1)
    assert len(expected) > 100
    _, rows = ticks(bridge, len(expected))
    assert rows.tobytes() == expected.tobytes()
    wait_for(terminal, lambda: terminal.counters.total() > 0)


def test_a_late_subscriber_fills_in_what_it_missed(
    terminal: Terminal, bridge: TinyBridge, move: Move
) -> None:
    move(60_000)
    from_msc = NOON_MSC - 300_000
    reply = bridge.ask(commands.Subscribe(**EURUSD, from_msc=from_msc))
    move(60_000)
    expected = history(terminal, from_msc)
    first, rows = ticks(bridge, len(expected))
    assert first == reply.next
    assert rows.tobytes() == expected.tobytes()


def test_the_same_tick_has_the_same_number_in_every_session(
    terminal: Terminal, connect: Callable[..., TinyBridge], move: Move
) -> None:
    early, late = connect(), connect()
    early.ask(commands.Subscribe(**EURUSD))
    move(60_000)
    count = len(history(terminal, NOON_MSC + 1))
    first, rows = ticks(early, count)
    late.ask(commands.Subscribe(**EURUSD, from_msc=NOON_MSC + 1))
    again, same = ticks(late, count)
    assert again == first
    assert same.tobytes() == rows.tobytes()


def test_more_than_can_be_filled_in_is_refused(bridge: TinyBridge) -> None:
    refusal = bridge.ask(commands.Subscribe(**EURUSD, from_msc=0))
    assert (refusal.code, refusal.field) == (RefusalCode.TOO_LARGE, "from_msc")


def test_many_ticks_come_in_chunks(terminal: Terminal, bridge: TinyBridge, move: Move) -> None:
    bridge.ask(commands.Subscribe(**EURUSD))
    move(24 * 3_600_000)
    expected = history(terminal, NOON_MSC + 1)
    assert len(expected) > commands.MAX_ROWS
    _, rows = ticks(bridge, len(expected))
    assert rows.tobytes() == expected.tobytes()


def test_bars_come_until_they_are_complete(
    terminal: Terminal, bridge: TinyBridge, move: Move
) -> None:
    bars: dict[str, Any] = {"channel": Channel.BARS, "symbol": "EURUSD", "timeframe": Timeframe.M1}
    bridge.ask(commands.Subscribe(**bars))
    for _ in range(30):
        move(7_000)
    now_s = NOON_MSC // 1000 + 210
    expected, _ = terminal.call(
        lambda: terminal.market.rates_range(
            "EURUSD", Timeframe.M1, from_s=NOON_MSC // 1000, to_s=now_s, count=1000
        )
    )
    seen: dict[int, bytes] = {}
    while seen.get(int(expected["time"][-1])) != expected[-1:].tobytes():
        event = bridge.event(BarsEvent)
        assert (event.symbol, event.timeframe) == ("EURUSD", Timeframe.M1)
        seen |= {int(row["time"]): row.tobytes() for row in array_of(event.rates, RATES)}
    assert {time: row for time, row in seen.items() if time >= NOON_MSC // 1000} == {
        int(row["time"]): row.tobytes() for row in expected
    }


def test_the_book_comes_with_every_change(
    terminal: Terminal, bridge: TinyBridge, move: Move
) -> None:
    bridge.ask(commands.Subscribe(channel=Channel.BOOK, symbol="EURUSD"))
    move(60_000)
    quote = terminal.market.quote("EURUSD")
    assert quote is not None
    while True:
        prices = {level.price for level in bridge.event(BookEvent).book}
        if {quote.ask, quote.bid} <= prices:
            break


def test_every_transaction_comes_and_the_request_tells_whose_it_was(bridge: TinyBridge) -> None:
    bridge.ask(commands.Subscribe(channel=Channel.TRADES))
    result = trade(bridge).result
    events = [bridge.event(TradeEvent) for _ in range(5)]
    assert [event.transaction.type for event in events] == [0, 6, 2, 3, 10]
    last = events[-1]
    assert last.transaction.type == TransactionType.REQUEST
    assert last.request_id == "id"
    assert (last.result.deal, last.result.order) == (result.deal, result.order)
    assert trade(bridge).repeated
    assert trade(bridge, "other").result.deal > result.deal
    following = [bridge.event(TradeEvent) for _ in range(5)]
    assert following[-1].request_id == "other"


def test_account_figures_come_after_a_trade(bridge: TinyBridge, move: Move) -> None:
    bridge.ask(commands.Subscribe(channel=Channel.ACCOUNT))
    trade(bridge)
    move(1)
    event = bridge.event(AccountEvent)
    while event.account.margin == 0:
        event = bridge.event(AccountEvent)
    assert event.account.equity < event.account.balance


def test_subscribing_twice_sends_once_and_unsubscribing_stops(
    terminal: Terminal, bridge: TinyBridge, move: Move
) -> None:
    for _ in range(2):
        bridge.ask(commands.Subscribe(**EURUSD))
    move(60_000)
    expected = history(terminal, NOON_MSC + 1)
    _, rows = ticks(bridge, len(expected))
    assert rows.tobytes() == expected.tobytes()
    for _ in range(2):
        assert not bridge.ask(commands.Unsubscribe(**EURUSD)).subscribed
    move(60_000)
    beats = [bridge.event((Heartbeat, TicksEvent)) for _ in range(3)]
    assert {type(beat) for beat in beats} == {Heartbeat}


def test_a_closed_session_gets_nothing_and_the_others_go_on(
    terminal: Terminal, connect: Callable[..., TinyBridge], move: Move
) -> None:
    leaving, staying = connect(), connect()
    for each in (leaving, staying):
        each.ask(commands.Subscribe(**EURUSD))
    leaving.bye()
    leaving.send(commands.Ping())  # whose session is unknown once the BYE was read
    until = time.monotonic() + 10
    while not terminal.call(lambda: terminal.counters["session"]):
        assert time.monotonic() < until
    move(60_000)
    expected = history(terminal, NOON_MSC + 1)
    assert ticks(staying, len(expected))[1].tobytes() == expected.tobytes()
    kinds = set()
    while leaving.sockets[1].poll(100):
        kinds.add(leaving.openers[1].open(leaving.sockets[1].recv()).header.kind)
    assert kinds <= {Heartbeat.code}


def test_a_heartbeat_tells_the_newest_tick(
    terminal: Terminal, bridge: TinyBridge, move: Move
) -> None:
    move(60_000)
    quotes = [terminal.market.quote(name) for name in terminal.market.names()]
    newest = max(quote.time_msc for quote in quotes if quote)
    beat = bridge.event(Heartbeat)
    while beat.tick_msc != newest:
        beat = bridge.event(Heartbeat)
    assert beat.dropped == 0
    assert beat.permissions.terminal_connected


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
    bridge: TinyBridge, fields: dict[str, Any], code: int, field: str | None
) -> None:
    for kind in (CommandCode.SUBSCRIBE, CommandCode.UNSUBSCRIBE):
        refusal = bridge.ask_fields(kind, **fields)
        assert isinstance(refusal, Refusal)
        assert refusal.code == code
        assert field is None or refusal.field == field
