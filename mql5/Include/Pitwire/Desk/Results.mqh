//+------------------------------------------------------------------+
//| Results.mqh                                                      |
//| the trade server's answers as the wire has them                  |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_RESULTS_MQH
#define PITWIRE_DESK_RESULTS_MQH

#include <Pitwire/Clock.mqh>
#include <Pitwire/Desk/JournalEntry.mqh>
#include <Pitwire/Record/Digits.mqh>

//--- numbers among the retcodes that have no meaning
#define PW_RETCODE_GAP_1 10005
#define PW_RETCODE_GAP_2 10037

//+------------------------------------------------------------------+
//| True if a retcode does not prove whether anything was executed;  |
//| one that the wire does not list proves nothing either            |
//+------------------------------------------------------------------+
bool PwProvesNothing(const uint retcode)
  {
   switch(retcode)
     {
      case TRADE_RETCODE_ERROR:
      case TRADE_RETCODE_TIMEOUT:
      case TRADE_RETCODE_LOCKED:
      case TRADE_RETCODE_CONNECTION:
      case PW_RETCODE_GAP_1:
      case PW_RETCODE_GAP_2:
         return(true);
      default:
         break;
     }
   return(retcode<TRADE_RETCODE_REQUOTE || retcode>TRADE_RETCODE_HEDGE_PROHIBITED);
  }
//+------------------------------------------------------------------+
//| True if a retcode says that something was executed or placed     |
//+------------------------------------------------------------------+
bool PwIsDone(const uint retcode)
  {
   return(retcode>=TRADE_RETCODE_PLACED && retcode<=TRADE_RETCODE_DONE_PARTIAL);
  }
//+------------------------------------------------------------------+
//| True if the trade server took a market order and told its number,|
//| but not what became of it                                        |
//+------------------------------------------------------------------+
bool PwIsPlaced(const SPwEntry &entry)
  {
   return(entry.request.action==TRADE_ACTION_DEAL && entry.result.retcode==TRADE_RETCODE_PLACED && entry.result.order>0);
  }
//+------------------------------------------------------------------+
//| A result of our own about a request                              |
//+------------------------------------------------------------------+
void PwOwnResult(const MqlTradeRequest &request,const uint retcode,const string comment,SPwTradeResult &result)
  {
   PwClearResult(result);
   result.retcode=retcode;
   result.position=request.position;
   result.comment=comment;
   result.time_msc=PwUtcMsc()+(long)PwUtcOffset()*1000;
   result.digits=PwDigits(request.symbol);
   result.volume_digits=PwVolumeDigits(request.symbol);
  }
//+------------------------------------------------------------------+
//| What a retcode says that we know without the trade server        |
//+------------------------------------------------------------------+
string PwVerdictText(const uint retcode)
  {
   switch(retcode)
     {
      case TRADE_RETCODE_POSITION_CLOSED:
         return("The position has already been closed");
      case TRADE_RETCODE_INVALID_CLOSE_VOLUME:
         return("The close volume exceeds the position volume");
      case TRADE_RETCODE_CLOSE_ORDER_EXIST:
         return("Orders that are under way close so much of the position already");
      default:
         break;
     }
   return("The order is no longer in the book");
  }
//+------------------------------------------------------------------+
//| Take from the deal what the answer lacks                         |
//+------------------------------------------------------------------+
void PwCompleteFromDeal(SPwTradeResult &result)
  {
   if(result.deal==0 || !HistoryDealSelect(result.deal))
      return;
   result.position=(ulong)HistoryDealGetInteger(result.deal,DEAL_POSITION_ID);
   result.time_msc=HistoryDealGetInteger(result.deal,DEAL_TIME_MSC);
   if(result.order==0)
      result.order=(ulong)HistoryDealGetInteger(result.deal,DEAL_ORDER);
   if(result.volume<=0.0)
      result.volume=HistoryDealGetDouble(result.deal,DEAL_VOLUME);
   if(result.price<=0.0)
      result.price=HistoryDealGetDouble(result.deal,DEAL_PRICE);
  }
//+------------------------------------------------------------------+
//| The position that an order belongs to, 0: none                   |
//+------------------------------------------------------------------+
ulong PwPositionOfOrder(const ulong order)
  {
   if(order==0)
      return(0);
   if(OrderSelect(order))
      return((ulong)OrderGetInteger(ORDER_POSITION_ID));
   if(HistoryOrderSelect(order))
      return((ulong)HistoryOrderGetInteger(order,ORDER_POSITION_ID));
   return(0);
  }
//+------------------------------------------------------------------+
//| The trade server's answer to a request, and the position touched |
//+------------------------------------------------------------------+
void PwResultOf(const MqlTradeRequest &request,const MqlTradeResult &answer,SPwTradeResult &result)
  {
   PwOwnResult(request,answer.retcode,answer.comment,result);
   result.retcode_external=(uint)answer.retcode_external;
   result.deal=answer.deal;
   result.order=answer.order;
   result.volume=answer.volume;
   result.price=answer.price;
   result.bid=answer.bid;
   result.ask=answer.ask;
   result.type_filling=(int)request.type_filling;
   if(request.action!=TRADE_ACTION_DEAL && request.action!=TRADE_ACTION_CLOSE_BY)
      return;
   if(result.deal==0 && result.position==0)
      result.position=PwPositionOfOrder(result.order);
   PwCompleteFromDeal(result);
  }

#endif
