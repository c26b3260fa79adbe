"""A scripted terminal on real sockets: the other end of a link, doing as a test tells it."""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

import zmq

from pitwire.errors import WireError
from pitwire.wire import codec
from pitwire.wire.commands import CommandCode
from pitwire.wire.envelope import Direction, Frame, FrameType, Header, Opener, Sealer, WireChannel
from pitwire.wire.events import EventCode
from pitwire.wire.handshake import Secret, SessionKeys, TerminalHandshake

PATIENCE_S = 20.0
COMMANDS, STREAM = WireChannel
T = TypeVar("T")
Reply = tuple[FrameType, bytes]


def now_msc() -> int:
    return time.time_ns() // 1_000_000


def clock_us() -> int:
    return time.time_ns() // 1000


def free_ports() -> tuple[int, int]:
    """Two ports that were free a moment ago."""
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


def echo(header: Header, body: dict[str, Any]) -> Reply | None:
    """Answer with what was asked."""
    return FrameType.REPLY, codec.pack({"clock_msc": now_msc(), "kind": header.kind, **body})


@dataclass
class PeerSession:
    number: int
    sealers: list[Sealer]
    openers: list[Opener]
    routes: list[bytes | None] = field(default_factory=lambda: [None, None])
    beat_at: float = 0.0

    @classmethod
    def of(cls, keys: SessionKeys) -> "PeerSession":
        out, back = Direction.FROM_TERMINAL, Direction.TO_TERMINAL
        return cls(
            keys.session,
            [keys.sealer(out, channel, clock_us) for channel in WireChannel],
            [keys.opener(back, channel) for channel in WireChannel],
        )


class ScriptedTerminal:
    """The other end of a link, doing as it is told. Sockets belong to its thread."""

    def __init__(
        self,
        *secrets: Secret,
        name: str = "desk-1",
        ports: tuple[int, int] | None = None,
        dial_out: bool = False,
        prepare: Callable[[zmq.Socket[bytes]], None] = lambda _: None,
    ) -> None:
        self.name = name
        self.ports = ports or free_ports()
        self.endpoints = [f"tcp://127.0.0.1:{port}" for port in self.ports]
        self.secrets = list(secrets)
        self.answer: Callable[[Header, dict[str, Any]], Reply | None] = echo
        self.silent = {COMMANDS: False, STREAM: False}
        self.greets = True
        self.beats = True
        self.pongs = True
        self.rejects = False
        self.holding = False
        self.login = 4711
        self.boot = 1
        self.journal = 11
        self.clock_ahead_ms = 0
        self.received: list[tuple[Header, dict[str, Any]]] = []
        self.taken: list[tuple[WireChannel, bytes]] = []
        self.given: list[tuple[WireChannel, bytes]] = []
        self.refused: list[WireError] = []
        self.sessions: dict[int, PeerSession] = {}
        self.farewells: list[int] = []
        self._dial_out = dial_out
        self._prepare = prepare
        self._held: list[tuple[PeerSession, WireChannel, Frame]] = []
        self._strangers: dict[WireChannel, bytes] = {}
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._sockets: list[zmq.Socket[bytes]] = []
        self._calls: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self._near, self._far = socket.socketpair()
        self._ended = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    # What a test tells it to do.

    def start(self) -> None:
        self._call(self._open)

    def kill(self) -> None:
        """End as a killed process does: nobody is told, nothing is kept."""
        self._call(self._die)

    def close(self) -> None:
        if self._thread.is_alive():
            self._call(self._finish)
            self._thread.join()

    def release(self) -> None:
        """Answer what was held back."""
        self._call(self._release)

    def push(self, code: int, body: dict[str, Any], *, times: int = 1) -> None:
        def act() -> None:
            for _ in range(times):
                self._seal(self.newest, STREAM, FrameType.EVENT, code, codec.pack(body))

        self._call(act)

    def say(self, channel: WireChannel, kind: FrameType, body: bytes, *, answers: int = 0) -> None:
        self._call(lambda: self._seal(self.newest, channel, kind, 0, body, answers=answers))

    def lose_a_frame(self) -> None:
        """Seal a frame of the stream that never leaves, and send the next one."""

        def act() -> None:
            for session in self.reached():
                session.sealers[STREAM].seal(FrameType.EVENT, EventCode.TICKS, b"\x80")
                self._seal(session, STREAM, FrameType.EVENT, EventCode.TICKS, b"\x80")

        self._call(act)

    def say_bye(self, *numbers: int) -> None:
        """End these sessions, or all of them."""

        def act() -> None:
            for session in self.reached():
                if numbers and session.number not in numbers:
                    continue
                self._seal(session, COMMANDS, FrameType.BYE, 0, b"\x80")

        self._call(act)

    def inject(self, channel: WireChannel, *frames: bytes) -> None:
        def act() -> None:
            for frame in frames:
                with contextlib.suppress(zmq.ZMQError):  # the bridge may have left
                    self._sockets[channel].send_multipart([self._strangers[channel], frame])

        self._call(act)

    def reached(self) -> list[PeerSession]:
        """The sessions whose bridge has spoken on both channels."""
        return [session for session in self.sessions.values() if None not in session.routes]

    @property
    def newest(self) -> PeerSession:
        return self.reached()[-1]

    def asked(self) -> list[dict[str, Any]]:
        """The bodies of the commands that came, without pings."""
        return [body for header, body in list(self.received) if header.kind != CommandCode.PING]

    # Its thread.

    def _call(self, act: Callable[[], T]) -> T:
        done: Future[T] = Future()
        self._calls.put((act, done))
        self._near.send(b"\0")
        return done.result(PATIENCE_S)

    def _run(self) -> None:
        while not self._ended:
            poller = zmq.Poller()
            poller.register(self._far, zmq.POLLIN)
            for channel in WireChannel:
                if self._sockets and not self.silent[channel]:
                    poller.register(self._sockets[channel], zmq.POLLIN)
            poller.poll(20)
            self._take_calls()
            for channel in WireChannel:
                if self._sockets and not self.silent[channel]:
                    self._drain(channel)
            self._beat()

    def _take_calls(self) -> None:
        while not self._calls.empty():
            act, done = self._calls.get()
            self._far.recv(1)
            try:
                done.set_result(act())
            except Exception as error:  # noqa: BLE001 - the test gets it
                done.set_exception(error)

    def _open(self) -> None:
        for endpoint in self.endpoints:
            router = self._context.socket(zmq.ROUTER)
            self._sockets.append(router)
            router.setsockopt(zmq.LINGER, 0)
            router.setsockopt(zmq.ROUTER_MANDATORY, 1)
            router.setsockopt(zmq.RECONNECT_IVL, 50)
            self._prepare(router)
            if self._dial_out:
                router.connect(endpoint)
            else:
                _bind(router, endpoint)

    def _die(self) -> None:
        for router in self._sockets:
            router.close(0)
        self._sockets.clear()
        self._strangers.clear()
        self.sessions.clear()
        self._held.clear()

    def _finish(self) -> None:
        self._die()
        self._ended = True
        self._near.close()
        self._far.close()
        self._context.term()

    def _drain(self, channel: WireChannel) -> None:
        for _ in range(1000):
            try:
                route, frame = self._sockets[channel].recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            self._strangers[channel] = route
            self.taken.append((channel, frame))
            try:
                self._take(channel, route, frame)
            except WireError as error:
                self.refused.append(error)

    def _take(self, channel: WireChannel, route: bytes, frame: bytes) -> None:
        session = self.sessions.get(int.from_bytes(frame[8:16], "little"))
        if session is None:
            self._greet(channel, route, frame)
            return
        opened = session.openers[channel].open(frame)
        session.routes[channel] = route
        if opened.header.type == FrameType.BYE:
            self.farewells.append(session.number)
            del self.sessions[session.number]
            return
        self.received.append((opened.header, codec.unpack(opened.body)))
        if self.holding and opened.header.kind != CommandCode.PING:
            self._held.append((session, channel, opened))
        else:
            self._reply(session, channel, opened)

    def _greet(self, channel: WireChannel, route: bytes, frame: bytes) -> None:
        handshake = TerminalHandshake(self.secrets, terminal=self.name, clock_us=clock_us)
        facts: dict[str, object] = {
            "login": self.login,
            "server": "Broker-Demo",
            "build": 5000,
            "agent": "scripted",
            "boot": self.boot,
            "journal": self.journal,
            "max_rows": 8192,
            "clock_msc": now_msc() + self.clock_ahead_ms,
            "utc_offset_s": 7200,
        }
        welcome, _, keys = handshake.answer(frame, facts=facts)
        if self.greets:
            self.sessions[keys.session] = PeerSession.of(keys)
            self._give(channel, route, welcome)

    def _reply(self, session: PeerSession, channel: WireChannel, asked: Frame) -> None:
        header = asked.header
        if self.rejects:
            self._seal(session, channel, FrameType.BYE, 0, b"\x80")
            return
        if header.kind == CommandCode.PING:
            body = codec.pack({"clock_msc": now_msc() + self.clock_ahead_ms})
            refusal = codec.pack({"code": 11, "message": "busy"})
            reply: Reply | None = (
                (FrameType.REPLY, body) if self.pongs else (FrameType.ERROR, refusal)
            )
        else:
            reply = self.answer(header, codec.unpack(asked.body))
        if reply is not None:
            self._seal(session, channel, reply[0], header.kind, reply[1], answers=header.sequence)

    def _release(self) -> None:
        self.holding = False
        held, self._held = self._held, []
        for session, channel, asked in held:
            if session.number in self.sessions:
                self._reply(session, channel, asked)

    def _beat(self) -> None:
        now = time.monotonic()
        for session in list(self.sessions.values()):
            due = self.beats and not self.silent[STREAM] and now >= session.beat_at
            if due and session.routes[STREAM] is not None:
                session.beat_at = now + 0.05
                body = codec.pack(heartbeat_body())
                self._seal(session, STREAM, FrameType.EVENT, EventCode.HEARTBEAT, body)

    def _seal(
        self,
        session: PeerSession,
        channel: WireChannel,
        frame_type: FrameType,
        kind: int,
        body: bytes,
        *,
        answers: int = 0,
    ) -> None:
        route = session.routes[channel]
        assert route is not None
        self._give(
            channel, route, session.sealers[channel].seal(frame_type, kind, body, answers=answers)
        )

    def _give(self, channel: WireChannel, route: bytes, frame: bytes) -> None:
        self.given.append((channel, frame))
        with contextlib.suppress(zmq.ZMQError):  # the bridge may have left
            self._sockets[channel].send_multipart([route, frame])


def _bind(router: zmq.Socket[bytes], endpoint: str) -> None:
    """Bind as soon as the sockets of the terminal that was killed have let the port go."""
    give_up = time.monotonic() + PATIENCE_S
    while True:
        try:
            router.bind(endpoint)
        except zmq.ZMQError:
            if time.monotonic() > give_up:
                raise
            threading.Event().wait(0.01)
        else:
            return


def heartbeat_body() -> dict[str, Any]:
    switches = (
        "terminal_connected",
        "terminal_trade_allowed",
        "mql_trade_allowed",
        "account_trade_allowed",
        "account_trade_expert",
    )
    return {
        "clock_msc": now_msc(),
        "tick_msc": 1,
        "permissions": dict.fromkeys(switches, True),
    }
