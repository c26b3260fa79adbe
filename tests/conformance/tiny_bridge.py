"""The other end of a link, as small as it can be: what a terminal is asked with in the tests."""

import time
from typing import Any, NamedTuple

import zmq

from pitwire.wire import codec
from pitwire.wire.commands import COMMANDS, Command, Ping
from pitwire.wire.envelope import Direction, Frame, FrameType, WireChannel
from pitwire.wire.events import EVENTS, Event
from pitwire.wire.handshake import BridgeHandshake, Secret, SessionKeys, Welcome
from pitwire.wire.replies import Refusal, Reply


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

    def ask_raw(self, code: int, body: bytes) -> tuple[int, dict[str, Any]]:
        """Send a signed request whatever its body is; give the answer's type and fields."""
        sealer = self.sealers[WireChannel.COMMANDS]
        self.send_raw(sealer.seal(FrameType.REQUEST, code, body))
        header, fields = self.answer(Sent(code, sealer.sequence, WireChannel.COMMANDS))
        return header.type, fields

    def ask_fields(self, code: int, **fields: Any) -> Any:
        """Send a command that may be wrong, and give its reply or its Refusal."""
        kind, body = self.ask_raw(code, codec.pack(fields))
        model: Any = Refusal if kind == FrameType.ERROR else COMMANDS[code].reply
        return model.model_validate(body)

    def close(self) -> None:
        for dealer in self.sockets:
            dealer.close(0)
        self.context.term()


def clock_us() -> int:
    return time.time_ns() // 1000
