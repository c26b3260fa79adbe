from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.conformance.peers import KINDS, Peer, Terminal, make_terminal
from tests.conformance.tiny_bridge import TinyBridge

from pitwire.sim.account import AccountSettings
from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.sim.symbols import CATALOG
from pitwire.wire.handshake import Secret

TUESDAY_NOON_MSC = 1_763_467_200_000
"""18 November 2025, 12:00 UTC: every market is open."""


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Which of the two terminals a test runs against."""
    return str(request.param)


@pytest.fixture
def secret() -> Secret:
    return Secret.random()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(TUESDAY_NOON_MSC)


@pytest.fixture
def market(clock: ManualClock) -> Market:
    return Market(clock=clock, symbols=CATALOG[:3])


@pytest.fixture
def start(kind: str, secret: Secret, market: Market) -> Iterator[Callable[..., Terminal]]:
    """Start terminals of this kind; they are stopped when the test ends."""
    made: list[Terminal] = []

    def _start(**options: Any) -> Terminal:
        chosen = {"secrets": [secret], "market": market, "account": AccountSettings(), **options}
        made.append(make_terminal(kind, **chosen))
        made[-1].start()
        return made[-1]

    yield _start
    for terminal in made:
        terminal.stop()


@pytest.fixture
def terminal(start: Callable[..., Terminal]) -> Terminal:
    """A terminal at noon on a Tuesday; its clock stands still until a test moves it."""
    return start()


@pytest.fixture
def peer(kind: str, terminal: Terminal, clock: ManualClock) -> Peer:
    return Peer(kind, terminal, clock)


@pytest.fixture
def make_bridge() -> Iterator[Callable[..., TinyBridge]]:
    """Make bridges that are closed after the test."""
    made: list[TinyBridge] = []

    def _make(commands: str, stream: str, **options: Any) -> TinyBridge:
        made.append(TinyBridge(commands, stream, **options))
        return made[-1]

    yield _make
    for bridge in made:
        bridge.close()


@pytest.fixture
def connect(
    terminal: Terminal, secret: Secret, make_bridge: Callable[..., TinyBridge]
) -> Callable[..., TinyBridge]:
    """Make a bridge to the terminal; `live=False` leaves out the handshake."""

    def _connect(*, live: bool = True, **options: Any) -> TinyBridge:
        options = {"secret": secret, **options}
        bridge = make_bridge(terminal.commands, terminal.stream, **options)
        return bridge.open() if live else bridge

    return _connect


@pytest.fixture
def bridge(connect: Callable[..., TinyBridge]) -> TinyBridge:
    return connect()


@pytest.fixture
def move(peer: Peer) -> Callable[[int], None]:
    """Move the terminal's wall clock on by milliseconds."""
    return peer.move
