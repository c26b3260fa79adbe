import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z0-9-]*):(?!=)", MAKEFILE, flags=re.MULTILINE))

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*args: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *args],
        cwd=folder, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


@needs_make
@pytest.mark.parametrize("args", [("help",), ()])
def test_help_lists_every_target(args: tuple[str, ...]) -> None:
    done = make(*args)
    assert done.returncode == 0
    listed = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    assert listed.keys() == TARGETS
    assert all(len(words) > 2 for words in listed.values())


def test_every_target_is_phony() -> None:
    match = re.search(r"^\.PHONY: (.+)$", MAKEFILE, flags=re.MULTILINE)
    assert match
    assert set(match[1].split()) == TARGETS


@needs_make
def test_every_target_has_a_recipe_that_make_can_read() -> None:
    for target in sorted(TARGETS):
        done = make("--dry-run", target)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""


@needs_make
def test_what_is_installed_is_not_installed_again(tmp_path: Path) -> None:
    folder = tmp_path / "a folder with spaces"
    stamps = folder / ".venv"
    stamps.mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "pyproject.toml").touch()
    assert "pip" in make("--dry-run", "test", folder=folder).stdout
    for stamp in ("made", "installed-run", "installed-test", "installed-dev", "installed-compiler"):
        (stamps / stamp).touch()
    for target in ("install", "run", "test", "lint", "types"):
        done = make("--dry-run", target, folder=folder)
        assert done.returncode == 0
        assert "pip" not in done.stdout


@needs_make
def test_a_python_that_is_too_old_is_refused_with_the_fix(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    done = make("install", "PYTHON=", folder=tmp_path)
    assert done.returncode != 0
    assert "Pitwire needs Python 3.11 or newer: make PYTHON=" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_a_build_runs_make_targets_and_nothing_else() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in script
    match = re.search(r"^for target in (.+); do$", script, flags=re.MULTILINE)
    assert match
    assert set(match[1].split()) <= TARGETS
    assert not re.search(r"\b(pytest|ruff|mypy|pip)\b", script)


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_a_build_fails_when_a_target_fails(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
    (tmp_path / "Makefile").write_text(
        "lint:\n\t@echo ok\ntypes:\n\t@false\ntest:\n\t@echo never\n"
    )
    done = subprocess.run(
        ["bash", ".ci/run"], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode != 0
    assert "==== make lint ====" in done.stdout
    assert "never" not in done.stdout
    assert "All checks passed" not in done.stdout
