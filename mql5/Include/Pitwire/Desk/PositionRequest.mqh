//+------------------------------------------------------------------+
//| PositionRequest.mqh                                              |
//| what the trade server is asked about open positions              |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_POSITIONREQUEST_MQH
#define PITWIRE_DESK_POSITIONREQUEST_MQH

#include <Pitwire/Desk/OrderRequest.mqh>
#include <Pitwire/Desk/UnderWay.mqh>

//+------------------------------------------------------------------+
//| True if positions of one symbol are kept as one                  |
//+------------------------------------------------------------------+
bool PwIsNetting(void)
  {
   return(AccountInfoInteger(ACCOUNT_MARGIN_MODE)!=ACCOUNT_MARGIN_MODE_RETAIL_HEDGING);
  }
//+------------------------------------------------------------------+
//| True if the deals of the position whose history is selected took |
//| out all that they had brought in                                 |
//+------------------------------------------------------------------+
bool PwIsClosed(void)
  {
   double left=0.0;
   string symbol="";
   for(int i=HistoryDealsTotal()-1; i>=0; i--)
     {
      ulong deal=HistoryDealGetTicket(i);
      if(deal==0)
         return(false);
      symbol=HistoryDealGetString(deal,DEAL_SYMBOL);
      long type=HistoryDealGetInteger(deal,DEAL_TYPE);
      if(type==DEAL_TYPE_BUY)
         left+=HistoryDealGetDouble(deal,DEAL_VOLUME);
      if(type==DEAL_TYPE_SELL)
         left-=HistoryDealGetDouble(deal,DEAL_VOLUME);
     }
   return(PwSameVolume(symbol,left,0.0));
  }
//+------------------------------------------------------------------+
//| Select a position. One that was closed is never sent on: on a    |
//| netting account it would open the opposite                       |
//+------------------------------------------------------------------+
bool PwFindPosition(const ulong ticket,const string field,MqlTradeRequest &request,uint &verdict,SPwRefusal &refusal)
  {
   if(PositionSelectByTicket(ticket))
     {
      request.symbol=PositionGetString(POSITION_SYMBOL);
      return(true);
     }
   bool known=(HistorySelectByPosition(ticket) && HistoryDealsTotal()>0);
   if(known && PwIsClosed())
     {
      verdict=TRADE_RETCODE_POSITION_CLOSED;
      request.symbol=HistoryDealGetString(HistoryDealGetTicket(0),DEAL_SYMBOL);
      return(true);
     }
   string why="There is no position ";
   if(known)
      why="The terminal does not show how it stands, ask again or look for its new number: the position ";
   PwRefuse(refusal,PW_REFUSAL_NOT_FOUND,why+StringFormat("%I64u",ticket)+".",field);
   return(false);
  }
//+------------------------------------------------------------------+
//| POSITION_MODIFY                                                  |
//+------------------------------------------------------------------+
bool PwBuildStops(const SPwTradeCommand &command,MqlTradeRequest &request,uint &verdict,SPwRefusal &refusal)
  {
   request.action=TRADE_ACTION_SLTP;
   request.position=command.position;
   if(!PwFindPosition(command.position,PW_FIELD_POSITION,request,verdict,refusal))
      return(false);
   if(verdict!=PW_NO_VERDICT)
      return(true);
   request.magic=(ulong)PositionGetInteger(POSITION_MAGIC);
   request.sl=PwChangedPrice(request.symbol,command.has_sl,command.clears_sl,command.sl,PositionGetDouble(POSITION_SL));
   request.tp=PwChangedPrice(request.symbol,command.has_tp,command.clears_tp,command.tp,PositionGetDouble(POSITION_TP));
   return(true);
  }
//+------------------------------------------------------------------+
//| POSITION_CLOSE: the opposite deal, of no more than is open       |
//+------------------------------------------------------------------+
bool PwBuildClose(const SPwTradeCommand &command,const CUnderWay &under_way,MqlTradeRequest &request,uint &verdict,SPwRefusal &refusal)
  {
   request.action=TRADE_ACTION_DEAL;
   request.position=command.position;
   if(!PwFindPosition(command.position,PW_FIELD_POSITION,request,verdict,refusal))
      return(false);
   if(verdict!=PW_NO_VERDICT)
      return(true);
   double held=PositionGetDouble(POSITION_VOLUME);
   request.type=ORDER_TYPE_BUY;
   if(PositionGetInteger(POSITION_TYPE)==POSITION_TYPE_BUY)
      request.type=ORDER_TYPE_SELL;
   request.volume=held;
   if(command.has_volume)
      request.volume=PwNormalVolume(request.symbol,command.volume);
   //--- a netting account would turn the position round instead of refusing
   if(PwIsNetting())
     {
      double left=held-under_way.Against(request.symbol,request.type,false);
      if(PwIsMore(request.symbol,request.volume,left))
         verdict=TRADE_RETCODE_CLOSE_ORDER_EXIST;
      if(PwIsMore(request.symbol,request.volume,held))
         verdict=TRADE_RETCODE_INVALID_CLOSE_VOLUME;
     }
   PwBuildDeal(command,request);
   return(true);
  }
//+------------------------------------------------------------------+
//| POSITION_CLOSE_BY                                                |
//+------------------------------------------------------------------+
bool PwBuildCloseBy(const SPwTradeCommand &command,MqlTradeRequest &request,uint &verdict,SPwRefusal &refusal)
  {
   request.action=TRADE_ACTION_CLOSE_BY;
   request.position=command.position;
   request.position_by=command.position_by;
   request.magic=command.magic;
   request.comment=command.comment;
   if(!PwFindPosition(command.position_by,PW_FIELD_POSITION_BY,request,verdict,refusal))
      return(false);
   return(PwFindPosition(command.position,PW_FIELD_POSITION,request,verdict,refusal));
  }

#endif
