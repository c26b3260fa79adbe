//+------------------------------------------------------------------+
//| KnownSymbol.mqh                                                  |
//| whether the broker has a symbol, and seeing to it that the       |
//| terminal follows its prices                                      |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_KNOWNSYMBOL_MQH
#define PITWIRE_RECORD_KNOWNSYMBOL_MQH

#include <Pitwire/Codec/WireConstants.mqh>
#include <Pitwire/Refusal.mqh>

//+------------------------------------------------------------------+
//| Whether the broker has the symbol                                |
//+------------------------------------------------------------------+
bool PwIsSymbol(const string symbol)
  {
   long selected=0;
   return(StringLen(symbol)>0 && SymbolInfoInteger(symbol,SYMBOL_SELECT,selected));
  }
//+------------------------------------------------------------------+
//| The same, with the refusal of a symbol that it does not have     |
//+------------------------------------------------------------------+
bool PwKnownSymbol(const string symbol,SPwRefusal &refusal)
  {
   if(PwIsSymbol(symbol))
      return(true);
   PwRefuse(refusal,PW_REFUSAL_UNKNOWN_SYMBOL,"The broker has no symbol "+symbol+".",PW_FIELD_SYMBOL);
   return(false);
  }
//+------------------------------------------------------------------+
//| Put a symbol into Market Watch: only there the terminal receives |
//| its prices, ticks and bars                                       |
//+------------------------------------------------------------------+
bool PwWatchedSymbol(const string symbol,SPwRefusal &refusal)
  {
   long selected=0;
   if(StringLen(symbol)==0 || !SymbolInfoInteger(symbol,SYMBOL_SELECT,selected))
      return(PwKnownSymbol(symbol,refusal));
   if(selected!=0 || SymbolSelect(symbol,true))
      return(true);
   PwRefuse(refusal,PW_REFUSAL_NO_PRICES,"The terminal cannot put "+symbol+" into Market Watch: take other symbols out of it.",PW_FIELD_SYMBOL);
   return(false);
  }

#endif
