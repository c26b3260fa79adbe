//+------------------------------------------------------------------+
//| Timeframe.mqh                                                    |
//| the timeframes that the terminal has                             |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_TIMEFRAME_MQH
#define PITWIRE_RECORD_TIMEFRAME_MQH

#include <Pitwire/Codec/WireConstants.mqh>
#include <Pitwire/Refusal.mqh>

//+------------------------------------------------------------------+
//| Whether a number is one of them                                  |
//+------------------------------------------------------------------+
bool PwIsTimeframe(const long number)
  {
   switch((int)number)
     {
      case PERIOD_M1:
      case PERIOD_M2:
      case PERIOD_M3:
      case PERIOD_M4:
      case PERIOD_M5:
      case PERIOD_M6:
      case PERIOD_M10:
      case PERIOD_M12:
      case PERIOD_M15:
      case PERIOD_M20:
      case PERIOD_M30:
      case PERIOD_H1:
      case PERIOD_H2:
      case PERIOD_H3:
      case PERIOD_H4:
      case PERIOD_H6:
      case PERIOD_H8:
      case PERIOD_H12:
      case PERIOD_D1:
      case PERIOD_W1:
      case PERIOD_MN1:
         return(number==(long)(int)number);
      default:
         return(false);
     }
  }
//+------------------------------------------------------------------+
//| The same, with the refusal of one that it does not have          |
//+------------------------------------------------------------------+
bool PwKnownTimeframe(const long number,SPwRefusal &refusal)
  {
   if(PwIsTimeframe(number))
      return(true);
   PwRefuse(refusal,PW_REFUSAL_INVALID_REQUEST,"`timeframe` must be one of the numbers of Timeframe: "+IntegerToString(number)+" is none.",PW_FIELD_TIMEFRAME);
   return(false);
  }

#endif
