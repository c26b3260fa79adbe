//+------------------------------------------------------------------+
//| PermissionsRecord.mqh                                            |
//| the switches that must all be on before an order can be sent     |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_PERMISSIONSRECORD_MQH
#define PITWIRE_RECORD_PERMISSIONSRECORD_MQH

#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Codec/WireConstants.mqh>

//+------------------------------------------------------------------+
//| Write the switches, in the order to check them                   |
//+------------------------------------------------------------------+
void PwWritePermissions(CPackWriter &body)
  {
   body.Map(PW_COUNT_PERMISSIONS);
   body.KeyBool(PW_FIELD_TERMINAL_CONNECTED,TerminalInfoInteger(TERMINAL_CONNECTED)!=0);
   body.KeyBool(PW_FIELD_TERMINAL_TRADE_ALLOWED,TerminalInfoInteger(TERMINAL_TRADE_ALLOWED)!=0);
   body.KeyBool(PW_FIELD_MQL_TRADE_ALLOWED,MQLInfoInteger(MQL_TRADE_ALLOWED)!=0);
   body.KeyBool(PW_FIELD_ACCOUNT_TRADE_ALLOWED,AccountInfoInteger(ACCOUNT_TRADE_ALLOWED)!=0);
   body.KeyBool(PW_FIELD_ACCOUNT_TRADE_EXPERT,AccountInfoInteger(ACCOUNT_TRADE_EXPERT)!=0);
  }

#endif
