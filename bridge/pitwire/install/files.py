"""Files that appear whole or not at all."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from pitwire.errors import ConfigError

PRIVATE = 0o600
ORDINARY = 0o644


def replace_file(path: Path, content: bytes, *, mode: int = ORDINARY) -> bool:
    """Give a file this content and mode; False when it had both already. Raises ConfigError."""
    try:
        if _has(path, content, mode):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            _write(draft, content, mode)
            draft.replace(path)
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()
    except OSError as error:
        raise _cannot(path, error) from error
    return True


def remove_file(path: Path) -> bool:
    """Remove a file; False when there is none. Raises ConfigError."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _cannot(path, error) from error
    return True


def make_private_folder(path: Path) -> None:
    """Make a folder that only its owner may open. Raises ConfigError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix":
            path.chmod(0o700)
    except OSError as error:
        raise _cannot(path, error) from error


def _has(path: Path, content: bytes, mode: int) -> bool:
    try:
        same = path.read_bytes() == content
    except FileNotFoundError:
        return False
    return same and (os.name != "posix" or path.stat().st_mode & 0o777 == mode)


def _write(draft: Path, content: bytes, mode: int) -> None:
    # Never wider than asked for, not even for a moment, and as asked whatever the umask is.
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(handle, "wb") as file:
        if os.name == "posix":
            os.fchmod(handle, mode)
        file.write(content)
        file.flush()
        os.fsync(handle)


def _cannot(path: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"{path} cannot be written ({error.strerror}): close the program that holds it, or give "
        "your user the right to write there"
    )


__all__ = ["ORDINARY", "PRIVATE", "make_private_folder", "remove_file", "replace_file"]
