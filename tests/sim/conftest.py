import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import zmq

from pitwire.sim.account import AccountSettings
from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.sim.terminal import SimTerminal
from pitwire.wire import codec
from pitwire.wire.commands import Command, Ping
from pitwire.wire.envelope import Direction, Frame, FrameType, WireChannel
from pitwire.wire.events import EVENTS, Event
from pitwire.wire.handshake import BridgeHandshake, Secret, SessionKeys, Welcome
from pitwire.wire.replies import Refusal, Reply

TUESDAY_NOON_MSC = 1_763_467_200_000
"""18 November 2025, 12:00 UTC: every market is open."""


class Sent(NamedTuple):
    code: int
    sequence: int
    channel: WireChannel


class TinyBridge:
    """The other end of the link: two DEALERs, one session, nothing clever."""

    def __init__(
        self,
        commands: str,
        stream: str,
        *,
        secret: Secret,
        name: str = "demo",
        bind: bool = False,
        curve_secret: bytes | None = None,
    ) -> None:
        self.secret = secret
        self.name = name
        self._bind = bind
        self._curve_secret = curve_secret
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.sockets = (self._dealer(commands), self._dealer(stream))
        self.events: list[Event] = []
        self.welcome: Welcome | None = None

    def _dealer(self, endpoint: str) -> "zmq.Socket[bytes]":
        dealer = self.context.socket(zmq.DEALER)
        dealer.setsockopt(zmq.LINGER, 0)
        dealer.setsockopt(zmq.RCVHWM, 10)
        if self._curve_secret is not None:
            dealer.curve_server = 1
            dealer.curve_secretkey = self._curve_secret
        (dealer.bind if self._bind else dealer.connect)(endpoint)
        return dealer

    def hello(self) -> BridgeHandshake:
        return BridgeHandshake(self.secret, terminal=self.name, bridge="tiny", clock_us=clock_us)

    def open(self) -> "TinyBridge":
        """Shake hands and confirm both channels."""
        handshake = self.hello()
        self.send_raw(handshake.hello)
        self.take_keys(handshake.finish(self.receive_raw()))
        for channel in WireChannel:
            sent = self.send(Ping(), channel=channel)
            assert self.answer(sent)[0].type == FrameType.REPLY
        return self

    def take_keys(self, session: tuple[Welcome, SessionKeys]) -> None:
        self.welcome, keys = session
        self.sealers = tuple(
            keys.sealer(Direction.TO_TERMINAL, channel, clock_us) for channel in WireChannel
        )
        self.openers = tuple(
            keys.opener(Direction.FROM_TERMINAL, channel) for channel in WireChannel
        )

    def seal(self, command: Command, *, channel: WireChannel = WireChannel.COMMANDS) -> bytes:
        body = codec.pack(command.packed())
        return self.sealers[channel].seal(FrameType.REQUEST, command.code, body)

    def send(self, command: Command, *, channel: WireChannel = WireChannel.COMMANDS) -> Sent:
        self.send_raw(self.seal(command, channel=channel), channel=channel)
        return Sent(command.code, self.sealers[channel].sequence, channel)

    def bye(self) -> None:
        self.send_raw(self.sealers[WireChannel.COMMANDS].seal(FrameType.BYE, 0, b"\x80"))

    def send_raw(self, frame: bytes, *, channel: WireChannel = WireChannel.COMMANDS) -> None:
        self.sockets[channel].send(frame)

    def receive_raw(
        self, *, channel: WireChannel = WireChannel.COMMANDS, within_ms: int = 10_000
    ) -> bytes:
        assert self.sockets[channel].poll(within_ms), f"nothing came on {channel.name}"
        return self.sockets[channel].recv()

    def is_silent(self, *, channel: WireChannel = WireChannel.COMMANDS) -> bool:
        return not self.sockets[channel].poll(150)

    def frame(self, *, channel: WireChannel = WireChannel.COMMANDS) -> Frame:
        """Take and verify the next frame; events on the stream are kept aside."""
        while True:
            frame = self.openers[channel].open(self.receive_raw(channel=channel))
            if frame.header.type != FrameType.EVENT:
                return frame
            self._keep(frame)

    def event(self, kind: type[Event] | tuple[type[Event], ...]) -> Any:
        """Wait for the next event of a kind; others are dropped."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            while self.events:
                event = self.events.pop(0)
                if isinstance(event, kind):
                    return event
            raw = self.receive_raw(channel=WireChannel.STREAM)
            self._keep(self.openers[WireChannel.STREAM].open(raw))
        raise AssertionError(f"no {kind} came")

    def _keep(self, frame: Frame) -> None:
        model = EVENTS[frame.header.kind]
        self.events.append(model.model_validate(codec.unpack(frame.body)))

    def answer(self, sent: Sent) -> tuple[Any, dict[str, Any]]:
        frame = self.frame(channel=sent.channel)
        assert frame.header.answers == sent.sequence
        assert frame.header.kind == sent.code
        return frame.header, codec.unpack(frame.body)

    def ask(self, command: Command) -> Any:
        """Send a command and give its reply or its Refusal."""
        header, body = self.answer(self.send(command))
        model: type[Reply] | type[Refusal] = command.reply
        if header.type == FrameType.ERROR:
            model = Refusal
        return model.model_validate(body)

    def close(self) -> None:
        for dealer in self.sockets:
            dealer.close(0)
        self.context.term()


def clock_us() -> int:
    return time.time_ns() // 1000


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
