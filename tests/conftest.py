import os

import pytest
from hypothesis import HealthCheck, settings
from tests.mql5.build import EXPERT, build

# How fast a machine makes examples is no property of what is tested.
settings.register_profile("pitwire", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("pitwire")

_WITH_EXPERT = {"conformance", "mql5"}
if os.environ.get("TEST_PEER") == "ea":
    _WITH_EXPERT.add("flow")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Build the Expert before the first test: compiling it may take longer than a test may."""
    if session.config.option.collectonly:
        return
    if any(item.path.parent.name in _WITH_EXPERT for item in session.items):
        build(EXPERT, variant=os.environ.get("EA_VARIANT", "plain"))
