"""The lexer of MQL5 sources, shared by the translator, the linter and the check of built-ins."""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

Kind = Literal["name", "number", "string", "char", "date", "color", "punct", "directive", "comment"]

_PATTERN = re.compile(
    r"""
    (?P<space>[ \t\r\n\f\v]+)
  | (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<date>D'[^'\n]*')
  | (?P<color>C'[^'\n]*')
  | (?P<name>[A-Za-z_]\w*)
  | (?P<number>0[xX][0-9A-Fa-f]+\w*|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\w*)
  | (?P<string>"(?:\\.|[^"\\\n])*")
  | (?P<char>'(?:\\.|[^'\\\n])*')
  | (?P<directive>\#(?:\\\r?\n|/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|[^\n])*)
  | (?P<punct><<=|>>=|\.\.\.|::|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=
        |[-+*/%&|^~!<>=?:;,.(){}\[\]])
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_IN_DIRECTIVE = re.compile(r'("(?:\\.|[^"\\\n])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)


class SourceError(Exception):
    """A source cannot be read; the message begins with its file and line."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a source and where it stands, both counted from 1."""

    kind: Kind
    text: str
    file: str
    line: int
    column: int

    def saying(self, text: str, kind: Kind | None = None) -> "Token":
        """Return other text at the same place."""
        return replace(self, text=text, kind=kind or self.kind)

    def at(self, place: "Token") -> "Token":
        """Return the same text at another place."""
        return Token(self.kind, self.text, place.file, place.line, place.column)

    def error(self, message: str) -> SourceError:
        """Return an error that names this place."""
        return SourceError(f"{self.file}:{self.line}: {message}")


def scan(text: str, file: str, *, comments: bool = False) -> list[Token]:
    """Split a source into tokens; a directive is one token, without its comments."""
    tokens: list[Token] = []
    position = 0
    line = 1
    line_start = 0
    fresh = True  # nothing but space stands before on this line
    while position < len(text):
        found = _PATTERN.match(text, position)
        place = Token("punct", text[position], file, line, position - line_start + 1)
        if found is None:
            raise place.error(f"{text[position]!r} begins nothing that MQL5 knows.")
        kind, word = found.lastgroup or "", found.group()
        if kind == "directive":
            if not fresh:
                raise place.error("A # may stand only at the beginning of a line.")
            place = place.saying(_plain(word), "directive")
        if kind not in {"space", "comment"} or (comments and kind == "comment"):
            shown = place.text if kind == "directive" else word
            tokens.append(place.saying(shown, kind))  # type: ignore[arg-type]
        breaks = word.count("\n")
        if breaks:
            line += breaks
            line_start = position + word.rindex("\n") + 1
        fresh = (kind == "space" and (fresh or breaks > 0)) or (kind == "comment" and fresh)
        position = found.end()
    return tokens


def _plain(directive: str) -> str:
    """Return a directive on one line, without comments."""
    joined = re.sub(r"\\\r?\n", " ", directive)
    return _COMMENT_IN_DIRECTIVE.sub(lambda found: found.group(1) or " ", joined).strip()


def read(path: Path, *, root: Path) -> str:
    """Read a source and name it, when that fails, by its place in the project."""
    try:
        return path.read_bytes().decode("ascii")
    except UnicodeDecodeError as error:
        raise SourceError(f"{shown(path, root=root)}:1: The source must be ASCII.") from error
    except OSError as error:
        raise SourceError(f"{shown(path, root=root)}:1: The source cannot be read.") from error


def shown(path: Path, *, root: Path) -> str:
    """Return how a path is written in messages: relative to the project where it can be."""
    inside = path.is_relative_to(root)
    return (path.relative_to(root) if inside else path).as_posix()


def closing(tokens: list[Token], start: int) -> int:
    """Return the index of the bracket that closes the one at `start`."""
    depth = 0
    for index in range(start, len(tokens)):
        if tokens[index].kind != "punct":
            continue
        if tokens[index].text in "([{":
            depth += 1
        elif tokens[index].text in ")]}":
            depth -= 1
            if depth == 0:
                return index
    raise tokens[start].error(f"Nothing closes this {tokens[start].text}.")


def split(tokens: list[Token], separator: str = ",") -> list[list[Token]]:
    """Split at a separator that stands in no brackets; no tokens are no parts."""
    parts: list[list[Token]] = [[]] if tokens else []
    depth = 0
    for token in tokens:
        if token.kind == "punct":
            depth += (token.text in "([{") - (token.text in ")]}")
            if token.text == separator and depth == 0:
                parts.append([])
                continue
        parts[-1].append(token)
    return parts
