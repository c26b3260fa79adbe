"""The Expert as a Windows program, under Wine, with the DLL that a terminal gets.

It meets what the native build cannot show: the ABI of the real libzmq DLL, Windows' files and
names. `EA_VARIANT=win64 pytest tests/conformance -k "[ea"` runs the whole conformance suite so.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import zmq
from tests.conformance.tiny_bridge import TinyBridge
from tests.flow import processes
from tests.mql5.build import build
from tests.mql5.terminal import EXPERT, EaTerminal
from tests.mql5.windows import VARIANT, missing, system

from pitwire.sim.account import AccountSettings
from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.sim.sockets import CurveKeys
from pitwire.sim.symbols import CATALOG
from pitwire.wire import commands
from pitwire.wire.arrays import RATES, TICKS, array_of
from pitwire.wire.commands import Channel
from pitwire.wire.enums import OrderType, Timeframe
from pitwire.wire.envelope import FrameType
from pitwire.wire.events import TicksEvent
from pitwire.wire.handshake import Secret
from pitwire.wire.replies import JournalState

pytestmark = pytest.mark.timeout(600)  # the first build of the Expert takes its time
NOON_MSC = 1_763_467_200_000
TRADE: dict[str, Any] = {
    "request_id": "windows-1",
    "deadline_msc": 2 * NOON_MSC,
    "login": AccountSettings().login,
}
ORDER = commands.OrderSend(**TRADE, symbol="EURUSD", type=OrderType.BUY, volume=0.1)

Start = Callable[..., EaTerminal]
Connect = Callable[..., TinyBridge]


@pytest.fixture(scope="module", autouse=True)
def _windows() -> None:
    """Build the Expert and make the Wine prefix, or skip and say why."""
    if missing():
        pytest.skip(f"No Windows program can be built and run here: {missing()}")
    build(EXPERT, variant=VARIANT)
    system(VARIANT)


@pytest.fixture
def secret() -> Secret:
    return Secret.random()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON_MSC)


@pytest.fixture
def start(secret: Secret, clock: ManualClock) -> Iterator[Start]:
    """Start terminals on a Tuesday noon; they are stopped, and must end well."""
    made: list[EaTerminal] = []

    def _start(**options: Any) -> EaTerminal:
        market = Market(clock=clock, symbols=CATALOG[:3])
        terminal = EaTerminal(secrets=[secret], market=market, variant=VARIANT, **options)
        made.append(terminal)
        terminal.start()
        return terminal

    yield _start
    for terminal in made:
        terminal.stop()


@pytest.fixture
def connect(secret: Secret) -> Iterator[Connect]:
    """Make bridges with a session; they are closed after the test."""
    made: list[TinyBridge] = []

    def _connect(terminal: EaTerminal, **options: Any) -> TinyBridge:
        bridge = TinyBridge(terminal.commands, terminal.stream, secret=secret, **options)
        made.append(bridge)
        return bridge.open()

    yield _connect
    for bridge in made:
        bridge.close()


def test_account_symbols_bars_and_ticks_are_read(start: Start, connect: Connect) -> None:
    terminal = start()
    bridge = connect(terminal)
    account = bridge.ask(commands.AccountInfoGet()).account
    assert (account.login, account.balance) == (TRADE["login"], 10_000)
    assert len(bridge.ask(commands.SymbolsGet()).symbols) == 3
    bars = bridge.ask(
        commands.CopyRatesFromPos(symbol="EURUSD", timeframe=Timeframe.M1, start=0, count=100)
    )
    assert len(array_of(bars.rates, RATES)) == 100
    window = {"from_msc": NOON_MSC - 60_000, "to_msc": NOON_MSC}
    got = bridge.ask(commands.CopyTicksRange(symbol="EURUSD", **window))
    rows, _ = terminal.call(
        lambda: terminal.market.ticks("EURUSD", from_msc=window["from_msc"], count=10**6)
    )
    assert array_of(got.ticks, TICKS).tobytes() == rows.tobytes()


def test_ticks_are_pushed(start: Start, connect: Connect, clock: ManualClock) -> None:
    terminal = start()
    bridge = connect(terminal)
    bridge.ask(commands.Subscribe(channel=Channel.TICKS, symbol="EURUSD"))
    terminal.call(lambda: clock.advance(20_000))
    assert len(array_of(bridge.event(TicksEvent).ticks, TICKS)) > 0


def test_an_order_is_executed_once_whatever_happens(
    start: Start, connect: Connect, tmp_path: Path
) -> None:
    terminal = start(journal=tmp_path)
    first = connect(terminal).ask(ORDER)
    assert not first.repeated
    terminal.kill()
    terminal.start()
    bridge = connect(terminal)
    status = bridge.ask(commands.OrderStatus(request_id=ORDER.request_id))
    assert status.state == JournalState.DONE
    again = bridge.ask(ORDER)
    assert again.repeated
    assert again.result.deal == first.result.deal
    assert len(bridge.ask(commands.PositionsGet()).positions) == 1


def test_the_link_is_encrypted_by_the_dll(start: Start, connect: Connect) -> None:
    bridge_public, bridge_secret = zmq.curve_keypair()
    terminal = start(curve=CurveKeys(bridge_public, *zmq.curve_keypair()))
    bridge = connect(terminal, curve_secret=bridge_secret)
    assert bridge.ask(commands.AccountInfoGet()).account.login == TRADE["login"]


def test_the_end_says_bye(start: Start, connect: Connect) -> None:
    terminal = start()
    bridge = connect(terminal)
    terminal.stop()
    assert bridge.frame().header.type == FrameType.BYE


def test_an_app_trades_through_the_bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EA_VARIANT", VARIANT)
    monkeypatch.setenv("WINEPREFIX", system(VARIANT).environment["WINEPREFIX"])
    monkeypatch.setattr(processes, "PEER", "ea")
    with processes.site(tmp_path) as site, site.app() as app:
        assert app.get("account/info").json()["balance"] == 10_000
        order = {"symbol": "BTCUSD", "side": "buy", "type": "market", "volume": 0.1}
        placed: httpx2.Response = app.post("orders", json=order)
        assert (placed.status_code, placed.json()["state"]) == (201, "filled")
        (position,) = app.get("positions").json()["data"]
        assert app.post(f"positions/{position['ticket']}/close").status_code == 200
        assert app.get("positions").json()["data"] == []
