import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitwire.errors import ConfigError
from pitwire.sim.journal import Journal, JournalWriteError
from pitwire.wire.records import TradeResult
from pitwire.wire.replies import JournalState

RESULT = TradeResult(retcode=10009, deal=8, order=7, position=7, volume=0.1, price=1.23456)
LOGIN = 77

WRITER = """
import sys
from pathlib import Path
from pitwire.sim.journal import Journal
from pitwire.wire.records import TradeResult

journal = Journal(Path(sys.argv[1]), login=77)
for number in range(10**6):
    journal.receive(f"id-{number}", content="c")
    journal.finish(f"id-{number}", TradeResult(retcode=10009, order=number))
    print(number, flush=True)
"""

BLOCKER = """
import sys
from pathlib import Path
from pitwire.sim.journal import Journal

Journal(Path(sys.argv[1]), login=77).receive("half-way", content="c")
print("executing", flush=True)
sys.stdin.read()
"""


def filled(path: Path) -> Path:
    journal = Journal(path, login=LOGIN)
    journal.receive("a", content="what a asked")
    journal.finish("a", RESULT)
    journal.receive("b", content="what b asked")
    journal.close()
    return path


def test_without_a_file_it_remembers_until_the_end() -> None:
    journal = Journal(login=LOGIN)
    assert journal.find("a") is None
    journal.receive("a", content="c")
    entry = journal.find("a")
    assert entry is not None
    assert (entry.state, entry.content, entry.result) == (JournalState.RECEIVED, "c", None)
    journal.finish("a", RESULT)
    entry = journal.find("a")
    assert entry is not None
    assert (entry.state, entry.result) == (JournalState.DONE, RESULT)
    journal.close()


def test_it_survives_a_restart(tmp_path: Path) -> None:
    journal = Journal(filled(tmp_path / "journal"), login=LOGIN)
    done, open_one = journal.find("a"), journal.find("b")
    assert done is not None
    assert (done.state, done.content, done.result) == (JournalState.DONE, "what a asked", RESULT)
    assert open_one is not None
    assert (open_one.state, open_one.result) == (JournalState.INDETERMINATE, None)
    assert journal.highest_ticket() == 8
    journal.close()


def test_its_id_survives_a_restart_with_a_file_and_only_then(tmp_path: Path) -> None:
    ids: list[int] = []
    for path in (tmp_path / "one", tmp_path / "one", tmp_path / "two", None, None):
        journal = Journal(path, login=LOGIN)
        journal.receive(f"id-{len(ids)}", content="c")
        ids.append(journal.id)
        journal.close()
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4
    assert all(0 < each < 2**63 for each in ids)
    first = json.loads((tmp_path / "one").read_bytes().splitlines()[0])
    assert first == {"journal": 1, "id": ids[0], "login": LOGIN}


def test_its_id_is_never_0(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbits", lambda _bits: 0)
    assert Journal(login=LOGIN).id != 0


def test_every_step_is_on_the_disk_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal"
    synced: list[bytes] = []
    fsync = os.fsync

    def watched(file: int) -> None:
        fsync(file)
        synced.append(path.read_bytes())

    monkeypatch.setattr(os, "fsync", watched)
    journal = Journal(path, login=LOGIN)
    assert synced[-1] == path.read_bytes() != b""
    journal.receive("a", content="c")
    assert synced[-1] == path.read_bytes()
    assert b'"received":"a"' in synced[-1]
    journal.finish("a", RESULT)
    assert synced[-1] == path.read_bytes()
    assert b'"done":"a"' in synced[-1]
    journal.close()


def test_what_does_not_reach_the_disk_was_not_received(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal"
    journal = Journal(path, login=LOGIN)
    before = path.read_bytes()

    def broken(_file: int) -> None:
        raise OSError("input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", broken)
        with pytest.raises(JournalWriteError, match="input/output error"):
            journal.receive("a", content="c")
    assert journal.find("a") is None
    assert path.read_bytes() == before
    journal.close()


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = filled(tmp_path / "journal")
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0


@given(st.integers(0, 999))
def test_a_torn_last_line_is_dropped_wherever_it_was_torn(
    tmp_path_factory: pytest.TempPathFactory, place: int
) -> None:
    path = filled(tmp_path_factory.mktemp("torn") / "journal")
    whole = path.read_bytes()
    first_id = json.loads(whole.splitlines()[0])["id"]
    starts = [0, *(at + 1 for at, byte in enumerate(whole) if byte == ord("\n"))]
    cut = place % (len(whole) + 1)
    path.write_bytes(whole[:cut])
    journal = Journal(path, login=LOGIN)
    kept = max(start for start in starts if start <= cut)
    known = whole[:kept]
    assert (journal.id == first_id) == (kept > 0)
    assert (journal.find("a") is not None) == (b'"received":"a"' in known)
    entry = journal.find("a")
    assert (entry is not None and entry.state == JournalState.DONE) == (b'"done":"a"' in known)
    assert (journal.find("b") is not None) == (b'"received":"b"' in known)
    journal.receive("c", content="c")
    journal.finish("c", RESULT)
    journal.close()
    again = Journal(path, login=LOGIN)
    assert again.find("c") is not None
    assert again.id == journal.id
    again.close()


@pytest.mark.parametrize(
    "damage",
    [
        b"garbage\n",
        b"\xff\xfe\n",
        b"[]\n",
        b"7\n",
        b'{"done":"never received","result":{"retcode":1}}\n',
        b'{"done":"a","result":{"retcode":-1}}\n',
        b'{"received":"x"}\n',
        b"\n",
    ],
)
def test_damage_that_is_not_a_torn_end_stops_the_start(tmp_path: Path, damage: bytes) -> None:
    path = filled(tmp_path / "journal")
    path.write_bytes(path.read_bytes() + damage + b'{"received":"z","content":"c"}\n')
    with pytest.raises(ConfigError, match=r"^Line 5 of the journal .* is damaged"):
        Journal(path, login=LOGIN)


@pytest.mark.parametrize(
    "first",
    [
        b"PNG\n",
        b'{"journal":2,"id":5,"login":77}\n',
        b'{"id":5,"login":77}\n',
        b'{"journal":1,"login":77}\n',
        b'{"journal":1,"id":0,"login":77}\n',
        b'{"journal":1,"id":true,"login":77}\n',
        b'{"journal":1,"id":"5","login":77}\n',
        b'{"journal":1,"id":9223372036854775808,"login":77}\n',
    ],
)
def test_a_file_that_is_no_journal_is_left_as_it_is(tmp_path: Path, first: bytes) -> None:
    path = tmp_path / "journal"
    path.write_bytes(first)
    with pytest.raises(ConfigError, match="Line 1"):
        Journal(path, login=LOGIN)
    assert path.read_bytes() == first


def test_another_account_needs_another_file(tmp_path: Path) -> None:
    path = filled(tmp_path / "journal")
    with pytest.raises(ConfigError, match="belongs to the account 77"):
        Journal(path, login=78)


def test_a_path_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be opened"):
        Journal(tmp_path / "nowhere" / "journal", login=LOGIN)


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits the size of files as POSIX does")
    path = filled(tmp_path / "journal")
    journal = Journal(path, login=LOGIN)
    size = path.stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, before[1]))
        with pytest.raises(JournalWriteError):
            journal.receive("late", content="c")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old)
    assert path.stat().st_size == size
    assert journal.find("late") is None
    journal.receive("later", content="c")
    journal.close()
    assert json.loads(path.read_bytes().splitlines()[-1])["received"] == "later"


def test_kill_minus_nine_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if int(line) >= 200:
                writer.kill()
                break
        answered = 200 + sum(1 for line in writer.stdout if line.endswith("\n"))
    journal = Journal(path, login=LOGIN)
    for number in range(answered + 1):
        entry = journal.find(f"id-{number}")
        assert entry is not None
        assert entry.result is not None
        assert entry.result.order == number
    journal.close()


def test_kill_minus_nine_while_executing_is_indeterminate(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with subprocess.Popen(
        [sys.executable, "-c", BLOCKER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "executing\n"
        writer.kill()
    journal = Journal(path, login=LOGIN)
    entry = journal.find("half-way")
    assert entry is not None
    assert entry.state == JournalState.INDETERMINATE
    journal.close()
