"""Real processes for the stories: a simulated terminal, a bridge in front of it, keys for apps."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx2

PITWIRE = [sys.executable, "-m", "pitwire"]
ROOT = Path(__file__).resolve().parents[2]
PEER = os.environ.get("TEST_PEER", "sim")
"""Which terminal the stories are told with: `sim`, or `ea` for the Expert Advisor's own code."""
TERMINALS = {
    "sim": [*PITWIRE, "sim"],
    "ea": [sys.executable, str(ROOT / "tests" / "mql5" / "terminal.py")],
}


class Process:
    """A `pitwire` command that runs; what it prints is kept and can be waited for."""

    def __init__(self, *arguments: str, cwd: Path, command: Sequence[str] = PITWIRE) -> None:
        environment = {name: value for name, value in os.environ.items() if "PITWIRE" not in name}
        self.popen = subprocess.Popen(
            [*command, *arguments],
            cwd=cwd,
            env={**environment, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.popen.stdout is not None
        for line in self.popen.stdout:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_for(self, pattern: str, *, timeout_s: float = 20) -> "re.Match[str]":
        """Wait for a line that matches, those already printed included."""
        found: list[re.Match[str]] = []

        def look() -> bool:
            found[:] = [m for m in (re.search(pattern, line) for line in self.lines) if m]
            return bool(found) or self._ended

        with self._changed:
            self._changed.wait_for(look, timeout_s)
        assert found, f"no line matches {pattern}:\n{self.output}"
        return found[0]

    @property
    def output(self) -> str:
        """Everything printed so far."""
        return "\n".join(self.lines)

    def kill(self) -> None:
        """End it without any chance to clean up."""
        self.popen.kill()
        self._finish()

    def stop(self, *, timeout_s: float = 15) -> int:
        """Ask it to end, and return its exit code."""
        self.popen.terminate()
        return self.wait(timeout_s=timeout_s)

    def wait(self, *, timeout_s: float = 15) -> int:
        """Wait for its end, and return its exit code."""
        code = self.popen.wait(timeout_s)
        self._finish()
        return code

    def _finish(self) -> None:
        self.popen.wait(15)
        self._reader.join(15)
        assert self.popen.stdout is not None
        self.popen.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.popen.poll() is None:
            self.popen.kill()
        self._finish()


def run(*arguments: str, cwd: Path, timeout_s: float = 30) -> "subprocess.CompletedProcess[str]":
    """Run a `pitwire` command to its end."""
    environment = {name: value for name, value in os.environ.items() if "PITWIRE" not in name}
    return subprocess.run(
        [*PITWIRE, *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


@dataclass
class Site:
    """A folder with one bridge, its simulated terminal and the keys that were made."""

    folder: Path
    sim_options: list[str] = field(default_factory=list)
    settings: str = ""
    name: str = "demo"
    sim: Process = field(init=False)
    bridge: Process = field(init=False)
    commands: str = "tcp://127.0.0.1:0"
    stream: str = "tcp://127.0.0.1:0"
    url: str = ""
    secrets: list[str] = field(default_factory=list)

    def start_sim(self) -> Process:
        """Start the terminal, the second time at the endpoints of the first."""
        self.sim = Process(
            f"--name={self.name}",
            f"--commands={self.commands}",
            f"--stream={self.stream}",
            f"--secret=file:{self.folder / 'link.secret'}",
            f"--journal={self.folder / 'journal'}",
            *self.sim_options,
            cwd=self.folder,
            command=TERMINALS[PEER],
        )
        self.commands = self.sim.wait_for(r"^commands\s+(tcp://\S+)")[1]
        self.stream = self.sim.wait_for(r"^stream\s+(tcp://\S+)")[1]
        return self.sim

    def write_settings(self) -> None:
        """Write pitwire.toml."""
        (self.folder / "pitwire.toml").write_text(
            f"""
{self.settings}

[http]
port = 0

[terminals.{self.name}]
commands = "{self.commands}"
stream = "{self.stream}"
secret = "file:{self.folder / "link.secret"}"
simulated = true
"""
        )

    def start_bridge(self, *options: str) -> Process:
        """Start the bridge and wait until its API is open."""
        self.bridge = Process("serve", *options, cwd=self.folder)
        self.url = self.bridge.wait_for(r"(http://127\.0\.0\.1:\d+)")[1] + "/api/v1"
        return self.bridge

    def key(self, *options: str, scopes: tuple[str, ...] = ("read", "trade")) -> str:
        """Make a key and return its token."""
        made = run(
            "keys",
            "create",
            "--name=test",
            "--terminal=demo",
            "--json",
            *(f"--scope={scope}" for scope in scopes),
            *options,
            cwd=self.folder,
        )
        assert made.returncode == 0, made.stderr
        token: str = json.loads(made.stdout)["token"]
        self.secrets.append(token.rsplit("_", 1)[1])
        self._wait_for_key(token)
        return token

    def _wait_for_key(self, token: str) -> None:
        """The bridge sees what another process wrote within a second, not at once."""
        headers = {"Authorization": f"Bearer {token}"}
        end = time.monotonic() + 20
        while httpx2.get(f"{self.url}/keys/self", headers=headers).status_code == 401:
            assert time.monotonic() < end
            time.sleep(0.05)

    @contextmanager
    def app(self, token: str | None = None, **options: Any) -> Iterator[httpx2.Client]:
        """Open an HTTP client with a key of its own."""
        headers = {"Authorization": f"Bearer {token if token is not None else self.key()}"}
        with httpx2.Client(base_url=self.url, headers=headers, timeout=30, **options) as client:
            yield client

    def close(self) -> None:
        """End what runs."""
        for process in (getattr(self, "bridge", None), getattr(self, "sim", None)):
            if process is not None:
                process.__exit__()


@contextmanager
def site(folder: Path, *sim_options: str, settings: str = "") -> Iterator[Site]:
    """Run a terminal and a bridge in a folder."""
    place = Site(folder, list(sim_options), settings)
    try:
        place.start_sim()
        place.write_settings()
        place.start_bridge()
        yield place
    finally:
        place.close()
