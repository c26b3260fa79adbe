//+------------------------------------------------------------------+
//| RateCommands.mqh                                                 |
//| the history of bars                                              |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_RATECOMMANDS_MQH
#define PITWIRE_COMMAND_RATECOMMANDS_MQH

#include <Pitwire/Command/BarHistory.mqh>
#include <Pitwire/Command/Fields.mqh>
#include <Pitwire/Record/Digits.mqh>
#include <Pitwire/Record/Stamp.mqh>
#include <Pitwire/Record/Timeframe.mqh>

//+------------------------------------------------------------------+
//| Every method writes a reply into the body, or fills the refusal  |
//| and gives false                                                  |
//+------------------------------------------------------------------+
class CRateCommands
  {
private:
   CBarHistory       m_history;
   string            m_symbol;
   long              m_timeframe;
   int               m_count;

   void              ReadSeries(CFields &fields);
   bool              Begin(CFields &fields,SPwRefusal &refusal);
   void              Write(CPackWriter &body);

public:
   bool              From(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
   bool              FromPos(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
   bool              Range(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
  };
//+------------------------------------------------------------------+
//| Read the fields that all three commands have                     |
//+------------------------------------------------------------------+
void CRateCommands::ReadSeries(CFields &fields)
  {
   m_symbol=fields.Symbol();
   m_timeframe=fields.Integer(PW_FIELD_TIMEFRAME,INT_MIN,INT_MAX);
   m_count=(int)fields.IntegerOr(PW_FIELD_COUNT,1,PW_MAX_ROWS,PW_MAX_ROWS);
  }
//+------------------------------------------------------------------+
//| Check what all three commands have, when all fields are read     |
//+------------------------------------------------------------------+
bool CRateCommands::Begin(CFields &fields,SPwRefusal &refusal)
  {
   if(!fields.Accepted(refusal) || !PwWatchedSymbol(m_symbol,refusal) || !PwKnownTimeframe(m_timeframe,refusal))
      return(false);
   m_history.Begin(m_symbol,(ENUM_TIMEFRAMES)m_timeframe);
   return(true);
  }
//+------------------------------------------------------------------+
//| Write the reply                                                  |
//+------------------------------------------------------------------+
void CRateCommands::Write(CPackWriter &body)
  {
   PwOpenReply(body,3);
   body.Key(PW_FIELD_RATES);
   body.Rates(m_history.m_rows,m_history.m_first,m_history.m_count);
   body.KeyBool(PW_FIELD_MORE,m_history.m_more);
   body.KeyInt(PW_FIELD_DIGITS,PwDigits(m_symbol));
  }
//+------------------------------------------------------------------+
//| Answer COPY_RATES_FROM                                           |
//+------------------------------------------------------------------+
bool CRateCommands::From(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   ReadSeries(fields);
   long from_s=fields.TimeS(PW_FIELD_FROM_S);
   if(!Begin(fields,refusal) || !m_history.Until(from_s,m_count,refusal))
      return(false);
   Write(body);
   return(true);
  }
//+------------------------------------------------------------------+
//| Answer COPY_RATES_FROM_POS                                       |
//+------------------------------------------------------------------+
bool CRateCommands::FromPos(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   ReadSeries(fields);
   ulong start=fields.UnsignedOr(PW_FIELD_START,0,0);
   if(!Begin(fields,refusal) || !m_history.Before(start,m_count,refusal))
      return(false);
   Write(body);
   return(true);
  }
//+------------------------------------------------------------------+
//| Answer COPY_RATES_RANGE                                          |
//+------------------------------------------------------------------+
bool CRateCommands::Range(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   ReadSeries(fields);
   long from_s=fields.TimeS(PW_FIELD_FROM_S);
   long to_s=fields.TimeS(PW_FIELD_TO_S);
   if(!Begin(fields,refusal) || !m_history.Range(from_s,to_s,m_count,refusal))
      return(false);
   Write(body);
   return(true);
  }

#endif
