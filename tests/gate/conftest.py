from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture

from pitwire.database import Database
from pitwire.gate import Gate, open_gate
from pitwire.gate import door as door_module
from pitwire.gate import store as store_module
from pitwire.gate.secrets import SecretText

PEPPER = "pepper-0123456789abcdef0123456789abcdef"


class HandClock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **units: float) -> None:
        self.now += timedelta(**units)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def pepper() -> SecretText:
    return SecretText(PEPPER)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pitwire.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with Database(path) as opened:
        yield opened


@pytest.fixture
def gate(database: Database, pepper: SecretText, clock: HandClock) -> Gate:
    return open_gate(
        database, pepper, is_simulated=lambda name: name.startswith("sim"), clock=clock
    )


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[MutableMapping[str, Any]]:
    capture = LogCapture()
    for module in (door_module, store_module):
        log = structlog.wrap_logger(structlog.PrintLogger(), processors=[capture])
        monkeypatch.setattr(module, "log", log)
    return capture.entries
