import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pitwire.errors import ConfigError
from pitwire.sim.account import AccountSettings
from pitwire.sim.market import Market
from pitwire.sim.sockets import CurveKeys
from pitwire.sim.symbols import CATALOG
from pitwire.sim.terminal import SimTerminal
from pitwire.wire import commands
from pitwire.wire.commands import Ping
from pitwire.wire.enums import OrderType
from pitwire.wire.handshake import Secret
from pitwire.wire.replies import JournalState
from pitwire.wire.retcodes import Retcode

MakeBridge = Callable[..., Any]
FAR_FUTURE_MSC = 2_000_000_000_000
ORDER = commands.OrderSend(
    request_id="one",
    deadline_msc=FAR_FUTURE_MSC,
    login=5_000_001,
    symbol="EURUSD",
    type=OrderType.BUY,
    volume=0.1,
)

CHILD = """
import sys
from pathlib import Path
from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.sim.terminal import SimTerminal
from pitwire.wire.handshake import Secret

terminal = SimTerminal(
    secrets=[Secret.from_text(sys.stdin.readline())],
    market=Market(clock=ManualClock(1_763_467_200_000)),
    journal=Path(sys.argv[1]),
)
terminal.start()
print(terminal.commands, terminal.stream, flush=True)
sys.stdin.read()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.mark.parametrize("taken", ["commands", "stream"])
def test_a_port_in_use_is_one_sentence(secret: Secret, terminal: SimTerminal, taken: str) -> None:
    endpoint: dict[str, Any] = {taken: terminal.commands}
    other = SimTerminal(secrets=[secret], market=Market(symbols=CATALOG[:1]), **endpoint)
    with pytest.raises(ConfigError, match=r"^The port of tcp://127.0.0.1:\d+ is in use: .*\.$"):
        other.start()
    other.stop()


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "127.0.0.1:5555",
        "tcp://",
        "tcp://127.0.0.1",
        "ipc:///x",
        "tcp://127.0.0.1:x",
        "tcp://a b:1",
        "tcp://127.0.0.1:70000",
    ],
)
def test_endpoints_that_make_no_sense(secret: Secret, endpoint: str) -> None:
    with pytest.raises(ConfigError, match="must look like"):
        SimTerminal(secrets=[secret], commands=endpoint)


def test_an_endpoint_that_cannot_be_bound(secret: Secret, market: Market) -> None:
    terminal = SimTerminal(
        secrets=[secret], market=market, stream="tcp://192.0.2.1:5555", allow_plain=True
    )
    with pytest.raises(ConfigError, match="cannot be used"):
        terminal.start()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "*", "[::]", "example.com"])  # noqa: S104
def test_without_curve_only_loopback_is_allowed(secret: Secret, host: str) -> None:
    with pytest.raises(ConfigError, match="can be reached from outside"):
        SimTerminal(secrets=[secret], stream=f"tcp://{host}:5556")


def test_plain_links_are_allowed_on_demand(secret: Secret, market: Market) -> None:
    with SimTerminal(
        secrets=[secret], market=market, commands="tcp://0.0.0.0:0", allow_plain=True
    ) as terminal:
        assert terminal.commands.startswith("tcp://0.0.0.0:")


def test_a_terminal_needs_a_secret(market: Market) -> None:
    with pytest.raises(ConfigError, match="needs a link secret"):
        SimTerminal(secrets=[], market=market)


def test_a_terminal_lives_once(secret: Secret, market: Market) -> None:
    terminal = SimTerminal(secrets=[secret], market=market)
    with terminal, pytest.raises(ConfigError, match="lives once"):
        terminal.start()
    with pytest.raises(ConfigError, match="lives once"):
        terminal.start()


def test_calls_run_on_the_terminals_thread_and_give_what_they_give(
    terminal: SimTerminal,
) -> None:
    assert terminal.call(threading.get_ident) != threading.get_ident()
    assert terminal.call(lambda: terminal.call(lambda: 7)) == 7
    with pytest.raises(ZeroDivisionError):
        terminal.call(lambda: 1 // 0)
    terminal.faults.mute = True
    assert terminal.call(lambda: terminal.broker.figures().balance) == 10_000.0
    terminal.stop()
    assert terminal.call(threading.get_ident) == threading.get_ident()


def test_calls_from_many_threads_while_it_stops(secret: Secret, market: Market) -> None:
    terminal = SimTerminal(secrets=[secret], market=market)
    terminal.start()
    done: list[int] = []

    def work() -> None:
        done.extend(terminal.call(lambda: 1) for _ in range(200))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    terminal.stop()
    for thread in threads:
        thread.join()
    assert len(done) == 800


def test_run_serves_in_the_callers_thread_until_stop(
    secret: Secret, market: Market, make_bridge: MakeBridge
) -> None:
    port = free_port()
    terminal = SimTerminal(
        secrets=[secret],
        market=market,
        commands=f"tcp://127.0.0.1:{port}",
        stream="tcp://127.0.0.1:0",
    )
    failures: list[BaseException] = []

    def use() -> None:
        try:
            bridge = make_bridge(f"tcp://127.0.0.1:{port}", terminal.commands, secret=secret)
            handshake = bridge.hello()
            bridge.send_raw(handshake.hello)
            bridge.take_keys(handshake.finish(bridge.receive_raw()))
            assert bridge.ask(Ping()).clock_msc > 0
        except BaseException as error:  # noqa: BLE001 - shown by the test itself
            failures.append(error)
        finally:
            terminal.stop()

    user = threading.Thread(target=use)
    user.start()
    terminal.run()
    user.join()
    assert failures == []


def test_kill_minus_nine_and_a_new_terminal_on_the_same_journal(
    secret: Secret, market: Market, make_bridge: MakeBridge, tmp_path: Path
) -> None:
    path = tmp_path / "journal"
    answers: dict[str, Any] = {}
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(secret.to_text() + "\n")
        child.stdin.flush()
        endpoints = child.stdout.readline().split()
        bridge = make_bridge(*endpoints, secret=secret).open()
        for number in range(20):
            order = ORDER.model_copy(update={"request_id": f"id-{number}", "volume": 0.01})
            answers[order.request_id] = bridge.ask(order).result
        bridge.send(ORDER.model_copy(update={"request_id": "last", "volume": 0.01}))
        child.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    assert {result.retcode for result in answers.values()} == {Retcode.DONE}
    with SimTerminal(secrets=[secret], market=market, journal=path) as terminal:
        bridge = make_bridge(terminal.commands, terminal.stream, secret=secret).open()
        for request_id, result in answers.items():
            status = bridge.ask(commands.OrderStatus(request_id=request_id))
            assert (status.state, status.result) == (JournalState.DONE, result)
        status = bridge.ask(commands.OrderStatus(request_id="last"))
        assert status.state in {
            JournalState.UNKNOWN, JournalState.DONE, JournalState.INDETERMINATE,
        }  # fmt: skip


def test_a_journal_of_another_account_stops_the_start(secret: Secret, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    SimTerminal(secrets=[secret], journal=path).stop()
    with pytest.raises(ConfigError, match="belongs to the account"):
        SimTerminal(secrets=[secret], journal=path, account=AccountSettings(login=9))


def test_curve_secrets_are_not_printed() -> None:
    keys = CurveKeys(bridge_public=b"b", public=b"p", secret=b"hush")
    assert "hush" not in repr(keys)


def test_curve_keys_of_the_wrong_length_are_a_sentence(secret: Secret, market: Market) -> None:
    keys = CurveKeys(bridge_public=b"short", public=b"p", secret=b"hush")
    terminal = SimTerminal(secrets=[secret], market=market, curve=keys)
    with pytest.raises(ConfigError, match="cannot be used") as caught:
        terminal.start()
    assert "hush" not in str(caught.value)
