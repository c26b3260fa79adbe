from typing import Any

import httpx2
import numpy as np
import pytest
from tests.edge.fakes import CLOCK_MSC, OFFSET_S, FakeRouter, rates, ticks

from pitwire.errors import HistoryLoading
from pitwire.router.history import Bars, Ticks
from pitwire.wire.arrays import RATES, TICKS
from pitwire.wire.enums import TickFlag, Timeframe

pytestmark = pytest.mark.anyio

BROKER_S = CLOCK_MSC // 1000 + OFFSET_S
MINUTE = BROKER_S // 60 * 60


def bars(count: int = 3, **values: Any) -> Bars:
    rows = [
        (MINUTE - 60 * back, 1.1, 1.2, 1.05, 1.15, 2**63 + back, -back, 0)
        for back in range(count - 1, -1, -1)
    ]
    fields = {"digits": 5, "utc_offset_s": OFFSET_S, "clock_msc": CLOCK_MSC, **values}
    return Bars(rates=rates(rows), **fields)


def some_ticks(count: int, *, more: bool, first_msc: int = BROKER_S * 1000) -> Ticks:
    flags = TickFlag.BID | TickFlag.ASK | 1024
    rows = [(BROKER_S, 1.1, 1.2, 0.0, 7, first_msc + at // 2, flags, 0.25) for at in range(count)]
    return Ticks(ticks(rows), 5, 2, OFFSET_S, CLOCK_MSC, more)


async def test_bars_are_objects_with_both_times(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.series = bars()
    response = await app.get("/symbols/EURUSD/bars?timeframe=m1&count=3")
    body = response.json()
    assert body["data"][-1] == {
        "time": "2026-03-02T09:30:00.000Z",
        "broker_time": "2026-03-02T11:30:00.000",
        "open": 1.1,
        "high": 1.2,
        "low": 1.05,
        "close": 1.15,
        "tick_volume": 2**63,
        "spread": 0,
        "real_volume": 0,
        "complete": False,
    }
    assert [bar["complete"] for bar in body["data"]] == [True, True, False]
    assert [bar["spread"] for bar in body["data"]] == [-2, -1, 0]
    assert (body["symbol"], body["timeframe"], body["digits"]) == ("EURUSD", "M1", 5)
    assert '"open":1.10000,' in response.text
    assert router.pulled[0]["timeframe"] == Timeframe.M1


@pytest.mark.parametrize(
    ("timeframe", "opened", "ends"),
    [
        ("M1", "2026-03-02T11:30", "2026-03-02T11:31"),
        ("H12", "2026-03-02T00:00", "2026-03-02T12:00"),
        ("D1", "2026-03-02T00:00", "2026-03-03T00:00"),
        ("W1", "2026-03-01T00:00", "2026-03-08T00:00"),
        ("MN1", "2026-02-01T00:00", "2026-03-01T00:00"),
        ("MN1", "2026-12-01T00:00", "2027-01-01T00:00"),
    ],
)
async def test_a_bar_is_complete_when_its_time_is_over(
    app: httpx2.AsyncClient, router: FakeRouter, timeframe: str, opened: str, ends: str
) -> None:
    row = (int(np.datetime64(opened, "s").astype(int)), 1.0, 1.0, 1.0, 1.0, 1, 0, 0)
    end_utc_msc = (int(np.datetime64(ends, "s").astype(int)) - OFFSET_S) * 1000
    for clock, complete in ((end_utc_msc - 1, False), (end_utc_msc, True)):
        router.series = bars(clock_msc=clock)
        router.series = Bars(rates([row]), 5, OFFSET_S, clock)
        body = (await app.get(f"/symbols/EURUSD/bars?timeframe={timeframe}")).json()
        assert body["data"][0]["complete"] is complete


async def test_long_arrays_come_in_pieces_and_whole(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.series = bars(10_000)
    data = (await app.get("/symbols/EURUSD/bars?timeframe=M1&count=10000")).json()["data"]
    assert len(data) == 10_000
    assert data == sorted(data, key=lambda bar: bar["time"])
    assert [bar["complete"] for bar in data].count(False) == 1


async def test_no_bars_are_an_empty_list(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.series = bars(0)
    body = (await app.get("/symbols/EURUSD/bars?timeframe=H1")).json()
    assert body["data"] == []
    assert body["page"] == {"next_cursor": None, "has_more": False}


async def test_packed_bars_are_the_terminals_bytes(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.series = bars()
    response = await app.get(
        "/symbols/EURUSD/bars?timeframe=M1",
        headers={"Accept": "text/plain;q=0.1, application/octet-stream"},
    )
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["pitwire-layout"] == "MqlRates"
    assert response.headers["pitwire-utc-offset-s"] == str(OFFSET_S)
    assert response.headers["vary"] == "Accept"
    assert np.array_equal(np.frombuffer(response.content, RATES), router.series.rates)


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("timeframe=M5", {"count": 500}),
        ("timeframe=PERIOD_M5", {"count": 500}),
        ("timeframe=period_m5", {"count": 500}),
        ("timeframe=M5&count=7&position=3", {"count": 7, "start": 3}),
        (
            "timeframe=M5&from=2026-03-02T09:00:00Z&to=2026-03-02T11:30:00.5%2B02:00",
            {"from_msc": 1_772_442_000_000, "to_msc": 1_772_443_800_500, "count": None},
        ),
        ("timeframe=M5&to=1772443800500&count=2", {"to_msc": 1_772_443_800_500, "count": 2}),
    ],
)
async def test_ways_to_ask_for_bars(
    app: httpx2.AsyncClient, router: FakeRouter, query: str, asked: dict[str, Any]
) -> None:
    router.series = bars()
    assert (await app.get(f"/symbols/EURUSD/bars?{query}")).status_code == 200
    default = {"from_msc": None, "to_msc": None, "count": None, "start": None}
    expected = {"symbol": "EURUSD", "timeframe": Timeframe.M5, **default, **asked}
    assert router.pulled == [expected]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("timeframe=M7", 422, "invalid_timeframe"),
        ("timeframe=", 422, "invalid_timeframe"),
        ("timeframe=60", 422, "invalid_timeframe"),
        ("timeframe=PERIOD_PERIOD_H1", 422, "invalid_timeframe"),
        ("timeframe=every%20five%20minutes", 422, "invalid_timeframe"),
        ("timeframe=M1&count=100001", 422, "range_too_large"),
        ("timeframe=M1&count=0", 400, "invalid_request"),
        ("count=1", 400, "invalid_request"),
        ("timeframe=M1&position=1&to=2026-03-02T09:00:00Z", 400, "invalid_request"),
        ("timeframe=M1&from=2026-03-02T09:00:00", 400, "invalid_request"),
        ("timeframe=M1&from=2026-03-02T09:00:00Z&to=2026-03-01T09:00:00Z", 422, "invalid_range"),
        ("timeframe=M1&from=2&to=1&count=x", 400, "invalid_request"),
        ("timeframe=M1&timeframe=M5", 400, "invalid_request"),
        ("timeframe=M1&candles=1", 400, "invalid_request"),
        ("timeframe=M1&from=9999-99-99T00:00:00Z", 400, "invalid_request"),
    ],
)
async def test_bars_that_cannot_be_asked_for(
    app: httpx2.AsyncClient, router: FakeRouter, query: str, status: int, code: str
) -> None:
    response = await app.get(f"/symbols/EURUSD/bars?{query}")
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert router.pulled == []


async def test_history_that_loads_says_when_to_ask_again(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.series = HistoryLoading("The terminal downloads M1 of EURUSD.", retry_after_s=0.25)
    response = await app.get("/symbols/EURUSD/bars?timeframe=M1")
    assert response.status_code == 202
    assert response.headers["retry-after"] == "1"
    assert response.json()["retry_after_ms"] == 250
    assert response.json()["retryable"] is True


@pytest.mark.parametrize("time", [-1, 2**62, 0])
async def test_impossible_times_of_a_terminal_are_its_fault(
    app: httpx2.AsyncClient, router: FakeRouter, time: int
) -> None:
    row = (time, 1.0, 1.0, 1.0, 1.0, 1, 0, 0)
    router.series = Bars(rates([row]), 5, OFFSET_S, CLOCK_MSC)
    response = await app.get("/symbols/EURUSD/bars?timeframe=M1")
    assert (response.status_code, response.json()["code"]) == (502, "terminal_fault")


async def test_ticks_have_flags_and_milliseconds(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.series = some_ticks(1, more=False)
    body = (await app.get("/symbols/EURUSD/ticks?from=2026-03-02T09:00:00Z&flags=info")).json()
    assert body["data"] == [
        {
            "time": "2026-03-02T09:30:00.000Z",
            "broker_time": "2026-03-02T11:30:00.000",
            "time_msc": CLOCK_MSC // 1000 * 1000,
            "bid": 1.1,
            "ask": 1.2,
            "last": 0.0,
            "volume": 7,
            "volume_real": 0.25,
            "flags": ["bid", "ask", "1024"],
        }
    ]
    assert body["page"]["has_more"] is False
    assert router.pulled[0]["flags"] == 1


async def test_pages_of_ticks_follow_without_a_gap(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    path = "/symbols/EURUSD/ticks?limit=4"
    router.series = some_ticks(4, more=True)
    first = (await app.get(f"{path}&from=2026-03-02T09:00:00Z")).json()
    cursor = first["page"]["next_cursor"]
    # The broker's clock changes between two pages: the cursor still means the same instant there.
    router.offset_s += 3600
    await app.get(f"{path}&cursor={cursor}")
    asked = router.pulled[1]
    assert asked["from_msc"] + router.offset_s * 1000 == BROKER_S * 1000 + 1
    assert asked["skip"] == 2


async def test_a_page_within_one_millisecond_goes_on_counting(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    path = "/symbols/EURUSD/ticks?limit=2"
    router.series = some_ticks(2, more=True)
    body = (await app.get(f"{path}&from=2026-03-02T09:00:00Z")).json()
    for skip in (2, 4, 6):
        body = (await app.get(f"{path}&cursor={body['page']['next_cursor']}")).json()
        assert router.pulled[-1]["skip"] == skip


async def test_packed_ticks_carry_their_cursor(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.series = some_ticks(4, more=True)
    path = "/symbols/EURUSD/ticks?limit=4&from=2026-03-02T09:00:00Z"
    packed = await app.get(path, headers={"Accept": "application/octet-stream"})
    listed = (await app.get(path)).json()
    assert packed.headers["pitwire-next-cursor"] == listed["page"]["next_cursor"]
    assert np.array_equal(np.frombuffer(packed.content, TICKS), router.series.ticks)


@pytest.mark.parametrize("query", ["", "from=1e3", "from=1&limit=0", "from=1&flags=bid"])
async def test_ticks_that_cannot_be_asked_for(
    app: httpx2.AsyncClient, router: FakeRouter, query: str
) -> None:
    assert (await app.get(f"/symbols/EURUSD/ticks?{query}")).status_code == 400
    too_many = await app.get("/symbols/EURUSD/ticks?from=1&limit=1000001")
    assert too_many.json()["code"] == "range_too_large"
    backwards = await app.get("/symbols/EURUSD/ticks?from=2&to=1")
    assert (backwards.status_code, backwards.json()["code"]) == (422, "invalid_range")
    assert router.pulled == []


@pytest.mark.parametrize("cursor", ["x", "%00", "W10", "bnVsbA", "é", "a" * 512])
async def test_a_forged_cursor_is_refused(
    app: httpx2.AsyncClient, router: FakeRouter, cursor: str
) -> None:
    response = await app.get("/symbols/EURUSD/ticks", params={"cursor": cursor})
    assert response.status_code == 400
    assert router.pulled == []


async def test_a_cursor_belongs_to_its_question(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.series = some_ticks(4, more=True)
    page = (await app.get("/symbols/EURUSD/ticks?from=2026-03-02T09:00:00Z")).json()["page"]
    response = await app.get(f"/symbols/GBPUSD/ticks?cursor={page['next_cursor']}")
    assert response.json()["code"] == "invalid_cursor"
