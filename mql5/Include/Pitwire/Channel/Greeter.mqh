//+------------------------------------------------------------------+
//| Greeter.mqh                                                      |
//| the terminal's side of the handshake                             |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CHANNEL_GREETER_MQH
#define PITWIRE_CHANNEL_GREETER_MQH

#include <Pitwire/Clock.mqh>
#include <Pitwire/Log.mqh>
#include <Pitwire/Codec/Handshake.mqh>
#include <Pitwire/Channel/HelloGate.mqh>
#include <Pitwire/Channel/KeyFiles.mqh>
#include <Pitwire/Channel/Random.mqh>
#include <Pitwire/Channel/Service.mqh>

#define PW_KEYS_AGAIN_MS 2000    // how often a HELLO under an unknown secret may make us look

//+------------------------------------------------------------------+
//| Checks HELLOs and writes WELCOMEs; a stranger learns nothing     |
//+------------------------------------------------------------------+
class CGreeter
  {
private:
   CKeyFiles         m_files;
   CRandom           m_random;
   CSigner           m_hasher;
   CHelloGate        m_gate;
   CPackReader       m_reader;
   CSecret           m_current;
   CSecret           m_following;
   string            m_terminal;
   ulong             m_keys_read_ms;
   uchar             m_hello_frame[];
   bool              m_under_current;    // the HELLO's secret: the current or the next one

   int               SecretOf(const uchar &frame[],const int size);
   bool              Compose(const SPwFacts &facts);

public:
   SPwHello          m_hello;       // the HELLO taken last
   SPwWelcome        m_welcome;
   SPwSessionKeys    m_keys;
   CPackWriter       m_answer;
   int               m_size;

                     CGreeter(void);
   bool              Open(const string terminal);
   string            Problem(void) const;
   bool              ReadCurve(SPwCurve &curve);
   bool              Verify(const SPwHeader &header,const SPwRoute &route,const uchar &frame[],const int size);
   bool              Answer(const SPwFacts &facts);
  };
//+------------------------------------------------------------------+
//| Begin without secrets                                            |
//+------------------------------------------------------------------+
CGreeter::CGreeter(void)
  {
   m_terminal="";
   m_keys_read_ms=0;
   m_size=0;
   m_under_current=true;
  }
//+------------------------------------------------------------------+
//| Read the secrets of a terminal; false: see Problem               |
//+------------------------------------------------------------------+
bool CGreeter::Open(const string terminal)
  {
   m_terminal=terminal;
   m_files.Name(terminal);
   m_gate.Open(m_random.Number());
   m_keys_read_ms=PwMonotonicMs();
   return(m_files.ReadSecrets(m_hasher,m_current,m_following));
  }
//+------------------------------------------------------------------+
//| Why Open or ReadCurve failed                                     |
//+------------------------------------------------------------------+
string CGreeter::Problem(void) const
  {
   return(m_files.Problem());
  }
//+------------------------------------------------------------------+
//| Read the CURVE keys, if there are any                            |
//+------------------------------------------------------------------+
bool CGreeter::ReadCurve(SPwCurve &curve)
  {
   return(m_files.ReadCurve(curve));
  }
//+------------------------------------------------------------------+
//| Find the secret under which a HELLO was signed: 1 the current    |
//| one, 2 the next one, 0 none                                      |
//+------------------------------------------------------------------+
int CGreeter::SecretOf(const uchar &frame[],const int size)
  {
   if(m_current.Signed(m_hasher,frame,size))
      return(1);
   if(m_following.Signed(m_hasher,frame,size))
      return(2);
   return(0);
  }
//+------------------------------------------------------------------+
//| Take a HELLO; false: it is not to be answered                    |
//+------------------------------------------------------------------+
bool CGreeter::Verify(const SPwHeader &header,const SPwRoute &route,const uchar &frame[],const int size)
  {
   ulong now_ms=PwMonotonicMs();
   if(!m_gate.Admits(route,frame,size,now_ms) || !PwIsHello(header))
      return(false);
   int which=SecretOf(frame,size);
   if(which==0 && now_ms-m_keys_read_ms>=PW_KEYS_AGAIN_MS)
     {
      // A rotation may have written other files since: so it needs no new start.
      m_keys_read_ms=now_ms;
      if(!m_files.ReadSecrets(m_hasher,m_current,m_following))
         PwLog(m_files.Problem());
      which=SecretOf(frame,size);
     }
   if(which==0 || !m_reader.Read(frame,PW_HEADER_SIZE,size-PW_MIN_FRAME))
      return(false);
   m_under_current=(which==1);
   bool good=false;
   if(m_under_current)
      good=PwReadHello(m_reader,m_current,m_terminal,m_hello);
   else
      good=PwReadHello(m_reader,m_following,m_terminal,m_hello);
   if(!good)
      return(false);
   ArrayResize(m_hello_frame,size);
   ArrayCopy(m_hello_frame,frame,0,0,size);
   return(true);
  }
//+------------------------------------------------------------------+
//| Gather what WELCOME tells                                        |
//+------------------------------------------------------------------+
bool CGreeter::Compose(const SPwFacts &facts)
  {
   uchar nonce[];
   m_welcome.session=m_random.Number();
   if(m_welcome.session==0 || !m_random.Fill(nonce,PW_NONCE_SIZE))
      return(false);
   ArrayCopy(m_welcome.nonce,nonce,0,0,PW_NONCE_SIZE);
   m_welcome.terminal=m_terminal;
   m_welcome.login=facts.login;
   m_welcome.server=StringSubstr(facts.server,0,PW_TEXT_LENGTH);
   m_welcome.build=facts.build;
   m_welcome.agent=facts.agent;
   m_welcome.boot=facts.boot;
   m_welcome.journal=facts.journal;
   m_welcome.max_rows=facts.max_rows;
   m_welcome.clock_us=PwUtcUs();
   m_welcome.utc_offset_s=PwUtcOffset();
   return(true);
  }
//+------------------------------------------------------------------+
//| Answer the HELLO taken last: the WELCOME is in m_answer, its     |
//| session's keys in m_keys                                         |
//+------------------------------------------------------------------+
bool CGreeter::Answer(const SPwFacts &facts)
  {
   if(!Compose(facts))
      return(false);
   if(m_under_current)
      m_size=PwWriteWelcome(m_welcome,m_hello,m_hello_frame,m_current,m_hasher,m_answer,m_keys);
   else
      m_size=PwWriteWelcome(m_welcome,m_hello,m_hello_frame,m_following,m_hasher,m_answer,m_keys);
   if(m_size==0)
      return(false);
   m_gate.Answered(m_hello_frame,ArraySize(m_hello_frame));
   return(true);
  }

#endif
