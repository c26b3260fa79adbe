"""The market's built-ins against the trade server: what the broker knows, the program is told."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.mql5 import server_names
from tests.mql5.build import build
from tests.mql5.server import TradeServer
from tests.mql5.terminal_program import RELOAD, Program

from pitwire.sim.account import AccountSettings
from pitwire.sim.clock import ManualClock
from pitwire.sim.market import Market
from pitwire.sim.symbols import CATALOG
from pitwire.wire.arrays import Array
from pitwire.wire.enums import CopyTicks, Timeframe, TransactionType
from pitwire.wire.retcodes import Retcode

pytestmark = pytest.mark.timeout(600)  # the first build of the runtime takes its time

PROGRAM = Path(__file__).parent / "programs" / "market.mq5"
NOON_MSC = 1_763_467_200_000
"""Tuesday 18 November 2025, 12:00 UTC."""
HOUR_MSC = 3_600_000
COUNT = 30

Run = Callable[..., Program]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON_MSC)


@pytest.fixture
def server(clock: ManualClock) -> Iterator[TradeServer]:
    with TradeServer(market=Market(clock=clock, symbols=CATALOG[:3])) as made:
        yield made


@pytest.fixture
def run(server: TradeServer, tmp_path: Path) -> Iterator[Run]:
    """Start the program in one of its cases, on the chart of GBPUSD."""
    started: list[Program] = []

    def start(case: str, **inputs: Any) -> Program:
        program = Program(
            build(PROGRAM),
            folder=tmp_path,
            server=server.address,
            chart="GBPUSD",
            inputs={"InpCase": case, **inputs},
        )
        started.append(program)
        program.wait_for("^print ready=")
        return program

    yield start
    for program in started:
        if program.exit_code() is None:
            program.stop()


def told(program: Program, name: str) -> list[str]:
    """What the program said under a name, in order."""
    return [line.partition("=")[2] for line in program.prints if line.startswith(f"{name}=")]


def summed(rows: Array, error: int = 0) -> str:
    """A copy of ticks as the program writes it."""
    if not len(rows):
        return f"0 0 0 {0:.5f} {error}"
    times = rows["time_msc"]
    return f"{len(rows)} {times[0]} {times[-1]} {rows['bid'].sum():.5f} {error}"


def bars(rows: Array) -> str:
    times = rows["time"]
    total = (rows["close"] + rows["tick_volume"]).sum()
    return f"{len(rows)} {times[0]} {times[-1]} {total:.5f} 0"


def test_the_names_are_those_of_the_wire() -> None:
    for name, text in (
        ("market_enums.hpp", server_names.enumerations()),
        ("market_properties.hpp", server_names.properties()),
    ):
        assert (server_names.RUNTIME / name).read_text() == text, (
            "run `python -m tests.mql5.server_names`"
        )


def test_symbols_account_and_calculations(server: TradeServer, run: Run) -> None:
    program = run("read")
    market, broker = server.market, server.broker
    quote, day = market.quote("EURUSD"), market.day_stats("EURUSD")
    assert quote is not None
    assert day is not None
    spec = market.spec("EURUSD")
    margin = broker.valuation.margin_per_lot(spec, price=1.1) * 0.5
    newest = max(q.time_msc for name in market.names() if (q := market.quote(name)) is not None)
    expected = {
        "symbols": "3",
        "second": "GBPUSD",
        "beyond": "[] 4003",
        "digits": "5",
        "spread": str(round((quote.ask - quote.bid) / spec.point)),
        "time_msc": str(quote.time_msc),
        "bid": f"{quote.bid:.8f}",
        "bidhigh": f"{day.bidhigh:.8f}",
        "tick_value": f"{1.0:.8f}",
        "description": spec.description,
        "unknown": "false 7 4301",
        "session": "true 0 86400",
        "no session": "false",
        "tick": f"{quote.ask:.8f}",
        "login": str(broker.settings.login),
        "balance": f"{10_000:.8f}",
        "equity": f"{10_000:.8f}",
        "currency": "USD",
        "connected": "1",
        "build": "5000",
        "current": str(newest // 1000),
        "margin": f"{margin:.8f}",
        "profit": f"{-5_000:.8f}",
    }
    assert {name: told(program, name) for name in expected} == {
        name: [value] for name, value in expected.items()
    }


def test_ticks_and_bars_of_the_past(server: TradeServer, run: Run) -> None:
    market = server.market
    from_msc, to_msc = NOON_MSC - 26 * HOUR_MSC, NOON_MSC - HOUR_MSC
    program = run("series", InpFrom=from_msc, InpTo=to_msc, InpCount=COUNT)

    def ticks(count: int = 10**9, **options: Any) -> Array:
        return market.ticks("EURUSD", count=count, **options)[0]

    last = ticks(from_msc=NOON_MSC - HOUR_MSC)
    forming, _ = market.rates_from_pos("EURUSD", Timeframe.M1, start=0, count=1)
    expected = {
        "last ticks": summed(last[-COUNT:]),
        "ticks from": summed(ticks(COUNT, from_msc=from_msc)),
        "ticks range": summed(ticks(from_msc=from_msc, to_msc=to_msc, flags=CopyTicks.INFO)),
        "trades": summed(last[:0]),
        "few": summed(last[-COUNT:][:4], error=4407),
        "rates pos": bars(market.rates_from_pos("EURUSD", Timeframe.M5, start=2, count=COUNT)[0]),
        "rates until": bars(
            market.rates_from("EURUSD", Timeframe.H1, from_s=to_msc // 1000, count=COUNT)[0]
        ),
        "rates range": bars(
            market.rates_range(
                "EURUSD",
                Timeframe.M1,
                from_s=from_msc // 1000,
                to_s=to_msc // 1000,
                count=10**6,
            )[0]
        ),
        "future": "-1 0 0 0.00000 4401",
        "forming": bars(forming),
        "synchronized": "true",
    }
    assert {name: told(program, name) for name in expected} == {
        name: [value] for name, value in expected.items()
    }


def test_new_ticks_are_all_there_and_once(
    server: TradeServer, clock: ManualClock, run: Run
) -> None:
    from_msc = NOON_MSC - 60_000
    program = run("follow", InpSymbol="GBPUSD", InpFrom=from_msc)
    for step_ms in (1, 700, 30_000, 13 * HOUR_MSC):  # the last one leads into the next day
        server.call(partial(clock.advance, step_ms))
    rows, _ = server.market.ticks("GBPUSD", from_msc=from_msc, count=10**9)
    program.wait_for(f"^print newest={summed(rows)}".replace(".", r"\."))
    program.wait_for("^print tick of=GBPUSD")


@pytest.mark.parametrize("partly", [False, True])
def test_history_that_is_still_downloading(server: TradeServer, run: Run, *, partly: bool) -> None:
    midnight_msc = NOON_MSC - 12 * HOUR_MSC
    rows, _ = server.market.ticks("GBPUSD", from_msc=midnight_msc, count=10**9)
    server.conditions.downloads = 1
    server.conditions.downloads_partly = partly
    program = run("downloads", InpSymbol="GBPUSD", InpFrom=midnight_msc)
    first = summed(rows[: len(rows) // 2], error=4403) if partly else "-1 0 0 0.00000 4403"
    assert told(program, "newest")[0] == first
    program.wait_for(f"^print newest={summed(rows)}".replace(".", r"\."))


def test_a_trade_and_what_the_books_say_of_it(server: TradeServer, run: Run) -> None:
    program = run("trade", InpCount=1, InpTo=NOON_MSC + HOUR_MSC)
    program.wait_for("^print traded=yes")
    program.stop()
    (position,) = server.broker.positions()
    deal = server.broker.ledger.deals[-1]
    request = told(program, "sent")[0].split()[2]
    assert told(program, "sent") == [f"true {Retcode.PLACED} {request} 0"]
    margin = server.broker.figures().margin
    assert told(program, "check") == [f"true 0 {margin:.2f}"]
    kinds = [int(line.split()[0]) for line in told(program, "transaction")]
    assert kinds[0] == TransactionType.ORDER_ADD
    assert TransactionType.DEAL_ADD in kinds
    assert kinds[-1] == TransactionType.REQUEST
    assert told(program, "result") == [
        f"{Retcode.DONE} {request} {deal.ticket} 77 from the program"
    ]
    assert told(program, "position") == [
        f"{position.ticket} EURUSD 0.10 {position.profit:.2f} {NOON_MSC // 1000}"
    ]
    assert told(program, "by symbol") == ["77"]
    assert told(program, "no position") == ["false 4753"]
    assert told(program, "no deal") == ["false 4755"]
    assert told(program, "deal")[-1] == (f"{deal.ticket} 0 {deal.price:.5f} from the program")
    assert told(program, "equity") == [f"{server.broker.figures().equity:.8f}"]


def test_a_request_is_held_and_its_answer_lost(server: TradeServer, run: Run) -> None:
    server.conditions.hold_requests = True
    server.conditions.faults.lose_answer_next = True
    program = run("trade", InpCount=2, InpTo=NOON_MSC + HOUR_MSC)
    assert not server.call(lambda: list(server.broker.ledger.positions))
    server.conditions.hold_requests = False
    program.wait_for("^print traded=yes")
    assert len(server.call(server.broker.positions)) == 1
    assert told(program, "result") == []


def test_a_program_that_dies_leaves_its_request_behind(server: TradeServer, run: Run) -> None:
    server.conditions.hold_requests = True
    run("trade", InpCount=1).kill()  # it has sent its request
    again = run("switches")
    server.conditions.hold_requests = False
    again.wait_for("^print traded=yes")
    assert len(server.call(server.broker.positions)) == 1
    assert told(again, "result") == []


def test_transactions_may_come_first(server: TradeServer, run: Run) -> None:
    server.conditions.events_first = True
    program = run("trade", InpCount=1)
    assert server.call(lambda: len(server.broker.ledger.positions)) == 1
    program.wait_for("^print result=10009")


@pytest.mark.parametrize(
    ("switch", "shown", "sent"),
    [
        ("connected", "01111", f"false {Retcode.CONNECTION} 0 4756"),
        ("algo_trading", "10111", f"false {Retcode.CLIENT_DISABLES_AT} 0 4752"),
        ("mql_trade_allowed", "11011", f"false {Retcode.CLIENT_DISABLES_AT} 0 4752"),
        ("account_trade_allowed", "11101", f"false {Retcode.TRADE_DISABLED} 0 4752"),
        ("account_trade_expert", "11110", f"false {Retcode.SERVER_DISABLES_AT} 0 4752"),
    ],
)
def test_switches(server: TradeServer, run: Run, switch: str, shown: str, sent: str) -> None:
    program = run("switches")
    program.wait_for("^print switches=11111")
    if switch == "mql_trade_allowed":
        server.allow_mql_trading(allowed=False)
    elif switch == "algo_trading":
        server.conditions.faults.algo_trading = False
    else:
        setattr(server.conditions, switch, False)
    program.wait_for(f"^print switches={shown}")
    program.stop()
    assert told(run("trade", InpCount=1), "sent") == [sent]


def test_depth_until_another_program_releases_it(
    server: TradeServer, clock: ManualClock, run: Run
) -> None:
    program = run("book")
    assert told(program, "add") == ["true"]
    server.call(lambda: clock.advance(20_000))
    levels = server.market.book("EURUSD")
    line = f"EURUSD {len(levels)} {levels[0].price:.5f} {levels[-1].volume:.2f}"
    program.wait_for(f"^print book={line}".replace(".", r"\."))
    seen = len(told(program, "book"))
    server.release_book("EURUSD")
    server.call(lambda: clock.advance(20_000))
    server.skip_ms(1)  # a control comes behind whatever was pushed
    assert len(told(program, "book")) == seen


def test_a_new_chart_new_inputs_and_another_account(server: TradeServer, run: Run) -> None:
    program = run("switches", InpCount=1)
    server.change_chart("USDJPY", Timeframe.H1)
    program.wait_for("^print begin=switches USDJPY 1")
    server.change_inputs(InpCount=8)
    program.wait_for("^print begin=switches USDJPY 8")
    assert told(program, "end") == ["3", "5"]
    server.switch_account(AccountSettings(login=77, deposit=5.0))
    assert program.wait() == RELOAD
    assert told(program, "end") == ["3", "5", "6"]
    assert told(run("read"), "login") == ["77"]


def test_the_disk_is_full(server: TradeServer, run: Run) -> None:
    program = run("files")
    program.wait_for("^print file=open")
    server.fail_files(write=True)
    program.wait_for("^print file=refused")


def test_a_terminal_that_closes_removes_the_program(server: TradeServer, run: Run) -> None:
    program = run("switches")
    server.disconnect()
    assert program.wait() == 0
    assert told(program, "end") == ["9"]


def test_market_watch(server: TradeServer, run: Run) -> None:
    server.call(lambda: server.calls.selected.discard("EURUSD"))
    program = run("read")
    assert told(program, "second") == ["USDJPY"]
    assert told(program, "tick") == ["none"]
    server.select("EURUSD", enable=True)
    server.change_inputs(InpSymbol="EURUSD")
    quote = server.market.quote("EURUSD")
    assert quote is not None
    program.wait_for(f"^print tick={quote.ask:.8f}".replace(".", r"\."))
