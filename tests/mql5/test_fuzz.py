"""The fuzz targets over their corpus, without a fuzzer; and that what they look for is found."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.mql5.fuzz.corpus import (
    FOLDER,
    LONGEST_KEPT,
    Target,
    differences,
    kept,
    replay,
    seeds,
    words,
)

pytestmark = pytest.mark.timeout(600)  # the first build of the runtime takes its time
CRITICAL = 70
# What each target says of its corpus: every way through it is there.
VERDICTS = {
    Target.DECODER: {"accepted", "refused"},
    Target.FRAMES: {
        *("good", "frame", "session", "signature", "sequence", "hello", "handshake"),
        "frame welcome",
    },
    Target.REQUESTS: {"read", "refused"},
}
of_each_target = pytest.mark.parametrize("target", Target, ids=lambda target: target.value)


@of_each_target
def test_the_corpus_passes_and_both_decoders_agree_on_it(target: Target, tmp_path: Path) -> None:
    inputs = sorted(seeds(target) | kept(target))
    verdicts = replay(target.program, inputs, folder=tmp_path)
    assert differences(target, inputs, verdicts) == []
    assert set(verdicts) == VERDICTS[target]


@of_each_target
@pytest.mark.usefixtures("sanitizers")
def test_the_corpus_passes_in_the_checking_build(target: Target, tmp_path: Path) -> None:
    inputs = sorted(seeds(target) | kept(target))
    assert len(replay(target.program, inputs, folder=tmp_path, variant="asan")) == len(inputs)


@of_each_target
def test_the_corpus_is_small_and_in_order(target: Target) -> None:
    lines = target.corpus.read_text(encoding="ascii").splitlines()
    inputs = [bytes.fromhex(line) for line in lines]
    assert inputs == sorted(set(inputs), key=lambda one: (len(one), one))
    assert not set(inputs) & seeds(target)
    assert len(inputs[-1]) <= LONGEST_KEPT


@pytest.mark.parametrize(
    ("target", "right", "wrong"),
    [
        (Target.DECODER, 'KeyInt("v",AsLong(place))', 'KeyInt("v",AsLong(place)/2)'),
        (Target.FRAMES, "PW_TAKEN);\r\n   PwMust", "PW_TAKEN+1);\r\n   PwMust"),
        (Target.REQUESTS, "m_request.Read(m_body)", "m_body[0]==0"),
    ],
    ids=["value", "repetition", "end"],
)
def test_what_does_not_hold_stops_the_program(
    target: Target, right: str, wrong: str, tmp_path: Path
) -> None:
    program = tmp_path / target.program.name
    text = target.program.read_bytes().decode("ascii")
    assert text.count(right) == 1
    program.write_bytes(text.replace(right, wrong).encode("ascii"))
    shutil.copy(FOLDER / "Replay.mqh", tmp_path)
    with pytest.raises(subprocess.CalledProcessError) as stopped:
        replay(program, [b"\x81\xa1v\x07", b"\x01"], folder=tmp_path)
    assert stopped.value.returncode == CRITICAL
    assert "critical array out of range" in stopped.value.stderr


def test_decoders_that_differ_are_named() -> None:
    found = differences(Target.DECODER, [b"\x80", b"\xc1"], ["refused", "refused"])
    assert found == ["80: the Expert says refused, the bridge accepted"]


def test_the_fuzzer_knows_the_names_of_fields() -> None:
    assert {b"\xa6symbol", b"\xa6volume", b"\xaarequest_id"} <= words()
