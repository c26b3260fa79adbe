"""Replay real EURUSD hours through the whole path, and check what comes back against the file.

The file ships inside the PyPI package `backtesting` (`pip install backtesting`). The simulated
terminal plays it, the bridge serves it, and plain HTTP reads it:

    python docs/examples/real_bars.py
"""

import csv
import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.request import Request, urlopen


def file_of_real_bars() -> Path:
    """Find EURUSD.csv in the installed package."""
    spec = find_spec("backtesting")
    if spec is None or spec.origin is None:
        sys.exit("This example needs real bars: pip install backtesting")
    return Path(spec.origin).parent / "test" / "EURUSD.csv"


def main() -> None:
    """Start a demo bridge, read all bars, compare."""
    file = file_of_real_bars()
    with file.open(newline="") as lines:
        recorded = list(csv.DictReader(lines))
    command = [sys.executable, "-m", "pitwire", "demo", "--port=0", f"--replay=EURUSD={file}"]
    demo = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert demo.stdout is not None
        printed = ""
        while "KEY=" not in printed:
            line = demo.stdout.readline()
            if not line:
                sys.exit("the demo ended before it was ready")
            printed += line
        api = re.findall(r"API\s+(\S+)", printed)[0]
        key = re.findall(r"KEY=(\S+)", printed)[0]
        url = f"{api}/symbols/EURUSD/bars?timeframe=H1&count={len(recorded)}"
        with urlopen(Request(url, headers={"Authorization": f"Bearer {key}"})) as answer:
            bars = json.load(answer)["data"]
    finally:
        demo.terminate()
        demo.wait()
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
