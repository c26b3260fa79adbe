"""The runtime keeps MQL5's rules: what the reference documents, printed by small programs."""

import hashlib
import re
import signal
import subprocess
from pathlib import Path

import pytest
from tests.mql5 import build

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE / "programs"
BUILDING = pytest.mark.timeout(600)  # the first build of the runtime takes its time

CRITICAL = 70
INIT_FAILED = 71
KILLED = 72
NOT_LOADED = 73
RELOAD = 75
WRONG_USAGE = 64


class Terminal:
    """The folders of one terminal, and runs of a program in it."""

    def __init__(self, folder: Path) -> None:
        self.files = folder / "MQL5" / "Files"
        self.common = folder / "Common"
        self.files.mkdir(parents=True)
        self.common.mkdir()

    def command(self, program: Path, *options: str) -> list[str]:
        folders = ("--files", str(self.files), "--common", str(self.common))
        return [str(program), *folders, *options]

    def run(self, program: Path, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(program, *options),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=30,
            check=False,
        )


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def shown(output: str) -> dict[str, str]:
    """Return the values that language.mq5 printed, by name."""
    return dict(re.findall(r"^print (.+?) \[(.*)\]$", output, re.MULTILINE))


def many_digests() -> str:
    rows = b"".join(hashlib.sha256(bytes([size]) * size).digest() for size in range(1, 201))
    return hashlib.sha256(rows).hexdigest()


STRINGS = {
    "len": "10",
    "len null": "0",
    "null is empty": "false",
    "find": "4",
    "find from": "6",
    "find none": "-1",
    "substr": "Trader",
    "substr length": "Tra",
    "substr end": "",
    "replace": "2",
    "replaced": "Met--Tr--der",
    "trim left": "5",
    "trim right": "2",
    "trimmed": "ab",
    "split": "4",
    "split 2": "",
    "split 3": "c",
    "split none": "0",
    "upper": "ABC",
    "lower": "abc",
    "set character": "aXc!",
    "get character": "88",
    "get outside": "0",
    "get outside error": "5041",
    "compare": "1",
    "compare folded": "0",
    "compare less": "-1",
    "less": "true",
    "append itself": "abab",
    "copies are apart": "ab!",
    "joined literals": "one two",
}
CONVERSIONS = {
    "double 8": "1.50000000",
    "double 2": "2.35",
    "integer padded": "00042",
    "integer min": "-9223372036854775808",
    "to integer": "-12",
    "to double": "12.500",
    "to double none": "0.0",
    "normalize": "1.23460000",
    "printed double": "76.67100000000001",
    "printed exponent": "9.999999999999999e-21",
    "printed bool": "true",
    "printed ulong": "18446744073709551615",
    "datetime": "1709251198",
    "time date": "2024.02.29",
    "time minutes": "2024.02.29 23:59",
    "time seconds": "23:59:58",
    "time printed": "2024.02.29 23:59:58",
    "time parsed": "1709251198",
    "time parsed short": "1709251140",
    "time wrong": "0",
    "time wrong error": "5031",
    "parts": "2024 2 29 4 59",
    "struct to time": "1709251198",
    "parts 2100": "2100.03.01",
    "format 64": "-5000000000 18446744073709551615",
    "format 32": "-705032704",
    "format flags": "+7|   42|42   |00042|ff|FF",
    "format real": "2.50|   3.142|1.234568e+04|0.0001",
    "format text": "ab|   cd|ef   |gh|k|%",
    "format star": "   7",
    "format wrong": "(wrong format)",
    "short": "\u20ac",
    "color": "1,2,3",
    "max": "9",
    "round": "-3.0",
    "valid": "false",
    "user error": "65539",
    "program": "language 0",
    "symbol": "EURUSD",
}
ENCODINGS = {
    "utf8 count": "11",  # the terminating zero is one of them
    "utf8": "61c3a9e282acf09f988000",
    "utf8 back": "true",
    "utf8 exact": "3",
    "utf8 exact bytes": "616263",
    "utf8 empty": "1",
    "lone surrogate": "efbfbd7800",
    "ansi": "61e9803f3f00",
    "wrong utf8": "61efbfbdefbfbdefbfbd6200",
    "ends at zero": "ab",
    "part": "b",
    "fixed takes what fits": "3",
    "sha256": "32",
    "sha256 abc": hashlib.sha256(b"abc").hexdigest(),
    "sha256 of many": many_digests(),
    "base64": "8",
    "base64 text": "/v7+/g==",
    "base64 back": "4",
    "base64 bytes": "fefefefe",
    "nothing to hash": "0",
}
ARRAYS = {
    "array copy": "3",
    "array copy behind": "1",
    "array copied": "5,3,9,3,",
    "array sorted": "3,3,5,9,",
    "array search": "2",
    "array reversed": "9,5,3,3,",
    "array removed": "9,3,",
    "array inserted": "9,5,3,9,3,",
    "array compare": "1",
    "array compare part": "0",
    "array swapped": "77,",
    "array fixed resize": "-1",
    "array fixed shrink": "1",
    "array fixed size": "3",
    "array fixed copy": "3",
    "array dynamic": "true false",
    "array initialize": "3",
    "array initialized": "4,4,4,",
    "array freed": "0",
    "array negative": "-1",
    "new elements are garbage": "true",
    "array zeroed": "0,0,",
    "array of two": "8",
}
STRUCTURES = {
    "size tick": "60",
    "size rates": "60",
    "size book": "28",
    "size packed": "20",
    "struct out": "true",
    "struct bytes": "01" + "000000000000f03f" + "000000003412" + "01" + "07000000",
    "struct in": "true",
    "struct back": str(0x1234),
    "struct too short": "false",
    "struct copies are apart": "x2.5xy3.5",
    "locals are garbage": "truetruetrue",
    "globals are zero": "0",
    "pointer": "4",
}
FILES = {
    "file absent": "-1",
    "file absent error": "5004",
    "file outside": "-1",
    "file outside error": "5002",
    "file absolute": "-1",
    "text written": "10",  # a lone line feed gets its carriage return
    "text size": "10",
    "file not shared": "-1",
    "file open stays": "false",
    "line 1": "one",
    "line 2": "true",
    "text end": "true",
    "tell": "5",
    "closed": "0",
    "closed error": "5007",
    "wide size": "6",  # the byte order mark and two units
    "bytes written": "3",
    "long written": "8",
    "byte written": "1",
    "not readable": "5010",
    "shared": "true",
    "bytes read": "3",
    "bytes": "020304",
    "long read": "-2",
    "byte read": "44",
    "double read": "0.5",
    "binary end": "true",
    "rest read": "20",
    "exists": "true",
    "folder is no file": "false",
    "folder error": "5018",
    "copy": "true",
    "copy over": "false",
    "copy over rewrites": "true",
    "move": "true",
    "moved": "falsetrue",
    "folder": "true",
    "found": "Deep\\ copy.bin lines.txt ",
    "deleted": "true",
    "deleted is gone": "false",
}
GLOBALS = {
    "run before": "0",
    "lock before": "false",
    "lock made": "true",
    "lock made twice": "false",
    "lock taken": "true",
    "lock taken twice": "false",
    "condition on nothing": "false",
    "condition error": "4501",
    "get by reference": "true",
    "got by reference": "1",
    "deleted variable": "true",
    "deleted variable twice": "false",
}
GROUPS = {
    "strings": STRINGS,
    "conversions": CONVERSIONS,
    "encodings": ENCODINGS,
    "arrays": ARRAYS,
    "structures": STRUCTURES,
    "files": FILES,
    "globals": GLOBALS,
}


@pytest.fixture(scope="module")
def language_output(tmp_path_factory: pytest.TempPathFactory) -> str:
    program = build.build(PROGRAMS / "language.mq5")
    terminal = Terminal(tmp_path_factory.mktemp("language"))
    done = terminal.run(program, "--chart", "EURUSD")
    assert done.returncode == 0, done.stderr
    return done.stdout


@BUILDING
@pytest.mark.parametrize("group", GROUPS)
def test_built_ins_do_what_the_reference_says(group: str, language_output: str) -> None:
    values = shown(language_output)
    assert {name: values.get(name) for name in GROUPS[group]} == GROUPS[group]


@BUILDING
def test_no_printed_value_goes_unchecked(language_output: str) -> None:
    expected = {name for group in GROUPS.values() for name in group}
    assert set(shown(language_output)) == expected


@BUILDING
def test_output_is_one_line_each(language_output: str) -> None:
    lines = language_output.splitlines()
    assert "print two\\nlines|5" in lines
    assert "comment status\\nline" in lines
    assert "alert look" in lines


@BUILDING
def test_global_variables_outlive_a_terminal_and_temporary_ones_do_not(terminal: Terminal) -> None:
    program = build.build(PROGRAMS / "language.mq5")
    terminal.run(program)
    values = shown(terminal.run(program).stdout)
    assert values["run before"] == "1"
    assert values["lock before"] == "false"
    assert values["got by reference"] == "2"


@BUILDING
@pytest.mark.parametrize(
    ("case", "number", "what"),
    [
        ("fixed", "3", r"array out of range: index 3, size 3 tests/mql5/programs/endings\.mq5:\d+"),
        ("fixed", "-1", r"array out of range: index -1, size 3 tests/"),
        ("view", "3", r"array out of range: index 3, size 3 tests/"),
        ("empty", "0", r"array out of range: index 0, size 0 tests/"),
        ("divide", "0", "zero divide"),
        ("rest", "0", "zero divide"),
        ("unset", "0", "invalid pointer access: not set"),
        ("gone", "0", "invalid pointer access: the object is gone"),
    ],
)
def test_critical_errors_end_the_program_at_once(
    terminal: Terminal, case: str, number: str, what: str
) -> None:
    done = run_ending(terminal, case, "--input", f"InpNumber={number}")
    assert done.returncode == CRITICAL
    assert re.match(f"critical {what}", done.stderr)
    assert "deinit" not in done.stdout


def run_ending(terminal: Terminal, case: str, *options: str) -> subprocess.CompletedProcess[str]:
    program = build.build(PROGRAMS / "endings.mq5")
    return terminal.run(program, "--input", f"InpCase={case}", *options)


@BUILDING
@pytest.mark.parametrize(
    ("case", "code", "last_line"),
    [
        ("refuse", INIT_FAILED, "print deinit 8 8 false"),
        ("remove in init", 0, "print deinit 0 0 true"),
        ("remove", 0, "print deinit 0 0 true"),
        ("slow deinit", KILLED, "print deinit 0 0 true"),
        ("stuck", KILLED, "print timer"),
    ],
)
def test_endings(terminal: Terminal, case: str, code: int, last_line: str) -> None:
    done = run_ending(terminal, case)
    assert done.returncode == code, done.stderr
    assert done.stdout.splitlines()[-1] == last_line


@BUILDING
def test_remove_lets_the_handler_finish(terminal: Terminal) -> None:
    assert "print still here true" in run_ending(terminal, "remove").stdout.splitlines()


@BUILDING
@pytest.mark.parametrize("case", ["run", "sleep"])
def test_sigterm_removes_the_program(terminal: Terminal, case: str) -> None:
    program = build.build(PROGRAMS / "endings.mq5")
    command = terminal.command(program, "--input", f"InpCase={case}")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while process.stdout.readline() != "print timer\n":
            pass
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read().splitlines()
        assert process.wait(timeout=30) == 0
    assert rest[-1] == "print deinit 1 1 true"
    assert ("print awake true" in rest) == (case == "sleep")


@BUILDING
def test_a_reader_that_goes_away_does_not_stop_the_program(terminal: Terminal) -> None:
    program = build.build(PROGRAMS / "endings.mq5")
    command = terminal.command(program, "--input", "InpCase=remove")
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(timeout=30) == 0


@BUILDING
@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--input", "InpNumber=x"], 'input InpNumber does not exist or cannot be "x"'),
        (["--input", "InpNumber=3000000000"], "input InpNumber does not exist or cannot be"),
        (["--input", "InpOther=1"], "input InpOther does not exist"),
        (["--input", "InpNumber"], "--input wants NAME=VALUE"),
        (["--timer-ms", "5"], 'option --timer-ms does not exist or cannot be "5"'),
        (["--clock"], "option --clock wants a value"),
    ],
)
def test_wrong_options_are_refused(terminal: Terminal, options: list[str], why: str) -> None:
    done = terminal.run(build.build(PROGRAMS / "endings.mq5"), *options)
    assert done.returncode == WRONG_USAGE
    assert why in done.stderr


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("library") / "rig.so"
    compiler = build.find_compiler(build.VARIANTS["plain"])
    compiler.run(["-shared", "-fPIC", str(PROGRAMS / "library.cpp"), "-o", str(target)])
    return target


@BUILDING
def test_a_library_receives_what_the_program_passes(terminal: Terminal, library: Path) -> None:
    program = build.build(PROGRAMS / "imports.mq5")
    done = terminal.run(program, "--library", f"Rig.dll={library}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "print sum 27",
        "print length 2",
        "print pair 42 2.5",
        "print null 0",
    ]


@BUILDING
@pytest.mark.parametrize(
    ("path", "why"),
    [
        (None, "no library Rig.dll"),
        ("/nowhere/rig.so", "library Rig.dll cannot be loaded"),
        ("libm.so.6", "library Rig.dll has no function rig_"),
    ],
)
def test_a_missing_import_keeps_the_program_from_starting(
    terminal: Terminal, path: str | None, why: str
) -> None:
    options = ["--library", f"Rig.dll={path}"] if path else []
    done = terminal.run(build.build(PROGRAMS / "imports.mq5"), *options)
    assert done.returncode == NOT_LOADED
    assert why in done.stderr
    assert not done.stdout


@pytest.fixture(scope="module")
def queue_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("queue") / "queue"
    kind = build.VARIANTS["plain"]
    compiler = build.find_compiler(kind)
    flags = build._flags(compiler, kind)
    objects = map(str, build._runtime_objects(compiler, flags))
    source = str(PROGRAMS / "queue.cpp")
    libraries = ["-pthread", *build._libraries(kind)]
    include = f"-I{build.RUNTIME}"
    compiler.run([*flags, include, source, *objects, "-o", str(target), *libraries])
    return target


@BUILDING
def test_events_are_queued_merged_and_lost_as_in_a_terminal(
    terminal: Terminal, queue_program: Path
) -> None:
    done = terminal.run(queue_program, "--clock", "virtual", "--chart", "EURUSD")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "print init EURUSD 16385 1",
        "print full -1 5004",
        "print room 8 0",
        "print full 0 5026",
        "print unreadable 0 5015",
        "print readable 1 0",
        "print size 8 0",
        # While OnTimer ran: 10 periods passed, 5 ticks, 3 trades and 2 books came.
        "print tick",
        "print trade",
        "print trade",
        "print trade",
        "print book EURUSD",
        "print book GBPUSD",
        # 1030 transactions between two trades: the oldest 6 are lost.
        "print trade",
        "print transaction 7",
        "print transaction 1030",
        "print trade",
        "print lost 6 0",
        # While OnTick ran: 10 periods and 4 ticks are one timer event and no tick.
        "print tick",
        "print trade",
        "print timers 1",
        "print deinit 3",
        "print init GBPUSD 5 2",
        "print skipped 0 7000000",
        "print standing 2001.09.09 01:46:40",
        "print running 2001.09.09 01:46:45",
        "print deinit 9",
    ]


@BUILDING
def test_an_account_switch_reloads_the_program_in_the_same_terminal(
    terminal: Terminal, queue_program: Path
) -> None:
    switch = ("--input", "InpNumber=6")
    first = terminal.run(queue_program, *switch)
    second = terminal.run(queue_program, *switch)
    assert (first.returncode, second.returncode) == (RELOAD, RELOAD)
    assert first.stdout.splitlines() == ["print lock false", "print deinit 6"]
    assert second.stdout.splitlines() == ["print lock true", "print deinit 6"]
