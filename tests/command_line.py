"""The command line in this process, for tests of what it prints and how it ends."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple
from unittest.mock import patch

import pytest

from pitwire.cli import main


class Result(NamedTuple):
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def pitwire(*args: str) -> Result:
    """Run a command in this process: the same entry point, without the start of a process."""
    out, err = io.StringIO(), io.StringIO()
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        patch.object(sys, "argv", ["pitwire", *args]),
        pytest.raises(SystemExit) as left,
    ):
        main()
    code = left.value.code
    assert code is None or isinstance(code, int)
    return Result(code or 0, out.getvalue(), err.getvalue())
