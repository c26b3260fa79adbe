//+------------------------------------------------------------------+
//| AccountFeed.mqh                                                  |
//| account figures: at once after a trade, else each second while   |
//| positions are open                                               |
//+------------------------------------------------------------------+
#ifndef PITWIRE_EVENT_ACCOUNTFEED_MQH
#define PITWIRE_EVENT_ACCOUNTFEED_MQH

#include <Pitwire/Event/Outboxes.mqh>
#include <Pitwire/Record/AccountRecord.mqh>
#include <Pitwire/Record/PermissionsRecord.mqh>
#include <Pitwire/Clock.mqh>

#define PW_ACCOUNT_INTERVAL_MS 1000

class CAccountFeed
  {
private:
   ulong             m_account_listeners;
   bool              m_traded;
   ulong             m_due_at;     // monotonic ms
   CPackWriter       m_account_body;

public:
                     CAccountFeed(void) { Clear(); }
   void              Clear(void);
   void              Join(const ulong listener) { m_account_listeners|=listener; }
   void              Leave(const ulong listener) { m_account_listeners&=~listener; }
   void              OnTransaction(void) { m_traded=true; }
   void              Pulse(COutboxes &outboxes);
  };
//+------------------------------------------------------------------+
//| Forget everything                                                |
//+------------------------------------------------------------------+
void CAccountFeed::Clear(void)
  {
   m_account_listeners=0;
   m_traded=false;
   m_due_at=0;
  }
//+------------------------------------------------------------------+
//| Push the figures when they have changed                          |
//+------------------------------------------------------------------+
void CAccountFeed::Pulse(COutboxes &outboxes)
  {
   if(m_account_listeners==0)
      return;
   ulong now=PwMonotonicMs();
   if(!m_traded && (now<m_due_at || PositionsTotal()==0))
      return;
   m_traded=false;
   m_due_at=now+PW_ACCOUNT_INTERVAL_MS;
   PwOpenEvent(m_account_body,2);
   m_account_body.Key(PW_FIELD_ACCOUNT);
   PwWriteAccount(m_account_body);
   m_account_body.Key(PW_FIELD_PERMISSIONS);
   PwWritePermissions(m_account_body);
   outboxes.Push(m_account_listeners,PW_CHANNEL_ACCOUNT,"",PW_EVENT_ACCOUNT,m_account_body);
  }

#endif
