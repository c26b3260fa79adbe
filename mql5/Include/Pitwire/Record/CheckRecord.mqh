//+------------------------------------------------------------------+
//| CheckRecord.mqh                                                  |
//| what the account would look like after a trade: CheckResult      |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_CHECKRECORD_MQH
#define PITWIRE_RECORD_CHECKRECORD_MQH

#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Record/Limits.mqh>

//+------------------------------------------------------------------+
//| Write the result of a dry run                                    |
//+------------------------------------------------------------------+
void PwWriteCheck(CPackWriter &body,const MqlTradeCheckResult &result)
  {
   body.Map(PW_COUNT_CHECKRESULT);
   body.KeyInt(PW_FIELD_RETCODE,(long)result.retcode);
   body.KeyReal(PW_FIELD_BALANCE,PwFinite(result.balance));
   body.KeyReal(PW_FIELD_EQUITY,PwFinite(result.equity));
   body.KeyReal(PW_FIELD_PROFIT,PwFinite(result.profit));
   body.KeyReal(PW_FIELD_MARGIN,PwFinite(result.margin));
   body.KeyReal(PW_FIELD_MARGIN_FREE,PwFinite(result.margin_free));
   body.KeyReal(PW_FIELD_MARGIN_LEVEL,PwFinite(result.margin_level));
   body.KeyText(PW_FIELD_COMMENT,PwShort(result.comment));
  }

#endif
