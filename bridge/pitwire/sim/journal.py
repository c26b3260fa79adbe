"""What became of every trading command: written down before it is executed, and after.

The file is a line of JSON for each step, appended and brought to the disk (os.fsync) before anyone
acts on it, so it survives the end of the process, however sudden, and a power cut as far as the
disk keeps what it has confirmed. A last line that was cut off is dropped: whatever it said had not
been acted on. Any other damage stops the start.

| line     | content                                                                    |
|----------|----------------------------------------------------------------------------|
| first    | `{"journal": 1, "id": ..., "login": ...}`: the account it belongs to       |
| received | `{"received": request id, "content": digest of the command}`               |
| done     | `{"done": request id, "result": the trade server's answer}`                |

The id is a random number made with the journal. A request that a journal does not know was never
received only if it was sent to the journal of that id.
"""

import json
import os
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pitwire.errors import ConfigError
from pitwire.wire.records import TradeResult
from pitwire.wire.replies import JournalState

_VERSION = 1
_OWNER_ONLY = 0o600
_ID_BITS = 63


class JournalWriteError(Exception):
    """A line could not be written; the file is as it was before."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one request id; `content` is the digest of what was asked."""

    state: JournalState
    content: str
    result: TradeResult | None = None


class Journal:
    """The journal of one account, in memory and, with a path, in a file.

    Every request id is kept: forgetting one would allow it to be executed again. `id`: random
    number of this journal, kept in its file; without a file it is new with every start. Raises
    ConfigError for a file that cannot be used.
    """

    def __init__(self, path: Path | None = None, *, login: int) -> None:
        self.id = secrets.randbits(_ID_BITS) or 1
        self._entries: dict[str, Entry] = {}
        self._file: int | None = None
        self._size = 0
        if path is not None:
            self._open(path, login)

    def find(self, request_id: str) -> Entry | None:
        """Look a request up; None when it was never received."""
        return self._entries.get(request_id)

    def highest_ticket(self) -> int:
        """Give the highest ticket of the past results, so that the series can go on; 0 if none."""
        results = (entry.result for entry in self._entries.values() if entry.result is not None)
        return max((max(result.order, result.deal) for result in results), default=0)

    def receive(self, request_id: str, *, content: str) -> None:
        """Write down that a request is about to be executed; on the disk when this returns.

        Raises JournalWriteError; it must not be executed then.
        """
        self._append({"received": request_id, "content": content})
        self._entries[request_id] = Entry(JournalState.RECEIVED, content)

    def finish(self, request_id: str, result: TradeResult) -> None:
        """Write down the result of a request that was received; on the disk when this returns.

        Raises JournalWriteError; the result is remembered all the same until the process ends.
        """
        entry = self._entries[request_id]
        self._entries[request_id] = replace(entry, state=JournalState.DONE, result=result)
        self._append({"done": request_id, "result": result.model_dump()})

    def give_up(self, request_id: str) -> None:
        """Remember that nobody knows what became of a request that was received."""
        entry = self._entries[request_id]
        self._entries[request_id] = replace(entry, state=JournalState.INDETERMINATE)

    def close(self) -> None:
        """Close the file; calling it again does nothing."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self, path: Path, login: int) -> None:
        try:
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._file = os.open(path, flags, _OWNER_ONLY)
            whole, _, torn = path.read_bytes().rpartition(b"\n")
            self._size = len(whole) + 1 if whole else 0
            if torn:
                os.ftruncate(self._file, self._size)
            os.lseek(self._file, self._size, os.SEEK_SET)
            self._read(path, whole.split(b"\n") if whole else [], login)
            if not whole:
                self._append({"journal": _VERSION, "id": self.id, "login": login})
        except (OSError, JournalWriteError) as error:
            self.close()
            raise ConfigError(f"The journal {path} cannot be opened: {error}.") from None
        except ConfigError:
            self.close()
            raise

    def _read(self, path: Path, lines: list[bytes], login: int) -> None:
        for number, line in enumerate(lines, start=1):
            try:
                fields = json.loads(line)
                owner = login
                if number == 1:
                    owner, self.id = fields["login"], _checked_id(fields)
                else:
                    self._replay(fields)
            except (ValueError, KeyError, TypeError, ValidationError):
                raise ConfigError(
                    f"Line {number} of the journal {path} is damaged: "
                    "move the file away, so that a new journal is made."
                ) from None
            if owner != login:
                raise ConfigError(
                    f"The journal {path} belongs to the account {owner}: "
                    f"choose another file for the account {login}."
                )

    def _replay(self, fields: dict[str, Any]) -> None:
        """Take over one line; what was received and not finished is for a person to settle."""
        if "received" in fields:
            entry = Entry(JournalState.INDETERMINATE, str(fields["content"]))
            self._entries[str(fields["received"])] = entry
            return
        result = TradeResult.model_validate(fields["result"])
        entry = self._entries[fields["done"]]
        self._entries[fields["done"]] = Entry(JournalState.DONE, entry.content, result)

    def _append(self, fields: dict[str, Any]) -> None:
        if self._file is None:
            return
        line = json.dumps(fields, separators=(",", ":")).encode() + b"\n"
        try:
            written = os.write(self._file, line)
            if written < len(line):
                raise OSError("the disk is full")  # noqa: TRY301 - cut back below like any other
            os.fsync(self._file)
        except OSError as error:
            os.ftruncate(self._file, self._size)
            os.lseek(self._file, self._size, os.SEEK_SET)
            raise JournalWriteError(str(error)) from None
        self._size += written


def _checked_id(fields: dict[str, Any]) -> int:
    """Read the id of the first line.

    Raises ValueError or KeyError when the line is not one of this version.
    """
    found = fields["id"]
    if fields["journal"] != _VERSION or type(found) is not int or not 0 < found < 2**_ID_BITS:
        raise ValueError("not the first line of a journal of this version")
    return found


__all__ = ["Entry", "Journal", "JournalWriteError"]
