from typing import Any

import pytest
import zmq

from pitwire.errors import ConfigError
from pitwire.terminal.curve import CurveSettings
from pitwire.terminal.settings import LinkSettings
from pitwire.wire.handshake import SILENCE_MS, Secret

GOOD: dict[str, Any] = {
    "name": "desk-1",
    "commands": "tcp://127.0.0.1:5555",
    "stream": "tcp://127.0.0.1:5556",
    "secrets": (Secret(b"s" * 32),),
}


def curve() -> CurveSettings:
    public, secret = zmq.curve_keypair()
    return CurveSettings(public, secret, zmq.curve_keypair()[0])


@pytest.mark.parametrize(
    "endpoint",
    ["tcp://127.0.0.1:1", "tcp://127.9.9.9:65535", "tcp://localhost:7", "tcp://[::1]:7"],
)
def test_a_link_that_stays_on_this_machine_needs_no_encryption(endpoint: str) -> None:
    assert LinkSettings(**{**GOOD, "commands": endpoint}).commands == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "tcp://192.168.1.2:1",
        "tcp://0.0.0.0:1",
        "tcp://[::]:1",
        "tcp://terminal.example:1",
        "tcp://127.0.0.1.example:1",
        "tcp://0177.0.0.1:1",
    ],
)
@pytest.mark.parametrize("channel", ["commands", "stream"])
def test_a_link_over_the_network_needs_encryption_or_the_operators_word(
    channel: str, endpoint: str
) -> None:
    settings = {**GOOD, channel: endpoint}
    with pytest.raises(ConfigError, match="allow_plain"):
        LinkSettings(**settings)
    assert LinkSettings(**settings, curve=curve()).curve is not None
    assert LinkSettings(**settings, allow_plain=True).allow_plain


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "ipc:///tmp/link",
        "inproc://x",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:0",
        "tcp://127.0.0.1:65536",
        "tcp://127.0.0.1:*",
        "tcp://127.0.0.1:5555;10.0.0.1:1",
        "tcp://10.0.0.1:0;127.0.0.1:5555",
        "tcp://127.0.0.1:5555\n",
        "tcp://user@127.0.0.1:5555",
        "tcp://*:5555",
    ],
)
def test_an_endpoint_that_cannot_be_used_is_refused(endpoint: str) -> None:
    with pytest.raises(ConfigError):
        LinkSettings(**{**GOOD, "stream": endpoint}, allow_plain=True)


def test_a_bound_endpoint_may_name_every_interface() -> None:
    settings = {**GOOD, "stream": "tcp://*:5555", "bind": True}
    assert LinkSettings(**settings, curve=curve()).bind
    with pytest.raises(ConfigError, match="allow_plain"):
        LinkSettings(**settings)


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "a b"},
        {"name": "x" * 65},
        {"secrets": ()},
        {"secrets": (Secret(b"s" * 32),) * 3},
        {"stream": GOOD["commands"]},
        {"max_queued": 0},
        {"max_in_flight": -1},
        {"handshake_timeout_ms": 0},
        {"backoff_min_ms": 10_000},
        {"heartbeat_timeout_ms": 1000},
        {"heartbeat_interval_ms": SILENCE_MS // 2 + 1, "heartbeat_timeout_ms": SILENCE_MS},
        {"rekey_after_frames": 2**32 + 1},
    ],
)
def test_settings_that_cannot_work_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        LinkSettings(**{**GOOD, **change})


def test_curve_keys_are_checked_and_never_shown() -> None:
    public, secret = zmq.curve_keypair()
    other = zmq.curve_keypair()[0]
    for keys in ((b"short", secret, other), (public, secret, b"~" * 40), (public, secret, b"")):
        with pytest.raises(ConfigError) as caught:
            CurveSettings(*keys)
        assert secret.decode() not in str(caught.value)
    with pytest.raises(ConfigError, match="does not belong"):
        CurveSettings(other, secret, other)
    settings = LinkSettings(**GOOD, curve=CurveSettings(public, secret, other))
    assert secret.decode() not in repr(settings)
    assert (b"s" * 32).hex() not in repr(settings)
