//+------------------------------------------------------------------+
//| TerminalRecord.mqh                                               |
//| the terminal program: TerminalInfo                               |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_TERMINALRECORD_MQH
#define PITWIRE_RECORD_TERMINALRECORD_MQH

#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Record/Limits.mqh>

//+------------------------------------------------------------------+
//| Write the state and properties of the terminal program           |
//+------------------------------------------------------------------+
void PwWriteTerminal(CPackWriter &body)
  {
   body.Map(PW_COUNT_TERMINALINFO);
   body.KeyBool(PW_FIELD_COMMUNITY_ACCOUNT,TerminalInfoInteger(TERMINAL_COMMUNITY_ACCOUNT)!=0);
   body.KeyBool(PW_FIELD_COMMUNITY_CONNECTION,TerminalInfoInteger(TERMINAL_COMMUNITY_CONNECTION)!=0);
   body.KeyBool(PW_FIELD_CONNECTED,TerminalInfoInteger(TERMINAL_CONNECTED)!=0);
   body.KeyBool(PW_FIELD_DLLS_ALLOWED,TerminalInfoInteger(TERMINAL_DLLS_ALLOWED)!=0);
   body.KeyBool(PW_FIELD_TRADE_ALLOWED,TerminalInfoInteger(TERMINAL_TRADE_ALLOWED)!=0);
   // That switch is about other programs' access; MQL5 cannot read it.
   body.KeyBool(PW_FIELD_TRADEAPI_DISABLED,false);
   body.KeyBool(PW_FIELD_EMAIL_ENABLED,TerminalInfoInteger(TERMINAL_EMAIL_ENABLED)!=0);
   body.KeyBool(PW_FIELD_FTP_ENABLED,TerminalInfoInteger(TERMINAL_FTP_ENABLED)!=0);
   body.KeyBool(PW_FIELD_NOTIFICATIONS_ENABLED,TerminalInfoInteger(TERMINAL_NOTIFICATIONS_ENABLED)!=0);
   body.KeyBool(PW_FIELD_MQID,TerminalInfoInteger(TERMINAL_MQID)!=0);
   body.KeyInt(PW_FIELD_BUILD,PwCount(TerminalInfoInteger(TERMINAL_BUILD)));
   body.KeyInt(PW_FIELD_MAXBARS,PwCount(TerminalInfoInteger(TERMINAL_MAXBARS)));
   body.KeyInt(PW_FIELD_CODEPAGE,PwCount(TerminalInfoInteger(TERMINAL_CODEPAGE)));
   body.KeyInt(PW_FIELD_PING_LAST,PwCount(TerminalInfoInteger(TERMINAL_PING_LAST)));
   body.KeyReal(PW_FIELD_COMMUNITY_BALANCE,PwFinite(TerminalInfoDouble(TERMINAL_COMMUNITY_BALANCE)));
   body.KeyReal(PW_FIELD_RETRANSMISSION,PwFinite(TerminalInfoDouble(TERMINAL_RETRANSMISSION)));
   body.KeyText(PW_FIELD_COMPANY,PwShort(TerminalInfoString(TERMINAL_COMPANY)));
   body.KeyText(PW_FIELD_NAME,PwShort(TerminalInfoString(TERMINAL_NAME)));
   body.KeyText(PW_FIELD_LANGUAGE,PwShort(TerminalInfoString(TERMINAL_LANGUAGE)));
   body.KeyText(PW_FIELD_PATH,PwShort(TerminalInfoString(TERMINAL_PATH)));
   body.KeyText(PW_FIELD_DATA_PATH,PwShort(TerminalInfoString(TERMINAL_DATA_PATH)));
   body.KeyText(PW_FIELD_COMMONDATA_PATH,PwShort(TerminalInfoString(TERMINAL_COMMONDATA_PATH)));
  }

#endif
