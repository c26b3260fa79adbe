"""What a link does at every step of its life: opens, greets, confirms, hands over, ends."""

import time
from collections.abc import Callable
from secrets import SystemRandom

import structlog
import zmq

from pitwire.terminal.courier import Courier
from pitwire.terminal.exchange import Exchange, clock_us
from pitwire.terminal.heartbeat import Heartbeats
from pitwire.terminal.messages import Delivery, LinkDown, LinkUp
from pitwire.terminal.reactor import Reactor
from pitwire.terminal.reader import Reader
from pitwire.terminal.session import Action, Input, Session, State
from pitwire.terminal.settings import LinkSettings
from pitwire.terminal.sockets import LinkSockets, Listener
from pitwire.terminal.status import Tally
from pitwire.wire.envelope import WireChannel
from pitwire.wire.handshake import BridgeHandshake

BYE_LINGER_MS = 200
"""Time that a farewell has to leave before its socket closes."""

_log = structlog.get_logger(__name__)


class Life:
    """The state machine of one link, tied to its sockets, its reader and its courier.

    `unanswered`: HELLOs since the last session. `since_msc`: UTC ms of the last change of state.
    `last_end`: why the last session or attempt ended. `changed`: the next deadline may have moved.
    """

    def __init__(
        self, settings: LinkSettings, *, bridge: str, emit: Callable[[Delivery], None]
    ) -> None:
        self.settings = settings
        self.tally = Tally()
        self.courier = Courier(settings, self.tally, emit)
        self.reader = Reader(
            settings.name, courier=self.courier, tally=self.tally, emit=emit, happen=self.happen
        )
        self.machine = Session(settings, jitter=SystemRandom().random)
        self.sockets: LinkSockets | None = None
        self.unanswered = 0
        self.since_msc = clock_us() // 1000
        self.last_end = ""
        self.changed = False
        self._bridge = bridge
        self._emit = emit
        self._had_session = False
        self._secret_tried = 0
        self._secret_at_work = 0
        self._log = _log.bind(terminal=settings.name)
        self._do: dict[Action, Callable[[], None]] = {
            Action.OPEN: self._open,
            Action.GREET: self._greet,
            Action.UNANSWERED: self._note_unanswered,
            Action.CONFIRM: self._confirm,
            Action.GO_LIVE: self._go_live,
            Action.HAND_OVER: self._hand_over,
            Action.GIVE_UP: self._give_up,
            Action.RETIRE: self._retire,
            Action.SAY_BYE: self._say_bye,
            Action.END: self._end,
            Action.CLOSE: self._close,
        }

    def begin(self, reactor: Reactor, listener: Listener) -> None:
        """Open the sockets for the first time."""
        self._reactor = reactor
        self._listener = listener
        self.happen(Input.START)

    def happen(self, what: Input, reason: str = "") -> None:
        """Take note of what happened, and do what follows from it."""
        self.changed = True
        before = self.machine.state
        actions = self.machine.happen(what, time.monotonic())
        state = self.machine.state
        if state is not before:
            self.since_msc = clock_us() // 1000
            self._log.debug("link_state", state=state.value, reason=reason)
        if reason:
            self.last_end = reason
        for action in actions:
            self._do[action]()

    def ping(self, exchange: Exchange, channel: WireChannel) -> None:
        """Ask the terminal's clock, if the socket takes the question."""
        if not self._give(channel, exchange.ping(channel, time.monotonic())):
            exchange.take_back(channel)

    def send_waiting(self) -> None:
        """Send the commands that wait, as far as the session and the allowances go."""
        if self.reader.current is not None and self.sockets is not None:
            self.courier.send(self.reader.current, self.sockets, time.monotonic())

    def tidy(self) -> None:
        """Answer and close what a fault in the middle of a step has left over."""
        if self.reader.current is not None:
            self._end()
        self._close()

    def note_refused(self, reason: str) -> None:
        """Count a connection that ended before it could carry frames."""
        self.tally.refuse("connection")
        self.last_end = reason
        refused = self.tally.refused["connection"]
        if _is_milestone(refused):
            self._log.warning("link_connection_refused", reason=reason, connections=refused)

    def _give(self, channel: WireChannel, frame: bytes) -> bool:
        return self.sockets is not None and self.sockets.send(channel, frame)

    def _open(self) -> None:
        sockets = LinkSockets(self.settings, self._reactor, self._listener)
        try:
            sockets.open()
        except zmq.ZMQError as error:
            self.happen(Input.FAULT, f"the sockets cannot be opened: {error}")
        else:
            self.sockets = sockets

    def _greet(self) -> None:
        """Say HELLO under the secret that worked last; for a rekey, under the preferred one."""
        first = 0 if self.machine.live else self._secret_at_work
        self._secret_tried = (first + self.unanswered) % len(self.settings.secrets)
        self.reader.handshake = BridgeHandshake(
            self.settings.secrets[self._secret_tried],
            terminal=self.settings.name,
            bridge=self._bridge,
            clock_us=clock_us,
        )
        self._give(WireChannel.COMMANDS, self.reader.handshake.hello)

    def _note_unanswered(self) -> None:
        self.unanswered += 1
        self.tally.unanswered_hellos += 1
        if _is_milestone(self.unanswered):
            self._log.warning("link_hello_unanswered", hellos=self.unanswered)

    def _confirm(self) -> None:
        """Make the terminal learn both routing ids, and prove both channels in both directions."""
        candidate = self.reader.candidate
        if candidate is not None:
            for channel in WireChannel:
                self.ping(candidate, channel)

    def _go_live(self) -> None:
        if self._had_session:
            self.tally.reconnects += 1
        self._promote()

    def _hand_over(self) -> None:
        self.reader.former = self.reader.current
        self.tally.rekeys += 1
        self._promote()

    def _promote(self) -> None:
        """Make the candidate the live session. It begins without subscriptions: so LinkUp."""
        candidate = self.reader.candidate
        if candidate is None:
            return
        self.unanswered = 0
        self._secret_at_work = self._secret_tried
        self.reader.candidate = None
        self.reader.current = candidate
        self.reader.heartbeats = Heartbeats(
            time.monotonic(),
            interval_s=self.settings.heartbeat_interval_ms / 1000,
            timeout_s=self.settings.heartbeat_timeout_ms / 1000,
        )
        self._log.info(
            "link_up",
            boot=candidate.welcome.boot,
            build=candidate.welcome.build,
            replaced=self.reader.former is not None,
        )
        self._emit(LinkUp(self.settings.name, candidate.welcome))

    def _give_up(self) -> None:
        self.reader.handshake = None
        self.reader.candidate = None

    def _retire(self) -> None:
        if self.reader.former is not None:
            self._give(WireChannel.COMMANDS, self.reader.former.bye())
        self.reader.former = None

    def _say_bye(self) -> None:
        for exchange in (self.reader.former, self.reader.current):
            if exchange is not None:
                self._give(WireChannel.COMMANDS, exchange.bye())

    def _end(self) -> None:
        for exchange in (self.reader.former, self.reader.current):
            if exchange is not None:
                self.courier.lose(exchange, self.last_end)
        self.courier.refuse_all(self.last_end)
        self.reader.former = self.reader.current = None
        self.reader.heartbeats = self.reader.last_heartbeat = None
        self.unanswered = 0
        self._had_session = True
        wanted = self.machine.state is State.STOPPED
        (self._log.info if wanted else self._log.warning)("link_down", reason=self.last_end)
        self._emit(LinkDown(self.settings.name, self.last_end))

    def _close(self) -> None:
        self._give_up()
        if self.sockets is not None:
            stopped = self.machine.state is State.STOPPED
            self.sockets.close(linger_ms=BYE_LINGER_MS if stopped else 0)
            self.sockets = None


def _is_milestone(count: int) -> bool:
    """Pick 1, 2, 4, 8 and so on: what may go on for days must not fill the log."""
    return count.bit_count() == 1


__all__ = ["BYE_LINGER_MS", "Life"]
