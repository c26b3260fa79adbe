//+------------------------------------------------------------------+
//| Normalizer.mqh                                                   |
//| takes float noise off prices and volumes, and nothing else       |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_NORMALIZER_MQH
#define PITWIRE_DESK_NORMALIZER_MQH

#include <Pitwire/Record/Digits.mqh>

#define PW_NOISE_OF_POINT   0.001      // part of a point that counts as noise
#define PW_NOISE_OF_STEP    0.000001   // part of a volume step that counts as noise
#define PW_ROUNDING_DIGITS  8          // NormalizeDouble knows no more

//+------------------------------------------------------------------+
//| The decimal number that was meant, if this one is only noise     |
//| away from it; any other one stays what it is, for the trade      |
//| server to judge: an amount is never rounded to another one       |
//+------------------------------------------------------------------+
double PwWithoutNoise(const double value,const int digits,const double noise)
  {
   if(digits>PW_ROUNDING_DIGITS)
      return(value);
   double rounded=NormalizeDouble(value,digits);
   if(MathAbs(rounded-value)>noise)
      return(value);
   return(rounded);
  }
//+------------------------------------------------------------------+
//| A price in the symbol's own digits                               |
//+------------------------------------------------------------------+
double PwNormalPrice(const string symbol,const double price)
  {
   double noise=SymbolInfoDouble(symbol,SYMBOL_POINT)*PW_NOISE_OF_POINT;
   return(PwWithoutNoise(price,PwDigits(symbol),noise));
  }
//+------------------------------------------------------------------+
//| A volume in the digits of the symbol's step                      |
//+------------------------------------------------------------------+
double PwNormalVolume(const string symbol,const double volume)
  {
   double noise=SymbolInfoDouble(symbol,SYMBOL_VOLUME_STEP)*PW_NOISE_OF_STEP;
   return(PwWithoutNoise(volume,PwVolumeDigits(symbol),noise));
  }
//+------------------------------------------------------------------+
//| True if two prices of a symbol are the same one                  |
//+------------------------------------------------------------------+
bool PwSamePrice(const string symbol,const double one,const double other)
  {
   return(MathAbs(one-other)<=SymbolInfoDouble(symbol,SYMBOL_POINT)*0.5);
  }
//+------------------------------------------------------------------+
//| True if two volumes of a symbol are the same one                 |
//+------------------------------------------------------------------+
bool PwSameVolume(const string symbol,const double one,const double other)
  {
   return(MathAbs(one-other)<=SymbolInfoDouble(symbol,SYMBOL_VOLUME_STEP)*0.5);
  }
//+------------------------------------------------------------------+
//| True if a volume of a symbol is more than another one            |
//+------------------------------------------------------------------+
bool PwIsMore(const string symbol,const double one,const double other)
  {
   return(one>other && !PwSameVolume(symbol,one,other));
  }

#endif
