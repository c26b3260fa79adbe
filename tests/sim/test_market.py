"""The market as the broker and the terminal see it: all symbols at one moment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from pitwire.errors import InvalidRequest, InvalidTimeframe
from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.sim.symbols import CATALOG, DAY_S
from pitwire.wire.arrays import RATES, TICKS
from pitwire.wire.enums import BookType, CopyTicks, Timeframe

DAY_MSC = DAY_S * 1000
FEW = tuple(spec for spec in CATALOG if spec.name in {"EURUSD", "US500", "BTCUSD"})


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


WEDNESDAY = at("2026-01-21T12:34:56")
SATURDAY = at("2026-01-24T12:00:00")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(WEDNESDAY)


@pytest.fixture
def market(clock: ManualClock) -> Market:
    return Market(clock=clock, symbols=FEW)


def test_every_symbol_has_prices_and_two_years_of_history() -> None:
    market = Market(clock=ManualClock(WEDNESDAY))
    then = at("2024-01-21T12:34:56") // 1000
    for name in market.names():
        quote = market.quote(name)
        assert quote is not None
        assert 0 < quote.bid < quote.ask
        assert quote.time_msc <= WEDNESDAY
        bars, more = market.rates_range(
            name, Timeframe.M1, from_s=then - 3 * DAY_S, to_s=then, count=10
        )
        assert len(bars) == 10
        assert more
        ticks, more = market.ticks(name, from_msc=(then - 3 * DAY_S) * 1000, count=10)
        assert len(ticks) == 10
        assert more


def test_a_restart_and_another_order_of_asking_give_the_same_market(clock: ManualClock) -> None:
    reads: list[Callable[[Market], bytes]] = [
        lambda market: market.ticks("EURUSD", from_msc=WEDNESDAY - 3_600_000, count=500)[
            0
        ].tobytes(),
        lambda market: repr(market.quote("EURUSD")).encode(),
        lambda market: market.rates_from_pos("EURUSD", 16385, start=0, count=99)[0].tobytes(),
        lambda market: market.rates_from_pos("EURUSD", 1, start=9, count=99)[0].tobytes(),
        lambda market: repr((market.day_stats("EURUSD"), market.book("EURUSD"))).encode(),
        lambda market: market.rates_from("EURUSD", 32769, from_s=10**10, count=5)[0].tobytes(),
    ]
    first, second = Market(clock=clock, symbols=FEW), Market(clock=clock, symbols=FEW)
    forward = [read(first) for read in reads]
    assert forward == [read(second) for read in reversed(reads)][::-1]
    assert forward == [read(first) for read in reads]
    other = Market(clock=clock, symbols=FEW, seed=2)
    assert forward[0] != reads[0](other)


def test_what_was_seen_live_is_what_history_says_later(clock: ManualClock) -> None:
    late = Market(clock=ManualClock(WEDNESDAY + DAY_MSC), symbols=FEW)
    market = Market(clock=clock, symbols=FEW)
    ticks, _ = market.ticks("BTCUSD", from_msc=WEDNESDAY - 60_000, count=1000)
    later, _ = late.ticks("BTCUSD", from_msc=WEDNESDAY - 60_000, to_msc=WEDNESDAY, count=1000)
    assert ticks.tobytes() == later.tobytes()


@pytest.mark.parametrize("name", [spec.name for spec in FEW])
def test_minutes_are_those_of_the_ticks_and_hours_those_of_the_minutes(
    market: Market, name: str
) -> None:
    hour_s = at("2026-01-21T10:00:00") // 1000
    ticks, _ = market.ticks(
        name, from_msc=hour_s * 1000, to_msc=(hour_s + 3600) * 1000 - 1, count=10_000
    )
    minutes, _ = market.rates_range(name, 1, from_s=hour_s, to_s=hour_s + 3599, count=99)
    assert 50 <= len(minutes) <= 60
    for bar in minutes:
        inside = ticks[(ticks["time"] >= bar["time"]) & (ticks["time"] < bar["time"] + 60)]
        bid = inside["bid"].tolist()
        spread = ((inside["ask"] - inside["bid"]) / market.spec(name).point).min()
        assert bar.tolist() == (
            bar["time"],
            bid[0],
            max(bid),
            min(bid),
            bid[-1],
            len(bid),
            round(spread),
            0,
        )
    hours, _ = market.rates_range(name, Timeframe.H1, from_s=hour_s, to_s=hour_s, count=9)
    assert hours.tolist() == [
        (
            hour_s,
            minutes["open"][0],
            minutes["high"].max(),
            minutes["low"].min(),
            minutes["close"][-1],
            minutes["tick_volume"].sum(),
            minutes["spread"].min(),
            0,
        )
    ]
    assert sum(minutes["tick_volume"].tolist()) == len(ticks)


def test_the_forming_bar_of_every_timeframe_follows_the_quote(
    market: Market, clock: ManualClock
) -> None:
    for _ in range(20):
        clock.advance(7_777)
        quote = market.quote("EURUSD")
        assert quote is not None
        for timeframe in Timeframe:
            bars, more = market.rates_from_pos("EURUSD", timeframe, start=0, count=1)
            assert bars["close"][0] == quote.bid
            assert bars["low"][0] <= quote.bid <= bars["high"][0]
            assert bars["time"][0] * 1000 <= quote.time_msc
            assert more


def test_quote_is_the_last_tick_and_never_one_to_come(market: Market, clock: ManualClock) -> None:
    for _ in range(200):
        clock.advance(1_234)
        quote = market.quote("BTCUSD")
        ticks, _ = market.ticks("BTCUSD", from_msc=market.now_msc() - 600_000, count=5000)
        assert quote is not None
        assert ticks["time_msc"][-1] <= market.now_msc()
        assert ticks[-1].tolist() == (
            quote.time_msc // 1000,
            *(quote.bid, quote.ask, quote.last, quote.volume),
            *(quote.time_msc, quote.flags, quote.volume_real),
        )


def test_a_tick_is_there_in_its_own_millisecond(market: Market, clock: ManualClock) -> None:
    market.advance()
    later = Market(clock=ManualClock(WEDNESDAY + 600_000), symbols=FEW)
    ticks, _ = later.ticks("BTCUSD", from_msc=WEDNESDAY + 1, count=10**4)
    for time_msc in np.unique(ticks["time_msc"]).tolist():
        before = market.quote("BTCUSD")
        clock.move_to(time_msc - 1)
        assert market.quote("BTCUSD") == before
        clock.move_to(time_msc)
        quote = market.quote("BTCUSD")
        assert quote is not None
        assert quote.time_msc == time_msc
        assert "BTCUSD" in dict(market.advance())


def test_advance_gives_every_tick_once(market: Market, clock: ManualClock) -> None:
    start = market.now_msc()
    assert market.advance() == []
    news: dict[str, list[bytes]] = {name: [] for name in market.names()}
    for step in (1, 50, 999, 60_000, 0, 3_600_000, 14 * 3_600_000, 50):
        clock.advance(step)
        for name, rows in market.advance():
            assert rows.dtype == TICKS
            assert len(rows)
            news[name].append(rows.tobytes())
    for name, parts in news.items():
        ticks, _ = market.ticks(name, from_msc=start + 1, count=10**6)
        assert b"".join(parts) == ticks.tobytes()


def test_at_the_weekend_forex_rests_and_crypto_goes_on() -> None:
    clock = ManualClock(SATURDAY)
    market = Market(clock=clock, symbols=FEW)
    assert not market.is_open("EURUSD")
    assert market.is_open("BTCUSD")
    friday = market.quote("EURUSD")
    assert friday is not None
    assert SATURDAY - 13 * 3_600_000 < friday.time_msc < SATURDAY - 12 * 3_600_000
    clock.advance(30 * 3_600_000)
    assert {name for name, _ in market.advance()} == {"BTCUSD"}
    assert market.quote("EURUSD") == friday
    days, _ = market.rates_from_pos("EURUSD", Timeframe.D1, start=0, count=10)
    assert [(day // DAY_S + 4) % 7 for day in days["time"].tolist()] == [1, 2, 3, 4, 5] * 2
    days, _ = market.rates_from_pos("BTCUSD", Timeframe.D1, start=0, count=7)
    assert np.diff(days["time"]).tolist() == [DAY_S] * 6
    weeks, _ = market.rates_from_pos("BTCUSD", Timeframe.W1, start=0, count=2)
    assert [(week // DAY_S + 4) % 7 for week in weeks["time"].tolist()] == [0, 0]


def test_the_daily_break_has_no_bars(market: Market) -> None:
    midnight = WEDNESDAY // DAY_MSC * DAY_S - DAY_S
    bars, _ = market.rates_range(
        "US500", Timeframe.M15, from_s=midnight, to_s=midnight + DAY_S - 1, count=200
    )
    quarters = ((bars["time"] - midnight) // 900).tolist()
    assert quarters == [*range(4, 93), 94, 95]


def test_reading_bars_before_a_moment_in_the_past(market: Market) -> None:
    moment = at("2025-11-05T10:59:59") // 1000
    bars, more = market.rates_from("BTCUSD", Timeframe.H1, from_s=moment, count=3)
    assert bars["time"].tolist() == [moment - 3599 - 7200, moment - 3599 - 3600, moment - 3599]
    assert more
    assert bars.dtype == RATES


def test_reading_bars_to_the_end_of_history(market: Market) -> None:
    months, more = market.rates_from_pos("US500", Timeframe.MN1, start=0, count=8192)
    assert not more
    assert len(months) == 25
    assert months["time"][0] == at("2024-01-01T00:00:00") // 1000
    rest, more = market.rates_from_pos("US500", Timeframe.MN1, start=20, count=8192)
    assert (rest.tobytes(), more) == (months[:5].tobytes(), False)
    days, _ = market.rates_from_pos("US500", Timeframe.D1, start=0, count=8192)
    assert days["tick_volume"].sum() == months["tick_volume"].sum()


def test_day_stats_are_those_of_the_ticks_so_far(market: Market) -> None:
    midnight = WEDNESDAY // DAY_MSC * DAY_MSC
    ticks, _ = market.ticks("BTCUSD", from_msc=midnight, count=10**5)
    before, _ = market.ticks(
        "BTCUSD", from_msc=midnight - 600_000, to_msc=midnight - 1, count=10**4
    )
    stats = market.day_stats("BTCUSD")
    assert stats is not None
    assert (stats.bidhigh, stats.bidlow) == (ticks["bid"].max(), ticks["bid"].min())
    assert (stats.askhigh, stats.asklow) == (ticks["ask"].max(), ticks["ask"].min())
    assert (stats.lasthigh, stats.lastlow) == (0, 0)
    assert (stats.session_open, stats.session_close) == (ticks["bid"][0], before["bid"][-1])


def test_forex_ticks_report_no_trades(market: Market) -> None:
    start = WEDNESDAY - 3_600_000
    trades = market.ticks("EURUSD", from_msc=start, count=9, flags=CopyTicks.TRADE)
    assert (len(trades[0]), trades[1]) == (0, False)
    info = market.ticks("EURUSD", from_msc=start, count=9, flags=CopyTicks.INFO)[0]
    assert info.tobytes() == market.ticks("EURUSD", from_msc=start, count=9)[0].tobytes()
    with pytest.raises(InvalidRequest):
        market.ticks("EURUSD", from_msc=start, count=9, flags=5)


def test_broker_time_is_ahead_of_utc_by_the_offset() -> None:
    ahead = Market(clock=ManualClock(WEDNESDAY - 7_200_000), symbols=FEW, utc_offset_s=7_200)
    assert (ahead.utc_offset_s, ahead.now_msc()) == (7_200, WEDNESDAY)
    assert ahead.quote("EURUSD") == Market(clock=ManualClock(WEDNESDAY), symbols=FEW).quote(
        "EURUSD"
    )


def test_book_stands_around_the_quote(market: Market, clock: ManualClock) -> None:
    quote, book = market.quote("EURUSD"), market.book("EURUSD")
    assert quote is not None
    assert (BookType.SELL, quote.ask) in {(level.type, level.price) for level in book}
    assert (BookType.BUY, quote.bid) in {(level.type, level.price) for level in book}
    assert book == market.book("EURUSD")
    clock.advance(60_000)
    assert book != market.book("EURUSD")


def test_convert_uses_the_quotes(market: Market) -> None:
    quote = market.quote("EURUSD")
    assert quote is not None
    assert market.convert(10.0, "EUR", "USD", favor="bid") == 10.0 * quote.bid
    assert market.convert(10.0, "USD", "EUR", favor="bid") == 10.0 / quote.ask
    assert market.convert(10.0, "USD", "USD") == 10.0


def test_before_the_first_tick_there_is_nothing() -> None:
    market = Market(clock=ManualClock(1_000), symbols=FEW)
    assert market.quote("BTCUSD") is None
    assert market.day_stats("BTCUSD") is None
    assert market.book("BTCUSD") == []
    assert market.advance() == []
    assert len(market.rates_from_pos("BTCUSD", Timeframe.W1, start=0, count=5)[0]) == 0
    with pytest.raises(LookupError):
        market.convert(1.0, "BTC", "USD")


def test_names_specifications_and_unknown_symbols(market: Market) -> None:
    assert market.names() == [spec.name for spec in FEW]
    assert market.spec("US500") is FEW[1]
    reads: list[Callable[[], object]] = [
        lambda: market.spec("XXX"),
        lambda: market.quote("XXX"),
        lambda: market.is_open("XXX"),
        lambda: market.day_stats("XXX"),
        lambda: market.book("XXX"),
        lambda: market.ticks("XXX", from_msc=0, count=1),
        lambda: market.rates_from("XXX", 1, from_s=0, count=1),
        lambda: market.rates_from_pos("XXX", 1, start=0, count=1),
        lambda: market.rates_range("XXX", 1, from_s=0, to_s=1, count=1),
    ]
    for read in reads:
        with pytest.raises(KeyError):
            read()


def test_numbers_that_are_no_timeframe_are_refused(market: Market) -> None:
    with pytest.raises(InvalidTimeframe, match="no timeframe 7"):
        market.rates_from_pos("EURUSD", 7, start=0, count=1)


def test_a_symbol_of_ones_own_trades_under_its_own_name(clock: ManualClock) -> None:
    own = replace(FEW[0], name="EURUSD.r")
    market = Market(clock=clock, symbols=[own, FEW[0]])
    assert market.quote("EURUSD.r") != market.quote("EURUSD")
