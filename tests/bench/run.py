"""`make bench`: what Pitwire costs, each figure beside a baseline of the same run.

Absolute figures depend on the machine; the ratios are what to read. `--save` writes them to
docs/benchmarks.md.
"""

import argparse
import asyncio
import logging
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path

import structlog

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.bench import bars, ea, link, rest  # noqa: E402

from pitwire.app import loop_factory  # noqa: E402 - the path above

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


@dataclass
class Report:
    """Lines of Markdown, printed as they come."""

    lines: list[str] = field(default_factory=list)

    def __call__(self, line: str = "") -> None:
        self.lines.append(line)
        print(line, flush=True)


SECTIONS: dict[str, Callable[[Path, Report], Coroutine[None, None, None]]] = {
    "link": link.measure,
    "rest": rest.measure,
    "bars": bars.measure,
    "ea": ea.measure,
}


def machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        )
        if Path("/proc/cpuinfo").exists()
        else iter(()),
        platform.processor() or "unknown processor",
    )
    return (
        f"{os.cpu_count()} cores, {model}, {platform.system()} {platform.release()}, "
        f"CPython {platform.python_version()}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="all when not given")
    parser.add_argument("--save", action="store_true", help="write docs/benchmarks.md")
    arguments = parser.parse_args()
    report = Report()
    report("# Benchmarks")
    report()
    report(f"Made by `make bench` on: {machine()}.")
    report("Times are medians unless they say p99. Read the ratios: both sides of each come from")
    report("the same run on the same machine, their rounds interleaved.")
    for name in arguments.sections or SECTIONS:
        with (
            tempfile.TemporaryDirectory(prefix="pitwire-bench-") as folder,
            asyncio.Runner(loop_factory=loop_factory()) as runner,
        ):
            runner.run(SECTIONS[name](Path(folder), report))
    if arguments.save:
        (ROOT / "docs" / "benchmarks.md").write_text("\n".join(report.lines) + "\n")


if __name__ == "__main__":
    main()
