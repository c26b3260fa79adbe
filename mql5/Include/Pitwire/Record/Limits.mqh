//+------------------------------------------------------------------+
//| Limits.mqh                                                       |
//| keep what the terminal says within the limits of the wire: one   |
//| odd figure must not make a whole reply unusable                  |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_LIMITS_MQH
#define PITWIRE_RECORD_LIMITS_MQH

#include <Pitwire/Codec/WireConstants.mqh>

#define PW_MAX_DIGITS  16
#define PW_LATEST_S    253402300799      // end of the year 9999
#define PW_LATEST_MSC  253402300799999

//+------------------------------------------------------------------+
//| A number that JSON can show                                      |
//+------------------------------------------------------------------+
double PwFinite(const double value)
  {
   return(MathIsValidNumber(value) ? value : 0.0);
  }
//+------------------------------------------------------------------+
//| A count                                                          |
//+------------------------------------------------------------------+
long PwCount(const long value)
  {
   return(value>0 ? value : 0);
  }
//+------------------------------------------------------------------+
//| A time in seconds; 0 = none                                      |
//+------------------------------------------------------------------+
long PwTimeS(const long value)
  {
   return(value>0 && value<=PW_LATEST_S ? value : 0);
  }
//+------------------------------------------------------------------+
//| A time in milliseconds; 0 = none                                 |
//+------------------------------------------------------------------+
long PwTimeMsc(const long value)
  {
   return(value>0 && value<=PW_LATEST_MSC ? value : 0);
  }
//+------------------------------------------------------------------+
//| A number of decimal places                                       |
//+------------------------------------------------------------------+
int PwPlaces(const long value)
  {
   if(value<0)
      return(0);
   return(value>PW_MAX_DIGITS ? PW_MAX_DIGITS : (int)value);
  }
//+------------------------------------------------------------------+
//| A text                                                           |
//+------------------------------------------------------------------+
string PwShort(const string value,const int length=PW_TEXT_LENGTH)
  {
   return(StringLen(value)>length ? StringSubstr(value,0,length) : value);
  }

#endif
