"""Group masks, as MetaTrader's Python API takes them: `*USD*,!EUR*`.

Conditions are split by comma and applied from left to right: one adds the names that it matches,
one with `!` in front takes them out. `*` stands for any characters. A name without any `*` is
that name, behind a `!` it is a part of the name. A list that begins with `!` begins with all.
"""

from collections.abc import Iterable


def choose(names: Iterable[str], group: str) -> list[str]:
    """Pick the names that a group mask matches, in their own order."""
    every = list(names)
    chosen: set[str] = set()
    for number, condition in enumerate(group.split(",")):
        mask = condition.strip()
        if mask.startswith("!"):
            mask = mask[1:].strip()
            out = {name for name in every if matches(name, mask if "*" in mask else f"*{mask}*")}
            chosen = (set(every) if number == 0 else chosen) - out
        else:
            chosen |= {name for name in every if matches(name, mask)}
    return [name for name in every if name in chosen]


def matches(name: str, mask: str) -> bool:
    """Tell whether a name is what the mask says; the time it takes does not explode."""
    head, *parts = mask.split("*")
    if not parts:
        return name == mask
    tail = parts.pop()
    if not (name.startswith(head) and name[len(head) :].endswith(tail)):
        return False
    at, end = len(head), len(name) - len(tail)
    for part in parts:
        found = name.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


__all__ = ["choose", "matches"]
