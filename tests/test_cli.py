import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog
import typer
from tests.command_line import Result, pitwire

from pitwire import __version__
from pitwire.cli.sim import _market as market_of
from pitwire.cli.sim import _run as run_terminal
from pitwire.database import Database
from pitwire.errors import Unauthenticated
from pitwire.gate import open_gate
from pitwire.gate.secrets import read_secret

SECRET = "5e" * 32
# The pairs of libzmq's own documentation.
BRIDGE_PUBLIC = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
BRIDGE_SECRET = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"
TERMINAL_PUBLIC = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
TERMINAL_SECRET = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
CURVE = (
    f"--curve-bridge-public={BRIDGE_PUBLIC} --curve-public={TERMINAL_PUBLIC} "
    "--curve-secret env:CURVE_SECRET"
)
TERMINAL = """
[terminals.demo]
commands = "tcp://127.0.0.1:5555"
stream = "tcp://127.0.0.1:5556"
secret = "file:demo.secret"
simulated = true
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in os.environ:
        if name.upper().startswith("PITWIRE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Undo what a command sets up for its whole process."""
    root = logging.getLogger()
    handlers, level, hook = list(root.handlers), root.level, threading.excepthook
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    threading.excepthook = hook
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def process(*args: str, python: tuple[str, ...] = ()) -> Result:
    """Run a command as a process of its own."""
    command = [sys.executable, *python, "-m", "pitwire", *args]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


def created(*args: str) -> dict[str, str]:
    done = pitwire("keys", "create", "--name", "app", "--terminal", "demo", "--json", *args)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def refusal(*args: str, code: int = 2) -> str:
    done = pitwire(*args)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("pitwire: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_the_version_is_printed() -> None:
    done = process("--version")
    assert (done.returncode, done.stdout) == (0, f"pitwire {__version__}\n")


def test_help_lists_the_commands_and_imports_nothing_heavy() -> None:
    done = process("--help", python=("-X", "importtime"))
    assert done.returncode == 0
    for command in ("serve", "demo", "sim", "keys"):
        assert re.search(rf"\b{command}\b", done.stdout)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not imported & {"fastapi", "numpy", "pydantic_settings", "uvicorn", "zmq"}


@pytest.mark.parametrize("command", ["serve", "demo", "sim", "keys create", "keys list"])
def test_every_command_has_help(command: str) -> None:
    done = pitwire(*command.split(), "--help")
    assert done.returncode == 0
    assert "Usage: pitwire" in done.stdout


@pytest.mark.parametrize("command", ["serve", "demo", "keys list"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[http]\nprot = 1", "pitwire.toml: there is no setting 'http.prot'; did you mean"),
        ("[http\n", "pitwire.toml: is not valid TOML"),
        (f"[gate]\npepper = '{SECRET}'", "pitwire.toml: gate.pepper should be env:NAME or file"),
    ],
)
def test_a_wrong_file_is_one_line_and_exit_code_2(command: str, text: str, message: str) -> None:
    Path("pitwire.toml").write_text(text)
    said = refusal(*command.split())
    assert message in said
    assert SECRET not in said


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("serve --config gone.toml", "gone.toml: there is no such settings file"),
        ("serve --set http.prot=1", "command line: there is no setting 'http.prot'"),
        ("serve --set http.port", "--set should be written as NAME=VALUE"),
        ("serve --host 0.0.0.0", "command line: http.host listens beyond loopback"),
        ("serve --port 99999", "command line: http.port should be less than"),
        ("demo --replay EURUSD", "--replay should be written as SYMBOL=FILE"),
        ("demo --replay A=1 --replay A=2", "--replay is given twice for 'A'"),
        ("keys list", "there are no keys in"),
        ("keys revoke 123456789012 --data-dir gone", "there are no keys in"),
        ("keys create --name x --terminal demo --expires 3y", "--expires should be like 90d"),
    ],
)
def test_a_wrong_option_is_one_line_and_exit_code_2(args: str, message: str) -> None:
    assert message in refusal(*args.split())


def test_a_key_is_made_and_its_token_is_shown_once() -> None:
    Path("pitwire.toml").write_text(TERMINAL)
    done = pitwire("keys", "create", "--name", "my app", "--terminal", "demo", "--scope", "read")
    assert done.returncode == 0
    token = done.stdout.removesuffix("\n")
    match = re.fullmatch(r"pw_test_([0-9A-Za-z]{12})_[0-9A-Za-z]{49}", token)
    assert match
    assert done.stderr.splitlines() == [
        f"Key {match[1]} is made. The line above is shown this once: keep it."
    ]
    private = token.rpartition("_")[2]
    for listing in (pitwire("keys", "list"), pitwire("keys", "list", "--json")):
        assert match[1] in listing.stdout
        assert private not in listing.stdout
    stored = b"".join(file.read_bytes() for file in Path("data").iterdir())
    assert private.encode() not in stored


def test_the_list_shows_every_key_with_its_state() -> None:
    first = created("--kind", "live", "--scope", "read", "--scope", "trade", "--expires", "12h")
    second = created("--expires", "never")
    pitwire("keys", "revoke", second["id"])
    rows = json.loads(pitwire("keys", "list", "--json").stdout)
    assert [row["id"] for row in rows] == [first["id"], second["id"]]
    assert [row["state"] for row in rows] == ["active", "revoked"]
    assert [row["kind"] for row in rows] == ["live", "test"]
    assert rows[0]["scopes"] == ["read", "trade"]
    assert "token" not in rows[0]
    table = pitwire("keys", "list").stdout.splitlines()
    assert table[0].split() == [
        "ID", "NAME", "KIND", "STATE", "SCOPES", "TERMINALS", "CREATED", "EXPIRES_AT",
    ]  # fmt: skip
    assert [line.split()[0] for line in table[1:]] == [first["id"], second["id"]]


def test_a_trading_key_expires_and_a_reading_one_does_not() -> None:
    assert created("--scope", "trade")["expires_at"] is not None
    assert created("--scope", "read")["expires_at"] is None
    assert created("--scope", "trade", "--expires", "never")["expires_at"] is None


def test_a_key_that_reaches_nothing_is_made_with_a_note() -> None:
    done = pitwire("keys", "create", "--name", "x", "--terminal", "dmeo")
    assert done.returncode == 0
    assert "the settings have no terminal 'dmeo' yet" in done.stderr
    Path("pitwire.toml").write_text(TERMINAL.replace("simulated = true", ""))
    done = pitwire("keys", "create", "--name", "x", "--terminal", "demo")
    assert "'demo' is not simulated" in done.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("create", "--name", "x", "--terminal", "demo", "--scope", "fly"), "scopes read, trade"),
        (("create", "--name", "", "--terminal", "demo"), "The name of a key"),
        (("create", "--name", "x", "--terminal", "a b"), "names of one or more terminals"),
    ],
)
def test_what_the_gate_refuses_is_one_line_and_exit_code_1(
    args: tuple[str, ...], message: str
) -> None:
    assert message in refusal("keys", *args, code=1)


def test_an_unknown_key_cannot_be_revoked() -> None:
    key = created()
    assert "There is no key '123456789012'" in refusal("keys", "revoke", "123456789012", code=1)
    said = refusal("keys", "revoke", f"x{key['token']}", code=1)
    assert key["token"].rpartition("_")[2] not in said


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    created()
    with closing(Database(folder / "data" / "pitwire.db")) as opened:
        yield opened


@pytest.mark.parametrize("whole_token", [False, True])
def test_a_running_bridge_learns_of_a_key_and_of_its_end(
    database: Database, *, whole_token: bool
) -> None:
    door = open_gate(database, read_secret("file:data/pepper")).door
    changed = threading.Event()
    database.watch(changed.set)
    key = created()
    assert changed.wait(20)
    assert door.enter(key["token"], source=None).key_id == key["id"]
    changed.clear()
    done = process("keys", "revoke", key["token" if whole_token else "id"])
    assert done.stdout == f"Key {key['id']} is revoked.\n"
    assert changed.wait(20)
    with pytest.raises(Unauthenticated):
        door.enter(key["token"], source=None)


def test_the_data_folder_of_the_command_line_is_relative_to_it(folder: Path) -> None:
    (folder / "etc").mkdir()
    (folder / "etc" / "pitwire.toml").write_text(TERMINAL)
    created("--config", "etc/pitwire.toml")
    created("--config", "etc/pitwire.toml", "--data-dir", "here")
    assert (folder / "etc" / "data" / "pitwire.db").exists()
    assert (folder / "here" / "pitwire.db").exists()
    assert not (folder / "data").exists()


started: "list[subprocess.Popen[str]]" = []


@pytest.fixture(autouse=True)
def none_left_running() -> Iterator[None]:
    yield
    while started:
        running = started.pop()
        if running.poll() is None:
            running.kill()
            running.communicate()


def start(*args: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "pitwire", *args]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    started.append(running)
    return running


def ended(running: "subprocess.Popen[str]", number: signal.Signals) -> tuple[str, str]:
    running.send_signal(number)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 0, err
    assert "Traceback" not in err
    return out, err


def sim(*args: str) -> tuple["subprocess.Popen[str]", dict[str, str]]:
    """Start a simulated terminal on free ports; give its endpoints."""
    free = ("--commands", "tcp://127.0.0.1:0", "--stream", "tcp://127.0.0.1:0")
    running = start("sim", "--secret", "file:data/demo.secret", *free, *args)
    assert running.stdout is not None
    lines = [running.stdout.readline().split() for _ in range(2)]
    if not all(lines):
        raise AssertionError(running.communicate()[1])
    return running, {name: endpoint for name, endpoint in lines}  # noqa: C416 - checks the pairs


def get(url: str, token: str) -> dict[str, object]:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
        found: dict[str, object] = json.load(response)
        return found


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_simulated_terminal_runs_until_it_is_told_to_stop(number: signal.Signals) -> None:
    running, endpoints = sim("--symbols", "EURUSD,BTCUSD", "--journal", "data/journal")
    assert endpoints.keys() == {"commands", "stream"}
    assert endpoints["commands"] != endpoints["stream"]
    secret = Path("data/demo.secret").read_text().strip()
    out, err = ended(running, number)
    assert secret not in out + err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("--symbols EURUSD,NOPE", "there is no symbol 'NOPE'; there are "),
        ("--replay EURUSD=gone.csv", "gone.csv"),
        ("--commands ipc://x", "ipc://x"),
        ("--leverage 0", "leverage must be from 1"),
        ("--log-level loud", "--log-level should be debug, info, warning or error"),
        ("--next-secret env:PITWIRE_NOWHERE", "PITWIRE_NOWHERE is not set"),
        (f"--curve-public {TERMINAL_PUBLIC}", "belong together; give all three"),
        (f"{CURVE} --curve-public short", "--curve-public should be a CURVE key"),
        (f"{CURVE} --curve-public {BRIDGE_PUBLIC}", "--curve-public does not belong to"),
        (f"{CURVE} --curve-secret file:data/demo.secret", "should be a CURVE key"),
        ("--commands tcp://0.0.0.0:0", "can be reached from outside: give CURVE keys"),
    ],
)
def test_what_a_simulated_terminal_cannot_do_is_one_line(
    args: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CURVE_SECRET", TERMINAL_SECRET)
    assert message in refusal("sim", "--secret", "file:data/demo.secret", *args.split())


def test_a_secret_that_is_none_is_refused_and_not_quoted() -> None:
    Path("short").write_text("hunter2")
    Path("short").chmod(0o600)
    said = refusal("sim", "--secret", "file:short")
    assert "64 hexadecimal digits" in said or "32 bytes" in said
    assert "hunter2" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_terminal_key_and_bridge_work_together_as_the_first_page_says() -> None:
    terminal, endpoints = sim()
    text = TERMINAL.replace("tcp://127.0.0.1:5555", endpoints["commands"])
    Path("pitwire.toml").write_text(text.replace("tcp://127.0.0.1:5556", endpoints["stream"]))
    key = created("--scope", "read")
    bridge = start("serve", "--port", "0", "--log-format", "json")
    logged = until_it_listens(bridge)
    account = get(f"{logged[-1]['url']}/api/v1/account/info", key["token"])
    assert account["currency"] == "USD"
    out, err = ended(bridge, signal.SIGTERM)
    ended(terminal, signal.SIGTERM)
    for text in (out, err, json.dumps(logged)):
        assert key["token"] not in text
        assert Path("data/demo.secret").read_text().strip() not in text
    assert all(json.loads(line)["timestamp"].endswith("Z") for line in err.splitlines())


def until_it_listens(bridge: "subprocess.Popen[str]") -> list[dict[str, str]]:
    """Read the log up to the line that names the address."""
    assert bridge.stderr is not None
    logged: list[dict[str, str]] = []
    for line in bridge.stderr:
        logged.append(json.loads(line))
        if "url" in logged[-1]:
            return logged
    raise AssertionError(logged)


def free_endpoints() -> tuple[str, str]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        first, second = (f"tcp://127.0.0.1:{found.getsockname()[1]}" for found in (one, two))
        return first, second


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_terminal_that_dials_speaks_curve_with_a_bridge_that_binds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CURVE_SECRET", TERMINAL_SECRET)
    monkeypatch.setenv("CURVE_OF_THE_BRIDGE", BRIDGE_SECRET)
    commands, stream = free_endpoints()
    endpoints = ("--commands", commands, "--stream", stream)
    terminal, _ = sim("--dial", *CURVE.split(), *endpoints)
    text = TERMINAL.replace("tcp://127.0.0.1:5555", commands)
    Path("pitwire.toml").write_text(
        f"{text.replace('tcp://127.0.0.1:5556', stream)}bind = true\n"
        "[terminals.demo.curve]\n"
        f"public = '{BRIDGE_PUBLIC}'\n"
        "secret = 'env:CURVE_OF_THE_BRIDGE'\n"
        f"terminal_public = '{TERMINAL_PUBLIC}'\n"
    )
    key = created()
    bridge = start("serve", "--port", "0", "--log-format", "json")
    url = until_it_listens(bridge)[-1]["url"]
    assert get(f"{url}/api/v1/account/info", key["token"])["currency"] == "USD"
    for out in (*ended(bridge, signal.SIGTERM), *ended(terminal, signal.SIGTERM)):
        assert BRIDGE_SECRET not in out
        assert TERMINAL_SECRET not in out


def test_a_recording_is_history_or_is_played_from_its_start() -> None:
    rows = ("2024-01-02 00:00:00,1.1,1.2,1.0,1.1,5", "2024-01-02 01:00:00,1.1,1.3,1.1,1.2,5")
    Path("bars.csv").write_text("\n".join((",Open,High,Low,Close,Volume", *rows)) + "\n")
    options = {"seed": 1, "symbols": "EURUSD", "utc_offset_s": 0, "replay": ["EURUSD=bars.csv"]}
    start_s, end_s = (
        market_of(**options, play=play).now_msc() // 1000  # type: ignore[arg-type]
        for play in ("start", "end")
    )
    begin = 1_704_153_600
    assert begin <= start_s < begin + 60
    assert begin + 7199 <= end_s < begin + 7260


class Broken:
    """A terminal whose thread fails at once."""

    commands = stream = "tcp://127.0.0.1:1"

    def __enter__(self) -> None:
        threading.Thread(target=lambda: 1 / 0).start()

    def __exit__(self, *_: object) -> None:
        pass


def test_a_terminal_that_fails_inside_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda hook: reported.append(hook.exc_type))
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with pytest.raises(typer.Exit) as ended:
            run_terminal(Broken())  # type: ignore[arg-type]
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert ended.value.exit_code == 1
    assert reported == [ZeroDivisionError]
