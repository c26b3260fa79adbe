//+------------------------------------------------------------------+
//| Refusal.mqh                                                      |
//| why a command was not executed                                   |
//+------------------------------------------------------------------+
#ifndef PITWIRE_REFUSAL_MQH
#define PITWIRE_REFUSAL_MQH

#define PW_NO_RETRY -1

//--- body of an ERROR frame; code: PW_REFUSAL_..., 0 = nothing is refused
struct SPwRefusal
  {
   int               code;
   string            message;
   string            field;            // the request's field at fault, "" = none
   int               retry_after_ms;   // PW_NO_RETRY = absent
  };
//+------------------------------------------------------------------+
//| Fill a refusal                                                   |
//+------------------------------------------------------------------+
void PwRefuse(SPwRefusal &refusal,const int code,const string message,const string field="")
  {
   refusal.code=code;
   refusal.message=message;
   refusal.field=field;
   refusal.retry_after_ms=PW_NO_RETRY;
  }
//+------------------------------------------------------------------+
//| Fill a refusal that is worth a repetition later                  |
//+------------------------------------------------------------------+
void PwRefuseForNow(SPwRefusal &refusal,const int code,const string message,const int retry_after_ms)
  {
   PwRefuse(refusal,code,message);
   refusal.retry_after_ms=retry_after_ms;
  }

#endif
