//+------------------------------------------------------------------+
//| OrderLists.mqh                                                   |
//| open positions and pending orders                                |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_ORDERLISTS_MQH
#define PITWIRE_COMMAND_ORDERLISTS_MQH

#include <Pitwire/Command/Fields.mqh>
#include <Pitwire/Record/KnownSymbol.mqh>
#include <Pitwire/Record/OrderRecord.mqh>
#include <Pitwire/Record/PositionRecord.mqh>
#include <Pitwire/Record/Stamp.mqh>

#define PW_LIST_TRIES     5
#define PW_LIST_RETRY_MS  50

//+------------------------------------------------------------------+
//| The terminal changes its lists while we read them. So a list is  |
//| gone through twice, first for the tickets and then for the rows, |
//| and both must have seen the same                                 |
//+------------------------------------------------------------------+
class COrderLists
  {
private:
   ulong             m_every[];     // all tickets, by their index in the terminal
   bool              m_wanted[];    // whether the filter lets it pass
   int               m_total;
   int               m_rows;
   string            m_symbol;      // filter, "" = any
   bool              m_by_ticket;
   ulong             m_ticket;

   bool              ReadFilter(CFields &fields,SPwRefusal &refusal);
   ulong             TicketAt(const int index,const bool positions) const;
   int               Total(const bool positions) const;
   bool              Collect(const bool positions);
   bool              WriteRows(CPackWriter &body,const bool positions);
   bool              WriteTable(CPackWriter &body,const bool positions);
   bool              Write(CPackWriter &body,const bool positions,SPwRefusal &refusal);

public:
   bool              Orders(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
   bool              Positions(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
  };
//+------------------------------------------------------------------+
//| Read the fields that narrow the list                             |
//+------------------------------------------------------------------+
bool COrderLists::ReadFilter(CFields &fields,SPwRefusal &refusal)
  {
   m_symbol=(fields.Has(PW_FIELD_SYMBOL) ? fields.Symbol() : "");
   m_by_ticket=fields.Has(PW_FIELD_TICKET);
   m_ticket=(m_by_ticket ? fields.Unsigned(PW_FIELD_TICKET,0) : (ulong)0);
   if(!fields.Accepted(refusal))
      return(false);
   return(StringLen(m_symbol)==0 || PwKnownSymbol(m_symbol,refusal));
  }
//+------------------------------------------------------------------+
//| Select a position or order by its index; 0: there is none        |
//+------------------------------------------------------------------+
ulong COrderLists::TicketAt(const int index,const bool positions) const
  {
   return(positions ? PositionGetTicket(index) : OrderGetTicket(index));
  }
//+------------------------------------------------------------------+
//| How many there are                                               |
//+------------------------------------------------------------------+
int COrderLists::Total(const bool positions) const
  {
   return(positions ? PositionsTotal() : OrdersTotal());
  }
//+------------------------------------------------------------------+
//| Note all tickets and which of them are wanted                    |
//+------------------------------------------------------------------+
bool COrderLists::Collect(const bool positions)
  {
   m_total=Total(positions);
   m_rows=0;
   ArrayResize(m_every,m_total);
   ArrayResize(m_wanted,m_total);
   for(int i=0; i<m_total; i++)
     {
      m_every[i]=TicketAt(i,positions);
      if(m_every[i]==0)
         return(false);
      m_wanted[i]=(!m_by_ticket || m_every[i]==m_ticket);
      if(m_wanted[i] && StringLen(m_symbol)>0)
         m_wanted[i]=(m_symbol==(positions ? PositionGetString(POSITION_SYMBOL) : OrderGetString(ORDER_SYMBOL)));
      if(m_wanted[i])
         m_rows++;
     }
   return(true);
  }
//+------------------------------------------------------------------+
//| Write the rows; false: the list is not the one that was noted    |
//+------------------------------------------------------------------+
bool COrderLists::WriteRows(CPackWriter &body,const bool positions)
  {
   for(int i=0; i<m_total; i++)
     {
      if(TicketAt(i,positions)!=m_every[i])
         return(false);
      if(!m_wanted[i])
         continue;
      if(positions)
         PwWritePositionRow(body);
      else
         PwWriteOrderRow(body);
     }
   return(Total(positions)==m_total);
  }
//+------------------------------------------------------------------+
//| Write the table; false: the list changed meanwhile               |
//+------------------------------------------------------------------+
bool COrderLists::WriteTable(CPackWriter &body,const bool positions)
  {
   if(!Collect(positions))
      return(false);
   PwOpenReply(body,2);
   body.Key(positions ? PW_FIELD_POSITIONS : PW_FIELD_ORDERS);
   body.Map(2);
   body.Key(PW_FIELD_FIELDS);
   if(positions)
      PwWritePositionFields(body);
   else
      PwWriteOrderFields(body);
   body.Key(PW_FIELD_ROWS);
   body.Array(m_rows);
   return(WriteRows(body,positions));
  }
//+------------------------------------------------------------------+
//| Write the table, again while the list changes under our hands    |
//+------------------------------------------------------------------+
bool COrderLists::Write(CPackWriter &body,const bool positions,SPwRefusal &refusal)
  {
   for(int i=0; i<PW_LIST_TRIES; i++)
     {
      if(WriteTable(body,positions))
         return(true);
     }
   PwRefuseForNow(refusal,PW_REFUSAL_BUSY,"The list changes faster than it can be read: ask again.",PW_LIST_RETRY_MS);
   return(false);
  }
//+------------------------------------------------------------------+
//| Answer ORDERS_GET                                                |
//+------------------------------------------------------------------+
bool COrderLists::Orders(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   if(!ReadFilter(fields,refusal) || !Write(body,false,refusal))
      return(false);
   body.KeyBool(PW_FIELD_MORE,false);
   return(true);
  }
//+------------------------------------------------------------------+
//| Answer POSITIONS_GET                                             |
//+------------------------------------------------------------------+
bool COrderLists::Positions(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   if(!ReadFilter(fields,refusal) || !Write(body,true,refusal))
      return(false);
   body.KeyInt(PW_FIELD_CURRENCY_DIGITS,PwCurrencyDigits());
   return(true);
  }

#endif
