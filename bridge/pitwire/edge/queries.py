"""What apps ask for in the query string, as strict models.

Unknown names, and names that come twice, are refused.
"""

from typing import Annotated, Literal, Self
from urllib.parse import parse_qsl

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from pitwire.edge.faults import INVALID_RANGE, RANGE_TOO_LARGE
from pitwire.edge.inputs import Instant, WholeNumber
from pitwire.errors import InvalidRequest
from pitwire.wire.fields import Symbol

PAGE_DEFAULT = 100
PAGE_MAX = 1000
_MAX_PARAMETERS = 32


def _fits_a_page(rows: int) -> int:
    if rows > PAGE_MAX:
        raise PydanticCustomError(RANGE_TOO_LARGE, f"must be at most {PAGE_MAX}")
    return rows


Limit = Annotated[
    int,
    Field(ge=1, description="rows per page", json_schema_extra={"maximum": PAGE_MAX}),
    AfterValidator(_fits_a_page),
]
Cursor = Annotated[
    str,
    Field(min_length=1, max_length=512, description="`next_cursor` of the page before"),
]
Rows = Annotated[int, Field(ge=1, description="how many rows")]


class Query(BaseModel):
    """Base of all query strings."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SymbolsQuery(Query):
    """Which symbols to list."""

    group: Annotated[
        str,
        Field(max_length=512, description="masks split by comma: * is any text, ! takes out"),
    ] = "*"
    selected: Annotated[bool, Field(description="only those in Market Watch")] = False
    limit: Limit = PAGE_DEFAULT
    cursor: Cursor | None = None


class QuotesQuery(Query):
    """Which symbols to quote."""

    symbols: Annotated[
        str, Field(min_length=1, max_length=8192, description="1 to 100 names split by comma")
    ]


class Range(Query):
    """A period; both ends are inclusive."""

    from_: Annotated[Instant | None, Field(alias="from", description="UTC, inclusive")] = None
    to: Annotated[Instant | None, Field(description="UTC, inclusive")] = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            raise PydanticCustomError(INVALID_RANGE, "'from' is later than 'to'")
        return self


class TicksQuery(Range):
    """Which ticks to read, oldest first."""

    limit: Rows = 1000
    flags: Annotated[
        Literal["all", "info", "trade"],
        Field(description="all ticks, those with a new bid or ask, or those with a deal"),
    ] = "all"
    cursor: Cursor | None = None

    @model_validator(mode="after")
    def _begins(self) -> Self:
        if self.from_ is None and self.cursor is None:
            raise ValueError("'from' is needed, or the 'cursor' of the page before")
        return self


class BarsQuery(Range):
    """Which bars to read: a period, or the last `count` of them."""

    timeframe: Annotated[str, Field(description="M1 to MN1, also with the prefix PERIOD_")]
    count: Annotated[Rows | None, Field(description="default 500 without a period")] = None
    position: Annotated[
        int | None,
        Field(ge=0, le=10**9, description="bars to leave out at the end; 0 ends with the forming"),
    ] = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.position is not None and (self.from_ is not None or self.to is not None):
            raise ValueError("'position' counts from the newest bar: leave out 'from' and 'to'")
        return self


class OpenQuery(Query):
    """Which positions or pending orders to list."""

    symbol: Annotated[Symbol | None, Field(description="of this symbol")] = None
    magic: Annotated[WholeNumber | None, Field(description="with this magic number")] = None


class HistoryQuery(Range):
    """Which part of the account's history to list, oldest first."""

    symbol: Symbol | None = None
    position: Annotated[WholeNumber | None, Field(description="of this position")] = None
    ticket: Annotated[WholeNumber | None, Field(description="with this ticket")] = None
    limit: Limit = PAGE_DEFAULT
    cursor: Cursor | None = None


def read_query(raw: bytes) -> dict[str, str]:
    """Split a query string.

    Raises InvalidRequest for what cannot be read and for a name that comes twice.
    """
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(raw),
            errors="strict",
            max_num_fields=_MAX_PARAMETERS,
        )
    except ValueError:
        raise InvalidRequest("The query string is not made of name=value pairs.") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidRequest("The query string names a parameter twice.")
    return found


__all__ = [
    "PAGE_MAX",
    "BarsQuery",
    "HistoryQuery",
    "OpenQuery",
    "Query",
    "QuotesQuery",
    "SymbolsQuery",
    "TicksQuery",
    "read_query",
]
