"""Rules about what stands in bodies of functions."""

import re
from collections.abc import Iterator

from tests.mql5.linter.source import Rule, Source
from tests.mql5.translator.shape import Compound, Function, Variable
from tests.mql5.translator.tokens import Token, closing, split

_ASSIGNS = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
_STEPS = {"++", "--"}
_CHANGING = re.compile(
    r"File(Open|Read|Write|Seek|Move|Delete)\w*|OrderSend\w*|zmq_\w+|Array(Resize|Copy|Fill)"
    r"|String(Replace|Split|Trim\w+|ToLower|ToUpper|Add)|HistorySelect\w*|GlobalVariable(Set|Del)\w*"
)
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*$")


def steps(source: Source) -> Iterator[tuple[int, str]]:
    """++ and -- are statements, steps of a for, or an index of their own."""
    for function in source.functions:
        body = list(function.body or ())
        headers = _for_headers(body)
        for index, token in enumerate(body):
            if token.text not in _STEPS or any(index in header for header in headers):
                continue
            start, end = _operand(body, index)
            before, after = body[start - 1].text, body[end + 1].text
            alone = before in {"{", "}", ";", ":", ")", "else"} and after == ";"
            sole = before == "[" and after == "]"
            if not sole and not alone:
                yield token.line, f"Make {token.text} a statement of its own."


def _operand(body: list[Token], step: int) -> tuple[int, int]:
    """Return where an expression such as `a.b[i]++` begins and ends."""
    first = last = step
    if body[step + 1].kind == "name":  # the step comes first
        while body[last + 1].kind == "name" or body[last + 1].text in {".", "["}:
            last = closing(body, last + 1) if body[last + 1].text == "[" else last + 1
        return first, last
    while body[first - 1].kind == "name" or body[first - 1].text in {".", "]"}:
        first -= 1
        depth = int(body[first].text == "]")
        while depth:
            first -= 1
            depth += (body[first].text == "]") - (body[first].text == "[")
    return first, last


def _for_headers(body: list[Token]) -> list[range]:
    return [
        range(index + 1, closing(body, index + 1))
        for index, token in enumerate(body)
        if token.text == "for" and body[index + 1].text == "("
    ]


def one_a_line(source: Source) -> Iterator[tuple[int, str]]:
    """A line holds one statement."""
    for function in source.functions:
        body = list(function.body or ())
        headers = _for_headers(body)
        last = 0
        for index, token in enumerate(body):
            if token.text != ";" or any(index in header for header in headers):
                continue
            if token.line == last:
                yield token.line, "Write one statement per line."
            last = token.line


def switches(source: Source) -> Iterator[tuple[int, str]]:
    """A switch has a default."""
    for function in source.functions:
        body = list(function.body or ())
        for index, token in enumerate(body):
            if token.text != "switch":
                continue
            opening = closing(body, index + 1) + 1
            if opening >= len(body) or body[opening].text != "{":
                yield token.line, "Put the cases of a switch into braces."
                continue
            depth = 0
            found = False
            for part in body[opening : closing(body, opening)]:
                depth += (part.text == "{") - (part.text == "}")
                found = found or (part.text == "default" and depth == 1)
            if not found:
                yield token.line, "Give the switch a default."


def ternaries(source: Source) -> Iterator[tuple[int, str]]:
    """No choice within a choice."""
    for function in source.functions:
        body = list(function.body or ())
        for index, token in enumerate(body):
            if token.text == "?" and _has_another(body, index + 1):
                yield token.line, "Do not nest ? and :."


def _has_another(body: list[Token], start: int) -> bool:
    depth = 0
    for token in body[start:]:
        if token.kind != "punct":
            continue
        depth += (token.text in "([{") - (token.text in ")]}")
        if depth < 0 or (depth == 0 and token.text in {";", ","}):
            return False
        if token.text == "?":
            return True
    return False


def locals_named(source: Source) -> Iterator[tuple[int, str]]:
    """Locals are named in snake_case."""
    for function in source.functions:
        for _, name in _locals(source, function):
            if not _SNAKE.match(name.text):
                yield name.line, f"Locals are named in snake_case: rename {name.text}."


def _locals(source: Source, function: Function) -> Iterator[tuple[Token, Token]]:
    body = function.body or ()
    for index in range(1, len(body) - 2):
        kind, name, mark = body[index : index + 3]
        if not source.shape.is_type(kind.text) or name.kind != "name":
            continue
        if mark.text in {"=", ";", ",", "[", "("}:
            yield kind, name


def copies(source: Source) -> Iterator[tuple[int, str]]:
    """Arrays are copied by ArrayCopy, objects of classes never."""
    members = _member_marks(source)
    for function in source.functions:
        marks = members | _own_marks(source, function)
        body = list(function.body or ())
        for before, token, after in zip(body, body[1:], body[2:], strict=False):
            if token.kind != "name" or after.text != "=" or before.text in {".", "]"}:
                continue
            mark = marks.get(token.text)
            if mark == "array" and not source.shape.is_type(before.text):
                yield token.line, f"Copy the array {token.text} with ArrayCopy."
            elif mark == "object":
                yield token.line, f"Objects are not copied: {token.text}."


def _own_marks(source: Source, function: Function) -> dict[str, str]:
    """Return what the parameters and locals of a function are."""
    marks: dict[str, str] = {}
    for one in function.parameters:
        if one.name is not None:
            marks[one.name.text] = _mark(source, one.type, array=bool(one.dimensions))
    body = function.body or ()
    for kind, name in _locals(source, function):
        array = body[body.index(name) + 1].text == "["
        marks[name.text] = _mark(source, kind, array=array)
    return marks


def _mark(source: Source, kind: Token, *, array: bool) -> str:
    if array:
        return "array"
    return "object" if kind.text in source.shape.classes else ""


def _member_marks(source: Source) -> dict[str, str]:
    marks: dict[str, str] = {}
    for item in source.shape.items:
        members = item.members if isinstance(item, Compound) else (item,)
        for member in members:
            if isinstance(member, Variable) and not member.pointer:
                array = bool(member.dimensions)
                marks[member.name.text] = _mark(source, member.type, array=array)
    return marks


def arguments(source: Source) -> Iterator[tuple[int, str]]:
    """At most one argument of a call changes something: their order is not defined."""
    changing = {one.name.text for one in source.all_functions if _changes(source, one)} - {
        one.name.text for one in source.all_functions if not _changes(source, one)
    }
    for function in source.functions:
        body = list(function.body or ())
        for index in range(1, len(body)):
            if body[index].text != "(" or body[index - 1].kind != "name":
                continue
            if body[index - 1].text in {"if", "for", "while", "switch", "return"}:
                continue
            parts = split(body[index + 1 : closing(body, index)])
            if sum(_has_effect(part, changing) for part in parts) > 1:
                yield body[index].line, "Only one argument of a call may change something."


def _changes(source: Source, function: Function) -> bool:
    if function.owner is not None and not function.constant:
        return True
    return any(one.reference and not one.constant for one in function.parameters)


def _has_effect(tokens: list[Token], changing: set[str]) -> bool:
    for index, token in enumerate(tokens):
        if token.text in _STEPS | _ASSIGNS:
            return True
        called = index + 1 < len(tokens) and tokens[index + 1].text == "("
        known = token.text in changing or _CHANGING.fullmatch(token.text)
        if called and token.kind == "name" and known:
            return True
    return False


RULES: dict[str, Rule] = {
    "steps": steps,
    "one_a_line": one_a_line,
    "switches": switches,
    "ternaries": ternaries,
    "locals": locals_named,
    "copies": copies,
    "arguments": arguments,
}
