//+------------------------------------------------------------------+
//| Outboxes.mqh                                                     |
//| the sessions that are pushed to, each known by one bit           |
//+------------------------------------------------------------------+
#ifndef PITWIRE_EVENT_OUTBOXES_MQH
#define PITWIRE_EVENT_OUTBOXES_MQH

#include <Pitwire/Event/Outbox.mqh>

#define PW_OUTBOXES 64   // bits of a mask
//+------------------------------------------------------------------+
//| A set of listeners is an ulong with the bits of their sessions,  |
//| so that an event costs no search                                 |
//+------------------------------------------------------------------+
class COutboxes
  {
private:
   CPeer            *m_push_peer;
   COutbox           m_slots[PW_OUTBOXES];
   CPackWriter       m_gap;
   ulong             m_dropped;

   ulong             Bit(const int slot) const { return(((ulong)1)<<slot); }
   int               SlotOf(const ulong session) const;

public:
                     COutboxes(void) { m_dropped=0; }
   void              Bind(CPeer &peer);
   void              Clear(void);
   ulong             Find(const ulong session) const;
   ulong             Open(const ulong session);
   void              Close(const ulong session);
   void              Push(const ulong listeners,const int channel,const string symbol,const int kind,CPackWriter &body);
   void              Miss(const ulong listeners,const int channel,const string symbol,const ulong count);
   void              Announce(void);
   void              Beat(const ulong session,CPackWriter &body);
   int               Live(ulong &sessions[]) const;
   int               Waiting(void) const;
   ulong             Dropped(void) const { return(m_dropped); }
  };
//+------------------------------------------------------------------+
//| Learn who sends                                                  |
//+------------------------------------------------------------------+
void COutboxes::Bind(CPeer &peer)
  {
   m_push_peer=GetPointer(peer);
  }
//+------------------------------------------------------------------+
//| Forget all sessions and begin to count anew                      |
//+------------------------------------------------------------------+
void COutboxes::Clear(void)
  {
   for(int i=0; i<PW_OUTBOXES; i++)
      m_slots[i].Close();
   m_dropped=0;
  }
//+------------------------------------------------------------------+
//| Place of a session, -1: it has none                              |
//+------------------------------------------------------------------+
int COutboxes::SlotOf(const ulong session) const
  {
   for(int i=0; i<PW_OUTBOXES; i++)
      if(m_slots[i].Session()==session)
         return(i);
   return(-1);
  }
//+------------------------------------------------------------------+
//| The bit of a session, 0: it has none                             |
//+------------------------------------------------------------------+
ulong COutboxes::Find(const ulong session) const
  {
   int slot=SlotOf(session);
   if(slot<0)
      return(0);
   return(Bit(slot));
  }
//+------------------------------------------------------------------+
//| The bit of a session, made when it has none; 0: no room          |
//+------------------------------------------------------------------+
ulong COutboxes::Open(const ulong session)
  {
   int slot=SlotOf(session);
   if(slot>=0)
      return(Bit(slot));
   slot=SlotOf(0);
   if(slot<0)
      return(0);
   m_slots[slot].Open(session);
   return(Bit(slot));
  }
//+------------------------------------------------------------------+
//| Forget a session                                                 |
//+------------------------------------------------------------------+
void COutboxes::Close(const ulong session)
  {
   int slot=SlotOf(session);
   if(slot>=0)
      m_slots[slot].Close();
  }
//+------------------------------------------------------------------+
//| Send one event to all who listen, or count it for those who      |
//| cannot be sent to now                                            |
//+------------------------------------------------------------------+
void COutboxes::Push(const ulong listeners,const int channel,const string symbol,const int kind,CPackWriter &body)
  {
   ulong rest=listeners;
   for(int i=0; rest!=0; i++)
     {
      if((rest&1)!=0 && !m_slots[i].Push(m_push_peer,m_gap,kind,body))
        {
         m_slots[i].Miss(channel,symbol,1);
         m_dropped++;
        }
      rest>>=1;
     }
  }
//+------------------------------------------------------------------+
//| Count events that were lost before they could be sent            |
//+------------------------------------------------------------------+
void COutboxes::Miss(const ulong listeners,const int channel,const string symbol,const ulong count)
  {
   ulong rest=listeners;
   for(int i=0; rest!=0; i++)
     {
      if((rest&1)!=0)
        {
         m_slots[i].Miss(channel,symbol,count);
         m_dropped+=count;
        }
      rest>>=1;
     }
  }
//+------------------------------------------------------------------+
//| Tell every session what it missed, as far as its socket takes it |
//+------------------------------------------------------------------+
void COutboxes::Announce(void)
  {
   for(int i=0; i<PW_OUTBOXES; i++)
      if(m_slots[i].Waiting()>0)
         m_slots[i].Announce(m_push_peer,m_gap);
  }
//+------------------------------------------------------------------+
//| Send a heartbeat; one that is dropped is made good by the next   |
//+------------------------------------------------------------------+
void COutboxes::Beat(const ulong session,CPackWriter &body)
  {
   if(!m_push_peer.Push(session,PW_EVENT_HEARTBEAT,body))
      m_dropped++;
  }
//+------------------------------------------------------------------+
//| The sessions that can be pushed to                               |
//+------------------------------------------------------------------+
int COutboxes::Live(ulong &sessions[]) const
  {
   return(m_push_peer.LiveSessions(sessions));
  }
//+------------------------------------------------------------------+
//| Announcements that wait                                          |
//+------------------------------------------------------------------+
int COutboxes::Waiting(void) const
  {
   int total=0;
   for(int i=0; i<PW_OUTBOXES; i++)
      total+=m_slots[i].Waiting();
   return(total);
  }

#endif
