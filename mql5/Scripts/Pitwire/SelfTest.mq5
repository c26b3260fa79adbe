//+------------------------------------------------------------------+
//| SelfTest.mq5                                                     |
//| the golden vectors of the wire, inside this terminal             |
//+------------------------------------------------------------------+
#property copyright   "Pitwire contributors, Apache License 2.0"
#property version     "0.20"
#property description "Checks that this terminal encodes, signs and decodes as the wire says. It talks to nobody."

#include <Pitwire/Codec/Handshake.mqh>
#include "Vectors.mqh"

//+------------------------------------------------------------------+
//| Runs the vectors and counts what they find                       |
//+------------------------------------------------------------------+
class CSelfTest
  {
private:
   int               m_passed;
   int               m_failed;
   CSigner           m_hasher;
   CPackWriter       m_writer;
   CPackReader       m_reader;

   void              Check(const string name,const bool good);
   bool              SameValue(const string kind,const string expected);
   bool              WriteValue(const string kind,const string text);
   bool              SameBody(const string expected);
   bool              KeyFrom(const string digits,SPwMacKey &key);
   ENUM_PW_FAULT     Open(const uchar &frame[],const int limit,const SPwMacKey &key);
   bool              AcceptsHello(const string digits,CSecret &secret,SPwHello &hello);
   void              GoodBody(const int at);
   void              Frame(const int at);

public:
                     CSelfTest(void);
   void              Bodies(void);
   void              Rows(void);
   void              Keys(void);
   void              Frames(void);
   void              BadFrames(void);
   void              Handshake(void);
   void              Report(void) const;
  };
//+------------------------------------------------------------------+
//| Bytes of hexadecimal digits                                      |
//+------------------------------------------------------------------+
void PwFromHex(const string digits,uchar &out[])
  {
   int count=StringLen(digits)/2;
   ArrayResize(out,count);
   for(int i=0; i<count; i++)
     {
      int high=PwHexDigit((int)StringGetCharacter(digits,2*i));
      int low=PwHexDigit((int)StringGetCharacter(digits,2*i+1));
      out[i]=(uchar)(16*high+low);
     }
  }
//+------------------------------------------------------------------+
//| Hexadecimal digits of bytes                                      |
//+------------------------------------------------------------------+
string PwToHex(const uchar &data[],const int from,const int count)
  {
   string digits="";
   for(int i=from; i<from+count; i++)
      digits+=StringFormat("%02x",data[i]);
   return(digits);
  }
//+------------------------------------------------------------------+
//| A number up to 2^64-1                                            |
//+------------------------------------------------------------------+
ulong PwToUnsigned(const string digits)
  {
   ulong value=0;
   for(int i=0; i<StringLen(digits); i++)
      value=10*value+(ulong)(StringGetCharacter(digits,i)-'0');
   return(value);
  }
//+------------------------------------------------------------------+
//| Begin at zero                                                    |
//+------------------------------------------------------------------+
CSelfTest::CSelfTest(void)
  {
   m_passed=0;
   m_failed=0;
  }
//+------------------------------------------------------------------+
//| Count a check; a failure is printed                              |
//+------------------------------------------------------------------+
void CSelfTest::Check(const string name,const bool good)
  {
   if(good)
     {
      m_passed++;
      return;
     }
   m_failed++;
   Print("SelfTest: FAILED ",name);
  }
//+------------------------------------------------------------------+
//| Print the count                                                  |
//+------------------------------------------------------------------+
void CSelfTest::Report(void) const
  {
   Print("SelfTest: ",m_passed," passed, ",m_failed," failed");
  }
//+------------------------------------------------------------------+
//| Compare the field `v` with what was meant                        |
//+------------------------------------------------------------------+
bool CSelfTest::SameValue(const string kind,const string expected)
  {
   int place=m_reader.Find("v");
   ENUM_PW_PACK found=m_reader.Kind(place);
   uchar bytes[];
   if(kind=="nil")
      return(place>=0 && found==PW_PACK_NIL);
   if(kind=="bool")
      return(found==PW_PACK_BOOL && m_reader.AsBool(place)==(expected=="true"));
   if(kind=="integer")
      return(found==PW_PACK_INTEGER && IntegerToString(m_reader.AsLong(place))==expected);
   if(kind=="unsigned")
      return(found==PW_PACK_UNSIGNED && m_reader.AsUnsigned(place)==PwToUnsigned(expected));
   if(kind=="binary")
      return(m_reader.AsBytes(place,bytes) && PwToHex(bytes,0,ArraySize(bytes))==expected);
   if(kind=="real")
     {
      SPwReal real;
      uchar held[8];
      real.value=m_reader.AsReal(place);
      StructToCharArray(real,held);
      return(found==PW_PACK_REAL && PwToHex(held,0,8)==expected);
     }
   if(kind=="text")
     {
      int count=PwTextBytes(m_reader.AsText(place),bytes);
      return(found==PW_PACK_TEXT && PwToHex(bytes,0,count)==expected);
     }
   if(kind=="array")
      return(found==PW_PACK_ARRAY);
   if(kind=="map")
      return(found==PW_PACK_MAP);
   return(true);
  }
//+------------------------------------------------------------------+
//| Write a value again                                              |
//+------------------------------------------------------------------+
bool CSelfTest::WriteValue(const string kind,const string text)
  {
   int place=m_reader.Find("v");
   uchar bytes[];
   m_writer.Begin();
   m_writer.Map(1);
   m_writer.Key("v");
   if(kind=="nil")
      m_writer.Nil();
   if(kind=="bool")
      m_writer.Bool(m_reader.AsBool(place));
   if(kind=="integer")
      m_writer.Int(StringToInteger(text));
   if(kind=="unsigned")
      m_writer.Unsigned(PwToUnsigned(text));
   if(kind=="real")
      m_writer.Real(m_reader.AsReal(place));
   if(kind=="text")
      m_writer.Text(m_reader.AsText(place));
   if(kind=="binary" && m_reader.AsBytes(place,bytes))
      m_writer.Binary(bytes,ArraySize(bytes));
   return(true);
  }
//+------------------------------------------------------------------+
//| Compare the written body with bytes                              |
//+------------------------------------------------------------------+
bool CSelfTest::SameBody(const string expected)
  {
   return(PwToHex(m_writer.m_frame,PW_HEADER_SIZE,m_writer.Size())==expected);
  }
//+------------------------------------------------------------------+
//| One body that is to be read and written                          |
//+------------------------------------------------------------------+
void CSelfTest::GoodBody(const int at)
  {
   string name="body: "+ExtPwGoodBodies[at];
   string kind=ExtPwGoodBodies[at+2];
   uchar body[];
   PwFromHex(ExtPwGoodBodies[at+1],body);
   bool read=m_reader.Read(body,0,ArraySize(body));
   Check(name,read && SameValue(kind,ExtPwGoodBodies[at+3]));
   string packed=ExtPwGoodBodies[at+4];
   if(!read || StringLen(packed)==0)
      return;
   Check(name+", written",WriteValue(kind,ExtPwGoodBodies[at+3]) && SameBody(packed));
  }
//+------------------------------------------------------------------+
//| Bodies to be read, and bodies to be refused                      |
//+------------------------------------------------------------------+
void CSelfTest::Bodies(void)
  {
   for(int i=0; i<PW_VECTORS_GOODBODIES; i++)
      GoodBody(5*i);
   uchar body[];
   for(int k=0; k<PW_VECTORS_BADBODIES; k++)
     {
      PwFromHex(ExtPwBadBodies[2*k+1],body);
      Check("bad body: "+ExtPwBadBodies[2*k],!m_reader.Read(body,0,ArraySize(body)));
     }
  }
//+------------------------------------------------------------------+
//| Ticks and bars in memory as on the wire                          |
//+------------------------------------------------------------------+
void CSelfTest::Rows(void)
  {
   MqlTick ticks[];
   ArrayResize(ticks,PW_VECTORS_TICKS);
   string expected="c4"+StringFormat("%02x",PW_ROW_BYTES*PW_VECTORS_TICKS);
   for(int i=0; i<PW_VECTORS_TICKS; i++)
     {
      int at=9*i;
      ticks[i].time=(datetime)StringToInteger(ExtPwTicks[at]);
      ticks[i].bid=StringToDouble(ExtPwTicks[at+1]);
      ticks[i].ask=StringToDouble(ExtPwTicks[at+2]);
      ticks[i].last=StringToDouble(ExtPwTicks[at+3]);
      ticks[i].volume=PwToUnsigned(ExtPwTicks[at+4]);
      ticks[i].time_msc=StringToInteger(ExtPwTicks[at+5]);
      ticks[i].flags=(uint)StringToInteger(ExtPwTicks[at+6]);
      ticks[i].volume_real=StringToDouble(ExtPwTicks[at+7]);
      expected+=ExtPwTicks[at+8];
     }
   m_writer.Begin();
   m_writer.Ticks(ticks,0,PW_VECTORS_TICKS);
   Check("packed ticks",SameBody(expected));
   MqlRates rates[];
   ArrayResize(rates,PW_VECTORS_RATES);
   expected="c4"+StringFormat("%02x",PW_ROW_BYTES*PW_VECTORS_RATES);
   for(int k=0; k<PW_VECTORS_RATES; k++)
     {
      int at=9*k;
      rates[k].time=(datetime)StringToInteger(ExtPwRates[at]);
      rates[k].open=StringToDouble(ExtPwRates[at+1]);
      rates[k].high=StringToDouble(ExtPwRates[at+2]);
      rates[k].low=StringToDouble(ExtPwRates[at+3]);
      rates[k].close=StringToDouble(ExtPwRates[at+4]);
      rates[k].tick_volume=StringToInteger(ExtPwRates[at+5]);
      rates[k].spread=(int)StringToInteger(ExtPwRates[at+6]);
      rates[k].real_volume=StringToInteger(ExtPwRates[at+7]);
      expected+=ExtPwRates[at+8];
     }
   m_writer.Begin();
   m_writer.Rates(rates,0,PW_VECTORS_RATES);
   Check("packed bars",SameBody(expected));
  }
//+------------------------------------------------------------------+
//| Every derivation of the handshake                                |
//+------------------------------------------------------------------+
void CSelfTest::Keys(void)
  {
   uchar value[];
   uchar salt[];
   uchar info[];
   uchar derived[];
   PwFromHex(ExtPwHandshake[0],value);
   for(int i=0; i<PW_VECTORS_KEYS; i++)
     {
      PwFromHex(ExtPwKeys[4*i+1],salt);
      PwFromHex(ExtPwKeys[4*i+2],info);
      bool done=PwDeriveKey(m_hasher,value,salt,info,derived);
      Check("key: "+ExtPwKeys[4*i],done && PwToHex(derived,0,PW_TAG_SIZE)==ExtPwKeys[4*i+3]);
     }
   uchar name[];
   PwTextBytes("demo",name);
   PwKeyInfo(PW_LABEL_HELLO,name,info);
   Check("info of a derivation",PwToHex(info,0,ArraySize(info))==ExtPwKeys[2]);
  }
//+------------------------------------------------------------------+
//| Prepare a key given in digits                                    |
//+------------------------------------------------------------------+
bool CSelfTest::KeyFrom(const string digits,SPwMacKey &key)
  {
   uchar bytes[];
   PwFromHex(digits,bytes);
   return(PwSetMacKey(key,bytes,ArraySize(bytes)));
  }
//+------------------------------------------------------------------+
//| One frame: its header, its tag, its body, and the same made anew |
//+------------------------------------------------------------------+
void CSelfTest::Frame(const int at)
  {
   string name="frame: "+ExtPwFrames[at];
   int digits=2*PW_SECRET_SIZE;
   string text=StringSubstr(ExtPwFrames[at+9],digits);
   uchar frame[];
   SPwMacKey key;
   SPwHeader header;
   PwFromHex(text,frame);
   int size=ArraySize(frame);
   bool good=KeyFrom(StringSubstr(ExtPwFrames[at+9],0,digits),key);
   good=good && PwReadHeader(frame,size,PW_MAX_FRAME_FROM_TERMINAL,header);
   Check(name+", header",good && header.type==(int)StringToInteger(ExtPwFrames[at+2])
         && header.flags==(int)StringToInteger(ExtPwFrames[at+3])
         && header.kind==(int)StringToInteger(ExtPwFrames[at+4])
         && header.session==PwToUnsigned(ExtPwFrames[at+5])
         && header.sequence==PwToUnsigned(ExtPwFrames[at+6])
         && header.clock_us==PwToUnsigned(ExtPwFrames[at+7])
         && header.answers==PwToUnsigned(ExtPwFrames[at+8]));
   if(!good)
      return;
   ENUM_PW_FAULT fault=PwCheckFrame(header,frame,size,header.flags,header.sequence-1,key,m_hasher);
   Check(name+", tag",fault==PW_FAULT_NONE);
   int count=size-PW_MIN_FRAME;
   Check(name+", body",m_reader.Read(frame,PW_HEADER_SIZE,count));
   m_writer.Begin();
   m_writer.Raw(frame,PW_HEADER_SIZE,count);
   int sealed=PwSeal(m_writer,header,key,m_hasher);
   Check(name+", sealed",sealed==size && PwToHex(m_writer.m_frame,0,size)==text);
  }
//+------------------------------------------------------------------+
//| Every kind of frame                                              |
//+------------------------------------------------------------------+
void CSelfTest::Frames(void)
  {
   for(int i=0; i<PW_VECTORS_FRAMES; i++)
      Frame(10*i);
  }
//+------------------------------------------------------------------+
//| Check a frame as the link does                                   |
//+------------------------------------------------------------------+
ENUM_PW_FAULT CSelfTest::Open(const uchar &frame[],const int limit,const SPwMacKey &key)
  {
   SPwHeader header;
   if(!PwReadHeader(frame,ArraySize(frame),limit,header))
      return(PW_FAULT_FRAME);
   if(header.session!=PwToUnsigned(ExtPwOpener[1]))
      return(PW_FAULT_SESSION);
   return(PwCheckFrame(header,frame,ArraySize(frame),0,PwToUnsigned(ExtPwOpener[2]),key,m_hasher));
  }
//+------------------------------------------------------------------+
//| Frames to be refused, each for its reason                        |
//+------------------------------------------------------------------+
void CSelfTest::BadFrames(void)
  {
   SPwMacKey key;
   uchar frame[];
   Check("key of the bad frames",KeyFrom(ExtPwOpener[0],key));
   for(int i=0; i<PW_VECTORS_BADFRAMES; i++)
     {
      string reason=ExtPwBadFrames[3*i+2];
      ENUM_PW_FAULT expected=PW_FAULT_NONE;
      if(reason==PW_COUNTED_FRAME)
         expected=PW_FAULT_FRAME;
      if(reason==PW_COUNTED_SESSION)
         expected=PW_FAULT_SESSION;
      if(reason==PW_COUNTED_SIGNATURE)
         expected=PW_FAULT_SIGNATURE;
      if(reason==PW_COUNTED_SEQUENCE)
         expected=PW_FAULT_SEQUENCE;
      PwFromHex(ExtPwBadFrames[3*i+1],frame);
      ENUM_PW_FAULT found=Open(frame,PW_MAX_FRAME_TO_TERMINAL,key);
      Check("bad frame: "+ExtPwBadFrames[3*i],expected!=PW_FAULT_NONE && found==expected);
     }
   PwFromHex(ExtPwOpener[3],frame);
   Check("the good frame among them",Open(frame,PW_MAX_FRAME_TO_TERMINAL,key)==PW_FAULT_NONE);
   int held=ArraySize(frame);
   int length=(int)StringToInteger(ExtPwOpener[4]);
   ArrayResize(frame,length);
   ArrayFill(frame,held,length-held,0);
   Check("a frame that is too long",Open(frame,PW_MAX_FRAME_TO_TERMINAL,key)==PW_FAULT_FRAME);
  }
//+------------------------------------------------------------------+
//| Check a HELLO as the link does                                   |
//+------------------------------------------------------------------+
bool CSelfTest::AcceptsHello(const string digits,CSecret &secret,SPwHello &hello)
  {
   uchar frame[];
   SPwHeader header;
   PwFromHex(digits,frame);
   int size=ArraySize(frame);
   if(!PwReadHeader(frame,size,PW_MAX_FRAME_TO_TERMINAL,header) || !PwIsHello(header))
      return(false);
   if(!secret.Signed(m_hasher,frame,size) || !m_reader.Read(frame,PW_HEADER_SIZE,size-PW_MIN_FRAME))
      return(false);
   return(PwReadHello(m_reader,secret,"demo",hello));
  }
//+------------------------------------------------------------------+
//| HELLO and WELCOME                                                |
//+------------------------------------------------------------------+
void CSelfTest::Handshake(void)
  {
   uchar value[];
   CSecret current;
   CSecret following;
   SPwHello hello;
   PwFromHex(ExtPwHandshake[0],value);
   bool taken=current.Take(m_hasher,value,"demo");
   PwFromHex(ExtPwHandshake[1],value);
   Check("secrets",taken && following.Take(m_hasher,value,"demo"));
   Check("HELLO under the next secret",AcceptsHello(ExtPwHandshake[3],following,hello));
   Check("and not under the current one",!AcceptsHello(ExtPwHandshake[3],current,hello));
   for(int i=0; i<PW_VECTORS_BADHELLOS; i++)
     {
      string digits=ExtPwBadHellos[2*i+1];
      bool refused=!AcceptsHello(digits,current,hello) && !AcceptsHello(digits,following,hello);
      Check("bad HELLO: "+ExtPwBadHellos[2*i],refused);
     }
   Check("HELLO",AcceptsHello(ExtPwHandshake[2],current,hello));
   string times[];
   SPwWelcome welcome;
   uchar nonce[];
   uchar frame[];
   SPwSessionKeys keys;
   SPwMacKey expected;
   PwFromHex(ExtPwHandshake[4],nonce);
   PwFromHex(ExtPwHandshake[2],frame);
   ArrayCopy(welcome.nonce,nonce,0,0,PW_NONCE_SIZE);
   welcome.session=PwToUnsigned(ExtPwHandshake[6]);
   welcome.terminal="demo";
   welcome.login=PwToUnsigned(ExtPwHandshake[7]);
   welcome.server=ExtPwHandshake[8];
   welcome.build=(int)StringToInteger(ExtPwHandshake[9]);
   welcome.agent=ExtPwHandshake[10];
   welcome.boot=PwToUnsigned(ExtPwHandshake[11]);
   welcome.journal=PwToUnsigned(ExtPwHandshake[12]);
   welcome.max_rows=(int)StringToInteger(ExtPwHandshake[13]);
   StringSplit(ExtPwHandshake[14],' ',times);
   welcome.clock_us=StringToInteger(times[0]);
   welcome.utc_offset_s=(int)StringToInteger(times[1]);
   int size=PwWriteWelcome(welcome,hello,frame,current,m_hasher,m_writer,keys);
   Check("WELCOME",PwToHex(m_writer.m_frame,0,size)==ExtPwHandshake[5]);
   bool same=KeyFrom(ExtPwKeys[4*2+3],expected);
   same=same && PwSameBytes(keys.taken[PW_WIRE_CHANNEL_COMMANDS].inner,0,expected.inner,0,PW_BLOCK);
   Check("keys of the session",same && PwSameBytes(keys.taken[PW_WIRE_CHANNEL_COMMANDS].outer,0,expected.outer,0,PW_BLOCK));
  }
//+------------------------------------------------------------------+
//| Run all of it                                                    |
//+------------------------------------------------------------------+
void OnStart(void)
  {
   CSelfTest test;
   test.Bodies();
   test.Rows();
   test.Keys();
   test.Frames();
   test.BadFrames();
   test.Handshake();
   test.Report();
  }
//+------------------------------------------------------------------+
