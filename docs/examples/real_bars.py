"""Replay real EURUSD hours through the whole path, and check what comes back against the file.

The file ships inside the PyPI package `backtesting`, which `make install` brings. The simulated
terminal plays it, the bridge serves it, and plain HTTP reads it:

    make install
    .venv/bin/python docs/examples/real_bars.py
"""

import csv
import json
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.request import Request, urlopen


def file_of_real_bars() -> Path:
    """Find EURUSD.csv in the installed package."""
    spec = find_spec("backtesting")
    if spec is None or spec.origin is None:
        sys.exit("This example needs real bars: make install, then run it with .venv/bin/python")
    return Path(spec.origin).parent / "test" / "EURUSD.csv"


def main() -> None:
    """Start a demo bridge, read all bars, compare."""
    file = file_of_real_bars()
    with file.open(newline="") as lines:
        recorded = list(csv.DictReader(lines))
    command = [sys.executable, "-m", "pitwire", "demo", "--port=0", f"--replay=EURUSD={file}"]
    with tempfile.TemporaryFile("w+") as log:
        bars = bars_of(command, count=len(recorded), log=log)
    compare(bars, recorded)


def bars_of(command: list[str], *, count: int, log: IO[str]) -> list[dict[str, Any]]:
    """Read the last bars from a demo bridge; its log is shown when it does not start."""
    demo = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert demo.stdout is not None
        printed = ""
        while "KEY=" not in printed:
            line = demo.stdout.readline()
            if not line:
                demo.wait()
                log.seek(0)
                sys.exit(f"The demo ended before it was ready. It said:\n{log.read()}")
            printed += line
        api = re.findall(r"API\s+(\S+)", printed)[0]
        key = re.findall(r"KEY=(\S+)", printed)[0]
        url = f"{api}/symbols/EURUSD/bars?timeframe=H1&count={count}"
        with urlopen(Request(url, headers={"Authorization": f"Bearer {key}"})) as answer:
            bars: list[dict[str, Any]] = json.load(answer)["data"]
            return bars
    finally:
        demo.terminate()
        demo.wait()


def compare(bars: list[dict[str, Any]], recorded: list[dict[str, str]]) -> None:
    """Check that every bar is the recorded one."""
    for bar, row in zip(bars, recorded, strict=True):
        time = row[""].replace(" ", "T") + ".000Z"
        assert bar["time"] == time, (bar, row)
        for name in ("Open", "High", "Low", "Close"):
            assert bar[name.lower()] == float(row[name]), (bar, row)
    first, last = bars[0], bars[-1]
    print(f"{len(bars)} hourly bars, {first['time']} to {last['time']}, equal to the file.")
    print(f"First: {first['open']} {first['high']} {first['low']} {first['close']}")


if __name__ == "__main__":
    main()
