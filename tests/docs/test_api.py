import re
from pathlib import Path

import pytest

from docs import tables
from pitwire.edge.operation import TERMINAL
from pitwire.edge.routes import OPERATIONS
from pitwire.gate.keys import KEY_PATTERN, KeyKind, Token

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def patterns(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"^```regex\n(.*)\n```$", text, flags=re.MULTILINE)


def test_the_page_is_as_the_code_has_it() -> None:
    assert tables.filled("api.md") == PAGE, "run: make docs"


def test_every_path_is_on_the_page_and_nothing_else() -> None:
    listed = re.findall(r"^\| `([A-Z]+ \S+)` \|", PAGE, flags=re.MULTILINE)
    assert listed == [f"{row.method} {row.path or TERMINAL}" for row in OPERATIONS]


def test_every_path_that_the_text_names_exists() -> None:
    text = PAGE.partition("<!-- tables -->")[0]
    named = set(re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/\S+)`", text))
    assert named
    assert named <= {(row.method, row.path) for row in OPERATIONS}


def test_every_header_of_packed_rows_is_on_the_page() -> None:
    source = (ROOT / "bridge" / "pitwire" / "edge" / "handlers" / "series.py").read_text()
    sent = set(re.findall(r'"(Pitwire-[A-Za-z-]+)"', source))
    assert sent
    assert set(re.findall(r"^\| `(Pitwire-[A-Za-z-]+)` \|", PAGE, flags=re.MULTILINE)) == sent


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/api.md"])
def test_the_pattern_of_keys_is_published_as_it_is(page: str) -> None:
    assert patterns(page) == [KEY_PATTERN]
    assert all(re.fullmatch(patterns(page)[0], Token.random(kind).reveal()) for kind in KeyKind)
