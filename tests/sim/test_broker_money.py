"""Money comes from nowhere and goes nowhere, whatever is traded in whatever order."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitwire.sim.account import AccountSettings
from pitwire.sim.broker import Broker
from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.sim.symbols import CATALOG
from pitwire.sim.translation import Translation
from pitwire.wire import commands
from pitwire.wire.enums import OrderType
from pitwire.wire.records import TradeResult
from pitwire.wire.retcodes import Retcode

TUESDAY_NOON_MSC = 1_763_467_200_000
SYMBOLS = ("EURUSD", "USDJPY", "EURGBP", "GBPUSD", "BTCUSD")
CLOCK = ManualClock(TUESDAY_NOON_MSC)
MARKET = Market(clock=CLOCK, symbols=[spec for spec in CATALOG if spec.name in SYMBOLS])

side = st.sampled_from([OrderType.BUY, OrderType.SELL])
lots = st.integers(1, 60).map(lambda steps: round(steps * 0.01, 2))
symbol = st.sampled_from(SYMBOLS)
which = st.integers(0, 9)
step = st.one_of(
    st.tuples(st.just("open"), symbol, side, lots),
    st.tuples(st.just("close"), which, lots),
    st.tuples(st.just("close whole"), which),
    st.tuples(st.just("close by"), which, which),
    st.tuples(st.just("wait"), st.integers(1, 20_000)),
)


def broker_of(currency: str = "USD", commission: float = 0.0) -> Broker:
    account = AccountSettings(currency=currency, deposit=1_000_000.0, commission_per_lot=commission)
    return Broker(MARKET, account)


def carry_out(broker: Broker, command: commands.TradingCommand) -> TradeResult:
    return broker.execute(Translation(broker).request(command))


def send(broker: Broker, name: str, side: OrderType, volume: float) -> TradeResult:
    return carry_out(
        broker,
        commands.OrderSend(
            request_id="r", deadline_msc=0, login=1, symbol=name, type=side, volume=volume
        ),
    )


def close(broker: Broker, ticket: int, volume: float | None = None) -> TradeResult:
    return carry_out(
        broker,
        commands.PositionClose(
            request_id="r", deadline_msc=0, login=1, position=ticket, volume=volume
        ),
    )


def do(broker: Broker, what: tuple[object, ...]) -> None:
    held = list(broker.ledger.positions)
    match what:
        case ("open", str(name), OrderType() as side, float(volume)):
            send(broker, name, side, volume)
        case ("close", int(at), float(volume)) if held:
            close(broker, held[at % len(held)], volume)
        case ("close whole", int(at)) if held:
            close(broker, held[at % len(held)])
        case ("close by", int(at), int(by)) if held:
            pair = (held[at % len(held)], held[by % len(held)])
            carry_out(
                broker,
                commands.PositionCloseBy(
                    request_id="r", deadline_msc=0, login=1, position=pair[0], position_by=pair[1]
                ),
            )
        case ("wait", int(ms)):
            CLOCK.advance(ms)


def cents(amount: float) -> Decimal:
    return Decimal(repr(amount))


@settings(max_examples=120, deadline=None)
@given(
    st.lists(step, max_size=25),
    st.sampled_from(["USD", "EUR", "GBP", "JPY"]),
    st.sampled_from([0.0, 3.5, 0.333]),
)
def test_the_books_agree_after_every_trade(
    steps: list[tuple[object, ...]], currency: str, commission: float
) -> None:
    broker = broker_of(currency, commission)
    for what in steps:
        do(broker, what)
        figures = broker.figures()
        booked = sum(
            cents(deal.profit) + cents(deal.commission) + cents(deal.swap) + cents(deal.fee)
            for deal in broker.ledger.deals
        )
        assert cents(figures.balance) == booked
        floating = sum(cents(held.profit) + cents(held.swap) for held in broker.positions())
        assert cents(figures.equity) == cents(figures.balance) + floating
        assert cents(figures.margin_free) == cents(figures.equity) - cents(figures.margin)
        assert figures.margin >= 0
        assert (figures.margin == 0) == (not broker.ledger.positions)
    volumes: dict[int, Decimal] = {}
    for deal in broker.ledger.deals[1:]:
        change = cents(deal.volume) * (1 if deal.entry == 0 else -1)
        volumes[deal.position_id] = volumes.get(deal.position_id, Decimal(0)) + change
    left = {ticket: volume for ticket, volume in volumes.items() if volume}
    assert left == {held.ticket: cents(held.volume) for held in broker.positions()}
    tickets = [deal.ticket for deal in broker.ledger.deals]
    assert tickets == sorted(set(tickets))


@settings(max_examples=60, deadline=None)
@given(symbol, side, lots, st.integers(0, 60_000))
def test_opening_and_closing_at_once_costs_exactly_the_spread(
    name: str, side: OrderType, volume: float, wait_ms: int
) -> None:
    CLOCK.advance(wait_ms)
    broker = broker_of()
    quote, spec = MARKET.quote(name), MARKET.spec(name)
    assert quote is not None
    opened = send(broker, name, side, volume)
    assert close(broker, opened.position).retcode == Retcode.DONE
    spread = (cents(quote.ask) - cents(quote.bid)) * cents(spec.trade_contract_size)
    cost = spread * cents(volume)
    if spec.currency_profit != "USD":
        cost = cents(MARKET.convert(float(cost), spec.currency_profit, "USD", favor="ask"))
    lost = cents(1_000_000.0) - cents(broker.ledger.balance)
    assert abs(lost - cost) <= Decimal("0.005")


@settings(max_examples=60, deadline=None)
@given(symbol, side, st.lists(lots, min_size=2, max_size=6))
def test_partial_closes_at_one_price_sum_to_one_close(
    name: str, side: OrderType, parts: list[float]
) -> None:
    whole = round(sum(parts), 2)
    one, many = broker_of(), broker_of()
    ticket = send(one, name, side, whole).position
    assert close(one, ticket).retcode == Retcode.DONE
    ticket = send(many, name, side, whole).position
    for part in parts:
        assert close(many, ticket, part).retcode == Retcode.DONE
    assert many.ledger.positions == {}
    # Each part is booked to the cent by itself.
    difference = abs(cents(one.ledger.balance) - cents(many.ledger.balance))
    assert difference <= Decimal("0.005") * (len(parts) + 1)


@settings(max_examples=60, deadline=None)
@given(symbol, lots, lots)
def test_hedged_margin_is_that_of_the_larger_leg_when_the_contract_is_hedged_in_full(
    name: str, long: float, short: float
) -> None:
    broker = broker_of()
    longs = send(broker, name, OrderType.BUY, long)
    alone = broker.figures().margin
    send(broker, name, OrderType.SELL, short)
    spec = MARKET.spec(name)
    assert longs.retcode == Retcode.DONE
    assert spec.margin_hedged == spec.trade_contract_size
    larger = max(long, short) / long * alone
    assert broker.figures().margin == pytest.approx(larger, rel=0.005, abs=0.02)


@settings(max_examples=40, deadline=None)
@given(symbol, side, lots, st.integers(-3000, 3000))
def test_calculated_profit_is_antisymmetric_in_the_account_currency(
    name: str, side: OrderType, volume: float, points: int
) -> None:
    broker, spec = broker_of("USD"), MARKET.spec(name)
    opened = spec.start_price
    closed = opened + points * spec.point
    value = broker.valuation.profit(spec, side, volume=volume, opened=opened, closed=closed)
    other = broker.valuation.profit(spec, 1 - side, volume=volume, opened=opened, closed=closed)
    assert (value > 0) == (other < 0) or value == other == 0
    assert abs(value + other) <= 0.01 + 0.002 * abs(value)


def test_three_hundred_points_of_one_lot_are_three_hundred_dollars() -> None:
    broker, spec = broker_of(), MARKET.spec("EURUSD")
    assert broker.valuation.profit(spec, 0, volume=1.0, opened=1.1, closed=1.103) == 300.0
