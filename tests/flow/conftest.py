from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.flow.processes import Site, site


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One terminal and one bridge for all stories of a file that only need any."""
    with site(Path(tmp_path_factory.mktemp("site"))) as place:
        yield place


@pytest.fixture(scope="module")
def app(running: Site) -> Iterator[httpx2.Client]:
    """An app that may read and trade."""
    with running.app() as client:
        yield client
