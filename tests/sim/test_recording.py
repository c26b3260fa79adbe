"""Files from outside: what is right is read to the last bit, what is wrong is named by its line."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitwire.errors import ConfigError
from pitwire.sim import recording
from pitwire.sim.recording import NO_SPREAD, read_recording
from pitwire.wire.arrays import RATES, TICKS

TICK_HEADER = "<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>"
BAR_HEADER = "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>"
DAY_HEADER = BAR_HEADER.replace("<TIME>\t", "")
PLAIN_HEADER = ",Open,High,Low,Close,Volume"

TICK = "2024.03.28\t23:59:59.999\t1.07921\t1.07930\t\t\t6"
BAR = "2024.03.28\t23:00:00\t1.1\t1.3\t1.0\t1.2\t55\t0\t7"
PLAIN = "2024-03-28 23:00:00,1.1,1.3,1.0,1.2,55"
MIDNIGHT = 1_711_584_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "recorded.csv"


def write(file: Path, *lines: str, end: str = "\n") -> Path:
    file.write_bytes("".join(f"{line}{end}" for line in lines).encode())
    return file


def test_ticks_with_empty_cells_repeat_the_cell_above(file: Path) -> None:
    lines = (
        "2024.03.28\t00:00:00.001\t1.1\t1.2\t\t\t6",
        "2024.03.28\t00:00:00.001\t\t1.25\t\t\t4",
        "2024.03.28\t00:00:01.500\t1.15\t\t1.17\t2.5\t26",
        "2024.03.29\t00:00:00.000\t1.16\t\t\t\t2",
    )
    rows, bars = read_recording(write(file, TICK_HEADER, *lines))
    assert not bars
    assert rows.dtype == TICKS
    assert rows.tolist() == [
        (MIDNIGHT, 1.1, 1.2, 0.0, 0, MIDNIGHT * 1000 + 1, 6, 0.0),
        (MIDNIGHT, 1.1, 1.25, 0.0, 0, MIDNIGHT * 1000 + 1, 4, 0.0),
        (MIDNIGHT + 1, 1.15, 1.25, 1.17, 2, MIDNIGHT * 1000 + 1500, 26, 2.5),
        (MIDNIGHT + 86_400, 1.16, 1.25, 1.17, 2, (MIDNIGHT + 86_400) * 1000, 2, 2.5),
    ]


def test_ticks_before_the_first_bid_and_ask_are_left_out(file: Path) -> None:
    bare = "2024.03.28\t00:00:00.001\t1.1\t\t\t\t2"
    rows, _ = read_recording(write(file, TICK_HEADER, bare, TICK))
    assert rows["bid"].tolist() == [1.07921]


@pytest.mark.parametrize(
    ("header", "line", "expected"),
    [
        (BAR_HEADER, BAR, (MIDNIGHT + 82_800, 1.1, 1.3, 1.0, 1.2, 55, 7, 0)),
        (
            BAR_HEADER,
            "2024.03.28\t23:15\t1\t1\t1\t1\t1\t9\t0",
            (MIDNIGHT + 83_700, 1, 1, 1, 1, 1, 0, 9),
        ),
        (DAY_HEADER, BAR.replace("23:00:00\t", ""), (MIDNIGHT, 1.1, 1.3, 1.0, 1.2, 55, 7, 0)),
        (PLAIN_HEADER, PLAIN, (MIDNIGHT + 82_800, 1.1, 1.3, 1.0, 1.2, 55, NO_SPREAD, 0)),
        (
            "Date,open,HIGH,Low,close,volume",
            "2024-03-28,1,1,1,1,2.6",
            (MIDNIGHT, 1, 1, 1, 1, 3, NO_SPREAD, 0),
        ),
        (
            "timestamp,Open,High,Low,Close,Volume",
            "2024-03-28T00:01,1,1,1,1,1e3",
            (MIDNIGHT + 60, 1, 1, 1, 1, 1000, NO_SPREAD, 0),
        ),
    ],
)
def test_bars_in_every_layout(
    file: Path, header: str, line: str, expected: tuple[float, ...]
) -> None:
    rows, bars = read_recording(write(file, header, line))
    assert bars
    assert rows.dtype == RATES
    assert rows.tolist() == [expected]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_a_byte_order_mark_and_empty_lines_at_the_end_are_fine(
    file: Path, end: str
) -> None:
    rows, _ = read_recording(write(file, "\ufeff" + TICK_HEADER, TICK, "", "", end=end))
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("",), "Line 1 .* is no header"),
        (("a,b,c",), "Line 1 .* is no header"),
        (("\x00\x01\x02",), "Line 1 .* is no header"),
        ((TICK_HEADER.lower(), TICK), "Line 1 .* is no header"),
        ((TICK_HEADER,), "holds no row"),
        ((TICK_HEADER, "2024.03.28\t00:00:00.001\t1.1\t\t\t\t2"), "holds no row"),
        ((TICK_HEADER, TICK, "", TICK), "Line 4 .* behind an empty line"),
        ((TICK_HEADER, TICK, TICK + "\t"), "Line 3 .* has 8 cells where its header has 7"),
        ((BAR_HEADER, BAR, "2024.03.29"), "Line 3 .* has 1 cells"),
        ((PLAIN_HEADER, PLAIN + ",1"), "Line 2 .* has 7 cells"),
        ((TICK_HEADER, TICK, TICK.replace("59.999", "59.998")), "Line 3 .* older than the line"),
        ((BAR_HEADER, BAR, BAR), "Line 3 .* not later than the line"),
        ((PLAIN_HEADER, PLAIN, PLAIN), "Line 3 .* not later than the line"),
        ((TICK_HEADER, TICK.replace("1.07921", "nan")), "Line 2 .* 'nan' as the bid"),
        ((TICK_HEADER, TICK.replace("1.07921", "inf")), "Line 2 .* 'inf' as the bid"),
        ((TICK_HEADER, TICK.replace("1.07921", "1e999")), "Line 2 .* '1e999' as the bid"),
        ((TICK_HEADER, TICK.replace("1.07930", "-1.0")), "Line 2 .* '-1.0' as the ask"),
        ((TICK_HEADER, TICK.replace("1.07930", "0.0")), "Line 2 .* must be above 0"),
        ((TICK_HEADER, TICK.replace("1.07930", "1_0")), "Line 2 .* '1_0' as the ask"),
        ((TICK_HEADER, TICK.replace("1.07930", "\u0661")), r"Line 2 .* '\\u0661' as the ask"),
        ((TICK_HEADER, TICK.replace("\t6", "\t4294967296")), "Line 2 .* as the flags"),
        ((TICK_HEADER, TICK.replace("23:", "24:")), "Line 2 .* where a time belongs"),
        ((TICK_HEADER, TICK.replace("2024.03.28", "2024.02.30")), "Line 2 .* where a date"),
        ((TICK_HEADER, TICK.replace("2024.03.28", "1970.12.31")), "Line 2 .* from 1971 to 2099"),
        ((TICK_HEADER, TICK.replace("2024.03.28", "9999.12.31")), "Line 2 .* from 1971 to 2099"),
        ((TICK_HEADER, TICK.replace("2024.03.28", "28.03.2024")), "Line 2 .* where a date"),
        ((BAR_HEADER, BAR.replace("1.3", "1.15")), "Line 2 .* not between its low and its high"),
        ((BAR_HEADER, BAR.replace("1.0", "1.15")), "Line 2 .* not between its low and its high"),
        ((BAR_HEADER, BAR.replace("1.2\t", "0\t")), "Line 2 .* as the close, .* above 0"),
        ((BAR_HEADER, BAR.replace("\t7", "\t2147483648")), "Line 2 .* as the spread"),
        ((BAR_HEADER, BAR.replace("55", "")), "Line 2 .* '' as the volume"),
        ((BAR_HEADER, BAR.replace("23:00:00", "23:00:00.5")), "Line 2 .* not a whole second"),
        ((PLAIN_HEADER, PLAIN.replace("23:00:00", "23:00:00+02:00")), "Line 2 .* no zone"),
        ((PLAIN_HEADER, PLAIN.replace("55", "NaN")), "Line 2 .* 'NaN' as the volume"),
        ((PLAIN_HEADER, "x" * 100_000), "Line 2 .* is longer than"),
        (("x" * 100_000,), "Line 1 .* is longer than"),
    ],
)
def test_a_wrong_line_is_named(file: Path, lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        read_recording(write(file, *lines))
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("data", [b"\xff\xfe<\x00D\x00", b"\x89PNG\r\n\x1a\n", b"\x80"])
def test_other_encodings_and_binaries_are_refused(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    with pytest.raises(ConfigError, match=r"Line 1 .* is not UTF-8 text"):
        read_recording(file)


def test_an_empty_file_is_refused(file: Path) -> None:
    file.touch()
    with pytest.raises(ConfigError, match="holds no row"):
        read_recording(file)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.csv"):
        with pytest.raises(ConfigError, match="cannot be read: "):
            read_recording(path)


def test_too_many_rows_are_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_ROWS", 2)
    assert len(read_recording(write(file, TICK_HEADER, TICK, TICK)).rows) == 2
    with pytest.raises(ConfigError, match=r"Line 4 .* at most 2 rows"):
        read_recording(write(file, TICK_HEADER, TICK, TICK, TICK))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from([f"{TICK_HEADER}\n{TICK}\n", f"{BAR_HEADER}\n{BAR}\n", PLAIN_HEADER, ""]),
    rest=st.binary(max_size=200)
    | st.text("0123456789.-:T \t,\r\n<>eE", max_size=200).map(str.encode),
)
def test_garbage_is_read_or_refused_and_nothing_else(file: Path, start: str, rest: bytes) -> None:
    file.write_bytes(start.encode() + rest)
    refusal = ""
    try:
        rows, _ = read_recording(file)
    except ConfigError as error:
        refusal = str(error)
    assert str(file) in refusal if refusal else len(rows)
