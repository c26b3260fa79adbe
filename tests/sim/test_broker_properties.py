"""Whatever is asked of the broker in whatever order, it answers, and its books agree."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitwire.sim.account import AccountSettings
from pitwire.sim.broker import Broker
from pitwire.sim.clock import ManualClock
from pitwire.sim.faults import Faults
from pitwire.sim.ledger import OpenPosition
from pitwire.sim.market import Market
from pitwire.sim.request import TradeRequest
from pitwire.sim.rules import expires_s
from pitwire.sim.symbols import CATALOG
from pitwire.wire.enums import (
    DealEntry,
    FillingFlag,
    MarginMode,
    OrderState,
    OrderType,
    TradeAction,
    TradeExecution,
    TransactionType,
)
from pitwire.wire.records import Order, TradeResult, Transaction
from pitwire.wire.retcodes import Retcode

TUESDAY_NOON_MSC = 1_763_467_200_000
FRIDAY_EVENING_MSC = 1_763_755_000_000
SPECS = {spec.name: spec for spec in CATALOG}
SYMBOLS = [
    SPECS["EURUSD"],
    SPECS["EURGBP"],
    replace(
        SPECS["BTCUSD"],
        filling_mode=FillingFlag(7),
        trade_exemode=TradeExecution.EXCHANGE,
        trade_stops_level=100,
        trade_freeze_level=50,
    ),
    SPECS["GBPUSD"],
]
NAMES = [spec.name for spec in SYMBOLS]
ACCEPTED = {Retcode.DONE, Retcode.DONE_PARTIAL, Retcode.PLACED}
LEFT = {OrderState.CANCELED, OrderState.FILLED, OrderState.REJECTED, OrderState.EXPIRED}

odd_number = st.sampled_from([0, 1, -1, 2**63, 2**64, 99])
odd_amount = st.sampled_from(
    [0.0, -1.0, 0.1, 1e-9, 1e308, -1e308, float("nan"), float("inf"), 5e-324]
)
garbage = st.fixed_dictionaries(
    {"action": st.integers(-1, 12)},
    optional={
        **dict.fromkeys(("volume", "price", "stoplimit", "sl", "tp"), odd_amount),
        **dict.fromkeys(("magic", "deviation", "expiration", "type", "type_filling"), odd_number),
        **dict.fromkeys(("type_time", "order", "position", "position_by"), odd_number),
        "symbol": st.sampled_from(["", "EURUSD", "NONE", "\0"]),
        "comment": st.text(max_size=40),
    },
)
lots = st.integers(1, 300).map(lambda steps: round(steps * 0.01, 2))
points = st.integers(-600, 600)
which = st.integers(0, 7)
common = {
    "symbol": st.sampled_from(NAMES),
    "volume": lots,
    "filling": st.integers(0, 3),
    "stops": st.tuples(points, points) | st.none(),
}
sensible = st.one_of(
    st.fixed_dictionaries({"do": st.just("market"), "side": st.integers(0, 1), **common}),
    st.fixed_dictionaries(
        {
            "do": st.just("pending"),
            "type": st.integers(2, 7),
            "away": st.integers(-50, 500),
            "time": st.integers(0, 3),
            "lives_s": st.integers(1, 90_000),
            **common,
        }
    ),
    st.fixed_dictionaries({"do": st.just("close"), "at": which, "volume": lots | st.none()}),
    st.fixed_dictionaries({"do": st.just("close by"), "at": which, "by": which}),
    st.fixed_dictionaries(
        {"do": st.just("stops"), "at": which, "stops": st.tuples(points, points)}
    ),
    st.fixed_dictionaries({"do": st.just("modify"), "at": which, "by": points}),
    st.fixed_dictionaries({"do": st.just("remove"), "at": which}),
    st.fixed_dictionaries({"do": st.just("wait"), "s": st.sampled_from([1, 60, 1800, 40_000])}),
    st.fixed_dictionaries({"do": st.just("scarce"), "lots": st.sampled_from([None, 0.0, 0.05])}),
    st.fixed_dictionaries({"do": st.just("garbage"), "fields": garbage}),
)


class Trader:
    """Writes requests about what is there, right or wrong, and keeps the transactions."""

    def __init__(
        self, mode: MarginMode, *, deposit: float, at_msc: int, stop_out: float = 50.0
    ) -> None:
        self.clock = ManualClock(at_msc)
        self.faults = Faults()
        account = AccountSettings(
            margin_mode=mode,
            deposit=deposit,
            commission_per_lot=3.5,
            limit_orders=6,
            margin_so_call=1000.0,
            margin_so_so=stop_out,
        )
        self.broker = Broker(Market(clock=self.clock, symbols=SYMBOLS), account, faults=self.faults)
        self.told: list[Transaction] = []
        self.broker.on_transaction = lambda transaction, *_: self.told.append(transaction)

    def request(self, what: dict[str, Any]) -> TradeRequest | None:
        ledger = self.broker.ledger
        match what["do"]:
            case "wait":
                self.clock.advance(what["s"] * 1000)
            case "scarce":
                self.faults.fill_at_most = what["lots"]
            case "garbage":
                return TradeRequest(**what["fields"])
            case "market":
                return self.market_order(what)
            case "pending":
                return self.pending_order(what)
            case "close" | "close by" | "stops" if ledger.positions:
                return self.about_position(what, list(ledger.positions.values()))
            case "modify" | "remove" if ledger.working:
                return self.about_order(what, list(ledger.working.values()))
        return None

    def about_position(self, what: dict[str, Any], held: list[OpenPosition]) -> TradeRequest:
        one = held[what["at"] % len(held)]
        if what["do"] == "close by":
            other = held[what["by"] % len(held)]
            return TradeRequest(
                action=TradeAction.CLOSE_BY, position=one.ticket, position_by=other.ticket
            )
        if what["do"] == "stops":
            sl, tp = self.stops(one.symbol, what["stops"])
            return TradeRequest(action=TradeAction.SLTP, position=one.ticket, sl=sl, tp=tp)
        return TradeRequest(
            action=TradeAction.DEAL,
            position=one.ticket,
            symbol=one.symbol,
            type=1 - one.type,
            volume=what["volume"] or one.volume,
            price=self.price(one.symbol, 1 - one.type),
            type_filling=1,
        )

    def about_order(self, what: dict[str, Any], waiting: list[Order]) -> TradeRequest:
        order = waiting[what["at"] % len(waiting)]
        if what["do"] == "remove":
            return TradeRequest(action=TradeAction.REMOVE, order=order.ticket)
        spec = self.broker.market.spec(order.symbol)
        return TradeRequest(
            action=TradeAction.MODIFY,
            order=order.ticket,
            price=max(round(order.price_open + what["by"] * spec.point, spec.digits), 0.0),
            stoplimit=order.price_stoplimit,
            sl=order.sl,
            type_time=order.type_time,
            expiration=order.time_expiration,
        )

    def price(self, symbol: str, side: int) -> float:
        quote = self.broker.market.quote(symbol)
        assert quote is not None
        return quote.bid if side % 2 else quote.ask

    def stops(self, symbol: str, away: tuple[int, int] | None) -> tuple[float, float]:
        if away is None:
            return 0.0, 0.0
        spec = self.broker.market.spec(symbol)
        sl, tp = (round(self.price(symbol, 0) + by * spec.point, spec.digits) for by in away)
        return sl, tp

    def market_order(self, what: dict[str, Any]) -> TradeRequest:
        sl, tp = self.stops(what["symbol"], what["stops"])
        return TradeRequest(
            action=TradeAction.DEAL,
            symbol=what["symbol"],
            type=what["side"],
            volume=what["volume"],
            price=self.price(what["symbol"], what["side"]),
            type_filling=what["filling"],
            sl=sl,
            tp=tp,
        )

    def pending_order(self, what: dict[str, Any]) -> TradeRequest:
        spec = self.broker.market.spec(what["symbol"])
        kind = OrderType(what["type"])
        sign = 1 if "BUY" in kind.name else -1
        away = -1 if kind.name.endswith("LIMIT") and "STOP" not in kind.name else 1
        here = self.price(spec.name, kind)
        price = round(here + sign * away * what["away"] * spec.point, spec.digits)
        sl, tp = self.stops(spec.name, what["stops"])
        return TradeRequest(
            action=TradeAction.PENDING,
            symbol=spec.name,
            type=kind,
            volume=what["volume"],
            price=price,
            stoplimit=round(price - sign * 150 * spec.point, spec.digits),
            type_filling=2,
            type_time=what["time"],
            expiration=self.broker.market.now_msc() // 1000 + what["lives_s"],
            sl=sl,
            tp=tp,
        )


def cents(amount: float) -> Decimal:
    return Decimal(repr(amount))


def check_money(broker: Broker) -> None:
    figures, deals = broker.figures(), broker.ledger.deals
    booked = sum(
        cents(d.profit) + cents(d.commission) + cents(d.swap) + cents(d.fee) for d in deals
    )
    assert cents(figures.balance) == booked
    floating = sum(cents(held.profit) + cents(held.swap) for held in broker.positions())
    assert cents(figures.equity) == cents(figures.balance) + floating
    assert figures.margin >= 0


def check_volumes(broker: Broker) -> None:
    """What deals brought and took is what positions hold and what orders miss."""
    ledger = broker.ledger
    of_position: dict[int, Decimal] = defaultdict(Decimal)
    of_order: dict[int, Decimal] = defaultdict(Decimal)
    for deal in ledger.deals[1:]:
        of_position[deal.position_id] += cents(deal.volume) * (1 - 2 * deal.type)
        share = 2 if deal.entry == DealEntry.OUT_BY else 1
        of_order[deal.order] += cents(deal.volume) / share
    held = {p.identifier: cents(p.volume) * p.direction for p in ledger.positions.values()}
    assert {key: volume for key, volume in of_position.items() if volume} == held
    assert all(position.volume > 0 for position in ledger.positions.values())
    for order in (*ledger.orders, *ledger.working.values()):
        missing = cents(order.volume_initial) - cents(order.volume_current)
        assert missing == of_order.pop(order.ticket, Decimal(0))
        assert order.volume_current >= 0
    assert not of_order


def check_orders(broker: Broker) -> None:
    ledger, now_msc = broker.ledger, broker.market.now_msc()
    for order in ledger.orders:
        assert order.state in LEFT
        assert order.time_setup_msc <= order.time_done_msc <= now_msc
        assert (order.state == OrderState.FILLED) == (order.volume_current == 0)
    for order in ledger.working.values():
        assert order.state in {OrderState.PLACED, OrderState.PARTIAL}
        assert order.volume_current > 0
        assert order.time_done_msc == 0
        if order.time_expiration:
            assert expires_s(order.type_time, order.time_expiration) * 1000 > now_msc
    tickets = [order.ticket for order in (*ledger.orders, *ledger.working.values())]
    assert len(tickets) == len(set(tickets))
    numbers = [deal.ticket for deal in ledger.deals]
    assert numbers == sorted(set(numbers))


def check_transactions(trader: Trader) -> None:
    """Orders, deals and history are told once each, and nothing else is."""
    ledger = trader.broker.ledger
    told: dict[int, list[int]] = defaultdict(list)
    for transaction in trader.told:
        told[transaction.type].append(transaction.order)
    past = [order.ticket for order in ledger.orders]
    assert sorted(told[TransactionType.ORDER_ADD]) == sorted([*past, *ledger.working])
    assert told[TransactionType.ORDER_DELETE] == told[TransactionType.HISTORY_ADD] == past
    assert told[TransactionType.DEAL_ADD] == [deal.order for deal in ledger.deals[1:]]


def check_answer(trader: Trader, request: TradeRequest) -> TradeResult:
    """A dry run changes nothing and foretells what the real one does."""
    broker = trader.broker
    broker.advance()
    before = (dict(broker.ledger.positions), dict(broker.ledger.working), broker.ledger.balance)
    checked = broker.check(request)
    after = (dict(broker.ledger.positions), dict(broker.ledger.working), broker.ledger.balance)
    assert before == after
    result = broker.execute(request)
    if checked.retcode:
        assert result.retcode == checked.retcode
        assert (result.deal, result.order) == (0, 0)
    else:
        assert result.retcode in {*ACCEPTED, Retcode.REJECT}
    if checked.retcode == 0 and result.retcode == Retcode.DONE:
        assert checked.margin == pytest.approx(broker.figures().margin, abs=0.011)
    return result


@settings(max_examples=120, deadline=None)
@given(
    st.lists(sensible, max_size=40),
    st.sampled_from([MarginMode.RETAIL_HEDGING, MarginMode.RETAIL_NETTING]),
    st.sampled_from([600.0, 20_000.0, 1_000_000.0]),
    st.sampled_from([TUESDAY_NOON_MSC, FRIDAY_EVENING_MSC]),
    st.sampled_from([50.0, 900.0]),
)
def test_the_broker_answers_everything_and_its_books_agree(
    steps: list[dict[str, Any]], mode: MarginMode, deposit: float, at_msc: int, stop_out: float
) -> None:
    trader = Trader(mode, deposit=deposit, at_msc=at_msc, stop_out=stop_out)
    broker = trader.broker
    for what in steps:
        request = trader.request(what)
        if request is not None:
            check_answer(trader, request)
        broker.advance()
        check_money(broker)
        check_volumes(broker)
        check_orders(broker)
        assert all(order.price_current > 0 for order in broker.orders())
        if mode == MarginMode.RETAIL_NETTING:
            symbols = [position.symbol for position in broker.positions()]
            assert len(symbols) == len(set(symbols))
    check_transactions(trader)


@settings(max_examples=300, deadline=None)
@given(garbage)
def test_no_request_makes_the_broker_raise(fields: dict[str, Any]) -> None:
    trader = TRADER
    result = trader.broker.execute(TradeRequest(**fields))
    assert result.retcode in set(Retcode)
    assert result.row()


TRADER = Trader(MarginMode.RETAIL_HEDGING, deposit=1000.0, at_msc=TUESDAY_NOON_MSC)
