"""The linter of the MQL5 sources: `python tests/mql5/linter/lint.py` checks the whole of mql5/."""

import sys
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

if __name__ == "__main__":  # a script finds its own folder only
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from tests.mql5.linter import files, shapes, statements, words
from tests.mql5.linter.source import Finding, Source, apply
from tests.mql5.translator.shape import Shape
from tests.mql5.translator.tokens import SourceError

RULES = files.RULES | words.RULES | shapes.RULES | statements.RULES


def lint(source: Source) -> list[Finding]:
    """Return what is wrong with one source."""
    return apply(RULES, source)


def lint_folder(root: Path = files.ROOT) -> list[Finding]:
    """Return what is wrong with the sources in a folder that mirrors a terminal's."""
    found = sorted([*root.rglob("*.mqh"), *root.rglob("*.mq5")])
    known = known_types(found)
    findings = []
    for path in found:
        source = Source(path.relative_to(root).as_posix(), path.read_bytes(), known)
        findings += lint(source)
    return findings


def known_types(paths: Iterable[Path]) -> Shape:
    """Return the names of all types, so that one file can be read without what it includes."""
    known = Shape()
    for path in paths:
        source = Source(path.name, path.read_bytes())
        kinds = {"class": known.classes, "struct": known.structures, "enum": known.enumerations}
        try:
            code = source.code
        except SourceError:
            continue  # its own findings say so
        for token, name in pairwise(code):
            if token.text in kinds and name.kind == "name":
                kinds[token.text].add(name.text)
    return known


def main() -> int:
    """Print what is wrong; the exit code says whether anything is."""
    findings = lint_folder()
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main())
