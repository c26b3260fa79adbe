"""What a number on the wire means: the unit that every field of the data model declares.

A field is declared once, as `price_open: Price`. The unit says how the edge writes it as JSON
(own digits, ids as strings, times as RFC 3339), how docs/wire.md describes it, and which limits
apply. An enumeration of `wire.enums` as unit means: an integer with these known values.
"""

from enum import Enum, IntEnum, IntFlag
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic.fields import FieldInfo


class Unit(Enum):
    """The meaning of a number or text; the value is the sentence that docs/wire.md prints."""

    PRICE = "price in the quote currency, shown with `digits`"
    VOLUME = "volume in lots, shown with `volume_digits`"
    MONEY = "amount in the account currency, shown with `currency_digits`"
    PERCENT = "percent"
    RATIO = "plain number"
    TICKET = "ticket or identifier, unsigned 64 bit"
    LOGIN = "account number"
    TIME_S = "broker's wall clock, seconds since 1970-01-01; 0 = none"
    TIME_MSC = "broker's wall clock, milliseconds since 1970-01-01; 0 = none"
    UTC_MSC = "UTC, milliseconds since 1970-01-01"
    OFFSET_S = "seconds that the broker's clock is ahead of UTC"
    POINTS = "points of the symbol"
    COUNT = "count"
    DIGITS = "number of decimal places"
    MICROSECONDS = "microseconds"
    MILLISECONDS = "milliseconds"
    TEXT = "text"
    FLAG = "true or false"


INT64_MAX = 2**63 - 1
UINT64_MAX = 2**64 - 1
LATEST_MSC = 253_402_300_799_999
"""Last millisecond of the year 9999: what RFC 3339 can still write."""

TEXT_LENGTH = 1024
SYMBOL_LENGTH = 64
COMMENT_LENGTH = 31
"""Most characters of a text, of a symbol's name, and of an order's comment."""


def _printable(value: str) -> str:
    """Refuse what could forge a line in a log or break a terminal's screen."""
    if not value.isprintable():
        raise ValueError("control characters are not allowed")
    return value


Price = Annotated[float, Unit.PRICE]
Volume = Annotated[float, Unit.VOLUME]
Money = Annotated[float, Unit.MONEY]
Percent = Annotated[float, Unit.PERCENT]
Ratio = Annotated[float, Unit.RATIO]
Ticket = Annotated[int, Unit.TICKET, Field(ge=0, le=UINT64_MAX)]
Login = Annotated[int, Unit.LOGIN, Field(ge=0, le=UINT64_MAX)]
TimeS = Annotated[int, Unit.TIME_S, Field(ge=0, le=LATEST_MSC // 1000)]
TimeMsc = Annotated[int, Unit.TIME_MSC, Field(ge=0, le=LATEST_MSC)]
UtcMsc = Annotated[int, Unit.UTC_MSC, Field(ge=0, le=LATEST_MSC)]
OffsetS = Annotated[int, Unit.OFFSET_S, Field(ge=-86_400, le=86_400)]
Points = Annotated[int, Unit.POINTS, Field(ge=-INT64_MAX, le=INT64_MAX)]
Count = Annotated[int, Unit.COUNT, Field(ge=0, le=UINT64_MAX)]
Digits = Annotated[int, Unit.DIGITS, Field(ge=0, le=16)]
Microseconds = Annotated[int, Unit.MICROSECONDS, Field(ge=0, le=INT64_MAX)]
Milliseconds = Annotated[int, Unit.MILLISECONDS, Field(ge=0, le=INT64_MAX)]
Text = Annotated[str, Unit.TEXT, Field(max_length=TEXT_LENGTH)]
Symbol = Annotated[
    str, Unit.TEXT, Field(min_length=1, max_length=SYMBOL_LENGTH), AfterValidator(_printable)
]
Comment = Annotated[str, Unit.TEXT, Field(max_length=COMMENT_LENGTH), AfterValidator(_printable)]
Flag = Annotated[bool, Unit.FLAG]


Meaning = Unit | type[IntEnum] | type[IntFlag]


def meaning_of(field: FieldInfo) -> Meaning:
    """Find the unit or enumeration that a field of the data model declares."""
    return _meaning(field.metadata) or _meaning_of_annotation(field.annotation)


def _meaning(metadata: "list[Any] | tuple[Any, ...]") -> Meaning | None:
    for item in metadata:
        if isinstance(item, Unit) or (
            isinstance(item, type) and issubclass(item, IntEnum | IntFlag)
        ):
            return item
    return None


def _meaning_of_annotation(annotation: Any) -> Meaning:  # noqa: ANN401 - any annotation
    """Look into `Price | None`, where the unit sits on a member of the union."""
    for candidate in (annotation, *getattr(annotation, "__args__", ())):
        found = _meaning(getattr(candidate, "__metadata__", ()))
        if found is not None:
            return found
    raise TypeError(f"{annotation} declares no unit")
