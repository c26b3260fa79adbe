"""Whether something listens at an endpoint, and which program of this machine it is."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_LISTEN = "0A"
_WAIT_S = 2.0
_LOOK_S = 10


def listens(host: str, port: int) -> bool:
    """Tell whether a connection is accepted."""
    try:
        with socket.create_connection((host, port), timeout=_WAIT_S):
            return True
    except OSError:
        return False


def owner_of(port: int) -> str | None:
    """Name the program that listens at a port of this machine; None when that cannot be told."""
    try:
        if sys.platform == "win32":
            return _owner_on_windows(port)
        if _PROC.is_dir():
            return _owner_on_linux(port)
    except OSError:
        return None
    return None


def _owner_on_linux(port: int) -> str | None:
    inodes = set(_listening_inodes(port))
    for process in _PROC.glob("[0-9]*"):
        # Other users' processes cannot be looked into, and some end meanwhile.
        with suppress(OSError):
            for link in (process / "fd").iterdir():
                with suppress(OSError):
                    if os.readlink(link) in inodes:  # noqa: PTH115 - "socket:[1]" is no path
                        name = (process / "comm").read_text(encoding="utf-8").strip()
                        return f"{name} (process {process.name})"
    return None


def _listening_inodes(port: int) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            text = (_PROC / "net" / table).read_text(encoding="ascii")
            for line in text.splitlines()[1:]:
                columns = line.split()
                if columns[3] == _LISTEN and int(columns[1].rpartition(":")[2], 16) == port:
                    yield f"socket:[{columns[9]}]"


def _owner_on_windows(port: int) -> str | None:
    table = _output("netstat", "-ano", "-p", "TCP")
    match = re.search(rf"^\s*TCP\s+\S+:{port}\s+\S+\s+\S+\s+(\d+)\s*$", table, re.MULTILINE)
    if match is None:
        return None
    row = _output("tasklist", "/FO", "CSV", "/NH", "/FI", f"PID eq {match[1]}")
    name = re.match(r'\s*"([^"]+)"', row)
    return f"{name[1] if name else 'a program'} (process {match[1]})"


def _output(*command: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed commands of the system
        command, capture_output=True, text=True, errors="replace", timeout=_LOOK_S, check=False
    )
    return done.stdout


__all__ = ["listens", "owner_of"]
