"""An encrypted link: the right keys, the wrong ones, and none."""

from collections.abc import Callable

import pytest
import zmq
from tests.terminal.bridge import Bridge, MakeBridge, MakeTerminal, SettingsFor

from pitwire.terminal.curve import CurveSettings
from pitwire.terminal.messages import Answered, LinkUp
from pitwire.wire.commands import SymbolInfoGet
from pitwire.wire.envelope import FrameType
from pitwire.wire.handshake import Secret

Keys = tuple[bytes, bytes]
OURS, THEIRS, OTHER = (zmq.curve_keypair() for _ in range(3))
CURVE = CurveSettings(public=OURS[0], secret=OURS[1], terminal_public=THEIRS[0])


def client(own: Keys, server: bytes) -> Callable[[zmq.Socket[bytes]], None]:
    """Prepare the terminal's sockets as CURVE clients."""

    def prepare(router: zmq.Socket[bytes]) -> None:
        router.setsockopt(zmq.CURVE_PUBLICKEY, own[0])
        router.setsockopt(zmq.CURVE_SECRETKEY, own[1])
        router.setsockopt(zmq.CURVE_SERVERKEY, server)

    return prepare


def works(bridge: Bridge) -> bool:
    bridge.wait_live()
    answer = bridge.wait_answer(bridge.send(SymbolInfoGet(symbol="EURUSD")))
    return isinstance(answer, Answered)


@pytest.mark.parametrize("bind", [False, True])
def test_the_right_keys(
    secret: Secret,
    make_terminal: MakeTerminal,
    settings_for: SettingsFor,
    make_bridge: MakeBridge,
    bind: bool,
) -> None:
    prepare = client(THEIRS, OURS[0])
    terminal = make_terminal(secret, prepare=prepare, dial_out=bind, start=False)
    bridge = make_bridge(settings_for(terminal, curve=CURVE, bind=bind))
    terminal.start()
    assert works(bridge)
    assert all(b"desk-1" not in frame[:40] for _, frame in terminal.taken)


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param(client(THEIRS, OTHER[0]), id="another bridge's key"),
        pytest.param(client(OTHER, OURS[0]), id="another terminal's key"),
        pytest.param(lambda _: None, id="no encryption"),
    ],
)
@pytest.mark.parametrize("bind", [False, True])
def test_the_wrong_keys_carry_nothing_and_are_counted(
    secret: Secret,
    make_terminal: MakeTerminal,
    settings_for: SettingsFor,
    make_bridge: MakeBridge,
    prepare: Callable[[zmq.Socket[bytes]], None],
    bind: bool,
) -> None:
    terminal = make_terminal(secret, prepare=prepare, dial_out=bind, start=False)
    bridge = make_bridge(settings_for(terminal, curve=CURVE, bind=bind))
    terminal.start()
    bridge.wait(lambda: bridge.status.counters.refused.get("connection", 0) >= 2)
    assert terminal.taken == []
    assert not bridge.of(LinkUp)
    assert bridge.status.last_end


def test_a_plain_bridge_reaches_no_encrypted_terminal(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    terminal = make_terminal(secret, prepare=client(THEIRS, OURS[0]))
    bridge = make_bridge(settings_for(terminal))
    bridge.wait(lambda: bridge.status.counters.refused.get("connection", 0) >= 2)
    assert terminal.taken == []


def test_a_link_takes_its_own_terminals_key_only(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    good = make_terminal(secret, prepare=client(THEIRS, OURS[0]))
    moved = make_terminal(secret, prepare=client(THEIRS, OURS[0]), name="desk-2")
    other = CurveSettings(public=OURS[0], secret=OURS[1], terminal_public=OTHER[0])
    bridge = make_bridge(settings_for(good, curve=CURVE), settings_for(moved, curve=other))
    assert works(bridge)
    bridge.wait(lambda: bridge.links.status("desk-2").counters.refused.get("connection"))
    assert not bridge.links.status("desk-2").live
    assert moved.taken == []


def test_frames_are_signed_inside_the_encryption_too(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    terminal = make_terminal(Secret.random(), prepare=client(THEIRS, OURS[0]))
    settings = settings_for(terminal, curve=CURVE, secrets=(secret,), handshake_timeout_ms=50)
    bridge = make_bridge(settings)
    bridge.wait(lambda: bridge.status.unanswered_hellos >= 1)
    assert terminal.taken[0][1][4] == FrameType.HELLO
    assert not bridge.of(LinkUp)
