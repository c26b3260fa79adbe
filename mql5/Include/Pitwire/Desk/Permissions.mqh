//+------------------------------------------------------------------+
//| Permissions.mqh                                                  |
//| the switches that must all be on, in the wire's order            |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_PERMISSIONS_MQH
#define PITWIRE_DESK_PERMISSIONS_MQH

#include <Pitwire/Refusal.mqh>
#include <Pitwire/Codec/WireConstants.mqh>

//+------------------------------------------------------------------+
//| Say that a switch is off and what to do about it                 |
//+------------------------------------------------------------------+
string PwSwitchOff(const string name,const string cure)
  {
   return("Trading is off ("+name+"): "+cure);
  }
//+------------------------------------------------------------------+
//| The first switch that forbids trading, in words; "": none does   |
//+------------------------------------------------------------------+
string PwTradingForbidden(void)
  {
   if(TerminalInfoInteger(TERMINAL_CONNECTED)==0)
      return(PwSwitchOff(PW_FIELD_TERMINAL_CONNECTED,
                         "the terminal has no connection to the trade server; log in to the account again."));
   if(TerminalInfoInteger(TERMINAL_TRADE_ALLOWED)==0)
      return(PwSwitchOff(PW_FIELD_TERMINAL_TRADE_ALLOWED,
                         "press the Algo Trading button in the terminal's toolbar."));
   if(MQLInfoInteger(MQL_TRADE_ALLOWED)==0)
      return(PwSwitchOff(PW_FIELD_MQL_TRADE_ALLOWED,
                         "tick Allow Algo Trading in the properties of the Expert Advisor (F7 on its chart)."));
   if(AccountInfoInteger(ACCOUNT_TRADE_ALLOWED)==0)
      return(PwSwitchOff(PW_FIELD_ACCOUNT_TRADE_ALLOWED,
                         "log in with the master password instead of the investor password, or ask the broker why the account may not trade."));
   if(AccountInfoInteger(ACCOUNT_TRADE_EXPERT)==0)
      return(PwSwitchOff(PW_FIELD_ACCOUNT_TRADE_EXPERT,
                         "the trade server forbids Expert Advisors on this account; ask the broker to allow them."));
   return("");
  }
//+------------------------------------------------------------------+
//| True if trading is allowed; otherwise the refusal is filled      |
//+------------------------------------------------------------------+
bool PwMayTrade(SPwRefusal &refusal)
  {
   string reason=PwTradingForbidden();
   if(StringLen(reason)==0)
      return(true);
   PwRefuse(refusal,PW_REFUSAL_TRADE_FORBIDDEN,reason);
   return(false);
  }

#endif
