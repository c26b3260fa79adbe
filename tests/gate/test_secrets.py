import os
import re
import secrets
import threading
from pathlib import Path

import pytest

from pitwire.errors import ConfigError
from pitwire.gate.secrets import SecretText, make_secret, read_secret
from pitwire.wire.handshake import Secret

posix_only = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


def secret_file(folder: Path, content: bytes = b"hunter2\n", mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def refusal(uri: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read_secret(uri)
    return str(caught.value)


def test_a_secret_never_prints_itself() -> None:
    secret = SecretText("hunter2")
    assert secret.get_secret_value() == "hunter2"
    for text in (repr(secret), str(secret), f"{secret}", repr({"pepper": secret})):
        assert "hunter2" not in text


def test_a_secret_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PITWIRE_PEPPER", " hunter2\n")
    assert read_secret("env:PITWIRE_PEPPER").get_secret_value() == "hunter2"


def test_a_missing_or_empty_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PITWIRE_PEPPER", raising=False)
    assert "PITWIRE_PEPPER is not set" in refusal("env:PITWIRE_PEPPER")
    monkeypatch.setenv("PITWIRE_PEPPER", " \n")
    assert "is empty" in refusal("env:PITWIRE_PEPPER")


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    assert read_secret(f"file:{secret_file(tmp_path)}").get_secret_value() == "hunter2"


def test_a_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    secret_file(tmp_path)
    assert read_secret("file:~/secret").get_secret_value() == "hunter2"


@posix_only
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o601, 0o777])
def test_a_file_that_others_may_open_is_refused_with_the_fix(tmp_path: Path, mode: int) -> None:
    path = secret_file(tmp_path, mode=mode)
    message = refusal(f"file:{path}")
    assert f"chmod 600 '{path}'" in message
    assert "hunter2" not in message
    path.chmod(0o400)
    assert read_secret(f"file:{path}").get_secret_value() == "hunter2"


def test_a_file_that_holds_no_secret_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(f"file:{tmp_path / 'nowhere'}")
    assert "cannot be read" in refusal(f"file:{tmp_path}")
    assert "is empty" in refusal(f"file:{secret_file(tmp_path, b' ')}")
    assert "is not text" in refusal(f"file:{secret_file(tmp_path, bytes([0xFF, 0xFE]))}")
    assert "too large" in refusal(f"file:{secret_file(tmp_path, b'x' * 65_537)}")
    assert "home folder" in refusal("file:~no-such-user-anywhere/secret")


@pytest.mark.parametrize("uri", ["", "hunter2", "hunter2:x", "env:", "file:", "FILE:x", "file:\0x"])
def test_what_names_no_secret_is_refused_and_not_repeated(uri: str) -> None:
    message = refusal(uri)
    assert "'env:NAME' or 'file:PATH'" in message
    assert "hunter2" not in message
    with pytest.raises(ConfigError):
        make_secret(uri)


def test_a_missing_file_is_made_with_a_fresh_secret(tmp_path: Path) -> None:
    uris = [f"file:{tmp_path / 'keys' / name}" for name in ("a", "b")]
    assert [make_secret(uri) for uri in uris] == [True, True]
    texts = [read_secret(uri).get_secret_value() for uri in uris]
    assert all(re.fullmatch("[0-9a-f]{64}", text) for text in texts)
    assert texts[0] != texts[1]
    # It serves as a link secret as well.
    assert Secret.from_text(texts[0]).to_text() == texts[0]
    assert sorted(file.name for file in (tmp_path / "keys").iterdir()) == ["a", "b"]


@posix_only
def test_a_made_file_belongs_to_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_secret(f"file:{tmp_path / 'keys' / 'a'}")
    finally:
        os.umask(before)
    assert (tmp_path / "keys" / "a").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_a_file_that_exists_is_never_replaced(tmp_path: Path) -> None:
    path = secret_file(tmp_path, b"")
    assert make_secret(f"file:{path}") is False
    assert path.read_bytes() == b""


def test_nothing_is_made_for_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PITWIRE_PEPPER", raising=False)
    assert make_secret("env:PITWIRE_PEPPER") is False
    assert "PITWIRE_PEPPER" not in os.environ


def test_of_many_that_make_the_same_file_one_wins(tmp_path: Path) -> None:
    uri = f"file:{tmp_path / 'keys' / 'pepper'}"
    start = threading.Barrier(8)
    made: list[bool] = []
    seen: list[str] = []

    def worker() -> None:
        start.wait(10)
        made.append(make_secret(uri))
        seen.append(read_secret(uri).get_secret_value())

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(made) == [False] * 7 + [True]
    assert len(seen) == 8
    assert len(set(seen)) == 1
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["pepper"]


def test_one_that_comes_late_does_not_replace_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pepper"

    def overtaken(count: int) -> str:
        path.write_text("made by another process")
        return "0" * 2 * count

    monkeypatch.setattr(secrets, "token_hex", overtaken)
    assert make_secret(f"file:{path}") is False
    assert path.read_text() == "made by another process"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be made"):
        make_secret(f"file:{tmp_path / 'file' / 'pepper'}")
