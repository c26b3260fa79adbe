//+------------------------------------------------------------------+
//| Pitwire.mq5                                                      |
//| be your own MetaTrader 5 API provider                            |
//+------------------------------------------------------------------+
#property copyright   "Pitwire contributors, Apache License 2.0"
#property version     "0.20"
#property description "Serves a bridge over a signed ZeroMQ link."
#property description "Needs: Allow DLL imports, MQL5\\Libraries\\PitwireZmq.dll, and a key file in MQL5\\Files\\Pitwire."

#include <Pitwire/Expert.mqh>

input string InpTerminal="demo";                     // Name of this terminal, also of its key file
input string InpCommands="tcp://127.0.0.1:5555";     // Endpoint of commands
input string InpStream="tcp://127.0.0.1:5556";       // Endpoint of the stream
input bool   InpDial=false;                          // Connect to the bridge instead of listening
input bool   InpAllowPlain=false;                    // Leave this machine without encryption
input bool   InpReadOnly=false;                      // Refuse every order
input double InpMaxVolume=0.0;                       // Most lots per order, 0 = no limit
input double InpMaxTotalVolume=0.0;                  // Most lots open and pending, 0 = no limit
input string InpSymbols="";                          // Symbols that may be traded, such as EUR*,!EURJPY; empty = all
input int    InpMaxOrdersPerMinute=0;                // Most orders per minute, 0 = no limit
input int    InpOrderTimeoutMs=15000;                // How long the trade server's answer is awaited, ms
input ulong  InpLogin=0;                             // The only account that may trade, 0 = any

CExpert ExtExpert;

//+------------------------------------------------------------------+
//| Start, also after a change of the chart or of the inputs         |
//+------------------------------------------------------------------+
int OnInit(void)
  {
   SPwSettings settings;
   settings.terminal=InpTerminal;
   settings.commands=InpCommands;
   settings.stream=InpStream;
   settings.dial=InpDial;
   settings.allow_plain=InpAllowPlain;
   settings.read_only=InpReadOnly;
   settings.max_volume=InpMaxVolume;
   settings.max_total_volume=InpMaxTotalVolume;
   settings.symbols=InpSymbols;
   settings.max_orders_per_minute=InpMaxOrdersPerMinute;
   settings.order_timeout_ms=InpOrderTimeoutMs;
   settings.login=InpLogin;
   return(ExtExpert.Init(settings));
  }
//+------------------------------------------------------------------+
//| Stop                                                             |
//+------------------------------------------------------------------+
void OnDeinit(const int reason)
  {
   ExtExpert.Deinit(reason);
  }
//+------------------------------------------------------------------+
//| Timer                                                            |
//+------------------------------------------------------------------+
void OnTimer(void)
  {
   ExtExpert.OnTimer();
  }
//+------------------------------------------------------------------+
//| Tick of the chart's symbol                                       |
//+------------------------------------------------------------------+
void OnTick(void)
  {
   ExtExpert.OnTick();
  }
//+------------------------------------------------------------------+
//| Orders, deals and positions                                      |
//+------------------------------------------------------------------+
void OnTradeTransaction(const MqlTradeTransaction &transaction,const MqlTradeRequest &request,const MqlTradeResult &result)
  {
   ExtExpert.OnTransaction(transaction,request,result);
  }
//+------------------------------------------------------------------+
//| Depth of market                                                  |
//+------------------------------------------------------------------+
void OnBookEvent(const string &symbol)
  {
   ExtExpert.OnBook(symbol);
  }
//+------------------------------------------------------------------+
