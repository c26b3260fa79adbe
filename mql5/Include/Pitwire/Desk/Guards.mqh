//+------------------------------------------------------------------+
//| Guards.mqh                                                       |
//| the operator's own limits, whatever the bridge says              |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_GUARDS_MQH
#define PITWIRE_DESK_GUARDS_MQH

#include <Pitwire/Clock.mqh>
#include <Pitwire/Refusal.mqh>
#include <Pitwire/Settings.mqh>
#include <Pitwire/Desk/Journal.mqh>
#include <Pitwire/Desk/TradeCommand.mqh>
#include <Pitwire/Desk/UnderWay.mqh>
#include <Pitwire/Record/Groups.mqh>

#define PW_GUARD_NOISE   0.00000001   // lots
#define PW_GUARD_MINUTE  60000

//--- Read-only forbids everything. The other guards limit what adds to the account's risk and
//--- never stand in the way of closing, reducing or protecting what is open.
class CGuards
  {
private:
   SPwSettings       m_limits;
   CJournal          *m_ledger;
   CUnderWay         *m_unseen;

public:
   void              Open(SPwSettings &settings,CJournal &journal,CUnderWay &under_way);
   bool              Allow(const SPwTradeCommand &command,SPwRefusal &refusal) const;

private:
   bool              Reduces(const SPwTradeCommand &command) const;
   bool              Refuse(const string limit,const string field,SPwRefusal &refusal) const;
   double            Held(void) const;
   int               LastMinute(void) const;
  };
//+------------------------------------------------------------------+
//| Take the limits of the inputs                                    |
//+------------------------------------------------------------------+
void CGuards::Open(SPwSettings &settings,CJournal &journal,CUnderWay &under_way)
  {
   m_limits=settings;
   m_ledger=GetPointer(journal);
   m_unseen=GetPointer(under_way);
   StringToLower(m_limits.symbols);
  }
//+------------------------------------------------------------------+
//| True if no guard forbids it; otherwise the refusal is filled     |
//+------------------------------------------------------------------+
bool CGuards::Allow(const SPwTradeCommand &command,SPwRefusal &refusal) const
  {
   if(m_limits.read_only)
      return(Refuse("InpReadOnly forbids every trade","",refusal));
   if(command.kind!=PW_COMMAND_ORDER_SEND && command.kind!=PW_COMMAND_ORDER_CHECK)
      return(true);
   if(Reduces(command))
      return(true);
   string symbol=command.symbol;
   StringToLower(symbol);
   if(StringLen(m_limits.symbols)>0 && !PwInGroup(symbol,m_limits.symbols))
      return(Refuse("InpSymbols does not allow "+command.symbol,PW_FIELD_SYMBOL,refusal));
   if(m_limits.max_volume>0.0 && command.volume>m_limits.max_volume+PW_GUARD_NOISE)
      return(Refuse("InpMaxVolume allows "+DoubleToString(m_limits.max_volume,2)+" lots per order",PW_FIELD_VOLUME,refusal));
   if(m_limits.max_total_volume>0.0)
     {
      double held=Held();
      if(held+command.volume>m_limits.max_total_volume+PW_GUARD_NOISE)
         return(Refuse("InpMaxTotalVolume allows "+DoubleToString(m_limits.max_total_volume,2)+" lots in all, and "
                       +DoubleToString(held,2)+" are open or ordered",PW_FIELD_VOLUME,refusal));
     }
   if(m_limits.max_orders_per_minute>0 && LastMinute()>=m_limits.max_orders_per_minute)
      return(Refuse("InpMaxOrdersPerMinute allows "+IntegerToString(m_limits.max_orders_per_minute)+" orders in a minute","",refusal));
   return(true);
  }
//+------------------------------------------------------------------+
//| True if a market order only makes a position smaller: on netting |
//| accounts the opposite side does                                  |
//+------------------------------------------------------------------+
bool CGuards::Reduces(const SPwTradeCommand &command) const
  {
   if(command.type!=ORDER_TYPE_BUY && command.type!=ORDER_TYPE_SELL)
      return(false);
   if(AccountInfoInteger(ACCOUNT_MARGIN_MODE)==ACCOUNT_MARGIN_MODE_RETAIL_HEDGING)
      return(false);
   if(!PositionSelect(command.symbol))
      return(false);
   bool long_side=(PositionGetInteger(POSITION_TYPE)==POSITION_TYPE_BUY);
   if(long_side==(command.type==ORDER_TYPE_BUY))
      return(false);
   //--- what is still under way may have reduced it already
   double left=PositionGetDouble(POSITION_VOLUME)-m_unseen.Against(command.symbol,command.type,true);
   return(command.volume<=left+PW_GUARD_NOISE);
  }
//+------------------------------------------------------------------+
//| Fill the refusal                                                 |
//+------------------------------------------------------------------+
bool CGuards::Refuse(const string limit,const string field,SPwRefusal &refusal) const
  {
   PwRefuse(refusal,PW_REFUSAL_GUARD,"A limit set in the terminal forbids this: "+limit+".",field);
   return(false);
  }
//+------------------------------------------------------------------+
//| Lots that are open, wait in the book, or are under way           |
//+------------------------------------------------------------------+
double CGuards::Held(void) const
  {
   double lots=0.0;
   for(int i=PositionsTotal()-1; i>=0; i--)
     {
      if(PositionGetTicket(i)>0)
         lots+=PositionGetDouble(POSITION_VOLUME);
     }
   for(int i=OrdersTotal()-1; i>=0; i--)
     {
      if(OrderGetTicket(i)>0 && OrderGetInteger(ORDER_TYPE)!=ORDER_TYPE_CLOSE_BY)
         lots+=OrderGetDouble(ORDER_VOLUME_CURRENT);
     }
   return(lots+m_unseen.Opening());
  }
//+------------------------------------------------------------------+
//| Orders that went to the trade server within the last minute      |
//+------------------------------------------------------------------+
int CGuards::LastMinute(void) const
  {
   int orders=0;
   for(int i=m_ledger.Count()-1; i>=0; i--)
     {
      if(m_ledger.AgeMs(i)<PW_GUARD_MINUTE && m_ledger.Opens(i))
         orders++;
     }
   return(orders);
  }

#endif
