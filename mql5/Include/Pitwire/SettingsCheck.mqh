//+------------------------------------------------------------------+
//| SettingsCheck.mqh                                                |
//| tells what is wrong with the inputs, and what to change          |
//+------------------------------------------------------------------+
#ifndef PITWIRE_SETTINGSCHECK_MQH
#define PITWIRE_SETTINGSCHECK_MQH

#include <Pitwire/Settings.mqh>
#include <Pitwire/Codec/Handshake.mqh>
#include <Pitwire/Channel/Endpoint.mqh>

#define PW_SHORTEST_ORDER_TIMEOUT 1000
#define PW_LONGEST_ORDER_TIMEOUT  300000

//+------------------------------------------------------------------+
//| What is wrong with an endpoint; "": nothing                      |
//+------------------------------------------------------------------+
string PwCheckEndpoint(const string name,const string endpoint,const bool dial)
  {
   if(!PwIsEndpoint(endpoint))
      return(name+" must look like tcp://127.0.0.1:5555.");
   if(dial && (PwAsksForPort(endpoint) || PwHostOf(endpoint)=="*"))
      return(name+" must name the bridge's host and port when InpDial is true.");
   return("");
  }
//+------------------------------------------------------------------+
//| What is wrong with the guards; "": nothing                       |
//+------------------------------------------------------------------+
string PwCheckGuards(const SPwSettings &settings)
  {
   if(!MathIsValidNumber(settings.max_volume) || settings.max_volume<0.0)
      return("InpMaxVolume must be a number of lots, or 0 for no limit.");
   if(!MathIsValidNumber(settings.max_total_volume) || settings.max_total_volume<0.0)
      return("InpMaxTotalVolume must be a number of lots, or 0 for no limit.");
   if(settings.max_orders_per_minute<0)
      return("InpMaxOrdersPerMinute must be a number of orders, or 0 for no limit.");
   if(settings.order_timeout_ms<PW_SHORTEST_ORDER_TIMEOUT || settings.order_timeout_ms>PW_LONGEST_ORDER_TIMEOUT)
      return("InpOrderTimeoutMs must be between 1000 and 300000 milliseconds.");
   return("");
  }
//+------------------------------------------------------------------+
//| What is wrong with the inputs; "": nothing                       |
//+------------------------------------------------------------------+
string PwCheckSettings(const SPwSettings &settings)
  {
   if(!PwIsName(settings.terminal))
      return("InpTerminal must have 1 to 64 letters, digits, dots, underscores or minus signs.");
   string wrong=PwCheckEndpoint("InpCommands",settings.commands,settings.dial);
   if(StringLen(wrong)>0)
      return(wrong);
   wrong=PwCheckEndpoint("InpStream",settings.stream,settings.dial);
   if(StringLen(wrong)>0)
      return(wrong);
   if(settings.commands==settings.stream && !PwAsksForPort(settings.commands))
      return("InpCommands and InpStream must have different ports.");
   return(PwCheckGuards(settings));
  }

#endif
