"""One link, as its thread sees it: commands in, sockets that speak, and a clock."""

import math
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from traceback import extract_tb
from typing import Concatenate, ParamSpec

import structlog

from pitwire.terminal.courier import NO_SESSION
from pitwire.terminal.exchange import Exchange
from pitwire.terminal.heartbeat import Verdict
from pitwire.terminal.life import Life
from pitwire.terminal.messages import Delivery, Outgoing
from pitwire.terminal.reactor import Reactor
from pitwire.terminal.session import OPEN_STATES, Input, State
from pitwire.terminal.settings import LinkSettings
from pitwire.terminal.status import LinkStatus
from pitwire.wire.envelope import WireChannel

FRAMES_PER_TURN = 64
"""Most frames taken from a channel before the other sockets get their turn."""

_TIMED_OUT = {
    State.GREETING: "the terminal accepts the connection and does not answer HELLO",
    State.CONFIRMING: "the terminal did not answer the first ping on both channels",
    State.REKEY_GREETING: "the terminal did not answer the HELLO of a new session",
    State.REKEY_CONFIRMING: "the terminal did not confirm the new session",
}
_UNANSWERED = "the terminal left a command unanswered"

_log = structlog.get_logger(__name__)
_P = ParamSpec("_P")


def _guarded(
    method: "Callable[Concatenate[Link, _P], None]",
) -> "Callable[Concatenate[Link, _P], None]":
    """Let a fault of ours end the session of one link, and not the thread of all of them.

    What a method changed in the link's life may have moved the next deadline.
    """

    @wraps(method)
    def guarded(link: "Link", /, *args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            method(link, *args, **kwargs)
            link.reschedule()
        except Exception as error:  # noqa: BLE001 - whatever it is, the other links go on
            link.fail(error)

    return guarded


class Link:
    """The link to one terminal. Everything but `status` belongs to whoever owns the sockets.

    `emit` takes what goes up. `deadline` is when `tick` is due, in seconds of time.monotonic();
    to do so little per message is what keeps the way of an order short.
    """

    def __init__(
        self, settings: LinkSettings, *, bridge: str, emit: Callable[[Delivery], None]
    ) -> None:
        self.settings = settings
        self.deadline = math.inf
        self._life = Life(settings, bridge=bridge, emit=emit)
        self._reader = self._life.reader
        self._courier = self._life.courier

    def start(self, reactor: Reactor) -> str | None:
        """Open the sockets, or say why that is not possible now."""
        self._life.begin(reactor, self)
        self.reschedule()
        return None if self._life.machine.state in OPEN_STATES else self._life.last_end

    @_guarded
    def submit(self, outgoing: Outgoing) -> None:
        """Send a command, or let it wait until its lane allows it."""
        if self._reader.current is None:
            self._courier.refuse(outgoing, NO_SESSION)
            return
        self._courier.queue(outgoing)
        self._life.send_waiting()
        self.deadline = min(self.deadline, self._courier.lanes.next_expiry)

    @_guarded
    def tick(self, now: float) -> None:
        """Do what is due, and set the next deadline."""
        machine = self._life.machine
        self._courier.expire(now)
        self._check_former(now)
        self._check_current(now)
        self._check_heartbeats(now)
        if now >= machine.deadline:
            self._life.happen(Input.TIMER, _TIMED_OUT.get(machine.state, ""))
        self._life.changed = True

    @_guarded
    def stop(self) -> None:
        """Say good-bye, answer everything, close the sockets."""
        self._life.happen(Input.STOP, "the bridge stops")

    def fail(self, error: Exception) -> None:
        """End the session because of a fault of ours; what the fault said stays out of the log."""
        at = extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__} at {Path(at.filename).name}:{at.lineno}"
        _log.error("link_fault", terminal=self.settings.name, fault=fault)
        if self._life.machine.state in OPEN_STATES:
            self._life.happen(Input.FAULT, f"a fault of the bridge ended the session: {fault}")
        else:
            self._life.tidy()
        self.deadline = time.monotonic() + self.settings.backoff_min_ms / 1000

    def reschedule(self) -> None:
        """Set the next deadline if the link's life has changed."""
        if self._life.changed:
            self._life.changed = False
            self.deadline = self._next_deadline()

    def status(self) -> LinkStatus:
        """Give a snapshot; from any thread."""
        life, lanes = self._life, self._courier.lanes
        current, beat = self._reader.current, self._reader.last_heartbeat
        return LinkStatus(
            terminal=self.settings.name,
            state=life.machine.state,
            since_msc=life.since_msc,
            welcome=current.welcome if current else None,
            last_heartbeat=beat[0] if beat else None,
            heartbeat_age_ms=int((time.monotonic() - beat[1]) * 1000) if beat else None,
            round_trip_us=current.clock.round_trip_us if current else None,
            clock_offset_ms=current.clock.offset_ms if current else None,
            queued=lanes.queued,
            in_flight=lanes.in_flight,
            unanswered_hellos=life.unanswered,
            last_end=life.last_end,
            counters=life.tally.counters(),
        )

    # What the sockets say.

    @_guarded
    def attend(
        self, speak: Callable[[WireChannel, int], None], channel: WireChannel, events: int
    ) -> None:
        """Let the sockets tell what they have to tell."""
        speak(channel, events)

    def on_readable(self, channel: WireChannel) -> None:
        """Take the frames that wait on a channel."""
        if self._life.sockets is not None:
            for frame in self._life.sockets.frames(channel, FRAMES_PER_TURN):
                self._reader.receive(channel, frame)
            if self._courier.lanes.queued:
                self._life.send_waiting()
            if self._reader.former is not None:
                self._check_former(time.monotonic())

    def on_connected(self) -> None:
        """Begin the handshake: both channels have a peer."""
        self._life.happen(Input.CONNECTED)

    def on_disconnected(self, reason: str) -> None:
        """End the session: the peer is gone."""
        self._life.happen(Input.DISCONNECTED, reason)

    def on_refused(self, reason: str) -> None:
        """Count a connection that ended before it could carry frames."""
        self._life.note_refused(reason)

    # What is due.

    def _check_former(self, now: float) -> None:
        former = self._reader.former
        if former is None:
            return
        if now >= self._answer_due(former):
            self._courier.lose(former, _UNANSWERED)
        if former.idle:
            self._life.happen(Input.DRAINED)

    def _check_current(self, now: float) -> None:
        current, machine = self._reader.current, self._life.machine
        if current is None:
            return
        if now >= self._answer_due(current):
            self._life.happen(Input.OVERDUE, _UNANSWERED)
        elif current.exhausted:
            self._life.happen(Input.FAULT, "the session has run out of numbers")
        elif (
            machine.state is State.LIVE
            and current.furthest >= self.settings.rekey_after_frames
            and now >= machine.rekey_not_before
        ):
            self._life.happen(Input.REKEY)

    def _check_heartbeats(self, now: float) -> None:
        heartbeats, current = self._reader.heartbeats, self._reader.current
        if heartbeats is None or current is None:
            return
        verdict = heartbeats.verdict(now)
        if verdict is Verdict.MUTE:
            silent = " and ".join(c.name.lower() for c in heartbeats.silent_channels(now))
            self._life.happen(Input.SILENT, f"the terminal is silent on {silent}")
        elif verdict is Verdict.PING:
            heartbeats.pinged(now)
            self._life.ping(current, WireChannel.COMMANDS)
            if self._reader.former is not None:  # the terminal ends sessions that say nothing
                self._life.ping(self._reader.former, WireChannel.COMMANDS)

    def _answer_due(self, exchange: Exchange | None) -> float:
        oldest = exchange.oldest if exchange is not None else None
        return math.inf if oldest is None else oldest + self.settings.answer_timeout_ms / 1000

    def _next_deadline(self) -> float:
        heartbeats = self._reader.heartbeats
        return min(
            self._life.machine.deadline,
            self._courier.lanes.next_expiry,
            heartbeats.deadline if heartbeats is not None else math.inf,
            self._answer_due(self._reader.current),
            self._answer_due(self._reader.former),
        )


__all__ = ["FRAMES_PER_TURN", "Link"]
