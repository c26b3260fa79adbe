//+------------------------------------------------------------------+
//| CalcCommands.mqh                                                 |
//| margin and profit of orders that nobody has sent                 |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_CALCCOMMANDS_MQH
#define PITWIRE_COMMAND_CALCCOMMANDS_MQH

#include <Pitwire/Command/Fields.mqh>
#include <Pitwire/Record/Digits.mqh>
#include <Pitwire/Record/KnownSymbol.mqh>
#include <Pitwire/Record/Stamp.mqh>

//+------------------------------------------------------------------+
//| Every method writes a reply into the body, or fills the refusal  |
//| and gives false                                                  |
//+------------------------------------------------------------------+
class CCalcCommands
  {
private:
   int               m_type;
   string            m_symbol;
   double            m_volume;

   void              ReadOrder(CFields &fields,const ENUM_ORDER_TYPE highest);
   bool              Begin(CFields &fields,SPwRefusal &refusal) const;
   bool              OpeningPrice(double &price) const;
   bool              HasValue(void) const;
   bool              Answer(const bool good,const double value,CPackWriter &body,SPwRefusal &refusal) const;

public:
   bool              Margin(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
   bool              Profit(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
  };
//+------------------------------------------------------------------+
//| Read the fields that both commands have                          |
//+------------------------------------------------------------------+
void CCalcCommands::ReadOrder(CFields &fields,const ENUM_ORDER_TYPE highest)
  {
   m_type=(int)fields.Integer(PW_FIELD_TYPE,(long)ORDER_TYPE_BUY,(long)highest);
   m_symbol=fields.Symbol();
   m_volume=fields.Positive(PW_FIELD_VOLUME);
  }
//+------------------------------------------------------------------+
//| Check what both commands have, when all fields are read          |
//+------------------------------------------------------------------+
bool CCalcCommands::Begin(CFields &fields,SPwRefusal &refusal) const
  {
   return(fields.Accepted(refusal) && PwWatchedSymbol(m_symbol,refusal));
  }
//+------------------------------------------------------------------+
//| The market's price for such an order: even types of orders buy   |
//+------------------------------------------------------------------+
bool CCalcCommands::OpeningPrice(double &price) const
  {
   MqlTick tick;
   if(!SymbolInfoTick(m_symbol,tick) || tick.time_msc<=0)
      return(false);
   price=(m_type%2==0 ? tick.ask : tick.bid);
   return(price>0.0);
  }
//+------------------------------------------------------------------+
//| Whether the symbol can be valued at all: the least order at the  |
//| market's price                                                   |
//+------------------------------------------------------------------+
bool CCalcCommands::HasValue(void) const
  {
   double price=0.0;
   double margin=0.0;
   if(!OpeningPrice(price))
      return(false);
   return(OrderCalcMargin((ENUM_ORDER_TYPE)m_type,m_symbol,SymbolInfoDouble(m_symbol,SYMBOL_VOLUME_MIN),price,margin));
  }
//+------------------------------------------------------------------+
//| Write the amount, or say why there is none                       |
//+------------------------------------------------------------------+
bool CCalcCommands::Answer(const bool good,const double value,CPackWriter &body,SPwRefusal &refusal) const
  {
   if(!good && !HasValue())
     {
      PwRefuse(refusal,PW_REFUSAL_NO_PRICES,"There are no prices yet to value "+m_symbol+" in the account's currency.");
      return(false);
     }
   if(!good || !MathIsValidNumber(value))
     {
      PwRefuse(refusal,PW_REFUSAL_INVALID_REQUEST,"The amount is too large for a number: give a smaller volume or price.");
      return(false);
     }
   PwOpenReply(body,3);
   body.KeyReal(PW_FIELD_VALUE,value);
   body.KeyText(PW_FIELD_CURRENCY,PwShort(AccountInfoString(ACCOUNT_CURRENCY)));
   body.KeyInt(PW_FIELD_CURRENCY_DIGITS,PwCurrencyDigits());
   return(true);
  }
//+------------------------------------------------------------------+
//| Answer ORDER_CALC_MARGIN                                         |
//+------------------------------------------------------------------+
bool CCalcCommands::Margin(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   ReadOrder(fields,ORDER_TYPE_SELL_STOP_LIMIT);
   double price=fields.PositiveOr(PW_FIELD_PRICE,0.0);
   if(!Begin(fields,refusal))
      return(false);
   double margin=0.0;
   bool good=(price>0.0 || OpeningPrice(price));
   if(good)
      good=OrderCalcMargin((ENUM_ORDER_TYPE)m_type,m_symbol,m_volume,price,margin);
   return(Answer(good,margin,body,refusal));
  }
//+------------------------------------------------------------------+
//| Answer ORDER_CALC_PROFIT                                         |
//+------------------------------------------------------------------+
bool CCalcCommands::Profit(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   ReadOrder(fields,ORDER_TYPE_SELL);
   double opened=fields.Positive(PW_FIELD_PRICE_OPEN);
   double closed=fields.Positive(PW_FIELD_PRICE_CLOSE);
   if(!Begin(fields,refusal))
      return(false);
   double profit=0.0;
   bool good=OrderCalcProfit((ENUM_ORDER_TYPE)m_type,m_symbol,m_volume,opened,closed,profit);
   return(Answer(good,profit,body,refusal));
  }

#endif
