"""Rules about a file as a whole: its bytes, guard, includes, layer and size."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.mql5.linter.source import MACRO, Rule, Source
from tests.mql5.translator.tokens import Token

ROOT = Path(__file__).resolve().parents[3] / "mql5"
HEADER_LINES = 275  # about 250, with a tenth of room
FUNCTION_LINES = 60
LONG_FUNCTIONS: dict[str, str] = {}
"""`Folder/File.mqh:Function` with the reason why it is longer."""

LIBRARY = "Include/Pitwire/Channel/Libzmq.mqh"
DESK = "Include/Pitwire/Desk/Desk.mqh"
_LEAVES = {"Settings", "Log", "Refusal", "Ticket", "Clock"}
_LAYERS = {
    "Codec": {"Codec"},
    "Channel": {"Codec", "Channel"},
    "Record": {"Codec", "Record"},
    "Desk": {"Codec", "Record", "Desk"},
    "Event": {"Codec", "Record", "Channel", "Event"},
    "Command": {"Codec", "Record", "Channel", "Desk", "Event", "Command"},
}
_DIRECTIVES = {"include", "define", "ifdef", "ifndef", "else", "endif", "property", "import"}
_INCLUDE = re.compile(r'#include ([<"])([^>"]+)[>"]$')
_MOST_PARAMETERS = 8


def encoding(source: Source) -> Iterator[tuple[int, str]]:
    """ASCII, CRLF, no mark in front, no tabs, a line end at the end."""
    if source.raw.startswith(b"\xef\xbb\xbf"):
        yield 1, "Save the file without a byte order mark."
    for number, line in enumerate(source.raw.split(b"\n"), 1):
        if not line.isascii():
            yield number, "Write ASCII only."
        if b"\t" in line:
            yield number, "Indent with spaces."
        if b"\r" in line[:-1]:
            yield number, "A carriage return stands only at the end of a line."
    for number, line in enumerate(source.raw.split(b"\n")[:-1], 1):
        if not line.endswith(b"\r"):
            yield number, "End lines with CRLF."
            break  # one says it all
    if not source.raw.endswith(b"\n"):
        yield len(source.lines) or 1, "End the last line too."


def guard(source: Source) -> Iterator[tuple[int, str]]:
    """Headers are guarded under the name that their path gives."""
    if not source.is_header():
        return
    parts = source.path.removesuffix(".mqh").upper().split("/")
    ours = parts[:2] == ["INCLUDE", "PITWIRE"]
    name = "_".join(["PITWIRE", *parts[2:], "MQH"]) if ours else f"PITWIRE_SELFTEST_{parts[-1]}_MQH"
    shown = [token.text for token in source.directives]
    if shown[:2] != [f"#ifndef {name}", f"#define {name}"] or shown[-1:] != ["#endif"]:
        yield 1, f"Guard this header with #ifndef {name}, #define {name} and #endif."
    if source.tokens and source.tokens[-1].text != "#endif":
        yield source.tokens[-1].line, "Nothing stands behind the guard's #endif."


def directives(source: Source) -> Iterator[tuple[int, str]]:
    """Only directives that every MetaEditor knows."""
    for token in source.directives:
        word = _word(token)
        if word not in _DIRECTIVES:
            yield token.line, f"#{word} is not part of the dialect."
        if word == "define":
            yield from _macro(token)
        if word == "property" and source.is_header():
            yield token.line, "#property belongs into the program's own file."
        if word == "import" and source.path != LIBRARY:
            yield token.line, f"Only {LIBRARY} imports functions of a DLL."


def _macro(token: Token) -> Iterator[tuple[int, str]]:
    found = MACRO.match(token.text)
    if found is None:
        yield token.line, "Write #define NAME value."
        return
    name, parameters, body = found.groups()
    if not re.fullmatch(r"(PW|PITWIRE)_[A-Z0-9_]+", name):
        yield token.line, f"Constants are named PW_...: rename {name}."
    if "#" in re.sub(r'"(?:\\.|[^"\\])*"', "", body):  # not in texts
        yield token.line, "# and ## in macros are not part of the dialect."
    if parameters is not None and len(parameters.split(",")) > _MOST_PARAMETERS:
        yield token.line, f"A macro takes at most {_MOST_PARAMETERS} parameters."
    if parameters is not None and "..." in parameters:
        yield token.line, "Macros have no variable parameters."


def _word(token: Token) -> str:
    found = re.match(r"#\s*(\w*)", token.text)
    return found.group(1) if found else ""


def includes(source: Source) -> Iterator[tuple[int, str]]:
    """Includes are in angles, in the case of the file, and there."""
    for token in source.directives:
        if _word(token) != "include":
            continue
        found = _INCLUDE.match(token.text)
        if found is None:
            yield token.line, "Write #include <Folder/File.mqh>."
            continue
        mark, name = found.groups()
        if "\\" in name:
            yield token.line, "Write forward slashes in includes."
            continue
        if mark == '"' and not source.path.startswith("Scripts/"):
            yield token.line, "Include with angles: <Pitwire/...>."
            continue
        folder = ROOT / "Include" if mark == "<" else (ROOT / source.path).parent
        if not _exactly(folder, name):
            yield token.line, f"There is no {name}, in exactly this case."


def _exactly(folder: Path, name: str) -> bool:
    for part in name.split("/"):
        if not folder.is_dir() or part not in {entry.name for entry in folder.iterdir()}:
            return False
        folder /= part
    return folder.is_file()


def layers(source: Source) -> Iterator[tuple[int, str]]:
    """Includes point one way."""
    parts = source.path.split("/")
    if parts[:2] != ["Include", "Pitwire"]:
        return
    inner = parts[2] if len(parts) > 3 else None
    if inner is not None and inner not in _LAYERS:
        yield 1, f"{inner} is not one of the folders: {', '.join(_LAYERS)}."
        return
    leaf = inner is None and parts[-1].removesuffix(".mqh") in _LEAVES
    for token in source.directives:
        found = _INCLUDE.match(token.text)
        if found is None:
            continue
        target = found.group(2).split("/")
        if target[0] != "Pitwire":
            yield token.line, "Include nothing that is not Pitwire's own."
            continue
        to_folder = target[1] if len(target) > 2 else None
        to_leaf = to_folder is None and target[-1].removesuffix(".mqh") in _LEAVES
        allowed = to_leaf or (not leaf and inner is None)
        if leaf and to_folder == "Codec":
            allowed = True
        if inner is not None and to_folder in _LAYERS[inner]:
            allowed = True
        if not allowed:
            yield token.line, f"{inner or 'A root leaf'} does not include {'/'.join(target[1:])}."


def sizes(source: Source) -> Iterator[tuple[int, str]]:
    """Headers fit into a head, functions on a page."""
    if source.is_generated():
        return
    if source.is_header() and len(source.lines) > HEADER_LINES:
        yield 1, f"The header has {len(source.lines)} lines: split it, {HEADER_LINES} are enough."
    for function in source.functions:
        body = function.body or ()
        length = body[-1].line - function.place.line + 1
        name = f"{source.path}:{function.name.text}"
        if length > FUNCTION_LINES and name not in LONG_FUNCTIONS:
            yield function.place.line, f"{function.name.text} has {length} lines: split it."


def banners(source: Source) -> Iterator[tuple[int, str]]:
    """A boxed banner stands at the head and before every function."""
    line = f"//+{'-' * 66}+"
    if source.lines[:1] != [line]:
        yield 1, "Begin the file with its banner."
    inside = {
        member.name for one in source.compounds for member in one.members if hasattr(member, "name")
    }
    for function in source.functions:
        first = function.place.line
        above = source.lines[first - 2] if first > 1 else ""
        if above != line and function.name not in inside:
            yield first, f"Put a banner before {function.name.text}."


RULES: dict[str, Rule] = {
    "encoding": encoding,
    "guard": guard,
    "directives": directives,
    "includes": includes,
    "layers": layers,
    "sizes": sizes,
    "banners": banners,
}
