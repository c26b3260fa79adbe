"""A terminal's files, a MetaEditor and a wheel, all made up, and the command line in-process."""

import hashlib
import struct
import sys
import textwrap
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pitwire.install.library import LIBRARY, Member

WHEEL_NAME = "pyzmq-25.1.2-cp311-cp311-win_amd64.whl"


def make_terminal(path: Path, *, editor: bool = False) -> Path:
    """Make a portable terminal's folder."""
    (path / "MQL5" / "Experts").mkdir(parents=True)
    (path / "terminal64.exe").touch()
    if editor:
        (path / "MetaEditor64.exe").touch()
    return path


def library_image(
    *needed: str, content: bytes = b"zmq_curve_keypair zmq_has zmq_msg_more"
) -> bytes:
    """Write the smallest 64-bit Windows image that needs these DLLs and holds `content`."""
    section, base = 0x200, 0x1000
    rows = len(needed) + 1
    names, places = b"", []
    for name in needed:
        places.append(base + rows * 20 + len(names))
        names += name.encode() + b"\0"
    table = b"".join(struct.pack("<5I", 0, 0, 0, place, 0) for place in places) + bytes(20)
    data = table + names + content
    head = bytearray(section)
    head[0:2] = b"MZ"
    struct.pack_into("<I", head, 0x3C, 0x40)
    struct.pack_into("<4sHH", head, 0x40, b"PE\0\0", 0x8664, 1)
    struct.pack_into("<H", head, 0x40 + 20, 240)
    struct.pack_into("<I", head, 0x40 + 24 + 112 + 8, base)
    struct.pack_into(
        "<8sIIII", head, 0x40 + 24 + 240, b".rdata", len(data), base, len(data), section
    )
    return bytes(head) + data


@dataclass
class Wheel:
    """A wheel with three DLLs, and what the installer would have to know of it."""

    path: Path
    members: tuple[Member, ...] = ()
    sha256: str = ""
    contents: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path) -> "Wheel":
        wheel = cls(folder / WHEEL_NAME)
        files = {
            "pyzmq.libs/libzmq-a.dll": (LIBRARY, library_image("libsodium-b.dll")),
            "pyzmq.libs/libsodium-b.dll": ("libsodium-b.dll", b"sodium"),
            "pyzmq.libs/msvcp140.dll": ("msvcp140.dll", b"runtime"),
        }
        info = "pyzmq-25.1.2.dist-info"
        with zipfile.ZipFile(wheel.path, "w") as archive:
            for name, (_, content) in files.items():
                archive.writestr(name, content)
            archive.writestr(
                f"{info}/METADATA", "Metadata-Version: 2.1\nName: pyzmq\nVersion: 25.1.2\n"
            )
            archive.writestr(
                f"{info}/WHEEL",
                "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp311-cp311-win_amd64\n",
            )
            archive.writestr(f"{info}/RECORD", "")
        wheel.members = tuple(
            Member(name, target, hashlib.sha256(content).hexdigest())
            for name, (target, content) in files.items()
        )
        wheel.sha256 = hashlib.sha256(wheel.path.read_bytes()).hexdigest()
        wheel.contents = dict(files.values())
        return wheel

    def known(self, monkeypatch: pytest.MonkeyPatch) -> "Wheel":
        """Let it be the one that the installer knows."""
        monkeypatch.setattr("pitwire.install.library.WHEEL_SHA256", self.sha256)
        monkeypatch.setattr("pitwire.install.library.MEMBERS", self.members)
        return self


def make_wine(folder: Path, *, log: str, exit_code: int = 0) -> None:
    """Put a `wine` there that runs a batch file as cmd does: MetaEditor's log is `log`."""
    script = f"""\
        import pathlib, re, sys

        def real(path):
            assert path.startswith("Z:"), path
            return pathlib.Path(path[2:].replace("\\\\", "/"))

        assert sys.argv[1:3] == ["cmd", "/c"], sys.argv
        line = real(sys.argv[3]).read_text()
        assert line.startswith("@\\"") and line.endswith("\\n"), line
        program = real(re.match('@"([^"]+)"', line)[1])
        options = dict(re.findall('/([a-z]+):"([^"]+)"', line))
        source = real(options["compile"])
        assert program.exists() and source.exists() and real(options["include"]).is_dir()
        text = {log!r}
        real(options["log"]).write_text(text, encoding="utf-16", newline="\\r\\n")
        if "Result: 0 errors" in text:
            source.with_suffix(".ex5").touch()
        sys.exit({exit_code})
        """
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "wine.py"
    program.write_text(textwrap.dedent(script))
    wine = folder / "wine"
    # Not its own interpreter line: that cannot name a path with spaces.
    wine.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{program}" "$@"\n')
    wine.chmod(0o755)
