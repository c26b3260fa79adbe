"""An MQL5 program as one C++ file."""

from dataclasses import dataclass
from pathlib import Path

from tests.mql5.translator.declarations import Parser
from tests.mql5.translator.emitter import Emitter
from tests.mql5.translator.preprocessor import preprocess

ROOT = Path(__file__).resolve().parents[3]
INCLUDE = ROOT / "mql5" / "Include"


@dataclass(frozen=True, slots=True)
class Translation:
    """The C++ text of a program, its #property lines, and every file that it was made of."""

    cpp: str
    properties: dict[str, str]
    files: tuple[Path, ...]


def translate(program: Path, *, root: Path = ROOT, include: Path = INCLUDE) -> Translation:
    """Translate a program with all that it includes."""
    unit = preprocess(program.resolve(), root=root, include=include)
    shape = Parser(unit.tokens).run()
    cpp = Emitter(shape, name=program.stem).run()
    return Translation(cpp=cpp, properties=shape.properties, files=tuple(unit.files))
