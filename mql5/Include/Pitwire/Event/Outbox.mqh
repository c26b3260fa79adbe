//+------------------------------------------------------------------+
//| Outbox.mqh                                                       |
//| one session's way out: what cannot be sent is counted and told   |
//+------------------------------------------------------------------+
#ifndef PITWIRE_EVENT_OUTBOX_MQH
#define PITWIRE_EVENT_OUTBOX_MQH

#include <Pitwire/Codec/WireConstants.mqh>
#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Channel/Peer.mqh>
#include <Pitwire/Record/Stamp.mqh>

struct SPwMissed
  {
   int               channel;
   string            symbol;
   ulong             dropped;
  };
//+------------------------------------------------------------------+
//| The events of one session. A GAP goes before the first event     |
//| that can be sent again. What is missed is kept as one figure per |
//| channel and symbol, so a reader that sleeps costs no memory      |
//+------------------------------------------------------------------+
class COutbox
  {
private:
   ulong             m_session;   // 0 = not in use
   bool              m_full;      // the socket took nothing more in this pulse
   SPwMissed         m_missed[];

   bool              SendGap(CPeer &peer,CPackWriter &body,const int place) const;
   void              DropFirst(const int count);

public:
                     COutbox(void) { Close(); }
   void              Open(const ulong session);
   void              Close(void);
   ulong             Session(void) const { return(m_session); }
   int               Waiting(void) const { return(ArraySize(m_missed)); }
   bool              Push(CPeer &peer,CPackWriter &gap,const int kind,CPackWriter &body);
   void              Miss(const int channel,const string symbol,const ulong count);
   bool              Announce(CPeer &peer,CPackWriter &gap);
  };
//+------------------------------------------------------------------+
//| Begin with a session                                             |
//+------------------------------------------------------------------+
void COutbox::Open(const ulong session)
  {
   Close();
   m_session=session;
  }
//+------------------------------------------------------------------+
//| Forget the session                                               |
//+------------------------------------------------------------------+
void COutbox::Close(void)
  {
   m_session=0;
   m_full=false;
   ArrayFree(m_missed);
  }
//+------------------------------------------------------------------+
//| Send an event; false: it could not be sent, the caller counts it |
//| A socket that was full is tried once in a pulse only: signing    |
//| frames that nobody takes would keep commands waiting             |
//+------------------------------------------------------------------+
bool COutbox::Push(CPeer &peer,CPackWriter &gap,const int kind,CPackWriter &body)
  {
   if(m_full || !Announce(peer,gap))
      return(false);
   m_full=!peer.Push(m_session,kind,body);
   return(!m_full);
  }
//+------------------------------------------------------------------+
//| Count events that this session did not get                       |
//+------------------------------------------------------------------+
void COutbox::Miss(const int channel,const string symbol,const ulong count)
  {
   int total=ArraySize(m_missed);
   for(int i=0; i<total; i++)
      if(m_missed[i].channel==channel && m_missed[i].symbol==symbol)
        {
         m_missed[i].dropped+=count;
         return;
        }
   ArrayResize(m_missed,total+1,16);
   m_missed[total].channel=channel;
   m_missed[total].symbol=symbol;
   m_missed[total].dropped=count;
  }
//+------------------------------------------------------------------+
//| Tell what was missed; false while not even that can be sent      |
//+------------------------------------------------------------------+
bool COutbox::Announce(CPeer &peer,CPackWriter &gap)
  {
   int total=ArraySize(m_missed);
   int told=0;
   while(told<total && SendGap(peer,gap,told))
      told++;
   DropFirst(told);
   m_full=(told<total);
   return(!m_full);
  }
//+------------------------------------------------------------------+
//| Send one announcement                                            |
//+------------------------------------------------------------------+
bool COutbox::SendGap(CPeer &peer,CPackWriter &body,const int place) const
  {
   bool named=(StringLen(m_missed[place].symbol)>0);
   PwOpenEvent(body,named ? 3 : 2);
   body.KeyInt(PW_FIELD_CHANNEL,m_missed[place].channel);
   if(named)
      body.KeyText(PW_FIELD_SYMBOL,m_missed[place].symbol);
   body.KeyUnsigned(PW_FIELD_DROPPED,m_missed[place].dropped);
   return(peer.Push(m_session,PW_EVENT_GAP,body));
  }
//+------------------------------------------------------------------+
//| Forget the announcements that were sent                          |
//+------------------------------------------------------------------+
void COutbox::DropFirst(const int count)
  {
   int left=ArraySize(m_missed)-count;
   if(count==0)
      return;
   for(int i=0; i<left; i++)
      m_missed[i]=m_missed[i+count];
   ArrayResize(m_missed,left,16);
  }

#endif
