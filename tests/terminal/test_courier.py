"""A socket that takes nothing: the command was not sent, and no sequence number is missing."""

import math
from typing import Any

import pytest
from tests.terminal.scripted import COMMANDS, clock_us, now_msc

from pitwire.terminal import courier
from pitwire.terminal.courier import Courier
from pitwire.terminal.exchange import Exchange
from pitwire.terminal.messages import Delivery, Lost, NotSent, Outgoing
from pitwire.terminal.settings import LinkSettings
from pitwire.terminal.status import Tally
from pitwire.wire.commands import OrderStatus
from pitwire.wire.envelope import Direction, Opener, WireChannel
from pitwire.wire.handshake import BridgeHandshake, Secret, TerminalHandshake

SECRET = Secret(b"s" * 32)
FACTS: dict[str, object] = {
    "login": 1,
    "server": "Broker-Demo",
    "build": 1,
    "agent": "test",
    "boot": 1,
    "journal": 11,
    "max_rows": 1,
    "clock_msc": now_msc(),
    "utc_offset_s": 0,
}


class Wire:
    """Sockets that take a frame only while `open`."""

    def __init__(self) -> None:
        self.open = True
        self.taken: list[bytes] = []

    def send(self, channel: WireChannel, frame: bytes) -> bool:
        if self.open:
            self.taken.append(frame)
        return self.open


@pytest.fixture
def session() -> tuple[Exchange, Opener]:
    ours = BridgeHandshake(SECRET, terminal="desk", bridge="b", clock_us=clock_us)
    theirs = TerminalHandshake([SECRET], terminal="desk", clock_us=clock_us)
    welcome, _, keys = theirs.answer(ours.hello, facts=FACTS)
    return Exchange(*ours.finish(welcome)), keys.opener(Direction.TO_TERMINAL, COMMANDS)


def test_a_frame_that_no_socket_took_leaves_no_gap(session: tuple[Exchange, Opener]) -> None:
    exchange, opener = session
    wire: Any = Wire()
    delivered: list[Delivery] = []
    settings = LinkSettings(
        name="desk",
        commands="tcp://127.0.0.1:1",
        stream="tcp://127.0.0.1:2",
        secrets=(SECRET,),
    )
    desk = Courier(settings, Tally(), delivered.append)
    for number, wire.open in enumerate((True, False, False, True)):
        desk.queue(Outgoing("desk", number, OrderStatus(request_id=f"r{number}"), math.inf))
        desk.send(exchange, wire, 0.0)
    reason = courier.NOT_TAKEN
    assert delivered == [NotSent("desk", 1, reason), NotSent("desk", 2, reason)]
    assert [opener.open(frame).header.sequence for frame in wire.taken] == [1, 2]
    delivered.clear()
    desk.lose(exchange, "over")
    assert delivered == [Lost("desk", 0, "over"), Lost("desk", 3, "over")]
    assert desk.lanes.in_flight == 0
    assert exchange.idle
