"""What a diagnosis says: one sentence per check, and what to do where something is wrong."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How a check ended. A note is worth knowing and no reason to do anything."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name, how it ended, and the fix of a problem."""

    mark: Mark
    check: str
    text: str
    fix: str = ""
    terminal: str = ""


def good(check: str, text: str) -> Finding:
    """Say that something is in order."""
    return Finding(Mark.OK, check, text)


def note(check: str, text: str) -> Finding:
    """Say something worth knowing."""
    return Finding(Mark.NOTE, check, text)


def problem(check: str, text: str, *, fix: str) -> Finding:
    """Say what is wrong and how to mend it."""
    return Finding(Mark.PROBLEM, check, text, fix)


__all__ = ["Finding", "Mark", "good", "note", "problem"]
