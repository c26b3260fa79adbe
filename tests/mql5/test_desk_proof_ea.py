"""The desk of the Expert Advisor under attack: only what is proven counts as an outcome."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.mql5.server_calls import row_of
from tests.mql5.terminal import VARIANT
from tests.mql5.trading_room import LOGIN, OTHER, SYMBOL, TIMEOUT_MS, Room, is_guarded, wait_until

from pitwire.sim.account import AccountSettings
from pitwire.sim.request import TradeRequest
from pitwire.sim.symbols import CATALOG
from pitwire.wire import commands
from pitwire.wire.enums import (
    MarginMode,
    OrderFilling,
    OrderType,
    TradeAction,
    TradeExecution,
    TransactionType,
)
from pitwire.wire.records import TradeResult, Transaction
from pitwire.wire.replies import JournalState, RefusalCode
from pitwire.wire.retcodes import Retcode

NETTING = AccountSettings(margin_mode=MarginMode.RETAIL_NETTING)
NO_SUCH_ORDER = 987_654
SLOW_DISK = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
int fsync(int fd) {
    if (access(HOLD, F_OK) == 0) close(open(HELD, O_CREAT | O_WRONLY, 0600));
    while (access(HOLD, F_OK) == 0) usleep(1000);
    return syscall(SYS_fsync, fd);
}
"""


class SlowDisk:
    """A disk that takes its time with each flush, as long as a test wants."""

    def __init__(self, folder: Path) -> None:
        self.hold, self.held = folder / "hold", folder / "held"
        source, self.library = folder / "slow.c", folder / "slow.so"
        source.write_text(SLOW_DISK)
        names = [f'-DHOLD="{self.hold}"', f'-DHELD="{self.held}"']
        command = ["cc", "-shared", "-fPIC", *names, str(source), "-o", str(self.library)]
        subprocess.run(command, check=True)

    def during_a_flush(self, room: Room, command: commands.Command, work: Any) -> Any:
        """Send a command, work while the disk is busy with it, and give the answer."""
        self.hold.touch()
        try:
            sent = room.bridge.send(command)
            wait_until(self.held.exists)
            work()
        finally:
            self.hold.unlink()
        return sent


@pytest.fixture
def slow(room: Room, tmp_path: Path) -> Iterator[SlowDisk]:
    if VARIANT != "plain":
        pytest.skip("Only the plain build takes another library's fsync.")
    disk = SlowDisk(tmp_path)
    environment = {**os.environ, "LD_PRELOAD": str(disk.library)}
    room.terminal._system = replace(room.terminal._system, environment=environment)
    room.restart()
    yield disk
    disk.hold.unlink(missing_ok=True)


def wait_for_lines(room: Room, words: str, count: int) -> None:
    """Wait until so many lines of the Expert have these words."""
    program = room.terminal.program
    assert program is not None
    wait_until(lambda: sum(words in line for line in program.prints) == count)


def lots(room: Room) -> float:
    held = room.terminal.call(lambda: dict(room.terminal.broker.ledger.positions))
    return round(sum(position.volume for position in held.values()), 8)


# --- what may have changed while the disk was busy


def test_a_deadline_that_passes_during_the_flush_is_kept(room: Room, slow: SlowDisk) -> None:
    command = room.send("a")
    command = command.model_copy(update={"deadline_msc": room.clock.now_msc() + 300})
    over_msc = command.deadline_msc + 1000  # the Expert's clock may be that much behind
    sent = slow.during_a_flush(
        room, command, lambda: wait_until(lambda: room.clock.now_msc() > over_msc)
    )
    result = room.bridge.answer(sent)[1]["result"]
    assert result["retcode"] == Retcode.REJECT
    assert "deadline" in result["comment"]
    assert room.status("a").state == JournalState.DONE
    assert room.orders() == []


@pytest.mark.parametrize("change", [{"login": 777_777}, {"server": "Other-Demo"}], ids=str)
def test_an_account_that_changes_during_the_flush_gets_nothing(
    room: Room, slow: SlowDisk, change: dict[str, Any]
) -> None:
    other = replace(AccountSettings(), **change)
    server, journal = room.terminal.server, room.journal

    def use() -> None:
        server._use(other, selected=server.calls.selected)
        server._trading.books = 1000  # more than all before, so that the terminal looks anew
        server._trading._tell(["trade", 1000])

    def switch() -> None:
        room.terminal.call(use)
        server.control("wall", server._utc_msc() * 1000, True)  # what was told has arrived

    slow.during_a_flush(room, room.send("a"), switch)
    wait_until(lambda: len(list(room.terminal.files.glob("*.journal"))) == 2)
    assert room.orders() == []
    assert "The%20account%20changed" in journal.read_text()


def test_a_deadline_that_was_over_stays_over(room: Room) -> None:
    server = room.terminal.server

    def step(ahead_msc: int) -> None:
        room.clock._ahead_msc += ahead_msc
        server.control("wall", server._utc_msc() * 1000, True)

    command = room.send("a").model_copy(update={"deadline_msc": room.clock.now_msc() + 30_000})
    step(60_000)
    assert room.status("a").clock_msc > command.deadline_msc
    step(-60_000)
    refusal = room.ask(command)
    assert refusal.code == RefusalCode.DEADLINE_PASSED
    assert "set back" in refusal.message
    assert room.orders() == []


# --- answers


@pytest.mark.parametrize("retcode", [10003, 10005, 10037, 10047])
def test_a_retcode_that_the_wire_does_not_list_proves_nothing(room: Room, retcode: int) -> None:
    room.terminal.faults.retcode_next = retcode
    assert room.ask(room.send("a")).result.retcode == retcode
    assert room.status("a").state == JournalState.RECEIVED
    assert room.settled("a").state == JournalState.INDETERMINATE


def test_an_answer_to_another_request_with_the_same_number_is_not_ours(room: Room) -> None:
    """The terminal counts its requests anew when it starts; an old time-out may wait for one."""
    room.terminal.conditions.hold_requests = True
    assert room.ask(room.send("a", comment="mine")).result.retcode == Retcode.TIMEOUT
    trading = room.terminal.server._trading

    def answer_another() -> None:
        number = trading._sent[0].number
        trading._sent.clear()  # ours never reaches the server
        theirs = TradeRequest(
            action=TradeAction.DEAL, symbol=OTHER, volume=5.0, type=OrderType.SELL, magic=777
        )
        row = Transaction(type=TransactionType.REQUEST).row()
        answer = [Retcode.DONE, 42, 43, 5.0, 1.0, 1.0, 1.0, "", number, 0]
        trading._tell(["transaction", trading.books, row, row_of(theirs), answer])

    room.terminal.call(answer_another)
    room.terminal.conditions.hold_requests = False
    assert room.settled("a").state == JournalState.INDETERMINATE


def test_a_late_placed_is_no_end(room: Room) -> None:
    room.pretend(TradeResult(retcode=Retcode.PLACED, order=NO_SUCH_ORDER))
    room.terminal.conditions.latency_ms = 2 * TIMEOUT_MS
    assert room.ask(room.send("a")).result.retcode == Retcode.TIMEOUT
    assert room.settled("a").state == JournalState.INDETERMINATE


def test_placed_without_a_number_is_no_end(room: Room) -> None:
    room.pretend(TradeResult(retcode=Retcode.PLACED))
    assert room.ask(room.send("a")).result.retcode == Retcode.PLACED
    assert room.settled("a").state == JournalState.INDETERMINATE


def test_a_market_order_in_the_book_is_followed_as_long_as_it_is_there(room: Room) -> None:
    waiting = room.ask(room.send("book", type=OrderType.BUY_LIMIT, price=1.0)).result.order
    execute = room.terminal.broker.execute
    room.pretend(TradeResult(retcode=Retcode.PLACED, order=waiting))
    assert room.ask(room.send("a")).result.retcode == Retcode.PLACED
    for _ in range(8):  # far more than the patience with what is nowhere
        room.terminal.skip_ms(TIMEOUT_MS)
        assert room.status("a").state == JournalState.RECEIVED
    setattr(room.terminal.broker, "execute", execute)  # noqa: B010 - mypy forbids it plainly
    removal = commands.OrderRemove(**room.intent("b"), order=waiting)
    assert room.ask(removal).result.retcode == Retcode.DONE
    assert room.settled("a").result.retcode == Retcode.CANCEL


@pytest.mark.parametrize("reason", [3, 5], ids=["chart", "inputs"])
def test_what_is_under_way_is_not_forgotten_with_the_chart(room: Room, reason: int) -> None:
    """Two equal orders: only their answers can tell them apart."""
    room.terminal.conditions.hold_requests = True
    room.bridge.send(room.send("a"))
    room.bridge.send(room.send("b"))
    assert room.status("b").state == JournalState.RECEIVED
    room.terminal.server.control("restart", reason)
    wait_for_lines(room, "Pitwire: stream", 2)
    room.bridge = room.connect()
    room.terminal.conditions.hold_requests = False
    settled = [room.settled(request_id) for request_id in "ab"]
    assert [status.state for status in settled] == [JournalState.DONE] * 2
    orders = sorted(status.result.order for status in settled)
    assert orders == sorted(order.ticket for order in room.orders())


# --- settlement


def test_an_order_that_another_command_may_have_made_settles_nothing(room: Room) -> None:
    honest = room.tell(lambda _: TradeResult(retcode=Retcode.DONE))
    assert room.ask(room.send("a")).result.order == 0
    honest()
    room.terminal.faults.retcode_next = Retcode.CONNECTION
    room.ask(room.send("b"))
    assert room.settled("b").state == JournalState.INDETERMINATE
    assert len(room.orders()) == 1


def test_an_order_from_before_the_command_settles_nothing(room: Room) -> None:
    """Another program's, equal in everything, and within the time that the last quote leaves."""
    requests: list[TradeRequest] = []
    execute = room.terminal.broker.execute

    def note(request: TradeRequest, **rest: Any) -> TradeResult:
        requests.append(request)
        return execute(request, **rest)

    setattr(room.terminal.broker, "execute", note)  # noqa: B010 - mypy forbids it plainly
    room.ask(room.send("a"))
    room.terminal.call(lambda: execute(requests[0], request_id="foreign"))
    room.terminal.faults.retcode_next = Retcode.CONNECTION
    room.ask(room.send("b"))
    assert room.settled("b").state == JournalState.INDETERMINATE
    assert len(room.orders()) == 2


def test_a_position_that_is_only_not_shown_is_not_called_closed(room: Room) -> None:
    position = room.ask(room.send("a")).result.position
    positions = room.terminal.broker.ledger.positions
    room.terminal.call(lambda: positions.pop(position))
    refusal = room.ask(room.close_position("b", position=position))
    assert refusal.code == RefusalCode.NOT_FOUND
    assert "does not show" in refusal.message


def test_positions_closed_by_each_other_are_closed(room: Room) -> None:
    long = room.ask(room.send("a")).result.position
    short = room.ask(room.send("b", type=OrderType.SELL)).result.position
    both = commands.PositionCloseBy(**room.intent("c"), position=long, position_by=short)
    assert room.ask(both).result.retcode == Retcode.DONE
    for ticket in (long, short):
        again = room.ask(room.close_position(f"close-{ticket}", position=ticket))
        assert again.result.retcode == Retcode.POSITION_CLOSED


@pytest.mark.parametrize("first", ["close", "order"])
def test_closes_under_way_never_turn_a_netting_position_round(
    open_room: Callable[..., Room], first: str
) -> None:
    room = open_room(account=NETTING)
    position = room.ask(room.send("a", volume=0.3)).result.position
    room.terminal.conditions.hold_requests = True
    if first == "close":
        sent = room.bridge.send(room.close_position("b", position=position, volume=0.2))
    else:
        sent = room.bridge.send(room.send("b", type=OrderType.SELL, volume=0.2))
    assert room.status("b").state == JournalState.RECEIVED
    twice = room.ask(room.close_position("c", position=position, volume=0.2)).result
    assert twice.retcode == Retcode.CLOSE_ORDER_EXIST
    room.terminal.conditions.hold_requests = False
    assert room.bridge.answer(sent)[1]["result"]["retcode"] == Retcode.DONE
    assert lots(room) == 0.1
    assert room.ask(room.close_position("d", position=position)).result.retcode == Retcode.DONE
    assert lots(room) == 0


# --- the journal


def test_a_copy_from_before_a_kill_gets_another_number(room: Room) -> None:
    number = room.number
    room.ask(room.send("a"))
    copy = room.journal.read_bytes()
    room.ask(room.send("b"))
    room.restart(meanwhile=lambda: room.journal.write_bytes(copy))
    assert room.number != number
    assert room.status("b").state == JournalState.UNKNOWN


def test_a_copy_of_the_whole_data_folder_gets_another_number(room: Room, tmp_path: Path) -> None:
    number = room.number
    room.ask(room.send("a"))
    files, variables = room.terminal.folder / "MQL5", room.terminal.folder / "MQL5/gvariables.txt"
    copy = tmp_path / "copy"
    room.restart(kill=False, meanwhile=lambda: shutil.copytree(files, copy))
    assert room.number == number
    assert variables.exists()
    room.ask(room.send("b"))

    def restore() -> None:
        shutil.rmtree(files)
        shutil.copytree(copy, files)

    room.restart(kill=False, meanwhile=restore)
    assert room.number != number
    assert room.status("b").state == JournalState.UNKNOWN
    assert room.ask(room.send("a")).repeated


def test_every_journal_of_one_run_has_its_own_number(room: Room) -> None:
    """Away to another account and back, to a journal that was lost meanwhile."""
    numbers = [room.number]
    for times, login in enumerate((7, LOGIN), start=1):
        for journal in room.terminal.files.glob(f"demo.{login}.*.journal"):
            journal.unlink()
        room.use(replace(AccountSettings(), login=login))
        wait_for_lines(room, "ended", times)
        room.bridge = room.connect()
        numbers.append(room.status("a").journal)
    assert len(set(numbers)) == len(numbers)


def test_the_same_login_at_another_broker_has_a_journal_of_its_own(room: Room) -> None:
    number = room.number
    room.ask(room.send("a"))
    other = replace(AccountSettings(), server="Other-Demo")
    room.restart(meanwhile=lambda: room.use(other))
    assert room.number != number
    assert room.status("a").state == JournalState.UNKNOWN
    room.restart(meanwhile=lambda: room.use(AccountSettings()))
    assert room.number == number
    assert room.status("a").state == JournalState.DONE


def test_a_first_line_that_the_disk_did_not_keep_is_written_again(room: Room) -> None:
    def fill() -> None:
        room.journal.unlink()
        room.journal.symlink_to("/dev/full")

    room.restart(meanwhile=fill)
    assert room.ask(room.send("a")).code == RefusalCode.JOURNAL_UNAVAILABLE
    room.journal.unlink()
    wait_until(lambda: hasattr(room.ask(room.send("b")), "result"))
    assert room.journal.read_text().split()[1] == "journal"
    room.restart()
    assert room.ask(room.send("b")).repeated
    assert room.status("a").state == JournalState.UNKNOWN


def test_a_large_journal_is_rewritten_only_if_half_of_it_goes(room: Room) -> None:
    room.ask(room.send("new"))

    def grow(texts: list[str]) -> list[str]:
        received, done = (text.split() for text in texts[2:4])
        old = str(room.clock.now_msc() - 31 * 86_400_000)
        rows = []
        for place in range(48_000):
            name = f"row-{place:048d}"
            moment = old if place < 16_000 else received[3]
            rows.append(" ".join(["received", name, "0" * 64, moment, *received[4:]]))
            rows.append(" ".join(["done", name, *done[2:]]))
        return [*texts, *rows]

    room.restart(meanwhile=lambda: room.reseal(grow))
    assert room.journal.stat().st_size > 2**24
    assert room.status(f"row-{1:048d}").state != JournalState.UNKNOWN


# --- guards


def test_what_is_left_of_a_market_order_counts(open_room: Callable[..., Room]) -> None:
    spec = replace(CATALOG[0], trade_exemode=TradeExecution.EXCHANGE)
    room = open_room(symbols=(spec,), inputs={"InpMaxTotalVolume": 1.0})
    room.terminal.faults.fill_at_most = 0.01
    room.ask(room.send("a", volume=0.9, type_filling=OrderFilling.RETURN))
    refusal = room.ask(room.send("b", volume=0.9, type_filling=OrderFilling.RETURN))
    assert is_guarded(refusal, "InpMaxTotalVolume")


def test_what_nobody_found_counts(open_room: Callable[..., Room]) -> None:
    room = open_room(inputs={"InpMaxTotalVolume": 0.3})
    room.terminal.faults.retcode_next = Retcode.CONNECTION
    room.ask(room.send("a", volume=0.25))
    assert room.settled("a").state == JournalState.INDETERMINATE
    assert is_guarded(room.ask(room.send("b", volume=0.25)), "InpMaxTotalVolume")
    room.restart()
    assert is_guarded(room.ask(room.send("b", volume=0.25)), "InpMaxTotalVolume")


def test_what_is_done_and_not_yet_shown_counts(open_room: Callable[..., Room]) -> None:
    room = open_room(inputs={"InpMaxTotalVolume": 0.3})
    done = TradeResult(retcode=Retcode.DONE, order=NO_SUCH_ORDER, deal=NO_SUCH_ORDER, volume=0.25)
    room.pretend(done)
    assert room.ask(room.send("a", volume=0.25)).result.retcode == Retcode.DONE
    assert is_guarded(room.ask(room.send("b", volume=0.25)), "InpMaxTotalVolume")


def test_what_reduces_is_counted_once_it_is_done(open_room: Callable[..., Room]) -> None:
    room = open_room(account=NETTING, inputs={"InpMaxVolume": 0.2})
    room.ask(room.send("a", volume=0.2))
    room.ask(room.send("b", volume=0.2))
    sell = {"type": OrderType.SELL, "volume": 0.3}
    done = TradeResult(retcode=Retcode.DONE, order=NO_SUCH_ORDER, deal=NO_SUCH_ORDER, volume=0.3)
    room.pretend(done)
    assert room.ask(room.send("c", **sell)).result.retcode == Retcode.DONE
    assert is_guarded(room.ask(room.send("d", **sell)), "InpMaxVolume")


def test_a_clock_that_jumps_does_not_begin_another_minute(open_room: Callable[..., Room]) -> None:
    room = open_room(inputs={"InpMaxOrdersPerMinute": 1})
    room.ask(room.send("a"))
    room.clock._ahead_msc += 61_000
    server = room.terminal.server
    server.control("wall", server._utc_msc() * 1000, True)
    assert is_guarded(room.ask(room.send("b")), "InpMaxOrdersPerMinute")
    room.terminal.skip_ms(61_000)
    room.bridge = room.connect()
    assert room.ask(room.send("b")).result.retcode == Retcode.DONE


def test_the_case_of_a_symbol_does_not_matter_to_the_guard(open_room: Callable[..., Room]) -> None:
    room = open_room(inputs={"InpSymbols": f"*,!{OTHER.lower()}"})
    assert room.ask(room.send("a", symbol=SYMBOL)).result.retcode == Retcode.DONE
    assert is_guarded(room.ask(room.send("b", symbol=OTHER)), "InpSymbols")
