"""The Expert's end of the link, where only its own code can be asked: files, ports, starts.

What the wire asks of every terminal is tested in tests/conformance, against the Expert too.
"""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq
from tests.conformance.tiny_bridge import TinyBridge
from tests.mql5.build import build
from tests.mql5.terminal import EXPERT, EaTerminal, libzmq
from tests.mql5.terminal_program import Program

from pitwire.sim.sockets import CurveKeys
from pitwire.wire import codec
from pitwire.wire.commands import AccountInfoGet, OrderStatus, Ping, SymbolsGet
from pitwire.wire.envelope import Direction, FrameType, Header, WireChannel
from pitwire.wire.handshake import Secret

pytestmark = pytest.mark.timeout(600)  # the first build of the Expert takes its time
INIT_FAILED = 71
PATIENCE_S = 20.0
FREE = "tcp://127.0.0.1:0"

Connect = Callable[..., TinyBridge]


class Expert:
    """The Expert in a terminal without a trade server: enough for its link."""

    def __init__(self, folder: Path, secret: Secret | None, **inputs: object) -> None:
        self.keys = folder / "MQL5" / "Files" / "Pitwire"
        self.keys.mkdir(parents=True, exist_ok=True)
        if secret is not None:
            self.write(secret)
        self.program = Program(
            build(EXPERT),
            folder=folder,
            libraries={"PitwireZmq.dll": libzmq()},
            inputs={"InpCommands": FREE, "InpStream": FREE, **inputs},
            chart="EURUSD",
        )

    def write(self, secret: Secret, *, ending: str = "key") -> None:
        (self.keys / f"demo.{ending}").write_text(secret.to_text() + "\n")

    def endpoints(self) -> tuple[str, str]:
        commands = self.program.wait_for(r"^print Pitwire: commands (tcp://\S+)$")[1]
        return commands, self.program.wait_for(r"^print Pitwire: stream (tcp://\S+)$")[1]


@pytest.fixture
def secret() -> Secret:
    return Secret.random()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Expert]]:
    """Start Experts in one folder; each must end well."""
    made: list[Expert] = []

    def _start(secret: Secret | None, **inputs: object) -> Expert:
        made.append(Expert(tmp_path, secret, **inputs))
        return made[-1]

    yield _start
    for expert in made:
        if expert.program.exit_code() is None:
            assert expert.program.stop() == 0, expert.program.lines


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Make bridges without a session; they are closed after the test."""
    made: list[TinyBridge] = []

    def _connect(endpoints: tuple[str, str], secret: Secret, **options: Any) -> TinyBridge:
        made.append(TinyBridge(*endpoints, secret=secret, **options))
        return made[-1]

    yield _connect
    for bridge in made:
        bridge.close()


def is_answered(bridge: TinyBridge) -> bool:
    """Say HELLO, and tell whether a WELCOME came; silence is what a stranger hears."""
    handshake = bridge.hello()
    bridge.send_raw(handshake.hello)
    if bridge.is_silent():
        return False
    bridge.take_keys(handshake.finish(bridge.receive_raw()))
    return True


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"InpTerminal": "de mo"}, "InpTerminal must have"),
        ({"InpTerminal": ""}, "InpTerminal must have"),
        ({"InpCommands": "127.0.0.1:5555"}, "InpCommands must look like"),
        ({"InpStream": "tcp://127.0.0.1:65536"}, "InpStream must look like"),
        ({"InpStream": "tcp://127.0.0.1:"}, "InpStream must look like"),
        ({"InpCommands": "tcp://:5555"}, "InpCommands must look like"),
        ({"InpDial": True}, "InpCommands must name the bridge's host and port"),
        (
            {"InpCommands": "tcp://127.0.0.1:5555", "InpStream": "tcp://127.0.0.1:5555"},
            "different ports",
        ),
        ({"InpMaxVolume": -0.1}, "InpMaxVolume must be"),
        ({"InpMaxTotalVolume": -1}, "InpMaxTotalVolume must be"),
        ({"InpMaxOrdersPerMinute": -1}, "InpMaxOrdersPerMinute must be"),
        ({"InpOrderTimeoutMs": 10}, "InpOrderTimeoutMs must be"),
    ],
)
def test_wrong_inputs_are_refused_in_a_sentence(
    start: Callable[..., Expert], secret: Secret, inputs: dict[str, object], said: str
) -> None:
    program = start(secret, **inputs).program
    assert program.wait() == INIT_FAILED
    assert any(said in line and line.endswith(".") for line in program.prints), program.lines


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "demo.key cannot be opened"),
        ("", "no key file"),
        ("00" * 31, "must hold 64 hexadecimal digits"),
        ("00" * 33, "must hold 64 hexadecimal digits"),
        ("0g" * 32, "must hold 64 hexadecimal digits"),
        (" " + "00" * 32, "must hold 64 hexadecimal digits"),
        ("00" * 1000, "no key file"),
    ],
)
def test_a_key_file_that_is_missing_or_wrong_is_named_and_mended_without_a_new_start(
    start: Callable[..., Expert],
    connect: Connect,
    tmp_path: Path,
    secret: Secret,
    content: str | None,
    said: str,
) -> None:
    keys = tmp_path / "MQL5" / "Files" / "Pitwire"
    keys.mkdir(parents=True)
    if content is not None:
        (keys / "demo.key").write_text(content)
    expert = start(None)
    expert.program.wait_for(said)
    expert.write(secret)
    assert connect(expert.endpoints(), secret).open().welcome is not None
    spoken = "\n".join(expert.program.lines)
    assert secret.to_text() not in spoken
    assert not content or content[:20].strip() not in spoken


def test_secrets_rotate_while_the_expert_runs(
    start: Callable[..., Expert], connect: Connect, secret: Secret
) -> None:
    expert = start(secret)
    endpoints = expert.endpoints()
    old = connect(endpoints, secret).open()
    following = Secret.random()
    expert.write(following, ending="next.key")
    until = time.monotonic() + PATIENCE_S
    while not is_answered(connect(endpoints, following)):
        assert time.monotonic() < until
    assert is_answered(connect(endpoints, secret))
    expert.write(following)
    (expert.keys / "demo.next.key").unlink()
    while is_answered(connect(endpoints, secret)):
        assert time.monotonic() < until
        is_answered(connect(endpoints, Secret.random()))  # who is unknown makes it look again
    assert is_answered(connect(endpoints, following))
    assert old.ask(Ping()).clock_msc > 0


def test_a_port_in_use_is_named_and_taken_when_it_is_free(
    start: Callable[..., Expert], connect: Connect, secret: Secret
) -> None:
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    holder.listen()
    endpoint = f"tcp://127.0.0.1:{holder.getsockname()[1]}"
    expert = start(secret, InpStream=endpoint)
    expert.program.wait_for("stop the program that holds the port")
    holder.close()
    assert expert.endpoints()[1] == endpoint
    assert connect(expert.endpoints(), secret).open().welcome is not None


def test_without_encryption_the_link_stays_on_the_machine(
    start: Callable[..., Expert], secret: Secret
) -> None:
    expert = start(secret, InpCommands="tcp://*:0")
    expert.program.wait_for("can be reached from outside")
    assert expert.program.stop() == 0
    allowed = start(secret, InpCommands="tcp://*:0", InpAllowPlain=True)
    assert allowed.endpoints()[0].startswith("tcp://*:")


def test_curve_keys_encrypt_and_keep_others_out(
    start: Callable[..., Expert], connect: Connect, tmp_path: Path, secret: Secret
) -> None:
    bridge_public, bridge_secret = zmq.curve_keypair()
    public, private = zmq.curve_keypair()
    curve = CurveKeys(bridge_public, public, private)
    keys = tmp_path / "MQL5" / "Files" / "Pitwire"
    keys.mkdir(parents=True)
    lines = (curve.bridge_public, curve.public, curve.secret)
    (keys / "demo.curve").write_bytes(b"\r\n".join(lines) + b"\r\n")
    expert = start(secret)
    endpoints = expert.endpoints()
    assert connect(endpoints, secret, curve_secret=bridge_secret).open().welcome is not None
    assert not is_answered(connect(endpoints, secret))
    stranger = zmq.curve_keypair()[1]
    assert not is_answered(connect(endpoints, secret, curve_secret=stranger))
    spoken = "\n".join(expert.program.lines)
    assert private.decode() not in spoken


def test_a_wrong_curve_file_is_never_taken_for_none(
    start: Callable[..., Expert], tmp_path: Path, secret: Secret
) -> None:
    keys = tmp_path / "MQL5" / "Files" / "Pitwire"
    keys.mkdir(parents=True)
    (keys / "demo.curve").write_text("too short\n")
    expert = start(secret)
    expert.program.wait_for("must hold three lines of 40 Z85 characters")
    assert not any("commands tcp" in line for line in expert.program.lines)


def test_garbage_starves_nobody(
    start: Callable[..., Expert], connect: Connect, secret: Secret
) -> None:
    expert = start(secret)
    endpoints = expert.endpoints()
    bridge = connect(endpoints, secret).open()
    assert bridge.welcome is not None
    forged = Header(FrameType.REQUEST, 0, 1, bridge.welcome.session, 5, 0, 0)
    with zmq.Context() as context, context.socket(zmq.DEALER) as stranger:
        stranger.setsockopt(zmq.LINGER, 0)
        stranger.connect(endpoints[0])
        # Length, magic, session, and a tag that is wrong: each step has its share.
        prefix = b"M5\x01\x01"
        garbage = [b"", b"x" * 80, prefix + bytes(76), prefix + forged_header(forged) + bytes(32)]
        for number in range(4000):
            stranger.send(garbage[number % len(garbage)])
            if number % 40 == 0:
                stranger.send_multipart([b"a", b"b"])
            if number % 100 == 0:
                assert bridge.ask(Ping()).clock_msc > 0
        expert.program.wait_for("refused frames: frame 2100, signature 1000, handshake 1000")


def forged_header(header: Header) -> bytes:
    """Write a header behind magic, version and suite."""
    kind = header.type.to_bytes(1, "little") + header.flags.to_bytes(1, "little")
    numbers = (header.session, header.sequence, header.clock_us, header.answers)
    whole = kind + header.kind.to_bytes(2, "little")
    return whole + b"".join(number.to_bytes(8, "little") for number in numbers)


def test_a_signed_body_that_is_no_body_is_refused_and_the_session_goes_on(
    start: Callable[..., Expert], connect: Connect, secret: Secret
) -> None:
    bridge = connect(start(secret).endpoints(), secret).open()
    for body in (b"", b"\xc1", b"\x81\xa1a", b"\x80\x80", b"\x82\xa1a\x01\xa1a\x02"):
        sealer = bridge.sealers[WireChannel.COMMANDS]
        bridge.send_raw(sealer.seal(FrameType.REQUEST, Ping.code, body))
        frame = bridge.frame()
        assert frame.header.type == FrameType.ERROR
        assert codec.unpack(frame.body)["code"] == 2
    assert bridge.ask(AccountInfoGet()).clock_msc > 0


def test_the_stop_says_bye(start: Callable[..., Expert], connect: Connect, secret: Secret) -> None:
    expert = start(secret)
    bridge = connect(expert.endpoints(), secret).open()
    assert expert.program.stop() == 0
    frame = bridge.frame()
    assert (frame.header.type, frame.header.flags) == (FrameType.BYE, int(Direction.FROM_TERMINAL))


def test_a_change_of_the_chart_keeps_the_ports_and_begins_anew(
    connect: Connect, secret: Secret
) -> None:
    with EaTerminal(secrets=[secret]) as terminal:
        endpoints = terminal.commands, terminal.stream
        bridge = connect(endpoints, secret).open()
        assert bridge.welcome is not None
        terminal.server.change_chart("GBPUSD", 15)
        assert bridge.frame().header.type == FrameType.BYE
        until = time.monotonic() + PATIENCE_S
        # A HELLO may still reach the socket that is just being closed.
        while not is_answered(again := connect(endpoints, secret)):
            assert time.monotonic() < until
        assert again.welcome is not None
        assert again.welcome.boot != bridge.welcome.boot
        assert again.welcome.journal == bridge.welcome.journal


def test_what_is_asked_about_orders_goes_before_reads(connect: Connect, secret: Secret) -> None:
    with EaTerminal(secrets=[secret]) as terminal:
        bridge = connect((terminal.commands, terminal.stream), secret).open()
        assert terminal.program is not None
        terminal.program.freeze()
        sent = [bridge.send(SymbolsGet()) for _ in range(3)]
        sent += [bridge.send(OrderStatus(request_id="unknown")) for _ in range(3)]
        terminal.program.thaw()
        answered = [bridge.frame().header.answers for _ in sent]
    assert answered == [sent[at].sequence for at in (3, 4, 5, 0, 1, 2)]
