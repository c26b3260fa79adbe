"""The generated files: fresh, and the Expert Advisor's constants true and in its dialect."""

import json
import re
from pathlib import Path

import pytest

from pitwire.wire import emit, envelope
from pitwire.wire.commands import CommandCode
from pitwire.wire.emit_mql5 import HEADER, LABELS, LIMITS, OWN_ENUMS, constants, field_names
from pitwire.wire.records import RECORDS

VECTORS = Path(__file__).parent / "vectors"
DEFINE = re.compile(r"#define (PW_[A-Z0-9_]+) +(\S.*)")


def defined() -> dict[str, str]:
    found = DEFINE.findall(constants())
    assert len({name for name, _ in found}) == len(found)
    return dict(found)


def test_the_committed_files_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert emit.main(["--check"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_file_that_is_missing_or_differs_is_named_and_then_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").touch()
    root = ["--root", str(tmp_path)]
    assert emit.main([*root, "--check"]) == 1
    shown = capsys.readouterr().err
    assert "docs/wire.md differs from the code; run `make wire`." in shown
    assert "WireConstants.mqh" in shown
    assert emit.main(root) == 0
    assert emit.main([*root, "--check"]) == 0
    page = tmp_path / "docs" / "wire.md"
    page.write_bytes(page.read_bytes() + b" ")
    assert emit.stale(tmp_path) == ["docs/wire.md"]


def test_nothing_is_written_outside_a_checkout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert emit.main(["--root", str(tmp_path)]) == 1
    assert "no checkout" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_constants_are_in_the_dialect_that_every_compiler_takes() -> None:
    data = emit.contents()["mql5/Include/Pitwire/Codec/WireConstants.mqh"]
    assert data.isascii()
    assert data.count(b"\n") == data.count(b"\r\n")
    lines = data.decode("ascii").split("\r\n")
    guard = "PITWIRE_CODEC_WIRECONSTANTS_MQH"
    code = [line for line in lines if line and not line.startswith("//")]
    assert code[:2] == [f"#ifndef {guard}", f"#define {guard}"]
    assert code[-1] == "#endif"
    allowed = re.compile(r'#define PW_[A-Z0-9_]+ +(0|[1-9][0-9]*|"[ a-z0-9_.]*")')
    for line in code[2:-1]:
        assert allowed.fullmatch(line), line
        assert len(line) <= 120


def test_constants_say_what_the_code_says() -> None:
    found = defined()
    for name, value in LIMITS.items():
        assert found[f"PW_{name}"] == str(value)
    for kind, prefix in OWN_ENUMS.items():
        for member in kind:
            assert found[f"PW_{prefix}_{member.name}"] == str(member.value)
    for record in RECORDS:
        name = f"PW_COUNT_{record.__name__.upper()}"
        assert found[name] == str(len(record.model_fields))
    for field in field_names():
        assert found[f"PW_FIELD_{field.upper()}"] == f'"{field}"'
    assert found["PW_COMMAND_ORDER_SEND"] == str(int(CommandCode.ORDER_SEND))


def test_offsets_are_those_of_a_frame() -> None:
    assert sum(size for _, size in HEADER) == envelope.HEADER_SIZE
    found = defined()
    header = envelope.Header(0x11, 2, 0x2222, 0x33, 0x44, 0x55, 0x66)
    frame = envelope.write_frame(envelope.keyed_hmac(bytes(32)), header, b"")
    sizes = dict(HEADER)
    for name, value in (
        ("TYPE", 0x11),
        ("FLAGS", 2),
        ("KIND", 0x2222),
        ("SESSION", 0x33),
        ("SEQUENCE", 0x44),
        ("CLOCK", 0x55),
        ("ANSWERS", 0x66),
        ("VERSION", envelope.VERSION),
        ("SUITE", envelope.SUITE_HMAC_SHA256),
    ):
        at = int(found[f"PW_OFFSET_{name}"])
        assert int.from_bytes(frame[at : at + sizes[name]], "little") == value, name
    assert bytes((int(found["PW_MAGIC_0"]), int(found["PW_MAGIC_1"]))) == envelope.MAGIC


def test_labels_are_those_that_the_keys_are_made_with() -> None:
    keys = json.loads((VECTORS / "keys.json").read_text(encoding="ascii"))
    expected = {
        bytes.fromhex(info).partition(b"\0")[0].decode()
        for info in (
            keys["hello_info"],
            keys["welcome_info"],
            *(entry["info"] for entry in keys["session_keys"]),
        )
    }
    assert set(LABELS.values()) == expected | {"pitwire key id"}


def test_field_names_cover_rows_and_bodies() -> None:
    names = field_names()
    assert names == sorted(set(names))
    assert {"fields", "rows", "request_id", "price_open", "nonce", "retry_after_ms"} <= set(names)
