"""Bars and ticks as MetaTrader keeps them in memory.

`MqlRates` and `MqlTick` are packed, little-endian structs of 60 bytes. They travel as they lie in
the terminal's memory, so the Expert Advisor copies bytes and numpy reads them in place.
Times are the broker's wall clock: seconds since 1970 in `time`, milliseconds in `time_msc`.
"""

from typing import Any

import numpy as np

from pitwire.errors import BodyError

RATES = np.dtype(
    [
        ("time", "<i8"),
        ("open", "<f8"),
        ("high", "<f8"),
        ("low", "<f8"),
        ("close", "<f8"),
        ("tick_volume", "<u8"),
        ("spread", "<i4"),
        ("real_volume", "<u8"),
    ]
)
"""Layout of MqlRates, and of MetaTrader's Python `copy_rates_*` arrays."""

TICKS = np.dtype(
    [
        ("time", "<i8"),
        ("bid", "<f8"),
        ("ask", "<f8"),
        ("last", "<f8"),
        ("volume", "<u8"),
        ("time_msc", "<i8"),
        ("flags", "<u4"),
        ("volume_real", "<f8"),
    ]
)
"""Layout of MqlTick, and of MetaTrader's Python `copy_ticks_*` arrays."""

Array = np.ndarray[Any, np.dtype[np.void]]


def array_of(data: bytes, dtype: "np.dtype[np.void]") -> Array:
    """Read packed rows in place, without copying; the result is read-only.

    Raises BodyError when the bytes are not whole rows.
    """
    if len(data) % dtype.itemsize:
        raise BodyError(f"{len(data)} bytes are not whole rows of {dtype.itemsize}")
    return np.frombuffer(data, dtype=dtype)


__all__ = ["RATES", "TICKS", "Array", "array_of"]
