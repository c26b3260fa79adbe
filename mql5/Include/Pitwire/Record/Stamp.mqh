//+------------------------------------------------------------------+
//| Stamp.mqh                                                        |
//| the two times that begin every reply and every event             |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_STAMP_MQH
#define PITWIRE_RECORD_STAMP_MQH

#include <Pitwire/Clock.mqh>
#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Codec/WireConstants.mqh>

#define PW_STAMP_FIELDS 2

//+------------------------------------------------------------------+
//| Begin a reply with `count` fields of its own                     |
//+------------------------------------------------------------------+
void PwOpenReply(CPackWriter &body,const int count)
  {
   body.Begin();
   body.Map(count+PW_STAMP_FIELDS);
   body.KeyInt(PW_FIELD_CLOCK_MSC,PwUtcMsc());
   body.KeyInt(PW_FIELD_UTC_OFFSET_S,PwUtcOffset());
  }
//+------------------------------------------------------------------+
//| Begin an event with `count` fields of its own                    |
//+------------------------------------------------------------------+
void PwOpenEvent(CPackWriter &body,const int count)
  {
   PwOpenReply(body,count);
  }

#endif
