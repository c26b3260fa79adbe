"""The parser: from a unit's tokens to its shape, and from a type to the variables behind it."""

from itertools import pairwise

from tests.mql5.translator.shape import (
    Access,
    Compound,
    Enumeration,
    Function,
    Import,
    Parameter,
    Shape,
    Variable,
)
from tests.mql5.translator.tokens import Token, closing, split

_ACCESS = {"public", "private", "protected"}
_FOREIGN = {
    "template", "typedef", "union", "namespace", "operator", "using", "interface", "new", "delete",
    "goto", "try", "catch", "throw", "auto", "nullptr", "static_cast", "reinterpret_cast",
    "dynamic_cast", "const_cast", "constexpr", "decltype", "typename", "friend", "volatile",
}  # fmt: skip


class Parser:
    """Takes a unit apart, with the names of its types known from a first look over it."""

    def __init__(self, tokens: list[Token], *, known: Shape | None = None) -> None:
        self._tokens = tokens
        self._index = 0
        self._end = len(tokens)
        self.shape = Shape()
        if known is not None:
            self.shape.structures |= known.structures
            self.shape.classes |= known.classes
            self.shape.enumerations |= known.enumerations
        for token, name in pairwise(tokens):
            if token.kind == "name" and token.text in _FOREIGN:
                raise token.error(f"{token.text} is not part of the dialect.")
            if token.kind == "name" and name.kind == "name":
                self._note_type(token.text, name.text)

    def _note_type(self, word: str, name: str) -> None:
        if word == "class":
            self.shape.classes.add(name)
        elif word == "struct":
            self.shape.structures.add(name)
        elif word == "enum":
            self.shape.enumerations.add(name)

    def run(self) -> Shape:
        """Return the shape of the unit."""
        while self._index < self._end:
            self._item()
        return self.shape

    # --- moving on

    def _peek(self, ahead: int = 0) -> Token:
        index = self._index + ahead
        if index >= self._end:
            raise self._tokens[-1].error("The source ends in the middle of a declaration.")
        return self._tokens[index]

    def _take(self, *expected: str) -> Token:
        token = self._peek()
        if expected and token.text not in expected:
            raise token.error(f"{' or '.join(expected)} should stand here, not {token.text}.")
        self._index += 1
        return token

    def _name(self) -> Token:
        token = self._take()
        if token.kind != "name":
            raise token.error(f"A name should stand here, not {token.text}.")
        return token

    def _bracketed(self) -> list[Token]:
        end = closing(self._tokens, self._index)
        inside = self._tokens[self._index : end + 1]
        self._index = end + 1
        return inside

    # --- what stands at the top of a file

    def _item(self) -> None:
        token = self._peek()
        if token.kind == "directive":
            self._directive()
        elif token.text == ";":
            self._take()
        elif token.text in {"struct", "class"}:
            self._compound()
        elif token.text == "enum":
            self._take()
            name = self._name()
            self.shape.items.append(Enumeration(name, tuple(self._bracketed())))
            self._take(";")
        else:
            self.shape.items += self._declaration(owner=None)

    def _directive(self) -> None:
        token = self._take()
        words = token.text.split(None, 2)
        if words[0] == "#property":
            name = words[1] if len(words) > 1 else ""
            text = words[2].strip('"') if len(words) > 2 else ""
            before = self.shape.properties.get(name)
            self.shape.properties[name] = text if before is None else f"{before}\n{text}"
        elif len(words) > 1:
            self._imports(words[1].strip('"'))

    def _imports(self, library: str) -> None:
        functions: list[Function] = []
        while self._peek().kind != "directive":
            for found in self._declaration(owner=None):
                if not isinstance(found, Function) or found.body is not None:
                    raise found.name.error("#import takes prototypes only.")
                functions.append(found)
        if self._peek().text == "#import":
            self._take()
        self.shape.items.append(Import(library, tuple(functions)))

    def _compound(self) -> None:
        place = self._take()
        name = self._name()
        if self._peek().text == ";":  # known to C++ from the start
            self._take()
            return
        base: list[Token] = []
        if self._peek().text == ":":
            self._take()
            while self._peek().text != "{":
                base.append(self._take())
        members: list[Variable | Function | Access] = []
        self._take("{")
        while self._peek().text != "}":
            if self._peek().text in _ACCESS:
                members.append(Access(self._take()))
                self._take(":")
            else:
                members += self._declaration(owner=name.text)
        self._take("}")
        self._take(";")
        self.shape.items.append(Compound(place, place.text, name, tuple(base), tuple(members)))

    # --- functions and variables

    def _declaration(self, *, owner: str | None) -> "list[Function | Variable]":
        place = self._peek()
        words = []
        while self._peek().text in {"static", "const", "virtual", "input", "sinput", "extern"}:
            words.append(self._take().text)
        if self._peek().text == "~" or self._makes(owner):
            return [self._function(place, words, result=[], owner=owner)]
        if self._peek(1).text == "::":  # a constructor or destructor outside of its class
            return [self._function(place, words, result=[], owner=None)]
        kind = self._name()
        if not self.shape.is_type(kind.text):
            raise kind.error(f"{kind.text} is not a type.")
        star = [self._take()] if self._peek().text == "*" else []
        if self._peek(1).text in {"::", "("} and self._is_function():
            constant = [place.saying("const", "name")] if "const" in words else []
            result = [*constant, kind, *star]
            return [self._function(place, words, result=result, owner=owner)]
        return list(self._variables(words, kind, pointer=bool(star)))

    def _makes(self, owner: str | None) -> bool:
        return owner is not None and self._peek().text == owner and self._peek(1).text == "("

    def _is_function(self) -> bool:
        """Tell `int f(int a)` from `CThing thing(1)`: parameters begin with a type."""
        if self._peek(1).text == "::":
            return True
        first = self._peek(2)
        return first.text in {")", "const"} or self.shape.is_type(first.text)

    def _function(
        self, place: Token, words: list[str], *, result: list[Token], owner: str | None
    ) -> Function:
        if self._peek(1).text == "::":
            owner = self._name().text
            self._take("::")
        destructor = self._peek().text == "~"
        if destructor:
            self._take()
        name = self._name()
        if self._peek().text != "(":
            raise self._peek().error("The parameters of a function should stand here.")
        parameters = [self._parameter(part) for part in split(self._bracketed()[1:-1])]
        constant = self._peek().text == "const"
        if constant:
            self._take()
        initializers: list[Token] = []
        if self._peek().text == ":":
            self._take()
            while self._peek().text != "{":
                initializers.append(self._take())
        body: tuple[Token, ...] | None = None
        if self._peek().text == "{":
            body = tuple(self._bracketed())
        else:
            self._take(";")
        return Function(
            place=place,
            words=tuple(word for word in words if word in {"virtual", "static"}),
            result=tuple(result),
            owner=owner,
            name=name,
            destructor=destructor,
            parameters=tuple(one for one in parameters if one is not None),
            constant=constant,
            initializers=tuple(initializers),
            body=body,
        )

    def _parameter(self, tokens: list[Token]) -> Parameter | None:
        if [token.text for token in tokens] == ["void"]:
            return None
        if not tokens:
            raise self._peek(-1).error("A parameter is missing.")
        rest = list(tokens)
        constant = rest[0].text == "const"
        if constant:
            rest.pop(0)
        if not rest or not self.shape.is_type(rest[0].text):
            raise tokens[0].error("A parameter begins with its type.")
        kind = rest.pop(0)
        marks = []
        while rest and rest[0].text in {"&", "*"}:
            marks.append(rest.pop(0).text)
        name = rest.pop(0) if rest and rest[0].kind == "name" else None
        dimensions: list[tuple[Token, ...]] = []
        while rest and rest[0].text == "[":
            end = closing(rest, 0)
            dimensions.append(tuple(rest[1:end]))
            rest = rest[end + 1 :]
        default: list[Token] = []
        if rest and rest[0].text == "=":
            default = rest[1:]
        elif rest:
            raise rest[0].error(f"{rest[0].text} does not belong into a parameter.")
        if dimensions and "&" not in marks:
            raise kind.error("Arrays are passed by reference: write &.")
        return Parameter(
            place=tokens[0],
            type=kind,
            constant=constant,
            reference="&" in marks,
            pointer="*" in marks,
            name=name,
            dimensions=tuple(dimensions),
            default=tuple(default),
        )

    def _variables(self, words: list[str], kind: Token, *, pointer: bool) -> list[Variable]:
        start = self._index
        depth = 0
        while depth or self._peek().text != ";":
            text = self._take().text
            depth += (text in "([{") - (text in ")]}")
        tokens = self._tokens[start : self._index]
        self._take(";")
        return declarators(tokens, words=tuple(words), kind=kind, pointer=pointer)


def declarators(
    tokens: list[Token], *, words: tuple[str, ...], kind: Token, pointer: bool
) -> list[Variable]:
    """Return the variables of `name[3]={...},other` behind a type."""
    found: list[Variable] = []
    for part in split(tokens):
        rest = list(part)
        star = pointer and not found
        if rest and rest[0].text == "*":
            star = True
            rest.pop(0)
        if not rest or rest[0].kind != "name":
            raise kind.error("A name should stand behind the type.")
        name = rest.pop(0)
        dimensions: list[tuple[Token, ...]] = []
        while rest and rest[0].text == "[":
            end = closing(rest, 0)
            dimensions.append(tuple(rest[1:end]))
            rest = rest[end + 1 :]
        value: tuple[Token, ...] = ()
        given: tuple[Token, ...] | None = None
        if rest and rest[0].text == "=":
            value = tuple(rest[1:])
        elif rest and rest[0].text == "(":
            given = tuple(rest[1 : closing(rest, 0)])
        elif rest:
            raise rest[0].error(f"{rest[0].text} does not belong behind {name.text}.")
        found.append(Variable(words, kind, star, name, tuple(dimensions), value, given))
    return found
