from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitwire import errors
from pitwire.router import outcome
from pitwire.router.intent import Intent, IntentState
from pitwire.terminal.messages import Answered, Lost, NotSent, Refused
from pitwire.wire import retcodes
from pitwire.wire.records import TradeResult
from pitwire.wire.replies import JournalState, OrderStatusReply, RefusalCode, TradeReply

INTENT = Intent(
    id="1",
    terminal="demo",
    owner="o",
    command="ORDER_SEND",
    fields={},
    state=IntentState.SENDING,
    created_msc=0,
    updated_msc=0,
    deadline_msc=10_000,
    login=1,
    journal=11,
)


def answered(retcode: int) -> Answered:
    reply = TradeReply(clock_msc=1, result=TradeResult(retcode=retcode))
    return Answered("demo", 1, reply.packed())


@given(st.integers(0, 20_000))
def test_every_retcode_has_one_outcome_and_only_proofs_settle(retcode: int) -> None:
    settled = outcome.settle(INTENT, answered(retcode), now_msc=5)
    assert settled.updated_msc == 5
    if retcode in retcodes.DONE:
        assert settled.state is IntentState.DONE
        assert outcome.error_of(settled) is None
    elif retcode in retcodes.REJECTED:
        assert settled.state is IntentState.REJECTED
        assert isinstance(outcome.error_of(settled), errors.OrderRejected)
    else:
        assert settled.state is IntentState.UNRESOLVED
        assert isinstance(outcome.error_of(settled), errors.OrderUnresolved)


@pytest.mark.parametrize("retcode", [0, 10003, 10005, 10037, 10047])
def test_a_code_that_the_wire_does_not_list_proves_nothing(retcode: int) -> None:
    settled = outcome.settle(INTENT, answered(retcode), now_msc=5)
    assert settled.state is IntentState.UNRESOLVED
    assert settled.result is not None
    assert settled.result.retcode == retcode
    assert str(retcode) in (settled.detail or "")
    again = outcome.reconcile(settled, journal(JournalState.DONE, 1, retcode=retcode), now_msc=9)
    assert again.state is IntentState.UNRESOLVED


@given(
    st.dictionaries(
        st.sampled_from(["clock_msc", "result", "repeated", "utc_offset_s"]),
        st.one_of(st.none(), st.integers(), st.text(), st.dictionaries(st.text(), st.integers())),
    )
)
def test_an_answer_that_makes_no_sense_is_unresolved(body: dict[str, Any]) -> None:
    settled = outcome.settle(INTENT, Answered("demo", 1, body), now_msc=5)
    assert settled.state is IntentState.UNRESOLVED


@given(st.dictionaries(st.sampled_from(["code", "message", "field"]), st.text()))
def test_a_refusal_that_makes_no_sense_is_unresolved(body: dict[str, Any]) -> None:
    settled = outcome.settle(INTENT, Refused("demo", 1, body), now_msc=5)
    assert settled.state is IntentState.UNRESOLVED
    assert isinstance(outcome.read_error(body), errors.TerminalFault)


@pytest.mark.parametrize("code", list(RefusalCode))
def test_every_refusal_code_has_an_outcome_and_an_error(code: RefusalCode) -> None:
    body = {"code": int(code), "message": "why", "field": "timeframe", "retry_after_ms": 1500}
    settled = outcome.settle(INTENT, Refused("demo", 1, body), now_msc=5)
    error = outcome.error_of(settled)
    assert error is not None
    assert error.outcome in {"rejected", "not_sent", "unresolved"}
    assert (settled.state is IntentState.UNRESOLVED) == (code is RefusalCode.INTERNAL)
    read = outcome.read_error(body)
    assert read.detail == "why"
    assert read.code != errors.InternalError.code


def test_an_order_that_is_not_there_is_not_found() -> None:
    body = {"code": int(RefusalCode.NOT_FOUND), "message": "There is no order 4."}
    error = outcome.error_of(outcome.settle(INTENT, Refused("demo", 1, body), now_msc=5))
    assert isinstance(error, errors.NotFound)
    assert (error.status, error.code, error.outcome) == (404, "not_found", "rejected")


def test_the_link_decides_between_not_sent_and_unresolved() -> None:
    not_sent = outcome.settle(INTENT, NotSent("demo", 1, "r"), now_msc=5)
    assert not_sent.state is IntentState.NOT_SENT
    assert outcome.settle(INTENT, Lost("demo", 1, "r"), now_msc=5).state is IntentState.UNRESOLVED


def journal(
    state: int, clock: int, *, login: int = 1, retcode: int | None = None
) -> OrderStatusReply:
    facts: dict[str, Any] = {"clock_msc": clock, "state": state, "login": login, "journal": 11}
    if retcode is not None:
        facts["result"] = TradeResult(retcode=retcode)
    return OrderStatusReply.model_validate(facts)


def test_the_journal_settles_only_with_proof() -> None:
    lost = outcome.settle(INTENT, Lost("demo", 1, "r"), now_msc=5)

    def state(reply: OrderStatusReply) -> IntentState:
        return outcome.reconcile(lost, reply, now_msc=9).state

    late = INTENT.deadline_msc + outcome.CLOCK_MARGIN_MSC + 1
    assert state(journal(JournalState.UNKNOWN, late - 1)) is IntentState.UNRESOLVED
    assert state(journal(JournalState.UNKNOWN, late)) is IntentState.NOT_SENT
    assert state(journal(JournalState.UNKNOWN, late, login=2)) is IntentState.UNRESOLVED
    assert state(journal(JournalState.RECEIVED, late)) is IntentState.UNRESOLVED
    assert state(journal(JournalState.DONE, late)) is IntentState.UNRESOLVED
    assert state(journal(JournalState.INDETERMINATE, late)) is IntentState.UNRESOLVED
    by_hand = outcome.reconcile(lost, journal(JournalState.INDETERMINATE, late), now_msc=9)
    assert by_hand.detail is not None
    assert "by hand" in by_hand.detail
