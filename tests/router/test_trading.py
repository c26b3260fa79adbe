import asyncio
import sqlite3
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.router.scripted import ORDER, OWNER, done, running

from pitwire import errors
from pitwire.router.intent import Intent, IntentState
from pitwire.router.ledger import Ledger
from pitwire.router.registry import utc_msc
from pitwire.router.router import Router
from pitwire.router.trading import nearest_volumes
from pitwire.terminal.messages import Lost, NotSent
from pitwire.wire.commands import Command, OrderSend, OrderStatus
from pitwire.wire.records import TradeResult
from pitwire.wire.replies import JournalState, OrderStatusReply, RefusalCode, Reply
from pitwire.wire.retcodes import Retcode

pytestmark = pytest.mark.anyio


async def send(router: Router, key: str | None = None, **fields: Any) -> Intent:
    return await router.trade(
        "demo", OrderSend, {**ORDER, **fields}, owner=OWNER, idempotency_key=key
    )


def always(reply: Reply | RefusalCode) -> Any:
    """Answer orders, and leave journal questions to the test."""
    return lambda command: reply if isinstance(command, OrderSend) else None


def journal(state: JournalState, **changes: Any) -> OrderStatusReply:
    facts = {"clock_msc": utc_msc(), "state": state, "login": 1, "journal": 11, **changes}
    return OrderStatusReply.model_validate(facts)


async def settled(ledger: Ledger, order_id: str, state: IntentState) -> Intent:
    while (intent := ledger.get(order_id)) is None or intent.state is not state:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return intent


async def test_a_done_order_is_in_the_ledger_before_it_is_sent(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):
        seen: list[Intent | None] = []

        def look(command: Command) -> Reply:
            assert isinstance(command, OrderSend)
            seen.append(ledger.get(command.request_id))
            return done()

        link.reply_with = look
        intent = await send(router)
        assert seen[0] is not None
        assert seen[0].state is IntentState.SENDING
        assert intent.state is IntentState.DONE
        assert intent.result is not None
        assert intent.result.order == 5
        assert ledger.get(intent.id) == intent


async def test_the_command_carries_id_deadline_and_login(ledger: Ledger) -> None:
    async with running(ledger, order_timeout_s=3) as (router, link):
        task = asyncio.ensure_future(send(router))
        outgoing = await link.next(OrderSend)
        command = outgoing.command
        assert isinstance(command, OrderSend)
        assert command.login == 1
        assert 2000 < command.deadline_msc - utc_msc() <= 3000
        link.answer(outgoing, done())
        assert (await task).id == command.request_id


async def test_a_rejected_order_names_the_retcode(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):
        link.reply_with = always(done(retcode=int(Retcode.NO_MONEY), comment="No money"))
        with pytest.raises(errors.OrderRejected) as caught:
            await send(router)
        assert caught.value.code == "no_money"
        assert caught.value.extra["retcode"] == 10019
        assert caught.value.outcome == "rejected"


async def test_offline_sends_nothing_and_says_so(ledger: Ledger) -> None:
    async with running(ledger, live=False) as (router, link):
        with pytest.raises(errors.TerminalOffline) as caught:
            await send(router)
        assert caught.value.outcome == "not_sent"
        assert link.sent == []


async def test_not_sent_frees_the_idempotency_key(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):
        task = asyncio.ensure_future(send(router, "k"))
        outgoing = await link.next(OrderSend)
        router.deliver([NotSent("demo", outgoing.number, "queue full")])
        with pytest.raises(errors.TerminalOffline):
            await task
        link.reply_with = always(done())
        assert (await send(router, "k")).state is IntentState.DONE


async def test_lost_is_unresolved_and_reconciled_from_the_journal(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):
        task = asyncio.ensure_future(send(router, "k"))
        outgoing = await link.next(OrderSend)
        router.deliver([Lost("demo", outgoing.number, "link died")])
        link.down()
        with pytest.raises(errors.OrderUnresolved) as caught:
            await task
        order_id = caught.value.extra["order_id"]
        with pytest.raises(errors.OrderUnresolved):
            await send(router, "k")
        link.up()
        question = await link.next(OrderStatus)
        assert question.command.packed() == {"request_id": order_id}
        result = TradeResult(retcode=10009, order=9, deal=8, position=9)
        link.answer(question, journal(JournalState.DONE, result=result))
        intent = await settled(ledger, order_id, IntentState.DONE)
        assert intent.reconciled
        replay = await send(router, "k")
        assert replay.replayed
        assert replay.result == result
        assert not [item for item in link.sent if isinstance(item.command, OrderSend)]


async def test_never_received_counts_only_after_the_deadline(ledger: Ledger) -> None:
    async with running(ledger, order_timeout_s=0.05) as (router, link):
        with pytest.raises(errors.OrderUnresolved) as caught:
            await send(router)
        order_id = caught.value.extra["order_id"]
        first = await link.next(OrderStatus)
        link.answer(first, journal(JournalState.UNKNOWN, clock_msc=utc_msc() - 60_000))
        second = await link.next(OrderStatus)
        assert (await router.order("demo", order_id, owner=OWNER)).state is IntentState.UNRESOLVED
        link.answer(second, journal(JournalState.UNKNOWN, clock_msc=utc_msc() + 60_000))
        await settled(ledger, order_id, IntentState.NOT_SENT)


async def test_another_accounts_journal_proves_nothing(ledger: Ledger) -> None:
    async with running(ledger, order_timeout_s=0.05) as (router, link):
        with pytest.raises(errors.OrderUnresolved) as caught:
            await send(router)
        question = await link.next(OrderStatus)
        later = utc_msc() + 60_000
        link.answer(question, journal(JournalState.UNKNOWN, login=2, clock_msc=later))
        await link.next(OrderStatus)
        found = await router.order("demo", caught.value.extra["order_id"], owner=OWNER)
        assert found.state is IntentState.UNRESOLVED


async def test_a_late_answer_settles_what_timed_out(ledger: Ledger) -> None:
    async with running(ledger, order_timeout_s=0.05) as (router, link):
        with pytest.raises(errors.OrderUnresolved) as caught:
            await send(router)
        outgoing = await link.next(OrderSend)
        link.answer(outgoing, done())
        intent = await settled(ledger, caught.value.extra["order_id"], IntentState.DONE)
        assert intent.reconciled


async def test_a_caller_that_goes_away_does_not_take_the_intent_along(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):
        task = asyncio.ensure_future(send(router))
        outgoing = await link.next(OrderSend)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        link.answer(outgoing, done())
        assert isinstance(outgoing.command, OrderSend)
        await settled(ledger, outgoing.command.request_id, IntentState.DONE)


async def test_a_crash_leaves_sending_which_the_next_start_reconciles(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):
        task = asyncio.ensure_future(send(router, "k"))
        outgoing = await link.next(OrderSend)
        order_id = outgoing.command.packed()["request_id"]
        # The process ends here: nothing more of this router touches the ledger.
        async with running(ledger, live=False) as (reborn, link2):
            with pytest.raises(errors.OrderUnresolved):
                await send(reborn, "k")
            link2.up()
            link2.answer(
                await link2.next(OrderStatus),
                journal(JournalState.DONE, result=TradeResult(retcode=10009, order=4)),
            )
            await settled(ledger, order_id, IntentState.DONE)
            assert (await send(reborn, "k")).replayed
        link.answer(outgoing, done(order=99))
        assert (await task).result is not None
        kept = ledger.get(order_id)
        assert kept is not None
        assert kept.result is not None
        assert kept.result.order == 4


async def test_one_idempotency_key_opens_one_order(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):
        tasks = [asyncio.ensure_future(send(router, "same")) for _ in range(20)]
        outgoing = await link.next(OrderSend)
        results = asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)
        link.answer(outgoing, done())
        kinds = [type(result) for result in await results]
        assert kinds.count(Intent) >= 1
        assert set(kinds) <= {Intent, errors.IdempotencyInFlight}
        assert not [item for item in link.sent if isinstance(item.command, OrderSend)]
        assert (await send(router, "same")).replayed


async def test_the_same_key_with_another_body_is_refused(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):
        link.reply_with = always(done())
        await send(router, "k")
        with pytest.raises(errors.IdempotencyKeyReused):
            await send(router, "k", volume=0.2)
        other = await router.trade(
            "demo", OrderSend, {**ORDER, "volume": 0.2}, owner="else", idempotency_key="k"
        )
        assert not other.replayed


@pytest.mark.parametrize(
    ("refusal", "error", "outcome"),
    [
        (RefusalCode.UNKNOWN_SYMBOL, errors.UnknownSymbol, "rejected"),
        (RefusalCode.TRADE_FORBIDDEN, errors.OrderRejected, "rejected"),
        (RefusalCode.DEADLINE_PASSED, errors.TerminalOffline, "not_sent"),
        (RefusalCode.ACCOUNT_CHANGED, errors.AccountChanged, "not_sent"),
        (RefusalCode.BUSY, errors.TerminalOffline, "not_sent"),
        (RefusalCode.INTERNAL, errors.OrderUnresolved, "unresolved"),
    ],
)
async def test_refusals(
    ledger: Ledger, refusal: RefusalCode, error: type[errors.ApiError], outcome: str
) -> None:
    async with running(ledger) as (router, link):
        link.reply_with = always(refusal)
        with pytest.raises(error) as caught:
            await send(router)
        assert caught.value.outcome == outcome


async def test_an_unreadable_answer_is_unresolved(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):
        link.reply_with = always(journal(JournalState.UNKNOWN))
        with pytest.raises(errors.OrderUnresolved):
            await send(router)


async def test_another_account_stops_trading_and_not_reading(
    ledger: Ledger,
) -> None:
    async with running(ledger) as (router, link):
        link.reply_with = always(done())
        await send(router)
        link.down()
        link.up(login=2)
        with pytest.raises(errors.AccountChanged):
            await send(router)
        assert router.terminal("demo").account_changed
    async with running(ledger, live=False) as (router, link):
        link.up(login=2)
        with pytest.raises(errors.AccountChanged):
            await send(router)


async def test_fields_that_make_no_order_are_refused_before_the_ledger(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):
        with pytest.raises(errors.Unprocessable) as caught:
            await send(router, type=2)
        assert caught.value.outcome == "not_sent"
        assert ledger.unsettled() == []
        assert link.sent == []


async def test_anothers_order_looks_as_if_it_did_not_exist(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):
        link.reply_with = always(done())
        intent = await send(router)
        assert await router.order("demo", intent.id, owner=OWNER) == intent
        with pytest.raises(errors.NotFound):
            await router.order("demo", intent.id, owner="somebody else")
        with pytest.raises(errors.NotFound):
            await router.order("another", intent.id, owner=None)


async def test_a_failing_ledger_does_not_end_reconciliation(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(ledger) as (router, link):
        settle, failures = ledger.settle, [sqlite3.OperationalError("disk full")] * 2

        async def fail_twice(intent: Intent) -> Intent:
            if failures:
                raise failures.pop()
            return await settle(intent)

        monkeypatch.setattr(ledger, "settle", fail_twice)
        link.reply_with = always(done())
        intent = await send(router, "k")
        assert intent.state is IntentState.DONE
        kept = ledger.get(intent.id)
        assert kept is not None
        assert kept.state is IntentState.SENDING
        for _ in range(2):
            question = await link.next(OrderStatus)
            link.answer(question, journal(JournalState.DONE, result=intent.result))
        assert (await settled(ledger, intent.id, IntentState.DONE)).result == intent.result


async def test_a_fault_of_ours_leaves_the_order_unresolved_and_asks(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):

        def break_down(_: Command) -> Reply:
            raise RuntimeError("a fault")

        link.reply_with = lambda command: (
            break_down(command) if isinstance(command, OrderSend) else None
        )
        with pytest.raises(errors.OrderUnresolved) as caught:
            await send(router)
        question = await link.next(OrderStatus)
        assert question.command.packed() == {"request_id": caught.value.extra["order_id"]}


async def test_another_journal_proves_nothing(ledger: Ledger) -> None:
    async with running(ledger, order_timeout_s=0.05) as (router, link):
        with pytest.raises(errors.OrderUnresolved) as caught:
            await send(router)
        order_id = caught.value.extra["order_id"]
        question = await link.next(OrderStatus)
        later = utc_msc() + 60_000
        link.answer(question, journal(JournalState.UNKNOWN, journal=99, clock_msc=later))
        await link.next(OrderStatus)
        found = await router.order("demo", order_id, owner=OWNER)
        assert found.state is IntentState.UNRESOLVED
        assert "by hand" in (found.detail or "")


async def test_an_expiration_is_the_same_request_whatever_the_brokers_clock_does(
    ledger: Ledger,
) -> None:
    async with running(ledger) as (router, link):
        order = {"type": 2, "price": 1.0, "type_time": 2, "expiration": 1_800_000_000}
        sent: list[Command] = []

        def note(command: Command) -> Reply:
            sent.append(command)
            return done()

        link.reply_with = note
        link.up(utc_offset_s=7200)
        await send(router, "k", **order)
        link.up(utc_offset_s=10_800)
        assert (await send(router, "k", **order)).replayed
        assert sent[0].packed()["expiration"] == 1_800_007_200


async def test_a_full_disk_sends_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(ledger) as (router, link):

        async def full(_: Intent) -> Intent:
            raise errors.LedgerUnavailable("disk full")

        monkeypatch.setattr(ledger, "begin", full)
        with pytest.raises(errors.LedgerUnavailable) as caught:
            await send(router)
        assert caught.value.outcome == "not_sent"
        assert link.sent == []


@given(
    steps=st.integers(1, 10_000),
    step=st.sampled_from([(0.01, 2), (0.1, 1), (1.0, 0), (0.001, 3)]),
    part=st.floats(0.01, 0.99),
)
def test_nearest_volumes_enclose_what_was_asked(
    steps: int, step: tuple[float, int], part: float
) -> None:
    size, digits = step
    asked = (steps + part) * size
    near = nearest_volumes(asked, low=size, high=size * 20_000, step=size, digits=digits)
    assert near["nearest_below"] < asked < near["nearest_above"]
    assert near["nearest_above"] - near["nearest_below"] == pytest.approx(size)


def test_nearest_volumes_stay_inside_the_limits() -> None:
    assert nearest_volumes(0.001, low=0.01, high=100, step=0.01, digits=2) == {
        "nearest_above": 0.01
    }
    assert nearest_volumes(1000, low=0.01, high=100, step=0.01, digits=2) == {"nearest_below": 100}
    assert nearest_volumes(1, low=0, high=1, step=0, digits=2) == {}
