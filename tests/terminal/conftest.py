"""Terminals and bridges that are closed when a test ends."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.terminal.bridge import Bridge, MakeBridge, MakePair, MakeTerminal, Pair, SettingsFor
from tests.terminal.scripted import COMMANDS, STREAM, ScriptedTerminal

from pitwire.terminal.settings import LinkSettings
from pitwire.wire.handshake import Secret


@pytest.fixture
def secret() -> Secret:
    return Secret.random()


@pytest.fixture
def make_terminal() -> Iterator[MakeTerminal]:
    made: list[ScriptedTerminal] = []

    def make(*secrets: Secret, start: bool = True, **options: Any) -> ScriptedTerminal:
        terminal = ScriptedTerminal(*secrets, **options)
        made.append(terminal)
        if start:
            terminal.start()
        return terminal

    yield make
    for terminal in made:
        terminal.close()


@pytest.fixture
def settings_for() -> SettingsFor:
    """Settings with short times: a test waits for what happens, not for a clock."""

    def make(terminal: ScriptedTerminal, **changes: Any) -> LinkSettings:
        chosen: dict[str, Any] = {
            "name": terminal.name,
            "commands": terminal.endpoints[COMMANDS],
            "stream": terminal.endpoints[STREAM],
            "secrets": tuple(terminal.secrets),
            "handshake_timeout_ms": 2000,
            "heartbeat_interval_ms": 100,
            "heartbeat_timeout_ms": 2000,
            "backoff_min_ms": 10,
            "backoff_max_ms": 50,
            **changes,
        }
        return LinkSettings(**chosen)

    return make


@pytest.fixture
def make_bridge(*, on_loop: bool) -> Iterator[MakeBridge]:
    made: list[Bridge] = []

    def make(*settings: LinkSettings, start: bool = True) -> Bridge:
        bridge = Bridge(*settings, on_loop=on_loop)
        made.append(bridge)
        if start:
            bridge.links.start()
        return bridge

    yield make
    for bridge in made:
        bridge.links.stop()


@pytest.fixture(params=["thread", "loop"])
def on_loop(request: pytest.FixtureRequest) -> bool:
    """Whether an event loop owns the sockets, or a thread."""
    return bool(request.param == "loop")


@pytest.fixture
def pair(
    secret: Secret,
    make_terminal: MakeTerminal,
    settings_for: SettingsFor,
    make_bridge: MakeBridge,
) -> MakePair:
    def make(**changes: Any) -> Pair:
        terminal = make_terminal(secret)
        bridge = make_bridge(settings_for(terminal, **changes))
        bridge.wait_live()
        return Pair(terminal, bridge)

    return make
