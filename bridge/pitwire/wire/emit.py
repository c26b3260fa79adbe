"""Writes what is made from the wire's definition: its page, and what the Expert Advisor needs.

`python -m pitwire.wire.emit` writes it, `--check` only says whether it is as it should be.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pitwire.wire.emit_mql5 import constants
from pitwire.wire.emit_page import page
from pitwire.wire.emit_vectors import vectors

ROOT = Path(__file__).parents[3]

TARGETS: dict[str, tuple[Callable[[], str], str]] = {
    "docs/wire.md": (page, "\n"),
    "mql5/Include/Pitwire/Codec/WireConstants.mqh": (constants, "\r\n"),
    "mql5/Scripts/Pitwire/Vectors.mqh": (vectors, "\r\n"),
}
"""Each file with what makes its text, and its line ends."""


def contents() -> dict[str, bytes]:
    """Make the bytes of every file; `make wire` leaves exactly these."""
    return {
        name: make().replace("\n", ends).encode("ascii") for name, (make, ends) in TARGETS.items()
    }


def stale(root: Path) -> list[str]:
    """Name the files below `root` that are missing or differ from what they should be."""
    return [
        name
        for name, data in contents().items()
        if not (root / name).is_file() or (root / name).read_bytes() != data
    ]


def write(root: Path) -> None:
    """Write every file below `root`."""
    for name, data in contents().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the files; 0 is good, 1 means that a file differs."""
    parser = argparse.ArgumentParser(prog="python -m pitwire.wire.emit", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, tell what differs")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout to write into")
    options = parser.parse_args(arguments)
    if not (options.root / "pyproject.toml").is_file():
        sys.stderr.write(f"{options.root} is no checkout of Pitwire; name one with --root.\n")
        return 1
    if not options.check:
        write(options.root)
        return 0
    differing = stale(options.root)
    for name in differing:
        sys.stderr.write(f"{name} differs from the code; run `make wire`.\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
