//+------------------------------------------------------------------+
//| Loading.mqh                                                      |
//| what the terminal's errors about price history mean to an app    |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_LOADING_MQH
#define PITWIRE_COMMAND_LOADING_MQH

#include <Pitwire/Codec/WireConstants.mqh>
#include <Pitwire/Record/KnownSymbol.mqh>

#define PW_LOADING_RETRY_MS 500

//+------------------------------------------------------------------+
//| Refuse because the terminal is still downloading                 |
//+------------------------------------------------------------------+
void PwRefuseLoading(SPwRefusal &refusal,const string what)
  {
   PwRefuseForNow(refusal,PW_REFUSAL_HISTORY_LOADING,"The terminal is still downloading the "+what+": ask again.",PW_LOADING_RETRY_MS);
  }
//+------------------------------------------------------------------+
//| Refuse after an error of a function that copies history          |
//+------------------------------------------------------------------+
void PwRefuseHistory(SPwRefusal &refusal,const int error,const string symbol)
  {
   switch(error)
     {
      case ERR_MARKET_UNKNOWN_SYMBOL:
      case ERR_MARKET_NOT_SELECTED:
         PwRefuse(refusal,PW_REFUSAL_UNKNOWN_SYMBOL,"The broker has no symbol "+symbol+".",PW_FIELD_SYMBOL);
         return;
      case ERR_NOT_ENOUGH_MEMORY:
         PwRefuse(refusal,PW_REFUSAL_TOO_LARGE,"The terminal has no memory for so much history: ask for less.");
         return;
      default:
         PwRefuseLoading(refusal,"history of "+symbol);
         return;
     }
  }

#endif
