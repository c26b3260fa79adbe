"""Includes, conditions and macros: from a program's file to the tokens that a compiler sees."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.mql5.translator.tokens import Token, closing, read, scan, shown, split

_DEFINE = re.compile(r"#\s*define\s+(\w+)(\(([^)]*)\))?(?:\s+(.*))?$", re.DOTALL)
_INCLUDE = re.compile(r'#\s*include\s*(?:<([^>]+)>|"([^"]+)")\s*$')
_WORD = re.compile(r"#\s*(\w+)\s*(.*)$", re.DOTALL)
_PREDEFINED = {"__MQL5__": "1", "__MQL__": "1", "__MQLBUILD__": "3000", "_RELEASE": "1"}


@dataclass(frozen=True, slots=True)
class Macro:
    """What a name stands for; `parameters` is None for one without parentheses."""

    name: str
    parameters: tuple[str, ...] | None
    body: tuple[Token, ...]


@dataclass(slots=True)
class Unit:
    """A program with everything that it includes, as one row of tokens."""

    tokens: list[Token] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


class Preprocessor:
    """Reads a program as MetaEditor does: one unit, macros of earlier files seen by later ones."""

    def __init__(self, *, root: Path, include: Path) -> None:
        self._root = root
        self._include = include
        self._macros: dict[str, Macro] = {}
        self._unit = Unit()
        self._scanned: dict[Path, list[Token]] = {}
        for name, text in _PREDEFINED.items():
            self._macros[name] = Macro(name, None, tuple(scan(text, "<predefined>")))

    def run(self, program: Path) -> Unit:
        """Return the unit of a program."""
        self._read(program)
        return self._unit

    def _read(self, path: Path) -> None:
        if path not in self._unit.files:
            self._unit.files.append(path)
        if path not in self._scanned:
            text = read(path, root=self._root)
            self._scanned[path] = scan(text, shown(path, root=self._root))
        tokens = self._scanned[path]
        conditions: list[tuple[Token, bool]] = []  # where it began, whether the lines count
        pending: list[Token] = []
        for token in tokens:
            active = all(counts for _, counts in conditions)
            if token.kind != "directive":
                if active:
                    pending.append(token)
                continue
            if self._condition(token, conditions, active=active) or not active:
                continue
            self._unit.tokens += self._expand(pending, frozenset())
            pending = []
            self._directive(token, path)
        if conditions:
            raise conditions[-1][0].error("Nothing ends this condition: add #endif.")
        self._unit.tokens += self._expand(pending, frozenset())

    def _condition(
        self, token: Token, conditions: list[tuple[Token, bool]], *, active: bool
    ) -> bool:
        word, rest = self._words(token)
        if word in {"ifdef", "ifndef"}:
            conditions.append((token, active and (rest in self._macros) == (word == "ifdef")))
        elif word in {"else", "endif"}:
            if not conditions:
                raise token.error(f"#{word} without a condition before it.")
            began, counted = conditions.pop()
            if word == "else":
                conditions.append((began, not counted))
        return word in {"ifdef", "ifndef", "else", "endif"}

    @staticmethod
    def _words(token: Token) -> tuple[str, str]:
        found = _WORD.match(token.text)
        if found is None:
            raise token.error("A # needs a word behind it.")
        return found.group(1), found.group(2).strip()

    def _directive(self, token: Token, path: Path) -> None:
        word, rest = self._words(token)
        if word == "include":
            self._read(self._find(token, path))
        elif word == "define":
            self._define(token)
        elif word == "undef":
            self._macros.pop(rest, None)
        elif word in {"property", "import"}:
            self._unit.tokens.append(token)
        else:
            raise token.error(f"#{word} is not part of the dialect.")

    def _find(self, token: Token, path: Path) -> Path:
        found = _INCLUDE.match(token.text)
        if found is None:
            raise token.error("Write #include <Folder/File.mqh>.")
        angled, quoted = found.groups()
        target = self._include / angled if angled else path.parent / quoted
        if not target.is_file():
            raise token.error(f"There is no file {angled or quoted} to include.")
        guard = target.resolve()
        return target if guard == target else guard

    def _define(self, token: Token) -> None:
        found = _DEFINE.match(token.text)
        if found is None:
            raise token.error("Write #define NAME value.")
        name, brackets, names, text = found.groups()
        body = [part.at(token) for part in scan(text or "", token.file)]
        parameters = None
        if brackets is not None:
            parameters = tuple(part.strip() for part in names.split(",") if part.strip())
        known = self._macros.get(name)
        macro = Macro(name, parameters, tuple(body))
        same = known is not None and [t.text for t in known.body] == [t.text for t in body]
        if known is not None and not same:
            raise token.error(f"{name} is defined already, as something else.")
        self._macros[name] = macro

    def _expand(self, tokens: list[Token], hidden: frozenset[str]) -> list[Token]:
        result: list[Token] = []
        index = 0
        while index < len(tokens):
            token = tokens[index]
            index += 1
            if token.kind != "name" or token.text in hidden:
                result.append(token)
                continue
            if token.text == "__LINE__":
                result.append(token.saying(str(token.line), "number"))
                continue
            macro = self._macros.get(token.text)
            if macro is None:
                result.append(token)
                continue
            body = [part.at(token) for part in macro.body]
            if macro.parameters is not None:
                if index >= len(tokens) or tokens[index].text != "(":
                    result.append(token)
                    continue
                end = closing(tokens, index)
                given = split(tokens[index + 1 : end])
                index = end + 1
                body = self._fill(macro, given, token, hidden)
            result += self._expand(body, hidden | {macro.name})
        return result

    def _fill(
        self, macro: Macro, given: list[list[Token]], place: Token, hidden: frozenset[str]
    ) -> list[Token]:
        names = macro.parameters or ()
        if len(given) != len(names):
            raise place.error(f"{macro.name} takes {len(names)} arguments, not {len(given)}.")
        values = {
            name: self._expand([part.at(place) for part in value], hidden)
            for name, value in zip(names, given, strict=True)
        }
        filled: list[Token] = []
        for part in macro.body:
            filled += values.get(part.text, [part.at(place)])
        return filled


def preprocess(program: Path, *, root: Path, include: Path) -> Unit:
    """Return the tokens of a program and the files that they come from."""
    return Preprocessor(root=root, include=include).run(program)
