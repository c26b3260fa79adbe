"""Which names are pointers: `m_desk.Trade()` is an arrow in C++, and tokens know names only."""

from collections.abc import Iterator

from tests.mql5.translator.shape import Compound, Function, Item, Shape, Variable
from tests.mql5.translator.tokens import Token


def pointer_names(shape: Shape) -> set[str]:
    """Return the names that are pointers, which must be nothing else anywhere."""
    pointers: dict[str, Token] = {}
    others: dict[str, Token] = {}
    for item in shape.items:
        for name, pointer in _names(item):
            (pointers if pointer else others).setdefault(name.text, name)
    for text, name in pointers.items():
        if text in others:
            where = f"{others[text].file}:{others[text].line}"
            raise name.error(f"{text} is a pointer here and something else at {where}: rename one.")
    return set(pointers)


def _names(item: Item) -> Iterator[tuple[Token, bool]]:
    members = item.members if isinstance(item, Compound) else (item,)
    for member in members:
        if isinstance(member, Variable):
            yield member.name, member.pointer
        elif isinstance(member, Function):
            for parameter in member.parameters:
                if parameter.name is not None:
                    yield parameter.name, parameter.pointer
