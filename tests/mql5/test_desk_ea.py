"""The desk of the Expert Advisor: executed at most once, in time, within the operator's limits."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.mql5.trading_room import (
    LOGIN,
    OTHER,
    SYMBOL,
    TIMEOUT_MS,
    Room,
    is_guarded,
    sealed,
    wait_until,
)

from pitwire.sim.account import AccountSettings
from pitwire.sim.symbols import CATALOG
from pitwire.wire import commands
from pitwire.wire.enums import (
    FillingFlag,
    MarginMode,
    OrderFilling,
    OrderState,
    OrderTime,
    OrderType,
    TradeExecution,
)
from pitwire.wire.records import TradeResult, Transaction
from pitwire.wire.replies import JournalState, RefusalCode
from pitwire.wire.retcodes import Retcode

# --- once


def test_an_order_is_executed_and_its_repeat_answered_from_the_journal(room: Room) -> None:
    first = room.ask(room.send("a", comment="grün %20", magic=2**64 - 1))
    again = room.ask(room.send("a", comment="grün %20", magic=2**64 - 1))
    assert first.result.retcode == Retcode.DONE
    assert first.result.position == first.result.order > 0
    assert not first.repeated
    assert again.repeated
    assert again.result == first.result == room.status("a").result
    assert [order.comment for order in room.orders()] == ["grün %20"]
    assert room.orders()[0].magic == 2**64 - 1


@pytest.mark.parametrize(
    "other",
    [{"volume": 0.2}, {"sl": 0.5}, {"comment": "b"}, {"magic": 1}, {"deviation": 1}],
    ids=lambda fields: next(iter(fields)),
)
def test_another_content_under_the_same_id_is_a_conflict(room: Room, other: Any) -> None:
    room.ask(room.send("a"))
    refusal = room.ask(room.send("a", **other))
    assert (refusal.code, refusal.field) == (RefusalCode.REQUEST_CONFLICT, "request_id")
    assert len(room.orders()) == 1


def test_a_repeat_while_the_first_is_under_way_is_answered_with_its_result(room: Room) -> None:
    room.terminal.conditions.hold_requests = True
    first = room.bridge.send(room.send("a"))
    second = room.bridge.send(room.send("a"))
    assert room.status("a").state == JournalState.RECEIVED
    room.terminal.conditions.hold_requests = False
    answers = [room.bridge.answer(sent)[1] for sent in (first, second)]
    assert [answer["repeated"] for answer in answers] == [False, True]
    assert answers[0]["result"] == answers[1]["result"]
    assert len(room.orders()) == 1


def test_transactions_before_the_call_returns_are_not_lost(room: Room) -> None:
    room.terminal.conditions.events_first = True
    assert room.ask(room.send("a")).result.retcode == Retcode.DONE


def test_a_command_that_never_came_is_unknown_to_the_same_journal(room: Room) -> None:
    number = room.number
    room.restart()
    status = room.status("never")
    assert (status.state, status.journal, status.login) == (JournalState.UNKNOWN, number, LOGIN)


def test_killed_between_the_journal_and_the_send_it_is_never_executed(room: Room) -> None:
    def die() -> None:
        room.terminal.conditions.connected = False  # so that the call reaches nobody
        room.terminal.kill()

    room.on_send(die)
    room.bridge.send(room.send("a"))
    wait_until(lambda: room.terminal.program is None)
    room.reconnect()
    room.restart()
    repeat = room.ask(room.send("a"))
    assert repeat.code == RefusalCode.INTERNAL
    assert room.settled("a").state == JournalState.INDETERMINATE
    assert room.ask(room.send("a")).code == RefusalCode.INTERNAL
    assert room.orders() == []


def test_killed_after_the_send_it_is_settled_from_the_account(room: Room) -> None:
    room.terminal.conditions.latency_ms = 200
    room.on_send(room.terminal.kill)
    room.bridge.send(room.send("a", comment="mine"))
    wait_until(lambda: room.terminal.program is None)
    wait_until(lambda: len(room.orders()) == 1)
    room.terminal.conditions.latency_ms = 0
    room.restart()
    status = room.settled("a")
    [order] = room.orders()
    assert status.state == JournalState.DONE
    assert (status.result.retcode, status.result.order) == (Retcode.DONE, order.ticket)
    assert (status.result.position, status.result.volume) == (order.ticket, 0.1)
    repeat = room.ask(room.send("a", comment="mine"))
    assert repeat.repeated
    assert repeat.result == status.result
    assert len(room.orders()) == 1


def test_killed_after_the_result_it_is_answered_as_before(room: Room) -> None:
    first = room.ask(room.send("a"))
    room.restart()
    assert room.ask(room.send("a")).result == first.result
    assert len(room.orders()) == 1


def test_two_that_look_alike_are_never_told_apart_by_guessing(room: Room) -> None:
    """Only one of two equal commands was executed: which one, nobody knows."""

    def die() -> None:
        room.terminal.conditions.connected = False
        room.terminal.kill()

    room.on_send(die)
    room.bridge.send(room.send("first"))
    wait_until(lambda: room.terminal.program is None)
    room.reconnect()
    room.restart()
    room.terminal.conditions.latency_ms = 200
    room.on_send(room.terminal.kill)
    room.bridge.send(room.send("second"))
    wait_until(lambda: room.terminal.program is None)
    wait_until(lambda: len(room.orders()) == 1)
    room.restart()
    assert room.settled("first").state == JournalState.INDETERMINATE
    assert room.settled("second").state == JournalState.INDETERMINATE


# --- answers that do not come, or prove nothing


def test_a_lost_answer_is_a_time_out_and_settled_afterwards(room: Room) -> None:
    room.terminal.faults.lose_answer_next = True
    reply = room.ask(room.send("a"))
    assert reply.result.retcode == Retcode.TIMEOUT
    status = room.settled("a")
    assert status.state == JournalState.DONE
    assert status.result.order == room.orders()[0].ticket
    assert room.ask(room.send("a")).result == status.result


def test_a_late_answer_still_settles_the_journal(room: Room) -> None:
    room.terminal.conditions.latency_ms = 2 * TIMEOUT_MS
    assert room.ask(room.send("a")).result.retcode == Retcode.TIMEOUT
    assert room.settled("a").result.retcode == Retcode.DONE
    assert len(room.orders()) == 1


@pytest.mark.parametrize("retcode", [Retcode.ERROR, Retcode.LOCKED, Retcode.CONNECTION])
def test_a_retcode_that_proves_nothing_leaves_it_to_a_person(room: Room, retcode: int) -> None:
    room.terminal.faults.retcode_next = retcode
    assert room.ask(room.send("a")).result.retcode == retcode
    assert room.settled("a").state == JournalState.INDETERMINATE


@pytest.mark.parametrize("state", ["filled", "rejected"])
def test_a_market_order_that_was_only_taken_is_followed_to_its_end(room: Room, state: str) -> None:
    """The answer names the order and no deal, as brokers with an exchange behind them do it."""
    broker = room.terminal.broker
    tell = broker.on_transaction

    def taken(transaction: Transaction, result: TradeResult | None, request_id: str | None) -> None:
        if result is not None:
            order = result.order or room.orders_now()[-1].ticket
            result = TradeResult(retcode=Retcode.PLACED, order=order)
        tell(transaction, result, request_id)

    opened = room.ask(room.send("first")).result
    broker.on_transaction = taken
    if state == "rejected":
        room.terminal.faults.fill_at_most = 0.05
    reply = room.ask(room.send("a", type_filling=OrderFilling.FOK))
    order = room.orders()[-1]
    assert order.ticket == reply.result.order != opened.order
    if state == "filled":
        assert reply.result.retcode == Retcode.DONE
        assert (reply.result.deal, reply.result.volume) != (0, 0.0)
        assert reply.result.position == order.ticket
    else:
        assert reply.result.retcode in {Retcode.REJECT, Retcode.CANCEL}
        assert reply.result.deal == 0
    assert room.status("a").result == reply.result


def test_a_time_out_after_the_trade_was_done_is_found_out(room: Room) -> None:
    room.terminal.faults.timeout_next = True
    assert room.ask(room.send("a")).result.retcode == Retcode.TIMEOUT
    assert room.settled("a").result.retcode == Retcode.DONE


@pytest.mark.parametrize("kind", ["modify", "close", "pending", "remove", "change"])
def test_every_kind_of_command_is_settled(room: Room, kind: str) -> None:
    position = room.ask(room.send("position")).result.position
    placed = room.ask(room.send("order", type=OrderType.BUY_LIMIT, price=1.0)).result.order
    intent = room.intent("a")
    command: commands.TradingCommand = {
        "modify": commands.PositionModify(**intent, position=position, sl=0.9),
        "close": commands.PositionClose(**intent, position=position, volume=0.04),
        "pending": room.send("a", type=OrderType.SELL_LIMIT, price=1.2, volume=0.3),
        "remove": commands.OrderRemove(**intent, order=placed),
        "change": commands.OrderModify(**intent, order=placed, price=0.95),
    }[kind]
    room.terminal.faults.timeout_next = True
    assert room.ask(command).result.retcode == Retcode.TIMEOUT
    status = room.settled("a")
    assert (status.state, status.result.retcode) == (JournalState.DONE, Retcode.DONE)


def test_a_session_that_ends_leaves_the_execution_alone(room: Room) -> None:
    room.terminal.conditions.hold_requests = True
    room.bridge.send(room.send("a"))
    assert room.status("a").state == JournalState.RECEIVED
    room.bridge.bye()
    room.bridge = room.connect()
    room.terminal.conditions.hold_requests = False
    assert room.settled("a").result.retcode == Retcode.DONE


def test_the_expert_removed_while_an_order_is_under_way_settles_it_at_the_next_start(
    room: Room,
) -> None:
    room.terminal.conditions.latency_ms = 200
    room.bridge.send(room.send("a"))
    assert room.status("a").state == JournalState.RECEIVED
    room.restart(kill=False, meanwhile=lambda: wait_until(lambda: len(room.orders()) == 1))
    assert room.settled("a").result.retcode == Retcode.DONE


# --- the journal's file


def test_a_full_disk_refuses_trading_and_nothing_else(room: Room) -> None:
    room.terminal.server.fail_files(write=True)
    refusal = room.ask(room.send("a"))
    assert refusal.code == RefusalCode.JOURNAL_UNAVAILABLE
    assert "cannot be written" in refusal.message
    assert room.ask(commands.SymbolInfoTick(symbol=SYMBOL)).tick.bid > 0
    room.terminal.server.fail_files()
    wait_until(lambda: hasattr(room.ask(room.send("a")), "result"))
    assert len(room.orders()) == 1


def test_a_result_that_the_disk_did_not_take_is_written_later(room: Room) -> None:
    room.terminal.conditions.hold_requests = True
    sent = room.bridge.send(room.send("a"))
    assert room.status("a").state == JournalState.RECEIVED
    room.terminal.server.fail_files(write=True)
    room.terminal.conditions.hold_requests = False
    assert room.bridge.answer(sent)[1]["result"]["retcode"] == Retcode.DONE
    assert " done a " not in room.journal.read_text()
    room.terminal.server.fail_files()
    wait_until(lambda: " done a " in room.journal.read_text())
    room.restart()
    assert room.status("a").state == JournalState.DONE


@pytest.mark.parametrize("torn", ["f", "01234567 received b c 1", "x" * 2000])
def test_a_torn_last_line_is_dropped(room: Room, torn: str) -> None:
    number = room.number
    first = room.ask(room.send("a"))

    def tear() -> None:
        with room.journal.open("a") as file:
            file.write(torn)

    room.restart(meanwhile=tear)
    assert room.number == number
    assert room.ask(room.send("a")).result == first.result
    room.ask(room.send("b"))
    room.restart()
    assert room.number == number
    assert room.ask(room.send("b")).repeated


@pytest.mark.parametrize("what", ["altered", "taken out", "swapped", "garbage", "another account"])
def test_a_damaged_journal_refuses_trading_and_nothing_else(room: Room, what: str) -> None:
    room.ask(room.send("a"))
    room.ask(room.send("b"))

    def damage() -> None:
        lines = room.journal.read_text().splitlines(keepends=True)
        if what == "altered":
            lines[2] = lines[2].replace(" 0 ", " 1 ", 1)
        elif what == "taken out":
            del lines[3]
        elif what == "swapped":
            lines[2:4] = lines[3:1:-1]
        elif what == "garbage":
            lines.insert(3, "\0\0\0\n")
        else:
            head = lines[0].split(" ", 1)[1].rstrip().replace(str(LOGIN), str(LOGIN + 1))
            lines = sealed([head]).splitlines(keepends=True)
        room.journal.write_text("".join(lines))

    room.restart(meanwhile=damage)
    for command in (room.send("a"), room.send("c"), commands.OrderStatus(request_id="a")):
        refusal = room.ask(command)
        assert refusal.code == RefusalCode.JOURNAL_UNAVAILABLE
        assert "move the file away" in refusal.message
    assert room.ask(commands.SymbolInfoTick(symbol=SYMBOL)).tick.bid > 0
    assert len(room.orders()) == 2


def test_a_journal_that_cannot_be_opened_is_tried_again(room: Room) -> None:
    first = room.ask(room.send("a"))
    aside = room.journal.with_suffix(".aside")

    def obstruct() -> None:
        room.journal.rename(aside)
        room.journal.mkdir()

    room.restart(meanwhile=obstruct)
    assert room.ask(room.send("a")).code == RefusalCode.JOURNAL_UNAVAILABLE
    room.journal.rmdir()
    aside.rename(room.journal)
    wait_until(lambda: hasattr(room.ask(room.send("a")), "result"))
    assert room.ask(room.send("a")).result == first.result


# --- the journal's number


def test_the_number_stays_while_the_journal_is_whole(room: Room) -> None:
    number = room.number
    room.ask(room.send("a"))
    room.restart(kill=False)
    assert room.number == number
    room.restart()
    assert room.number == number
    assert room.status("a").journal == number


def test_a_copy_from_an_earlier_moment_gets_another_number(room: Room) -> None:
    number = room.number
    room.ask(room.send("a"))
    copy = room.journal.read_bytes()
    room.ask(room.send("b"))
    room.restart(kill=False, meanwhile=lambda: write(room.journal, copy))
    assert room.number != number
    assert room.ask(room.send("a")).repeated
    assert room.status("b").state == JournalState.UNKNOWN


@pytest.mark.parametrize("what", ["another boot", "another folder"])
def test_what_may_lack_lines_gets_another_number(room: Room, what: str) -> None:
    number = room.number
    room.ask(room.send("a"))

    def change(texts: list[str]) -> list[str]:
        word, own, boot, place = texts[1].split()
        if what == "another boot":
            boot = str(int(boot) - 3600)
        else:
            place = place[::-1]
        return [texts[0], f"{word} {own} {boot} {place}", *texts[2:]]

    room.restart(meanwhile=lambda: room.reseal(change))
    assert room.number != number
    assert room.ask(room.send("a")).repeated
    later = room.number
    room.restart()
    assert room.number == later


def test_a_very_large_journal_loses_what_is_old(room: Room) -> None:
    number = room.number
    room.ask(room.send("new"))

    def grow(texts: list[str]) -> list[str]:
        received = texts[2].split()
        old = str(room.clock.now_msc() - 31 * 86_400_000)
        rest = " ".join([old, *received[4:]])
        return texts + [f"received old-{place:048d} {'0' * 64} {rest}" for place in range(80_000)]

    room.restart(meanwhile=lambda: room.reseal(grow))
    assert room.number != number
    assert room.journal.stat().st_size < 10_000
    assert room.ask(room.send("new")).repeated
    assert room.status(f"old-{1:048d}").state == JournalState.UNKNOWN
    assert len(room.orders()) == 1


# --- who may trade


def test_the_deadline_is_on_the_terminals_clock(room: Room) -> None:
    late = room.send("a").model_copy(update={"deadline_msc": room.clock.now_msc() - 5000})
    refusal = room.ask(late)
    assert (refusal.code, refusal.field) == (RefusalCode.DEADLINE_PASSED, "deadline_msc")
    assert room.status("a").state == JournalState.UNKNOWN


def test_a_repeat_is_answered_also_after_its_deadline(room: Room) -> None:
    first = room.ask(room.send("a"))
    late = room.send("a").model_copy(update={"deadline_msc": 1})
    assert room.ask(late).result == first.result


def test_another_account_refuses(room: Room) -> None:
    refusal = room.ask(room.send("a").model_copy(update={"login": LOGIN + 1}))
    assert (refusal.code, refusal.field) == (RefusalCode.ACCOUNT_CHANGED, "login")


def test_the_account_can_be_pinned(open_room: Callable[..., Room]) -> None:
    room = open_room(inputs={"InpLogin": LOGIN + 1})
    refusal = room.ask(room.send("a"))
    assert refusal.code == RefusalCode.ACCOUNT_CHANGED
    assert "InpLogin" in refusal.message


@pytest.mark.parametrize(
    "switch",
    [
        "terminal_connected",
        "terminal_trade_allowed",
        "mql_trade_allowed",
        "account_trade_allowed",
        "account_trade_expert",
    ],
)
def test_the_switch_that_forbids_trading_is_named(room: Room, switch: str) -> None:
    if switch == "terminal_connected":
        room.terminal.conditions.connected = False
    elif switch == "terminal_trade_allowed":
        room.terminal.faults.algo_trading = False
    elif switch == "mql_trade_allowed":
        room.terminal.server.allow_mql_trading(allowed=False)
    else:
        setattr(room.terminal.conditions, switch, False)
    wait_until(lambda: not getattr(permissions(room), switch))
    refusal = room.ask(room.send("a"))
    assert refusal.code == RefusalCode.TRADE_FORBIDDEN
    assert f"({switch})" in refusal.message
    assert room.orders() == []


def test_what_never_was_is_not_found(room: Room) -> None:
    assert room.ask(room.send("a", symbol="NOSUCH")).code == RefusalCode.UNKNOWN_SYMBOL
    assert room.ask(room.close_position("b", position=77)).code == RefusalCode.NOT_FOUND
    removal = commands.OrderRemove(**room.intent("c"), order=77)
    assert room.ask(removal).code == RefusalCode.NOT_FOUND


# --- guards


def test_read_only_forbids_everything(open_room: Callable[..., Room]) -> None:
    room = open_room(inputs={"InpReadOnly": True})
    assert is_guarded(room.ask(room.send("a")), "InpReadOnly")
    assert is_guarded(room.ask(room.close_position("b", position=7)), "InpReadOnly")
    check = commands.OrderCheck(symbol=SYMBOL, type=OrderType.BUY, volume=0.1)
    assert is_guarded(room.ask(check), "InpReadOnly")


def test_limits_stop_what_opens_and_nothing_that_closes(open_room: Callable[..., Room]) -> None:
    room = open_room(
        inputs={"InpMaxVolume": 0.5, "InpMaxTotalVolume": 0.8, "InpSymbols": f"{SYMBOL},X*"}
    )
    position = room.ask(room.send("a", volume=0.5)).result.position
    assert is_guarded(room.ask(room.send("b", volume=0.51)), "InpMaxVolume")
    assert is_guarded(room.ask(room.send("c", symbol=OTHER)), "InpSymbols")
    assert is_guarded(room.ask(room.send("d", volume=0.4)), "InpMaxTotalVolume")
    pending = room.send("e", type=OrderType.BUY_LIMIT, price=1.0, volume=0.3)
    assert room.ask(pending).result.retcode == Retcode.DONE
    assert is_guarded(room.ask(room.send("f", volume=0.01)), "InpMaxTotalVolume")
    assert room.ask(room.close_position("g", position=position)).result.retcode == Retcode.DONE
    assert room.ask(room.send("h", volume=0.5)).result.retcode == Retcode.DONE


def test_lots_under_way_count(open_room: Callable[..., Room]) -> None:
    room = open_room(inputs={"InpMaxTotalVolume": 0.15})
    room.terminal.conditions.hold_requests = True
    sent = room.bridge.send(room.send("a"))
    assert is_guarded(room.ask(room.send("b")), "InpMaxTotalVolume")
    room.terminal.conditions.hold_requests = False
    assert room.bridge.answer(sent)[1]["result"]["retcode"] == Retcode.DONE


def test_orders_per_minute_are_counted_over_a_restart(open_room: Callable[..., Room]) -> None:
    room = open_room(inputs={"InpMaxOrdersPerMinute": 2})
    position = room.ask(room.send("a")).result.position
    room.ask(room.send("b"))
    assert is_guarded(room.ask(room.send("c")), "InpMaxOrdersPerMinute")
    room.restart()
    assert is_guarded(room.ask(room.send("c")), "InpMaxOrdersPerMinute")
    assert room.ask(room.close_position("d", position=position)).result.retcode == Retcode.DONE


# --- how an order is written

MARKET, EXCHANGE = TradeExecution.MARKET, TradeExecution.EXCHANGE
FOK, IOC = FillingFlag.FOK, FillingFlag.IOC


@pytest.mark.parametrize(
    ("execution", "mask", "chosen"),
    [
        (TradeExecution.INSTANT, FillingFlag(0), OrderFilling.FOK),
        (TradeExecution.REQUEST, IOC, OrderFilling.FOK),
        (MARKET, FOK | IOC, OrderFilling.FOK),
        (MARKET, IOC, OrderFilling.IOC),
        (EXCHANGE, FOK, OrderFilling.FOK),
        (EXCHANGE, IOC, OrderFilling.IOC),
        (EXCHANGE, FillingFlag(0), OrderFilling.RETURN),
    ],
)
def test_the_filling_is_chosen_for_opening_and_closing(
    open_room: Callable[..., Room], execution: TradeExecution, mask: FillingFlag, chosen: int
) -> None:
    spec = replace(CATALOG[0], trade_exemode=execution, filling_mode=mask)
    room = open_room(symbols=(spec,))
    opened = room.ask(room.send("a", deviation=1000)).result
    closed = room.ask(room.close_position("b", position=opened.position, deviation=1000)).result
    assert [opened.retcode, closed.retcode] == [Retcode.DONE, Retcode.DONE]
    assert [opened.type_filling, closed.type_filling] == [chosen, chosen]
    pending = room.ask(room.send("c", type=OrderType.BUY_LIMIT, price=1.0)).result
    assert (pending.retcode, pending.type_filling) == (Retcode.DONE, OrderFilling.RETURN)


def test_a_filling_that_was_asked_for_is_not_changed(room: Room) -> None:
    result = room.ask(room.send("a", type_filling=OrderFilling.RETURN)).result
    assert result.type_filling == OrderFilling.RETURN


def test_float_noise_is_taken_off_and_no_amount_is_rounded(room: Room) -> None:
    assert room.ask(room.send("a", volume=0.1 + 0.2, sl=1.0000000000000002)).result.volume == 0.3
    assert room.ask(room.send("b", volume=0.015)).result.retcode == Retcode.INVALID_VOLUME
    off_grid = room.send("c", type=OrderType.BUY_LIMIT, price=1.000004)
    assert room.ask(off_grid).result.retcode == Retcode.INVALID_PRICE
    assert len(room.orders()) == 1


def test_a_change_keeps_what_it_does_not_name(room: Room) -> None:
    order = room.send(
        "a", type=OrderType.BUY_LIMIT, price=1.0, sl=0.9, tp=1.3, magic=5, comment="kept"
    )
    ticket = room.ask(order).result.order
    change = commands.OrderModify(**room.intent("b"), order=ticket, price=0.99, sl=None)
    assert room.ask(change).result.retcode == Retcode.DONE
    [now] = room.orders()
    assert (now.price_open, now.sl, now.tp) == (0.99, 0.0, 1.3)
    assert (now.magic, now.comment, now.type_time) == (5, "kept", OrderTime.GTC)
    removal = commands.OrderRemove(**room.intent("c"), order=ticket)
    assert room.ask(removal).result.retcode == Retcode.DONE
    assert room.orders()[0].state == OrderState.CANCELED
    gone = commands.OrderRemove(**room.intent("d"), order=ticket)
    assert room.ask(gone).result.retcode == Retcode.ORDER_CHANGED


def test_stops_of_a_position_are_kept_changed_and_cleared(room: Room) -> None:
    position = room.ask(room.send("a", sl=0.9, tp=1.3)).result.position

    def change(request_id: str, **stops: Any) -> tuple[float, float]:
        modify = commands.PositionModify(**room.intent(request_id), position=position, **stops)
        assert room.ask(modify).result.retcode == Retcode.DONE
        held = room.terminal.call(lambda: room.terminal.broker.ledger.positions[position])
        return held.sl, held.tp

    assert change("b", sl=0.95) == (0.95, 1.3)
    assert change("c", tp=None) == (0.95, 0.0)


def test_close_by(room: Room) -> None:
    long = room.ask(room.send("a", volume=0.2)).result.position
    short = room.ask(room.send("b", type=OrderType.SELL)).result.position
    command = commands.PositionCloseBy(**room.intent("c"), position=long, position_by=short)
    assert room.ask(command).result.retcode == Retcode.DONE
    held = room.terminal.call(lambda: dict(room.terminal.broker.ledger.positions))
    assert {ticket: position.volume for ticket, position in held.items()} == {long: 0.1}


def test_closing_on_a_netting_account_never_turns_the_position_round(
    open_room: Callable[..., Room],
) -> None:
    account = AccountSettings(margin_mode=MarginMode.RETAIL_NETTING)
    room = open_room(account=account, inputs={"InpMaxVolume": 0.2})
    position = room.ask(room.send("a", volume=0.2)).result.position
    room.ask(room.send("b", volume=0.2))
    too_much = room.ask(room.close_position("c", position=position, volume=0.5)).result
    assert too_much.retcode == Retcode.INVALID_CLOSE_VOLUME
    reducing = room.ask(room.send("d", type=OrderType.SELL, volume=0.3)).result
    assert reducing.retcode == Retcode.DONE
    assert room.ask(room.close_position("e", position=position)).result.retcode == Retcode.DONE
    assert room.terminal.call(lambda: len(room.terminal.broker.ledger.positions)) == 0
    again = room.ask(room.close_position("f", position=position)).result
    assert again.retcode == Retcode.POSITION_CLOSED
    assert room.terminal.call(lambda: len(room.terminal.broker.ledger.positions)) == 0


def permissions(room: Room) -> Any:
    return room.ask(commands.TerminalInfoGet()).permissions


def write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
