//+------------------------------------------------------------------+
//| HistoryQuery.mqh                                                 |
//| which orders or deals of the past are asked for                  |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_HISTORYQUERY_MQH
#define PITWIRE_COMMAND_HISTORYQUERY_MQH

#include <Pitwire/Command/Fields.mqh>

struct SPwHistoryQuery
  {
   long              from_msc;
   long              to_msc;
   bool              by_ticket;
   ulong             ticket;
   bool              by_position;
   ulong             position;
   string            symbol;        // "" = any
   ulong             start;
   int               count;
  };
//+------------------------------------------------------------------+
//| Read the fields that both history commands have                  |
//+------------------------------------------------------------------+
void PwReadHistoryQuery(CFields &fields,SPwHistoryQuery &query)
  {
   query.from_msc=fields.IntegerOr(PW_FIELD_FROM_MSC,0,PW_LATEST_MSC,0);
   query.to_msc=(fields.Has(PW_FIELD_TO_MSC) ? fields.TimeMsc(PW_FIELD_TO_MSC) : PW_LATEST_MSC);
   query.by_ticket=fields.Has(PW_FIELD_TICKET);
   query.ticket=(query.by_ticket ? fields.Unsigned(PW_FIELD_TICKET,0) : (ulong)0);
   query.by_position=fields.Has(PW_FIELD_POSITION);
   query.position=(query.by_position ? fields.Unsigned(PW_FIELD_POSITION,0) : (ulong)0);
   query.symbol=(fields.Has(PW_FIELD_SYMBOL) ? fields.Symbol() : "");
   query.start=fields.UnsignedOr(PW_FIELD_START,0,0);
   query.count=(int)fields.IntegerOr(PW_FIELD_COUNT,1,PW_MAX_HISTORY,PW_MAX_HISTORY);
  }

#endif
