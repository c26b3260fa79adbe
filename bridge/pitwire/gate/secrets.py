"""Secrets come from a URI, so that no settings file has to hold one: `env:NAME`, `file:PATH`."""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from pydantic import SecretStr

from pitwire.errors import ConfigError

MAX_SECRET_BYTES = 65_536
SECRET_BYTES = 32


class SecretText(SecretStr):
    """A text that prints as asterisks; `get_secret_value()` gives it."""


def read_secret(uri: str) -> SecretText:
    """Read the secret that a URI names; white space around it does not count.

    On POSIX a file must be readable by its owner only. Raises ConfigError.
    """
    scheme, rest = _split(uri)
    text = _read_variable(rest) if scheme == "env" else _read_file(_path(rest))
    if not text.strip():
        raise ConfigError(f"The secret {uri} is empty; write the secret into it.")
    return SecretText(text.strip())


def make_secret(uri: str) -> bool:
    """Make the file that a URI names, with a fresh secret, and return True.

    Returns False, and changes nothing, when the file exists or the URI names no file. The file
    holds 64 hexadecimal digits, belongs to its owner only, and appears with its whole content or
    not at all. Raises ConfigError.
    """
    scheme, rest = _split(uri)
    if scheme != "file":
        return False
    path = _path(rest)
    try:
        if path.exists():
            return False
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _publish(path, secrets.token_hex(SECRET_BYTES) + "\n")
    except OSError as error:
        raise ConfigError(
            f"The secret file {path} cannot be made ({error.strerror}); "
            "let the bridge's user write its folder, or make the file yourself."
        ) from error


def _split(uri: str) -> tuple[str, str]:
    scheme, _, rest = uri.partition(":")
    if scheme not in {"env", "file"} or not rest or "\0" in rest:
        # What was given may be the secret itself, so it is not repeated.
        raise ConfigError(
            "A secret is named by 'env:NAME' or 'file:PATH', and one setting has neither form; "
            "put the secret into a file and name that file."
        )
    return scheme, rest


def _path(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ConfigError(
            f"The secret file {text} lies in a home folder that is not known; write out its path."
        ) from None


def _read_variable(name: str) -> str:
    text = os.environ.get(name)
    if text is None:
        raise ConfigError(
            f"The environment variable {name} is not set; set it to the secret, "
            "or name a file with 'file:PATH'."
        )
    return text


def _read_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & 0o077:
                raise ConfigError(
                    f"Others may open the secret file {path} (its mode is {mode:04o}); "
                    f"run: chmod 600 '{path}'"
                )
            content = file.read(MAX_SECRET_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            f"The secret file {path} cannot be read ({error.strerror}); "
            "check its path and that the bridge's user may read it."
        ) from error
    if len(content) > MAX_SECRET_BYTES:
        raise ConfigError(f"The secret file {path} is too large; it must hold one secret.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ConfigError(
            f"The secret file {path} is not text; write the secret as hexadecimal digits."
        ) from None


def _publish(path: Path, text: str) -> bool:
    """Put a whole file under its name, unless another process was faster."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # Neither of the two replaces a file that exists.
        if os.name == "posix":
            os.link(draft, path)
            _sync_folder(path.parent)
        else:
            draft.rename(path)
    except FileExistsError:
        return False
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
    return True


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


__all__ = ["SecretText", "make_secret", "read_secret"]
