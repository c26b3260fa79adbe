"""The inputs of the fuzz targets: seeds from the golden vectors, and what fuzzing found.

A file of `corpus/` holds one input per line, in hexadecimal digits.
"""

import json
import subprocess
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path

from tests.mql5.build import build
from tests.mql5.terminal import libzmq
from tests.wire.samples import COMMAND_FIELDS

from pitwire.errors import BodyError
from pitwire.wire import codec
from pitwire.wire.commands import COMMANDS

FOLDER = Path(__file__).resolve().parent
VECTORS = FOLDER.parents[1] / "wire" / "vectors"
REPLAY_S = 120
LONGEST_KEPT = 256


class Target(Enum):
    """A program that has a PwFuzz; its value is its name."""

    DECODER = "Decoder"
    FRAMES = "Frames"
    REQUESTS = "Requests"

    @property
    def program(self) -> Path:
        """Its source."""
        return FOLDER / f"{self.value}.mq5"

    @property
    def corpus(self) -> Path:
        """What fuzzing found of it."""
        return FOLDER / "corpus" / f"{self.value.lower()}.txt"


def seeds(target: Target) -> set[bytes]:
    """Return what fuzzing begins with."""
    make = {Target.DECODER: _bodies, Target.FRAMES: _frames, Target.REQUESTS: _requests}
    return set(make[target]())


def kept(target: Target) -> set[bytes]:
    """Return what fuzzing found."""
    return {bytes.fromhex(line) for line in target.corpus.read_text(encoding="ascii").split()}


def keep(target: Target, inputs: Iterable[bytes]) -> None:
    """Write what fuzzing found, the shortest first; long ones cost more than they show."""
    chosen = sorted((len(one), one) for one in inputs if 0 < len(one) <= LONGEST_KEPT)
    lines = [f"{one.hex()}\n" for _, one in chosen]
    target.corpus.parent.mkdir(exist_ok=True)
    target.corpus.write_text("".join(lines), encoding="ascii", newline="\n")


def words() -> set[bytes]:
    """Return what a body of a command is made of: packed names of fields."""
    fields = (name for model in COMMANDS.values() for name in model.model_fields)
    return {codec.pack({name: None})[1:-1] for name in fields}


def replay(
    program: Path, inputs: Iterable[bytes], *, folder: Path, variant: str = "plain"
) -> list[str]:
    """Hand inputs to a target's program, without a fuzzer, and give what it says of each.

    Raises CalledProcessError when it stops at one of them.
    """
    lines = "".join(f"{one.hex()}\n" for one in inputs)
    (folder / "corpus.txt").write_text(lines, encoding="ascii")
    done = subprocess.run(
        [
            str(build(program, variant=variant)),
            *("--files", str(folder), "--library", f"PitwireZmq.dll={libzmq()}"),
        ],
        capture_output=True,
        text=True,
        timeout=REPLAY_S,
        check=True,
    )
    said = [line.removeprefix("print ") for line in done.stdout.splitlines()]
    return [line for line in said if not line.startswith("Pitwire: ")]


def meant(target: Target, one: bytes) -> str | None:
    """Tell what the bridge's own decoder says of an input; None where it is not asked."""
    if target == Target.FRAMES:
        return None
    body = one if target == Target.DECODER else one[1:]
    try:
        codec.unpack(body)
    except BodyError:
        return "refused"
    return "accepted" if target == Target.DECODER else "read"


def differences(target: Target, inputs: list[bytes], verdicts: list[str]) -> list[str]:
    """List where the two decoders differ."""
    return [
        f"{one.hex()}: the Expert says {verdict}, the bridge {expected}"
        for one, verdict in zip(inputs, verdicts, strict=True)
        if (expected := meant(target, one)) not in {None, verdict}
    ]


def _read(name: str) -> dict[str, list[dict[str, str]]]:
    vectors: dict[str, list[dict[str, str]]] = json.loads((VECTORS / name).read_text("ascii"))
    return vectors


def _bodies() -> Iterator[bytes]:
    vectors = _read("bodies.json")
    for case in (*vectors["good"], *vectors["bad"]):
        yield bytes.fromhex(case["body"])


def _frames() -> Iterator[bytes]:
    for name in ("frames.json", "bad_frames.json", "handshake.json"):
        yield from _frames_in(json.loads((VECTORS / name).read_text("ascii")))
    yield from _bodies()


def _frames_in(value: object) -> Iterator[bytes]:
    """Find frames wherever they are in a file of vectors, and their bodies."""
    if isinstance(value, list):
        for item in value:
            yield from _frames_in(item)
    elif isinstance(value, dict):
        frame = value.get("frame")
        if isinstance(frame, str):
            packed = bytes.fromhex(frame)
            yield from (packed, packed[40:-32])
        for item in value.values():
            yield from _frames_in(item)


def _requests() -> Iterator[bytes]:
    for code, cases in COMMAND_FIELDS.items():
        for fields in cases:
            yield bytes([code]) + codec.pack(fields)
