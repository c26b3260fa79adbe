"""The two terminals that speak the wire, behind one interface: simulated, and the Expert Advisor.

A test of this folder runs against both. It may use what `SimTerminal` offers (`commands`, `stream`,
`counters`, `faults`, `market`, `broker`, `call`), and moves time with `Peer.pass_ms`.
"""

from collections.abc import Callable
from typing import Any, Protocol, Self, TypeVar

import pytest

from pitwire.sim.broker import Broker
from pitwire.sim.clock import ManualClock
from pitwire.sim.faults import Faults
from pitwire.sim.market import Market

Result = TypeVar("Result")
KINDS = ("sim", "ea")


class Terminal(Protocol):
    """What both terminals offer to a test."""

    market: Market
    faults: Faults

    @property
    def broker(self) -> Broker: ...
    @property
    def commands(self) -> str: ...
    @property
    def stream(self) -> str: ...
    @property
    def counters(self) -> Any: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def call(self, work: Callable[[], Result]) -> Result: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *failure: Any) -> None: ...


def make_terminal(kind: str, **options: Any) -> Terminal:
    """Make a terminal that has not started yet."""
    if kind == "sim":
        from pitwire.sim.terminal import SimTerminal  # noqa: PLC0415

        return SimTerminal(**options)
    from tests.mql5.terminal import EaTerminal  # noqa: PLC0415

    return EaTerminal(**options)


class Peer:
    """A running terminal of one kind, with the means to move its clocks."""

    def __init__(self, kind: str, terminal: Any, clock: ManualClock) -> None:
        self.kind = kind
        self.terminal = terminal
        self._clock = clock

    def move(self, ms: int) -> None:
        """Move the market's clock, which is the terminal's wall clock, on the terminal's thread."""
        self.terminal.call(lambda: self._clock.advance(ms))

    def shorten(self, patch: pytest.MonkeyPatch, name: str, ms: int) -> Callable[[], None]:
        """Shorten one of the wire's times (`HALF_OPEN_MS`, `SILENCE_MS`) as far as this peer can.

        The simulated terminal takes another constant. The Expert keeps the wire's own, and what is
        returned lets that time pass for it at once.
        """
        if self.kind == "sim":
            patch.setattr(f"pitwire.sim.sessions.{name}", ms)
            return lambda: None
        from pitwire.wire import handshake  # noqa: PLC0415

        whole: int = getattr(handshake, name)
        return lambda: self.terminal.skip_ms(whole + 1000)
