"""What an operator can set, and how it is read: pitwire.toml, environment, command line.

`model` says what exists, with defaults, bounds and meaning (docs/settings.md is made from it);
`load` reads the sources and turns every mistake in them into one sentence.
"""

from pitwire.settings.load import load_settings
from pitwire.settings.model import (
    CurveKeys,
    GateSettings,
    HttpSettings,
    LinkTimings,
    Settings,
    TerminalSettings,
)

__all__ = [
    "CurveKeys",
    "GateSettings",
    "HttpSettings",
    "LinkTimings",
    "Settings",
    "TerminalSettings",
    "load_settings",
]
