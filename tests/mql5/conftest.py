from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.mql5.build import has_sanitizers
from tests.mql5.trading_room import Room

from pitwire.sim.symbols import CATALOG, SymbolSpec

WriteProgram = Callable[[str], Path]


@pytest.fixture
def write_program(tmp_path: Path) -> WriteProgram:
    """Return how to write a program, with the line ends that MetaEditor wants."""

    def write(text: str, *, name: str = "Program.mq5") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="ascii", newline="\r\n")
        return path

    return write


@pytest.fixture
def sanitizers() -> None:
    """Skip a test where the compiler cannot link ASan and UBSan."""
    if not has_sanitizers():
        pytest.skip("The C++ compiler here has no ASan and UBSan: install g++ or clang++.")


@pytest.fixture
def open_room(tmp_path: Path) -> Iterator[Callable[..., Room]]:
    """Return how to open a room; all are closed afterwards."""
    made: list[Room] = []

    def make(*, symbols: tuple[SymbolSpec, ...] = CATALOG[:2], **options: Any) -> Room:
        made.append(Room(tmp_path / "terminal", symbols=symbols, **options))
        return made[-1]

    (tmp_path / "terminal").mkdir()
    yield make
    for room in made:
        room.close()


@pytest.fixture
def room(open_room: Callable[..., Room]) -> Room:
    """Open a room with nothing special about it."""
    return open_room()
