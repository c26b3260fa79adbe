//+------------------------------------------------------------------+
//| TickCommands.mqh                                                 |
//| the history of ticks                                             |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_TICKCOMMANDS_MQH
#define PITWIRE_COMMAND_TICKCOMMANDS_MQH

#include <Pitwire/Command/Fields.mqh>
#include <Pitwire/Command/TickHistory.mqh>
#include <Pitwire/Record/Digits.mqh>
#include <Pitwire/Record/Stamp.mqh>

//+------------------------------------------------------------------+
//| Every method writes a reply into the body, or fills the refusal  |
//| and gives false                                                  |
//+------------------------------------------------------------------+
class CTickCommands
  {
private:
   CTickHistory      m_history;

   bool              Answer(const SPwTickQuery &query,CPackWriter &body,SPwRefusal &refusal);
   void              ReadQuery(CFields &fields,SPwTickQuery &query);

public:
   bool              From(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
   bool              Range(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
  };
//+------------------------------------------------------------------+
//| Read the fields that both commands have                          |
//+------------------------------------------------------------------+
void CTickCommands::ReadQuery(CFields &fields,SPwTickQuery &query)
  {
   query.symbol=fields.Symbol();
   query.from_msc=fields.TimeMsc(PW_FIELD_FROM_MSC);
   query.to_msc=0;
   query.skip=fields.UnsignedOr(PW_FIELD_SKIP,0,0);
   query.count=(int)fields.IntegerOr(PW_FIELD_COUNT,1,PW_MAX_ROWS,PW_MAX_ROWS);
   query.flags=(int)fields.IntegerOr(PW_FIELD_FLAGS,INT_MIN,INT_MAX,(long)COPY_TICKS_ALL);
  }
//+------------------------------------------------------------------+
//| Answer COPY_TICKS_FROM                                           |
//+------------------------------------------------------------------+
bool CTickCommands::From(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   SPwTickQuery query;
   ReadQuery(fields,query);
   return(fields.Accepted(refusal) && Answer(query,body,refusal));
  }
//+------------------------------------------------------------------+
//| Answer COPY_TICKS_RANGE                                          |
//+------------------------------------------------------------------+
bool CTickCommands::Range(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   SPwTickQuery query;
   ReadQuery(fields,query);
   // A range up to 1970 holds no tick, and neither does one up to its first millisecond.
   query.to_msc=MathMax(fields.TimeMsc(PW_FIELD_TO_MSC),1);
   return(fields.Accepted(refusal) && Answer(query,body,refusal));
  }
//+------------------------------------------------------------------+
//| Read and write the ticks                                         |
//+------------------------------------------------------------------+
bool CTickCommands::Answer(const SPwTickQuery &query,CPackWriter &body,SPwRefusal &refusal)
  {
   if(!PwWatchedSymbol(query.symbol,refusal))
      return(false);
   if(query.flags!=(int)COPY_TICKS_ALL && query.flags!=(int)COPY_TICKS_INFO && query.flags!=(int)COPY_TICKS_TRADE)
     {
      PwRefuse(refusal,PW_REFUSAL_INVALID_REQUEST,"`flags` must be -1 (all), 1 (info) or 2 (trade).",PW_FIELD_FLAGS);
      return(false);
     }
   if(!m_history.Read(query,refusal))
      return(false);
   PwOpenReply(body,4);
   body.Key(PW_FIELD_TICKS);
   body.Ticks(m_history.m_rows,m_history.m_first,m_history.m_count);
   body.KeyBool(PW_FIELD_MORE,m_history.m_more);
   body.KeyInt(PW_FIELD_DIGITS,PwDigits(query.symbol));
   body.KeyInt(PW_FIELD_VOLUME_DIGITS,PwVolumeDigits(query.symbol));
   return(true);
  }

#endif
