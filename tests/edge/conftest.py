"""An app of the REST edge with a scripted router and door behind it."""

from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import httpx2
import pytest
from tests.edge.fakes import FakeDoor, FakeRouter, client

from pitwire.edge import EdgeSettings, create_app
from pitwire.gate.door import Door
from pitwire.router.router import Router


@pytest.fixture
def router() -> FakeRouter:
    return FakeRouter()


@pytest.fixture
def door() -> FakeDoor:
    return FakeDoor()


@pytest.fixture
def make_app(router: FakeRouter, door: FakeDoor) -> Callable[..., Any]:
    def make(**settings: Any) -> Any:
        chosen = EdgeSettings(**{"docs_enabled": False, **settings})
        return create_app(cast("Router", router), cast("Door", door), chosen)

    return make


@pytest.fixture
async def app(make_app: Callable[..., Any]) -> AsyncIterator[httpx2.AsyncClient]:
    """Give a client with the full key; errors of the app fail the test."""
    async with client(make_app()) as opened:
        yield opened
