"""Fuzzes the Expert's decoder, verifier and commands with libFuzzer, for a bounded time.

`python tests/mql5/fuzz/run.py [--seconds N] [--keep] [TARGET]...`. It needs clang. The exit code is
1 when something was found; the input is printed, and kept in build/mql5/found/. `--keep` adds to
the corpus what reaches code that nothing reached before.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
if __name__ == "__main__":  # a script finds its own folder only
    sys.path.insert(0, str(ROOT))

from tests.mql5.build import FOLDER as BUILT  # noqa: E402
from tests.mql5.build import BuildError, build  # noqa: E402
from tests.mql5.fuzz.corpus import (  # noqa: E402
    Target,
    differences,
    keep,
    kept,
    replay,
    seeds,
    words,
)

SLOWEST_INPUT_S = 10
LONGEST_INPUT = 4096
FOUND = BUILT / "found"


@dataclass(frozen=True, slots=True)
class Run:
    """One target, in a folder of its own."""

    target: Target
    folder: Path
    seconds: int

    def fuzz(self) -> list[str]:
        """Fuzz; return what was found, in words."""
        corpus = self._folder("corpus")
        _write(corpus, seeds(self.target) | kept(self.target))
        (self.folder / "words").write_text("\n".join(map(_quoted, sorted(words()))))
        done = self._libfuzzer(
            f"-max_total_time={self.seconds}",
            f"-timeout={SLOWEST_INPUT_S}",
            f"-max_len={LONGEST_INPUT}",
            f"-dict={self.folder / 'words'}",
            f"-artifact_prefix={self._folder('found')}/",
            "-print_final_stats=1",
            str(corpus),
        )
        last = [line for line in done.stderr.splitlines() if "exec/s" in line]
        sys.stdout.write(f"{self.target.value}: {last[-1] if last else 'nothing was run'}\n")
        if done.returncode:
            return [self._crash(one, done.stderr) for one in _read(self._folder("found"))] or [
                f"{self.target.value} failed:\n{done.stderr[-4000:]}"
            ]
        inputs = sorted(_read(corpus))
        verdicts = replay(self.target.program, inputs, folder=self.folder)
        return differences(self.target, inputs, verdicts)

    def keep(self) -> None:
        """Keep in the corpus what reaches more than the seeds do."""
        merged = self._folder("merged")
        begun = seeds(self.target)
        _write(merged, begun)
        self._libfuzzer("-merge=1", str(merged), str(self._folder("corpus")))
        keep(self.target, _read(merged) - begun)

    def _libfuzzer(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(build(self.target.program, variant="fuzz")), *arguments],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=self.seconds + 600,
            check=False,
        )

    def _folder(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def _crash(self, one: bytes, said: str) -> str:
        FOUND.mkdir(parents=True, exist_ok=True)
        name = f"{self.target.value.lower()}-{hashlib.sha256(one).hexdigest()[:12]}.txt"
        (FOUND / name).write_text(f"{one.hex()}\n", encoding="ascii")
        return f"{self.target.value} stops at {one.hex()}:\n{said[-4000:]}"


def _write(folder: Path, inputs: set[bytes]) -> None:
    for one in inputs:
        (folder / hashlib.sha256(one).hexdigest()).write_bytes(one)


def _read(folder: Path) -> set[bytes]:
    return {path.read_bytes() for path in folder.iterdir()}


def _quoted(word: bytes) -> str:
    return '"' + "".join(f"\\x{byte:02x}" for byte in word) + '"'


def main() -> int:
    """Fuzz the targets that the command line names, all at the same time."""
    parser = argparse.ArgumentParser(description="Fuzz the Expert Advisor's own code.")
    names = [target.value for target in Target]
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(names))
    parser.add_argument("--seconds", type=int, default=60, help="how long each (60)")
    parser.add_argument("--keep", action="store_true", help="add to the corpus what is new")
    options = parser.parse_args()
    try:
        targets = [Target(name) for name in options.targets or names]
        for target in targets:
            build(target.program, variant="fuzz")
    except (BuildError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        places = [Path(folder) / target.value for target in targets]
        for place in places:
            place.mkdir()
        runs = [
            Run(target, place, options.seconds)
            for target, place in zip(targets, places, strict=True)
        ]
        for one in pool.map(Run.fuzz, runs):
            found += one
        if options.keep and not found:
            list(pool.map(Run.keep, runs))
    sys.stdout.writelines(f"{one}\n" for one in found)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
