//+------------------------------------------------------------------+
//| Feeds.mqh                                                        |
//| all that the terminal pushes                                     |
//+------------------------------------------------------------------+
#ifndef PITWIRE_EVENT_FEEDS_MQH
#define PITWIRE_EVENT_FEEDS_MQH

#include <Pitwire/Event/Topic.mqh>
#include <Pitwire/Event/TickFeed.mqh>
#include <Pitwire/Event/BarFeed.mqh>
#include <Pitwire/Event/BookFeed.mqh>
#include <Pitwire/Event/TradeFeed.mqh>
#include <Pitwire/Event/AccountFeed.mqh>
#include <Pitwire/Event/Heartbeat.mqh>

#define PW_FEEDS_RETRY_MS 1000

class CFeeds
  {
private:
   COutboxes         m_outboxes;
   CQuotes           m_quotes;
   CTickFeed         m_tick_feed;
   CBarFeed          m_bar_feed;
   CBookFeed         m_book_feed;
   CTradeFeed        m_trade_feed;
   CAccountFeed      m_account_feed;
   CHeartbeat        m_heartbeat;

   bool              Known(const SPwTopic &topic,SPwRefusal &refusal) const;

public:
   void              Bind(CPeer &peer) { m_outboxes.Bind(peer); }
   bool              Subscribe(const ulong session,const SPwTopic &topic,const bool fill,const long from_msc,ulong &next,SPwRefusal &refusal);
   bool              Unsubscribe(const ulong session,const SPwTopic &topic,SPwRefusal &refusal);
   void              SessionEnded(const ulong session);
   void              Pulse(void);
   void              OnBook(const string symbol) { m_book_feed.OnBook(symbol); }
   void              OnTransaction(const MqlTradeTransaction &transaction,const string request_id,const SPwTradeResult &result);
   void              Deinit(void);
   bool              HoldsBook(const string symbol) const { return(m_book_feed.Holds(symbol)); }
   ulong             Dropped(void) const { return(m_outboxes.Dropped()); }
   void              Load(const int queued,const ulong busy_us) { m_heartbeat.Load(queued,busy_us); }
  };
//+------------------------------------------------------------------+
//| Check that there is such a channel, and the symbol where one is  |
//| meant                                                            |
//+------------------------------------------------------------------+
bool CFeeds::Known(const SPwTopic &topic,SPwRefusal &refusal) const
  {
   if(topic.channel<PW_CHANNEL_TICKS || topic.channel>PW_CHANNEL_TRADES)
     {
      PwRefuse(refusal,PW_REFUSAL_INVALID_REQUEST,"There is no channel "+IntegerToString(topic.channel)+".",PW_FIELD_CHANNEL);
      return(false);
     }
   if(topic.channel>PW_CHANNEL_BOOK)
      return(true);
   return(PwKnownSymbol(topic.symbol,refusal));
  }
//+------------------------------------------------------------------+
//| Begin to push a topic to a session; `next` gets the number of the|
//| first tick that will come, 0 for other channels                  |
//+------------------------------------------------------------------+
bool CFeeds::Subscribe(const ulong session,const SPwTopic &topic,const bool fill,const long from_msc,ulong &next,SPwRefusal &refusal)
  {
   next=0;
   if(!Known(topic,refusal))
      return(false);
   ulong listener=m_outboxes.Open(session);
   if(listener==0)
     {
      PwRefuseForNow(refusal,PW_REFUSAL_BUSY,"Too many sessions are subscribed: end one of them.",PW_FEEDS_RETRY_MS);
      return(false);
     }
   switch(topic.channel)
     {
      case PW_CHANNEL_TICKS:
         return(m_tick_feed.Join(m_quotes,m_outboxes,listener,topic.symbol,fill,from_msc,next,refusal));
      case PW_CHANNEL_BARS:
         return(m_bar_feed.Join(m_quotes,listener,topic.symbol,topic.timeframe,refusal));
      case PW_CHANNEL_BOOK:
         return(m_book_feed.Join(m_quotes,listener,topic.symbol,refusal));
      case PW_CHANNEL_ACCOUNT:
         m_account_feed.Join(listener);
         return(true);
      default:
         m_trade_feed.Join(listener);
         return(true);
     }
  }
//+------------------------------------------------------------------+
//| Stop pushing a topic; one that was not subscribed to is no fault |
//+------------------------------------------------------------------+
bool CFeeds::Unsubscribe(const ulong session,const SPwTopic &topic,SPwRefusal &refusal)
  {
   if(!Known(topic,refusal))
      return(false);
   ulong listener=m_outboxes.Find(session);
   switch(topic.channel)
     {
      case PW_CHANNEL_TICKS:
         m_tick_feed.Leave(m_quotes,listener,topic.symbol);
         break;
      case PW_CHANNEL_BARS:
         m_bar_feed.Leave(m_quotes,listener,topic.symbol,topic.timeframe);
         break;
      case PW_CHANNEL_BOOK:
         m_book_feed.Leave(listener,topic.symbol);
         break;
      case PW_CHANNEL_ACCOUNT:
         m_account_feed.Leave(listener);
         break;
      default:
         m_trade_feed.Leave(listener);
         break;
     }
   return(true);
  }
//+------------------------------------------------------------------+
//| Forget a session and what it subscribed to                       |
//+------------------------------------------------------------------+
void CFeeds::SessionEnded(const ulong session)
  {
   ulong listener=m_outboxes.Find(session);
   if(listener==0)
      return;
   m_tick_feed.Leave(m_quotes,listener,"");
   m_bar_feed.Leave(m_quotes,listener,"",0);
   m_book_feed.Leave(listener,"");
   m_account_feed.Leave(listener);
   m_trade_feed.Leave(listener);
   m_outboxes.Close(session);
  }
//+------------------------------------------------------------------+
//| Push what happened since the last pulse. What was missed is told |
//| before anything else is sent                                     |
//+------------------------------------------------------------------+
void CFeeds::Pulse(void)
  {
   m_outboxes.Announce();
   m_trade_feed.Pulse(m_outboxes);
   m_account_feed.Pulse(m_outboxes);
   m_quotes.Look();
   m_tick_feed.Pulse(m_quotes,m_outboxes);
   m_bar_feed.Pulse(m_quotes,m_outboxes);
   m_book_feed.Pulse(m_outboxes);
   m_heartbeat.Pulse(m_quotes,m_outboxes,m_outboxes.Waiting()+m_trade_feed.Waiting());
  }
//+------------------------------------------------------------------+
//| Take a trade transaction: a copy, and no more, so that none waits|
//+------------------------------------------------------------------+
void CFeeds::OnTransaction(const MqlTradeTransaction &transaction,const string request_id,const SPwTradeResult &result)
  {
   m_account_feed.OnTransaction();
   m_trade_feed.OnTransaction(transaction,request_id,result);
  }
//+------------------------------------------------------------------+
//| Give back what the terminal holds for us and begin anew          |
//+------------------------------------------------------------------+
void CFeeds::Deinit(void)
  {
   m_book_feed.Clear();
   m_trade_feed.Clear();
   m_account_feed.Clear();
   m_bar_feed.Clear();
   m_tick_feed.Clear();
   m_quotes.Clear();
   m_outboxes.Clear();
   m_heartbeat.Clear();
  }

#endif
