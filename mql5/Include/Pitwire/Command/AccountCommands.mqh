//+------------------------------------------------------------------+
//| AccountCommands.mqh                                              |
//| the account and the terminal program                             |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_ACCOUNTCOMMANDS_MQH
#define PITWIRE_COMMAND_ACCOUNTCOMMANDS_MQH

#include <Pitwire/Command/Fields.mqh>
#include <Pitwire/Record/AccountRecord.mqh>
#include <Pitwire/Record/PermissionsRecord.mqh>
#include <Pitwire/Record/Stamp.mqh>
#include <Pitwire/Record/TerminalRecord.mqh>

//+------------------------------------------------------------------+
//| Every method writes a reply into the body, or fills the refusal  |
//| and gives false                                                  |
//+------------------------------------------------------------------+
class CAccountCommands
  {
public:
   bool              Ping(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
   bool              Account(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
   bool              Terminal(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
  };
//+------------------------------------------------------------------+
//| Answer PING                                                      |
//+------------------------------------------------------------------+
bool CAccountCommands::Ping(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   if(!fields.Accepted(refusal))
      return(false);
   PwOpenReply(body,0);
   return(true);
  }
//+------------------------------------------------------------------+
//| Answer ACCOUNT_INFO                                              |
//+------------------------------------------------------------------+
bool CAccountCommands::Account(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   if(!fields.Accepted(refusal))
      return(false);
   PwOpenReply(body,2);
   body.Key(PW_FIELD_ACCOUNT);
   PwWriteAccount(body);
   body.Key(PW_FIELD_PERMISSIONS);
   PwWritePermissions(body);
   return(true);
  }
//+------------------------------------------------------------------+
//| Answer TERMINAL_INFO                                             |
//+------------------------------------------------------------------+
bool CAccountCommands::Terminal(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   if(!fields.Accepted(refusal))
      return(false);
   PwOpenReply(body,2);
   body.Key(PW_FIELD_TERMINAL);
   PwWriteTerminal(body);
   body.Key(PW_FIELD_PERMISSIONS);
   PwWritePermissions(body);
   return(true);
  }

#endif
