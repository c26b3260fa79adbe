import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pitwire import __version__

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "bridge" / "pitwire"

# About 300 and 40, with a tenth of room: nobody should split a thought to please a number.
FILE_LINES = 330
FUNCTION_LINES = 45
HEADER_LINES = 275

LONG_FILES = {
    "bridge/pitwire/app.py": "the composition root: every room's start and stop, in one order",
    "bridge/pitwire/edge/routes.py": "the table of all operations, one entry each",
    "bridge/pitwire/errors.py": "the whole tree of errors, read as one page",
    "bridge/pitwire/wire/commands.py": "every command of the wire, one short model each",
    "bridge/pitwire/wire/enums.py": "MetaTrader's enumerations, numbers and names only",
    "bridge/pitwire/wire/records.py": "MetaTrader's records, one field per line",
}
LONG_FUNCTIONS = {
    "bridge/pitwire/cli/keys.py:create": "one parameter per option, each with its help",
    "bridge/pitwire/cli/sim.py:sim": "one parameter per option, each with its help",
}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
# Put together here, so that this file does not find itself.
MACHINE_PATHS = re.compile("|".join(("/" + "home/", "/" + "root/", "(?<!:)/" + "Users/")))
TEXT_SUFFIXES = {
    "", ".cfg", ".cpp", ".csv", ".css", ".hpp", ".html", ".in", ".ini", ".js", ".json", ".md",
    ".mq5", ".mqh", ".py", ".sh", ".svg", ".toml", ".txt", ".typed", ".yaml", ".yml",
}  # fmt: skip


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that belongs to the project: what git knows, or what a release unpacks to."""
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
        return tuple(path for path in found if path.is_file())
    kept = [ROOT / name for name in ("bridge", "docs", "mql5", "tests")]
    found = [path for folder in kept for path in folder.rglob("*") if path.is_file()]
    return tuple(path for path in found if "__pycache__" not in path.parts)


def sources(suffix: str, *, within: Path = ROOT) -> list[Path]:
    return [path for path in project_files() if path.suffix == suffix and within in path.parents]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the functions of a file with their length, the docstring not counted."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = node.body[0]
        length = (node.end_lineno or 0) - node.lineno + 1
        if ast.get_docstring(node) is not None:
            length -= (first.end_lineno or 0) - first.lineno + 1
        yield node.name, length


def test_there_is_something_to_check() -> None:
    assert len(sources(".py", within=PACKAGE)) > 20


def test_the_version_is_in_one_place_and_on_top_of_the_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\S+)", changelog, flags=re.MULTILINE)
    assert versions[0] == __version__
    assert len(versions) == len(set(versions))
    literal = re.compile(rf"""["']{re.escape(__version__)}["']""")
    where = [
        name_of(path)
        for path in (*sources(".py", within=PACKAGE), *sources(".toml"))
        if literal.search(path.read_text(encoding="utf-8"))
    ]
    assert where == ["bridge/pitwire/__init__.py"]


def test_the_programs_of_the_terminal_carry_the_same_version() -> None:
    major, minor, patch = __version__.split(".")
    programs = sources(".mq5", within=ROOT / "mql5")
    assert len(programs) == 2
    for path in programs:
        text = path.read_text(encoding="ascii")
        line = rf'^#property version +"{major}\.{minor}{patch}"'
        assert re.search(line, text, re.MULTILINE), path


def test_no_binary_is_tracked() -> None:
    binaries = [
        name_of(path)
        for path in project_files()
        if path.suffix not in TEXT_SUFFIXES or b"\0" in path.read_bytes()
    ]
    assert binaries == []


def test_every_file_is_utf8() -> None:
    for path in project_files():
        path.read_bytes().decode("utf-8")
        assert not path.read_bytes().startswith(b"\xef\xbb\xbf"), path


def test_python_files_are_rooms_one_can_survey() -> None:
    long = {
        name_of(path)
        for path in sources(".py", within=PACKAGE)
        if lines_of(path) > FILE_LINES and name_of(path) not in LONG_FILES
    }
    assert long == set()


def test_functions_fit_on_a_page() -> None:
    long = {
        f"{name_of(path)}:{name}": length
        for path in sources(".py", within=PACKAGE)
        for name, length in functions(path)
        if length > FUNCTION_LINES and f"{name_of(path)}:{name}" not in LONG_FUNCTIONS
    }
    assert long == {}


def test_no_exception_has_outlived_its_reason() -> None:
    assert {name for name in LONG_FILES if lines_of(ROOT / name) <= FILE_LINES} == set()
    long = {
        f"{name_of(path)}:{name}"
        for path in sources(".py", within=PACKAGE)
        for name, length in functions(path)
        if length > FUNCTION_LINES
    }
    assert set(LONG_FUNCTIONS) - long == set()


def test_no_file_has_a_name_that_says_nothing() -> None:
    vague = [
        name_of(path)
        for path in project_files()
        if FORBIDDEN_NAMES & {part.lower() for part in (path.stem, *path.parent.parts)}
    ]
    assert vague == []


def exports(path: Path) -> tuple[list[str], set[str]] | None:
    """Return __all__ and every name that the top of the file defines; None without __all__."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    defined: set[str] = set()
    exported: list[str] | None = None
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            defined.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            defined |= names
            if "__all__" in names and node.value is not None:
                exported = ast.literal_eval(node.value)
    return None if exported is None else (exported, defined)


def sorting(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest, as ruff sorts them."""
    kind = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return kind, name


def test_what_is_exported_is_defined_and_sorted() -> None:
    checked = 0
    for path in sources(".py", within=PACKAGE):
        found = exports(path)
        if found is None:
            continue
        exported, defined = found
        assert exported == sorted(set(exported), key=sorting), path
        assert set(exported) <= defined, path
        checked += 1
    assert checked > 10


def test_imports_point_one_way() -> None:
    command = [
        sys.executable,
        "-c",
        "import sys; from importlinter.cli import lint_imports_command as main; main()",
        "--no-cache",
    ]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_mql5_sources_are_ascii_with_windows_line_ends() -> None:
    for path in (*sources(".mq5"), *sources(".mqh")):
        content = path.read_bytes()
        assert content.isascii(), path
        assert content.count(b"\n") == content.count(b"\r\n") > 0, path
        assert content.count(b"\r") == content.count(b"\n"), path


def test_mql5_headers_are_short() -> None:
    long = {
        name_of(path): lines_of(path)
        for path in sources(".mqh")
        if lines_of(path) > HEADER_LINES and "Written by make wire" not in path.read_text()
    }
    assert long == {}


def test_nothing_names_the_machine_it_was_written_on() -> None:
    found = [
        f"{name_of(path)}:{number}"
        for path in project_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MACHINE_PATHS.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("name", ["README.md", "LICENSE", "SECURITY.md", "CONTRIBUTING.md"])
def test_what_a_project_owes_its_readers_is_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 500


def test_the_license_is_the_whole_apache_license() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert "limitations under the License." in text
