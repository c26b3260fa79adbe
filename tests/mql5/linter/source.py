"""A source under the linter's eyes, and what the linter says about it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tests.mql5.translator.declarations import Parser
from tests.mql5.translator.shape import Compound, Function, Shape, Variable
from tests.mql5.translator.tokens import SourceError, Token, scan

MACRO = re.compile(r"#\s*define\s+(\w+)(?:\(([^)]*)\))?(.*)$", re.DOTALL)
"""A macro's name, parameters and body."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A rule that is broken, and where."""

    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} [{self.rule}]"


@dataclass
class Source:
    """A file of mql5/; `path` is written from there, with forward slashes."""

    path: str
    raw: bytes
    known: Shape = field(default_factory=Shape)

    @cached_property
    def text(self) -> str:
        """The text, with bytes that are not ASCII shown as question marks."""
        return self.raw.decode("ascii", "replace").replace("\ufffd", "?")

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without their ends."""
        return self.text.splitlines()

    @cached_property
    def tokens(self) -> list[Token]:
        """All tokens, directives included."""
        return scan(self.text, self.path)

    @cached_property
    def directives(self) -> list[Token]:
        """The lines that begin with #."""
        return [token for token in self.tokens if token.kind == "directive"]

    @cached_property
    def code(self) -> list[Token]:
        """The tokens that stand in no directive."""
        return [token for token in self.tokens if token.kind != "directive"]

    @cached_property
    def words(self) -> list[Token]:
        """The code, and behind it what macros stand for."""
        found = list(self.code)
        for token in self.directives:
            body = MACRO.match(token.text)
            if body is not None:
                found += [part.at(token) for part in scan(body.group(3), self.path)]
        return found

    @cached_property
    def shape(self) -> Shape:
        """The declarations, macros not expanded."""
        kept = [
            token
            for token in self.tokens
            if token.kind != "directive" or token.text.startswith(("#import", "#property"))
        ]
        return Parser(kept, known=self.known).run()

    @cached_property
    def functions(self) -> list[Function]:
        """Every function and method with a body."""
        return [one for one in self.all_functions if one.body is not None]

    @cached_property
    def all_functions(self) -> list[Function]:
        """Every function and method, prototypes too."""
        found: list[Function] = []
        for item in self.shape.items:
            if isinstance(item, Function):
                found.append(item)
            elif isinstance(item, Compound):
                found += [member for member in item.members if isinstance(member, Function)]
        return found

    @cached_property
    def compounds(self) -> list[Compound]:
        """Every struct and class."""
        return [item for item in self.shape.items if isinstance(item, Compound)]

    @cached_property
    def globals(self) -> list[Variable]:
        """Every variable at the top of the file, inputs too."""
        return [item for item in self.shape.items if isinstance(item, Variable)]

    def is_header(self) -> bool:
        """Tell a header from a program."""
        return self.path.endswith(".mqh")

    def is_generated(self) -> bool:
        """Tell whether `make wire` wrote this file."""
        return "Written by make wire" in self.text


Rule = Callable[[Source], Iterator[tuple[int, str]]]


def apply(rules: dict[str, Rule], source: Source) -> list[Finding]:
    """Return what the rules find; a source that cannot be read is a finding of its own."""
    found = []
    for name, rule in rules.items():
        try:
            found += [Finding(source.path, line, name, text) for line, text in rule(source)]
        except SourceError as error:
            _, line, message = str(error).split(":", 2)
            found.append(Finding(source.path, int(line), "syntax", message.strip()))
    return sorted(set(found))
