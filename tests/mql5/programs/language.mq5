//+------------------------------------------------------------------+
//| language.mq5                                                     |
//| built-ins against the MQL5 reference: one line "name value" each |
//+------------------------------------------------------------------+
#property version "1.00"

#define ROWS 3

enum ENUM_SIDE
  {
   SIDE_NONE,
   SIDE_BUY=7,
  };

struct SPacked
  {
   uchar             kind;
   double            price;
   ushort            pair[ROWS];
   bool              set;
   ENUM_SIDE         side;
  };

struct SNamed
  {
   int               number;
   string            name;
   double            values[];
  };

class CCounter
  {
private:
   int               m_count;

public:
                     CCounter(void) { m_count=0; }
   void              Add(const int count) { m_count+=count; }
   int               Count(void) const { return(m_count); }
  };

class CUser
  {
private:
   CCounter         *m_counter;

public:
   void              Bind(CCounter &counter) { m_counter=GetPointer(counter); }
   void              Use(void) { m_counter.Add(2); }
  };

CCounter             ExtCounter;
CUser                ExtUser;
int                  ExtZero;
string               ExtNothing;
//+------------------------------------------------------------------+
//| Bytes as hex digits                                              |
//+------------------------------------------------------------------+
string Hex(const uchar &bytes[])
  {
   string digits="";
   for(int i=0; i<ArraySize(bytes); i++)
      digits+=StringFormat("%02x",bytes[i]);
   return(digits);
  }
//+------------------------------------------------------------------+
//| Numbers with commas                                              |
//+------------------------------------------------------------------+
string Joined(const int &numbers[])
  {
   string row="";
   for(int i=0; i<ArraySize(numbers); i++)
      row+=IntegerToString(numbers[i])+",";
   return(row);
  }
//+------------------------------------------------------------------+
//| One result                                                       |
//+------------------------------------------------------------------+
void Show(const string name,const string value)
  {
   Print(name," [",value,"]");
  }
void Number(const string name,const long value)
  {
   Print(name," [",value,"]");
  }
//+------------------------------------------------------------------+
//| Strings                                                          |
//+------------------------------------------------------------------+
void Strings(void)
  {
   string word="MetaTrader";
   Number("len",StringLen(word));
   Number("len null",StringLen(ExtNothing));
   Show("null is empty",(string)(ExtNothing==""));
   Number("find",StringFind(word,"Tr"));
   Number("find from",StringFind(word,"a",4));
   Number("find none",StringFind(word,"x"));
   Show("substr",StringSubstr(word,4));
   Show("substr length",StringSubstr(word,4,3));
   Show("substr end",StringSubstr(word,10));
   Number("replace",StringReplace(word,"a","--"));
   Show("replaced",word);
   string padded=" \t\r\n ab \n";
   Number("trim left",StringTrimLeft(padded));
   Number("trim right",StringTrimRight(padded));
   Show("trimmed",padded);
   string parts[];
   Number("split",StringSplit("a;b;;c",';',parts));
   Show("split 2",parts[2]);
   Show("split 3",parts[3]);
   Number("split none",StringSplit("",';',parts));
   string mixed="aBc";
   StringToUpper(mixed);
   Show("upper",mixed);
   StringToLower(mixed);
   Show("lower",mixed);
   StringSetCharacter(mixed,1,'X');
   StringSetCharacter(mixed,3,'!');
   Show("set character",mixed);
   Number("get character",StringGetCharacter(mixed,1));
   ResetLastError();
   Number("get outside",StringGetCharacter(mixed,99));
   Number("get outside error",GetLastError());
   Number("compare",StringCompare("A","a"));
   Number("compare folded",StringCompare("A","a",false));
   Number("compare less",StringCompare("abc","abd"));
   Show("less",(string)("abc"<"abd"));
   string twice="ab";
   string copy=twice;
   twice+=twice;
   copy+="!";
   Show("append itself",twice);
   Show("copies are apart",copy);
   Show("joined literals","one " "two");
  }
//+------------------------------------------------------------------+
//| Numbers, time and formats                                        |
//+------------------------------------------------------------------+
void Conversions(void)
  {
   Show("double 8",DoubleToString(1.5));
   Show("double 2",DoubleToString(2.345678,2));
   Show("integer padded",IntegerToString(42,5,'0'));
   Show("integer min",IntegerToString(LONG_MIN));
   Number("to integer",StringToInteger(" -12x"));
   Show("to double",DoubleToString(StringToDouble("1.25e1kg"),3));
   Show("to double none",DoubleToString(StringToDouble("inf"),1));
   Show("normalize",DoubleToString(NormalizeDouble(1.234567,4),8));
   Show("printed double",(string)76.671);
   Show("printed exponent",(string)1.0e-20);
   Show("printed bool",(string)(1<2));
   Show("printed ulong",(string)ULONG_MAX);
   datetime moment=D'2024.02.29 23:59:58';
   Number("datetime",(long)moment);
   Show("time date",TimeToString(moment,TIME_DATE));
   Show("time minutes",TimeToString(moment));
   Show("time seconds",TimeToString(moment,TIME_SECONDS));
   Show("time printed",(string)moment);
   Number("time parsed",(long)StringToTime("2024-02-29 23:59:58"));
   Number("time parsed short",(long)StringToTime("20240229 2359"));
   ResetLastError();
   Number("time wrong",(long)StringToTime("2023.02.29"));
   Number("time wrong error",GetLastError());
   MqlDateTime parts;
   TimeToStruct(moment,parts);
   Show("parts",StringFormat("%d %d %d %d %d",parts.year,parts.mon,parts.day,parts.day_of_week,parts.day_of_year));
   Number("struct to time",(long)StructToTime(parts));
   TimeToStruct(D'2100.03.01 00:00:00',parts);
   Show("parts 2100",StringFormat("%04d.%02d.%02d",parts.year,parts.mon,parts.day));
   long wide=-5000000000;
   Show("format 64",StringFormat("%I64d %I64u",wide,ULONG_MAX));
   Show("format 32",StringFormat("%d",wide));
   Show("format flags",StringFormat("%+d|%5d|%-5d|%05d|%x|%X",7,42,42,42,255,255));
   Show("format real",StringFormat("%.2f|%8.3f|%e|%g",2.5,3.14159,12345.678,0.0001));
   Show("format text",StringFormat("%s|%5s|%-5s|%.2s|%c|%%","ab","cd","ef","ghi",'k'));
   Show("format star",StringFormat("%*d",4,7));
   Show("format wrong",StringFormat("%s",5));
   Show("short",ShortToString(0x20AC));
   Show("color",ColorToString(C'1,2,3'));
   Number("max",(long)MathMax(3,9));
   Show("round",DoubleToString(MathRound(-2.5),1));
   Show("valid",(string)MathIsValidNumber(MathLog(0.0)));
  }
//+------------------------------------------------------------------+
//| Bytes and text                                                   |
//+------------------------------------------------------------------+
void Encodings(void)
  {
   uchar bytes[];
   string word="a"+ShortToString(0xE9)+ShortToString(0x20AC)+ShortToString(0xD83D)+ShortToString(0xDE00);
   Number("utf8 count",StringToCharArray(word,bytes,0,-1,CP_UTF8));
   Show("utf8",Hex(bytes));
   Show("utf8 back",(string)(CharArrayToString(bytes,0,-1,CP_UTF8)==word));
   ArrayResize(bytes,0);
   Number("utf8 exact",StringToCharArray("abc",bytes,0,3,CP_UTF8));
   Show("utf8 exact bytes",Hex(bytes));
   ArrayResize(bytes,0);
   Number("utf8 empty",StringToCharArray("",bytes,0,-1,CP_UTF8));
   ArrayResize(bytes,0);
   StringToCharArray(ShortToString(0xD83D)+"x",bytes,0,-1,CP_UTF8);
   Show("lone surrogate",Hex(bytes));
   ArrayResize(bytes,0);
   StringToCharArray(word,bytes);
   Show("ansi",Hex(bytes));
   uchar wrong[]={0x61,0xC0,0xAF,0xE2,0x82,0x62};
   string text=CharArrayToString(wrong,0,-1,CP_UTF8);
   ArrayResize(bytes,0);
   StringToCharArray(text,bytes,0,-1,CP_UTF8);
   Show("wrong utf8",Hex(bytes));
   uchar zero[]={0x61,0x62,0,0x63};
   Show("ends at zero",CharArrayToString(zero,0,4,CP_UTF8));
   Show("part",CharArrayToString(zero,1,1,CP_UTF8));
   uchar small[ROWS];
   Number("fixed takes what fits",StringToCharArray("abcdef",small,0,-1,CP_UTF8));
   uchar data[];
   uchar key[];
   uchar result[];
   StringToCharArray("abc",data,0,3,CP_UTF8);
   Number("sha256",CryptEncode(CRYPT_HASH_SHA256,data,key,result));
   Show("sha256 abc",Hex(result));
   for(int size=1; size<=200; size+=1)
     {
      ArrayResize(data,size);
      ArrayFill(data,0,size,(uchar)(size&0xFF));
      CryptEncode(CRYPT_HASH_SHA256,data,key,result);
      ArrayCopy(key,result,ArraySize(key));
     }
   CryptEncode(CRYPT_HASH_SHA256,key,data,result);
   Show("sha256 of many",Hex(result));
   ArrayResize(key,0);
   ArrayResize(data,4);
   ArrayFill(data,0,4,0xFE);
   Number("base64",CryptEncode(CRYPT_BASE64,data,key,result));
   Show("base64 text",CharArrayToString(result));
   Number("base64 back",CryptDecode(CRYPT_BASE64,result,key,data));
   Show("base64 bytes",Hex(data));
   ArrayResize(data,0);
   Number("nothing to hash",CryptEncode(CRYPT_HASH_SHA256,data,key,result));
  }
//+------------------------------------------------------------------+
//| Arrays                                                           |
//+------------------------------------------------------------------+
void Arrays(void)
  {
   int numbers[];
   int fixed[ROWS]={5,3,9};
   Number("array copy",ArrayCopy(numbers,fixed));
   Number("array copy behind",ArrayCopy(numbers,fixed,3,1,1));
   Show("array copied",Joined(numbers));
   ArraySort(numbers);
   Show("array sorted",Joined(numbers));
   Number("array search",ArrayBsearch(numbers,5));
   ArrayReverse(numbers);
   Show("array reversed",Joined(numbers));
   ArrayRemove(numbers,1,2);
   Show("array removed",Joined(numbers));
   ArrayInsert(numbers,fixed,1);
   Show("array inserted",Joined(numbers));
   Number("array compare",ArrayCompare(numbers,fixed));
   Number("array compare part",ArrayCompare(numbers,fixed,1,0,3));
   int more[];
   ArrayResize(more,1);
   more[0]=77;
   ArraySwap(numbers,more);
   Show("array swapped",Joined(numbers));
   Number("array fixed resize",ArrayResize(fixed,ROWS+1));
   Number("array fixed shrink",ArrayResize(fixed,1));
   Number("array fixed size",ArraySize(fixed));
   Number("array fixed copy",ArrayCopy(fixed,more));
   Show("array dynamic",(string)ArrayIsDynamic(more)+" "+(string)ArrayIsDynamic(fixed));
   Number("array initialize",ArrayInitialize(fixed,4));
   Show("array initialized",Joined(fixed));
   ArrayFree(more);
   Number("array freed",ArraySize(more));
   Number("array negative",ArrayResize(more,-1));
   ArrayResize(more,2,100);
   Show("new elements are garbage",(string)(more[1]!=0));
   ZeroMemory(more);
   Show("array zeroed",Joined(more));
   int table[ROWS][2];
   ZeroMemory(table);
   table[2][1]=8;
   Number("array of two",table[2][1]);
  }
//+------------------------------------------------------------------+
//| Structures, objects and locals without a value                   |
//+------------------------------------------------------------------+
void Structures(void)
  {
   Number("size tick",sizeof(MqlTick));
   Number("size rates",sizeof(MqlRates));
   Number("size book",sizeof(MqlBookInfo));
   Number("size packed",sizeof(SPacked));
   SPacked packed;
   ZeroMemory(packed);
   packed.kind=1;
   packed.price=1.0;
   packed.pair[ROWS-1]=0x1234;
   packed.set=true;
   packed.side=SIDE_BUY;
   uchar bytes[];
   Show("struct out",(string)StructToCharArray(packed,bytes));
   Show("struct bytes",Hex(bytes));
   SPacked again;
   Show("struct in",(string)CharArrayToStruct(again,bytes));
   Number("struct back",again.pair[ROWS-1]);
   Show("struct too short",(string)CharArrayToStruct(again,bytes,1));
   SNamed named;
   ZeroMemory(named);
   named.name="x";
   ArrayResize(named.values,1);
   named.values[0]=2.5;
   SNamed other;
   other=named;
   other.name+="y";
   other.values[0]=3.5;
   Show("struct copies are apart",named.name+(string)named.values[0]+other.name+(string)other.values[0]);
   int local;
   double real;
   SPacked unset;
   Show("locals are garbage",(string)(local!=0)+(string)(real!=0.0)+(string)(unset.price!=0.0));
   Number("globals are zero",ExtZero);
   ExtUser.Bind(ExtCounter);
   ExtUser.Use();
   ExtUser.Use();
   Number("pointer",ExtCounter.Count());
  }
//+------------------------------------------------------------------+
//| Text and binary files                                            |
//+------------------------------------------------------------------+
void Files(void)
  {
   ResetLastError();
   Number("file absent",FileOpen("none.txt",FILE_READ|FILE_TXT|FILE_ANSI));
   Number("file absent error",GetLastError());
   Number("file outside",FileOpen("..\\x.txt",FILE_WRITE|FILE_BIN));
   Number("file outside error",GetLastError());
   Number("file absolute",FileOpen("C:\\x.txt",FILE_WRITE|FILE_BIN));
   int file=FileOpen("Box\\lines.txt",FILE_READ|FILE_WRITE|FILE_TXT|FILE_ANSI,'\t',CP_UTF8);
   Number("text written",(long)FileWriteString(file,"one\n"+ShortToString(0x20AC)+"\r\n"));
   FileFlush(file);
   Number("text size",(long)FileSize(file));
   Number("file not shared",FileOpen("Box\\lines.txt",FILE_READ|FILE_TXT|FILE_ANSI));
   Show("file open stays",(string)FileDelete("Box\\lines.txt"));
   FileSeek(file,0,SEEK_SET);
   Show("line 1",FileReadString(file));
   Show("line 2",(string)(FileReadString(file)==ShortToString(0x20AC)));
   Show("text end",(string)FileIsEnding(file));
   FileSeek(file,0,SEEK_END);
   FileWriteString(file,"tail");
   FileSeek(file,5,SEEK_SET);
   Number("tell",(long)FileTell(file));
   FileClose(file);
   ResetLastError();
   Number("closed",(long)FileWriteString(file,"x"));
   Number("closed error",GetLastError());
   file=FileOpen("wide.txt",FILE_WRITE|FILE_TXT);
   FileWriteString(file,"ab");
   FileClose(file);
   Number("wide size",(long)FileGetInteger("wide.txt",FILE_SIZE));
   file=FileOpen("data.bin",FILE_WRITE|FILE_BIN);
   uchar bytes[]={1,2,3,4,5};
   Number("bytes written",(long)FileWriteArray(file,bytes,1,3));
   Number("long written",(long)FileWriteLong(file,-2));
   Number("byte written",(long)FileWriteInteger(file,300,CHAR_VALUE));
   FileWriteDouble(file,0.5);
   ResetLastError();
   FileReadLong(file);
   Number("not readable",GetLastError());
   FileClose(file);
   file=FileOpen("data.bin",FILE_READ|FILE_BIN|FILE_SHARE_READ);
   int second=FileOpen("data.bin",FILE_READ|FILE_BIN|FILE_SHARE_READ);
   Show("shared",(string)(second!=INVALID_HANDLE));
   FileClose(second);
   uchar head[];
   Number("bytes read",(long)FileReadArray(file,head,0,3));
   Show("bytes",Hex(head));
   Number("long read",FileReadLong(file));
   Number("byte read",FileReadInteger(file,CHAR_VALUE));
   Show("double read",(string)FileReadDouble(file));
   Show("binary end",(string)FileIsEnding(file));
   FileSeek(file,0,SEEK_SET);
   Number("rest read",(long)FileReadArray(file,head));
   FileClose(file);
   Show("exists",(string)FileIsExist("data.bin"));
   ResetLastError();
   Show("folder is no file",(string)FileIsExist("Box"));
   Number("folder error",GetLastError());
   Show("copy",(string)FileCopy("data.bin",0,"Box\\copy.bin",0));
   Show("copy over",(string)FileCopy("data.bin",0,"Box\\copy.bin",0));
   Show("copy over rewrites",(string)FileCopy("data.bin",0,"Box\\copy.bin",FILE_REWRITE));
   Show("move",(string)FileMove("data.bin",0,"shared.bin",FILE_COMMON));
   Show("moved",(string)FileIsExist("data.bin")+(string)FileIsExist("shared.bin",FILE_COMMON));
   Show("folder",(string)FolderCreate("Box\\Deep"));
   string name="";
   string names="";
   long search=FileFindFirst("Box\\*",name);
   do
     {
      names+=name+" ";
     }
   while(FileFindNext(search,name));
   FileFindClose(search);
   Show("found",names);
   Show("deleted",(string)FileDelete("Box\\copy.bin"));
   Show("deleted is gone",(string)FileIsExist("Box\\copy.bin"));
  }
//+------------------------------------------------------------------+
//| Global variables of the terminal, over two runs                  |
//+------------------------------------------------------------------+
void Globals(void)
  {
   Show("run before",(string)GlobalVariableGet("runs"));
   Show("lock before",(string)GlobalVariableCheck("lock"));
   GlobalVariableSet("runs",GlobalVariableGet("runs")+1.0);
   Show("lock made",(string)GlobalVariableTemp("lock"));
   Show("lock made twice",(string)GlobalVariableTemp("lock"));
   Show("lock taken",(string)GlobalVariableSetOnCondition("lock",1.0,0.0));
   Show("lock taken twice",(string)GlobalVariableSetOnCondition("lock",1.0,0.0));
   ResetLastError();
   Show("condition on nothing",(string)GlobalVariableSetOnCondition("none",1.0,0.0));
   Number("condition error",GetLastError());
   double value=0.0;
   Show("get by reference",(string)GlobalVariableGet("runs",value));
   Show("got by reference",(string)value);
   GlobalVariableSet("gone",1.0);
   Show("deleted variable",(string)GlobalVariableDel("gone"));
   Show("deleted variable twice",(string)GlobalVariableDel("gone"));
  }
//+------------------------------------------------------------------+
//| Everything once                                                  |
//+------------------------------------------------------------------+
void OnStart(void)
  {
   Strings();
   Conversions();
   Encodings();
   Arrays();
   Structures();
   Files();
   Globals();
   SetUserError(3);
   Number("user error",GetLastError());
   Show("program",MQLInfoString(MQL_PROGRAM_NAME)+" "+(string)MQLInfoInteger(MQL_TESTER));
   PrintFormat("%s|%d","two\nlines",5);
   Comment("status\nline");
   Alert("look");
   Show("symbol",_Symbol);
  }
//+------------------------------------------------------------------+
