"""The records against MetaTrader's own Python package, and tables of them on the wire."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pitwire.wire import arrays, codec
from pitwire.wire.fields import Unit
from pitwire.wire.records import (
    RECORDS,
    AccountInfo,
    BookEntry,
    CheckResult,
    Deal,
    Order,
    Position,
    Record,
    SymbolInfo,
    Table,
    TerminalInfo,
    Tick,
    TradeResult,
)

SURFACE: dict[str, Any] = json.loads(
    (Path(__file__).with_name("mt5_surface.json")).read_text(encoding="utf-8")
)
SHOWN = {"digits", "volume_digits"}
"""What a record carries so that its numbers can be shown."""

PAIRS: list[tuple[type[Record], str, set[str], set[str]]] = [
    # our record, their name for it, what travels otherwise, what we add
    (AccountInfo, "AccountInfo", set(), set()),
    (TerminalInfo, "TerminalInfo", set(), set()),
    (SymbolInfo, "SymbolInfo", set(), {"volume_digits"}),
    (Tick, "Tick", {"time"}, set()),
    (Position, "TradePosition", {"time", "time_update"}, SHOWN),
    (Order, "TradeOrder", {"time_setup", "time_done"}, SHOWN),
    (Deal, "TradeDeal", {"time"}, SHOWN),
    (BookEntry, "BookInfo", set(), set()),
    (CheckResult, "OrderCheckResult", {"request"}, set()),
    (
        TradeResult,
        "OrderSendResult",
        {"request", "request_id"},
        SHOWN | {"position", "type_filling", "time_msc"},
    ),
]
TYPES = {"int": int, "float": float, "bool": bool, "str": str}
POSITIONS = TypeAdapter(Table[Position])


@pytest.mark.parametrize(("record", "theirs", "otherwise", "ours"), PAIRS)
def test_fields_are_those_of_metatrader(
    record: type[Record], theirs: str, otherwise: set[str], ours: set[str]
) -> None:
    expected = {
        name: TYPES[kind]
        for name, kind in SURFACE["records"][theirs].items()
        if name not in otherwise
    }
    found = {
        name: field.annotation for name, field in record.model_fields.items() if name not in ours
    }
    assert found == expected


def test_arrays_are_those_of_metatrader() -> None:
    for name, layout in (("rates", arrays.RATES), ("ticks", arrays.TICKS)):
        assert [[field, layout[field].str] for field in layout.names or ()] == SURFACE["dtypes"][
            name
        ]


@pytest.mark.parametrize("record", RECORDS)
def test_every_field_says_what_it_means(record: type[Record]) -> None:
    meanings = record.meanings()
    assert list(meanings) == list(record.model_fields)
    for name, meaning in meanings.items():
        if name.endswith("_msc"):
            assert meaning is Unit.TIME_MSC, name


@pytest.mark.parametrize("record", RECORDS)
def test_a_table_comes_back_from_the_wire_as_it_went(
    record: type[Record], samples: ModuleType
) -> None:
    table = Table.of(record, [samples.record(record)] * 3)
    body = codec.unpack(codec.pack({"t": table.packed()}))
    back = TypeAdapter(Table[record]).validate_python(body["t"])  # type: ignore[valid-type]
    assert back == table
    assert len(back) == 3
    assert list(back) == [samples.record(record)] * 3


@given(st.data())
def test_fields_are_found_in_any_order_and_among_unknown_ones(data: st.DataObject) -> None:
    names = list(BookEntry.model_fields)
    order = data.draw(st.permutations([*names, "new_1", "new_2"]))
    values = {"type": 1, "price": 1.5, "volume": 2, "volume_dbl": 2.5, "new_1": None, "new_2": "x"}
    wire = {"fields": order, "rows": [[values[name] for name in order]] * 2}
    table = TypeAdapter(Table[BookEntry]).validate_python(wire)
    assert list(table) == [BookEntry(type=1, price=1.5, volume=2, volume_dbl=2.5)] * 2


def test_a_missing_field_has_its_default_or_is_a_fault() -> None:
    table = TypeAdapter(Table[TradeResult]).validate_python({"fields": ["retcode"], "rows": [[1]]})
    assert list(table) == [TradeResult(retcode=1)]
    with pytest.raises(ValidationError, match="lacks the field 'retcode'"):
        TypeAdapter(Table[TradeResult]).validate_python({"fields": ["deal"], "rows": [[1]]})


FIELDS = list(BookEntry.model_fields)
ROW: list[Any] = [1, 1.5, 2, 2.5]


@pytest.mark.parametrize(
    "wire",
    [
        None,
        [],
        {},
        {"fields": FIELDS},
        {"fields": FIELDS, "rows": None},
        {"fields": "type", "rows": []},
        {"fields": FIELDS, "rows": [ROW[:3]]},
        {"fields": FIELDS, "rows": [[*ROW, 1]]},
        {"fields": FIELDS, "rows": [ROW, 7]},
        {"fields": FIELDS, "rows": ["1234"]},
        {"fields": FIELDS, "rows": [{"type": 1, "price": 1, "volume": 1, "volume_dbl": 1}]},
        {"fields": FIELDS, "rows": [["1", 1.5, 2, 2.5]]},
        {"fields": FIELDS, "rows": [[True, 1.5, 2, 2.5]]},
        {"fields": FIELDS, "rows": [[1.0, 1.5, 2, 2.5]]},
        {"fields": FIELDS, "rows": [[1, "1.5", 2, 2.5]]},
        {"fields": FIELDS, "rows": [[1, 1.5, -2, 2.5]]},
        {"fields": FIELDS, "rows": [[1, None, 2, 2.5]]},
        {"fields": ["x", *FIELDS], "rows": [ROW]},
        {"fields": ["x", *FIELDS], "rows": [[0, *ROW], 7]},
        {"fields": [1, [], *FIELDS], "rows": [ROW]},
    ],
)
def test_a_table_that_makes_no_sense_is_refused(wire: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Table[BookEntry]).validate_python(wire)


def test_an_integer_is_read_where_a_float_is_meant() -> None:
    (entry,) = TypeAdapter(Table[BookEntry]).validate_python(
        {"fields": FIELDS, "rows": [[1, 2, 3, 4]]}
    )
    assert (entry.price, entry.volume_dbl) == (2.0, 4.0)
    assert isinstance(entry.price, float)


def test_a_number_that_no_enumeration_lists_is_kept(samples: ModuleType) -> None:
    position = samples.record(Position).model_copy(update={"reason": 99})
    table = POSITIONS.validate_python(Table.of(Position, [position]).packed())
    assert [item.reason for item in table] == [99]


def test_types_are_exact() -> None:
    for field, value in (("retcode", True), ("retcode", "1"), ("price", "1.0"), ("comment", b"x")):
        with pytest.raises(ValidationError):
            TradeResult.model_validate({"retcode": 1, field: value})
