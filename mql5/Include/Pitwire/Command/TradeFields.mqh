//+------------------------------------------------------------------+
//| TradeFields.mqh                                                  |
//| the fields of trading commands                                   |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_TRADEFIELDS_MQH
#define PITWIRE_COMMAND_TRADEFIELDS_MQH

#include <Pitwire/Command/Fields.mqh>
#include <Pitwire/Desk/TradeCommand.mqh>

#define PW_LARGEST_LONG 0x7FFFFFFFFFFFFFFF
#define PW_LAST_FILLING 3            // BOC, which older compilers have no name for

//+------------------------------------------------------------------+
//| The prices of an order                                           |
//+------------------------------------------------------------------+
void PwReadPrices(CFields &fields,SPwTradeCommand &command)
  {
   command.has_price=fields.Has(PW_FIELD_PRICE);
   command.price=fields.PositiveOr(PW_FIELD_PRICE,0.0);
   command.has_stoplimit=fields.Has(PW_FIELD_STOPLIMIT);
   command.stoplimit=fields.PositiveOr(PW_FIELD_STOPLIMIT,0.0);
  }
//+------------------------------------------------------------------+
//| Stop loss and take profit: absent keeps, null clears             |
//+------------------------------------------------------------------+
void PwReadStops(CFields &fields,SPwTradeCommand &command)
  {
   command.has_sl=fields.Has(PW_FIELD_SL);
   command.clears_sl=fields.IsNull(PW_FIELD_SL);
   command.sl=fields.PositiveOr(PW_FIELD_SL,0.0);
   command.has_tp=fields.Has(PW_FIELD_TP);
   command.clears_tp=fields.IsNull(PW_FIELD_TP);
   command.tp=fields.PositiveOr(PW_FIELD_TP,0.0);
  }
//+------------------------------------------------------------------+
//| How an order is to be executed                                   |
//+------------------------------------------------------------------+
void PwReadExecution(CFields &fields,SPwTradeCommand &command)
  {
   if(fields.Has(PW_FIELD_DEVIATION))
      command.deviation=(ulong)fields.Integer(PW_FIELD_DEVIATION,0,PW_LARGEST_LONG);
   command.has_filling=fields.Has(PW_FIELD_TYPE_FILLING);
   if(command.has_filling)
      command.type_filling=(int)fields.Integer(PW_FIELD_TYPE_FILLING,ORDER_FILLING_FOK,PW_LAST_FILLING);
  }
//+------------------------------------------------------------------+
//| How the app knows its order again                                |
//+------------------------------------------------------------------+
void PwReadLabel(CFields &fields,SPwTradeCommand &command)
  {
   command.magic=fields.UnsignedOr(PW_FIELD_MAGIC,0,0);
   command.comment=fields.TextOr(PW_FIELD_COMMENT,0,PW_COMMENT_LENGTH,"");
  }
//+------------------------------------------------------------------+
//| What an order consists of                                        |
//+------------------------------------------------------------------+
void PwReadOrder(CFields &fields,SPwTradeCommand &command)
  {
   command.symbol=fields.Symbol();
   command.type=(int)fields.Integer(PW_FIELD_TYPE,ORDER_TYPE_BUY,ORDER_TYPE_SELL_STOP_LIMIT);
   command.volume=fields.Positive(PW_FIELD_VOLUME);
   command.has_volume=true;
   PwReadPrices(fields,command);
   PwReadStops(fields,command);
   //--- a new order has nothing to clear
   command.clears_sl=false;
   command.clears_tp=false;
   PwReadExecution(fields,command);
   command.type_time=(int)fields.IntegerOr(PW_FIELD_TYPE_TIME,ORDER_TIME_GTC,ORDER_TIME_SPECIFIED_DAY,ORDER_TIME_GTC);
   command.has_type_time=true;
   command.has_expiration=fields.Has(PW_FIELD_EXPIRATION);
   if(command.has_expiration)
      command.expiration=fields.TimeS(PW_FIELD_EXPIRATION);
   PwReadLabel(fields,command);
   if(!fields.Ok())
      return;
   if(command.type>ORDER_TYPE_SELL && !command.has_price)
      fields.Fail(PW_FIELD_PRICE,"A pending order needs `price`.");
   bool stop_limit=(command.type==ORDER_TYPE_BUY_STOP_LIMIT || command.type==ORDER_TYPE_SELL_STOP_LIMIT);
   if(stop_limit!=command.has_stoplimit)
      fields.Fail(PW_FIELD_STOPLIMIT,"`stoplimit` belongs to stop limit orders, and they need it.");
   bool timed=(command.type_time==ORDER_TIME_SPECIFIED || command.type_time==ORDER_TIME_SPECIFIED_DAY);
   if(timed!=command.has_expiration)
      fields.Fail(PW_FIELD_EXPIRATION,"`expiration` belongs to `type_time` SPECIFIED and SPECIFIED_DAY, and they need it.");
  }
//+------------------------------------------------------------------+
//| ORDER_MODIFY                                                     |
//+------------------------------------------------------------------+
void PwReadChange(CFields &fields,SPwTradeCommand &command)
  {
   command.order=fields.Unsigned(PW_FIELD_ORDER,1);
   PwReadPrices(fields,command);
   PwReadStops(fields,command);
   command.has_type_time=fields.Has(PW_FIELD_TYPE_TIME);
   if(command.has_type_time)
      command.type_time=(int)fields.Integer(PW_FIELD_TYPE_TIME,ORDER_TIME_GTC,ORDER_TIME_SPECIFIED_DAY);
   command.has_expiration=fields.Has(PW_FIELD_EXPIRATION);
   if(command.has_expiration)
      command.expiration=fields.TimeS(PW_FIELD_EXPIRATION);
  }
//+------------------------------------------------------------------+
//| POSITION_CLOSE                                                   |
//+------------------------------------------------------------------+
void PwReadClose(CFields &fields,SPwTradeCommand &command)
  {
   command.position=fields.Unsigned(PW_FIELD_POSITION,1);
   command.has_volume=fields.Has(PW_FIELD_VOLUME);
   command.volume=fields.PositiveOr(PW_FIELD_VOLUME,0.0);
   command.has_price=fields.Has(PW_FIELD_PRICE);
   command.price=fields.PositiveOr(PW_FIELD_PRICE,0.0);
   PwReadExecution(fields,command);
   PwReadLabel(fields,command);
  }

#endif
