"""What a Windows DLL says of itself: for which machine it is, and which other ones it needs."""

import struct
from collections.abc import Iterator

_X64 = 0x8664
_SECTION = struct.Struct("<8sIIII")


class NoLibraryError(ValueError):
    """The file is no 64-bit DLL."""


def imported_names(image: bytes) -> list[str]:
    """List the DLLs that an image needs, in lower case. Raises NoLibraryError."""
    try:
        return list(_imports(image))
    except (struct.error, ValueError, IndexError):
        raise NoLibraryError("it is no DLL for 64-bit Windows") from None


def _imports(image: bytes) -> Iterator[str]:
    (start,) = struct.unpack_from("<I", image, 0x3C)
    machine, sections = struct.unpack_from("<HH", image, start + 4)
    (optional,) = struct.unpack_from("<H", image, start + 20)
    if image[:2] != b"MZ" or image[start : start + 4] != b"PE\0\0" or machine != _X64:
        raise ValueError
    (table,) = struct.unpack_from("<I", image, start + 24 + 112 + 8)
    first = start + 24 + optional
    ranges = [_SECTION.unpack_from(image, first + 40 * number) for number in range(sections)]

    def place(address: int) -> int:
        for _, size, virtual, raw_size, raw in ranges:
            if virtual <= address < virtual + max(size, raw_size):
                return int(address - virtual + raw)
        raise ValueError

    row = place(table)
    while True:
        (name,) = struct.unpack_from("<I", image, row + 12)
        if not name:
            return
        begin = place(name)
        yield image[begin : image.index(b"\0", begin)].decode("ascii").lower()
        row += 20


__all__ = ["NoLibraryError", "imported_names"]
