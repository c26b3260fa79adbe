from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitwire.sim.account import AccountSettings
from pitwire.sim.broker import Broker
from pitwire.sim.clock import ManualClock
from pitwire.sim.desk import Desk
from pitwire.sim.faults import Faults
from pitwire.sim.journal import Journal, JournalWriteError
from pitwire.sim.market import Market
from pitwire.sim.refusals import Refused
from pitwire.sim.state import TerminalState
from pitwire.sim.symbols import CATALOG
from pitwire.wire import commands
from pitwire.wire.enums import OrderType
from pitwire.wire.records import TradeResult
from pitwire.wire.replies import JournalState, RefusalCode
from pitwire.wire.retcodes import Retcode

TUESDAY_NOON_MSC = 1_763_467_200_000
LOGIN = AccountSettings().login


class Room:
    """A desk with all that it stands on; the broker's clock is two hours ahead of UTC."""

    def __init__(self, path: Path | None = None, *, login: int = LOGIN) -> None:
        self.clock = ManualClock(TUESDAY_NOON_MSC)
        market = Market(clock=self.clock, symbols=CATALOG[:1], utc_offset_s=7200)
        self.faults = Faults()
        self.journal = Journal(path, login=login)
        account = AccountSettings(login=login)
        self.broker = Broker(market, account, faults=self.faults)
        state = TerminalState(
            market=market,
            faults=self.faults,
            login=login,
            server="s",
            company="c",
            journal=self.journal.id,
        )
        self.desk = Desk(self.broker, self.journal, state)

    def refusal(self, command: commands.TradingCommand) -> Any:
        with pytest.raises(Refused) as caught:
            self.desk.trade(command)
        return caught.value.refusal


def order(request_id: str = "one", **fields: Any) -> commands.OrderSend:
    filled = {
        "request_id": request_id,
        "deadline_msc": TUESDAY_NOON_MSC,
        "login": LOGIN,
        "symbol": "EURUSD",
        "type": OrderType.BUY,
        "volume": 0.1,
        **fields,
    }
    return commands.OrderSend.model_validate(filled)


def test_a_repeat_gets_the_first_answer_and_trades_nothing() -> None:
    room = Room()
    first = room.desk.trade(order())
    assert first[1] is False
    room.clock.advance(60_000)
    again = order(deadline_msc=TUESDAY_NOON_MSC + 1)
    assert room.desk.trade(again) == (first[0], True)
    assert len(room.broker.positions()) == 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=20))
def test_as_many_positions_as_request_ids_however_often_each_is_sent(sent: list[int]) -> None:
    room = Room()
    answers: dict[int, TradeResult] = {}
    for number in sent:
        result, repeated = room.desk.trade(order(f"id-{number}"))
        assert repeated == (number in answers)
        assert answers.setdefault(number, result) == result
    assert len(room.broker.positions()) == len(set(sent))


@pytest.mark.parametrize("other", [{"volume": 0.2}, {"sl": None}, {"comment": "x"}, {"login": 1}])
def test_another_content_under_the_same_id_is_a_conflict(other: dict[str, Any]) -> None:
    room = Room()
    room.desk.trade(order())
    refusal = room.refusal(order(**other))
    assert (refusal.code, refusal.field) == (RefusalCode.REQUEST_CONFLICT, "request_id")
    assert len(room.broker.positions()) == 1


def test_another_command_under_the_same_id_is_a_conflict() -> None:
    room = Room()
    position = room.desk.trade(order())[0].position
    closing = commands.PositionClose(
        request_id="one", deadline_msc=TUESDAY_NOON_MSC, login=LOGIN, position=position
    )
    assert room.refusal(closing).code == RefusalCode.REQUEST_CONFLICT
    assert len(room.broker.positions()) == 1


def test_a_deadline_is_kept_to_the_millisecond_of_the_terminals_utc_clock() -> None:
    room = Room()
    room.desk.trade(order("in-time"))
    room.clock.advance(1)
    refusal = room.refusal(order("late"))
    assert (refusal.code, refusal.field) == (RefusalCode.DEADLINE_PASSED, "deadline_msc")
    assert "1 ms ago" in refusal.message
    assert room.desk.status("late").state == JournalState.UNKNOWN
    assert len(room.broker.positions()) == 1


def test_another_login_is_refused() -> None:
    room = Room()
    assert room.refusal(order(login=LOGIN + 1)).code == RefusalCode.ACCOUNT_CHANGED
    assert room.broker.positions() == []


def test_algo_trading_off_is_refused_by_the_name_of_its_switch() -> None:
    room = Room()
    room.faults.algo_trading = False
    refusal = room.refusal(order())
    assert refusal.code == RefusalCode.TRADE_FORBIDDEN
    assert "terminal_trade_allowed" in refusal.message
    room.faults.algo_trading = True
    assert room.desk.trade(order())[1] is False


def test_a_refusal_of_the_broker_is_an_answer_and_is_kept() -> None:
    room = Room()
    result, _ = room.desk.trade(order(volume=0.001))
    assert result.retcode == Retcode.INVALID_VOLUME
    assert room.desk.trade(order(volume=0.001)) == (result, True)
    assert room.desk.status("one").result == result


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (order(symbol="NONE"), RefusalCode.UNKNOWN_SYMBOL, "symbol"),
        (
            commands.OrderRemove(
                request_id="r", deadline_msc=TUESDAY_NOON_MSC, login=LOGIN, order=1
            ),
            RefusalCode.NOT_FOUND,
            "order",
        ),
        (
            commands.OrderModify(
                request_id="r", deadline_msc=TUESDAY_NOON_MSC, login=LOGIN, order=1
            ),
            RefusalCode.NOT_FOUND,
            "order",
        ),
        (
            commands.PositionModify(
                request_id="r", deadline_msc=TUESDAY_NOON_MSC, login=LOGIN, position=5
            ),
            RefusalCode.NOT_FOUND,
            "position",
        ),
    ],
)
def test_what_cannot_be_is_refused_before_it_is_written_down(
    command: commands.TradingCommand, code: int, field: str | None
) -> None:
    room = Room()
    refusal = room.refusal(command)
    assert (refusal.code, refusal.field) == (code, field)
    assert room.desk.status(command.request_id).state == JournalState.UNKNOWN


def test_close_by_names_the_position_that_never_was() -> None:
    room = Room()
    ticket = room.desk.trade(order())[0].position
    command = commands.PositionCloseBy(
        request_id="by", deadline_msc=TUESDAY_NOON_MSC, login=LOGIN, position=ticket, position_by=5
    )
    assert room.refusal(command).field == "position_by"


def test_a_journal_that_cannot_be_written_stops_trading(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()

    def full(*_: object, **__: object) -> None:
        raise JournalWriteError("the disk is full")

    monkeypatch.setattr(room.journal, "receive", full)
    assert room.refusal(order()).code == RefusalCode.JOURNAL_UNAVAILABLE
    assert room.broker.positions() == []


def test_a_result_that_cannot_be_written_is_still_given(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()

    def full(_fields: dict[str, Any]) -> None:
        if "done" in _fields:
            raise JournalWriteError("the disk is full")

    monkeypatch.setattr(room.journal, "_append", full)
    result, _ = room.desk.trade(order())
    assert result.retcode == Retcode.DONE
    assert room.desk.trade(order()) == (result, True)


def test_a_failure_half_way_is_never_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    with monkeypatch.context() as patch:
        patch.setattr(room.broker, "execute", lambda *_, **__: 1 / 0)
        assert room.refusal(order()).code == RefusalCode.INTERNAL
    assert room.desk.status("one").state == JournalState.INDETERMINATE
    assert room.refusal(order()).code == RefusalCode.INTERNAL
    assert room.broker.positions() == []


def moved(room: Room, command: str, **fields: Any) -> commands.TradingCommand:
    models: dict[str, type[commands.TradingCommand]] = {
        "modify": commands.OrderModify,
        "remove": commands.OrderRemove,
        "stops": commands.PositionModify,
        "close": commands.PositionClose,
    }
    envelope = {"request_id": "late", "deadline_msc": TUESDAY_NOON_MSC, "login": LOGIN}
    return models[command].model_validate({**envelope, **fields})


def test_pending_orders_are_placed_changed_and_removed() -> None:
    room = Room()
    result, _ = room.desk.trade(order(type=OrderType.BUY_LIMIT, price=1.0))
    assert (result.retcode, result.deal) == (Retcode.DONE, 0)
    change = {"order": result.order, "sl": 0.9, "request_id": "change"}
    assert room.desk.trade(moved(room, "modify", **change))[0].retcode == Retcode.DONE
    (waiting,) = room.broker.orders()
    assert (waiting.ticket, waiting.price_open, waiting.sl) == (result.order, 1.0, 0.9)
    assert room.desk.trade(moved(room, "remove", order=result.order))[0].retcode == Retcode.DONE
    assert room.broker.orders() == []
    again = moved(room, "remove", order=result.order, request_id="again")
    assert room.desk.trade(again)[0].retcode == Retcode.ORDER_CHANGED


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("open", {}),
        ("pending", {}),
        ("modify", {"price": 0.99}),
        ("remove", {}),
        ("stops", {"sl": 0.9}),
        ("close", {"volume": 0.04}),
    ],
)
def test_a_time_out_is_settled_from_the_books(kind: str, fields: dict[str, Any]) -> None:
    room = Room()
    position = room.desk.trade(order("first"))[0].position
    waiting = room.desk.trade(order("second", type=OrderType.BUY_LIMIT, price=1.0))[0].order
    command: commands.TradingCommand
    if kind == "open":
        command = order("late")
    elif kind == "pending":
        command = order("late", type=OrderType.BUY_LIMIT, price=1.0)
    else:
        about = {"order": waiting} if kind in {"modify", "remove"} else {"position": position}
        command = moved(room, kind, **about, **fields)
    room.faults.timeout_next = True
    result, repeated = room.desk.trade(command)
    assert (result.retcode, result.deal, result.order, repeated) == (Retcode.TIMEOUT, 0, 0, False)
    entry = room.desk.status("late")
    assert entry.state == JournalState.DONE
    assert entry.result is not None
    assert entry.result.retcode == Retcode.DONE
    assert room.desk.trade(command) == (entry.result, True)
    if kind in {"open", "close"}:
        deal = room.broker.ledger.deals[-1]
        assert (entry.result.deal, entry.result.order) == (deal.ticket, deal.order)
        assert (entry.result.price, entry.result.position) == (deal.price, deal.position_id)
    if kind == "pending":
        assert entry.result.order in room.broker.ledger.working


def test_a_time_out_that_left_no_trace_is_for_a_person_to_settle() -> None:
    room = Room()
    room.faults.retcode_next = Retcode.TIMEOUT
    assert room.desk.trade(order())[0].retcode == Retcode.TIMEOUT
    assert room.desk.status("one").state == JournalState.INDETERMINATE
    assert room.refusal(order()).code == RefusalCode.INTERNAL
    assert room.broker.positions() == []


def test_a_restart_answers_repeats_from_the_file(tmp_path: Path) -> None:
    room = Room(tmp_path / "journal")
    result, _ = room.desk.trade(order())
    room.journal.close()
    room = Room(tmp_path / "journal")
    assert room.desk.trade(order()) == (result, True)
    assert room.broker.positions() == []
    room.journal.close()
