from types import ModuleType

import pytest
from pydantic import ValidationError

from pitwire.wire import codec
from pitwire.wire.commands import COMMANDS
from pitwire.wire.replies import (
    JournalState,
    OrderStatusReply,
    PingReply,
    RatesReply,
    Refusal,
    RefusalCode,
    Reply,
    TradeReply,
)


def test_a_reply_arrives_as_it_was_sent(samples: ModuleType) -> None:
    answered = set()
    for code, reply in samples.replies():
        body = codec.unpack(codec.pack(reply.packed()))
        assert type(reply).model_validate(body) == reply
        assert type(reply).model_validate({**body, "of_a_later_version": {}}) == reply
        answered.add(code)
    assert answered == set(COMMANDS)


def test_every_reply_says_when_it_was_given() -> None:
    for command in COMMANDS.values():
        assert issubclass(command.reply, Reply)
    with pytest.raises(ValidationError):
        PingReply.model_validate({})
    for offset in (-86_401, 86_401):
        with pytest.raises(ValidationError):
            PingReply(clock_msc=1, utc_offset_s=offset)


def test_null_never_travels() -> None:
    reply = OrderStatusReply(clock_msc=1, state=JournalState.RECEIVED, login=1, journal=11)
    assert "result" not in reply.packed()
    assert Refusal(code=RefusalCode.BUSY, message="m").packed() == {"code": 11, "message": "m"}


def test_the_journals_answer_names_the_journal() -> None:
    body = {"clock_msc": 1, "state": JournalState.UNKNOWN, "login": 1}
    assert OrderStatusReply.model_validate({**body, "journal": 11}).packed()["journal"] == 11
    with pytest.raises(ValidationError, match="journal"):
        OrderStatusReply.model_validate(body)


def test_packed_rows_are_binary() -> None:
    with pytest.raises(ValidationError):
        RatesReply.model_validate({"clock_msc": 1, "rates": "text", "more": False, "digits": 5})


def test_only_trades_are_answered_from_the_journal() -> None:
    for command in COMMANDS.values():
        assert command.trading == (command.reply is TradeReply)


@pytest.mark.parametrize("samples_field", ["code", "message"])
def test_a_refusal_lacks_nothing(samples_field: str) -> None:
    body = {"code": 1, "message": "m"}
    del body[samples_field]
    with pytest.raises(ValidationError):
        Refusal.model_validate(body)


def test_a_refusal_of_a_later_version_is_read() -> None:
    assert Refusal.model_validate({"code": 99, "message": "m", "more": 1}).code == 99
    with pytest.raises(ValidationError):
        Refusal(code=1, message="x" * 501)
