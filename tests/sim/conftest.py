from collections.abc import Callable, Iterator

import pytest
from tests.conformance.conftest import bridge, clock, connect, make_bridge, secret

from pitwire.sim.account import AccountSettings
from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.sim.terminal import SimTerminal
from pitwire.wire.handshake import Secret

__all__ = ["bridge", "clock", "connect", "make_bridge", "market", "move", "secret", "terminal"]


@pytest.fixture
def market(clock: ManualClock) -> Market:
    return Market(clock=clock)


@pytest.fixture
def terminal(secret: Secret, market: Market) -> Iterator[SimTerminal]:
    """A terminal at noon on a Tuesday; its clock stands still until a test moves it."""
    with SimTerminal(secrets=[secret], market=market, account=AccountSettings()) as running:
        yield running


@pytest.fixture
def move(terminal: SimTerminal, clock: ManualClock) -> Callable[[int], None]:
    """Move the terminal's clock on by milliseconds, on the terminal's own thread."""

    def _move(ms: int) -> None:
        terminal.call(lambda: clock.advance(ms))

    return _move
