from pathlib import Path

import pytest

from pitwire.database import Database
from pitwire.errors import ConfigError
from pitwire.gate import open_gate
from pitwire.gate.keys import KeyKind
from pitwire.gate.secrets import SecretText

OTHER = SecretText("another-0123456789abcdef0123456789abcdef")


def test_another_pepper_than_that_of_the_keys_is_refused(path: Path, pepper: SecretText) -> None:
    with Database(path) as database:
        keys = open_gate(database, pepper).keys
        keys.create(name="app", kind=KeyKind.LIVE, scopes=["read"], terminals=["demo"])
        with pytest.raises(ConfigError, match="restore the pepper") as caught:
            open_gate(database, OTHER)
        assert OTHER.get_secret_value() not in str(caught.value)
    with Database(path) as database:
        assert len(open_gate(database, pepper).keys.list()) == 1


def test_before_the_first_key_the_pepper_may_change(database: Database, pepper: SecretText) -> None:
    open_gate(database, pepper)
    gate = open_gate(database, OTHER)
    key, _ = gate.keys.create(name="app", kind=KeyKind.LIVE, scopes=["read"], terminals=["demo"])
    assert key.pepper_version == 1
    with pytest.raises(ConfigError):
        open_gate(database, pepper)


def test_a_pepper_that_is_too_short_is_refused(database: Database) -> None:
    with pytest.raises(ConfigError, match="32"):
        open_gate(database, SecretText("short"))
