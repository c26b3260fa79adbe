"""What apps send: bodies, as strict models. Unknown members are refused.

Numbers may come as JSON numbers or as decimal text, for apps that avoid binary floats. Absent
keeps or leaves the choice to the terminal; null clears a stop; zero is refused, because
MetaTrader would take it for "none".
"""

import re
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from pitwire.edge.faults import INVALID_VOLUME
from pitwire.wire.enums import OrderFilling, OrderTime, OrderType
from pitwire.wire.fields import LATEST_MSC, UINT64_MAX, Comment, Symbol

_DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_LONG_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_WHOLE = re.compile(r"[0-9]{1,20}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_LARGEST = 1e15
_MSC_DIGITS = 15


def _number(value: object) -> float:
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return float(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return float(value)
    raise ValueError("must be a number, or decimal text such as '1.10525'")


def _volume(value: object) -> float:
    if isinstance(value, str) and _LONG_DECIMAL.fullmatch(value):
        lots = float(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        lots = float(max(-_LARGEST, min(value, 2 * _LARGEST)))
    else:
        raise ValueError("must be a number, or decimal text such as '0.10'")
    if not 0 < lots <= _LARGEST:
        raise PydanticCustomError(INVALID_VOLUME, "must be above 0 and no more than a broker takes")
    return lots


def _whole(value: object) -> int:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("must be a whole number, or its digits as text")


def instant(value: object) -> int:
    """Read a time with its zone (RFC 3339), or digits: UTC milliseconds since 1970.

    Raises ValueError.
    """
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _MSC_DIGITS:
        msc = int(value)
    elif isinstance(value, str) and _INSTANT.fullmatch(value):
        moment = datetime.fromisoformat(value.upper())
        msc = int(moment.timestamp() // 1) * 1000 + moment.microsecond // 1000
    else:
        raise ValueError(
            "must be a time with a zone such as 2026-03-02T09:30:00Z (a plus sign in a URL is %2B)"
        )
    if not 0 <= msc <= LATEST_MSC:
        raise ValueError("must be a time from 1970 to 9999")
    return msc


def _schema(description: str, *types: str, examples: list[Any]) -> WithJsonSchema:
    return WithJsonSchema({"type": list(types), "description": description, "examples": examples})


PositiveNumber = Annotated[
    float,
    Field(gt=0, allow_inf_nan=False),
    BeforeValidator(_number),
    _schema("above 0; number or decimal text", "number", "string", examples=[1.10525]),
]
Volume = Annotated[
    float,
    BeforeValidator(_volume),
    _schema("lots, above 0; number or decimal text", "number", "string", examples=[0.1]),
]
WholeNumber = Annotated[
    int,
    Field(ge=0, le=UINT64_MAX),
    BeforeValidator(_whole),
    _schema("unsigned 64 bit; number or digits as text", "integer", "string", examples=["7001"]),
]
Deviation = Annotated[
    int,
    Field(ge=0, le=1_000_000),
    BeforeValidator(_whole),
    _schema("largest slippage in points", "integer", "string", examples=[10]),
]
Instant = Annotated[
    int,
    BeforeValidator(instant),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-03-02T09:30:00Z"]}),
]

Side = Literal["buy", "sell"]
Kind = Literal["market", "limit", "stop", "stop_limit"]
Filling = Literal["auto", "fok", "ioc", "return", "boc"]
Time = Literal["gtc", "day", "specified", "specified_day"]

_TYPES: dict[tuple[str, str], OrderType] = {
    ("buy", "market"): OrderType.BUY,
    ("sell", "market"): OrderType.SELL,
    ("buy", "limit"): OrderType.BUY_LIMIT,
    ("sell", "limit"): OrderType.SELL_LIMIT,
    ("buy", "stop"): OrderType.BUY_STOP,
    ("sell", "stop"): OrderType.SELL_STOP,
    ("buy", "stop_limit"): OrderType.BUY_STOP_LIMIT,
    ("sell", "stop_limit"): OrderType.SELL_STOP_LIMIT,
}


class Body(BaseModel):
    """Base of all bodies."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OrderBody(Body):
    """An order to send, or to check."""

    symbol: Symbol
    side: Side
    type: Kind = "market"
    volume: Volume
    price: PositiveNumber | None = None
    stoplimit: PositiveNumber | None = None
    sl: PositiveNumber | None = None
    tp: PositiveNumber | None = None
    deviation: Deviation | None = None
    type_filling: Filling = "auto"
    type_time: Time | None = None
    expiration: Instant | None = None
    magic: WholeNumber = 0
    comment: Comment = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.type != "market" and self.price is None:
            raise ValueError("a pending order needs 'price'")
        if (self.type == "stop_limit") != (self.stoplimit is not None):
            raise ValueError("'stoplimit' belongs to the type 'stop_limit', which needs it")
        check_expiration(self.time, has_expiration=self.expiration is not None)
        return self

    @property
    def order_type(self) -> OrderType:
        """MetaTrader's own number for side and type."""
        return _TYPES[self.side, self.type]

    @property
    def time(self) -> Time:
        """How long the order lives; a time to expire says so by itself."""
        return self.type_time or ("gtc" if self.expiration is None else "specified")

    @property
    def filling(self) -> OrderFilling | None:
        """MetaTrader's own number, or None where the terminal chooses."""
        return None if self.type_filling == "auto" else OrderFilling[self.type_filling.upper()]


def check_expiration(time: Time, *, has_expiration: bool) -> None:
    """Refuse an order that says "until" without saying when, or the other way around.

    Raises ValueError.
    """
    if has_expiration != (time in {"specified", "specified_day"}):
        raise ValueError(
            "'expiration' belongs to the type_time 'specified' and 'specified_day', which need it"
        )


def order_time(time: Time) -> OrderTime:
    """Give MetaTrader's own number."""
    return OrderTime[time.upper()]


class OrderChange(Body):
    """What to change of a pending order: absent keeps, null clears `sl` and `tp`."""

    price: PositiveNumber | None = None
    stoplimit: PositiveNumber | None = None
    sl: PositiveNumber | None = None
    tp: PositiveNumber | None = None
    type_time: Time | None = None
    expiration: Instant | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        named = self.model_fields_set
        if not named:
            raise ValueError("names nothing to change")
        for name in ("price", "stoplimit", "type_time", "expiration"):
            if name in named and getattr(self, name) is None:
                raise ValueError(f"'{name}' cannot be null: leave it out to keep it")
        if self.time is not None:
            check_expiration(self.time, has_expiration=self.expiration is not None)
        return self

    @property
    def time(self) -> Time | None:
        """How long the order is to live now, where that changes."""
        return self.type_time or ("specified" if self.expiration is not None else None)


class StopsChange(Body):
    """New stops of a position: absent keeps, null clears."""

    sl: PositiveNumber | None = None
    tp: PositiveNumber | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("names nothing to change: give 'sl', 'tp' or both")
        return self


class CloseBody(Body):
    """How to close a position; without `volume` all of it."""

    volume: Volume | None = None
    deviation: Deviation | None = None
    comment: Comment = ""


class CloseByBody(Body):
    """The opposite position to close with."""

    position_by: Annotated[WholeNumber, Field(gt=0)]
    comment: Comment = ""


class MarginBody(Body):
    """An order whose margin is asked for; without `price` at the market's."""

    symbol: Symbol
    side: Side
    volume: Volume
    price: PositiveNumber | None = None


class ProfitBody(Body):
    """A trade whose profit is asked for."""

    symbol: Symbol
    side: Side
    volume: Volume
    price_open: PositiveNumber
    price_close: PositiveNumber


def side_type(side: Side) -> OrderType:
    """Give MetaTrader's own number of a market order's side."""
    return _TYPES[side, "market"]


__all__ = [
    "Body",
    "CloseBody",
    "CloseByBody",
    "Instant",
    "MarginBody",
    "OrderBody",
    "OrderChange",
    "ProfitBody",
    "Side",
    "StopsChange",
    "WholeNumber",
    "instant",
    "order_time",
    "side_type",
]
