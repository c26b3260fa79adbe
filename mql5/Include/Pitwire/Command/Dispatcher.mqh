//+------------------------------------------------------------------+
//| Dispatcher.mqh                                                   |
//| from the kind of a request to what answers it                    |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_DISPATCHER_MQH
#define PITWIRE_COMMAND_DISPATCHER_MQH

#include <Pitwire/Channel/Peer.mqh>
#include <Pitwire/Channel/Service.mqh>
#include <Pitwire/Command/AccountCommands.mqh>
#include <Pitwire/Command/Answer.mqh>
#include <Pitwire/Command/BookCommands.mqh>
#include <Pitwire/Command/CalcCommands.mqh>
#include <Pitwire/Command/HistoryLists.mqh>
#include <Pitwire/Command/OrderLists.mqh>
#include <Pitwire/Command/RateCommands.mqh>
#include <Pitwire/Command/SubscriptionCommands.mqh>
#include <Pitwire/Command/SymbolCommands.mqh>
#include <Pitwire/Command/TickCommands.mqh>
#include <Pitwire/Command/TradeCommands.mqh>
#include <Pitwire/Desk/Desk.mqh>
#include <Pitwire/Event/Feeds.mqh>

#define PW_LARGEST_BODY (PW_MAX_FRAME_FROM_TERMINAL-PW_MIN_FRAME)

//+------------------------------------------------------------------+
//| The terminal behind the link. Trading commands answer themselves,|
//| now or later; all others are answered here, at once              |
//+------------------------------------------------------------------+
class CDispatcher : public CPwService
  {
private:
   CPeer            *m_peer;
   CFeeds           *m_feeds;
   CDesk            *m_desk;
   CTradeCommands   *m_trade;
   SPwFacts          m_facts;
   CFields           m_fields;
   CPackWriter       m_answer;
   CAccountCommands  m_account;
   CSymbolCommands   m_symbols;
   CTickCommands     m_ticks;
   CRateCommands     m_rates;
   CBookCommands     m_books;
   COrderLists       m_orders;
   CHistoryLists     m_past;
   CCalcCommands     m_calc;
   CSubscriptionCommands m_subscriptions;

   bool              IsTrading(const int kind) const;
   bool              Answer(const SPwTicket &ticket,SPwRefusal &refusal);
   bool              AnswerMarket(const int kind,SPwRefusal &refusal);

public:
   void              Bind(CPeer &peer,CFeeds &feeds,CDesk &desk,CTradeCommands &trade);
   void              Identity(const SPwFacts &facts);
   virtual void      Facts(SPwFacts &facts);
   virtual void      Request(const SPwTicket &ticket,const uchar &body[]);
   virtual void      SessionEnded(const ulong session);
  };
//+------------------------------------------------------------------+
//| Meet those who answer                                            |
//+------------------------------------------------------------------+
void CDispatcher::Bind(CPeer &peer,CFeeds &feeds,CDesk &desk,CTradeCommands &trade)
  {
   m_peer=GetPointer(peer);
   m_feeds=GetPointer(feeds);
   m_desk=GetPointer(desk);
   m_trade=GetPointer(trade);
   m_subscriptions.Bind(feeds);
  }
//+------------------------------------------------------------------+
//| Take what does not change between two starts                     |
//+------------------------------------------------------------------+
void CDispatcher::Identity(const SPwFacts &facts)
  {
   m_facts=facts;
  }
//+------------------------------------------------------------------+
//| Tell who the terminal is now                                     |
//+------------------------------------------------------------------+
void CDispatcher::Facts(SPwFacts &facts)
  {
   facts=m_facts;
   facts.login=(ulong)AccountInfoInteger(ACCOUNT_LOGIN);
   facts.server=PwShort(AccountInfoString(ACCOUNT_SERVER));
   facts.journal=m_desk.Journal();
  }
//+------------------------------------------------------------------+
//| Forget what belonged to a session                                |
//+------------------------------------------------------------------+
void CDispatcher::SessionEnded(const ulong session)
  {
   m_feeds.SessionEnded(session);
   m_desk.SessionEnded(session);
   m_books.Release(0);
  }
//+------------------------------------------------------------------+
//| Answer one request                                               |
//+------------------------------------------------------------------+
void CDispatcher::Request(const SPwTicket &ticket,const uchar &body[])
  {
   m_books.Release(PW_BOOK_IDLE_MS);
   bool readable=m_fields.Read(body);
   bool trading=IsTrading(ticket.kind);
   if(readable && trading)
     {
      m_trade.Request(ticket,m_fields);
      return;
     }
   SPwRefusal refusal;
   bool good=(trading ? m_fields.Accepted(refusal) : Answer(ticket,refusal));
   if(good && m_answer.Size()>PW_LARGEST_BODY)
     {
      good=false;
      PwRefuse(refusal,PW_REFUSAL_TOO_LARGE,"The answer does not fit into one frame: ask for less.");
     }
   if(good)
     {
      m_peer.Reply(ticket,m_answer);
      return;
     }
   PwWriteRefusal(m_answer,refusal);
   m_peer.Refuse(ticket,m_answer);
  }
//+------------------------------------------------------------------+
//| Whether a command goes to the desk                               |
//+------------------------------------------------------------------+
bool CDispatcher::IsTrading(const int kind) const
  {
   switch(kind)
     {
      case PW_COMMAND_ORDER_CHECK:
      case PW_COMMAND_ORDER_SEND:
      case PW_COMMAND_ORDER_MODIFY:
      case PW_COMMAND_ORDER_REMOVE:
      case PW_COMMAND_POSITION_MODIFY:
      case PW_COMMAND_POSITION_CLOSE:
      case PW_COMMAND_POSITION_CLOSE_BY:
      case PW_COMMAND_ORDER_STATUS:
         return(true);
      default:
         return(false);
     }
  }
//+------------------------------------------------------------------+
//| Write a reply; false: the refusal says why there is none         |
//+------------------------------------------------------------------+
bool CDispatcher::Answer(const SPwTicket &ticket,SPwRefusal &refusal)
  {
   switch(ticket.kind)
     {
      case PW_COMMAND_PING:
         return(m_account.Ping(m_fields,m_answer,refusal));
      case PW_COMMAND_ACCOUNT_INFO:
         return(m_account.Account(m_fields,m_answer,refusal));
      case PW_COMMAND_TERMINAL_INFO:
         return(m_account.Terminal(m_fields,m_answer,refusal));
      case PW_COMMAND_SUBSCRIBE:
         return(m_subscriptions.Subscribe(ticket.session,m_fields,m_answer,refusal));
      case PW_COMMAND_UNSUBSCRIBE:
         return(m_subscriptions.Unsubscribe(ticket.session,m_fields,m_answer,refusal));
      case PW_COMMAND_ORDERS_GET:
         return(m_orders.Orders(m_fields,m_answer,refusal));
      case PW_COMMAND_POSITIONS_GET:
         return(m_orders.Positions(m_fields,m_answer,refusal));
      case PW_COMMAND_HISTORY_ORDERS_GET:
         return(m_past.Orders(m_fields,m_answer,refusal));
      case PW_COMMAND_HISTORY_DEALS_GET:
         return(m_past.Deals(m_fields,m_answer,refusal));
      default:
         return(AnswerMarket(ticket.kind,refusal));
     }
  }
//+------------------------------------------------------------------+
//| The same for the commands about symbols and prices               |
//+------------------------------------------------------------------+
bool CDispatcher::AnswerMarket(const int kind,SPwRefusal &refusal)
  {
   switch(kind)
     {
      case PW_COMMAND_SYMBOLS_GET:
         return(m_symbols.List(m_fields,m_answer,refusal));
      case PW_COMMAND_SYMBOL_INFO:
         return(m_symbols.Info(m_fields,m_answer,refusal));
      case PW_COMMAND_SYMBOL_SELECT:
         return(m_symbols.Select(m_fields,m_answer,refusal));
      case PW_COMMAND_SYMBOL_INFO_TICK:
         return(m_symbols.Tick(m_fields,m_answer,refusal));
      case PW_COMMAND_COPY_TICKS_FROM:
         return(m_ticks.From(m_fields,m_answer,refusal));
      case PW_COMMAND_COPY_TICKS_RANGE:
         return(m_ticks.Range(m_fields,m_answer,refusal));
      case PW_COMMAND_COPY_RATES_FROM:
         return(m_rates.From(m_fields,m_answer,refusal));
      case PW_COMMAND_COPY_RATES_FROM_POS:
         return(m_rates.FromPos(m_fields,m_answer,refusal));
      case PW_COMMAND_COPY_RATES_RANGE:
         return(m_rates.Range(m_fields,m_answer,refusal));
      case PW_COMMAND_MARKET_BOOK_GET:
         return(m_books.Get(m_fields,m_answer,refusal));
      case PW_COMMAND_ORDER_CALC_MARGIN:
         return(m_calc.Margin(m_fields,m_answer,refusal));
      case PW_COMMAND_ORDER_CALC_PROFIT:
         return(m_calc.Profit(m_fields,m_answer,refusal));
      default:
         PwRefuse(refusal,PW_REFUSAL_UNSUPPORTED,"This terminal knows no command "+IntegerToString(kind)+".");
         return(false);
     }
  }

#endif
