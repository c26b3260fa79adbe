"""What a unit declares: its types, functions, variables and imports, bodies still raw tokens."""

from dataclasses import dataclass, field

from tests.mql5.translator.tokens import Token

NUMBERS = {
    "bool", "char", "uchar", "short", "ushort", "int", "uint", "long", "ulong", "float", "double",
    "datetime", "color",
}  # fmt: skip
BUILT_IN_TYPES = NUMBERS | {"string", "void"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function; `name` is None where a prototype leaves it out."""

    place: Token
    type: Token
    constant: bool
    reference: bool
    pointer: bool
    name: Token | None
    dimensions: tuple[tuple[Token, ...], ...]
    default: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method; `body` is None for a prototype, `owner` None outside of classes."""

    place: Token
    words: tuple[str, ...]  # virtual, static
    result: tuple[Token, ...]  # const, type and star; empty for constructors and destructors
    owner: str | None
    name: Token
    destructor: bool
    parameters: tuple[Parameter, ...]
    constant: bool
    initializers: tuple[Token, ...]
    body: tuple[Token, ...] | None


@dataclass(frozen=True, slots=True)
class Variable:
    """One declared name: `words` are static, const, input; `given` are constructor arguments."""

    words: tuple[str, ...]
    type: Token
    pointer: bool
    name: Token
    dimensions: tuple[tuple[Token, ...], ...]
    value: tuple[Token, ...]
    given: tuple[Token, ...] | None


@dataclass(frozen=True, slots=True)
class Access:
    """A label of a class: public, private or protected."""

    place: Token


@dataclass(frozen=True, slots=True)
class Compound:
    """A struct or class."""

    place: Token
    keyword: str
    name: Token
    base: tuple[Token, ...]
    members: tuple["Variable | Function | Access", ...]


@dataclass(frozen=True, slots=True)
class Enumeration:
    """An enum with its raw body, braces included."""

    name: Token
    body: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """What a DLL offers."""

    library: str
    functions: tuple[Function, ...]


Item = Compound | Enumeration | Import | Function | Variable


@dataclass(slots=True)
class Shape:
    """A unit, taken apart."""

    items: list[Item] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    structures: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    enumerations: set[str] = field(default_factory=set)

    def is_type(self, name: str) -> bool:
        """Tell whether a name is a type: built in, of this unit, or of the terminal."""
        return name in BUILT_IN_TYPES or self.is_compound(name) or self.is_enumeration(name)

    def is_enumeration(self, name: str) -> bool:
        """Tell whether a name is an enum of this unit or of the terminal."""
        return name in self.enumerations or name.startswith("ENUM_")

    def is_compound(self, name: str) -> bool:
        """Tell whether a name is a struct or class of this unit, or a struct of the terminal."""
        mine = name in self.structures or name in self.classes
        return mine or (name.startswith("Mql") and name[3:4].isupper())

    def is_plain(self, name: str) -> bool:
        """Tell whether variables of a type are just a number."""
        return name in NUMBERS or self.is_enumeration(name)
