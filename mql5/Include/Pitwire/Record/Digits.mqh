//+------------------------------------------------------------------+
//| Digits.mqh                                                       |
//| decimal places that prices, volumes and money are shown with     |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_DIGITS_MQH
#define PITWIRE_RECORD_DIGITS_MQH

#include <Pitwire/Record/Limits.mqh>

//--- for symbols that the terminal does not know any more: enough to lose nothing
#define PW_SAFE_DIGITS   8

//+------------------------------------------------------------------+
//| Of the prices of a symbol; "" (balance operations) has none      |
//+------------------------------------------------------------------+
int PwDigits(const string symbol)
  {
   if(StringLen(symbol)==0)
      return(0);
   long digits=0;
   if(!SymbolInfoInteger(symbol,SYMBOL_DIGITS,digits))
      return(PW_SAFE_DIGITS);
   return(PwPlaces(digits));
  }
//+------------------------------------------------------------------+
//| That steps of this size need                                     |
//+------------------------------------------------------------------+
int PwDigitsOfStep(const double step)
  {
   double scaled=step;
   for(int digits=0; digits<PW_SAFE_DIGITS; digits++)
     {
      double whole=MathRound(scaled);
      if(whole>=1.0 && MathAbs(scaled-whole)<=whole*1.0e-9)
         return(digits);
      scaled*=10.0;
     }
   return(PW_SAFE_DIGITS);
  }
//+------------------------------------------------------------------+
//| Of the volumes of a symbol: 0.01 lots have two                   |
//+------------------------------------------------------------------+
int PwVolumeDigits(const string symbol)
  {
   if(StringLen(symbol)==0)
      return(0);
   double step=0.0;
   if(!SymbolInfoDouble(symbol,SYMBOL_VOLUME_STEP,step))
      return(PW_SAFE_DIGITS);
   return(PwDigitsOfStep(step));
  }
//+------------------------------------------------------------------+
//| Of amounts in the account's currency                             |
//+------------------------------------------------------------------+
int PwCurrencyDigits(void)
  {
   return(PwPlaces(AccountInfoInteger(ACCOUNT_CURRENCY_DIGITS)));
  }

#endif
