import pytest
from tests.mql5.linter.files import DESK, FUNCTION_LINES, HEADER_LINES, LIBRARY
from tests.mql5.linter.lint import RULES, lint, lint_folder
from tests.mql5.linter.source import Source
from tests.mql5.translator.shape import Shape

RULER = f"//+{'-' * 66}+"
PATH = "Include/Pitwire/Desk/Rules.mqh"
GUARD = "PITWIRE_DESK_RULES_MQH"

GOOD = f"""{RULER}
//| Rules.mqh                                                        |
{RULER}
#ifndef {GUARD}
#define {GUARD}

#include <Pitwire/Codec/WireConstants.mqh>
#include <Pitwire/Log.mqh>

#define PW_RULES_LIMIT 8
#define PW_RULES_TEXT  "no # here, 007\\n"

enum ENUM_PW_RULE
  {{
   PW_RULE_NONE,
   PW_RULE_SOME
  }};

struct SPwRule
  {{
   int               number;
   string            name;
   uchar             data[PW_RULES_LIMIT];
  }};

class CPwRules
  {{
private:
   CPwJournal       *m_journal;
   SPwRule           m_rules[];
   int               m_count;

public:
                     CPwRules(void) : m_count(0) {{}}
   virtual bool      Add(const SPwRule &rule,const int place=0);
   int               Count(void) const {{ return(m_count); }}
  }};
{RULER}
//| Add a rule                                                       |
{RULER}
bool CPwRules::Add(const SPwRule &rule,const int place=0)
  {{
   int count=ArraySize(m_rules);
   ENUM_PW_RULE kind=(ENUM_PW_RULE)place;
   uchar data[];
   for(int i=0,n=count; i<n; i++)
      m_rules[i].number++;
   ArrayResize(m_rules,count+1);
   m_rules[count]=rule;
   m_rules[m_count++].number=(count>3 ? 1 : 2)+place*(-2);
   if(rule.number==0 && (kind&1)!=0)
      return(false);
   switch(kind)
     {{
      case PW_RULE_SOME:
         PwLog("the rule "+rule.name+" is new\\n");
         break;
      default:
         break;
     }}
   return(Count()>0 && Count()<9);
  }}

#endif
"""


def known() -> Shape:
    return Shape(structures={"SPwOther"}, classes={"CPwJournal", "CPwOther"})


def broken(text: str, *, path: str = PATH) -> set[str]:
    """Return the rules that a source breaks."""
    source = Source(path, text.replace("\n", "\r\n").encode(), known())
    return {finding.rule for finding in lint(source)}


def with_body(statements: str) -> str:
    """Return the good source with other statements in its function."""
    return GOOD.replace("   int count=ArraySize(m_rules);\n", f"   int count=0;\n{statements}\n")


def with_member(member: str) -> str:
    return GOOD.replace("   SPwRule           m_rules[];\n", f"   SPwRule m_rules[];\n{member}\n")


def with_top(lines: str) -> str:
    return GOOD.replace("enum ENUM_PW_RULE\n", f"{lines}\nenum ENUM_PW_RULE\n")


def function(head: str, body: str = "") -> str:
    return with_top(f"{RULER}\n{head}\n  {{\n{body}\n  }}")


def test_a_good_source_has_no_findings() -> None:
    source = Source(PATH, GOOD.replace("\n", "\r\n").encode(), known())
    assert lint(source) == []


def test_the_sources_of_the_expert_advisor_keep_the_rules() -> None:
    assert [str(finding) for finding in lint_folder()] == []


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\xef\xbb\xbf//\r\n", "byte order mark"),
        (b"//\n", "CRLF"),
        (b"//\r\r\n", "carriage return"),
        (b"//\t\r\n", "spaces"),
        (b"// \xc3\xa9\r\n", "ASCII"),
        (b"//", "last line"),
    ],
)
def test_bytes_that_older_compilers_stumble_over(raw: bytes, message: str) -> None:
    found = [one for one in lint(Source("Scripts/A.mq5", raw)) if one.rule == "encoding"]
    assert any(message in one.message for one in found)


LONG_HEADER = GOOD.replace("#endif\n", "//---\n" * HEADER_LINES + "#endif\n")
BREAKS = [
    ("guard", GOOD.replace(f"#ifndef {GUARD}", "#ifndef PITWIRE_RULES_MQH")),
    ("guard", GOOD.replace(f"#define {GUARD}", "#define PITWIRE_DESK_RULE_MQH")),
    ("guard", GOOD + "int ExtLate;\n"),
    ("directives", with_top("#undef PW_RULES_LIMIT")),
    ("directives", with_top("#if PW_RULES_LIMIT")),
    ("directives", with_top("#pragma once")),
    ("directives", with_top('#property version "1.0"')),
    ("directives", with_top('#import "a.dll"\nint PwF(int a);\n#import')),
    ("directives", with_top("#define LIMIT 1")),
    ("directives", with_top("#define PW_JOIN(a,b) a##b")),
    ("directives", with_top("#define PW_NAME(a) #a")),
    ("directives", with_top("#define PW_MANY(a,b,c,d,e,f,g,h,i) a")),
    ("directives", with_top("#define PW_DOTS(...) 1")),
    ("includes", with_top("#include <Pitwire/log.mqh>")),
    ("includes", with_top("#include <Pitwire\\Log.mqh>")),
    ("includes", with_top('#include "Log.mqh"')),
    ("includes", with_top("#include <Pitwire/Nothing.mqh>")),
    ("layers", with_top("#include <Pitwire/Channel/Service.mqh>")),
    ("layers", with_top("#include <Pitwire/Expert.mqh>")),
    ("layers", with_top("#include <Trade/Trade.mqh>")),
    ("sizes", LONG_HEADER),
    ("sizes", with_body("   count=1;\n" * FUNCTION_LINES)),
    ("banners", GOOD.removeprefix(f"{RULER}\n")),
    ("banners", with_top("void PwF(void)\n  {\n  }")),
    ("keywords", with_body("   auto x=1;")),
    ("keywords", with_body("   goto end;")),
    ("keywords", with_body("   unsigned int x=1;")),
    ("keywords", with_body("   long long x=1;")),
    ("keywords", with_body("   int64_t x=1;")),
    ("keywords", with_body("   if(CheckPointer(m_journal)==1) count=1;")),
    ("keywords", with_body("   m_journal=NULL;")),
    ("keywords", with_body("   m_journal=new CPwJournal;")),
    ("keywords", with_body("   delete m_journal;")),
    ("keywords", with_body("   m_journal->Add();")),
    ("keywords", with_body("   count=static_cast<int>(count);")),
    ("keywords", with_top("template<typename T> void PwF(T a) { }")),
    ("keywords", with_top("typedef int number;")),
    ("keywords", with_top("union UPw { int a; uint b; };")),
    ("keywords", with_top("namespace Pw { }")),
    ("keywords", with_top("enum { PW_A };")),
    ("keywords", with_top("enum class ENUM_PW_A { PW_A };")),
    ("keywords", with_top("input group 1;")),
    ("keywords", with_top("void PwF(int a,...);")),
    ("keywords", with_member("   bool operator==(const SPwRule &other);")),
    ("keywords", with_member("   void Act(void) override;")),
    ("literals", with_body("   count=1L;")),
    ("literals", with_body("   count=1u;")),
    ("literals", with_body("   count=007;")),
    ("literals", with_body("   count=0b11;")),
    ("literals", with_top("#define PW_OCTAL 010")),
    ("literals", with_body('   PwLog("\\x41");')),
    ("literals", with_body('   PwLog("\\0");')),
    ("literals", with_body("   count='ab';")),
    ("stars", with_body("   count=*count;")),
    ("stars", with_body("   PwUse(&count);")),
    ("stars", with_member("   CPwOther **m_others;")),
    ("calls", with_body("   Sleep(1);")),
    ("calls", with_body("   count=MathRand();")),
    ("calls", with_body("   count=rand();")),
    ("calls", with_body("   count=(int)GetTickCount();")),
    ("calls", with_body("   OrderSend(request,result);")),
    ("calls", with_body("   OrderSendAsync(request,result);")),
    ("secrets", with_body("   PwLog(m_secret);")),
    ("secrets", with_body('   Print("key ",CharArrayToString(session_key));')),
    ("secrets", with_body("   Comment(key);")),
    ("secrets", with_body("   Alert(client_key_text);")),
    ("wire_names", with_body('   body.KeyInt("login",1);')),
    ("commas", with_body("   count=(1,2);")),
    ("commas", with_body("   if(count,1) count=2;")),
    ("names", with_top("enum ENUM_SIDE { PW_A };")),
    ("names", with_top("struct PwThing { int a; };")),
    ("names", with_top("class PwThing { };")),
    ("names", with_member("   int number;")),
    ("names", with_member("   int m_Number;")),
    ("names", with_top("struct SPwThing { int m_number; };")),
    ("names", with_top("int counter;")),
    ("names", with_top("input int Counter=1;")),
    ("names", function("void Free(void)")),
    ("names", function("void Pw_free(void)")),
    ("names", function("void PwFree(const int BadName)")),
    ("parameters", function("void PwFree(SPwRule rule)")),
    ("parameters", function("void PwFree(CPwOther other)")),
    ("parameters", function("void PwFree(CPwOther *other)")),
    ("parameters", function("void PwFree(const int &number)")),
    ("parameters", function("void PwFree(const string &text)")),
    ("parameters", function("SPwOther PwFree(void)")),
    ("parameters", function("void PwFree(const int number=PwOther())")),
    ("parameters", function("void PwFree(const int number=1+1)")),
    ("classes", with_top("class CPwTwo : public CPwOther,public CPwJournal { };")),
    ("classes", with_top("class CPwTwo : CPwOther { };")),
    ("classes", with_top("class CPwTwo : public SPwOther { };")),
    ("classes", with_top("struct SPwTwo { virtual void Act(void) { } };")),
    ("classes", with_top("struct SPwTwo { CPwOther *other; };")),
    ("classes", with_member("   static int m_number;")),
    ("classes", with_member("   int m_number=1;")),
    ("classes", with_member("   virtual void Act(void);")),
    ("arrays", with_member("   CPwOther *m_others[];")),
    ("arrays", with_member("   int m_numbers[limit];")),
    ("arrays", with_body("   int numbers[count];")),
    ("steps", with_body("   count=place++;")),
    ("steps", with_body("   PwUse(count++);")),
    ("steps", with_body("   m_rules[count++ +1].number=1;")),
    ("steps", with_body("   if(--count>0) count=1;")),
    ("one_a_line", with_body("   count=1; count=2;")),
    ("switches", with_body("   switch(count)\n     {\n      case 1:\n         break;\n     }")),
    ("ternaries", with_body("   count=place>1 ? 1 : (place>2 ? 2 : 3);")),
    ("ternaries", with_body("   count=place>1 ? 1 : place>2 ? 2 : 3;")),
    ("locals", with_body("   int Total=0;")),
    ("locals", with_body("   int nTotal=0;")),
    ("copies", with_body("   uchar other[];\n   other=data;")),
    ("copies", with_body("   m_rules=other;")),
    ("copies", with_body("   CPwOther other=first;")),
    ("copies", with_body("   CPwOther other;\n   other=first;")),
    ("arguments", with_body("   PwUse(Add(rule,1),Add(rule,2));")),
    ("arguments", with_body("   PwUse(count=1,count=2);")),
    ("arguments", with_body("   PwUse(FileReadInteger(file),FileReadInteger(file));")),
    ("syntax", with_top("Unknown ExtThing;")),
    ("syntax", with_body("   count=(1;")),
]


@pytest.mark.parametrize(("rule", "text"), BREAKS)
def test_a_source_that_breaks_a_rule_is_found(rule: str, text: str) -> None:
    assert text != GOOD
    assert rule in broken(text)


def test_every_rule_has_a_source_that_breaks_it() -> None:
    assert set(RULES) - {rule for rule, _ in BREAKS} == {"encoding"}


@pytest.mark.parametrize(
    "text",
    [
        with_body("   count=place>1 ? 1 : 2;\n   count=place>2 ? 3 : 4;"),
        with_body("   PwUse(place>1 ? 1 : 2,place>2 ? 3 : 4);"),
        with_body("   PwUse(Add(rule,1),Count());"),
        with_body("   SPwOther other=first;"),
        with_body("   m_rules[count-1].data[place]--;"),
        with_body("   --count;"),
        with_body("   PwUse((1+2)*3,count);"),
        with_body("   for(int i=0; i<count; i++)\n      PwUse(i);"),
        with_body("   count=(int)0.5+0x0F+(int)1e3+'\\'';"),
        with_body('   PwLog("key files are read from "+m_key_folder_name);').replace("_key_", "_"),
        with_body("   PwLog(IntegerToString(m_key_id));").replace("m_key_id", "key_id"),
        with_body("   count=place*count&place;"),
        function("void PwFree(SPwRule &rules[],string &text,const double limit=-1.5)"),
        function('void PwFree(const string text="",const bool flag=false,const int n=PW_A)'),
        with_top("#include <Pitwire/Settings.mqh>"),
    ],
)
def test_what_only_looks_like_a_breach_is_let_through(text: str) -> None:
    assert broken(text) == set()


def test_one_file_imports_and_one_place_sends() -> None:
    imports = with_top('#import "a.dll"\nint zmq_errno(void);\n#import')
    assert "directives" not in broken(imports, path=LIBRARY)
    sends = with_body("   OrderSendAsync(request,result);")
    assert "calls" not in broken(sends, path=DESK)
    assert "calls" in broken(GOOD, path=DESK)
    twice = with_body("   OrderSendAsync(one,result);\n   OrderSendAsync(two,result);")
    assert "calls" in broken(twice, path=DESK)


def test_a_finding_names_its_line() -> None:
    text = with_body("   Sleep(1);")
    findings = lint(Source(PATH, text.replace("\n", "\r\n").encode(), known()))
    line = text[: text.index("Sleep")].count("\n") + 1
    assert [str(one) for one in findings if one.rule == "calls"] == [
        f"{PATH}:{line}: The EA never sleeps: it would stand still for every link. [calls]"
    ]
