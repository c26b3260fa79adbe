"""Shared by all tests: the event loop, and patience with slow machines."""

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says nothing about what it proves, least of all on two shared cores.
settings.register_profile("pitwire", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("pitwire")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
