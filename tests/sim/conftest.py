from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.conformance.tiny_bridge import TinyBridge

from pitwire.sim.account import AccountSettings
from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.sim.terminal import SimTerminal
from pitwire.wire.handshake import Secret

TUESDAY_NOON_MSC = 1_763_467_200_000
"""18 November 2025, 12:00 UTC: every market is open."""


@pytest.fixture
def secret() -> Secret:
    return Secret.random()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(TUESDAY_NOON_MSC)


@pytest.fixture
def market(clock: ManualClock) -> Market:
    return Market(clock=clock)


@pytest.fixture
def terminal(secret: Secret, market: Market) -> Iterator[SimTerminal]:
    """A terminal at noon on a Tuesday; its clock stands still until a test moves it."""
    with SimTerminal(secrets=[secret], market=market, account=AccountSettings()) as running:
        yield running


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
    terminal: SimTerminal, secret: Secret, make_bridge: Callable[..., TinyBridge]
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
def move(terminal: SimTerminal, clock: ManualClock) -> Callable[[int], None]:
    """Move the terminal's clock on by milliseconds, on the terminal's own thread."""

    def _move(ms: int) -> None:
        terminal.call(lambda: clock.advance(ms))

    return _move
