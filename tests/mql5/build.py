"""Builds an MQL5 program natively: its translation, compiled with the runtime of the rig.

`python tests/mql5/build.py mql5/Experts/Pitwire/Pitwire.mq5` prints the path of the executable.
What was built stays under build/mql5/, so that the same sources are compiled once.
"""

import argparse
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":  # a script finds its own folder only
    sys.path.insert(0, str(ROOT))

from tests.mql5.translator.tokens import SourceError  # noqa: E402
from tests.mql5.translator.translate import INCLUDE, Translation, translate  # noqa: E402

EXPERT = ROOT / "mql5" / "Experts" / "Pitwire" / "Pitwire.mq5"
RUNTIME = Path(__file__).resolve().parent / "runtime"
FUZZ = Path(__file__).resolve().parent / "fuzz"
FOLDER = ROOT / "build" / "mql5"
COMPILE_S = 600

# What MetaEditor warns of is an error here. Off: what its compiler does not mind.
WARNINGS = (
    "-Wall", "-Wextra", "-Werror", "-Wconversion", "-Wfloat-conversion", "-Wsign-compare",
    "-Wshadow", "-Wparentheses", "-Wempty-body", "-Woverloaded-virtual", "-Wunused-value",
    "-Wno-sign-conversion", "-Wno-unused-parameter", "-Wno-reorder",
    "-Wno-misleading-indentation",
)  # fmt: skip
LANGUAGE = ("-std=c++17", "-pthread")


class BuildError(Exception):
    """A program cannot be built; the message is the compiler's or says what to install."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to build; `compilers` empty: the machine's own."""

    flags: tuple[str, ...]
    link: tuple[str, ...] = ()
    compilers: tuple[tuple[str, ...], ...] = ()
    suffix: str = ""
    target: str = sys.platform
    main: Path = RUNTIME / "main.cpp"
    gcc: tuple[str, ...] = field(default=("-fno-lifetime-dse",))


VARIANTS = {
    "plain": Variant(flags=("-O2", "-fwrapv")),
    # Without -fwrapv an overflow is a finding. Structs are packed in MQL5, on processors that do
    # not mind: alignment is none.
    "asan": Variant(
        flags=(
            "-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address,undefined",
            "-fno-sanitize=alignment", "-fno-sanitize-recover=all",
        ),
        link=("-fsanitize=address,undefined",),
    ),
    # The same, driven by libFuzzer: only programs with a PwFuzz of their own. A critical error
    # is a crash, of which the fuzzer keeps the input.
    "fuzz": Variant(
        flags=(
            "-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=fuzzer-no-link,address,undefined",
            "-fno-sanitize=alignment", "-fno-sanitize-recover=all", "-DPW_ABORT",
        ),
        link=("-fsanitize=fuzzer,address,undefined",),
        compilers=(("clang++",),),
        main=FUZZ / "harness.cpp",
    ),
    # A Windows program for wine64: the terminal's own ABI, with all of its runtime inside.
    "win64": Variant(
        flags=("-O2", "-fwrapv"),
        link=("-static", "-lws2_32"),
        compilers=(("x86_64-w64-mingw32-g++-posix",), ("x86_64-w64-mingw32-g++",)),
        suffix=".exe",
        target="win32",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compiler:
    """A C++ compiler that answers, and how it names itself."""

    command: tuple[str, ...]
    version: str

    @property
    def is_gcc(self) -> bool:
        """Tell whether it takes the flags that only GCC has."""
        return "clang" not in self.version and "zig" not in self.version

    def run(self, arguments: Sequence[str]) -> None:
        """Compile or link; what the compiler complains about is the error's message."""
        done = subprocess.run(
            [*self.command, *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=COMPILE_S,
            check=False,
        )
        if done.returncode:
            raise BuildError(done.stderr or done.stdout or "The compiler failed without a word.")


def _candidates() -> Iterator[tuple[str, ...]]:
    if os.environ.get("CXX"):
        yield tuple(shlex.split(os.environ["CXX"]))
    yield ("g++",)
    yield ("clang++",)
    if importlib.util.find_spec("ziglang") is not None:
        yield (sys.executable, "-m", "ziglang", "c++")


def find_compiler(variant: Variant) -> Compiler:
    """Return the first compiler that is there."""
    candidates = variant.compilers or tuple(_candidates())
    for command in candidates:
        version = _version(command)
        if version is not None:
            return Compiler(command, version)
    names = ", ".join(command[0] for command in candidates)
    raise BuildError(
        f"None of these C++ compilers is there: {names}. Install g++ or clang++, name one in CXX, "
        "or run `pip install ziglang`."
    )


@cache
def _version(command: tuple[str, ...]) -> str | None:
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(
            [*command, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except OSError:
        return None
    return None if done.returncode else f"{command} {done.stdout.splitlines()[0]}".lower()


@cache
def has_sanitizers() -> bool:
    """Tell whether the compiler here makes programs that notice what `asan` is to notice."""
    kind = VARIANTS["asan"]
    with tempfile.TemporaryDirectory() as folder:
        cpp, program = Path(folder) / "overrun.cpp", Path(folder) / "overrun"
        cpp.write_text("int main(int n, char **) { return (new char[n])[n]; }\n", encoding="ascii")
        try:
            find_compiler(kind).run([*kind.link, str(cpp), "-o", str(program)])
        except BuildError:
            return False
        done = subprocess.run([program], capture_output=True, timeout=60, check=False)
    return b"AddressSanitizer" in done.stderr


def build(program: Path, *, variant: str = "plain") -> Path:
    """Return the executable of a program, built anew when a source of it has changed."""
    return _built(program.resolve(), variant, _stamp(program))


def _stamp(program: Path) -> tuple[tuple[str, int, int], ...]:
    """Tell, without reading them, whether files that a build depends on have changed."""
    folders = (ROOT / "mql5", RUNTIME, Path(__file__).parent / "translator")
    suffixes = {".mq5", ".mqh", ".cpp", ".hpp", ".py"}
    near = [path for folder in folders for path in folder.rglob("*")]
    files = {path for path in [*near, *program.parent.glob("*")] if path.suffix in suffixes}
    states = ((path, path.stat()) for path in sorted(files))
    return tuple((str(path), state.st_mtime_ns, state.st_size) for path, state in states)


@cache
def _built(program: Path, variant: str, stamp: object) -> Path:
    """Build; a test process that starts a program a hundred times looks once whether it is new."""
    kind = VARIANTS[variant]
    compiler = find_compiler(kind)
    flags = _flags(compiler, kind)
    linking = [*kind.link, "-pthread", *_libraries(kind)]
    runtime = _runtime_objects(compiler, flags, main=kind.main)
    objects = [_program_object(program, compiler, flags), *runtime]
    key = _digest([compiler.version, *linking, *(one.name for one in objects)])
    target = FOLDER / variant / f"{program.stem}-{key}" / f"{program.stem}{kind.suffix}"
    with _locked(target), _arriving(target) as path:
        if path != target:
            compiler.run([*flags, *map(str, objects), "-o", str(path), *linking])
    return target


def check(program: Path) -> None:
    """Compile a program with its locals as C++ leaves them: the compiler sees unset ones."""
    kind = VARIANTS["plain"]
    compiler = find_compiler(kind)
    with tempfile.TemporaryDirectory() as folder:
        cpp = Path(folder) / f"{program.stem}.cpp"
        _write(cpp, _translate(program).cpp)
        flags = [*_flags(compiler, kind), "-DPW_NO_FILL"]
        compiler.run(_compile_translation(flags, cpp, cpp.with_suffix(".o")))


def write_cpp(program: Path) -> Path:
    """Return the translation of a program, not compiled."""
    made = _translate(program)
    target = FOLDER / "cpp" / f"{program.stem}-{_digest([made.cpp])}.cpp"
    with _locked(target.with_suffix("")):
        _write(target, made.cpp)
    return target


def _translate(program: Path) -> Translation:
    try:
        return translate(program, include=INCLUDE)
    except SourceError as error:
        raise BuildError(str(error)) from error


def _flags(compiler: Compiler, kind: Variant) -> list[str]:
    own = kind.gcc if compiler.is_gcc else ()
    return [*LANGUAGE, *kind.flags, *own]


def _libraries(kind: Variant) -> list[str]:
    return ["-ldl"] if kind.target.startswith("linux") else []


def _compile_translation(flags: Sequence[str], cpp: Path, target: Path) -> list[str]:
    # -isystem: the warnings are about the program's text, the runtime keeps its own.
    return [*flags, *WARNINGS, "-isystem", str(RUNTIME), "-c", str(cpp), "-o", str(target)]


def _program_object(program: Path, compiler: Compiler, flags: Sequence[str]) -> Path:
    made = _translate(program)
    headers = _headers()
    key = _digest([compiler.version, *flags, *WARNINGS, made.cpp, headers])
    target = FOLDER / "programs" / f"{program.stem}-{key}.o"
    with _locked(target), _arriving(target) as path:
        if path != target:
            cpp = target.with_suffix(".cpp")
            _write(cpp, made.cpp)
            compiler.run(_compile_translation(flags, cpp, path))
            _still(headers)
    return target


def _runtime_objects(
    compiler: Compiler, flags: Sequence[str], *, main: Path = RUNTIME / "main.cpp"
) -> list[Path]:
    sources = sorted(path for path in RUNTIME.glob("*.cpp") if path.name != "main.cpp")
    sources.append(main)
    own = [*flags, "-Wall", "-Wextra", f"-I{RUNTIME}"]
    headers = _headers()

    def compiled(source: Path) -> Path:
        text = source.read_text(encoding="utf-8")
        key = _digest([compiler.version, *own, headers, text])
        target = FOLDER / "runtime" / f"{source.stem}-{key}.o"
        with _locked(target), _arriving(target) as path:
            if path != target:
                compiler.run([*own, "-c", str(source), "-o", str(path)])
                _still(headers)
        return target

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(compiled, sources))


def _still(headers: str) -> None:
    """Refuse what was compiled from headers that somebody was writing meanwhile."""
    if _headers() != headers:
        raise BuildError("The runtime was changed while it was compiled: build again.")


def _headers() -> str:
    return _digest([path.read_text(encoding="utf-8") for path in sorted(RUNTIME.glob("*.hpp"))])


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def _arriving(target: Path) -> Iterator[Path]:
    """Yield where to write a file that then appears at once; the file itself when it is there."""
    if target.exists():
        yield target
        return
    draft = target.with_name(f".{os.getpid()}.{target.name}")
    try:
        yield draft
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    """Let one process at a time make a file: the others wait and find it made."""
    lock = target.with_name(f"{target.name}.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        _hold(handle.fileno())  # until the file is closed, also by a crash
        yield


def _hold(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415

        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
    else:
        import fcntl  # noqa: PLC0415

        fcntl.flock(descriptor, fcntl.LOCK_EX)


def main() -> int:
    """Build the program that the command line names."""
    parser = argparse.ArgumentParser(description="Build an MQL5 program natively.")
    parser.add_argument("program", type=Path, help="the .mq5 file")
    parser.add_argument("--variant", choices=sorted(VARIANTS), default="plain")
    parser.add_argument("--cpp-only", action="store_true", help="translate, do not compile")
    options = parser.parse_args()
    try:
        made = (
            write_cpp(options.program)
            if options.cpp_only
            else build(options.program, variant=options.variant)
        )
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{made}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
