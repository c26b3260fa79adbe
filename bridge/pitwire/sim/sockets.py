"""The two ROUTER sockets of a terminal, bound, or connected to a bridge that is bound."""

import re
import time
from dataclasses import dataclass, field, replace
from ipaddress import ip_address

import zmq

from pitwire.errors import ConfigError
from pitwire.wire.envelope import MAX_FRAME_TO_TERMINAL, WireChannel

_HIGH_WATER_MARKS = {WireChannel.COMMANDS: 1000, WireChannel.STREAM: 10_000}
_HIGHEST_PORT = 65_535
_FAREWELL_MS = 100
_REBIND_S = 2.0
_ENDPOINT = re.compile(r"tcp://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.*_-]+):(\d{1,5}|\*)")

RouterSocket = zmq.Socket[bytes]


@dataclass(frozen=True, slots=True)
class CurveKeys:
    """What a terminal needs for CURVE, in Z85 text as bytes.

    The terminal is the CURVE client, whether it binds or connects: only the holder of the secret
    key that belongs to `bridge_public` can talk to it.
    """

    bridge_public: bytes
    public: bytes
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one socket listens, or which address it dials."""

    address: str
    channel: WireChannel
    dial: bool = False
    curve: CurveKeys | None = None

    def check(self, *, allow_plain: bool) -> None:
        """Raise ConfigError for an address that cannot be used, or not without encryption."""
        found = _ENDPOINT.fullmatch(self.address)
        if found is None or (found[2] != "*" and int(found[2]) > _HIGHEST_PORT):
            raise ConfigError(f"The endpoint '{self.address}' must look like tcp://127.0.0.1:5555.")
        if self.curve is None and not allow_plain and not _is_loopback(found[1]):
            raise ConfigError(
                f"The endpoint {self.address} can be reached from outside: give CURVE keys, "
                "or use 127.0.0.1."
            )

    def open(self, context: "zmq.Context[RouterSocket]", *, patient: bool = False) -> RouterSocket:
        """Make the socket and bind or connect it; `patient` waits for a port just given up.

        Raises ConfigError.
        """
        socket = _router(context, self.channel)
        until = time.monotonic() + (_REBIND_S if patient else 0.0)
        try:
            socket.setsockopt(zmq.IPV6, "[" in self.address)
            if self.curve is not None:
                socket.curve_serverkey = self.curve.bridge_public
                socket.curve_publickey = self.curve.public
                socket.curve_secretkey = self.curve.secret
            while not self._attach(socket, last=time.monotonic() >= until):
                time.sleep(0.01)
        except zmq.ZMQError as error:
            socket.close(0)
            raise ConfigError(self._explained(error)) from None
        return socket

    def resolved(self, socket: RouterSocket) -> "Endpoint":
        """Give the endpoint with the port that the system chose."""
        if self.dial:
            return self
        # The host stays as it was given: the system shows 127.0.0.1 as [::ffff:127.0.0.1].
        host, port = self.address.rpartition(":")[0], socket.getsockopt_string(zmq.LAST_ENDPOINT)
        return replace(self, address=f"{host}:{port.rpartition(':')[2]}")

    def _attach(self, socket: RouterSocket, *, last: bool) -> bool:
        try:
            if self.dial:
                socket.connect(self.address)
            else:
                socket.bind(re.sub(r":0$", ":*", self.address))
        except zmq.ZMQError as error:
            if last or error.errno != zmq.EADDRINUSE:
                raise
            return False
        return True

    def _explained(self, error: zmq.ZMQError) -> str:
        if error.errno == zmq.EADDRINUSE:
            return (
                f"The port of {self.address} is in use: "
                "stop the program that holds it, or choose another port."
            )
        return f"The endpoint {self.address} cannot be used: {error.strerror}."


def close(socket: RouterSocket) -> None:
    """Close a socket; what was just sent gets a moment to leave."""
    socket.close(_FAREWELL_MS)


def _router(context: "zmq.Context[RouterSocket]", channel: WireChannel) -> RouterSocket:
    socket: RouterSocket = context.socket(zmq.ROUTER)
    socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.SNDHWM, _HIGH_WATER_MARKS[channel])
    socket.setsockopt(zmq.RCVHWM, _HIGH_WATER_MARKS[channel])
    socket.setsockopt(zmq.MAXMSGSIZE, MAX_FRAME_TO_TERMINAL)
    socket.setsockopt(zmq.HANDSHAKE_IVL, 5000)
    socket.setsockopt(zmq.HEARTBEAT_IVL, 2000)
    socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 6000)
    socket.setsockopt(zmq.HEARTBEAT_TTL, 6000)
    socket.setsockopt(zmq.RECONNECT_IVL, 100)
    socket.setsockopt(zmq.RECONNECT_IVL_MAX, 5000)
    return socket


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


__all__ = ["CurveKeys", "Endpoint", "RouterSocket", "close"]
