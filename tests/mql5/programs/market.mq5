//+------------------------------------------------------------------+
//| market.mq5                                                       |
//| what the terminal tells of market, account, trades and history   |
//+------------------------------------------------------------------+
#property version "1.00"

input string InpCase="read";
input string InpSymbol="EURUSD";
input long   InpFrom=0;
input long   InpTo=0;
input int    InpCount=0;

bool ExtReady=false;

//+------------------------------------------------------------------+
//| One line: a name and what belongs to it                          |
//+------------------------------------------------------------------+
void Tell(const string name,const string value)
  {
   Print(name+"="+value);
  }
//+------------------------------------------------------------------+
//| Whole numbers                                                    |
//+------------------------------------------------------------------+
void TellWhole(const string name,const long value)
  {
   Tell(name,IntegerToString(value));
  }
//+------------------------------------------------------------------+
//| Numbers                                                          |
//+------------------------------------------------------------------+
void TellReal(const string name,const double value)
  {
   Tell(name,DoubleToString(value,8));
  }
//+------------------------------------------------------------------+
//| Symbols, account and terminal                                    |
//+------------------------------------------------------------------+
void Read(void)
  {
   TellWhole("symbols",SymbolsTotal(false));
   Tell("second",SymbolName(1,true));
   ResetLastError();
   string beyond=SymbolName(1000,false);
   Tell("beyond","["+beyond+"] "+IntegerToString(GetLastError()));
   TellWhole("digits",SymbolInfoInteger(InpSymbol,SYMBOL_DIGITS));
   TellWhole("spread",SymbolInfoInteger(InpSymbol,SYMBOL_SPREAD));
   TellWhole("time_msc",SymbolInfoInteger(InpSymbol,SYMBOL_TIME_MSC));
   TellReal("bid",SymbolInfoDouble(InpSymbol,SYMBOL_BID));
   TellReal("bidhigh",SymbolInfoDouble(InpSymbol,SYMBOL_BIDHIGH));
   TellReal("tick_value",SymbolInfoDouble(InpSymbol,SYMBOL_TRADE_TICK_VALUE));
   Tell("description",SymbolInfoString(InpSymbol,SYMBOL_DESCRIPTION));
   long whole=7;
   ResetLastError();
   bool known=SymbolInfoInteger("NOTHING",SYMBOL_DIGITS,whole);
   Tell("unknown",(known ? "true " : "false ")+IntegerToString(whole)+" "+IntegerToString(GetLastError()));
   datetime from=0;
   datetime to=0;
   bool open=SymbolInfoSessionTrade(InpSymbol,TUESDAY,0,from,to);
   Tell("session",(open ? "true " : "false ")+IntegerToString((long)from)+" "+IntegerToString((long)to));
   Tell("no session",SymbolInfoSessionTrade(InpSymbol,SUNDAY,0,from,to) ? "true" : "false");
   MqlTick tick;
   Tell("tick",SymbolInfoTick(InpSymbol,tick) ? DoubleToString(tick.ask,8) : "none");
   TellWhole("login",AccountInfoInteger(ACCOUNT_LOGIN));
   TellReal("balance",AccountInfoDouble(ACCOUNT_BALANCE));
   TellReal("equity",AccountInfoDouble(ACCOUNT_EQUITY));
   Tell("currency",AccountInfoString(ACCOUNT_CURRENCY));
   TellWhole("connected",TerminalInfoInteger(TERMINAL_CONNECTED));
   TellWhole("build",TerminalInfoInteger(TERMINAL_BUILD));
   TellWhole("current",(long)TimeCurrent());
   double amount=0.0;
   bool counted=OrderCalcMargin(ORDER_TYPE_BUY,InpSymbol,0.5,1.1,amount);
   TellReal("margin",counted ? amount : -1.0);
   counted=OrderCalcProfit(ORDER_TYPE_SELL,InpSymbol,0.5,1.1,1.2,amount);
   TellReal("profit",counted ? amount : -1.0);
  }
//+------------------------------------------------------------------+
//| A copy of ticks: how many, from when to when, and their sum      |
//+------------------------------------------------------------------+
void TellTicks(const string name,const MqlTick &ticks[],const int count)
  {
   double sum=0.0;
   for(int i=0; i<count; i++)
      sum+=ticks[i].bid;
   long first=0;
   long last=0;
   if(count>0)
     {
      first=ticks[0].time_msc;
      last=ticks[count-1].time_msc;
     }
   Tell(name,IntegerToString(count)+" "+IntegerToString(first)+" "+IntegerToString(last)+" "+DoubleToString(sum,5)+" "+IntegerToString(GetLastError()));
   ResetLastError();
  }
//+------------------------------------------------------------------+
//| The same of bars                                                 |
//+------------------------------------------------------------------+
void TellRates(const string name,const MqlRates &rates[],const int count)
  {
   double sum=0.0;
   for(int i=0; i<count; i++)
      sum+=rates[i].close+(double)rates[i].tick_volume;
   long first=0;
   long last=0;
   if(count>0)
     {
      first=(long)rates[0].time;
      last=(long)rates[count-1].time;
     }
   Tell(name,IntegerToString(count)+" "+IntegerToString(first)+" "+IntegerToString(last)+" "+DoubleToString(sum,5)+" "+IntegerToString(GetLastError()));
   ResetLastError();
  }
//+------------------------------------------------------------------+
//| Ticks and bars of the past                                       |
//+------------------------------------------------------------------+
void Series(void)
  {
   MqlTick ticks[];
   MqlRates rates[];
   ResetLastError();
   int count=CopyTicks(InpSymbol,ticks,COPY_TICKS_ALL,0,(uint)InpCount);
   TellTicks("last ticks",ticks,count);
   count=CopyTicks(InpSymbol,ticks,COPY_TICKS_ALL,(ulong)InpFrom,(uint)InpCount);
   TellTicks("ticks from",ticks,count);
   count=CopyTicksRange(InpSymbol,ticks,COPY_TICKS_INFO,(ulong)InpFrom,(ulong)InpTo);
   TellTicks("ticks range",ticks,count);
   count=CopyTicks(InpSymbol,ticks,COPY_TICKS_TRADE,(ulong)InpFrom,(uint)InpCount);
   TellTicks("trades",ticks,count);
   MqlTick few[4];
   count=CopyTicks(InpSymbol,few,COPY_TICKS_ALL,0,(uint)InpCount);
   TellTicks("few",few,count);
   count=CopyRates(InpSymbol,PERIOD_M5,2,InpCount,rates);
   TellRates("rates pos",rates,count);
   count=CopyRates(InpSymbol,PERIOD_H1,(datetime)(InpTo/1000),InpCount,rates);
   TellRates("rates until",rates,count);
   count=CopyRates(InpSymbol,PERIOD_M1,(datetime)(InpFrom/1000),(datetime)(InpTo/1000),rates);
   TellRates("rates range",rates,count);
   count=CopyRates(InpSymbol,PERIOD_M1,(datetime)(InpTo/1000+864000),(datetime)(InpTo/1000+950400),rates);
   TellRates("future",rates,count);
   count=CopyRates(InpSymbol,PERIOD_M1,0,1,rates);
   TellRates("forming",rates,count);
   Tell("synchronized",SeriesInfoInteger(InpSymbol,PERIOD_M1,SERIES_SYNCHRONIZED)!=0 ? "true" : "false");
  }
//+------------------------------------------------------------------+
//| Send a market order                                              |
//+------------------------------------------------------------------+
void Trade(const double volume)
  {
   MqlTradeRequest request;
   MqlTradeResult result;
   ZeroMemory(request);
   ZeroMemory(result);
   request.action=TRADE_ACTION_DEAL;
   request.symbol=InpSymbol;
   request.volume=volume;
   request.type=ORDER_TYPE_BUY;
   request.magic=77;
   request.comment="from the program";
   MqlTradeCheckResult check;
   bool good=OrderCheck(request,check);
   Tell("check",(good ? "true " : "false ")+IntegerToString((long)check.retcode)+" "+DoubleToString(check.margin,2));
   ResetLastError();
   bool sent=OrderSendAsync(request,result);
   Tell("sent",(sent ? "true " : "false ")+IntegerToString((long)result.retcode)+" "+IntegerToString((long)result.request_id)+" "+IntegerToString(GetLastError()));
  }
//+------------------------------------------------------------------+
//| What is open and what was                                        |
//+------------------------------------------------------------------+
void TellBooks(void)
  {
   TellWhole("positions",PositionsTotal());
   for(int i=0; i<PositionsTotal(); i++)
     {
      ulong ticket=PositionGetTicket(i);
      Tell("position",IntegerToString((long)ticket)+" "+PositionGetString(POSITION_SYMBOL)+" "+DoubleToString(PositionGetDouble(POSITION_VOLUME),2)+" "+DoubleToString(PositionGetDouble(POSITION_PROFIT),2)+" "+IntegerToString(PositionGetInteger(POSITION_TIME)));
     }
   ResetLastError();
   bool found=PositionSelectByTicket(5);
   Tell("no position",(found ? "true " : "false ")+IntegerToString(GetLastError()));
   Tell("by symbol",PositionSelect(InpSymbol) ? IntegerToString(PositionGetInteger(POSITION_MAGIC)) : "none");
   TellWhole("orders",OrdersTotal());
   Tell("history",HistorySelect(0,(datetime)(InpTo/1000)) ? "true" : "false");
   TellWhole("history orders",HistoryOrdersTotal());
   TellWhole("history deals",HistoryDealsTotal());
   for(int i=0; i<HistoryDealsTotal(); i++)
     {
      ulong ticket=HistoryDealGetTicket(i);
      Tell("deal",IntegerToString((long)ticket)+" "+IntegerToString(HistoryDealGetInteger(ticket,DEAL_TYPE))+" "+DoubleToString(HistoryDealGetDouble(ticket,DEAL_PRICE),5)+" "+HistoryDealGetString(ticket,DEAL_COMMENT));
     }
   ResetLastError();
   long unused=0;
   found=HistoryDealGetInteger(1,DEAL_TYPE,unused);
   Tell("no deal",(found ? "true " : "false ")+IntegerToString(GetLastError()));
   TellReal("equity",AccountInfoDouble(ACCOUNT_EQUITY));
  }
//+------------------------------------------------------------------+
//| Say how a copy of the newest ticks goes                          |
//+------------------------------------------------------------------+
void TellNewest(void)
  {
   MqlTick ticks[];
   ResetLastError();
   int count=CopyTicks(InpSymbol,ticks,COPY_TICKS_ALL,(ulong)InpFrom,0);
   TellTicks("newest",ticks,count);
  }
//+------------------------------------------------------------------+
//| Begin                                                            |
//+------------------------------------------------------------------+
int OnInit(void)
  {
   Tell("begin",InpCase+" "+Symbol()+" "+IntegerToString(InpCount));
   if(InpCase=="read")
      Read();
   if(InpCase=="series")
      Series();
   if(InpCase=="downloads")
      TellNewest();
   if(InpCase=="book")
      Tell("add",MarketBookAdd(InpSymbol) ? "true" : "false");
   EventSetMillisecondTimer(20);
   return(INIT_SUCCEEDED);
  }
//+------------------------------------------------------------------+
//| Ticks of the chart's symbol                                      |
//+------------------------------------------------------------------+
void OnTick(void)
  {
   Tell("tick of",Symbol());
  }
//+------------------------------------------------------------------+
//| Events that come before the end of OnInit are lost, so this is   |
//| where the program is ready                                       |
//+------------------------------------------------------------------+
void OnTimer(void)
  {
   if(!ExtReady)
     {
      ExtReady=true;
      if(InpCase=="trade")
         Trade(0.1*(double)InpCount);
      Tell("ready",InpCase);
     }
   if(InpCase=="downloads" || InpCase=="follow")
      TellNewest();
   if(InpCase=="files")
     {
      int file=FileOpen("note.txt",FILE_WRITE|FILE_TXT|FILE_ANSI);
      Tell("file",file==INVALID_HANDLE ? "refused" : "open");
      if(file!=INVALID_HANDLE)
         FileClose(file);
      return;
     }
   if(InpCase=="switches")
      TellSwitches();
  }
//+------------------------------------------------------------------+
//| The switches as they are now                                     |
//+------------------------------------------------------------------+
void TellSwitches(void)
  {
   string switches=IntegerToString(TerminalInfoInteger(TERMINAL_CONNECTED));
   switches+=IntegerToString(TerminalInfoInteger(TERMINAL_TRADE_ALLOWED));
   switches+=IntegerToString(MQLInfoInteger(MQL_TRADE_ALLOWED));
   switches+=IntegerToString(AccountInfoInteger(ACCOUNT_TRADE_ALLOWED));
   switches+=IntegerToString(AccountInfoInteger(ACCOUNT_TRADE_EXPERT));
   Tell("switches",switches);
  }
//+------------------------------------------------------------------+
//| A change of the depth of market                                  |
//+------------------------------------------------------------------+
void OnBookEvent(const string &symbol)
  {
   MqlBookInfo book[];
   if(!MarketBookGet(symbol,book))
     {
      Tell("book","none");
      return;
     }
   int size=ArraySize(book);
   Tell("book",symbol+" "+IntegerToString(size)+" "+DoubleToString(book[0].price,5)+" "+DoubleToString(book[size-1].volume_real,2));
  }
//+------------------------------------------------------------------+
//| What the trade server says                                       |
//+------------------------------------------------------------------+
void OnTradeTransaction(const MqlTradeTransaction &transaction,const MqlTradeRequest &request,const MqlTradeResult &result)
  {
   Tell("transaction",IntegerToString((int)transaction.type)+" "+IntegerToString((long)transaction.order)+" "+IntegerToString((long)transaction.deal)+" "+transaction.symbol+" "+DoubleToString(transaction.volume,2));
   if(transaction.type==TRADE_TRANSACTION_REQUEST)
      Tell("result",IntegerToString((long)result.retcode)+" "+IntegerToString((long)result.request_id)+" "+IntegerToString((long)result.deal)+" "+IntegerToString((long)request.magic)+" "+request.comment);
  }
//+------------------------------------------------------------------+
//| After transactions                                               |
//+------------------------------------------------------------------+
void OnTrade(void)
  {
   TellBooks();
   Tell("traded","yes");
  }
//+------------------------------------------------------------------+
//| End                                                              |
//+------------------------------------------------------------------+
void OnDeinit(const int reason)
  {
   TellWhole("end",reason);
  }
//+------------------------------------------------------------------+
