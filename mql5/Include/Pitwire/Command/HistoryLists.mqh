//+------------------------------------------------------------------+
//| HistoryLists.mqh                                                 |
//| orders and deals of the past                                     |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_HISTORYLISTS_MQH
#define PITWIRE_COMMAND_HISTORYLISTS_MQH

#include <Pitwire/Command/HistoryQuery.mqh>
#include <Pitwire/Command/Loading.mqh>
#include <Pitwire/Command/PastTickets.mqh>
#include <Pitwire/Record/DealRecord.mqh>
#include <Pitwire/Record/OrderRecord.mqh>
#include <Pitwire/Record/Stamp.mqh>

#define PW_HISTORY_RETRY_MS 50

#define PW_HISTORY_END_S 32503679999      // end of the year 3000, the terminal's last day

//+------------------------------------------------------------------+
//| The terminal selects by whole seconds; the milliseconds and the  |
//| other criteria are applied here, then the page is cut out        |
//+------------------------------------------------------------------+
class CHistoryLists
  {
private:
   CPastTickets      m_found;

   bool              SelectPeriod(const SPwHistoryQuery &query);
   bool              SelectPast(const SPwHistoryQuery &query,const bool deals);
   bool              Takes(const SPwHistoryQuery &query,const ulong ticket,const long time_msc) const;
   void              TakeOrder(const SPwHistoryQuery &query,const ulong ticket);
   void              TakeDeal(const SPwHistoryQuery &query,const ulong ticket);
   void              TakeOrders(const SPwHistoryQuery &query);
   void              TakeOrdersClosedBy(const SPwHistoryQuery &query);
   void              TakeDeals(const SPwHistoryQuery &query);
   bool              Find(CFields &fields,SPwHistoryQuery &query,const bool deals,SPwRefusal &refusal);
   void              OpenTable(CPackWriter &body,const SPwHistoryQuery &query,const bool deals,int &from,int &end);

public:
   bool              Orders(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
   bool              Deals(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
  };
//+------------------------------------------------------------------+
//| Select a period, by execution of orders and deals                |
//+------------------------------------------------------------------+
bool CHistoryLists::SelectPeriod(const SPwHistoryQuery &query)
  {
   long from_s=MathMin(query.from_msc/1000,PW_HISTORY_END_S);
   long to_s=MathMin(query.to_msc/1000+1,PW_HISTORY_END_S);
   return(HistorySelect((datetime)from_s,(datetime)to_s));
  }
//+------------------------------------------------------------------+
//| Select the least part of the past that holds what is asked for   |
//+------------------------------------------------------------------+
bool CHistoryLists::SelectPast(const SPwHistoryQuery &query,const bool deals)
  {
   // Not found can also mean: no history yet. Selecting the period then tells.
   if(query.by_ticket && (deals ? HistoryDealSelect(query.ticket) : HistoryOrderSelect(query.ticket)))
      return(true);
   // Position 0 is that of balance operations and of orders that were never filled.
   if(!query.by_ticket && query.by_position && query.position>0 && HistorySelectByPosition(query.position))
      return(true);
   return(SelectPeriod(query));
  }
//+------------------------------------------------------------------+
//| Whether ticket and time are what was asked for                   |
//+------------------------------------------------------------------+
bool CHistoryLists::Takes(const SPwHistoryQuery &query,const ulong ticket,const long time_msc) const
  {
   if(ticket==0 || time_msc<query.from_msc || time_msc>query.to_msc)
      return(false);
   return(!query.by_ticket || ticket==query.ticket);
  }
//+------------------------------------------------------------------+
//| Note an order if it is what was asked for                        |
//+------------------------------------------------------------------+
void CHistoryLists::TakeOrder(const SPwHistoryQuery &query,const ulong ticket)
  {
   long time_msc=HistoryOrderGetInteger(ticket,ORDER_TIME_DONE_MSC);
   if(!Takes(query,ticket,time_msc))
      return;
   if(StringLen(query.symbol)>0 && HistoryOrderGetString(ticket,ORDER_SYMBOL)!=query.symbol)
      return;
   if(!query.by_position
      || (ulong)HistoryOrderGetInteger(ticket,ORDER_POSITION_ID)==query.position
      || (ulong)HistoryOrderGetInteger(ticket,ORDER_POSITION_BY_ID)==query.position)
      m_found.Add(ticket,time_msc);
  }
//+------------------------------------------------------------------+
//| Note a deal if it is what was asked for                          |
//+------------------------------------------------------------------+
void CHistoryLists::TakeDeal(const SPwHistoryQuery &query,const ulong ticket)
  {
   long time_msc=HistoryDealGetInteger(ticket,DEAL_TIME_MSC);
   if(!Takes(query,ticket,time_msc))
      return;
   if(StringLen(query.symbol)>0 && HistoryDealGetString(ticket,DEAL_SYMBOL)!=query.symbol)
      return;
   if(!query.by_position || (ulong)HistoryDealGetInteger(ticket,DEAL_POSITION_ID)==query.position)
      m_found.Add(ticket,time_msc);
  }
//+------------------------------------------------------------------+
//| Go through the selected orders                                   |
//+------------------------------------------------------------------+
void CHistoryLists::TakeOrders(const SPwHistoryQuery &query)
  {
   int total=HistoryOrdersTotal();
   for(int i=0; i<total; i++)
      TakeOrder(query,HistoryOrderGetTicket(i));
   if(query.by_position)
      TakeOrdersClosedBy(query);
  }
//+------------------------------------------------------------------+
//| Orders that closed the position by another one belong to that one|
//| too: the deals of the position lead to them                      |
//+------------------------------------------------------------------+
void CHistoryLists::TakeOrdersClosedBy(const SPwHistoryQuery &query)
  {
   CPastTickets closing;
   int total=HistoryDealsTotal();
   for(int i=0; i<total; i++)
     {
      ulong deal=HistoryDealGetTicket(i);
      ulong order=(ulong)HistoryDealGetInteger(deal,DEAL_ORDER);
      bool by=HistoryDealGetInteger(deal,DEAL_ENTRY)==(long)DEAL_ENTRY_OUT_BY;
      if(by && !m_found.Holds(order) && !closing.Holds(order))
         closing.Add(order,0);
     }
   for(int k=0; k<closing.Count(); k++)
     {
      // Every selection replaces the list of orders, and so the deals were read before.
      if(HistoryOrderSelect(closing.Ticket(k)))
         TakeOrder(query,closing.Ticket(k));
     }
  }
//+------------------------------------------------------------------+
//| Go through the selected deals                                    |
//+------------------------------------------------------------------+
void CHistoryLists::TakeDeals(const SPwHistoryQuery &query)
  {
   int total=HistoryDealsTotal();
   for(int i=0; i<total; i++)
      TakeDeal(query,HistoryDealGetTicket(i));
  }
//+------------------------------------------------------------------+
//| Find what is asked for, oldest first                             |
//+------------------------------------------------------------------+
bool CHistoryLists::Find(CFields &fields,SPwHistoryQuery &query,const bool deals,SPwRefusal &refusal)
  {
   PwReadHistoryQuery(fields,query);
   if(!fields.Accepted(refusal))
      return(false);
   m_found.Clear();
   if(!SelectPast(query,deals))
     {
      PwRefuseLoading(refusal,"history of the account");
      return(false);
     }
   if(deals)
      TakeDeals(query);
   else
      TakeOrders(query);
   m_found.Sort();
   // The past can hold symbols that the broker does not have any more.
   if(m_found.Count()==0 && StringLen(query.symbol)>0)
      return(PwKnownSymbol(query.symbol,refusal));
   return(true);
  }
//+------------------------------------------------------------------+
//| Begin the reply; the page goes from `from` up to `end`           |
//+------------------------------------------------------------------+
void CHistoryLists::OpenTable(CPackWriter &body,const SPwHistoryQuery &query,const bool deals,int &from,int &end)
  {
   int total=m_found.Count();
   from=(query.start<(ulong)total ? (int)query.start : total);
   end=MathMin(total,from+query.count);
   PwOpenReply(body,deals ? 3 : 2);
   body.KeyBool(PW_FIELD_MORE,end<total);
   if(deals)
      body.KeyInt(PW_FIELD_CURRENCY_DIGITS,PwCurrencyDigits());
   body.Key(deals ? PW_FIELD_DEALS : PW_FIELD_ORDERS);
   body.Map(2);
   body.Key(PW_FIELD_FIELDS);
   if(deals)
      PwWriteDealFields(body);
   else
      PwWriteOrderFields(body);
   body.Key(PW_FIELD_ROWS);
   body.Array(end-from);
  }
//+------------------------------------------------------------------+
//| Answer HISTORY_ORDERS_GET                                        |
//+------------------------------------------------------------------+
bool CHistoryLists::Orders(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   SPwHistoryQuery query;
   if(!Find(fields,query,false,refusal))
      return(false);
   int from=0;
   int end=0;
   OpenTable(body,query,false,from,end);
   for(int i=from; i<end; i++)
     {
      ulong ticket=m_found.Ticket(i);
      // Looking for those closed by others has replaced the selection.
      if((ulong)HistoryOrderGetInteger(ticket,ORDER_TICKET)!=ticket && !HistoryOrderSelect(ticket))
        {
         PwRefuseForNow(refusal,PW_REFUSAL_BUSY,"The history changed while it was read: ask again.",PW_HISTORY_RETRY_MS);
         return(false);
        }
      PwWriteHistoryOrderRow(body,ticket);
     }
   return(true);
  }
//+------------------------------------------------------------------+
//| Answer HISTORY_DEALS_GET                                         |
//+------------------------------------------------------------------+
bool CHistoryLists::Deals(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   SPwHistoryQuery query;
   if(!Find(fields,query,true,refusal))
      return(false);
   int from=0;
   int end=0;
   OpenTable(body,query,true,from,end);
   for(int i=from; i<end; i++)
      PwWriteDealRow(body,m_found.Ticket(i));
   return(true);
  }

#endif
