//+------------------------------------------------------------------+
//| Filling.mqh                                                      |
//| how an order is filled when the app leaves the choice to us      |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_FILLING_MQH
#define PITWIRE_DESK_FILLING_MQH

//+------------------------------------------------------------------+
//| Choose the filling of a market order: all or nothing where the   |
//| symbol allows it, then what there is, then the rest stays        |
//+------------------------------------------------------------------+
ENUM_ORDER_TYPE_FILLING PwMarketFilling(const string symbol)
  {
   long mode=SymbolInfoInteger(symbol,SYMBOL_TRADE_EXEMODE);
   //--- with instant and request execution the mask says nothing: all are allowed
   if(mode==SYMBOL_TRADE_EXECUTION_INSTANT || mode==SYMBOL_TRADE_EXECUTION_REQUEST)
      return(ORDER_FILLING_FOK);
   long mask=SymbolInfoInteger(symbol,SYMBOL_FILLING_MODE);
   if((mask&SYMBOL_FILLING_FOK)!=0)
      return(ORDER_FILLING_FOK);
   if((mask&SYMBOL_FILLING_IOC)!=0)
      return(ORDER_FILLING_IOC);
   if(mode==SYMBOL_TRADE_EXECUTION_EXCHANGE)
      return(ORDER_FILLING_RETURN);
   return(ORDER_FILLING_FOK);
  }
//+------------------------------------------------------------------+
//| Choose the filling of an order of this type                      |
//+------------------------------------------------------------------+
ENUM_ORDER_TYPE_FILLING PwChooseFilling(const string symbol,const bool pending)
  {
   if(pending)
      return(ORDER_FILLING_RETURN);
   return(PwMarketFilling(symbol));
  }

#endif
