"""Rules about declarations: names, parameters, classes, arrays."""

import re
from collections.abc import Iterator
from itertools import pairwise

from tests.mql5.linter.source import Rule, Source
from tests.mql5.translator.shape import Compound, Function, Parameter, Variable
from tests.mql5.translator.tokens import Token

HANDLERS = {
    "OnInit", "OnDeinit", "OnTick", "OnTimer", "OnTrade", "OnTradeTransaction", "OnBookEvent",
    "OnStart",
}  # fmt: skip
_PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*$")
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*$")
_CONSTANT = re.compile(r"-?[A-Z][A-Z0-9_]*$")
_PARTS_OF_A_SIGN = 2


def names(source: Source) -> Iterator[tuple[int, str]]:
    """Every kind of thing is named in its own way."""
    for name in _declared(source, "enum"):
        if not re.match(r"ENUM_PW_[A-Z0-9_]+$", name.text):
            yield name.line, f"An enum is named ENUM_PW_...: rename {name.text}."
    for compound in source.compounds:
        letter = "C" if compound.keyword == "class" else "S"
        if not re.match(rf"{letter}[A-Z]", compound.name.text):
            yield compound.name.line, f"A {compound.keyword} is named {letter}...."
        for member in compound.members:
            if isinstance(member, Variable):
                yield from _field(compound, member)
    for function in source.all_functions:
        yield from _function_name(function)
    for variable in source.globals:
        yield from _global(variable)


def _declared(source: Source, word: str) -> Iterator[Token]:
    for token, name in pairwise(source.code):
        if token.text == word and name.kind == "name":
            yield name


def _field(compound: Compound, member: Variable) -> Iterator[tuple[int, str]]:
    name = member.name
    if compound.keyword == "class":
        if not name.text.startswith("m_") or not _SNAKE.match(name.text):
            yield name.line, f"Members are named m_...: rename {name.text}."
    elif not _SNAKE.match(name.text) or name.text.startswith("m_"):
        yield name.line, f"Fields of structs are named in snake_case: rename {name.text}."


def _function_name(function: Function) -> Iterator[tuple[int, str]]:
    name = function.name
    if not _PASCAL.match(name.text):
        yield name.line, f"Functions are named in PascalCase: rename {name.text}."
    elif function.owner is None and not (name.text in HANDLERS or re.match(r"Pw[A-Z]", name.text)):
        yield name.line, f"Free functions are named Pw...: rename {name.text}."
    for parameter in function.parameters:
        if parameter.name is not None and not _SNAKE.match(parameter.name.text):
            yield parameter.place.line, f"Rename {parameter.name.text}: parameters in snake_case."


def _global(variable: Variable) -> Iterator[tuple[int, str]]:
    prefix = "Inp" if {"input", "sinput"} & set(variable.words) else "Ext"
    if not re.match(rf"{prefix}[A-Z]", variable.name.text):
        yield variable.name.line, f"Name it {prefix}...: {variable.name.text}."


def parameters(source: Source) -> Iterator[tuple[int, str]]:
    """Numbers and texts come by value, everything else by reference."""
    for function in source.all_functions:
        given = () if function.name.text in HANDLERS else function.parameters  # the terminal's
        for parameter in given:
            yield from _parameter(source, parameter)
        for token in function.result:
            if source.shape.is_compound(token.text):
                yield token.line, "Structs and classes are not returned: take a reference."
            if token.text == "*":
                yield token.line, "Pointers are not returned."


def _parameter(source: Source, parameter: Parameter) -> Iterator[tuple[int, str]]:
    line = parameter.place.line
    compound = source.shape.is_compound(parameter.type.text)
    if parameter.pointer:
        yield line, "Objects come by reference, not as pointers."
    elif compound and not parameter.reference:
        yield line, f"{parameter.type.text} comes by reference."
    elif parameter.reference and parameter.constant and not (compound or parameter.dimensions):
        yield line, "Numbers and texts come by value: drop the &."
    if parameter.default and parameter.reference:
        yield line, "References have no default."
    elif parameter.default and not _is_constant(parameter.default):
        yield line, "A default is a plain constant."


def _is_constant(tokens: tuple[Token, ...]) -> bool:
    text = "".join(token.text for token in tokens)
    if text in {"true", "false"} or _CONSTANT.match(text):
        return True
    sign = len(tokens) == _PARTS_OF_A_SIGN and tokens[0].text == "-"
    return len(tokens) == 1 + sign and tokens[-1].kind in {"number", "string", "char"}


def classes(source: Source) -> Iterator[tuple[int, str]]:
    """Plain structs, and classes with one base and no statics."""
    for compound in source.compounds:
        bases = [token for token in compound.base if token.kind == "name"]
        bases = [token for token in bases if token.text not in {"public", "protected", "private"}]
        if len(bases) > 1:
            yield compound.place.line, "A class has one base."
        if bases and "public" not in {token.text for token in compound.base}:
            yield compound.place.line, "Write public before the base."
        for base in bases:
            mixed = compound.keyword == "class" and base.text in source.shape.structures
            if mixed:
                yield base.line, "A class is not made from a struct."
        for member in compound.members:
            if isinstance(member, Variable | Function):
                yield from _member(source, compound, member)


def _member(
    source: Source, compound: Compound, member: Variable | Function
) -> Iterator[tuple[int, str]]:
    line = member.name.line
    if "static" in member.words:
        yield line, "Classes have no static members."
    if isinstance(member, Function):
        if compound.keyword == "struct" and "virtual" in member.words:
            yield line, "Structs have no virtual methods."
        if "virtual" in member.words and member.body is None and not _defined(source, member):
            yield line, f"Give the virtual method {member.name.text} a body in this file."
        return
    if member.value or member.given is not None:
        yield line, "Members get their values in the constructor."
    if member.pointer and compound.keyword == "struct":
        yield line, "Pointers are members of classes."
    if "const" in member.words:
        yield line, "Members are not const."


def _defined(source: Source, method: Function) -> bool:
    return any(
        one.owner == method.owner and one.name.text == method.name.text for one in source.functions
    )


def arrays(source: Source) -> Iterator[tuple[int, str]]:
    """The size of an array is a number or a #define, and arrays hold no pointers."""
    found = list(source.globals)
    for compound in source.compounds:
        found += [member for member in compound.members if isinstance(member, Variable)]
    for variable in found:
        if variable.pointer and variable.dimensions:
            yield variable.name.line, "There are no arrays of pointers."
        for size in variable.dimensions:
            yield from _size(size)
    for function in source.functions:
        body = list(function.body or ())
        for index in range(len(body) - 2):
            kind, name, mark = body[index : index + 3]
            if source.shape.is_type(kind.text) and name.kind == "name" and mark.text == "[":
                end = next(at for at in range(index, len(body)) if body[at].text == "]")
                yield from _size(tuple(body[index + 3 : end]))


def _size(tokens: tuple[Token, ...]) -> Iterator[tuple[int, str]]:
    for token in tokens:
        if token.kind == "name" and not _CONSTANT.match(token.text) and token.text != "sizeof":
            yield token.line, f"The size of an array is a constant: #define {token.text.upper()}."


RULES: dict[str, Rule] = {
    "names": names,
    "parameters": parameters,
    "classes": classes,
    "arrays": arrays,
}
