from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.test_reads import EXAMPLES, SYMBOL, TRADE

from pitwire.sim.account import AccountSettings
from pitwire.sim.clock import ManualClock
from pitwire.sim.expert import Expert
from pitwire.sim.faults import Faults
from pitwire.sim.journal import Journal
from pitwire.sim.market import Market
from pitwire.sim.symbols import CATALOG
from pitwire.wire import codec, commands
from pitwire.wire.arrays import RATES, array_of
from pitwire.wire.commands import COMMANDS, Command
from pitwire.wire.enums import OrderState, OrderType, Timeframe
from pitwire.wire.envelope import FrameType
from pitwire.wire.replies import Refusal, RefusalCode
from pitwire.wire.retcodes import Retcode

NOON = 1_763_467_200
LOGIN = AccountSettings().login


class Room:
    """A terminal without sockets, asked as a peer would ask it."""

    def __init__(self, journal: Journal | None = None, **account: Any) -> None:
        self.market = Market(clock=ManualClock(NOON * 1000), symbols=CATALOG[:3])
        self.expert = Expert(
            self.market,
            AccountSettings(**account),
            journal=journal or Journal(login=LOGIN),
            faults=Faults(),
        )
        self.broker = self.expert.broker
        self.outbox = self.expert.open(lambda _code, _body: True)

    def raw(self, code: int, body: bytes) -> tuple[FrameType, dict[str, Any]]:
        answer = self.expert.answer(code, body, self.outbox)
        assert answer is not None
        return answer[0], codec.unpack(answer[1])

    def ask(self, command: Command) -> Any:
        frame_type, body = self.raw(command.code, codec.pack(command.packed()))
        if frame_type == FrameType.ERROR:
            return Refusal.model_validate(body)
        return command.reply.model_validate(body)

    def ask_fields(self, code: int, **fields: Any) -> Any:
        frame_type, body = self.raw(code, codec.pack(fields))
        model = Refusal if frame_type == FrameType.ERROR else COMMANDS[code].reply
        return model.model_validate(body)


@pytest.fixture(scope="module")
def room() -> Room:
    return Room()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(COMMANDS)), st.data())
def test_no_body_brings_the_room_down(room: Room, code: int, data: st.DataObject) -> None:
    values = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(),
        st.text(max_size=40),
        st.lists(st.integers(0, 9), max_size=2),
    )
    fields = dict(EXAMPLES.get(code, {"count": 5}))
    for name in data.draw(st.lists(st.sampled_from(sorted(fields) or ["x"]), max_size=2)):
        fields[name] = data.draw(values)
    frame_type, body = room.raw(code, codec.pack(fields))
    if frame_type == FrameType.ERROR:
        assert body["code"] != RefusalCode.INTERNAL
        assert len(body["message"]) <= 500


@pytest.mark.parametrize("timeframe", Timeframe)
def test_rates_are_packed_rows(room: Room, timeframe: int) -> None:
    answer = room.ask(commands.CopyRatesFromPos(symbol="EURUSD", timeframe=timeframe, count=3))
    rates = array_of(answer.rates, RATES)
    assert len(rates) == 3
    assert answer.more
    assert list(rates["time"]) == sorted(set(rates["time"]))
    by_time = room.ask(
        commands.CopyRatesFrom(symbol="EURUSD", timeframe=timeframe, from_s=NOON, count=3)
    )
    assert by_time.rates == answer.rates
    ranged = room.ask(
        commands.CopyRatesRange(
            symbol="EURUSD", timeframe=timeframe, from_s=int(rates["time"][0]), to_s=NOON
        )
    )
    assert ranged.rates == answer.rates


def test_pending_orders_are_listed_and_found_in_the_history() -> None:
    room = Room()
    fields = {**SYMBOL, "type": OrderType.SELL_LIMIT, "volume": 0.1, "price": 1.5}
    checked = room.ask(commands.OrderCheck(**fields)).result
    assert (checked.retcode, checked.margin) == (0, 0.0)
    ticket = room.ask(commands.OrderSend(**TRADE, **fields)).result.order
    (order,) = room.ask(commands.OrdersGet()).orders
    assert (order.ticket, order.type, order.price_open) == (ticket, OrderType.SELL_LIMIT, 1.5)
    assert len(room.ask(commands.OrdersGet(symbol="GBPUSD")).orders) == 0
    assert len(room.ask(commands.OrdersGet(ticket=ticket)).orders) == 1
    assert room.ask(commands.SymbolSelect(symbol="EURUSD", enable=False)).selected
    removal = commands.OrderRemove(**{**TRADE, "request_id": "other"}, order=ticket)
    assert room.ask(removal).result.order == ticket
    assert len(room.ask(commands.OrdersGet()).orders) == 0
    (past,) = room.ask(commands.HistoryOrdersGet(ticket=ticket)).orders
    assert (past.state, past.time_done_msc) == (OrderState.CANCELED, NOON * 1000)


def test_only_what_opens_a_position_has_a_margin_and_a_profit(room: Room) -> None:
    margin = {**SYMBOL, "volume": 0.1, "price": 1.1}
    as_market = room.ask(commands.OrderCalcMargin(**margin, type=OrderType.BUY)).value
    assert room.ask(commands.OrderCalcMargin(**margin, type=OrderType.BUY_STOP)).value == as_market
    answer = room.ask(commands.OrderCalcMargin(**margin, type=OrderType.CLOSE_BY))
    assert (answer.code, answer.field) == (RefusalCode.INVALID_REQUEST, "type")
    profit = {**SYMBOL, "volume": 0.1, "price_open": 1.1, "price_close": 1.2}
    answer = room.ask(commands.OrderCalcProfit(**profit, type=OrderType.BUY_LIMIT))
    assert (answer.code, answer.field) == (RefusalCode.INVALID_REQUEST, "type")


def test_welcome_and_order_status_name_the_journal(tmp_path: Path) -> None:
    room, other = Room(), Room()
    facts = room.expert.welcome_facts()
    assert room.ask(commands.OrderStatus(request_id="id")).journal == facts["journal"]
    assert other.expert.welcome_facts()["journal"] != facts["journal"]
    seen = set()
    for _ in range(2):
        journal = Journal(tmp_path / "journal", login=LOGIN)
        kept = Room(journal=journal)
        seen.add(kept.expert.welcome_facts()["journal"])
        seen.add(kept.ask(commands.OrderStatus(request_id="id")).journal)
        journal.close()
    assert seen == {journal.id}


def test_before_the_first_price(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    monkeypatch.setattr(room.market, "quote", lambda _name: None)
    for command in (
        commands.SymbolInfoTick(symbol="EURUSD"),
        commands.MarketBookGet(symbol="EURUSD"),
        commands.OrderCalcMargin(type=0, symbol="EURUSD", volume=1.0),
    ):
        assert room.ask(command).code == RefusalCode.NO_PRICES
    sent = room.ask(commands.OrderSend(**TRADE, **SYMBOL, type=OrderType.BUY, volume=0.2))
    assert sent.result.retcode == Retcode.PRICE_OFF
