"""docs/wire.md says everything that the code says, and nothing that it does not."""

import json
import re
from pathlib import Path

import pytest

from pitwire.wire import commands, events, handshake, replies
from pitwire.wire.emit_mql5 import LABELS, LIMITS, OWN_ENUMS
from pitwire.wire.emit_page import page
from pitwire.wire.enums import MQL5_NAMES
from pitwire.wire.records import RECORDS
from pitwire.wire.retcodes import Retcode

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "wire.md").read_text(encoding="ascii")
MODELS = [
    handshake.Hello,
    handshake.Welcome,
    commands.TradingCommand,
    *commands.COMMANDS.values(),
    *(command.reply for command in commands.COMMANDS.values()),
    replies.Refusal,
    *events.EVENTS.values(),
    *RECORDS,
]


def section(title: str) -> str:
    """Cut out what stands below a heading of the third level."""
    found = re.search(rf"(?ms)^### {re.escape(title)}\n(.*?)(?=^##)", PAGE + "\n##")
    assert found, title
    return found.group(1)


def test_the_page_is_fresh() -> None:
    assert page() == PAGE


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_is_on_the_page(model: type) -> None:
    for name in vars(model)["__pydantic_fields__"]:
        assert f"`{name}`" in PAGE


@pytest.mark.parametrize("code", commands.CommandCode, ids=lambda code: code.name)
def test_every_command_has_its_section(code: commands.CommandCode) -> None:
    command = commands.COMMANDS[code]
    text = section(code.name)
    assert f"Kind {code.value}," in text
    assert f"lane {command.lane.name}," in text
    assert f"answered by {command.reply.__name__}." in text
    own = set(command.model_fields)
    if command.trading:
        own -= set(commands.TradingCommand.model_fields)
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == own
    assert section(command.reply.__name__)


def test_every_record_lists_its_fields_in_wire_order() -> None:
    for record in RECORDS:
        found = re.findall(r"^\| (\d+) \| `(\w+)` \|", section(record.__name__), re.MULTILINE)
        assert found == [(str(at), name) for at, name in enumerate(record.model_fields)]


def test_every_number_of_every_enumeration_is_on_the_page() -> None:
    for kind in (*MQL5_NAMES, *OWN_ENUMS):
        values = ", ".join(f"{member.value} {member.name}" for member in kind)
        row = rf"(?m)^\| {kind.__name__} \|.*{re.escape(values)} \|$"
        assert re.search(row, PAGE), kind
    for code in Retcode:
        assert f"| {code.value} | {code.name} |" in PAGE


def test_every_limit_and_label_is_on_the_page() -> None:
    for name, value in LIMITS.items():
        assert f"| {name} | {value} |" in PAGE
    for label in LABELS.values():
        written = label if "session" not in label else "pitwire 1 session "
        assert f'"{written}"' in PAGE


def test_the_vectors_that_the_page_names_exist() -> None:
    assert "tests/wire/vectors" in PAGE
    for path in (ROOT / "tests" / "wire" / "vectors").glob("*.json"):
        assert json.loads(path.read_text(encoding="ascii"))["about"]


def test_no_placeholder_is_left() -> None:
    assert "${" not in PAGE
    assert "TODO" not in PAGE
