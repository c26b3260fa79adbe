"""Recordings in place of the seeded ticks, and the way back: an export that is replayed."""

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from pitwire.errors import ConfigError, InvalidTimeframe
from pitwire.sim.bars import aggregate, fits
from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.sim.replay import Play, Replay
from pitwire.sim.symbols import CATALOG, DAY_S
from pitwire.wire.arrays import Array
from pitwire.wire.enums import CopyTicks, TickFlag, Timeframe

PACKAGE = find_spec("backtesting")
assert PACKAGE is not None
assert PACKAGE.origin is not None
SAMPLES = Path(PACKAGE.origin).parent / "test"
EURUSD_H1 = SAMPLES / "EURUSD.csv"
FEW = tuple(spec for spec in CATALOG if spec.name in {"EURUSD", "BTCUSD"})
NOW = int(datetime(2026, 1, 21, 12, tzinfo=UTC).timestamp()) * 1000


def market_of(replay: Replay, clock: ManualClock | None = None) -> Market:
    return Market(clock=clock or ManualClock(NOW), symbols=FEW, replays={replay.symbol: replay})


def stamp(time_msc: int) -> str:
    moment = datetime.fromtimestamp(time_msc / 1000, UTC)
    return f"{moment:%Y.%m.%d}\t{moment:%H:%M:%S}"


def export_ticks(path: Path, ticks: Array) -> Path:
    lines = ["<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>"]
    for _, bid, ask, _, _, time_msc, flags, _ in ticks.tolist():
        cells = [
            f"{stamp(time_msc // 1000 * 1000)}.{time_msc % 1000:03}",
            f"{bid:.5f}" if flags & TickFlag.BID else "",
            f"{ask:.5f}" if flags & TickFlag.ASK else "",
            *("", "", str(flags)),
        ]
        lines.append("\t".join(cells))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def export_bars(path: Path, bars: Array, *, with_time: bool = True) -> Path:
    names = ["<DATE>", "<TIME>"] if with_time else ["<DATE>"]
    names += ["<OPEN>", "<HIGH>", "<LOW>", "<CLOSE>", "<TICKVOL>", "<VOL>", "<SPREAD>"]
    lines = ["\t".join(names)]
    for time_s, opened, high, low, close, ticks, spread, real in bars.tolist():
        when = stamp(time_s * 1000) if with_time else stamp(time_s * 1000).split("\t")[0]
        prices = (f"{price:.5f}" for price in (opened, high, low, close))
        lines.append("\t".join((when, *prices, str(ticks), str(real), str(spread))))
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
    return path


def all_bars(market: Market, timeframe: Timeframe) -> Array:
    return market.rates_from_pos("EURUSD", timeframe, start=0, count=10**6)[0]


def test_the_real_eurusd_file_is_answered_to_the_last_bit() -> None:
    with EURUSD_H1.open(encoding="utf-8") as file:
        lines = list(csv.reader(file))[1:]
    expected = [
        (
            int(datetime.fromisoformat(time).replace(tzinfo=UTC).timestamp()),
            *(float(price) for price in (opened, high, low, close)),
            int(volume),
            8,
            0,
        )
        for time, opened, high, low, close, volume in lines
    ]
    replay = Replay.load(EURUSD_H1, symbol="EURUSD")
    market = market_of(replay)
    assert replay.timeframe is Timeframe.H1
    assert all_bars(market, Timeframe.H1).tolist() == expected
    assert market.now_msc() == expected[-1][0] * 1000 + 3_600_000 - 1
    quote = market.quote("EURUSD")
    assert quote is not None
    assert (quote.bid, quote.time_msc) == (expected[-1][4], market.now_msc())
    assert round((quote.ask - quote.bid) * 100_000) == market.spec("EURUSD").spread
    page, more = market.rates_range(
        "EURUSD", Timeframe.H1, from_s=int(expected[9][0]), to_s=int(expected[99][0]), count=50
    )
    assert (page.tolist(), more) == (expected[9:59], True)


@pytest.mark.parametrize("timeframe", Timeframe)
def test_larger_bars_add_up_and_smaller_ones_are_refused(timeframe: Timeframe) -> None:
    market = market_of(Replay.load(EURUSD_H1, symbol="EURUSD"))
    if fits(Timeframe.H1, timeframe):
        hours = all_bars(market, Timeframe.H1)
        assert all_bars(market, timeframe).tobytes() == aggregate(hours, timeframe).tobytes()
    else:
        with pytest.raises(InvalidTimeframe, match="cannot be made from the H1 bars that EURUSD"):
            all_bars(market, timeframe)


def test_bars_that_straddle_larger_ones_are_not_added_up(tmp_path: Path) -> None:
    hours = all_bars(market_of(Replay.load(EURUSD_H1, symbol="EURUSD")), Timeframe.H4)
    path = export_bars(tmp_path / "h4.csv", hours)
    market = market_of(Replay.load(path, symbol="EURUSD"))
    assert all_bars(market, Timeframe.H4).tobytes() == hours.tobytes()
    assert len(all_bars(market, Timeframe.H8))
    with pytest.raises(InvalidTimeframe, match="H6 cannot be made from the H4 bars"):
        all_bars(market, Timeframe.H6)


def test_exported_ticks_replayed_give_the_same_market(tmp_path: Path) -> None:
    monday = NOW // 1000 // DAY_S * DAY_S - 2 * DAY_S
    seeded = Market(clock=ManualClock(NOW), symbols=FEW)
    ticks, _ = seeded.ticks(
        "EURUSD", from_msc=monday * 1000, to_msc=(monday + DAY_S + 7_200) * 1000, count=10**6
    )
    replay = Replay.load(export_ticks(tmp_path / "ticks.csv", ticks), symbol="EURUSD")
    market = market_of(replay)
    assert replay.timeframe is None
    assert market.now_msc() == ticks["time_msc"][-1]
    copy, more = market.ticks("EURUSD", from_msc=0, count=10**6)
    assert (copy.tobytes(), more) == (ticks.tobytes(), False)
    earlier = Market(clock=ManualClock(market.now_msc()), symbols=FEW)
    for timeframe in (Timeframe.M1, Timeframe.M6, Timeframe.H1, Timeframe.D1):
        bars = all_bars(market, timeframe)
        same = earlier.rates_range(
            "EURUSD", timeframe, from_s=monday, to_s=market.now_msc() // 1000, count=10**6
        )[0]
        assert bars.tobytes() == same.tobytes()
    assert market.quote("EURUSD") == earlier.quote("EURUSD")
    trades, _ = market.ticks("EURUSD", from_msc=0, count=9, flags=CopyTicks.TRADE)
    assert len(trades) == 0


@pytest.mark.parametrize(
    ("timeframe", "with_time"),
    [
        (Timeframe.M1, True),
        (Timeframe.M15, True),
        (Timeframe.D1, False),
        (Timeframe.W1, False),
        (Timeframe.MN1, False),
    ],
)
def test_exported_bars_replayed_give_the_same_bars(
    tmp_path: Path, timeframe: Timeframe, with_time: bool
) -> None:
    seeded = Market(clock=ManualClock(NOW), symbols=FEW)
    bars, _ = seeded.rates_from_pos("EURUSD", timeframe, start=1, count=8)
    path = export_bars(tmp_path / "bars.csv", bars, with_time=with_time)
    replay = Replay.load(path, symbol="EURUSD")
    assert replay.timeframe is timeframe
    assert all_bars(market_of(replay), timeframe).tobytes() == bars.tobytes()


def moments_of(market: Market, clock: ManualClock, steps: Iterable[int]) -> list[tuple[int, Array]]:
    """Play on and note, at each step, the time and the ticks that came."""
    seen = []
    for step in steps:
        clock.advance(step)
        seen += [(market.now_msc(), rows) for name, rows in market.advance() if name == "EURUSD"]
    return seen


def test_a_replay_of_bars_plays_from_its_start(tmp_path: Path) -> None:
    hours = all_bars(market_of(Replay.load(EURUSD_H1, symbol="EURUSD")), Timeframe.H1)[:3]
    path = export_bars(tmp_path / "h1.csv", hours)
    clock = ManualClock(NOW)
    market = market_of(Replay.load(path, symbol="EURUSD", play="start"), clock)
    start = int(hours["time"][0]) * 1000
    assert market.now_msc() == start
    quote = market.quote("EURUSD")
    assert quote is not None
    assert (quote.time_msc, quote.bid) == (start, hours["open"][0])
    forming = all_bars(market, Timeframe.H1)
    assert forming["high"] == forming["low"] == forming["close"] == hours["open"][0]
    assert forming["tick_volume"] == hours["tick_volume"][0] // 4
    seen = moments_of(market, clock, [600_000] * 20)
    ticks = np.concatenate([rows for _, rows in seen])
    assert all(rows["time_msc"][-1] <= now for now, rows in seen)
    assert len(ticks) == 3 * 4 - 1
    assert ticks["bid"].max() == hours["high"].max()
    assert ticks["bid"].min() == hours["low"].min()
    assert all_bars(market, Timeframe.H1).tobytes() == hours.tobytes()
    assert moments_of(market, clock, [DAY_S * 1000] * 3) == []
    assert market.quote("EURUSD") is not None


def test_a_forming_larger_bar_never_foresees(tmp_path: Path) -> None:
    hours = all_bars(market_of(Replay.load(EURUSD_H1, symbol="EURUSD")), Timeframe.H1)[:40]
    path = export_bars(tmp_path / "h1.csv", hours)
    clock = ManualClock(NOW)
    market = market_of(Replay.load(path, symbol="EURUSD", play="start"), clock)
    for _ in range(200):
        clock.advance(777_777)
        ticks, _ = market.ticks("EURUSD", from_msc=0, count=10**4)
        for timeframe in (Timeframe.H1, Timeframe.H4, Timeframe.D1, Timeframe.MN1):
            bars = all_bars(market, timeframe)
            assert bars["high"].max() == ticks["bid"].max()
            assert bars["low"].min() == ticks["bid"].min()
            assert bars["close"][-1] == ticks["bid"][-1]


def test_a_replay_of_ticks_plays_from_its_start(tmp_path: Path) -> None:
    seeded = Market(clock=ManualClock(NOW), symbols=FEW)
    ticks, _ = seeded.ticks("EURUSD", from_msc=NOW - 3_600_000, count=300)
    path = export_ticks(tmp_path / "ticks.csv", ticks)
    clock = ManualClock(NOW)
    market = market_of(Replay.load(path, symbol="EURUSD", play="start"), clock)
    assert market.now_msc() == ticks["time_msc"][0]
    seen = moments_of(market, clock, [997] * 7_000)
    assert np.concatenate([rows for _, rows in seen]).tobytes() == ticks[1:].tobytes()


def test_the_other_symbols_live_at_the_time_of_the_recording() -> None:
    market = market_of(Replay.load(EURUSD_H1, symbol="EURUSD"))
    quote = market.quote("BTCUSD")
    assert quote is not None
    assert 0 <= market.now_msc() - quote.time_msc < 60_000


@pytest.mark.parametrize(("play", "hour"), [("end", 6), ("start", 3)])
def test_several_replays_begin_at_the_latest(tmp_path: Path, play: Play, hour: int) -> None:
    hours = all_bars(market_of(Replay.load(EURUSD_H1, symbol="EURUSD")), Timeframe.H1)
    replays = {
        name: Replay.load(export_bars(tmp_path / name, bars), symbol=name, play=play)
        for name, bars in (("EURUSD", hours[:6]), ("BTCUSD", hours[3:5]))
    }
    market = Market(clock=ManualClock(NOW), symbols=FEW, replays=replays)
    begin = int(hours["time"][0]) * 1000 + hour * 3_600_000
    assert market.now_msc() == (begin - 1 if play == "end" else begin)


def test_recorded_trades_can_be_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "ticks.csv"
    path.write_text(
        "<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>\n"
        "2024.03.28\t10:00:00.000\t1.1\t1.2\t\t\t6\n"
        "2024.03.28\t10:00:00.500\t\t\t1.15\t3\t56\n",
        encoding="utf-8",
    )
    market = market_of(Replay.load(path, symbol="EURUSD"))
    trades, more = market.ticks("EURUSD", from_msc=0, count=9, flags=CopyTicks.TRADE)
    assert (trades["last"].tolist(), trades["volume_real"].tolist(), more) == ([1.15], [3.0], False)


def test_files_without_spread_get_the_symbols_own_and_daily_files_their_timeframe() -> None:
    replay = Replay.load(SAMPLES / "GOOG.csv", symbol="EURUSD")
    assert replay.timeframe is Timeframe.D1
    assert set(all_bars(market_of(replay), Timeframe.D1)["spread"].tolist()) == {FEW[0].spread}


def test_month_ends_are_no_openings_of_months() -> None:
    with pytest.raises(ConfigError, match=r"Line 2 .* no bar of MN1 opens"):
        Replay.load(SAMPLES / "BTCUSD.csv", symbol="BTCUSD")


def test_a_timeframe_that_does_not_belong_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"Line 2 .* no bar of H4 opens"):
        Replay.load(EURUSD_H1, symbol="EURUSD", timeframe=Timeframe.H4)
    path = tmp_path / "ticks.csv"
    path.write_text(
        "<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>\n"
        "2024.03.28\t10:00:00.000\t1.1\t1.2\t\t\t6\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match="holds ticks: leave out the timeframe"):
        Replay.load(path, symbol="EURUSD", timeframe=Timeframe.H1)


@pytest.mark.parametrize("minutes", [[0], [0, 7, 14]])
def test_a_timeframe_that_cannot_be_told_must_be_named(tmp_path: Path, minutes: list[int]) -> None:
    path = tmp_path / "bars.csv"
    lines = [f"2024-03-28 10:{minute:02}:00,1,1,1,1,1" for minute in minutes]
    path.write_text("\n".join([",Open,High,Low,Close,Volume", *lines]), encoding="utf-8")
    with pytest.raises(ConfigError, match="name it"):
        Replay.load(path, symbol="EURUSD")
    assert len(Replay.load(path, symbol="EURUSD", timeframe=Timeframe.M1).rows) == len(minutes)


@pytest.mark.parametrize(("symbol", "name"), [("GOOG", "GOOG"), ("BTCUSD", "EURUSD")])
def test_a_replay_belongs_to_a_symbol_of_the_market(symbol: str, name: str) -> None:
    replay = Replay.load(EURUSD_H1, symbol=symbol)
    with pytest.raises(ConfigError, match=f"The replay of {symbol} is given for {name}"):
        Market(clock=ManualClock(NOW), symbols=FEW, replays={name: replay})
