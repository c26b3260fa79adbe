"""The files in MQL5/Files/Pitwire that the Expert reads its secrets from."""

import hmac
from pathlib import Path

from pitwire.errors import ConfigError
from pitwire.gate.secrets import read_secret
from pitwire.install.files import PRIVATE, make_private_folder, remove_file, replace_file
from pitwire.install.folders import DataFolder
from pitwire.wire.handshake import Secret

CURVE_LINES = 3
"""The bridge's public key, the terminal's public key, the terminal's secret key."""
_Z85_LENGTH = 40


def read_link_secret(uri: str) -> Secret:
    """Read and check a link secret. Raises ConfigError."""
    try:
        return Secret.from_text(read_secret(uri).get_secret_value())
    except ValueError as error:
        raise ConfigError(f"the secret at {uri} is no good: {error}") from None


def place_keys(
    folder: DataFolder, name: str, *, secret: str, next_secret: str | None, curve: Path | None
) -> list[str]:
    """Write the key files; the names of those that changed come back.

    `secret`, `next_secret`: URIs. `curve`: file of the terminal's side of an encrypted link.
    A next secret that the settings do not name any more is erased. Raises ConfigError.
    """
    wanted = {key_file(folder, name): read_link_secret(secret).to_text() + "\n"}
    if next_secret is not None:
        wanted[next_key_file(folder, name)] = read_link_secret(next_secret).to_text() + "\n"
    if curve is not None:
        wanted[curve_file(folder, name)] = read_curve(curve)
    make_private_folder(_keys(folder))
    changed = [
        path.name
        for path, text in wanted.items()
        if replace_file(path, text.encode(), mode=PRIVATE)
    ]
    former = next_key_file(folder, name)
    if former not in wanted and remove_file(former):
        changed.append(former.name)
    return changed


def holds_secret(path: Path, secret: Secret) -> bool | None:
    """Whether a key file holds this secret; None when it cannot be read."""
    try:
        found = path.read_bytes()
    except OSError:
        return None
    return hmac.compare_digest(found.strip().lower(), secret.to_text().encode())


def read_curve(path: Path) -> str:
    """Read the terminal's side of an encrypted link. Raises ConfigError."""
    text = read_secret(f"file:{path}").get_secret_value()
    lines = text.splitlines()
    if len(lines) != CURVE_LINES or any(len(line) != _Z85_LENGTH for line in lines):
        raise ConfigError(
            f"{path} should hold three lines of {_Z85_LENGTH} characters: the bridge's public "
            "key, the terminal's public key, the terminal's secret key"
        )
    return "\n".join(lines) + "\n"


def key_file(folder: DataFolder, name: str) -> Path:
    """Where the current secret is."""
    return _keys(folder) / f"{name}.key"


def next_key_file(folder: DataFolder, name: str) -> Path:
    """Where the next secret is, during a rotation."""
    return _keys(folder) / f"{name}.next.key"


def curve_file(folder: DataFolder, name: str) -> Path:
    """Where the keys of an encrypted link are."""
    return _keys(folder) / f"{name}.curve"


def _keys(folder: DataFolder) -> Path:
    return folder.mql5 / "Files" / "Pitwire"


__all__ = [
    "CURVE_LINES",
    "curve_file",
    "holds_secret",
    "key_file",
    "next_key_file",
    "place_keys",
    "read_curve",
    "read_link_secret",
]
