from types import ModuleType
from typing import Any

import pytest
from pydantic import ValidationError

from pitwire.wire import codec, commands
from pitwire.wire.commands import COMMANDS, Command, CommandCode, Lane, TradingCommand
from pitwire.wire.envelope import MAX_FRAME_TO_TERMINAL, MIN_FRAME

TRADE: dict[str, Any] = {"request_id": "a-1_Z", "deadline_msc": 1, "login": 1}
ORDER: dict[str, Any] = {"symbol": "EURUSD", "type": 0, "volume": 0.1}


def test_every_code_has_a_command_and_every_command_one_code() -> None:
    assert set(COMMANDS) == set(CommandCode)
    assert len(set(COMMANDS.values())) == len(COMMANDS)
    assert all(0 < code < 2**16 for code in COMMANDS)


def test_what_trades_goes_first_and_carries_who_when_and_which() -> None:
    for command in COMMANDS.values():
        assert command.trading == issubclass(command, TradingCommand)
        if command.trading:
            assert command.lane is Lane.TRADE
            assert {"request_id", "deadline_msc", "login"} <= set(command.model_fields)
    names = {code.name for code, command in COMMANDS.items() if command.trading}  # type: ignore[attr-defined]
    assert names == {
        "ORDER_SEND",
        "ORDER_MODIFY",
        "ORDER_REMOVE",
        "POSITION_MODIFY",
        "POSITION_CLOSE",
        "POSITION_CLOSE_BY",
    }


def test_there_is_a_sample_of_every_command(samples: ModuleType) -> None:
    assert set(samples.COMMAND_FIELDS) == set(COMMANDS)


def test_a_command_arrives_as_it_was_sent(samples: ModuleType) -> None:
    for command in samples.commands():
        body = codec.unpack(codec.pack(command.packed()))
        assert type(command).model_validate(body) == command
        assert type(command).model_validate({**body, "of_a_later_version": 1}) == command


def test_only_what_was_set_travels() -> None:
    bare = commands.PositionModify(**TRADE, position=1)
    clearing = commands.PositionModify(**TRADE, position=1, sl=None)
    assert "sl" not in bare.packed()
    assert clearing.packed()["sl"] is None


def test_the_longest_command_fits_into_a_frame() -> None:
    wide = "\N{GRINNING FACE}"
    longest = commands.OrderSend(
        request_id="x" * 64,
        deadline_msc=2**40,
        login=2**64 - 1,
        symbol=wide * 64,
        type=7,
        volume=1.0,
        price=1.0,
        stoplimit=1.0,
        sl=1.0,
        tp=1.0,
        deviation=2**62,
        type_filling=1,
        type_time=2,
        expiration=1,
        magic=2**64 - 1,
        comment=wide * 31,
    )
    group = commands.SymbolsGet(group=wide * 512)
    for command in (longest, group):
        assert len(codec.pack(command.packed())) < MAX_FRAME_TO_TERMINAL - MIN_FRAME


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        (commands.OrderSend, {**ORDER, "volume": 0.0}),
        (commands.OrderSend, {**ORDER, "volume": -1.0}),
        (commands.OrderSend, {**ORDER, "volume": float("nan")}),
        (commands.OrderSend, {**ORDER, "volume": float("inf")}),
        (commands.OrderSend, {**ORDER, "volume": True}),
        (commands.OrderSend, {**ORDER, "volume": "0.1"}),
        (commands.OrderSend, {**ORDER, "type": 8}),
        (commands.OrderSend, {**ORDER, "type": -1}),
        (commands.OrderSend, {**ORDER, "type": 1.0}),
        (commands.OrderSend, {**ORDER, "sl": 0.0}),
        (commands.OrderSend, {**ORDER, "tp": 0.0}),
        (commands.OrderSend, {**ORDER, "deviation": -1}),
        (commands.OrderSend, {**ORDER, "type": 2}),
        (commands.OrderSend, {**ORDER, "type": 6, "price": 1.0}),
        (commands.OrderSend, {**ORDER, "type": 2, "price": 1.0, "stoplimit": 1.0}),
        (commands.OrderSend, {**ORDER, "type_time": 2}),
        (commands.OrderSend, {**ORDER, "expiration": 1}),
        (commands.OrderSend, {**ORDER, "comment": "x" * 32}),
        (commands.OrderSend, {**ORDER, "request_id": ""}),
        (commands.OrderSend, {**ORDER, "request_id": "a b"}),
        (commands.OrderSend, {**ORDER, "request_id": "a\n"}),
        (commands.OrderSend, {**ORDER, "request_id": "x" * 65}),
        (commands.OrderRemove, {"order": 0}),
        (commands.PositionModify, {"position": 1, "sl": 0.0}),
        (commands.PositionClose, {"position": 1, "volume": 0.0}),
    ],
)
def test_a_trade_that_makes_no_sense_is_refused(
    command: type[Command], fields: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        command(**{**TRADE, **fields})


@pytest.mark.parametrize("missing", ["request_id", "deadline_msc", "login", "symbol", "volume"])
def test_a_trade_lacks_nothing(missing: str) -> None:
    fields = {name: value for name, value in {**TRADE, **ORDER}.items() if name != missing}
    with pytest.raises(ValidationError):
        commands.OrderSend(**fields)


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        (commands.SymbolsGet, {"count": 0}),
        (commands.SymbolsGet, {"count": 501}),
        (commands.CopyTicksFrom, {"symbol": "E", "from_msc": 0, "count": 8193}),
        (commands.CopyRatesFromPos, {"symbol": "E", "timeframe": 1, "start": -1}),
        (commands.HistoryDealsGet, {"count": 1001}),
        (commands.SymbolInfoGet, {"symbol": ""}),
        (commands.Subscribe, {"channel": 1}),
        (commands.Subscribe, {"channel": 2, "symbol": "E"}),
        (commands.Subscribe, {"channel": 1, "symbol": "E", "timeframe": 1}),
        (commands.Subscribe, {"channel": 4, "symbol": "E"}),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    command: type[Command], fields: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        command(**fields)


def test_commands_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        commands.OrderSend(**TRADE, **ORDER).volume = 2.0  # type: ignore[misc]
