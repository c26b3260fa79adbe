"""Scopes: the words that say what a key may do.

A key is granted the words of the table. An operation needs one word: one of the table, or one of
the finer words that it includes. Whatever is not written here is denied. A finer word becomes
grantable by getting a row of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Scope:
    """A word that can be granted, what it is for, and the finer words that it includes."""

    word: str
    description: str
    includes: tuple[str, ...]


SCOPES: Mapping[str, Scope] = MappingProxyType(
    {
        scope.word: scope
        for scope in (
            Scope(
                "read",
                "See the account, the market, positions, orders and history.",
                ("account:read", "market:read", "trading:read", "history:read"),
            ),
            Scope(
                "trade",
                "Open, change and close positions and orders.",
                ("trading:execute", "trading:reduce"),
            ),
        )
    }
)
"""Every scope that a key can be granted."""


def allows(granted: Iterable[str], needed: str) -> bool:
    """Say whether these scopes suffice; words that nobody knows neither grant nor satisfy."""
    known = (SCOPES[word] for word in granted if word in SCOPES)
    return any(needed == scope.word or needed in scope.includes for scope in known)


__all__ = ["SCOPES", "Scope", "allows"]
