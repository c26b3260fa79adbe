//+------------------------------------------------------------------+
//| TickRecord.mqh                                                   |
//| the last prices of a symbol: Tick                                |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_TICKRECORD_MQH
#define PITWIRE_RECORD_TICKRECORD_MQH

#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Record/Limits.mqh>

//+------------------------------------------------------------------+
//| Write a tick                                                     |
//+------------------------------------------------------------------+
void PwWriteTick(CPackWriter &body,const MqlTick &tick)
  {
   body.Map(PW_COUNT_TICK);
   body.KeyReal(PW_FIELD_BID,PwFinite(tick.bid));
   body.KeyReal(PW_FIELD_ASK,PwFinite(tick.ask));
   body.KeyReal(PW_FIELD_LAST,PwFinite(tick.last));
   body.KeyUnsigned(PW_FIELD_VOLUME,tick.volume);
   body.KeyInt(PW_FIELD_TIME_MSC,PwTimeMsc(tick.time_msc));
   body.KeyInt(PW_FIELD_FLAGS,(long)tick.flags);
   body.KeyReal(PW_FIELD_VOLUME_REAL,PwFinite(tick.volume_real));
  }

#endif
