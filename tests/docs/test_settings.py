import os
import re
from pathlib import Path
from typing import Any

import pytest

from docs import tables
from pitwire.settings import load_settings, names

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
ROWS = {
    cells[0].strip("`"): cells[1:]
    for line in PAGE.splitlines()
    if line.startswith("| `")
    for cells in [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]]
}


def test_the_page_is_as_the_code_has_it() -> None:
    assert tables.filled("settings.md") == PAGE, "run: make docs"


def test_every_setting_is_on_the_page() -> None:
    assert {name for name, _ in names.walk()} - ROWS.keys() == set()


def test_everything_on_the_page_is_a_setting() -> None:
    assert ROWS.keys() - {name for name, _ in names.walk()} == set()


def test_every_setting_is_explained() -> None:
    for name, (_type, _default, _variable, meaning) in ROWS.items():
        assert meaning.endswith("."), name
        assert meaning[0].isupper() or meaning[0] == "`", name


def test_every_variable_of_the_page_sets_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, (_type, _default, variable, _meaning) in ROWS.items():
        assert names.of_variable(variable.strip("`")) == name.lower()
        assert names.is_setting(name)


def test_every_default_of_the_page_is_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for variable in os.environ:
        if variable.upper().startswith("PITWIRE_"):
            monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)
    found = load_settings()
    for name, (_type, default, _variable, _meaning) in ROWS.items():
        if name.startswith("terminals.") or default == "none":
            continue
        value: Any = found
        for part in name.split("."):
            value = getattr(value, part)
        if isinstance(value, Path):
            value = value.relative_to(tmp_path)
        if isinstance(value, bool):
            value = str(value).lower()
        if name == "gate.pepper":
            value = value.replace(f"{found.data_dir}{os.sep}", "")
        assert default == f"`{value}`", name


def test_the_unit_of_every_time_is_in_its_name() -> None:
    for name in ROWS:
        if re.search(r"timeout|interval|after|backoff", name):
            assert name.endswith(("_ms", "_s")), name
