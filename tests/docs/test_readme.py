import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pitwire.cli import app
from pitwire.settings import load_settings

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def commands(program: str) -> Iterator[tuple[str, str]]:
    """Yield every call of a program in the pages' shell blocks, with the page's name."""
    for page in PAGES:
        for block in blocks(page.read_text(encoding="utf-8"), "sh"):
            for line in block.replace("\\\n", " ").splitlines():
                words = line.split("#")[0].strip()
                if words.split(" ")[0].rpartition("/")[2] == program:
                    yield page.name, words


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, flags=re.MULTILINE))


def anchors(page: Path) -> set[str]:
    text = page.read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text))


def test_the_two_commands_are_on_the_first_page() -> None:
    assert {"make run", "make test"} <= {words for page, words in commands("make")}


def test_every_make_target_of_the_pages_exists() -> None:
    named = {word for _, words in commands("make") for word in shlex.split(words)[1:]}
    assert named
    assert named <= targets()


@pytest.mark.parametrize(("page", "words"), sorted(set(commands("pitwire"))))
def test_every_command_of_the_pages_exists_with_its_options(page: str, words: str) -> None:
    # Help is printed only after the options before it were understood.
    result = CliRunner().invoke(app, [*shlex.split(words)[1:], "--help"])
    assert result.exit_code == 0, result.output


def test_every_settings_file_of_the_pages_is_valid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = [block for page in PAGES for block in blocks(page.read_text(encoding="utf-8"), "toml")]
    assert files
    for text in files:
        (tmp_path / "pitwire.toml").write_text(text, encoding="utf-8")
        assert load_settings().terminals


def test_every_link_of_the_pages_leads_somewhere() -> None:
    checked = 0
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"https?://", target):
                continue
            path, _, anchor = target.partition("#")
            file = page.parent / path if path else page
            assert file.exists(), f"{page.name}: {target}"
            assert not anchor or anchor in anchors(file), f"{page.name}: {target}"
            checked += 1
    assert checked > 10


def test_the_first_page_says_what_it_must() -> None:
    text = " ".join(README.split())
    assert "not affiliated with MetaQuotes" in text
    assert "No MetaTrader runs where this project is built." in text
    assert "http://127.0.0.1:8080" in text


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Run the demo on a free port; give the key and the address that it prints."""
    command = [sys.executable, "-m", "pitwire", "demo", "--port", "0"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        found: dict[str, str] = {}
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            if match := re.search(r"\bKEY=(\S+)", line):
                found["KEY"] = match[1]
            if match := re.search(r"(http://\S+/api/v1)\b", line):
                found.setdefault("API", match[1])
            if line.strip().startswith("curl") and "positions" in line:
                break
        assert found.keys() == {"KEY", "API"}, process.stderr.read()
        yield found
        process.send_signal(signal.SIGINT)
        errors = process.stderr.read()
        assert process.wait(30) == 0, errors
        assert "Traceback" not in errors


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.skipif(sys.platform == "win32", reason="the page's commands are for a POSIX shell")
def test_the_requests_of_the_first_page_work_as_printed(demo: dict[str, str]) -> None:
    script = "\n".join(
        block for block in blocks(README, "sh") if "curl" in block or "API=" in block
    )
    script = re.sub(r"^API=.*$", f"API={demo['API']}", script, flags=re.MULTILINE)
    script = re.sub(r"^KEY=.*$", f"KEY={demo['KEY']}", script, flags=re.MULTILINE)
    script = script.replace("curl ", "curl --silent --show-error --fail-with-body ")
    done = subprocess.run(
        ["sh", "-e", "-c", script], capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"balance"' in done.stdout
    assert '"outcome":"done"' in done.stdout.replace(" ", "")
    assert done.stdout.rindex('"price_open"') > done.stdout.index('"outcome"')
