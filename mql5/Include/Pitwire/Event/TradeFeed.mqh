//+------------------------------------------------------------------+
//| TradeFeed.mqh                                                    |
//| trade transactions, copied at once and pushed in the pulse       |
//+------------------------------------------------------------------+
#ifndef PITWIRE_EVENT_TRADEFEED_MQH
#define PITWIRE_EVENT_TRADEFEED_MQH

#include <Pitwire/Event/Outboxes.mqh>
#include <Pitwire/Record/TransactionRecord.mqh>
#include <Pitwire/Record/TradeResultRecord.mqh>

#define PW_TRADE_RING 1024   // as many as the terminal itself keeps

struct SPwTransaction
  {
   MqlTradeTransaction transaction;
   string            request_id;   // of the command of ours that caused it, "" = none
   SPwTradeResult    result;       // with a request_id
  };
//+------------------------------------------------------------------+
//| The ring is full only when pulses do not come; what does not fit |
//| is counted and announced as a GAP of TRADES                      |
//+------------------------------------------------------------------+
class CTradeFeed
  {
private:
   ulong             m_trade_listeners;
   SPwTransaction    m_ring[];
   int               m_oldest;
   int               m_waiting;
   ulong             m_overflow;
   CPackWriter       m_trade_body;

   void              Send(COutboxes &outboxes,const int place);

public:
                     CTradeFeed(void) { Clear(); }
   void              Clear(void);
   void              Join(const ulong listener) { m_trade_listeners|=listener; }
   void              Leave(const ulong listener) { m_trade_listeners&=~listener; }
   int               Waiting(void) const { return(m_waiting); }
   void              OnTransaction(const MqlTradeTransaction &transaction,const string request_id,const SPwTradeResult &result);
   void              Pulse(COutboxes &outboxes);
  };
//+------------------------------------------------------------------+
//| Forget everything                                                |
//+------------------------------------------------------------------+
void CTradeFeed::Clear(void)
  {
   m_trade_listeners=0;
   m_oldest=0;
   m_waiting=0;
   m_overflow=0;
  }
//+------------------------------------------------------------------+
//| Copy a transaction                                               |
//+------------------------------------------------------------------+
void CTradeFeed::OnTransaction(const MqlTradeTransaction &transaction,const string request_id,const SPwTradeResult &result)
  {
   if(m_trade_listeners==0)
      return;
   if(ArraySize(m_ring)==0)
      ArrayResize(m_ring,PW_TRADE_RING);
   if(m_waiting==PW_TRADE_RING)
     {
      m_overflow++;
      return;
     }
   int place=(m_oldest+m_waiting)%PW_TRADE_RING;
   m_ring[place].transaction=transaction;
   m_ring[place].request_id=request_id;
   m_ring[place].result=result;
   m_waiting++;
  }
//+------------------------------------------------------------------+
//| Push what was copied, then tell what did not fit behind it       |
//+------------------------------------------------------------------+
void CTradeFeed::Pulse(COutboxes &outboxes)
  {
   while(m_waiting>0)
     {
      Send(outboxes,m_oldest);
      m_oldest=(m_oldest+1)%PW_TRADE_RING;
      m_waiting--;
     }
   if(m_overflow==0)
      return;
   outboxes.Miss(m_trade_listeners,PW_CHANNEL_TRADES,"",m_overflow);
   m_overflow=0;
  }
//+------------------------------------------------------------------+
//| Push one transaction                                             |
//+------------------------------------------------------------------+
void CTradeFeed::Send(COutboxes &outboxes,const int place)
  {
   bool ours=(StringLen(m_ring[place].request_id)>0);
   PwOpenEvent(m_trade_body,ours ? 3 : 1);
   m_trade_body.Key(PW_FIELD_TRANSACTION);
   PwWriteTransaction(m_trade_body,m_ring[place].transaction);
   if(ours)
     {
      m_trade_body.KeyText(PW_FIELD_REQUEST_ID,m_ring[place].request_id);
      m_trade_body.Key(PW_FIELD_RESULT);
      PwWriteTradeResult(m_trade_body,m_ring[place].result);
     }
   outboxes.Push(m_trade_listeners,PW_CHANNEL_TRADES,"",PW_EVENT_TRADE,m_trade_body);
  }

#endif
