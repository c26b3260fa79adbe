import ast
import re
from collections.abc import Iterator
from pathlib import Path

from docs import tables
from pitwire import errors
from pitwire.router import outcome
from pitwire.wire.replies import RefusalCode

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
ANCHORS = re.findall(r'<a id="(\w+)"></a>', PAGE)
ERRORS = {error.code: error for error in tables.api_errors()}
ROWS = {
    cells[1].rpartition(">")[2].strip("`"): cells
    for line in PAGE.splitlines()
    if re.match(r"\| \d{3} \|", line)
    for cells in [[cell.strip() for cell in line.strip("|").split("|")]]
}


def codes_in_source() -> Iterator[tuple[str, str]]:
    """Yield the codes that the bridge gives to an error in place of its own, which comes second."""
    names = {error.__name__: error.code for error in ERRORS.values()}
    for path in (ROOT / "bridge" / "pitwire").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            called = node.func.id if isinstance(node.func, ast.Name) else called
            if called not in names:
                continue
            for keyword in node.keywords:
                if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                    yield str(keyword.value.value), names[called]


def codes_of_terminals() -> set[str]:
    """The codes that refusals of a terminal, and of its broker, become."""
    return {code.name.lower() for code in RefusalCode if code is not RefusalCode.INTERNAL} | set(
        outcome._REJECTION_CODES.values()
    )


def test_the_page_is_as_the_code_has_it() -> None:
    assert tables.filled("errors.md") == PAGE, "run: make docs"


def test_no_two_errors_share_a_code() -> None:
    assert len(list(tables.api_errors())) == len(ERRORS)
    assert len(ANCHORS) == len(set(ANCHORS))


def test_every_error_is_on_the_page_and_nothing_else() -> None:
    assert ROWS.keys() == ERRORS.keys()
    assert tables.ADVICE.keys() == ERRORS.keys()


def test_every_row_says_what_the_error_says() -> None:
    for code, (status, _code, became, retryable, meaning, advice) in ROWS.items():
        error = ERRORS[code]
        assert int(status) == error.status
        assert became == (f"`{error.outcome}`" if error.outcome else "-")
        assert retryable == ("yes" if error.retryable else "no")
        assert meaning.endswith(".")
        assert advice.rstrip("*").endswith((".", "`"))


def test_every_finer_code_is_on_the_page_and_nothing_else() -> None:
    given = dict(codes_in_source())
    used = given.keys() | codes_of_terminals()
    assert used - ERRORS.keys() - tables.FINER.keys() == set()
    assert tables.FINER.keys() - used == set()
    assert set(ANCHORS) == ERRORS.keys() | tables.FINER.keys()
    for code, of in given.items():
        assert tables.FINER[code][0] == of, code


def test_an_unresolved_order_is_never_called_retryable() -> None:
    assert not errors.OrderUnresolved.retryable
    assert "Never send the order again" in tables.ADVICE["order_unresolved"]


def test_what_was_sent_is_not_retryable() -> None:
    for error in ERRORS.values():
        if error.outcome in {"rejected", "unresolved"}:
            assert not error.retryable, error
