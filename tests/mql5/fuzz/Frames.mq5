//+------------------------------------------------------------------+
//| Frames.mq5                                                       |
//| any bytes as a frame: as it came, and rightly signed             |
//+------------------------------------------------------------------+
#property copyright   "Pitwire contributors, Apache License 2.0"
#property version     "0.10"

#include <Pitwire/Codec/Handshake.mqh>
#include "Replay.mqh"

#define PW_TERMINAL    "demo"
#define PW_TAKEN       4
#define PW_SESSION     0x0123456789ABCDEF
#define PW_SESSION_KEY "61542510a33ed4c5962fcbee5c83c122389bc8e31db4837b5c688b01083cc47e"

//+------------------------------------------------------------------+
//| A terminal with a known secret and one session                   |
//+------------------------------------------------------------------+
class CKnownLink
  {
private:
   CSigner           m_hasher;
   CSecret           m_secret;
   CPackReader       m_reader;
   CPackWriter       m_answer;
   SPwMacKey         m_hello_key;
   SPwMacKey         m_session_key;
   uchar             m_frame[];

   ENUM_PW_FAULT     Check(const uchar &frame[],const int size,SPwHeader &header);
   bool              TakeHello(const uchar &frame[],const int size);
   void              Compose(const uchar &data[],const int type);
   void              OneBitMatters(const uchar &data[],const SPwMacKey &key);

public:
                     CKnownLink(void);
   string            AsItCame(const uchar &data[]);
   void              SignedByTheSession(const uchar &data[]);
   bool              SignedByTheSecret(const uchar &data[]);
  };
//+------------------------------------------------------------------+
//| Begin with the keys of the golden vectors                        |
//+------------------------------------------------------------------+
CKnownLink::CKnownLink(void)
  {
   uchar value[PW_SECRET_SIZE];
   uchar salt[];
   uchar name[];
   uchar key[];
   for(int i=0; i<PW_SECRET_SIZE; i++)
      value[i]=(uchar)i;
   PwTextBytes(PW_TERMINAL,name);
   PwTakeHex(PW_SESSION_KEY,key);
   PwMust(m_secret.Take(m_hasher,value,PW_TERMINAL),"the secret is taken");
   PwMust(PwDeriveMacKey(m_hasher,value,salt,PW_LABEL_HELLO,name,m_hello_key),"the key of HELLOs is derived");
   PwMust(PwSetMacKey(m_session_key,key,ArraySize(key)),"the session has a key");
  }
//+------------------------------------------------------------------+
//| Check a frame as the link does                                   |
//+------------------------------------------------------------------+
ENUM_PW_FAULT CKnownLink::Check(const uchar &frame[],const int size,SPwHeader &header)
  {
   if(!PwReadHeader(frame,size,PW_MAX_FRAME_TO_TERMINAL,header))
      return(PW_FAULT_FRAME);
   if(header.session!=PW_SESSION)
      return(PW_FAULT_SESSION);
   return(PwCheckFrame(header,frame,size,0,PW_TAKEN,m_session_key,m_hasher));
  }
//+------------------------------------------------------------------+
//| Read a HELLO and answer it                                       |
//+------------------------------------------------------------------+
bool CKnownLink::TakeHello(const uchar &frame[],const int size)
  {
   SPwHello hello;
   if(!m_secret.Signed(m_hasher,frame,size) || !m_reader.Read(frame,PW_HEADER_SIZE,size-PW_MIN_FRAME))
      return(false);
   if(!PwReadHello(m_reader,m_secret,PW_TERMINAL,hello))
      return(false);
   SPwWelcome welcome;
   SPwSessionKeys keys;
   SPwMacKey key;
   ArrayInitialize(welcome.nonce,7);
   welcome.session=PW_SESSION;
   welcome.terminal=PW_TERMINAL;
   welcome.login=1;
   welcome.server=hello.bridge;
   welcome.build=1;
   welcome.agent="fuzz";
   welcome.boot=1;
   welcome.journal=1;
   welcome.max_rows=1;
   welcome.clock_us=1;
   welcome.utc_offset_s=0;
   int written=PwWriteWelcome(welcome,hello,frame,m_secret,m_hasher,m_answer,keys);
   PwMust(written>PW_MIN_FRAME,"a HELLO is answered");
   PwMust(m_secret.WelcomeKey(m_hasher,frame,key),"the WELCOME has a key");
   PwMust(m_hasher.CheckFrame(key,m_answer.m_frame,written),"the WELCOME is signed");
   return(true);
  }
//+------------------------------------------------------------------+
//| Bytes from outside, with whatever tag they have                  |
//+------------------------------------------------------------------+
string CKnownLink::AsItCame(const uchar &data[])
  {
   SPwHeader header;
   int size=ArraySize(data);
   ENUM_PW_FAULT fault=Check(data,size,header);
   if(fault==PW_FAULT_SESSION && PwIsHello(header))
      return(TakeHello(data,size) ? "hello" : "handshake");
   switch(fault)
     {
      case PW_FAULT_NONE:
         return("good");
      case PW_FAULT_FRAME:
         return("frame");
      case PW_FAULT_SESSION:
         return("session");
      case PW_FAULT_SIGNATURE:
         return("signature");
      default:
         return("sequence");
     }
  }
//+------------------------------------------------------------------+
//| Put bytes behind a header that passes, as far as they say nothing|
//| of their own                                                     |
//+------------------------------------------------------------------+
void CKnownLink::Compose(const uchar &data[],const int type)
  {
   int body=MathMin(ArraySize(data),PW_MAX_FRAME_TO_TERMINAL-PW_MIN_FRAME);
   ArrayResize(m_frame,PW_MIN_FRAME+body);
   ArrayInitialize(m_frame,0);
   ArrayCopy(m_frame,data,PW_HEADER_SIZE,0,body);
   m_frame[PW_OFFSET_MAGIC]=PW_MAGIC_0;
   m_frame[PW_OFFSET_MAGIC+1]=PW_MAGIC_1;
   m_frame[PW_OFFSET_VERSION]=PW_VERSION;
   m_frame[PW_OFFSET_SUITE]=PW_SUITE_HMAC_SHA256;
   m_frame[PW_OFFSET_TYPE]=(uchar)type;
  }
//+------------------------------------------------------------------+
//| A tag is wrong after any change of what it signs, or of itself   |
//+------------------------------------------------------------------+
void CKnownLink::OneBitMatters(const uchar &data[],const SPwMacKey &key)
  {
   int size=ArraySize(m_frame);
   ulong chosen=PwHash(data,0,ArraySize(data),PW_HASH_BASIS)>>7;
   int at=(int)(chosen%(ulong)size);
   m_frame[at]=(uchar)((int)m_frame[at]^(1<<(int)((chosen>>32)&7)));
   PwMust(!m_hasher.CheckFrame(key,m_frame,size),"an altered frame is refused");
  }
//+------------------------------------------------------------------+
//| A frame with this body that the session's bridge signed          |
//+------------------------------------------------------------------+
void CKnownLink::SignedByTheSession(const uchar &data[])
  {
   SPwHeader header;
   Compose(data,PW_FRAME_REQUEST);
   int size=ArraySize(m_frame);
   PwWriteLittle(m_frame,PW_OFFSET_SESSION,8,PW_SESSION);
   PwWriteLittle(m_frame,PW_OFFSET_SEQUENCE,8,PW_TAKEN+1);
   PwMust(m_hasher.SignFrame(m_session_key,m_frame,size-PW_TAG_SIZE),"a frame is signed");
   PwMust(Check(m_frame,size,header)==PW_FAULT_NONE,"a signed frame is good");
   PwWriteLittle(m_frame,PW_OFFSET_SEQUENCE,8,PW_TAKEN);
   PwMust(m_hasher.SignFrame(m_session_key,m_frame,size-PW_TAG_SIZE),"a repetition is signed");
   PwMust(Check(m_frame,size,header)==PW_FAULT_SEQUENCE,"a repeated frame is refused");
   OneBitMatters(data,m_session_key);
  }
//+------------------------------------------------------------------+
//| A HELLO with this body that was signed with the link's secret    |
//+------------------------------------------------------------------+
bool CKnownLink::SignedByTheSecret(const uchar &data[])
  {
   Compose(data,PW_FRAME_HELLO);
   int size=ArraySize(m_frame);
   PwMust(m_hasher.SignFrame(m_hello_key,m_frame,size-PW_TAG_SIZE),"a HELLO is signed");
   PwMust(m_secret.Signed(m_hasher,m_frame,size),"a signed HELLO is known");
   bool good=TakeHello(m_frame,size);
   OneBitMatters(data,m_hello_key);
   return(good);
  }

CKnownLink ExtLink;

//+------------------------------------------------------------------+
//| One input                                                        |
//+------------------------------------------------------------------+
string PwFuzz(const uchar &data[])
  {
   string verdict=ExtLink.AsItCame(data);
   ExtLink.SignedByTheSession(data);
   bool welcome=ExtLink.SignedByTheSecret(data);
   return(verdict+(welcome ? " welcome" : ""));
  }
//+------------------------------------------------------------------+
//| The inputs of the corpus                                         |
//+------------------------------------------------------------------+
void OnStart(void)
  {
   PwReplay();
  }
