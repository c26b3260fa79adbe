import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pitwire.errors import ConfigError
from pitwire.settings import Settings, TerminalSettings, load_settings
from pitwire.settings.model import MAX_HEARTBEAT_MS
from pitwire.terminal.settings import LinkSettings
from pitwire.wire.envelope import REKEY_AFTER_S
from pitwire.wire.handshake import SILENCE_MS, Secret

TERMINAL = """
[terminals.office]
commands = "tcp://127.0.0.1:5555"
stream = "tcp://127.0.0.1:5556"
secret = "file:office.secret"
"""
SECRET = "5e" * 32


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.upper().startswith("PITWIRE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def load(text: str | bytes, **overrides: Any) -> Settings:
    file = Path("pitwire.toml")
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_settings(file, overrides=overrides)


def refusal(text: str | bytes, **overrides: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        load(text, **overrides)
    error = caught.value
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    message = str(error)
    assert message.isprintable()
    return message


def test_without_anything_there_are_safe_defaults(tmp_path: Path) -> None:
    found = load_settings()
    assert found.http.host == "127.0.0.1"
    assert found.terminals == {}
    assert found.data_dir == tmp_path / "data"
    assert found.gate.pepper == f"file:{tmp_path / 'data' / 'pepper'}"
    assert found.database_file == tmp_path / "data" / "pitwire.db"


def test_the_file_of_the_working_folder_is_found() -> None:
    load("name = 'found'")
    assert load_settings().name == "found"


def test_a_variable_names_another_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("other.toml").write_text("name = 'other'")
    monkeypatch.setenv("PITWIRE_CONFIG", "other.toml")
    assert load_settings().name == "other"


def test_command_line_beats_environment_beats_file(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "[http]\nport = 1\nmax_bars = 1\nmax_ticks = 1\n"
    monkeypatch.setenv("PITWIRE_HTTP__MAX_BARS", "2")
    monkeypatch.setenv("PITWIRE_HTTP__MAX_TICKS", "2")
    http = load(text, **{"http.max_ticks": "3"}).http
    assert (http.port, http.max_bars, http.max_ticks) == (1, 2, 3)


def test_a_terminal_is_completed_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PITWIRE_TERMINALS__OFFICE__LOGIN", "12345")
    monkeypatch.setenv("PITWIRE_TERMINALS__OFFICE__SERVER", "Broker-Demo")
    office = load(TERMINAL).terminals["office"]
    assert (office.login, office.server, office.simulated) == (12345, "Broker-Demo", False)


def test_a_terminal_may_come_from_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = "PITWIRE_TERMINALS__MY_VPS__"
    monkeypatch.setenv(prefix + "COMMANDS", "tcp://127.0.0.1:1")
    monkeypatch.setenv(prefix + "STREAM", "tcp://127.0.0.1:2")
    monkeypatch.setenv(prefix + "SECRET", "env:PITWIRE_VPS_SECRET")
    monkeypatch.setenv("PITWIRE_VPS_SECRET", SECRET)
    assert load_settings().terminals["my_vps"].secret == "env:PITWIRE_VPS_SECRET"


def test_relative_paths_start_at_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "pitwire.toml").write_text("data_dir = 'state'\n" + TERMINAL)
    found = load_settings(folder / "pitwire.toml")
    assert found.data_dir == folder / "state"
    assert found.terminals["office"].secret == f"file:{folder / 'state' / 'office.secret'}"


def test_absolute_paths_and_the_home_folder_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    absolute = (tmp_path / "pepper").as_posix()
    found = load(f"data_dir = '~/pitwire'\n[gate]\npepper = 'file:{absolute}'")
    assert found.data_dir == tmp_path / "home" / "pitwire"
    assert found.gate.pepper == f"file:{tmp_path / 'pepper'}"


def test_the_next_secret_and_curve_secret_are_anchored_too(tmp_path: Path) -> None:
    key = "a" * 40
    office = load(
        f"{TERMINAL}next_secret = 'file:next'\n[terminals.office.curve]\n"
        f"public = '{key}'\nsecret = 'file:curve'\nterminal_public = '{key}'\n"
    ).terminals["office"]
    assert office.next_secret == f"file:{tmp_path / 'data' / 'next'}"
    assert office.curve is not None
    assert office.curve.secret == f"file:{tmp_path / 'data' / 'curve'}"


def test_settings_cannot_be_changed() -> None:
    found = load(TERMINAL)
    with pytest.raises(ValidationError):
        found.http.port = 1  # type: ignore[misc]
    with pytest.raises(ValidationError):
        found.name = "other"  # type: ignore[misc]


def test_making_settings_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("pitwire.toml").write_text("name = 'file'")
    monkeypatch.setenv("PITWIRE_NAME", "environment")
    assert Settings().name == "pitwire"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[http]\nprot = 1", "there is no setting 'http.prot'; did you mean 'http.port'?"),
        ("port = 8080", "there is no setting 'port'; did you mean 'http.port'?"),
        ("[htpp]\nport = 1", "there is no setting 'htpp'"),
        ("zebra = 1", "there is no setting 'zebra'; docs/settings.md lists all"),
        ("[http]\nport = 99999", "http.port should be less than or equal to 65535"),
        ("[http]\nport = 'x'", "http.port should be a valid integer"),
        ("http = 1", "http should be a table"),
        ("terminals = 1", "terminals should be a table"),
        ("[terminals]\noffice = 1", "terminals.office should be a table"),
        ("[terminals.office]\n", "terminals.office.commands is missing"),
        ("log_level = 'loud'", "log_level should be 'debug', 'info', 'warning' or 'error'"),
        ("name = 'Two Words'", "name should be 1 to 64 lower-case letters"),
        ("name = 'a__b'", "name should be 1 to 64 lower-case letters"),
        ("[http]\nhost = 'http://x'", "http.host should be an IP address or a host name"),
        ("[http]\nhost = '0.0.0.0'", "http.host listens beyond loopback"),
        ("[http]\nhost = '::ffff:0.0.0.0'", "http.host listens beyond loopback"),
        ("[http]\nhost = '::'", "http.host listens beyond loopback"),
        ("[link]\nheartbeat_timeout_ms = 1500", "link.heartbeat_timeout_ms should be at least"),
        ("[link]\nheartbeat_interval_ms = 7501", "heartbeat_interval_ms should be less than"),
        ("[link]\nrekey_after_s = 86401", "link.rekey_after_s should be less than"),
        ("[link]\nbackoff_max_ms = 20", "link.backoff_max_ms should not be less than"),
        ("[link]\nmax_in_flight = 1", "link.max_history_in_flight should not be more than"),
        ("[gate]\npepper = 'vault:x'", "gate.pepper should be env:NAME or file:PATH"),
        (TERMINAL.replace("office]", "Office]"), "terminals.Office should be 1 to 64 lower-case"),
        (TERMINAL.replace("5556", "5555"), "terminals.office.commands and stream should be two"),
        (TERMINAL.replace("5556", "99999"), "terminals.office.stream should be written as tcp://"),
        (TERMINAL.replace("tcp://127.0.0.1:5555", "ipc://x"), "terminals.office.commands should"),
        (TERMINAL.replace("127.0.0.1:5555", "10.0.0.7:1"), "terminals.office.commands is not on"),
        (TERMINAL.replace("127.0.0.1:5555", "*:1"), "terminals.office.commands should name a host"),
        (TERMINAL + "next_secret = 'file:office.secret'", "terminals.office.next_secret should"),
        (TERMINAL + "login = 0", "terminals.office.login should be greater"),
        (TERMINAL + "logn = 1", "did you mean 'terminals.office.login'?"),
        (TERMINAL + TERMINAL.replace("office]", "home]"), "the terminals office and home share an"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(text: str, message: str) -> None:
    said = refusal(text)
    assert said.startswith("pitwire.toml: ")
    assert message in said


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[http\n", "is not valid TOML: Expected ']'"),
        (b"\xff\xfea\x00", "is not UTF-8 text"),
        (b"a = " + b"[" * 50_000, "is not valid TOML"),
        (b"a = " + b"9" * 5_000, "is not valid TOML"),
        (b"# " + b"x" * 1_100_000, "is larger than 1 MiB"),
        (b'"a\\u001b[2J\\nb" = 1', "there is no setting 'a\\x1b[2J\\nb'"),
        (b'"' + b"k" * 5_000 + b'" = 1', "kkk...'"),
    ],
)
def test_a_file_that_is_no_settings_file_is_refused(content: bytes, message: str) -> None:
    said = refusal(content)
    assert message in said
    assert len(said) < 300


def test_a_syntax_error_names_the_line() -> None:
    assert "line 3" in refusal("name = 'a'\n\nhttp ? 1\n")


def test_a_byte_order_mark_is_allowed() -> None:
    assert load(b"\xef\xbb\xbfname = 'x'").name == "x"


def test_a_named_file_must_exist() -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml: there is no such settings file"):
        load_settings(Path("gone.toml"))


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("PITWIRE_HTTP__PORT", "x", "PITWIRE_HTTP__PORT should be a valid integer"),
        ("PITWIRE_HTTP__PROT", "1", "PITWIRE_HTTP__PROT sets nothing; did you mean"),
        ("PITWIRE_HTPP__PORT", "1", "did you mean 'PITWIRE_HTTP__PORT'?"),
        ("PITWIRE_HTTP", "{", "PITWIRE_HTTP sets nothing; it is a table"),
        ("PITWIRE_LOG_LEVEL__X", "1", "PITWIRE_LOG_LEVEL__X sets nothing"),
        ("PITWIRE_PORT", "tcp://10.0.0.1:80", "PITWIRE_PORT sets nothing; did you mean"),
        ("PITWIRE_ZEBRA", "1", "PITWIRE_ZEBRA sets nothing; docs/settings.md lists all"),
        ("PITWIRE_TERMINALS__OFFICE__LOGIN", "x", "PITWIRE_TERMINALS__OFFICE__LOGIN should be"),
        ("PITWIRE_TERMINALS__OFFICE", "{}", "PITWIRE_TERMINALS__OFFICE sets nothing"),
    ],
)
def test_what_is_wrong_in_the_environment_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)
    said = refusal(TERMINAL)
    assert said.startswith("environment: ")
    assert message in said


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("http.port", "x", "http.port should be a valid integer"),
        ("http.prot", "1", "there is no setting 'http.prot'; did you mean 'http.port'?"),
        ("http", "1", "there is no setting 'http'; it is a table"),
        ("terminals.office", "1", "it is a table"),
        ("http.port.x", "1", "there is no setting 'http.port.x'"),
        ("", "1", "there is no setting ''"),
        (".", "1", "there is no setting '.'"),
    ],
)
def test_what_is_wrong_on_the_command_line_is_named(name: str, value: str, message: str) -> None:
    said = refusal(TERMINAL, **{name: value})
    assert said.startswith("command line: ")
    assert message in said


@pytest.mark.parametrize(
    "text",
    [
        TERMINAL.replace("file:office.secret", SECRET),
        f"{TERMINAL}next_secret = '{SECRET}'",
        f"{TERMINAL}login = '{SECRET}'",
        f"{TERMINAL}[terminals.office.curve]\npublic = '{SECRET}'",
        f"[gate]\npepper = '{SECRET}'",
        f"[http]\nport = '{SECRET}'",
        f"gate = '{SECRET}'",
        f"log_level = '{SECRET}'",
        f"data_dir = ['{SECRET}']",
        f"zebra = '{SECRET}'",
        f"[gate]\npepper = '{SECRET}",
        f"[gate]\npepper = {SECRET}",
    ],
)
def test_no_message_quotes_a_value(text: str) -> None:
    assert SECRET not in refusal(text)


def test_no_message_quotes_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PITWIRE_GATE", f'{{"pepper": "{SECRET}"')
    assert SECRET not in refusal("")
    monkeypatch.delenv("PITWIRE_GATE")
    monkeypatch.setenv("PITWIRE_GATE__PEPPER", SECRET)
    assert SECRET not in refusal("")


def test_the_largest_timings_are_those_that_the_link_takes() -> None:
    assert MAX_HEARTBEAT_MS == SILENCE_MS // 2
    found = load(f"""
[link]
heartbeat_interval_ms = {MAX_HEARTBEAT_MS}
heartbeat_timeout_ms = {2 * MAX_HEARTBEAT_MS}
rekey_after_s = {REKEY_AFTER_S}
""")
    with pytest.raises(ConfigError):
        load(f"[link]\nrekey_after_s = {REKEY_AFTER_S + 1}")
    LinkSettings(
        name="office",
        commands="tcp://127.0.0.1:5555",
        stream="tcp://127.0.0.1:5556",
        secrets=(Secret.random(),),
        heartbeat_interval_ms=found.link.heartbeat_interval_ms,
        heartbeat_timeout_ms=found.link.heartbeat_timeout_ms,
        rekey_after_s=found.link.rekey_after_s,
    )


def test_curve_or_a_tunnel_allow_an_endpoint_elsewhere() -> None:
    away = TERMINAL.replace("127.0.0.1", "vps.example.org")
    assert load(away + "allow_plain = true").terminals["office"].allow_plain
    waiting = TERMINAL.replace("127.0.0.1", "*") + "bind = true\nallow_plain = true"
    assert load(waiting).terminals["office"].bind


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "::ffff:127.0.0.1"])
def test_loopback_needs_no_permission(host: str) -> None:
    assert load(f"[http]\nhost = '{host}'").http.host == host


def test_a_terminal_is_made_in_code_as_well() -> None:
    terminal = TerminalSettings(
        commands="tcp://[::1]:1", stream="tcp://[::1]:2", secret="env:LINK", simulated=True
    )
    assert terminal.simulated


@given(content=st.binary(max_size=200))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_whatsoever_ends_in_a_traceback(content: bytes) -> None:
    try:
        load(content)
    except ConfigError as error:
        assert str(error).isprintable()  # noqa: PT017 - most files are refused, a few are not
