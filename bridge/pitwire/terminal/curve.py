"""Encryption of a link with CURVE: whose keys, and the door that checks them.

The bridge is the CURVE *server* even where it connects: so the Expert needs three socket options
and no code of its own, and the terminal's public key is checked here, by ZAP.
CURVE: https://rfc.zeromq.org/spec/26/. ZAP: https://rfc.zeromq.org/spec/27/.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import zmq
from zmq.auth.base import Authenticator
from zmq.utils import z85

from pitwire.errors import ConfigError

KEY_SIZE = 40
"""Characters of a key in Z85, the form that zmq.curve_keypair() gives."""


@dataclass(frozen=True, slots=True)
class CurveSettings:
    """The bridge's key pair for a link, and the only public key that the terminal may have."""

    public: bytes
    secret: bytes = field(repr=False)
    terminal_public: bytes

    def __post_init__(self) -> None:
        for name in ("public", "secret", "terminal_public"):
            _check_key(name, getattr(self, name))
        if zmq.curve_public(self.secret) != self.public:
            raise ConfigError(
                "The bridge's CURVE public key does not belong to its secret key: "
                "make a new pair, and give its public key to the terminal."
            )


def _check_key(name: str, key: bytes) -> None:
    """Refuse what is no key; the key itself stays out of the message."""
    try:
        valid = len(key) == KEY_SIZE and len(z85.decode(key)) == KEY_SIZE * 4 // 5
    except (KeyError, ValueError, TypeError):
        valid = False
    if not valid:
        raise ConfigError(f"The CURVE key '{name}' must be {KEY_SIZE} characters of Z85.")


class Doorkeeper:
    """Answers libzmq's question whether the holder of a key may speak on a link.

    The question comes on `socket`; each link is a ZAP domain of its own.
    """

    def __init__(
        self, context: "zmq.Context[zmq.Socket[bytes]]", keys: Mapping[str, bytes]
    ) -> None:
        self._authenticator = Authenticator(context)
        for domain, key in keys.items():
            self._authenticator.configure_curve_callback(domain, _OneKey(key))
        self._authenticator.start()
        self.socket: zmq.Socket[bytes] = self._authenticator.zap_socket

    def answer(self) -> None:
        """Answer the question that waits. No answer is a no: the handshake then times out."""
        question = self.socket.recv_multipart(zmq.NOBLOCK)
        answering = self._authenticator.handle_zap_message(question)
        try:
            answering.send(None)  # a coroutine that awaits nothing: our callback is a plain one
        except StopIteration:
            return

    def close(self) -> None:
        """Close the socket."""
        self._authenticator.stop()


class _OneKey:
    """The callback of one domain."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def callback(self, domain: str, key: bytes) -> bool:  # noqa: ARG002 - pyzmq's signature
        return key == self._key


__all__ = ["KEY_SIZE", "CurveSettings", "Doorkeeper"]
