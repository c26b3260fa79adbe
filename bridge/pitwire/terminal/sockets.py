"""The two sockets of one link, from opening to closing.

A command never waits inside ZeroMQ for a peer that comes back later: IMMEDIATE refuses it while
there is no connection, and what a lost connection had not taken is dropped with it. So the end of
a connection is an event here, and a link opens new sockets afterwards.
"""

from collections.abc import Callable, Iterator
from typing import Protocol
from uuid import uuid4

import zmq
from zmq.utils.monitor import parse_monitor_message

from pitwire.terminal.reactor import Reactor
from pitwire.terminal.settings import LinkSettings
from pitwire.wire.envelope import MAX_FRAME_FROM_TERMINAL, WireChannel

_HIGH_WATER = {WireChannel.COMMANDS: 1000, WireChannel.STREAM: 10_000}
"""Frames that may wait in a socket; beyond that the peer is held back."""
_KEEPALIVE_MS = 2000
_KEEPALIVE_TIMEOUT_MS = 6000
_HANDSHAKE_MS = 5000
# Plain integers: an operation on enumerations costs more than one on a socket.
_NOBLOCK, _EVENTS = int(zmq.NOBLOCK), int(zmq.EVENTS)
_POLLIN, _POLLOUT = int(zmq.POLLIN), int(zmq.POLLOUT)
_REFUSALS = {
    zmq.Event.HANDSHAKE_FAILED_NO_DETAIL: "a peer left during the connection's handshake",
    zmq.Event.HANDSHAKE_FAILED_PROTOCOL: (
        "a peer was refused: it speaks no ZeroMQ, or its CURVE settings do not fit ours"
    ),
    zmq.Event.HANDSHAKE_FAILED_AUTH: "a peer was refused: its CURVE key is not the terminal's",
}
_WATCHED = sum(_REFUSALS) + zmq.Event.HANDSHAKE_SUCCEEDED + zmq.Event.DISCONNECTED


class Listener(Protocol):
    """What a link is told about its sockets; `attend` is how it lets them speak at all."""

    def attend(
        self, speak: Callable[[WireChannel, int], None], channel: WireChannel, events: int
    ) -> None:
        """Call `speak`, and see to what it raises."""

    def on_readable(self, channel: WireChannel) -> None:
        """Hear that frames wait."""

    def on_connected(self) -> None:
        """Hear that both channels have a peer."""

    def on_disconnected(self, reason: str) -> None:
        """Hear that a peer is gone which both channels or one of them had."""

    def on_refused(self, reason: str) -> None:
        """Hear that a connection ended before it could carry frames."""


class LinkSockets:
    """A DEALER for commands and one for the stream, each with its monitor."""

    def __init__(self, settings: LinkSettings, reactor: Reactor, listener: Listener) -> None:
        self._settings = settings
        self._reactor = reactor
        self._listener = listener
        self._sockets: dict[WireChannel, zmq.Socket[bytes]] = {}
        self._monitors: dict[WireChannel, zmq.Socket[bytes]] = {}
        self._arrivals = dict.fromkeys(WireChannel, 0)
        self._strangers = dict.fromkeys(WireChannel, 0)
        self._ready: set[WireChannel] = set()
        self.closed = False

    def open(self) -> None:
        """Open both sockets.

        Raises zmq.ZMQError, and then nothing is left open.
        """
        endpoints = {
            WireChannel.COMMANDS: self._settings.commands,
            WireChannel.STREAM: self._settings.stream,
        }
        try:
            for channel, endpoint in endpoints.items():
                self._open(channel, endpoint)
        except zmq.ZMQError:
            self.close()
            raise

    def send(self, channel: WireChannel, frame: bytes) -> bool:
        """Give a frame to a channel; False when there is no peer that would take it now."""
        socket = self._sockets[channel]
        try:
            socket.send(frame, _NOBLOCK)
        except zmq.Again:
            return False
        finally:
            self._reactor.used(socket)
        return True

    def frames(self, channel: WireChannel, limit: int) -> Iterator[bytes]:
        """Give what waits on a channel, `limit` frames at most; ends when the sockets close."""
        socket = self._sockets[channel]
        for _ in range(limit):
            # Asking costs less than the exception that says that nothing is left.
            if self.closed or not int(socket.getsockopt(_EVENTS)) & _POLLIN:
                return
            yield socket.recv(_NOBLOCK)

    def close(self, *, linger_ms: int = 0) -> None:
        """Close both sockets; what was sent last has `linger_ms` to leave."""
        self.closed = True
        for channel, socket in self._sockets.items():
            monitor = self._monitors.pop(channel, None)
            if monitor is not None:
                self._reactor.forget(monitor)
                self._reactor.forget(socket)
                socket.disable_monitor()
                monitor.close(0)
            socket.close(linger_ms)
        self._sockets.clear()

    def _open(self, channel: WireChannel, endpoint: str) -> None:
        socket = self._reactor.context.socket(zmq.DEALER)
        self._sockets[channel] = socket
        self._set_options(socket, channel)
        monitor = socket.get_monitor_socket(_WATCHED, f"inproc://link-monitor-{uuid4()}")
        self._monitors[channel] = monitor
        # The socket before its monitor: what a peer said last is read before its end is noticed.
        attend = self._listener.attend
        self._reactor.watch(
            socket,
            zmq.POLLIN | zmq.POLLOUT,
            lambda events: attend(self._on_socket, channel, events),
        )
        self._reactor.watch(
            monitor, zmq.POLLIN, lambda events: attend(self._on_monitor, channel, events)
        )
        if self._settings.bind:
            socket.bind(endpoint)
        else:
            socket.connect(endpoint)

    def _set_options(self, socket: zmq.Socket[bytes], channel: WireChannel) -> None:
        settings = self._settings
        options = {
            zmq.IMMEDIATE: 1,
            zmq.LINGER: 0,
            zmq.SNDHWM: _HIGH_WATER[WireChannel.COMMANDS],
            zmq.RCVHWM: _HIGH_WATER[channel],
            zmq.MAXMSGSIZE: MAX_FRAME_FROM_TERMINAL,
            zmq.RECONNECT_IVL: settings.backoff_min_ms,
            zmq.RECONNECT_IVL_MAX: settings.backoff_max_ms,
            zmq.HEARTBEAT_IVL: _KEEPALIVE_MS,
            zmq.HEARTBEAT_TIMEOUT: _KEEPALIVE_TIMEOUT_MS,
            zmq.HEARTBEAT_TTL: _KEEPALIVE_TIMEOUT_MS,
            zmq.HANDSHAKE_IVL: _HANDSHAKE_MS,
            zmq.TCP_KEEPALIVE: 1,
            zmq.IPV6: int(settings.ipv6),
        }
        for option, value in options.items():
            socket.setsockopt(option, value)
        if settings.curve is not None:
            socket.setsockopt(zmq.CURVE_SERVER, 1)
            socket.setsockopt(zmq.CURVE_PUBLICKEY, settings.curve.public)
            socket.setsockopt(zmq.CURVE_SECRETKEY, settings.curve.secret)
            socket.setsockopt(zmq.ZAP_DOMAIN, settings.name.encode())
            # Without it, a missing answer to the key's check would count as a yes.
            socket.setsockopt(zmq.ZAP_ENFORCE_DOMAIN, 1)

    def _on_socket(self, channel: WireChannel, events: int) -> None:
        if events & _POLLOUT:
            self._reactor.change(self._sockets[channel], zmq.POLLIN)
            self._ready.add(channel)
            if len(self._ready) == len(WireChannel):
                self._listener.on_connected()
        if events & _POLLIN and not self.closed:
            self._listener.on_readable(channel)

    def _on_monitor(self, channel: WireChannel, _events: int) -> None:
        message = parse_monitor_message(self._monitors[channel].recv_multipart(zmq.NOBLOCK))
        event = zmq.Event(message["event"])
        if event in _REFUSALS:
            self._strangers[channel] += 1
            self._listener.on_refused(_REFUSALS[event])
        elif event is zmq.Event.HANDSHAKE_SUCCEEDED:
            self._arrivals[channel] += 1
            if self._arrivals[channel] > 1:
                self._listener.on_disconnected("the terminal connected anew")
        elif event is zmq.Event.DISCONNECTED and self._was_the_peer(channel):
            self._listener.on_disconnected("the connection was closed")

    def _was_the_peer(self, channel: WireChannel) -> bool:
        """Tell the peer's end from a stranger's, who was refused at a bound socket before."""
        if not (self._settings.bind and self._strangers[channel]):
            return True
        self._strangers[channel] -= 1
        self._reactor.used(self._sockets[channel])
        return channel in self._ready and not self._sockets[channel].poll(0, _POLLOUT)


__all__ = ["LinkSockets", "Listener"]
