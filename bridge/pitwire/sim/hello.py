"""How often a HELLO is looked at: each connection has its share, and none counts twice."""

from collections import OrderedDict

from pitwire.errors import HandshakeError
from pitwire.wire.envelope import TAG_SIZE

BURST = 5.0
PER_SECOND = 2.0
_REMEMBERED = 1024


class HelloGate:
    """Limits HELLOs per connection, and refuses those that were answered before.

    Only what verified is remembered, so that a stranger cannot fill the memory. Times are
    monotonic seconds.
    """

    def __init__(self) -> None:
        self._shares: OrderedDict[bytes, tuple[float, float]] = OrderedDict()
        self._answered: OrderedDict[bytes, None] = OrderedDict()

    def check(self, route: bytes, frame: bytes, *, now: float) -> None:
        """Raise HandshakeError for a HELLO that comes too often or was answered before."""
        share, since = self._shares.pop(route, (BURST, now))
        share = min(BURST, share + (now - since) * PER_SECOND)
        allowed = share >= 1
        self._shares[route] = (share - 1 if allowed else share, now)
        _forget_oldest(self._shares)
        if not allowed:
            raise HandshakeError("too many HELLOs on this connection")
        if frame[-TAG_SIZE:] in self._answered:
            raise HandshakeError("a HELLO that was answered before")

    def answered(self, frame: bytes) -> None:
        """Remember a HELLO that verified and was answered."""
        self._answered[frame[-TAG_SIZE:]] = None
        _forget_oldest(self._answered)


def _forget_oldest(
    memory: "OrderedDict[bytes, tuple[float, float]] | OrderedDict[bytes, None]",
) -> None:
    if len(memory) > _REMEMBERED:
        memory.popitem(last=False)


__all__ = ["BURST", "PER_SECOND", "HelloGate"]
