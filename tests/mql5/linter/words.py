"""Rules that look at single words and their neighbors."""

import re
from collections.abc import Iterator

from tests.mql5.linter.files import DESK
from tests.mql5.linter.source import Rule, Source
from tests.mql5.translator.tokens import SourceError, Token, closing, split

_KEYWORDS = [
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "auto",
    "bitand",
    "bitor",
    "catch",
    "compl",
    "concept",
    "constexpr",
    "const_cast",
    "decltype",
    "delete",
    "dynamic_cast",
    "explicit",
    "export",
    "final",
    "friend",
    "goto",
    "group",
    "inline",
    "interface",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "override",
    "pack",
    "register",
    "reinterpret_cast",
    "requires",
    "signed",
    "static_assert",
    "static_cast",
    "template",
    "thread_local",
    "throw",
    "try",
    "typedef",
    "typeid",
    "typename",
    "union",
    "unsigned",
    "using",
    "volatile",
    "wchar_t",
    "xor",
    "xor_eq",
    "pack",
    "int8_t",
    "int16_t",
    "int32_t",
    "int64_t",
    "uint8_t",
    "uint16_t",
    "uint32_t",
    "uint64_t",
    "size_t",
    "extern",
    "NULL",
    "CheckPointer",
    "POINTER_INVALID",
    "vector",
    "matrix",
    "complex",
]
_CALLS = {
    "Sleep": "The EA never sleeps: it would stand still for every link.",
    "MathRand": "MathRand has 15 bits: take random numbers from Channel/Random.mqh.",
    "MathSrand": "MathSrand has no use here.",
    "rand": "rand has 15 bits: take random numbers from Channel/Random.mqh.",
    "srand": "srand has no use here.",
    "GetTickCount": "GetTickCount turns over after 49 days: use GetTickCount64.",
    "OrderSend": "OrderSend stops the program until the server answers: the desk sends async.",
}
_ESCAPE = re.compile(r"\\.")
_ALLOWED_ESCAPES = {"\\n", "\\r", "\\t", "\\\\", '\\"', "\\'"}
_WRITES = {"Print", "PrintFormat", "Comment", "Alert", "PwLog", "SendNotification", "SendMail"}
_SECRET = re.compile(r"secret|(^|_)key(s|_bytes|_hex)?$|_key_(?!id)|passw|token", re.IGNORECASE)
_OPERATORS = set("=(,{;?:+-*/%<>!&|^[") | {
    "return", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "<<", ">>", "}",
}  # fmt: skip


def keywords(source: Source) -> Iterator[tuple[int, str]]:
    """No word of C++, or of newer MetaEditors, that an older one does not know."""
    code = source.words
    for index, token in enumerate(code):
        following = code[index + 1].text if index + 1 < len(code) else ""
        if token.kind == "name" and token.text in _KEYWORDS:
            yield token.line, f"{token.text} is not part of the dialect."
        if token.text == "long" and following in {"long", "int", "double"}:
            yield token.line, "long is one word."
        if token.text == "enum" and following in {"class", "struct", "{"}:
            yield token.line, "An enum has a name and nothing else."
        if token.text == "input" and following == "group":
            yield token.line, "input group is unknown to older MetaEditors."
        if token.text in {"...", "->"}:
            yield token.line, f"{token.text} is not part of the dialect."


def literals(source: Source) -> Iterator[tuple[int, str]]:
    """Numbers and texts that mean the same in every compiler."""
    for token in source.words:
        if token.kind == "number" and not re.fullmatch(
            r"0[xX][0-9A-Fa-f]+|\d+|(\d+\.\d*|\.\d+)([eE][+-]?\d+)?f?|\d+[eE][+-]?\d+", token.text
        ):
            yield token.line, f"{token.text} is not a number of MQL5: no suffix but f."
        if re.fullmatch(r"0\d+", token.text):
            yield token.line, "A number has no leading zero."
        if token.kind in {"string", "char"}:
            bad = set(_ESCAPE.findall(token.text)) - _ALLOWED_ESCAPES
            for escape in sorted(bad):
                yield token.line, f"The escape {escape} does not mean the same everywhere."
        if token.kind == "char" and len(_ESCAPE.sub("x", token.text)) != 3:
            yield token.line, "A character literal holds one character."


def stars(source: Source) -> Iterator[tuple[int, str]]:
    """Pointers are followed by their name only; & is for parameters and for bits."""
    code = source.code
    for index in range(1, len(code) - 1):
        token, before, after = code[index], code[index - 1], code[index + 1]
        if token.text in {"*", "&"} and token.kind == "punct" and before.text in _OPERATORS:
            yield token.line, f"A {token.text} has something before it: no addresses here."
        if token.text == "*" and after.text in {"*", "&"}:
            yield token.line, "There are no pointers to pointers."


def calls(source: Source) -> Iterator[tuple[int, str]]:
    """Functions that the EA must not call, or in one place only."""
    sends = []
    code = source.words
    for index, token in enumerate(code[:-1]):
        if token.kind != "name" or code[index + 1].text != "(" or _is_member(code, index):
            continue
        if token.text in _CALLS:
            yield token.line, _CALLS[token.text]
        if token.text == "OrderSendAsync":
            sends.append(token)
    if source.path != DESK:
        for token in sends:
            yield token.line, f"Only {DESK} sends orders."
    elif len(sends) != 1:
        line = sends[1].line if sends else 1
        yield line, f"OrderSendAsync has one place in the desk, not {len(sends)}."


def _is_member(code: list[Token], index: int) -> bool:
    return index > 0 and code[index - 1].text in {".", "->"}


def secrets(source: Source) -> Iterator[tuple[int, str]]:
    """What is a secret by its name is never printed."""
    code = source.words
    for index, token in enumerate(code[:-1]):
        if token.text not in _WRITES or code[index + 1].text != "(":
            continue
        try:
            end = closing(code, index + 1)
        except SourceError:
            continue
        for part in code[index + 2 : end]:
            if part.kind == "name" and _SECRET.search(part.text):
                yield part.line, f"{part.text} looks like a secret: do not print it."


def wire_names(source: Source) -> Iterator[tuple[int, str]]:
    """Names of fields come from the generated constants."""
    if source.path.startswith("Scripts/"):
        return  # tests write what no peer would
    code = source.code
    for index, token in enumerate(code[:-2]):
        writes = re.fullmatch(r"Key(Bool|Int|Unsigned|Real|Text)?|Find", token.text)
        if writes and code[index + 1].text == "(" and code[index + 2].kind == "string":
            yield token.line, "Take the field's name from WireConstants.mqh."


def commas(source: Source) -> Iterator[tuple[int, str]]:
    """The comma operator stands in for headers only."""
    for function in source.functions:
        body = list(function.body or ())
        for index, token in enumerate(body):
            if token.text != "(" or index == 0:
                continue
            before = body[index - 1]
            opens = before.text in {"if", "while", "switch", "return"} or before.kind == "punct"
            if not opens or before.text in {")", "]"}:
                continue
            if len(split(body[index + 1 : closing(body, index)])) > 1:
                yield token.line, "There is no comma operator."


RULES: dict[str, Rule] = {
    "keywords": keywords,
    "literals": literals,
    "stars": stars,
    "calls": calls,
    "secrets": secrets,
    "wire_names": wire_names,
    "commas": commas,
}
