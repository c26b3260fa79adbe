//+------------------------------------------------------------------+
//| Answer.mqh                                                       |
//| the body of a refusal                                            |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_ANSWER_MQH
#define PITWIRE_COMMAND_ANSWER_MQH

#include <Pitwire/Refusal.mqh>
#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Record/Limits.mqh>

#define PW_MESSAGE_LENGTH 500

//+------------------------------------------------------------------+
//| Write the body of an ERROR frame                                 |
//+------------------------------------------------------------------+
void PwWriteRefusal(CPackWriter &body,const SPwRefusal &refusal)
  {
   bool has_field=StringLen(refusal.field)>0;
   bool has_retry=refusal.retry_after_ms!=PW_NO_RETRY;
   body.Begin();
   body.Map(2+(has_field ? 1 : 0)+(has_retry ? 1 : 0));
   body.KeyInt(PW_FIELD_CODE,refusal.code);
   body.KeyText(PW_FIELD_MESSAGE,PwShort(refusal.message,PW_MESSAGE_LENGTH));
   if(has_field)
      body.KeyText(PW_FIELD_FIELD,refusal.field);
   if(has_retry)
      body.KeyInt(PW_FIELD_RETRY_AFTER_MS,refusal.retry_after_ms);
  }

#endif
