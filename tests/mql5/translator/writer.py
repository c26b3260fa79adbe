"""The text of the C++ file, line by line beside the sources."""

from collections.abc import Iterable

from tests.mql5.translator.tokens import Token

_NEAR = 4  # lines that are cheaper to leave empty than to name


class Writer:
    """Text that knows which line of which source each of its lines comes from."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._file = ""
        self._line = 0

    def tokens(self, tokens: Iterable[Token]) -> None:
        """Write tokens, each in the line that it stands in."""
        for token in tokens:
            self._go(token)
            self._parts += [token.text, " "]

    def own(self, text: str) -> None:
        """Write lines that no source has."""
        self._parts.append(f"\n{text}\n")
        self._file = ""

    def _go(self, token: Token) -> None:
        if (token.file, token.line) == (self._file, self._line):
            return
        ahead = token.line - self._line
        if token.file == self._file and 0 < ahead <= _NEAR:
            self._parts.append("\n" * ahead)
        else:
            self._parts.append(f'\n#line {token.line} "{token.file}"\n')
        self._parts.append(" " * (token.column - 1))
        self._file, self._line = token.file, token.line

    def text(self) -> str:
        """Return all that was written."""
        return "".join(self._parts) + "\n"
