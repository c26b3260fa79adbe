"""Takes the frames of one link: verifies, decodes, and says what they mean for the session."""

import time
from collections.abc import Callable

from pydantic import ValidationError

from pitwire.errors import BodyError, SequenceError, SessionError, WireError
from pitwire.terminal.courier import Courier
from pitwire.terminal.exchange import Exchange, Request, clock_us
from pitwire.terminal.heartbeat import Heartbeats
from pitwire.terminal.messages import Delivery, Pushed
from pitwire.terminal.session import Input
from pitwire.terminal.status import Tally
from pitwire.wire import codec
from pitwire.wire.envelope import Frame, FrameType, Header, WireChannel
from pitwire.wire.events import EventCode, Heartbeat
from pitwire.wire.handshake import BridgeHandshake
from pitwire.wire.replies import PingReply

Happen = Callable[[Input, str], None]
"""Told what happened to the live session or to the one to come, with a sentence that says why."""


class Reader:
    """Up to three sessions at once: the live one, the one to come, and the former one.

    `handshake`: the HELLO that waits for its WELCOME. `heartbeats`: of the live session.
    `last_heartbeat`: with the second of time.monotonic() in which it came.
    """

    def __init__(
        self,
        terminal: str,
        *,
        courier: Courier,
        tally: Tally,
        emit: Callable[[Delivery], None],
        happen: Happen,
    ) -> None:
        self.handshake: BridgeHandshake | None = None
        self.current: Exchange | None = None
        self.candidate: Exchange | None = None
        self.former: Exchange | None = None
        self.heartbeats: Heartbeats | None = None
        self.last_heartbeat: tuple[Heartbeat, float] | None = None
        self._terminal = terminal
        self._courier = courier
        self._tally = tally
        self._emit = emit
        self._happen = happen

    def receive(self, channel: WireChannel, frame: bytes) -> None:
        """Take one frame; what fails is counted and changes nothing."""
        for exchange in (self.current, self.candidate, self.former):
            if exchange is None:
                continue
            try:
                opened = exchange.open(channel, frame)
            except SessionError:
                continue
            except WireError as error:
                self._refuse(exchange, error)
            else:
                self._accept(exchange, channel, opened)
            return
        if self.handshake is not None and channel is WireChannel.COMMANDS:
            self._greeted(self.handshake, frame)
        else:
            self._tally.refuse(SessionError.counter)

    def _refuse(self, exchange: Exchange, error: WireError) -> None:
        """Count what fails; only the proof that frames are missing ends a session."""
        self._tally.refuse(error.counter)
        if isinstance(error, SequenceError) and error.lost:
            self._tally.gaps += 1
            self._broken(exchange, Input.GAP, "frames of the terminal are missing")

    def _greeted(self, handshake: BridgeHandshake, frame: bytes) -> None:
        try:
            welcome, keys = handshake.finish(frame)
        except WireError as error:
            self._tally.refuse(error.counter)
            return
        self.handshake = None
        self.candidate = Exchange(welcome, keys)
        self._happen(Input.WELCOMED, "")

    def _accept(self, exchange: Exchange, channel: WireChannel, frame: Frame) -> None:
        if self.heartbeats is not None:
            self.heartbeats.heard(channel, time.monotonic())
        header = frame.header
        if header.type == FrameType.BYE:
            self._broken(exchange, Input.FAREWELL, "the terminal ended the session")
            return
        try:
            body = codec.unpack(frame.body)
        except BodyError as error:
            self._tally.refuse(error.counter)
            self._broken(exchange, Input.UNREADABLE, "the terminal sent what cannot be decoded")
            return
        if header.type in {FrameType.REPLY, FrameType.ERROR}:
            self._answered(exchange, channel, header, body)
        elif header.type == FrameType.EVENT and channel is WireChannel.STREAM:
            self._pushed(exchange, header.kind, body)
        else:
            self._tally.refuse("frame")

    def _answered(
        self, exchange: Exchange, channel: WireChannel, header: Header, body: dict[str, object]
    ) -> None:
        request = exchange.settle(channel, header.answers)
        if request is None:
            self._tally.refuse("unmatched")
        elif request.outgoing is not None:
            self._courier.answer(request.outgoing, header.type, body)
        else:
            self._ponged(exchange, channel, request, body)

    def _ponged(
        self, exchange: Exchange, channel: WireChannel, request: Request, body: dict[str, object]
    ) -> None:
        """Take the answer to a ping of our own; a refusal has no clock and confirms nothing."""
        try:
            reply = PingReply.model_validate(body)
        except ValidationError:
            self._tally.refuse(BodyError.counter)
            return
        exchange.clock.measure(
            sent_us=request.sent_us,
            received_us=clock_us(),
            round_trip_us=int((time.monotonic() - request.sent) * 1_000_000),
            peer_msc=reply.clock_msc,
        )
        exchange.confirmed.add(channel)
        if exchange is self.candidate and len(exchange.confirmed) == len(WireChannel):
            self._happen(Input.CONFIRMED, "")

    def _pushed(self, exchange: Exchange, code: int, body: dict[str, object]) -> None:
        """Pass an event on. A session to come has no subscriptions, so only heartbeats."""
        if exchange is self.candidate:
            return
        if code == EventCode.HEARTBEAT:
            self._note_heartbeat(body)
        self._emit(Pushed(self._terminal, code, body))

    def _note_heartbeat(self, body: dict[str, object]) -> None:
        try:
            heartbeat = Heartbeat.model_validate(body)
        except ValidationError:
            self._tally.refuse(BodyError.counter)
            return
        self.last_heartbeat = (heartbeat, time.monotonic())

    def _broken(self, exchange: Exchange, what: Input, reason: str) -> None:
        if exchange is self.current:
            self._happen(what, reason)
        elif exchange is self.candidate:
            self._happen(Input.CANDIDATE_FAILED, reason)
        else:
            self._courier.lose(exchange, reason)


__all__ = ["Happen", "Reader"]
