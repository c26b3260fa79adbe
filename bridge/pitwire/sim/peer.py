"""The terminal's end of the link: sessions on two sockets, served by one thread.

What comes in is checked in the wire's order and counted when it fails; a stranger gets no answer.
What waits is served by lane, one command between two looks at the sockets.
"""

import time
from collections import Counter, deque
from collections.abc import Collection, Sequence
from typing import NamedTuple

import structlog
import zmq

from pitwire.errors import FrameError, SequenceError, SessionError, WireError
from pitwire.sim.faults import Faults
from pitwire.sim.hello import HelloGate
from pitwire.sim.lanes import Lanes, Waiting
from pitwire.sim.service import Answer, Service
from pitwire.sim.sessions import Session, Sessions
from pitwire.sim.sockets import Endpoint, RouterSocket, close
from pitwire.wire.commands import CommandCode
from pitwire.wire.envelope import (
    MAX_FRAME_TO_TERMINAL,
    FrameType,
    WireChannel,
    read_header,
)
from pitwire.wire.events import HEARTBEAT_INTERVAL_MS
from pitwire.wire.handshake import Secret, TerminalHandshake

PULSE_S = 0.025
"""How often the market is looked at, and how late a due thing may be noticed."""
_DRAIN_AT_MOST = 256
_EMPTY = b"\x80"
_NO_FRAME = b""
_SESSION = slice(8, 16)
_CHANNELS = tuple(WireChannel)
# Plain numbers: the enumerations cost more than the calls that they are given to.
_AT_ONCE = int(zmq.NOBLOCK)
_AT_ONCE_AND_MORE = int(zmq.NOBLOCK | zmq.SNDMORE)
_EVENTS = int(zmq.EVENTS)
_MORE = int(zmq.RCVMORE)
_READABLE = int(zmq.POLLIN)

_log = structlog.get_logger(__name__)


class _Held(NamedTuple):
    since: float
    waiting: Waiting
    answer: Answer


class Peer:
    """Sessions, sockets, and the order in which things are served. Belongs to one thread."""

    def __init__(
        self,
        service: Service,
        *,
        name: str,
        secrets: Sequence[Secret],
        endpoints: tuple[Endpoint, Endpoint],
        faults: Faults,
    ) -> None:
        self.counters: Counter[str] = Counter()
        self.endpoints = endpoints
        self._service = service
        self._faults = faults
        self._handshake = TerminalHandshake(secrets, terminal=name, clock_us=_clock_us)
        self._gate = HelloGate()
        self._sessions = Sessions()
        self._lanes = Lanes()
        self._held: deque[_Held] = deque()
        self._sockets: tuple[RouterSocket, ...] = ()
        self._pulse_at = 0.0
        self._busy_us = 0

    def open(self, context: "zmq.Context[RouterSocket]", *, patient: bool = False) -> None:
        """Bind (or connect) both sockets and learn the ports that were free.

        Raises ConfigError.
        """
        commands, stream = self.endpoints
        first = commands.open(context, patient=patient)
        try:
            second = stream.open(context, patient=patient)
        except Exception:
            first.close(0)
            raise
        self._sockets = (first, second)
        self.endpoints = (commands.resolved(first), stream.resolved(second))

    def close(self) -> None:
        """Say BYE to the live sessions and close the sockets."""
        for session in self._sessions:
            self._end(session, "the terminal stops", say_bye=True)
        for socket in self._sockets:
            close(socket)
        self._sockets = ()

    def drop(self, context: "zmq.Context[RouterSocket]") -> None:
        """Throw away sockets and sessions without a word, and start anew on the same ports."""
        for session in self._sessions:
            self._end(session, "the connection was dropped", say_bye=False)
        for socket in self._sockets:
            socket.close(0)
        self.open(context, patient=True)

    def sockets(self) -> tuple[RouterSocket, ...]:
        """Give the sockets to wait on, commands first."""
        return self._sockets

    def timeout_ms(self) -> int:
        """Tell how long a wait may last before something else is due."""
        if self._lanes:
            return 0
        due = self._pulse_at
        if self._held:
            due = min(due, self._held[0].since + self._faults.delay_ms / 1000)
        return max(0, int((due - time.monotonic()) * 1000) + 1)

    def serve(self, readable: Collection[RouterSocket]) -> None:
        """Take in what came, serve what waits, and do what is due."""
        for channel in _CHANNELS:
            if self._sockets[channel] in readable:
                self._drain(channel)
        while (waiting := self._lanes.take()) is not None:
            self._serve(waiting)
            if time.monotonic() >= self._pulse_at:
                break
            if self._lanes:
                self._look()
        now = time.monotonic()
        if now >= self._pulse_at:
            self._pulse_at = now + PULSE_S
            self._pulse(now)
        if self._held:
            self._release(now)

    def _look(self) -> None:
        for channel in _CHANNELS:
            if int(self._sockets[channel].getsockopt(_EVENTS)) & _READABLE:
                self._drain(channel)

    def _drain(self, channel: WireChannel) -> None:
        """Take in what a readable socket holds."""
        socket = self._sockets[channel]
        for _ in range(_DRAIN_AT_MOST):
            route = socket.recv(_AT_ONCE)
            frame = socket.recv(_AT_ONCE)
            while socket.getsockopt(_MORE):
                socket.recv(_AT_ONCE)
                frame = _NO_FRAME
            try:
                self._accept(channel, route, frame)
            except WireError as error:
                self.counters[error.counter] += 1
            if not int(socket.getsockopt(_EVENTS)) & _READABLE:
                return

    def _accept(self, channel: WireChannel, route: bytes, frame: bytes) -> None:
        """Check a frame and act on it; raises WireError, and nothing has changed then."""
        now = time.monotonic()
        session = self._sessions.find(int.from_bytes(frame[_SESSION], "little"))
        if session is None:
            self._greet(channel, route, frame, now)
            return
        try:
            opened = session.openers[channel].open(frame)
        except SequenceError as error:
            if error.lost:
                self._end(session, "frames were lost", say_bye=True)
            raise
        if channel is WireChannel.COMMANDS:
            session.heard_at = now
        session.routes[channel] = route
        kind = opened.header.type
        if kind == FrameType.BYE:
            self._end(session, "the bridge said BYE", say_bye=False)
        elif kind != FrameType.REQUEST:
            raise FrameError(f"a bridge does not send frames of the type {kind}")
        elif channel is WireChannel.STREAM and opened.header.kind != CommandCode.PING:
            raise FrameError("the stream carries no command but PING")
        else:
            self._confirm(session)
            waiting = Waiting(session, channel, opened)
            if not self._lanes.put(waiting):
                self._reply(waiting, self._service.busy())

    def _greet(self, channel: WireChannel, route: bytes, frame: bytes, now: float) -> None:
        """Answer a HELLO with a WELCOME; everything else is a stranger's and gets no answer."""
        header = read_header(frame, max_frame=MAX_FRAME_TO_TERMINAL)
        if header.session or channel is not WireChannel.COMMANDS:
            raise SessionError("no such session")
        self._gate.check(route, frame, now=now)
        self._sessions.check_room()
        welcome, hello, keys = self._handshake.answer(frame, facts=self._service.welcome_facts())
        self._gate.answered(frame)
        if self._transmit(WireChannel.COMMANDS, route, welcome):
            self._sessions.add(Session.of(keys, bridge=hello.bridge, clock_us=_clock_us, now=now))

    def _confirm(self, session: Session) -> None:
        if session.live:
            return
        session.live = True
        session.outbox = self._service.open(
            lambda code, body: self._send(session, WireChannel.STREAM, FrameType.EVENT, code, body)
        )
        _log.info("session live", bridge=session.bridge)

    def _serve(self, waiting: Waiting) -> None:
        session, _, frame = waiting
        if session.outbox is None:
            return
        started = time.perf_counter_ns()
        answer = self._service.answer(frame.header.kind, frame.body, session.outbox)
        self._busy_us = max(self._busy_us, (time.perf_counter_ns() - started) // 1000)
        if answer is None:
            return
        if self._faults.delay_ms or self._held:
            self._held.append(_Held(time.monotonic(), waiting, answer))
            return
        self._reply(waiting, answer)

    def _release(self, now: float) -> None:
        """Send the answers that were held back long enough."""
        while self._held and self._held[0].since + self._faults.delay_ms / 1000 <= now:
            held = self._held.popleft()
            self._reply(held.waiting, held.answer)

    def _reply(self, waiting: Waiting, answer: Answer) -> None:
        """Send an answer. One that cannot be sent ends the session: its sequence is broken."""
        session, channel, frame = waiting
        frame_type, body = answer
        if session.closed:
            return
        header = frame.header
        if not self._send(session, channel, frame_type, header.kind, body, header.sequence):
            self.counters["reply_unsent"] += 1
            self._end(session, "a reply could not be sent", say_bye=False)

    def _send(
        self,
        session: Session,
        channel: WireChannel,
        frame_type: FrameType,
        kind: int,
        body: bytes,
        answers: int = 0,
    ) -> bool:
        """Seal and send a frame; one that cannot be sent takes no number of the sequence."""
        route = session.routes[channel]
        if route is None:
            return False
        sealer = session.sealers[channel]
        before = sealer.sequence
        try:
            frame = sealer.seal(frame_type, kind, body, answers=answers)
        except SequenceError:
            return False
        if self._transmit(channel, route, frame):
            return True
        sealer.sequence = before
        return False

    def _transmit(self, channel: WireChannel, route: bytes, frame: bytes) -> bool:
        socket = self._sockets[channel]
        try:
            # A ROUTER tells at the routing id whether it can send; the frame then follows surely.
            socket.send(route, _AT_ONCE_AND_MORE)
            socket.send(frame, _AT_ONCE)
        except zmq.ZMQError as error:
            if error.errno not in {zmq.EAGAIN, zmq.EHOSTUNREACH}:
                raise
            return False
        return True

    def _pulse(self, now: float) -> None:
        for session in self._sessions.expired(now):
            self._end(session, "silence", say_bye=session.live)
        self._service.pulse()
        due = [
            session
            for session in self._sessions
            if session.outbox is not None
            and session.routes[WireChannel.STREAM] is not None
            and now >= session.beat_at
        ]
        if due:
            body = self._service.heartbeat(queued=len(self._lanes), busy_us=self._busy_us)
            self._busy_us = 0
        for session in due:
            session.beat_at = now + HEARTBEAT_INTERVAL_MS / 1000
            if session.outbox is not None:
                session.outbox.beat(body)

    def _end(self, session: Session, reason: str, *, say_bye: bool) -> None:
        if say_bye and session.live:
            self._send(session, WireChannel.COMMANDS, FrameType.BYE, 0, _EMPTY)
        self._sessions.remove(session)
        if session.outbox is not None:
            self._service.close(session.outbox)
            session.outbox = None
            _log.info("session ended", bridge=session.bridge, reason=reason)


def _clock_us() -> int:
    return time.time_ns() // 1000


__all__ = ["PULSE_S", "Peer"]
