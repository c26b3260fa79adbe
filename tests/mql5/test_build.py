import subprocess
import sys
from pathlib import Path

import pytest
from tests.mql5 import build
from tests.mql5.conftest import WriteProgram

pytestmark = pytest.mark.timeout(600)  # the first build compiles the whole runtime

HELLO = """
input string InpWhom="nobody";
void OnStart(void)
  {
   Print("hello ",InpWhom);
  }
"""
OVERFLOW = """
input int InpStep=1;
void OnStart(void)
  {
   int number=INT_MAX;
   number+=InpStep;
   Print(number);
  }
"""
OVERRUN = """
#import "Memory.dll"
void Overwrite(uchar &data[]);
#import
void OnStart(void)
  {
   uchar data[];
   ArrayResize(data,8);
   Overwrite(data);
  }
"""


def run(program: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(program), "--files", str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def script(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        str(build.ROOT / "tests" / "mql5" / "build.py"),
        *map(str, arguments),
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_program_is_built_once(write_program: WriteProgram, tmp_path: Path) -> None:
    source = write_program(HELLO)
    program = build.build(source)
    made = program.stat().st_mtime_ns
    assert build.build(source) == program
    assert program.stat().st_mtime_ns == made
    done = run(program, tmp_path, "--input", "InpWhom=you")
    assert (done.returncode, done.stdout) == (0, "print hello you\n")


def test_other_sources_are_another_program(write_program: WriteProgram) -> None:
    first = build.build(write_program(HELLO))
    assert build.build(write_program(HELLO.replace("hello", "goodbye"))) != first
    assert first.exists()


def test_two_processes_may_build_at_the_same_time(
    write_program: WriteProgram, tmp_path: Path
) -> None:
    source = write_program(HELLO.replace("hello", f"hello {tmp_path.name} {tmp_path.parent.name}"))
    both = [script(source), script(source)]
    answers = [process.communicate(timeout=500) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert answers[0] == answers[1]
    program = Path(answers[0][0].strip())
    assert run(program, tmp_path).returncode == 0
    assert not [path for path in program.parent.iterdir() if path.name.startswith(".")]


def test_what_the_compiler_refuses_is_printed_with_its_line(write_program: WriteProgram) -> None:
    source = write_program(HELLO.replace("InpWhom)", "InpWho)"))
    process = script(source)
    out, err = process.communicate(timeout=500)
    assert (process.returncode, out) == (1, "")
    assert f"{source.name}:5:" in err
    assert "InpWho" in err


def test_what_the_translator_refuses_is_printed_with_its_line(write_program: WriteProgram) -> None:
    process = script(write_program("goto x;\n" + HELLO))
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert "Program.mq5:1: goto is not part of the dialect." in err
    assert "Traceback" not in err


def test_the_translation_alone_can_be_had(write_program: WriteProgram) -> None:
    process = script(write_program(HELLO), "--cpp-only")
    out, _ = process.communicate(timeout=60)
    assert '"hello "' in Path(out.strip()).read_text(encoding="utf-8")


def test_a_machine_without_a_compiler_is_told_what_to_install(
    write_program: WriteProgram, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CXX", "no-such-compiler -m64")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    build._version.cache_clear()
    with pytest.raises(build.BuildError, match=r"no-such-compiler.*Install g\+\+.*ziglang"):
        build.build(write_program(HELLO))
    build._version.cache_clear()


def test_the_compiler_of_the_environment_comes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    mine.write_text("#!/bin/sh\necho mine 1.0\n", encoding="ascii")
    mine.chmod(0o755)
    monkeypatch.setenv("CXX", f"{mine} -m64")
    found = build.find_compiler(build.VARIANTS["plain"])
    assert found.command == (str(mine), "-m64")
    assert "mine 1.0" in found.version


@pytest.mark.usefixtures("sanitizers")
def test_the_checking_build_finds_what_runs_on_silently(
    write_program: WriteProgram, tmp_path: Path
) -> None:
    source = write_program(OVERFLOW)
    plain = run(build.build(source), tmp_path)
    assert (plain.returncode, plain.stdout) == (0, "print -2147483648\n")
    checked = run(build.build(source, variant="asan"), tmp_path)
    assert checked.returncode not in {0, 70}
    assert "Program.mq5:6:" in checked.stderr
    assert "signed integer overflow" in checked.stderr


@pytest.mark.usefixtures("sanitizers")
def test_the_checking_build_finds_what_a_library_writes_behind_an_array(
    write_program: WriteProgram, tmp_path: Path
) -> None:
    library = tmp_path / "memory.so"
    code = tmp_path / "memory.cpp"
    code.write_text(
        '#include <cstring>\nextern "C" void Overwrite(unsigned char *p){std::memset(p,1,9);}\n',
        encoding="ascii",
    )
    compiler = build.find_compiler(build.VARIANTS["plain"])
    compiler.run(["-shared", "-fPIC", str(code), "-o", str(library)])
    program = build.build(write_program(OVERRUN), variant="asan")
    done = run(program, tmp_path, "--library", f"Memory.dll={library}")
    assert done.returncode not in {0, 73}
    assert "AddressSanitizer" in done.stderr


def test_the_expert_advisor_is_built_without_a_warning() -> None:
    build.check(build.ROOT / "mql5" / "Experts" / "Pitwire" / "Pitwire.mq5")
