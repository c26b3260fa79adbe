//+------------------------------------------------------------------+
//| Evidence.mqh                                                     |
//| what the account's orders and deals prove about a request        |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_EVIDENCE_MQH
#define PITWIRE_DESK_EVIDENCE_MQH

#include <Pitwire/Desk/JournalEntry.mqh>
#include <Pitwire/Desk/Normalizer.mqh>
#include <Pitwire/Desk/RequestBuilder.mqh>
#include <Pitwire/Desk/Results.mqh>

//--- an order as far as it tells whose it is
struct SPwSeen
  {
   ulong             ticket;
   bool              gone;         // it left the book
   string            symbol;
   int               type;
   int               reason;
   double            volume;
   double            price;
   ulong             magic;
   string            comment;
   ulong             position;
   ulong             position_by;
   long              setup_s;
  };
//+------------------------------------------------------------------+
//| Look at the selected order of the book                           |
//+------------------------------------------------------------------+
void PwSeeOrder(SPwSeen &seen)
  {
   seen.ticket=(ulong)OrderGetInteger(ORDER_TICKET);
   seen.gone=false;
   seen.symbol=OrderGetString(ORDER_SYMBOL);
   seen.type=(int)OrderGetInteger(ORDER_TYPE);
   seen.reason=(int)OrderGetInteger(ORDER_REASON);
   seen.volume=OrderGetDouble(ORDER_VOLUME_INITIAL);
   seen.price=OrderGetDouble(ORDER_PRICE_OPEN);
   seen.magic=(ulong)OrderGetInteger(ORDER_MAGIC);
   seen.comment=OrderGetString(ORDER_COMMENT);
   seen.position=(ulong)OrderGetInteger(ORDER_POSITION_ID);
   seen.position_by=(ulong)OrderGetInteger(ORDER_POSITION_BY_ID);
   seen.setup_s=OrderGetInteger(ORDER_TIME_SETUP);
  }
//+------------------------------------------------------------------+
//| Look at an order of the selected history                         |
//+------------------------------------------------------------------+
void PwSeePastOrder(const ulong ticket,SPwSeen &seen)
  {
   seen.ticket=ticket;
   seen.gone=true;
   seen.symbol=HistoryOrderGetString(ticket,ORDER_SYMBOL);
   seen.type=(int)HistoryOrderGetInteger(ticket,ORDER_TYPE);
   seen.reason=(int)HistoryOrderGetInteger(ticket,ORDER_REASON);
   seen.volume=HistoryOrderGetDouble(ticket,ORDER_VOLUME_INITIAL);
   seen.price=HistoryOrderGetDouble(ticket,ORDER_PRICE_OPEN);
   seen.magic=(ulong)HistoryOrderGetInteger(ticket,ORDER_MAGIC);
   seen.comment=HistoryOrderGetString(ticket,ORDER_COMMENT);
   seen.position=(ulong)HistoryOrderGetInteger(ticket,ORDER_POSITION_ID);
   seen.position_by=(ulong)HistoryOrderGetInteger(ticket,ORDER_POSITION_BY_ID);
   seen.setup_s=HistoryOrderGetInteger(ticket,ORDER_TIME_SETUP);
  }
//+------------------------------------------------------------------+
//| The highest number among the orders of the book and of the       |
//| history since then; what was done before cannot be mistaken      |
//+------------------------------------------------------------------+
ulong PwHighestOrder(const long from_s)
  {
   ulong highest=0;
   for(int i=OrdersTotal()-1; i>=0; i--)
      highest=MathMax(highest,OrderGetTicket(i));
   if(!HistorySelect((datetime)from_s,(datetime)((long)TimeTradeServer()+86400)))
      return(highest);
   for(int i=HistoryOrdersTotal()-1; i>=0; i--)
      highest=MathMax(highest,HistoryOrderGetTicket(i));
   return(highest);
  }
//+------------------------------------------------------------------+
//| True if a stop limit order has become its limit order            |
//+------------------------------------------------------------------+
bool PwBecame(const ENUM_ORDER_TYPE asked,const int type)
  {
   if((int)asked==type)
      return(true);
   if(asked==ORDER_TYPE_BUY_STOP_LIMIT)
      return(type==ORDER_TYPE_BUY_LIMIT);
   return(asked==ORDER_TYPE_SELL_STOP_LIMIT && type==ORDER_TYPE_SELL_LIMIT);
  }
//+------------------------------------------------------------------+
//| True if an entry can have caused an order: everything that can   |
//| be compared agrees                                               |
//+------------------------------------------------------------------+
bool PwCanHaveCaused(const SPwEntry &entry,const SPwSeen &seen)
  {
   if(seen.setup_s<entry.from_s || seen.setup_s>entry.to_s || seen.reason!=ORDER_REASON_EXPERT)
      return(false);
   //--- the last quote may be old: an order that was there before the command is another one's
   if(seen.ticket<=entry.above)
      return(false);
   if(seen.magic!=entry.request.magic || seen.comment!=entry.request.comment || seen.symbol!=entry.request.symbol)
      return(false);
   if(entry.request.action==TRADE_ACTION_CLOSE_BY)
      return(seen.type==ORDER_TYPE_CLOSE_BY && seen.position==entry.request.position && seen.position_by==entry.request.position_by);
   if(!PwSameVolume(seen.symbol,seen.volume,entry.request.volume))
      return(false);
   if(entry.request.action==TRADE_ACTION_PENDING)
     {
      if(!PwBecame(entry.request.type,seen.type))
         return(false);
      return(seen.type!=(int)entry.request.type || PwSamePrice(seen.symbol,seen.price,entry.request.price));
     }
   if(entry.request.action!=TRADE_ACTION_DEAL || seen.type!=(int)entry.request.type)
      return(false);
   if(PwIsNetting())
      return(true);
   //--- on a hedging account an order closes the position that it names, or opens its own
   if(entry.request.position>0)
      return(seen.position==entry.request.position);
   return(seen.position==0 || seen.position==seen.ticket);
  }
//+------------------------------------------------------------------+
//| True if the terminal tells of a request that we sent: its number |
//| alone is no proof, since it counts anew when the terminal starts.|
//| What a trade server may adjust or leave out is not compared      |
//+------------------------------------------------------------------+
bool PwIsSameRequest(const MqlTradeRequest &own,const MqlTradeRequest &told)
  {
   if(own.action!=told.action || own.magic!=told.magic)
      return(false);
   if(own.position!=told.position || own.position_by!=told.position_by)
      return(false);
   if(own.order>0 && own.order!=told.order)
      return(false);
   if(own.action!=TRADE_ACTION_DEAL && own.action!=TRADE_ACTION_PENDING)
      return(true);
   return(own.type==told.type && own.symbol==told.symbol && PwSameVolume(own.symbol,own.volume,told.volume));
  }
//+------------------------------------------------------------------+
//| Add up the deals of an order in the selected history             |
//+------------------------------------------------------------------+
void PwAddDeals(const ulong order,SPwTradeResult &result)
  {
   double value=0.0;
   for(int i=0; i<HistoryDealsTotal(); i++)
     {
      ulong deal=HistoryDealGetTicket(i);
      if(deal==0 || (ulong)HistoryDealGetInteger(deal,DEAL_ORDER)!=order)
         continue;
      double volume=HistoryDealGetDouble(deal,DEAL_VOLUME);
      //--- a close by has a deal for either position: the first one counts
      if(result.deal>0 && HistoryDealGetInteger(deal,DEAL_ENTRY)==DEAL_ENTRY_OUT_BY)
         continue;
      result.deal=deal;
      result.volume+=volume;
      value+=HistoryDealGetDouble(deal,DEAL_PRICE)*volume;
      result.position=(ulong)HistoryDealGetInteger(deal,DEAL_POSITION_ID);
      result.time_msc=HistoryDealGetInteger(deal,DEAL_TIME_MSC);
     }
   if(result.volume>0.0)
     {
      result.price=PwNormalPrice(HistoryDealGetString(result.deal,DEAL_SYMBOL),value/result.volume);
      result.volume=NormalizeDouble(result.volume,8);
     }
  }
//+------------------------------------------------------------------+
//| What an order came to that has left the book; from_s: when it    |
//| was sent. False: the history does not have it yet                |
//+------------------------------------------------------------------+
bool PwOutcomeOfOrder(const MqlTradeRequest &request,const ulong order,const long from_s,SPwTradeResult &result)
  {
   if(!HistorySelect((datetime)from_s,(datetime)((long)TimeTradeServer()+86400)))
      return(false);
   int state=-1;
   for(int i=HistoryOrdersTotal()-1; i>=0 && state<0; i--)
     {
      if(HistoryOrderGetTicket(i)==order)
         state=(int)HistoryOrderGetInteger(order,ORDER_STATE);
     }
   if(state<0)
      return(false);
   PwOwnResult(request,TRADE_RETCODE_DONE,"",result);
   result.order=order;
   result.type_filling=(int)HistoryOrderGetInteger(order,ORDER_TYPE_FILLING);
   result.time_msc=HistoryOrderGetInteger(order,ORDER_TIME_DONE_MSC);
   PwAddDeals(order,result);
   if(result.deal==0 && state==ORDER_STATE_FILLED)
      return(false);
   if(result.deal==0)
      result.retcode=(uint)(state==ORDER_STATE_REJECTED ? TRADE_RETCODE_REJECT : TRADE_RETCODE_CANCEL);
   else
      if(state!=ORDER_STATE_FILLED)
         result.retcode=TRADE_RETCODE_DONE_PARTIAL;
   return(true);
  }

#endif
