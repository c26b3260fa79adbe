"""Statements and expressions: from raw tokens of a body to C++."""

import calendar
import re
from collections.abc import Iterable, Sequence

from tests.mql5.translator.declarations import declarators
from tests.mql5.translator.shape import Shape, Variable
from tests.mql5.translator.tokens import Token, split

TYPES = {"long": "long_t", "char": "char_t", "string": "pw::String"}
_KEYWORDS = """alignas alignof and and_eq asm bitand bitor compl concept export explicit mutable
    noexcept not not_eq or or_eq register requires signed thread_local typeid unsigned wchar_t xor
    xor_eq char16_t char32_t errno assert EOF stdin stdout stderr linux unix i386 major minor
    makedev LONG_MAX LONG_MIN ULONG_MAX BUFSIZ RAND_MAX pw ea std inline"""
RENAMED = {name: f"{name}_" for name in _KEYWORDS.split()}
_VARIABLES = {
    "_Symbol": "pw::Symbol()", "_Digits": "pw::Digits()",
    "_Point": "pw::Point()", "_Period": "pw::Period()",
    "_LastError": "pw::GetLastError()", "_StopFlag": "pw::IsStopped()",
    "_UninitReason": "pw::UninitializeReason()",
}  # fmt: skip
_ESCAPES = {"n": 10, "r": 13, "t": 9, "\\": 92, '"': 34, "'": 39}
_DATE = re.compile(r"(?:(\d{4})\.(\d{1,2})\.(\d{1,2}))?\s*(?:(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?$")
_LARGEST_LONG = 2**63 - 1


def units(token: Token) -> list[int]:
    """Return the UTF-16 units of a string or character literal."""
    body = token.text[1:-1]
    found: list[int] = []
    index = 0
    while index < len(body):
        letter = body[index]
        index += 1
        if letter != "\\":
            found.append(ord(letter))
            continue
        if body[index] not in _ESCAPES:
            raise token.error(f"The escape \\{body[index]} is not part of the dialect.")
        found.append(_ESCAPES[body[index]])
        index += 1
    return found


def literal(found: Iterable[int], place: Token) -> Token:
    """Return a text of the runtime."""
    shown = "".join(
        chr(unit) if 32 <= unit < 127 and chr(unit) not in '"\\?' else f"\\{unit:03o}"
        for unit in found
    )
    return place.saying(f'pw::text(u"{shown}")', "name")


def _number(token: Token) -> str:
    text = token.text.lower()
    if text.startswith("0x"):
        digits = text[2:]
        value = int(digits, 16) if re.fullmatch("[0-9a-f]+", digits) else None
    elif re.fullmatch(r"\d+", text):
        value = int(text)
        if len(text) > 1 and text[0] == "0":
            raise token.error("A number with a leading zero is octal in other languages.")
    elif re.fullmatch(r"(\d+\.?\d*|\.\d+)(e[+-]?\d+)?f?", text):
        return token.text
    else:
        value = None
    if value is None or value >= 2**64:
        raise token.error(f"{token.text} is not a number of MQL5.")
    return token.text if value <= _LARGEST_LONG else f"ulong({value}ULL)"


def _date(token: Token) -> str:
    found = _DATE.match(token.text[2:-1].strip())
    if found is None or not token.text[2:-1].strip() or found.group(1) is None:
        raise token.error("Write a date as D'2024.01.31 23:59:59'.")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    return f"pw::datetime({calendar.timegm((year, month, day, hour, minute, second, 0, 0, 0))}LL)"


def _color(token: Token) -> str:
    parts = [int(part, 0) for part in token.text[2:-1].split(",")]
    if len(parts) != 3 or max(parts) > 255:
        raise token.error("Write a color as C'255,128,0'.")
    return f"pw::color({parts[0] | parts[1] << 8 | parts[2] << 16})"


class Expressions:
    """Turns tokens into C++, with what is known of the unit: its types, its pointers."""

    def __init__(self, shape: Shape, pointers: set[str]) -> None:
        self._shape = shape
        self._pointers = pointers

    def type(self, token: Token) -> str:
        """Return the C++ name of a type."""
        return TYPES.get(token.text, RENAMED.get(token.text, token.text))

    def name(self, token: Token) -> Token:
        """Return an identifier that C++ accepts."""
        return token.saying(RENAMED.get(token.text, token.text))

    def element(self, kind: Token, dimensions: Sequence[tuple[Token, ...]]) -> str:
        """Return the type of one row: `T`, or fixed arrays of it for further dimensions."""
        shown = self.type(kind)
        for size in reversed(dimensions):
            if not size:
                raise kind.error("Only the first dimension of an array may be open.")
            shown = f"pw::Fixed<{shown},{self._flat(size)}>"
        return shown

    def variable_type(self, variable: Variable) -> str:
        """Return the C++ type of a declared variable."""
        if variable.pointer:
            if variable.dimensions:
                raise variable.name.error("Arrays of pointers are not part of the dialect.")
            return f"pw::Ptr<{self.type(variable.type)}>"
        dimensions = list(variable.dimensions)
        if dimensions and not dimensions[0]:
            if not variable.value:
                return f"pw::Array<{self.element(variable.type, dimensions[1:])}>"
            rows = [row for row in split(list(variable.value[1:-1])) if row]
            size = variable.name.saying(str(len(rows)), "number")
            dimensions[0] = (size,)
        return self.element(variable.type, dimensions)

    def _flat(self, tokens: Sequence[Token]) -> str:
        return " ".join(token.text for token in self.convert(tokens))

    def convert(self, tokens: Sequence[Token], *, within: str = "") -> list[Token]:
        """Return an expression in C++; `within` is the function that it stands in."""
        result: list[Token] = []
        index = 0
        while index < len(tokens):
            token = tokens[index]
            index += 1
            if token.kind == "string" or token.text in {"__FILE__", "__FUNCTION__"}:
                joined: list[int] = []
                index -= 1
                while index < len(tokens) and self._is_text(tokens[index]):
                    joined += self._units(tokens[index], within)
                    index += 1
                result.append(literal(joined, token))
                continue
            following = tokens[index].text if index < len(tokens) else ""
            result.append(self._word(token, result[-1] if result else None, following))
        return result

    @staticmethod
    def _is_text(token: Token) -> bool:
        return token.kind == "string" or token.text in {"__FILE__", "__FUNCTION__"}

    @staticmethod
    def _units(token: Token, within: str) -> list[int]:
        if token.kind == "string":
            return units(token)
        text = within if token.text == "__FUNCTION__" else token.file.rsplit("/", 1)[-1]
        return [ord(letter) for letter in text]

    def _word(self, token: Token, before: Token | None, following: str) -> Token:
        match token.kind:
            case "char":
                found = units(token)
                if len(found) != 1:
                    raise token.error("A character literal holds one character.")
                return token.saying(f"ushort({found[0]})", "number")
            case "number":
                return token.saying(_number(token))
            case "date":
                return token.saying(_date(token))
            case "color":
                return token.saying(_color(token))
            case "name":
                return self._named(token, following)
            case _:
                return self._mark(token, before)

    def _named(self, token: Token, following: str) -> Token:
        if token.text == "this":
            return token.saying("(*this)")
        if token.text == "sizeof":
            return token.saying("(int)sizeof")
        if token.text in _VARIABLES and following != "(":
            return token.saying(_VARIABLES[token.text])
        return token.saying(TYPES.get(token.text, RENAMED.get(token.text, token.text)))

    def _mark(self, token: Token, before: Token | None) -> Token:
        if token.text == "->":
            raise token.error("Write a point, also behind pointers.")
        if token.text == "." and before is not None and before.text in self._pointers:
            return token.saying("->")
        if token.text == "::" and (before is None or before.kind != "name"):
            return token.saying("ea::")
        return token

    # --- statements

    def body(self, tokens: Sequence[Token], *, within: str) -> list[Token]:
        """Return the statements of a function in C++, braces included."""
        result: list[Token] = []
        index = 0
        start = 0  # of what has not been converted yet
        opening = True
        row = list(tokens)
        while index < len(row):
            if opening:
                length = self._declaration_length(row, index)
                if length:
                    result += self.convert(row[start:index], within=within)
                    in_header = index > 0 and row[index - 1].text == "("
                    found = row[index : index + length]
                    result += self._locals(found, within=within, in_header=in_header)
                    index += length
                    start = index
                    opening = False
                    continue
            token = row[index]
            in_for = token.text == "(" and index > 0 and row[index - 1].text == "for"
            opening = (token.kind == "punct" and token.text in "{};:") or in_for
            index += 1
        result += self.convert(row[start:], within=within)
        return result

    def _declaration_length(self, row: list[Token], start: int) -> int:
        """Return how many tokens a declaration takes, up to before its semicolon; 0: it is none."""
        index = start
        while index < len(row) and row[index].text in {"static", "const"}:
            index += 1
        if index + 2 >= len(row) or row[index].kind != "name":
            return 0
        if not self._shape.is_type(row[index].text):
            return 0
        mark = row[index + 1].text
        if mark in {"*", "&"} and row[index + 2].kind == "name":
            raise row[index].error("Pointers are members or globals, references parameters.")
        if row[index + 1].kind != "name" or row[index + 2].text not in {"=", ";", ",", "[", "("}:
            return 0
        depth = 0
        for end in range(index, len(row)):
            if row[end].kind == "punct":
                depth += (row[end].text in "([{") - (row[end].text in ")]}")
                if row[end].text == ";" and depth == 0:
                    return end - start
        raise row[start].error("Nothing ends this declaration.")

    def _locals(self, tokens: list[Token], *, within: str, in_header: bool) -> list[Token]:
        words = []
        while tokens[0].text in {"static", "const"}:
            words.append(tokens.pop(0))
        kind = tokens.pop(0)
        place = words[0] if words else kind
        texts = tuple(word.text for word in words)
        found = declarators(tokens, words=texts, kind=kind, pointer=False)
        if in_header:
            return self._header(found, place, within=within)
        result: list[Token] = []
        for number, variable in enumerate(found):
            if number:
                result.append(variable.name.saying(";", "punct"))
            result += self.local(variable, place if number == 0 else variable.name, within=within)
        return result

    def _header(self, found: list[Variable], place: Token, *, within: str) -> list[Token]:
        result = [place.saying(self.variable_type(found[0]))]
        for number, variable in enumerate(found):
            if variable.dimensions or not variable.value:
                raise variable.name.error("Give the variables of a for header a first value.")
            if number:
                result.append(variable.name.saying(",", "punct"))
            result += [self.name(variable.name), variable.name.saying("=", "punct")]
            result += self.convert(variable.value, within=within)
        return result

    def local(self, variable: Variable, place: Token, *, within: str) -> list[Token]:
        """Return the declaration of a local variable, without its semicolon."""
        shown = self.variable_type(variable)
        name = self.name(variable.name)
        if "static" in variable.words or variable.value:
            return self.declared(variable, place, within=within)
        dynamic = bool(variable.dimensions) and not variable.dimensions[0]
        if dynamic or (variable.type.text == "string" and not variable.dimensions):
            return [place.saying(shown, "name"), name]
        if self._shape.is_plain(variable.type.text) and not variable.dimensions:
            if variable.given is not None:
                raise name.error("Write the first value of a number with =.")
            if "const" in variable.words:
                raise name.error("A constant needs a value.")
            return [place.saying(shown, "name"), name, name.saying(f"PW_UNSET({shown})", "name")]
        given = self.convert(variable.given or (), within=within)
        inside = [name.saying("(", "punct"), *given, name.saying(")", "punct")] if given else []
        return [
            place.saying(f"pw::Local<{shown}> pw_{name.text}", "name"),
            *inside,
            name.saying(f"; {shown} &{name.text}=pw_{name.text}.object", "name"),
        ]

    def declared(self, variable: Variable, place: Token, *, within: str = "") -> list[Token]:
        """Return a declaration as C++ has it, without its semicolon."""
        words = [word for word in variable.words if word in {"static", "const"}]
        shown = " ".join([*words, self.variable_type(variable)])
        result = [place.saying(shown, "name"), self.name(variable.name)]
        if variable.value:
            result.append(variable.name.saying("=", "punct"))
            result += self._initial(variable, within=within)
        elif variable.given is not None:
            result.append(variable.name.saying("(", "punct"))
            result += self.convert(variable.given, within=within)
            result.append(variable.name.saying(")", "punct"))
        return result

    def _initial(self, variable: Variable, *, within: str) -> list[Token]:
        """Return a first value; a fixed array is a struct around the array that braces fill."""
        result = []
        depth = 0
        for token in self.convert(variable.value, within=within):
            depth += token.text == "{"
            twice = token.text in {"{", "}"} and depth <= len(variable.dimensions)
            result.append(token.saying(token.text * 2) if twice else token)
            depth -= token.text == "}"
        return result
