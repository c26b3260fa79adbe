"""The golden vectors in the Expert's own code: the self-test that a user runs in a terminal."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.mql5.build import ROOT, build

from pitwire.wire.commands import COMMANDS, CommandCode, Lane
from pitwire.wire.emit_vectors import vectors

SCRIPT = ROOT / "mql5" / "Scripts" / "Pitwire"
LANES = ROOT / "mql5" / "Include" / "Pitwire" / "Channel" / "Lanes.mqh"

pytestmark = pytest.mark.timeout(600)  # the first build of the runtime takes its time


def run(program: Path, folder: Path) -> list[str]:
    """Run a script and give what it printed."""
    done = subprocess.run(
        [str(build(program)), "--files", str(folder)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [line.removeprefix("print SelfTest: ") for line in done.stdout.splitlines()]


def test_every_vector_passes(tmp_path: Path) -> None:
    *failures, count = run(SCRIPT / "SelfTest.mq5", tmp_path)
    assert failures == []
    found = re.fullmatch(r"(\d+) passed, 0 failed", count)
    assert found is not None, count
    tables = re.findall(r"#define PW_VECTORS_\w+ (\d+)", vectors())
    assert int(found[1]) > sum(map(int, tables))


def test_a_vector_that_is_not_kept_is_named(tmp_path: Path) -> None:
    changes = {
        "body: integer 255": ('"81a176ccff",\n   "integer"', '"81a176ccfe",\n   "integer"'),
        "bad body: an array": ('"9101"', '"81a16101"'),
        "key: HELLO": ("b5c489a6daed", "b5c489a6daee"),
        "frame: PING 1, tag": ("f78615ffe9bffa", "f78615ffe9bffb"),
        "bad frame: repeated": ('"repeated",\n   "4d35', '"repeated",\n   "4e35'),
        "WELCOME": ('"Broker-Demo"', '"Broker-Demp"'),
        "packed ticks": ('"2.25"', '"2.5"'),
    }
    text = vectors()
    for old, new in changes.values():
        assert old in text, old
        text = text.replace(old, new, 1)
    shutil.copy(SCRIPT / "SelfTest.mq5", tmp_path)
    (tmp_path / "Vectors.mqh").write_text(text, newline="\r\n")
    *failures, count = run(tmp_path / "SelfTest.mq5", tmp_path)
    assert changes.keys() <= {line.removeprefix("FAILED ") for line in failures}
    assert count.endswith(f" {len(failures)} failed")


def test_the_expert_serves_each_command_in_its_lane() -> None:
    text = LANES.read_text(encoding="ascii")
    switch = text[text.index("switch(kind)") : text.index("default:")]
    for lane in (Lane.TRADE, Lane.HISTORY):
        cases, _, switch = switch.partition(f"return(PW_LANE_{lane.name});")
        listed = set(re.findall(r"case PW_COMMAND_(\w+):", cases))
        assert listed == {
            CommandCode(code).name for code, kind in COMMANDS.items() if kind.lane == lane
        }
    assert "case" not in switch
