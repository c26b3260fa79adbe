"""How both terminals come to the link: bound or dialing, plain or encrypted, with two secrets."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
import zmq
from tests.conformance.peers import Terminal
from tests.conformance.test_link import order
from tests.conformance.tiny_bridge import TinyBridge

from pitwire.sim.sockets import CurveKeys
from pitwire.wire import commands
from pitwire.wire.commands import Ping
from pitwire.wire.envelope import FrameType
from pitwire.wire.handshake import Secret
from pitwire.wire.replies import JournalState
from pitwire.wire.retcodes import Retcode

Start = Callable[..., Terminal]
MakeBridge = Callable[..., TinyBridge]


def free_endpoints() -> list[str]:
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        return [f"tcp://127.0.0.1:{taken.getsockname()[1]}" for taken in (one, two)]


@pytest.fixture
def keys() -> tuple[CurveKeys, bytes]:
    """The CURVE keys of a terminal, and the secret key of its bridge."""
    bridge_public, bridge_secret = zmq.curve_keypair()
    public, secret = zmq.curve_keypair()
    return CurveKeys(bridge_public=bridge_public, public=public, secret=secret), bridge_secret


def test_ports_are_told_and_free_again_afterwards(
    start: Start, make_bridge: MakeBridge, secret: Secret
) -> None:
    first = start()
    endpoints = (first.commands, first.stream)
    assert all(endpoint.startswith("tcp://127.0.0.1:") for endpoint in endpoints)
    assert not any(endpoint.endswith(":0") for endpoint in endpoints)
    first.stop()
    second = start(commands=endpoints[0], stream=endpoints[1])
    assert (second.commands, second.stream) == endpoints
    assert make_bridge(*endpoints, secret=secret).open().ask(Ping()).clock_msc > 0


def test_the_terminal_dials_out_to_a_bridge_that_is_bound(
    start: Start, make_bridge: MakeBridge, secret: Secret
) -> None:
    endpoints = free_endpoints()
    bridge = make_bridge(*endpoints, secret=secret, bind=True)
    terminal = start(commands=endpoints[0], stream=endpoints[1], dial=True)
    assert [terminal.commands, terminal.stream] == endpoints
    assert bridge.open().ask(order("a")).result.retcode == Retcode.DONE


def test_a_terminal_that_dials_encrypted(
    start: Start, make_bridge: MakeBridge, secret: Secret, keys: tuple[CurveKeys, bytes]
) -> None:
    endpoints = free_endpoints()
    bridge = make_bridge(*endpoints, secret=secret, bind=True, curve_secret=keys[1])
    start(commands=endpoints[0], stream=endpoints[1], dial=True, curve=keys[0])
    assert bridge.open().ask(order("a")).result.retcode == Retcode.DONE


@pytest.mark.parametrize("stranger", ["plain", "another key"])
def test_encryption_lets_nobody_in_but_the_bridge(
    start: Start,
    make_bridge: MakeBridge,
    secret: Secret,
    keys: tuple[CurveKeys, bytes],
    stranger: str,
) -> None:
    terminal = start(curve=keys[0])
    key = None if stranger == "plain" else zmq.curve_keypair()[1]
    outside = make_bridge(terminal.commands, terminal.stream, secret=secret, curve_secret=key)
    outside.send_raw(outside.hello().hello)
    assert outside.is_silent()
    bridge = make_bridge(terminal.commands, terminal.stream, secret=secret, curve_secret=keys[1])
    assert bridge.open().ask(order("a")).result.retcode == Retcode.DONE
    assert terminal.counters.total() == 0


def test_both_secrets_of_a_rotation_open_sessions(start: Start, make_bridge: MakeBridge) -> None:
    secrets = [Secret.random(), Secret.random()]
    terminal = start(secrets=secrets)
    for secret in secrets:
        bridge = make_bridge(terminal.commands, terminal.stream, secret=secret).open()
        assert bridge.ask(Ping()).clock_msc > 0


def test_stop_says_bye_and_may_be_repeated(terminal: Terminal, bridge: TinyBridge) -> None:
    terminal.stop()
    assert bridge.frame().header.type == FrameType.BYE
    terminal.stop()


def test_a_new_start_with_the_same_journal_answers_repeats(
    start: Start, make_bridge: MakeBridge, secret: Secret, tmp_path: Path
) -> None:
    first = start(journal=tmp_path / "journal")
    answer = make_bridge(first.commands, first.stream, secret=secret).open().ask(order("a"))
    first.stop()
    second = start(journal=tmp_path / "journal")
    bridge = make_bridge(second.commands, second.stream, secret=secret).open()
    again = bridge.ask(order("a"))
    assert (again.repeated, again.result) == (True, answer.result)
    status = bridge.ask(commands.OrderStatus(request_id="a"))
    assert (status.state, status.result) == (JournalState.DONE, answer.result)
    assert bridge.ask(order("b")).result.order > answer.result.order
