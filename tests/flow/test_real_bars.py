"""Real EURUSD hourly bars, replayed by the terminal, come back equal to the file."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import httpx2
import numpy as np
import pytest
from tests.flow.processes import site

from pitwire.wire.arrays import RATES

spec = find_spec("backtesting")
assert spec is not None
assert spec.origin is not None
FILE = Path(spec.origin).parent / "test" / "EURUSD.csv"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    folder = Path(tmp_path_factory.mktemp("bars"))
    with site(folder, f"--replay=EURUSD={FILE}") as place, place.app() as client:
        yield client


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with FILE.open(newline="") as file:
        return list(csv.DictReader(file))


def time_of(row: dict[str, str]) -> datetime:
    return datetime.fromisoformat(row[""]).replace(tzinfo=UTC)


def test_json_bars_equal_the_file(app: httpx2.Client, rows: list[dict[str, str]]) -> None:
    answer = app.get(
        "symbols/EURUSD/bars",
        params={
            "timeframe": "H1",
            "from": time_of(rows[0]).isoformat(),
            "to": time_of(rows[-1]).isoformat(),
        },
    )
    assert answer.status_code == 200, answer.text
    bars = answer.json()["data"]
    assert len(bars) == len(rows) == 5000
    for bar, row in zip(bars, rows, strict=True):
        assert datetime.fromisoformat(bar["time"]) == time_of(row)
        for name in ("Open", "High", "Low", "Close"):
            assert bar[name.lower()] == float(row[name])
        assert bar["tick_volume"] == int(row["Volume"])


def test_packed_bars_equal_the_file(app: httpx2.Client, rows: list[dict[str, str]]) -> None:
    answer = app.get(
        "symbols/EURUSD/bars",
        params={"timeframe": "H1", "count": 5000},
        headers={"Accept": "application/octet-stream"},
    )
    bars = np.frombuffer(answer.content, RATES)
    assert len(bars) == 5000
    assert list(bars["time"]) == [int(time_of(row).timestamp()) for row in rows]
    for name in ("Open", "High", "Low", "Close"):
        assert list(bars[name.lower()]) == [float(row[name]) for row in rows]


def test_days_are_made_of_the_files_hours(app: httpx2.Client, rows: list[dict[str, str]]) -> None:
    days: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        days.setdefault(row[""][:10], []).append(row)
    bars = app.get("symbols/EURUSD/bars", params={"timeframe": "D1", "count": 1000}).json()["data"]
    assert [bar["time"][:10] for bar in bars] == list(days)
    for bar, hours in zip(bars, days.values(), strict=True):
        assert bar["open"] == float(hours[0]["Open"])
        assert bar["close"] == float(hours[-1]["Close"])
        assert bar["high"] == max(float(hour["High"]) for hour in hours)
        assert bar["low"] == min(float(hour["Low"]) for hour in hours)
        assert bar["tick_volume"] == sum(int(hour["Volume"]) for hour in hours)
