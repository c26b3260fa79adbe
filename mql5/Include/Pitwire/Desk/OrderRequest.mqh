//+------------------------------------------------------------------+
//| OrderRequest.mqh                                                 |
//| what the trade server is asked about orders                      |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_ORDERREQUEST_MQH
#define PITWIRE_DESK_ORDERREQUEST_MQH

#include <Pitwire/Refusal.mqh>
#include <Pitwire/Codec/WireConstants.mqh>
#include <Pitwire/Desk/Filling.mqh>
#include <Pitwire/Desk/Normalizer.mqh>
#include <Pitwire/Desk/TradeCommand.mqh>
#include <Pitwire/Record/KnownSymbol.mqh>

#define PW_NO_VERDICT 0

//+------------------------------------------------------------------+
//| The price at which this side is executed now, 0: there is none   |
//+------------------------------------------------------------------+
double PwMarketPrice(const string symbol,const ENUM_ORDER_TYPE side)
  {
   MqlTick tick;
   if(!SymbolInfoTick(symbol,tick))
      return(0.0);
   if(side==ORDER_TYPE_BUY)
      return(tick.ask);
   return(tick.bid);
  }
//+------------------------------------------------------------------+
//| A price of the command in the symbol's digits, 0: none           |
//+------------------------------------------------------------------+
double PwAskedPrice(const string symbol,const bool given,const double price)
  {
   if(!given)
      return(0.0);
   return(PwNormalPrice(symbol,price));
  }
//+------------------------------------------------------------------+
//| A price of the command: absent keeps, null clears                |
//+------------------------------------------------------------------+
double PwChangedPrice(const string symbol,const bool given,const bool cleared,const double price,const double now)
  {
   if(cleared)
      return(0.0);
   if(!given)
      return(now);
   return(PwNormalPrice(symbol,price));
  }
//+------------------------------------------------------------------+
//| What a market order has besides its symbol, side and volume      |
//+------------------------------------------------------------------+
void PwBuildDeal(const SPwTradeCommand &command,MqlTradeRequest &request)
  {
   request.action=TRADE_ACTION_DEAL;
   if(command.has_price)
      request.price=PwNormalPrice(request.symbol,command.price);
   else
      request.price=PwMarketPrice(request.symbol,request.type);
   request.deviation=command.deviation;
   if(command.has_filling)
      request.type_filling=(ENUM_ORDER_TYPE_FILLING)command.type_filling;
   else
      request.type_filling=PwChooseFilling(request.symbol,false);
   request.magic=command.magic;
   request.comment=command.comment;
  }
//+------------------------------------------------------------------+
//| ORDER_SEND and ORDER_CHECK                                       |
//+------------------------------------------------------------------+
bool PwBuildOrder(const SPwTradeCommand &command,MqlTradeRequest &request,SPwRefusal &refusal)
  {
   if(!PwWatchedSymbol(command.symbol,refusal))
      return(false);
   request.symbol=command.symbol;
   request.type=(ENUM_ORDER_TYPE)command.type;
   request.volume=PwNormalVolume(command.symbol,command.volume);
   PwBuildDeal(command,request);
   if(request.type!=ORDER_TYPE_BUY && request.type!=ORDER_TYPE_SELL)
     {
      request.action=TRADE_ACTION_PENDING;
      request.price=PwNormalPrice(command.symbol,command.price);
      if(!command.has_filling)
         request.type_filling=PwChooseFilling(command.symbol,true);
     }
   request.stoplimit=PwAskedPrice(command.symbol,command.has_stoplimit,command.stoplimit);
   request.sl=PwAskedPrice(command.symbol,command.has_sl,command.sl);
   request.tp=PwAskedPrice(command.symbol,command.has_tp,command.tp);
   request.type_time=(ENUM_ORDER_TYPE_TIME)command.type_time;
   request.expiration=(datetime)command.expiration;
   return(true);
  }
//+------------------------------------------------------------------+
//| Select a pending order; the verdict is that of one that is gone  |
//+------------------------------------------------------------------+
bool PwFindOrder(const ulong ticket,uint &verdict,SPwRefusal &refusal)
  {
   if(OrderSelect(ticket))
      return(true);
   if(HistoryOrderSelect(ticket))
     {
      verdict=TRADE_RETCODE_ORDER_CHANGED;
      return(true);
     }
   PwRefuse(refusal,PW_REFUSAL_NOT_FOUND,"There is no order "+StringFormat("%I64u",ticket)+".",PW_FIELD_ORDER);
   return(false);
  }
//+------------------------------------------------------------------+
//| How long the selected order shall live; an expiration alone makes|
//| an order without one expire then                                 |
//+------------------------------------------------------------------+
void PwBuildLifetime(const SPwTradeCommand &command,MqlTradeRequest &request)
  {
   request.type_time=(ENUM_ORDER_TYPE_TIME)(int)OrderGetInteger(ORDER_TYPE_TIME);
   bool timed=(request.type_time==ORDER_TIME_SPECIFIED || request.type_time==ORDER_TIME_SPECIFIED_DAY);
   if(command.has_type_time)
      request.type_time=(ENUM_ORDER_TYPE_TIME)command.type_time;
   else
      if(command.has_expiration && !timed)
         request.type_time=ORDER_TIME_SPECIFIED;
   if(request.type_time==ORDER_TIME_GTC || request.type_time==ORDER_TIME_DAY)
      return;
   request.expiration=(datetime)OrderGetInteger(ORDER_TIME_EXPIRATION);
   if(command.has_expiration)
      request.expiration=(datetime)command.expiration;
  }
//+------------------------------------------------------------------+
//| ORDER_MODIFY: what the command does not name stays as it is      |
//+------------------------------------------------------------------+
bool PwBuildOrderChange(const SPwTradeCommand &command,MqlTradeRequest &request,uint &verdict,SPwRefusal &refusal)
  {
   request.action=TRADE_ACTION_MODIFY;
   request.order=command.order;
   if(!PwFindOrder(command.order,verdict,refusal))
      return(false);
   if(verdict!=PW_NO_VERDICT)
     {
      request.symbol=HistoryOrderGetString(command.order,ORDER_SYMBOL);
      return(true);
     }
   string symbol=OrderGetString(ORDER_SYMBOL);
   request.symbol=symbol;
   request.magic=(ulong)OrderGetInteger(ORDER_MAGIC);
   request.type=(ENUM_ORDER_TYPE)(int)OrderGetInteger(ORDER_TYPE);
   request.type_filling=(ENUM_ORDER_TYPE_FILLING)(int)OrderGetInteger(ORDER_TYPE_FILLING);
   request.volume=OrderGetDouble(ORDER_VOLUME_CURRENT);
   request.price=PwChangedPrice(symbol,command.has_price,false,command.price,OrderGetDouble(ORDER_PRICE_OPEN));
   request.stoplimit=PwChangedPrice(symbol,command.has_stoplimit,false,command.stoplimit,OrderGetDouble(ORDER_PRICE_STOPLIMIT));
   request.sl=PwChangedPrice(symbol,command.has_sl,command.clears_sl,command.sl,OrderGetDouble(ORDER_SL));
   request.tp=PwChangedPrice(symbol,command.has_tp,command.clears_tp,command.tp,OrderGetDouble(ORDER_TP));
   PwBuildLifetime(command,request);
   return(true);
  }
//+------------------------------------------------------------------+
//| ORDER_REMOVE                                                     |
//+------------------------------------------------------------------+
bool PwBuildOrderRemoval(const SPwTradeCommand &command,MqlTradeRequest &request,uint &verdict,SPwRefusal &refusal)
  {
   request.action=TRADE_ACTION_REMOVE;
   request.order=command.order;
   if(!PwFindOrder(command.order,verdict,refusal))
      return(false);
   if(verdict!=PW_NO_VERDICT)
     {
      request.symbol=HistoryOrderGetString(command.order,ORDER_SYMBOL);
      return(true);
     }
   request.symbol=OrderGetString(ORDER_SYMBOL);
   request.magic=(ulong)OrderGetInteger(ORDER_MAGIC);
   return(true);
  }

#endif
