"""A translated MQL5 program as a process: what it prints, how it ends."""

import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.mql5.windows import NATIVE, System

PATIENCE_S = 30.0
RELOAD = 75
"""Exit code of a program that the terminal loads again: the account was changed."""


class Program:
    """One program on one chart. What it says is kept, in `lines` and in the file `log`.

    `inputs` are the program's, `libraries` the DLLs that it imports with the files that stand for
    them. `on_line` is called in a thread of its own.
    """

    def __init__(  # noqa: PLR0913 - the options of the executable
        self,
        executable: Path,
        *,
        folder: Path,
        server: str | None = None,
        inputs: Mapping[str, object] | None = None,
        libraries: Mapping[str, Path] | None = None,
        chart: str = "",
        clock: str = "real",
        system: System = NATIVE,
        on_line: Callable[[str], None] = lambda _line: None,
    ) -> None:
        files = folder / "MQL5" / "Files"
        files.mkdir(parents=True, exist_ok=True)
        common = folder / "Common" / "Files"
        common.mkdir(parents=True, exist_ok=True)
        self.log = folder / "program.log"
        self.lines: list[str] = []
        self.comment = ""
        self._on_line = on_line
        self._changed = threading.Condition()
        self._ended = False
        command = [*system.start, system.path(executable), "--files", system.path(files)]
        command += ["--common", system.path(common), "--clock", clock]
        command += ["--server", server] if server else []
        command += ["--chart", chart] if chart else []
        for name, path in (libraries or {}).items():
            command += ["--library", f"{name}={system.path(path)}"]
        for name, value in (inputs or {}).items():
            command += ["--input", f"{name}={_text(value)}"]
        self._process = subprocess.Popen(
            command,
            env=system.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for whoever started us
        )
        self._reader = threading.Thread(target=self._read, name="program", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def prints(self) -> list[str]:
        """What it printed by Print."""
        return [line.removeprefix("print ") for line in self.lines if line.startswith("print ")]

    def exit_code(self) -> int | None:
        """Tell how it ended, None while it runs."""
        return self._process.poll()

    def wait_for(self, pattern: str, *, within_s: float = PATIENCE_S) -> "re.Match[str]":
        """Wait for a line that matches; earlier ones count.

        Raises TimeoutError with everything that was said.
        """
        found: list[re.Match[str]] = []

        def look() -> bool:
            found[:] = [m for m in (re.search(pattern, line) for line in self.lines) if m]
            return bool(found) or self._ended

        with self._changed:
            self._changed.wait_for(look, within_s)
        if not found:
            said = "\n".join(self.lines[-50:])
            raise TimeoutError(
                f"the program never said {pattern} (exit {self.exit_code()}):\n{said}"
            )
        return found[0]

    def wait(self, *, within_s: float = PATIENCE_S) -> int:
        """Wait for its end and give the exit code."""
        code = self._process.wait(within_s)
        self._reader.join(within_s)
        return code

    def stop(self, *, within_s: float = PATIENCE_S) -> int:
        """Remove it from the chart and give the exit code."""
        self._process.terminate()
        return self.wait(within_s=within_s)

    def kill(self) -> None:
        """End it without any chance to clean up."""
        self._process.kill()
        self.wait()

    def freeze(self) -> None:
        """Let it stand still, with its sockets open."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream, self.log.open("ab") as log:
            for raw in stream:
                log.write(raw)
                log.flush()
                self._keep(raw.decode("utf-8", "replace").rstrip("\n"))
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _keep(self, line: str) -> None:
        with self._changed:
            self.lines.append(line)
            if line.startswith("comment "):
                self.comment = line.removeprefix("comment ").replace("\\n", "\n")
            self._changed.notify_all()
        self._on_line(line)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


__all__ = ["RELOAD", "Program"]
