"""A start that cannot work says why in one line; a stop leaves nothing behind."""

import socket
from pathlib import Path

import pytest
from tests.flow.processes import Process, Site, run, site


def fails(*arguments: str, cwd: Path, names: str, code: int = 2) -> str:
    ended = run(*arguments, cwd=cwd)
    assert ended.returncode == code, ended.stderr
    lines = [line for line in ended.stderr.splitlines() if not line.startswith("{")]
    assert len(lines) == 1, ended.stderr
    assert names in lines[0]
    assert "Traceback" not in ended.stderr
    return lines[0]


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        fails("serve", f"--port={port}", cwd=tmp_path, names=f"127.0.0.1:{port}")
        fails(
            "sim",
            "--secret=file:secret",
            f"--commands=tcp://127.0.0.1:{port}",
            cwd=tmp_path,
            names=str(port),
        )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[http]\nport = 'x'", "http.port"),
        ("[http]\nprot = 1", "http.port"),
        ("[http\n", "pitwire.toml"),
        ("[terminals.a]\ncommands = 1", "terminals.a"),
        ("[http]\nhost = '0.0.0.0'", "loopback"),
    ],
)
def test_settings_that_make_no_sense(tmp_path: Path, text: str, names: str) -> None:
    (tmp_path / "pitwire.toml").write_text(text)
    fails("serve", cwd=tmp_path, names=names)


def test_settings_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "pitwire.toml").mkdir()
    fails("serve", cwd=tmp_path, names="pitwire.toml")
    fails("serve", "--config=missing.toml", cwd=tmp_path, names="missing.toml")


def test_a_wrong_link_secret(tmp_path: Path) -> None:
    place = Site(tmp_path)
    try:
        place.start_sim()
        place.write_settings()
        secret = tmp_path / "link.secret"
        text = secret.read_text().strip()
        wrong = ("0" if text[0] != "0" else "1") + text[1:]
        secret.write_text(wrong)
        line = fails("serve", cwd=tmp_path, names="link secret", code=1)
        assert "demo" in line
        assert wrong not in line
        secret.write_text("not a secret")
        line = fails("serve", cwd=tmp_path, names="64 hexadecimal digits")
        assert "not a secret" not in line
        secret.unlink()
        fails("serve", cwd=tmp_path, names="link.secret")
    finally:
        place.close()


def test_two_bridges_never_share_a_ledger(tmp_path: Path) -> None:
    with site(tmp_path) as place:
        fails("serve", cwd=tmp_path, names="another bridge")
        place.bridge.kill()
        place.start_bridge()


def test_a_terminal_that_is_off_is_no_reason_not_to_start(tmp_path: Path) -> None:
    with site(tmp_path) as place:
        place.bridge.stop()
        place.sim.stop()
        place.start_bridge("--set=link.startup_timeout_ms=100")
        with place.app() as client:
            assert client.get("ping").status_code == 200
            assert client.get("terminals").json()["data"][0]["state"] != "live"


def test_a_stop_is_clean_and_prints_no_secret(tmp_path: Path) -> None:
    with site(tmp_path) as place:
        with place.app() as client:
            assert client.get("account/info").status_code == 200
            client.post("orders", json={"symbol": "BTCUSD"})
        with place.app("pw_test_wrong") as client:
            client.get("account/info")
        assert place.bridge.stop() == 0
        assert place.sim.stop() == 0
        output = place.bridge.output + place.sim.output
        assert "Traceback" not in output
        hidden = [*place.secrets, (tmp_path / "link.secret").read_text().strip()]
        hidden += [path.read_text().strip() for path in tmp_path.rglob("pepper")]
        assert len(hidden) >= 3
        assert not [secret for secret in hidden if secret in output]


def test_a_signal_while_the_start_waits_for_terminals_ends_it(tmp_path: Path) -> None:
    place = Site(tmp_path, commands="tcp://127.0.0.1:9", stream="tcp://127.0.0.1:10")
    place.write_settings()
    (tmp_path / "link.secret").touch(mode=0o600)
    (tmp_path / "link.secret").write_text("00" * 32)
    arguments = ("serve", "--set=link.startup_timeout_ms=60000", "--log-level=debug")
    with Process(*arguments, cwd=tmp_path) as bridge:
        bridge.wait_for("link_state")
        assert bridge.stop() == 0
        assert "stopped" in bridge.output


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    fails("serve", cwd=tmp_path, names="data")


def test_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    with Process("demo", "--port=0", cwd=tmp_path) as demo:
        demo.wait_for("KEY=")
        demo.popen.terminate()
        demo.popen.terminate()
        demo.wait()
