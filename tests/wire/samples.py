"""One body of every command, reply, event and record, made from the data model alone.

Commands are written out, because their fields depend on each other; the rest is filled by unit.
"""

from collections.abc import Iterator
from enum import IntEnum, IntFlag
from typing import Any, get_args, get_origin

import numpy as np
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pitwire.wire.arrays import RATES, TICKS
from pitwire.wire.commands import COMMANDS, Channel, Command, CommandCode
from pitwire.wire.enums import CopyTicks, OrderFilling, OrderTime, OrderType, Timeframe
from pitwire.wire.events import EVENTS, Event
from pitwire.wire.fields import Unit, meaning_of
from pitwire.wire.records import Record, Table
from pitwire.wire.replies import Refusal, RefusalCode, Reply

CLOCK_MSC = 1_700_000_000_123
TRADE = {"request_id": "01JD-order_7", "deadline_msc": CLOCK_MSC + 5000, "login": 5_012_345}
ORDER = {"symbol": "EURUSD", "type": int(OrderType.BUY), "volume": 0.1}

COMMAND_FIELDS: dict[CommandCode, list[dict[str, Any]]] = {
    CommandCode.PING: [{}],
    CommandCode.ACCOUNT_INFO: [{}],
    CommandCode.TERMINAL_INFO: [{}],
    CommandCode.SYMBOLS_GET: [
        {},
        {"group": "*USD*,!EUR*", "selected": True, "start": 500, "count": 250},
    ],
    CommandCode.SYMBOL_INFO: [{"symbol": "EURUSD"}],
    CommandCode.SYMBOL_SELECT: [{"symbol": "#Süd.x", "enable": False}],
    CommandCode.SYMBOL_INFO_TICK: [{"symbol": "EURUSD"}],
    CommandCode.COPY_TICKS_FROM: [
        {"symbol": "EURUSD", "from_msc": CLOCK_MSC, "skip": 3, "count": 8192, "flags": -1}
    ],
    CommandCode.COPY_TICKS_RANGE: [
        {
            "symbol": "EURUSD",
            "from_msc": 0,
            "to_msc": CLOCK_MSC,
            "flags": int(CopyTicks.TRADE),
        }
    ],
    CommandCode.COPY_RATES_FROM: [
        {"symbol": "EURUSD", "timeframe": int(Timeframe.H4), "from_s": 1_700_000_000}
    ],
    CommandCode.COPY_RATES_FROM_POS: [
        {"symbol": "EURUSD", "timeframe": int(Timeframe.M1), "start": 0, "count": 1},
    ],
    CommandCode.COPY_RATES_RANGE: [
        {
            "symbol": "EURUSD",
            "timeframe": int(Timeframe.MN1),
            "from_s": 0,
            "to_s": 253_402_300_799,
            "count": 100,
        }
    ],
    CommandCode.MARKET_BOOK_GET: [{"symbol": "EURUSD"}],
    CommandCode.ORDERS_GET: [{}, {"symbol": "EURUSD"}, {"ticket": 2**64 - 1}],
    CommandCode.POSITIONS_GET: [{}, {"symbol": "EURUSD"}, {"ticket": 2**63}],
    CommandCode.HISTORY_ORDERS_GET: [{"from_msc": 0, "to_msc": CLOCK_MSC}, {"ticket": 77}],
    CommandCode.HISTORY_DEALS_GET: [{"position": 78, "symbol": "EURUSD", "start": 1000}],
    CommandCode.ORDER_CALC_MARGIN: [ORDER, {**ORDER, "price": 1.1}],
    CommandCode.ORDER_CALC_PROFIT: [{**ORDER, "price_open": 1.1, "price_close": 1.2}],
    CommandCode.ORDER_CHECK: [ORDER],
    CommandCode.ORDER_SEND: [
        {**TRADE, **ORDER},
        {
            **TRADE,
            "symbol": "EURUSD",
            "type": int(OrderType.SELL_STOP_LIMIT),
            "volume": 1.0,
            "price": 1.1,
            "stoplimit": 1.105,
            "sl": 1.11,
            "tp": 1.05,
            "deviation": 10,
            "type_filling": int(OrderFilling.RETURN),
            "type_time": int(OrderTime.SPECIFIED),
            "expiration": 1_700_003_600,
            "magic": 2**64 - 1,
            "comment": "grid 7/9 \N{EURO SIGN}",
        },
    ],
    CommandCode.ORDER_MODIFY: [
        {**TRADE, "order": 42, "price": 1.09, "sl": None, "tp": 1.2},
        {**TRADE, "order": 42, "type_time": int(OrderTime.GTC)},
    ],
    CommandCode.ORDER_REMOVE: [{**TRADE, "order": 42}],
    CommandCode.POSITION_MODIFY: [
        {**TRADE, "position": 43, "sl": 1.05},
        {**TRADE, "position": 43, "sl": None, "tp": None},
    ],
    CommandCode.POSITION_CLOSE: [
        {**TRADE, "position": 43},
        {
            **TRADE,
            "position": 43,
            "volume": 0.05,
            "price": 1.1,
            "deviation": 0,
            "type_filling": int(OrderFilling.IOC),
            "magic": 9,
            "comment": "half",
        },
    ],
    CommandCode.POSITION_CLOSE_BY: [{**TRADE, "position": 43, "position_by": 44}],
    CommandCode.ORDER_STATUS: [{"request_id": TRADE["request_id"]}],
    CommandCode.SUBSCRIBE: [
        {"channel": int(Channel.TICKS), "symbol": "EURUSD", "from_msc": CLOCK_MSC},
        {"channel": int(Channel.BARS), "symbol": "EURUSD", "timeframe": int(Timeframe.M5)},
        {"channel": int(Channel.TRADES)},
    ],
    CommandCode.UNSUBSCRIBE: [{"channel": int(Channel.BOOK), "symbol": "EURUSD"}],
}

_BY_UNIT: dict[Unit, Any] = {
    Unit.PRICE: 1.10123,
    Unit.VOLUME: 0.07,
    Unit.MONEY: -1234.56,
    Unit.PERCENT: 99.5,
    Unit.RATIO: 100000.0,
    Unit.TICKET: 2**63 + 11,
    Unit.LOGIN: 5_012_345,
    Unit.TIME_S: 1_700_007_200,
    Unit.TIME_MSC: 1_700_007_200_123,
    Unit.UTC_MSC: CLOCK_MSC,
    Unit.OFFSET_S: 7200,
    Unit.POINTS: -12,
    Unit.COUNT: 3,
    Unit.DIGITS: 5,
    Unit.MICROSECONDS: 187,
    Unit.MILLISECONDS: 250,
    Unit.TEXT: "München 1",
    Unit.FLAG: True,
}

PACKED = {"ticks": TICKS, "rates": RATES}


def commands() -> Iterator[Command]:
    """Yield every command, some of them with few and with all fields."""
    for code, samples in COMMAND_FIELDS.items():
        for fields in samples:
            yield COMMANDS[code](**fields)


def replies() -> Iterator[tuple[CommandCode, Reply]]:
    """Yield the reply to every command."""
    for code, command in COMMANDS.items():
        yield CommandCode(code), command.reply(**_fields(command.reply))


def events() -> Iterator[Event]:
    """Yield every event."""
    for event in EVENTS.values():
        yield event(**_fields(event))


def refusals() -> Iterator[Refusal]:
    """Yield a refusal with few fields and one with all."""
    yield Refusal(code=RefusalCode.UNSUPPORTED, message="This terminal does not know it.")
    yield Refusal(
        code=RefusalCode.HISTORY_LOADING,
        message="The bars are being downloaded.",
        field="symbol",
        retry_after_ms=250,
    )


def record(kind: type[Record]) -> Record:
    """Make a record with a value of its unit in every field."""
    return kind(**_fields(kind))


def rows(layout: "np.dtype[np.void]", count: int = 2) -> bytes:
    """Make packed bars or ticks, each field another number."""
    data = np.zeros(count, dtype=layout)
    for place, name in enumerate(layout.names or ()):
        data[name] = [
            1 + place + 100 * row + 0.25 * (data[name].dtype.kind == "f") for row in range(count)
        ]
    return data.tobytes()


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {name: _value(name, field) for name, field in model.model_fields.items()}


def _value(name: str, field: FieldInfo) -> Any:
    if name in PACKED:
        return rows(PACKED[name])
    kinds = get_args(field.annotation) or (field.annotation,)
    if get_origin(field.annotation) is Table:
        return Table.of(kinds[0], [record(kinds[0]), record(kinds[0])])
    if isinstance(kinds[0], type) and issubclass(kinds[0], Record):
        return record(kinds[0])
    meaning = meaning_of(field)
    if isinstance(meaning, Unit):
        return _BY_UNIT[meaning]
    return _last(meaning)


def _last(kind: type[IntEnum] | type[IntFlag]) -> int:
    return max(int(member) for member in kind)
