import re
import subprocess
from pathlib import Path

import pytest
from tests.mql5 import build
from tests.mql5.conftest import WriteProgram
from tests.mql5.translator.tokens import SourceError
from tests.mql5.translator.translate import Translation, translate

START = "void OnStart(void)\n  {\n  }\n"

LANGUAGE = r"""
#define PW_SIZE 4
#define PW_TWICE(x) ((x)+(x))
#define PW_GREETING "hel" "lo"
#ifdef PW_UNKNOWN
this is not even a token stream
#else
#define PW_CHOSEN 1
#endif
input int InpNumber=7; // shown name
input string InpText="text of an input";
enum ENUM_PW_SIDE { PW_BUY=1, PW_SELL };
struct SPacked
  {
   uchar             first;
   long              second;
   ENUM_PW_SIDE      side;
   uchar             rest[3];
  };
struct SText
  {
   string            name;
   int               number;
   double            values[];
  };
class CBase
  {
protected:
   int               m_number;
public:
                     CBase(const int number) : m_number(number) {}
                    ~CBase(void) { Print("gone ",m_number); }
   virtual string    Name(void) const { return("base"); }
   int               Number(void) const { return(Later(m_number)); }
   void              Array(const int count) { m_number=count; }
  };
class CDerived : public CBase
  {
public:
                     CDerived(void) : CBase(2) {}
   virtual string    Name(void) const { return(StringFormat("%s %d","derived",m_number)); }
  };
class CHolder
  {
   CBase            *m_base;
public:
   void              Bind(CBase &base) { m_base=GetPointer(base); }
   string            Name(void) const { return(m_base.Name()); }
   void              Keep(void) { Bind(this.m_base); }
  };
CBase ExtBase(1);
CDerived ExtDerived;
CHolder ExtHolder;
int ExtZero;
int ExtRows[2][3]={{1,2,3},{4,5,6}};
string Describe(const CBase &base) { return(base.Name()); }
void Fill(uchar &data[]) { for(int i=0,n=ArraySize(data); i<n; i++) data[i]=(uchar)i; }
int Grow(int &data[]) { return(ArrayResize(data,ArraySize(data)+1)); }
double Sum(const double &values[])
  {
   double sum=0.0;
   for(int i=0; i<ArraySize(values); i++)
      sum+=values[i];
   return(sum);
  }
int Count(void)
  {
   static int calls;
   calls++;
   return(calls);
  }
int Row(const int &rows[][3]) { return(rows[1][2]); }
string Where(void) { return(__FUNCTION__+":"+(string)__LINE__); }
bool Split(const string text,string &head,int &size)
  {
   head=StringSubstr(text,0,1);
   size=StringLen(text);
   return(size>0);
  }
void OnStart(void)
  {
   long wide=4294967296;
   wide*=2;
   Print("wide ",wide," ",sizeof(long)," ",18446744073709551615," ",0xFF);
   SPacked packed;
   Print("packed ",sizeof(SPacked)," ",(int)packed.first," ",sizeof(packed.rest));
   int unset;
   double rows[PW_SIZE];
   SText text;
   Print("garbage ",unset," ",ExtZero," ",text.number," ",StringLen(text.name)," ",
         ArraySize(text.values)," ",rows[0]==rows[0]);
   Print("macros ",PW_TWICE(3)*2," ",PW_GREETING "!"," ",PW_CHOSEN);
   ushort letter='A';
   Print("letters ",(int)letter," ",(int)'\n'," ","quote \" tab \t end");
   datetime day=D'2024.02.29 12:00:01';
   Print("dates ",(long)day," ",(long)(day+60));
   Print("inputs ",InpNumber," ",InpText);
   Print("objects ",Describe(ExtBase),", ",Describe(ExtDerived)," ",ExtDerived.Number());
   ExtHolder.Bind(ExtDerived);
   ExtHolder.Keep();
   ExtDerived.Array(5);
   Print("pointer ",ExtHolder.Name());
   uchar fixed[4];
   Fill(fixed);
   int dynamic[];
   int grown=Grow(dynamic);
   int three[3]={1,2};
   Print("arrays ",(int)fixed[3]," ",grown," ",Grow(three)," ",three[1]," ",three[2]," ",
         Row(ExtRows)," ",ArraySize(dynamic));
   text.number=5;
   ArrayResize(text.values,2);
   text.values[0]=1.5;
   text.values[1]=2.5;
   SText other;
   other=text;
   text.values[0]=9.0;
   Print("copies ",other.number," ",DoubleToString(Sum(other.values),1));
   Count();
   Print("statics ",Count());
   string head="";
   int size=0;
   bool good=Split("xyz",head,size);
   Print("references ",good," ",head," ",size);
   int and=1;
   int errno=and+1;
   ENUM_PW_SIDE side=(ENUM_PW_SIDE)errno;
   switch(side)
     {
      case PW_SELL:
         Print("names ",errno," ",(int)side);
         break;
      default:
         break;
     }
   Print("where ",Where()," ",::Later(1));
     {
      CBase inner(8);
      CDerived plain;
      Print("inner ",inner.Number()," ",plain.Number());
     }
  }
int Later(const int number) { return(number*10); }
"""

PRINTED = [
    "wide 8589934592 8 18446744073709551615 255",
    "packed 16 205 3",
    "garbage -842150451 0 -842150451 0 0 true",
    "macros 12 hello! 1",
    'letters 65 10 quote " tab \t end',
    "dates 1709208001 1709208061",
    "inputs 9 text of an input",
    "objects base, derived 2 20",
    "pointer derived 5",
    "arrays 3 1 -1 2 0 6 1",
    "copies 5 4.0",
    "statics 2",
    "references true x 3",
    "names 2 2",
    f"where Where:{LANGUAGE[: LANGUAGE.index('string Where')].count(chr(10)) + 1} 10",
    "inner 80 20",
    "gone 2",
    "gone 8",
]

REFUSED = r"""
enum ENUM_PW_ONE { PW_ONE };
enum ENUM_PW_TWO { PW_TWO };
struct SOne { int number; };
struct STwo { int number; };
class CThing { int m_number; public: CThing(void) : m_number(0) {} }; //! used below
class COther { public: COther(void) {} virtual void Act(void) {} };
CThing ExtThing;
COther ExtOther;
void TakeText(const string &text) { Print(text); }
void TakeNumber(const double &number) { Print(number); }
void TakeOne(const SOne &one) { Print(one.number); }
void TakeBytes(const uchar &data[]) { Print(ArraySize(data)); }
void Change(int &number) { number=1; }
void TakeThing(const CThing &thing) { Print(sizeof(thing)); }
string Make(void) { return("x"); }
void OnStart(void)
  {
   string text="a";
   int number=1;
   uint positive=1;
   long wide=1;
   double real=1.5;
   char signs[1];
   STwo two={1};
   const int fixed=1;
   // the lines that follow are each refused for one reason
   TakeText("literal"); //! literal to const string &
   TakeText(Make()); //! result to const string &
   TakeText(text+text); //! expression to const string &
   TakeNumber(1.5); //! literal to const double &
   TakeNumber(number); //! int to const double &
   TakeOne(two); //! another struct
   TakeThing(ExtOther); //! an object of no derived class
   TakeBytes(signs); //! an array of another type
   Change(fixed); //! constant to a reference
   Change(wide); //! long to int &
   Change(number+1); //! expression to a reference
   ENUM_PW_ONE one=0; //! int to enum
   ENUM_PW_ONE other=PW_TWO; //! one enum to another
   text=text+number; //! string and number
   text=1; //! number to string
   number=text; //! string to number
   number=wide; //! long to int
   number=real; //! double to int
   real=wide; //! long to double
   if(number<positive) Print(1); //! signed and unsigned
   CThing copy=ExtThing; //! copy of an object
   ExtThing=ExtThing; //! assignment of objects
   if(number=1) Print(2); //! assignment as a condition
   number==1; //! an expression without effect
     {
      int number=3; //! a name that hides another
      Print(number);
     }
   int unused=5; //! a variable without use
   if(number>0); //! an empty branch
   Print(one,other,signs[0],copy.m_number); //! a private member
   positive=positive<<40; //! a shift by too much
  }
"""

UNSET = """
int Half(const int number)
  {
   if(number>2)
      return(1);
  } //! no value on a path
void OnStart(void)
  {
   int unset;
   Print(unset+Half(1)); //! a local without a value
  }
"""


def marked(source: str) -> dict[int, str]:
    """Return what the lines of a source say they are refused for."""
    found = ((number, line.partition("//! ")) for number, line in enumerate(source.split("\n"), 1))
    return {number: why for number, (_, mark, why) in found if mark}


def complaints(program: Path) -> dict[int, str]:
    """Return the lines of a program that the compiler complains about."""
    with pytest.raises(build.BuildError) as caught:
        build.check(program)
    pattern = re.compile(rf"{re.escape(program.name)}:(\d+):.*?(?:error|warning): (.*)")
    return {int(line): text for line, text in pattern.findall(str(caught.value))}


def text_of(write_program: WriteProgram, source: str) -> str:
    return translate(write_program(source)).cpp


def squeezed(text: str) -> str:
    return " ".join(re.sub(r"#line[^\n]*", " ", text).split())


def test_the_language_means_in_cpp_what_it_means_in_mql5(
    write_program: WriteProgram, tmp_path: Path
) -> None:
    program = build.build(write_program(LANGUAGE))
    command = [str(program), "--files", str(tmp_path / "data"), "--input", "InpNumber=9"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    lines = [line.removeprefix("print ") for line in done.stdout.splitlines()]
    assert lines[: len(PRINTED)] == PRINTED, done.stderr
    assert done.returncode == 0


def test_what_metaeditor_refuses_does_not_compile(write_program: WriteProgram) -> None:
    expected = marked(REFUSED)
    found = complaints(write_program(REFUSED))
    assert {line: why for line, why in expected.items() if line not in found} == {}
    assert {line: why for line, why in found.items() if line not in expected} == {}


def test_unset_locals_and_missing_results_do_not_compile(write_program: WriteProgram) -> None:
    assert set(complaints(write_program(UNSET))) >= set(marked(UNSET))


def test_lines_of_cpp_name_the_lines_of_the_source(write_program: WriteProgram) -> None:
    program = write_program("\n" * 41 + "void OnStart(void)\n  {\n   int a=b;\n  }\n")
    assert set(complaints(program)) == {44}


def test_an_import_calls_through_a_slot(write_program: WriteProgram) -> None:
    source = """
#import "Some.dll"
int some_call(long handle,const uchar &data[],int &size,string text,ulong count);
#import
"""
    shown = squeezed(text_of(write_program, source + START))
    assert "namespace Some {" in shown
    assert 'pw::Import pw_import_some_call("Some.dll","some_call");' in shown
    types = "int (*)(long_t,const uchar *,int *,char16_t *,ulong)"
    values = "handle,pw::address(data),&size,pw::Wide(text).buffer(),count"
    call = f"reinterpret_cast<{types}>(pw_import_some_call.pointer)({values})"
    assert f"return {call};" in shown


def test_properties_are_collected(write_program: WriteProgram) -> None:
    source = '#property version "1.02"\n#property description "One"\n#property description "Two"\n'
    made: Translation = translate(write_program(source + START))
    assert made.properties == {"version": "1.02", "description": "One\nTwo"}


def test_a_file_is_read_once_behind_its_guard(write_program: WriteProgram) -> None:
    source = "#include <Pitwire/Log.mqh>\n#include <Pitwire/Log.mqh>\n"
    made = translate(write_program(source + START))
    assert [path.name for path in made.files] == ["Program.mq5", "Log.mqh"]
    assert made.cpp.count("void PwLog") == 2  # its prototype and its body


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("void PwA(int a", "Nothing closes this ("),
        ("int ExtA[2", "ends in the middle of a declaration"),
        ("#include <Pitwire/Nothing.mqh>", "There is no file Pitwire/Nothing.mqh"),
        ("#ifdef PW_A", "Nothing ends this condition"),
        ("#endif", "#endif without a condition"),
        ("#if 1", "#if is not part of the dialect"),
        ("#define PW_A 1\n#define PW_A 2", "PW_A is defined already"),
        ("#define PW_A(x) x\nint ExtA=PW_A(1,2);", "PW_A takes 1 arguments, not 2"),
        ("int ExtA=1 # 2;", "A # may stand only at the beginning"),
        ("int ExtA=1L;", "1L is not a number"),
        ("int ExtA=010;", "leading zero"),
        ('string ExtA="\\x41";', "The escape \\x"),
        ("int ExtA='ab';", "holds one character"),
        ("datetime ExtA=D'today';", "Write a date as"),
        ("template<typename T> T PwA(T a) { return(a); }", "template is not part"),
        ("Missing ExtA;", "Missing is not a type"),
        ("void PwA(int a[]) { }", "Arrays are passed by reference"),
        ("int ExtA[2][];", "Only the first dimension"),
        ("class CA { int *m_a; }; int ExtB=m_a->x;", "Write a point"),
        ("class CA { CA *m_a; }; void PwB(int m_a) { }", "m_a is a pointer here"),
        ("class CA { }; void PwB(void) { CA *a; }", "Pointers are members or globals"),
        ("struct SA { int a=1; };", "Members get their values in the constructor"),
        ("input int InpA;", "An input needs a default value"),
        ('#import "a.dll"\nstring f(int a);\n#import', "Declare a result that is an address"),
        ('#import "a.dll"\nint f(string &a);\n#import', "A DLL takes numbers"),
    ],
)
def test_what_cannot_be_translated_is_said_with_its_line(
    write_program: WriteProgram, source: str, message: str
) -> None:
    with pytest.raises(SourceError, match=re.escape(message)) as caught:
        translate(write_program(f"{source}\n{START}"))
    assert re.search(r"Program\.mq5:\d+: ", str(caught.value))


def test_a_program_without_a_beginning_is_refused(write_program: WriteProgram) -> None:
    with pytest.raises(SourceError, match="A program needs OnInit or OnStart"):
        translate(write_program("int ExtA;\n"))
