from collections.abc import Iterator
from pathlib import Path

import pytest

from pitwire.database import Database
from pitwire.router.ledger import MIGRATIONS, Ledger


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "bridge.sqlite", MIGRATIONS)
    yield database
    database.close()


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)
