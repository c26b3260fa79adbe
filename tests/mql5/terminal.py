"""The Expert Advisor itself as a terminal: its own code, built natively, in front of `pitwire.sim`.

`EaTerminal` has the interface of `pitwire.sim.terminal.SimTerminal`. As a command,
`python tests/mql5/terminal.py` takes the options of `pitwire sim` and prints the same two lines.
"""

import itertools
import os
import re
import shutil
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":  # a script finds its own folder only
    sys.path.insert(0, str(ROOT))

import zmq  # noqa: E402
from tests.mql5.build import EXPERT, build  # noqa: E402
from tests.mql5.server import TradeServer  # noqa: E402
from tests.mql5.server_conditions import Conditions  # noqa: E402
from tests.mql5.terminal_program import RELOAD, Program  # noqa: E402
from tests.mql5.windows import NATIVE, system  # noqa: E402

from pitwire.errors import ConfigError  # noqa: E402
from pitwire.sim.account import AccountSettings  # noqa: E402
from pitwire.sim.broker import Broker  # noqa: E402
from pitwire.sim.faults import Faults  # noqa: E402
from pitwire.sim.market import Market  # noqa: E402
from pitwire.sim.sockets import CurveKeys  # noqa: E402
from pitwire.wire.handshake import Secret  # noqa: E402

VARIANT = os.environ.get("EA_VARIANT", "plain")
"""How the Expert is built where a test does not say.

`asan` checks memory and arithmetic, `win64` runs under Wine.
"""

REASON_REMOVE = 1

_TICKETS_PER_LIFE = 100_000
_GOOD_EXITS = frozenset({0, RELOAD})
_Result = TypeVar("_Result")


class EaTerminal:
    """A terminal with the Expert Advisor on a chart, in a process of its own.

    The parameters of SimTerminal mean the same; `journal` is the data folder, kept over a restart
    (none: a folder that goes with the terminal). `inputs` are further inputs of the Expert,
    `variant` is how it is built, `chart` the symbol it sits on; `expert` is another program to run,
    with the Expert's inputs for the link.

    The trade server, `server`, lives in this process and survives `kill`: `start` begins again on
    the same broker, files and endpoints. `stop` raises RuntimeError when the Expert has crashed.
    """

    def __init__(  # noqa: PLR0913 - those of SimTerminal, and how the Expert is run
        self,
        *,
        name: str = "demo",
        secrets: Sequence[Secret],
        commands: str = "tcp://127.0.0.1:0",
        stream: str = "tcp://127.0.0.1:0",
        market: Market | None = None,
        account: AccountSettings | None = None,
        journal: Path | None = None,
        faults: Faults | None = None,
        curve: CurveKeys | None = None,
        dial: bool = False,
        allow_plain: bool = False,
        inputs: Mapping[str, object] | None = None,
        variant: str = VARIANT,
        chart: str = "",
        clock: str = "real",
        expert: Path = EXPERT,
    ) -> None:
        if not secrets:
            raise ConfigError("A terminal needs a link secret.")
        self.name = name
        self.commands = commands
        self.stream = stream
        self.market = market or Market()
        self.faults = faults or Faults()
        self.inputs = dict(inputs or {})
        self.variant = variant
        self._expert = expert
        self._dial = dial
        self._allow_plain = allow_plain
        self._clock = clock
        self._chart = chart or self.market.names()[0]
        self._temporary = None if journal else Path(tempfile.mkdtemp(prefix="terminal-"))
        self.folder = journal or self._temporary or Path()
        self._write_keys(secrets, curve)
        self.server = TradeServer(
            market=self.market,
            account=account,
            conditions=Conditions(faults=self.faults),
            first_ticket=1 + _TICKETS_PER_LIFE * self._lives(),
        )
        self.server.calls.chart = self._chart
        self.server.on_pulse = self._look_after
        self.program: Program | None = None
        self._executable = Path()
        self._system = NATIVE
        self._crashes: list[str] = []
        self._frozen = False
        self._gate = threading.RLock()

    @property
    def broker(self) -> Broker:
        """The account's broker; it belongs to the server's thread."""
        return self.server.broker

    @property
    def conditions(self) -> Conditions:
        """The switches around the Expert."""
        return self.server.conditions

    @property
    def files(self) -> Path:
        """The Expert's own folder in its sandbox."""
        return self.folder / "MQL5" / "Files" / "Pitwire"

    @property
    def comment(self) -> str:
        """What the Expert shows on its chart."""
        return self.program.comment if self.program else ""

    @property
    def counters(self) -> Counter[str]:
        """What the Expert says that it refused and dropped; refreshed each second."""
        counted: Counter[str] = Counter()
        dropped = re.search(r"\bdropped (\d+)", self.comment)
        refused = re.search(r"^refused frames: (.*)$", self.comment, re.MULTILINE)
        if dropped:
            counted["event_dropped"] = int(dropped[1])
        for word, number in re.findall(r"([a-z_]+) (\d+)", refused[1] if refused else ""):
            counted[word] = int(number)
        return counted

    def start(self) -> None:
        """Start the Expert and wait until it serves.

        Raises ConfigError when it refuses to start.
        """
        self._executable = build(self._expert, variant=self.variant)
        self._system = system(self.variant)
        self.server.start()
        try:
            with self._gate:
                self.program = program = self._launch()
            self.commands, self.stream = self._endpoints(program)
            if self.server.is_manual:
                self.server.show_clock()
        except BaseException:
            self.kill()
            self.server.stop()
            raise

    def stop(self) -> None:
        """Remove the Expert from its chart and close everything; again it does nothing.

        Raises RuntimeError when the Expert has crashed, now or before.
        """
        with self._gate:
            program, self.program = self.program, None
        if program is not None:
            if self._frozen:
                program.thaw()
            self._note_end(program, self._remove(program))
        self.server.stop()
        if self._temporary is not None and not self._crashes:
            shutil.rmtree(self._temporary, ignore_errors=True)
        crashes, self._crashes = self._crashes, []
        if crashes:
            raise RuntimeError("the Expert crashed: " + "\n".join(crashes))

    def kill(self) -> None:
        """End the Expert at once (kill -9); the trade server goes on."""
        with self._gate:
            program, self.program = self.program, None
            self._frozen = False
        if program is not None:
            program.kill()

    def call(self, work: Callable[[], _Result]) -> _Result:
        """Run `work` on the server's thread and give its result, or raise what it raises."""
        return self.server.call(work)

    def skip_ms(self, ms: int) -> None:
        """Let time pass for the Expert's timers, not for its wall clock."""
        self.server.skip_ms(ms)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _write_keys(self, secrets: Sequence[Secret], curve: CurveKeys | None) -> None:
        self.files.mkdir(parents=True, exist_ok=True)
        for secret, ending in zip(secrets, ("key", "next.key"), strict=False):
            self._write_key(ending, secret.to_text() + "\n")
        if curve is not None:
            lines = (curve.bridge_public, curve.public, curve.secret)
            self._write_key("curve", "".join(f"{line.decode()}\n" for line in lines))

    def _write_key(self, ending: str, text: str) -> None:
        file = self.files / f"{self.name}.{ending}"
        file.touch(mode=0o600)
        file.write_text(text)

    def _lives(self) -> int:
        """Count the trade servers that this folder has seen: tickets are never used again."""
        counter = self.folder / "lives"
        lives = int(counter.read_text()) + 1 if counter.exists() else 10
        counter.write_text(str(lives))
        return lives

    def _launch(self) -> Program:
        return Program(
            self._executable,
            folder=self.folder,
            server=self.server.address,
            libraries={"PitwireZmq.dll": self._system.library or libzmq()},
            chart=self._chart,
            clock=self._clock,
            system=self._system,
            inputs={
                "InpTerminal": self.name,
                "InpCommands": self.commands,
                "InpStream": self.stream,
                "InpDial": self._dial,
                "InpAllowPlain": self._allow_plain,
                **self.inputs,
            },
        )

    def _remove(self, program: Program) -> int:
        """Take the Expert from its chart, and give its exit code."""
        if program.exit_code() is None and self._system.is_windows:
            self.server.control("stop", REASON_REMOVE)  # Windows knows no signal for that
            return program.wait()
        return program.stop()

    def _endpoints(self, program: Program) -> tuple[str, str]:
        """Wait until the Expert serves, and read where."""
        try:
            if self._dial:
                program.wait_for(r"^comment ")
                return self.commands, self.stream
            commands = program.wait_for(r"^print .*Pitwire: commands (tcp://\S+)")[1]
            return commands, program.wait_for(r"^print .*Pitwire: stream (tcp://\S+)")[1]
        except TimeoutError as error:
            raise ConfigError(f"The Expert does not serve: {error}") from None

    def _look_after(self) -> None:
        """Do to the process what the faults ask for; runs on the server's thread."""
        with self._gate:
            program = self.program
            if program is None:
                return
            code = program.exit_code()
            if code is not None:
                self.program = None
                self._note_end(program, code)
                if code == RELOAD:
                    self.program = self._launch()
            elif self.faults.mute != self._frozen:
                self._frozen = self.faults.mute
                (program.freeze if self._frozen else program.thaw)()
            elif self.faults.take_drop():
                program.kill()
                self.program = self._launch()

    def _note_end(self, program: Program, code: int) -> None:
        if code not in _GOOD_EXITS:
            said = "\n".join(itertools.islice(reversed(program.lines), 20))
            self._crashes.append(f"exit code {code}, the last lines of {program.log}:\n{said}")


def libzmq() -> Path:
    """Find the libzmq that pyzmq brings along."""
    package = Path(zmq.__file__).parent
    for folder in (package.parent / "pyzmq.libs", package / ".libs", package):
        for found in sorted(folder.glob("libzmq*")):
            return found
    raise ConfigError("This pyzmq has no libzmq of its own: install its wheel from PyPI.")


def main() -> None:
    """Run the command `pitwire sim` with the Expert as its terminal."""
    from pitwire import cli  # noqa: PLC0415
    from pitwire.sim import terminal  # noqa: PLC0415

    terminal.SimTerminal = EaTerminal  # type: ignore[assignment,misc]
    sys.argv[1:1] = ["sim"]
    cli.main()


if __name__ == "__main__":
    main()

__all__ = ["EXPERT", "EaTerminal", "libzmq"]
