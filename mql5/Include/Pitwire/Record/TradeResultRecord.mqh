//+------------------------------------------------------------------+
//| TradeResultRecord.mqh                                            |
//| the trade server's answer to a trading command: TradeResult      |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_TRADERESULTRECORD_MQH
#define PITWIRE_RECORD_TRADERESULTRECORD_MQH

#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Record/Limits.mqh>

struct SPwTradeResult
  {
   uint              retcode;
   uint              retcode_external;
   ulong             deal;
   ulong             order;
   ulong             position;
   double            volume;
   double            price;
   double            bid;
   double            ask;
   string            comment;
   int               type_filling;
   long              time_msc;
   int               digits;
   int               volume_digits;
  };
//+------------------------------------------------------------------+
//| Write a result                                                   |
//+------------------------------------------------------------------+
void PwWriteTradeResult(CPackWriter &body,const SPwTradeResult &result)
  {
   body.Map(PW_COUNT_TRADERESULT);
   body.KeyInt(PW_FIELD_RETCODE,(long)result.retcode);
   body.KeyInt(PW_FIELD_RETCODE_EXTERNAL,(long)result.retcode_external);
   body.KeyUnsigned(PW_FIELD_DEAL,result.deal);
   body.KeyUnsigned(PW_FIELD_ORDER,result.order);
   body.KeyUnsigned(PW_FIELD_POSITION,result.position);
   body.KeyReal(PW_FIELD_VOLUME,PwFinite(result.volume));
   body.KeyReal(PW_FIELD_PRICE,PwFinite(result.price));
   body.KeyReal(PW_FIELD_BID,PwFinite(result.bid));
   body.KeyReal(PW_FIELD_ASK,PwFinite(result.ask));
   body.KeyText(PW_FIELD_COMMENT,PwShort(result.comment));
   body.KeyInt(PW_FIELD_TYPE_FILLING,result.type_filling);
   body.KeyInt(PW_FIELD_TIME_MSC,PwTimeMsc(result.time_msc));
   body.KeyInt(PW_FIELD_DIGITS,PwPlaces(result.digits));
   body.KeyInt(PW_FIELD_VOLUME_DIGITS,PwPlaces(result.volume_digits));
  }

#endif
