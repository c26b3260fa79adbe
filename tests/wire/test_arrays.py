import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitwire.errors import BodyError
from pitwire.wire.arrays import RATES, TICKS, array_of


@pytest.mark.parametrize(
    ("layout", "form", "values"),
    [
        (RATES, "<qddddQiQ", (1_700_000_000, 1.1, 1.2, 1.0, 1.15, 2**63, -3, 2**64 - 1)),
        (TICKS, "<qdddQqId", (1, 1.1, 1.2, 0.0, 7, 1_700_000_000_123, 2**32 - 1, 0.5)),
    ],
)
def test_rows_lie_packed_as_in_the_terminals_memory(
    layout: "np.dtype[np.void]", form: str, values: tuple[float, ...]
) -> None:
    assert layout.itemsize == struct.calcsize(form) == 60
    rows = array_of(struct.pack(form, *values) * 3, layout)
    assert len(rows) == 3
    assert all(row.item() == values for row in rows)


def test_nothing_is_no_rows() -> None:
    assert len(array_of(b"", TICKS)) == 0


def test_rows_are_read_in_place_and_cannot_be_written() -> None:
    data = bytes(120)
    rows = array_of(data, RATES)
    assert np.shares_memory(rows, np.frombuffer(data, dtype="u1"))
    with pytest.raises(ValueError, match="read-only"):
        rows["open"] = 1.0


@given(st.binary(max_size=400))
def test_only_whole_rows_are_read(data: bytes) -> None:
    for layout in (RATES, TICKS):
        if len(data) % 60:
            with pytest.raises(BodyError, match="not whole rows of 60"):
                array_of(data, layout)
        else:
            assert array_of(data, layout).tobytes() == data
