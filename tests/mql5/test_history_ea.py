"""History, depth and Market Watch, where a real terminal is slow, crowded or not connected."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from tests.conformance.tiny_bridge import TinyBridge
from tests.mql5.terminal import EaTerminal

from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.sim.replay import Replay
from pitwire.sim.symbols import CATALOG
from pitwire.wire.arrays import RATES, TICKS, Array, array_of
from pitwire.wire.commands import CommandCode as Code
from pitwire.wire.commands import Ping
from pitwire.wire.events import Heartbeat
from pitwire.wire.handshake import Secret
from pitwire.wire.replies import Refusal, RefusalCode, TicksReply

NOON = 1_763_467_200
NOON_MSC = NOON * 1000
TICK_MSC = NOON_MSC - 5_000
EURUSD: dict[str, Any] = {"symbol": "EURUSD"}
SERIES = {**EURUSD, "timeframe": 1, "count": 10}

Start = Callable[..., tuple[EaTerminal, TinyBridge]]


@pytest.fixture
def start() -> Iterator[Start]:
    made: list[tuple[EaTerminal, TinyBridge]] = []

    def _start(replays: dict[str, Replay] | None = None) -> tuple[EaTerminal, TinyBridge]:
        secret = Secret.random()
        market = Market(clock=ManualClock(NOON_MSC), symbols=CATALOG[:3], replays=replays)
        terminal = EaTerminal(secrets=[secret], market=market)
        terminal.start()
        bridge = TinyBridge(terminal.commands, terminal.stream, secret=secret)
        made.append((terminal, bridge))
        bridge.open()
        return made[-1]

    yield _start
    for terminal, bridge in made:
        bridge.close()
        terminal.stop()


def crowded() -> Array:
    """Ticks of which up to 40 share a millisecond, some of them trades, some all alike."""
    numbers = (1, 40, 2, 1, 7, 16, 1, 3)
    times = [TICK_MSC + at for at, number in enumerate(numbers) for _ in range(number)]
    rows = np.zeros(len(times), TICKS)
    rows["time_msc"] = times
    rows["time"] = rows["time_msc"] // 1000
    rows["bid"] = 1.05 + np.arange(len(times)) // 3 * 0.00001
    rows["ask"] = rows["bid"] + 0.0001
    rows["flags"] = np.where(np.arange(len(times)) % 5 == 4, 8 | 16, 2 | 4)
    rows["last"] = np.where(rows["flags"] == 24, rows["bid"], 0.0)
    return rows


@pytest.mark.parametrize("flags", [-1, 1, 2])
@pytest.mark.parametrize("count", [1, 3, 39, 1000])
def test_many_ticks_of_one_millisecond(start: Start, flags: int, count: int) -> None:
    rows = crowded()
    _, bridge = start({"EURUSD": Replay("EURUSD", None, rows, "end")})
    wanted = {-1: 0xFF, 1: 2 | 4, 2: 8 | 16}[flags]
    expected = rows[rows["flags"] & wanted != 0].tolist()
    for code, limit in (
        (Code.COPY_TICKS_FROM, {}),
        (Code.COPY_TICKS_RANGE, {"to_msc": TICK_MSC + 7}),
    ):
        got: list[tuple[Any, ...]] = []
        at, skip, more = TICK_MSC, 0, True
        while more:
            fields = {**EURUSD, **limit, "from_msc": at, "skip": skip, "count": count}
            page: TicksReply = bridge.ask_fields(code, **fields, flags=flags)
            ticks = array_of(page.ticks, TICKS).tolist()
            assert len(ticks) <= count
            assert ticks
            got += ticks
            more, at = page.more, ticks[-1][5]
            skip = sum(tick[5] == at for tick in got)
        assert got == expected, code
    moment = {"from_msc": TICK_MSC + 1, "to_msc": TICK_MSC + 1, "skip": 10**6}
    none = bridge.ask_fields(Code.COPY_TICKS_RANGE, **EURUSD, **moment, flags=flags)
    assert (none.ticks, none.more) == (b"", False)


@pytest.mark.parametrize("partly", [False, True])
@pytest.mark.parametrize(
    ("code", "fields"),
    [
        (Code.COPY_TICKS_FROM, {**EURUSD, "from_msc": NOON_MSC - 60_000}),
        (Code.COPY_TICKS_FROM, {**EURUSD, "from_msc": NOON_MSC - 60_000, "skip": 1}),
        (Code.COPY_TICKS_RANGE, {**EURUSD, "from_msc": NOON_MSC - 60_000, "to_msc": NOON_MSC}),
        (Code.COPY_RATES_FROM, {**SERIES, "from_s": NOON}),
        (Code.COPY_RATES_FROM_POS, SERIES),
        (Code.COPY_RATES_RANGE, {**SERIES, "from_s": NOON - 900, "to_s": NOON}),
    ],
)
def test_a_terminal_that_still_downloads_never_answers_less(
    start: Start, code: int, fields: dict[str, Any], partly: bool
) -> None:
    terminal, bridge = start()
    terminal.conditions.downloads_partly = partly
    terminal.conditions.downloads = 40
    refusals = 0
    while isinstance(answer := bridge.ask_fields(code, **fields), Refusal):
        assert answer.code == RefusalCode.HISTORY_LOADING
        assert answer.retry_after_ms
        refusals += 1
        assert refusals < 100
    assert refusals >= 5
    if isinstance(answer, TicksReply):
        truth, _ = terminal.call(
            lambda: terminal.market.ticks(
                "EURUSD",
                from_msc=fields["from_msc"],
                skip=fields.get("skip", 0),
                count=8192,
            )
        )
        assert answer.ticks == truth.tobytes()
    else:
        assert len(array_of(answer.rates, RATES)) == 10


def test_a_book_is_open_while_it_is_asked_for(start: Start) -> None:
    terminal, bridge = start()

    def opened() -> set[str]:
        return terminal.call(lambda: set(terminal.server.calls.books))

    assert len(bridge.ask_fields(Code.MARKET_BOOK_GET, **EURUSD).book.rows) == 20
    assert opened() == {"EURUSD"}
    terminal.skip_ms(9_000)
    bridge.ask_fields(Code.MARKET_BOOK_GET, **EURUSD)
    terminal.skip_ms(9_000)
    bridge.ask(Ping())
    assert opened() == {"EURUSD"}
    terminal.skip_ms(2_000)
    bridge.ask(Ping())
    assert opened() == set()


def test_asking_for_a_book_does_not_end_a_subscription(start: Start) -> None:
    terminal, bridge = start()
    bridge.ask_fields(Code.SUBSCRIBE, channel=3, symbol="EURUSD")
    bridge.ask_fields(Code.MARKET_BOOK_GET, **EURUSD)
    terminal.skip_ms(11_000)
    for _ in range(3):  # a feed that has heard nothing yet may open its book anew meanwhile
        bridge.ask(Ping())
        bridge.event(Heartbeat)
    assert terminal.call(lambda: set(terminal.server.calls.books)) == {"EURUSD"}


def test_without_a_connection_reading_goes_on(start: Start) -> None:
    terminal, bridge = start()
    terminal.conditions.connected = False
    terminal.call(lambda: None)
    account = bridge.ask_fields(Code.ACCOUNT_INFO)
    assert not account.permissions.terminal_connected
    assert account.account.balance == 10_000
    assert bridge.ask_fields(Code.SYMBOL_INFO_TICK, **EURUSD).tick.bid > 1
    assert bridge.ask_fields(Code.POSITIONS_GET).positions.rows == []


def test_a_hidden_symbol_is_put_into_market_watch_for_its_prices(start: Start) -> None:
    _, bridge = start()
    assert not bridge.ask_fields(Code.SYMBOL_SELECT, symbol="GBPUSD", enable=False).selected
    tick = bridge.ask_fields(Code.SYMBOL_INFO_TICK, symbol="GBPUSD")
    assert tick.tick.bid > 1
    assert bridge.ask_fields(Code.SYMBOLS_GET, selected=True).total == 3
