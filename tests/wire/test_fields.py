from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from pitwire.wire.enums import OrderType, TickFlag
from pitwire.wire.fields import (
    COMMENT_LENGTH,
    LATEST_MSC,
    SYMBOL_LENGTH,
    TEXT_LENGTH,
    UINT64_MAX,
    Comment,
    Price,
    Symbol,
    Text,
    Ticket,
    TimeMsc,
    TimeS,
    Unit,
    meaning_of,
)


class Example(BaseModel):
    plain: Price
    maybe: Price | None = None
    kind: Annotated[int, OrderType]
    maybe_kind: Annotated[int, OrderType] | None = None
    flags: Annotated[int, TickFlag]
    unsaid: int = 0


def test_a_field_says_its_unit_or_enumeration_optional_or_not() -> None:
    found = {
        name: meaning_of(field) for name, field in Example.model_fields.items() if name != "unsaid"
    }
    assert found == {
        "plain": Unit.PRICE,
        "maybe": Unit.PRICE,
        "kind": OrderType,
        "maybe_kind": OrderType,
        "flags": TickFlag,
    }


def test_a_field_without_unit_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="declares no unit"):
        meaning_of(Example.model_fields["unsaid"])


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Ticket, [0, UINT64_MAX], [-1, UINT64_MAX + 1]),
        (TimeMsc, [0, LATEST_MSC], [-1, LATEST_MSC + 1]),
        (TimeS, [0, LATEST_MSC // 1000], [-1, LATEST_MSC // 1000 + 1]),
        (Text, ["", "x" * TEXT_LENGTH, "a\nb"], ["x" * (TEXT_LENGTH + 1)]),
        (Symbol, ["E", "x" * SYMBOL_LENGTH, "#Süd.x"], ["", "x" * (SYMBOL_LENGTH + 1), "E\n"]),
        (Comment, ["", "x" * COMMENT_LENGTH], ["x" * (COMMENT_LENGTH + 1), "\x1b[2J", "a\rb"]),
    ],
)
def test_limits(kind: Any, good: list[object], bad: list[object]) -> None:
    adapter: TypeAdapter[object] = TypeAdapter(kind)
    for value in good:
        assert adapter.validate_python(value) == value
    for value in bad:
        with pytest.raises(ValidationError):
            adapter.validate_python(value)


@given(st.text(min_size=1, max_size=COMMENT_LENGTH))
def test_no_comment_can_forge_a_line_in_a_log(text: str) -> None:
    try:
        accepted = TypeAdapter(Comment).validate_python(text)
    except ValidationError:
        assert not text.isprintable()
    else:
        assert len(accepted.splitlines()) == 1
