from collections.abc import Callable
from pathlib import Path

import pytest
from tests.mql5.build import has_sanitizers

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
