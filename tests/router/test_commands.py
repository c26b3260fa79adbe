import asyncio

import pytest
from tests.router.scripted import ORDER, OWNER, running

from pitwire import errors
from pitwire.router.ledger import Ledger
from pitwire.terminal.messages import Answered, Lost, NotSent
from pitwire.wire.commands import AccountInfoGet, OrderSend, Ping, SymbolInfoGet
from pitwire.wire.replies import PingReply, RefusalCode

pytestmark = pytest.mark.anyio


async def test_answers_find_their_callers_in_any_order(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):
        tasks = [asyncio.ensure_future(router.read("demo", Ping())) for _ in range(5)]
        sent = [await link.next(Ping) for _ in range(5)]
        for number, outgoing in reversed(list(enumerate(sent))):
            link.answer(outgoing, PingReply(clock_msc=number))
        assert [reply.clock_msc for reply in await asyncio.gather(*tasks)] == [0, 1, 2, 3, 4]


async def test_a_read_without_answer_times_out_and_a_late_answer_is_harmless(
    ledger: Ledger,
) -> None:
    async with running(ledger) as (router, link):
        with pytest.raises(errors.ReadTimeout):
            await router.read("demo", Ping(), timeout_s=0.01)
        link.answer(await link.next(Ping), PingReply(clock_msc=1))
        link.router = router
        router.deliver([Answered("demo", 999, {})])


async def test_offline_and_unknown_terminals(ledger: Ledger) -> None:
    async with running(ledger, live=False) as (router, link):
        with pytest.raises(errors.TerminalOffline):
            await router.read("demo", Ping())
        with pytest.raises(errors.NotFound):
            await router.read("nobody", Ping())
        assert link.sent == []


@pytest.mark.parametrize("answer", [NotSent, Lost])
async def test_a_read_that_the_link_could_not_carry_is_safe_to_repeat(
    ledger: Ledger, answer: type[NotSent] | type[Lost]
) -> None:
    async with running(ledger) as (router, link):
        task = asyncio.ensure_future(router.read("demo", Ping()))
        outgoing = await link.next(Ping)
        router.deliver([answer("demo", outgoing.number, "why")])
        with pytest.raises(errors.TerminalOffline) as caught:
            await task
        assert caught.value.retryable


async def test_a_full_queue_is_not_an_offline_terminal(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):
        task = asyncio.ensure_future(router.read("demo", Ping()))
        outgoing = await link.next(Ping)
        router.deliver([NotSent("demo", outgoing.number, "many wait", queue_full=True)])
        with pytest.raises(errors.QueueFull):
            await task
        order = asyncio.ensure_future(router.trade("demo", OrderSend, ORDER, owner=OWNER))
        outgoing = await link.next(OrderSend)
        router.deliver([NotSent("demo", outgoing.number, "many wait", queue_full=True)])
        with pytest.raises(errors.QueueFull) as caught:
            await order
        assert caught.value.outcome == "not_sent"


async def test_a_reply_that_lacks_fields_is_the_terminals_fault(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):
        link.reply_with = lambda _: PingReply(clock_msc=1)
        with pytest.raises(errors.TerminalFault) as caught:
            await router.read("demo", AccountInfoGet())
        assert "'account'" in caught.value.detail


async def test_refusals_of_reads(ledger: Ledger) -> None:
    async with running(ledger) as (router, link):
        task = asyncio.ensure_future(router.read("demo", SymbolInfoGet(symbol="X")))
        link.refuse(
            await link.next(SymbolInfoGet), RefusalCode.HISTORY_LOADING, retry_after_ms=1500
        )
        with pytest.raises(errors.HistoryLoading) as caught:
            await task
        assert caught.value.retry_after_s == 1.5
        link.reply_with = lambda _: RefusalCode.UNKNOWN_SYMBOL
        with pytest.raises(errors.UnknownSymbol):
            await router.read("demo", SymbolInfoGet(symbol="X"))
