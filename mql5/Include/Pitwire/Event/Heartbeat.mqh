//+------------------------------------------------------------------+
//| Heartbeat.mqh                                                    |
//| a sign of life to each session, from the thread that serves      |
//+------------------------------------------------------------------+
#ifndef PITWIRE_EVENT_HEARTBEAT_MQH
#define PITWIRE_EVENT_HEARTBEAT_MQH

#include <Pitwire/Event/Outboxes.mqh>
#include <Pitwire/Event/Quotes.mqh>
#include <Pitwire/Record/PermissionsRecord.mqh>
#include <Pitwire/Clock.mqh>

class CHeartbeat
  {
private:
   ulong             m_beat_at;     // monotonic ms of the next one
   int               m_load_queued;
   ulong             m_busy_us;     // longest handler since the last one
   ulong             m_beaten[];    // sessions
   CPackWriter       m_beat_body;

public:
                     CHeartbeat(void) { Clear(); }
   void              Clear(void);
   void              Load(const int queued,const ulong busy_us);
   void              Pulse(CQuotes &quotes,COutboxes &outboxes,const int waiting);
  };
//+------------------------------------------------------------------+
//| Begin anew                                                       |
//+------------------------------------------------------------------+
void CHeartbeat::Clear(void)
  {
   m_beat_at=0;
   m_load_queued=0;
   m_busy_us=0;
  }
//+------------------------------------------------------------------+
//| Take figures for the next heartbeat                              |
//+------------------------------------------------------------------+
void CHeartbeat::Load(const int queued,const ulong busy_us)
  {
   m_load_queued=queued;
   m_busy_us=MathMax(m_busy_us,busy_us);
  }
//+------------------------------------------------------------------+
//| Send heartbeats when they are due; `waiting` events wait here    |
//+------------------------------------------------------------------+
void CHeartbeat::Pulse(CQuotes &quotes,COutboxes &outboxes,const int waiting)
  {
   ulong now=PwMonotonicMs();
   if(now<m_beat_at)
      return;
   m_beat_at=now+PW_HEARTBEAT_INTERVAL_MS;
   int total=outboxes.Live(m_beaten);
   if(total==0)
      return;
   PwOpenEvent(m_beat_body,5);
   m_beat_body.KeyInt(PW_FIELD_TICK_MSC,quotes.NewestMsc());
   m_beat_body.Key(PW_FIELD_PERMISSIONS);
   PwWritePermissions(m_beat_body);
   m_beat_body.KeyInt(PW_FIELD_QUEUED,m_load_queued+waiting);
   m_beat_body.KeyUnsigned(PW_FIELD_DROPPED,outboxes.Dropped());
   m_beat_body.KeyUnsigned(PW_FIELD_BUSY_US,m_busy_us);
   m_busy_us=0;
   for(int i=0; i<total; i++)
      outboxes.Beat(m_beaten[i],m_beat_body);
  }

#endif
