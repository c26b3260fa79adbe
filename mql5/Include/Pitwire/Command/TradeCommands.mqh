//+------------------------------------------------------------------+
//| TradeCommands.mqh                                                |
//| the trading commands, their status, and the dry run              |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_TRADECOMMANDS_MQH
#define PITWIRE_COMMAND_TRADECOMMANDS_MQH

#include <Pitwire/Channel/Peer.mqh>
#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Command/Answer.mqh>
#include <Pitwire/Command/TradeFields.mqh>
#include <Pitwire/Desk/Desk.mqh>
#include <Pitwire/Record/CheckRecord.mqh>
#include <Pitwire/Record/Stamp.mqh>

class CTradeCommands
  {
private:
   CPeer             *m_peer;
   CDesk             *m_desk;
   CPackWriter       m_answer;

public:
   void              Bind(CPeer &peer,CDesk &desk);
   void              Request(const SPwTicket &ticket,CFields &fields);
   void              Settle(void);

private:
   void              Trade(const SPwTicket &ticket,CFields &fields);
   void              Status(const SPwTicket &ticket,CFields &fields);
   void              Check(const SPwTicket &ticket,CFields &fields);
   void              Refuse(const SPwTicket &ticket,const SPwRefusal &refusal);
  };
//+------------------------------------------------------------------+
//| Answer over this link, trade through this desk                   |
//+------------------------------------------------------------------+
void CTradeCommands::Bind(CPeer &peer,CDesk &desk)
  {
   m_peer=GetPointer(peer);
   m_desk=GetPointer(desk);
  }
//+------------------------------------------------------------------+
//| Take a request whose body has been read                          |
//+------------------------------------------------------------------+
void CTradeCommands::Request(const SPwTicket &ticket,CFields &fields)
  {
   switch(ticket.kind)
     {
      case PW_COMMAND_ORDER_CHECK:
         Check(ticket,fields);
         break;
      case PW_COMMAND_ORDER_STATUS:
         Status(ticket,fields);
         break;
      default:
         Trade(ticket,fields);
         break;
     }
   Settle();
  }
//+------------------------------------------------------------------+
//| Answer all commands whose outcome is there                       |
//+------------------------------------------------------------------+
void CTradeCommands::Settle(void)
  {
   SPwOutcome outcome;
   while(m_desk.TakeOutcome(outcome))
     {
      if(outcome.refused)
        {
         Refuse(outcome.ticket,outcome.refusal);
         continue;
        }
      PwOpenReply(m_answer,2);
      m_answer.Key(PW_FIELD_RESULT);
      PwWriteTradeResult(m_answer,outcome.result);
      m_answer.KeyBool(PW_FIELD_REPEATED,outcome.repeated);
      m_peer.Reply(outcome.ticket,m_answer);
     }
  }
//+------------------------------------------------------------------+
//| A command that may change the account                            |
//+------------------------------------------------------------------+
void CTradeCommands::Trade(const SPwTicket &ticket,CFields &fields)
  {
   SPwTradeCommand command;
   PwClearCommand(command,ticket.kind);
   command.request_id=fields.Id(PW_FIELD_REQUEST_ID);
   command.deadline_msc=fields.TimeMsc(PW_FIELD_DEADLINE_MSC);
   command.login=fields.Unsigned(PW_FIELD_LOGIN,0);
   switch(ticket.kind)
     {
      case PW_COMMAND_ORDER_SEND:
         PwReadOrder(fields,command);
         break;
      case PW_COMMAND_ORDER_MODIFY:
         PwReadChange(fields,command);
         break;
      case PW_COMMAND_ORDER_REMOVE:
         command.order=fields.Unsigned(PW_FIELD_ORDER,1);
         break;
      case PW_COMMAND_POSITION_MODIFY:
         command.position=fields.Unsigned(PW_FIELD_POSITION,1);
         PwReadStops(fields,command);
         break;
      case PW_COMMAND_POSITION_CLOSE:
         PwReadClose(fields,command);
         break;
      default:
         command.position=fields.Unsigned(PW_FIELD_POSITION,1);
         command.position_by=fields.Unsigned(PW_FIELD_POSITION_BY,1);
         PwReadLabel(fields,command);
         break;
     }
   if(fields.Ok())
     {
      m_desk.Trade(ticket,command);
      return;
     }
   SPwRefusal refusal;
   fields.Refusal(refusal);
   Refuse(ticket,refusal);
  }
//+------------------------------------------------------------------+
//| ORDER_STATUS: the journal's answer                               |
//+------------------------------------------------------------------+
void CTradeCommands::Status(const SPwTicket &ticket,CFields &fields)
  {
   SPwRefusal refusal;
   string request_id=fields.Id(PW_FIELD_REQUEST_ID);
   if(!fields.Ok())
     {
      fields.Refusal(refusal);
      Refuse(ticket,refusal);
      return;
     }
   SPwTradeResult result;
   int state=m_desk.Status(request_id,result);
   if(state==PW_STATUS_UNKNOWABLE)
     {
      PwRefuse(refusal,PW_REFUSAL_JOURNAL_UNAVAILABLE,m_desk.Trouble());
      Refuse(ticket,refusal);
      return;
     }
   bool done=(state==PW_JOURNAL_DONE);
   PwOpenReply(m_answer,done ? 4 : 3);
   m_answer.KeyInt(PW_FIELD_STATE,state);
   m_answer.KeyUnsigned(PW_FIELD_LOGIN,m_desk.Login());
   m_answer.KeyUnsigned(PW_FIELD_JOURNAL,m_desk.Journal());
   if(done)
     {
      m_answer.Key(PW_FIELD_RESULT);
      PwWriteTradeResult(m_answer,result);
     }
   m_peer.Reply(ticket,m_answer);
  }
//+------------------------------------------------------------------+
//| ORDER_CHECK: a dry run                                           |
//+------------------------------------------------------------------+
void CTradeCommands::Check(const SPwTicket &ticket,CFields &fields)
  {
   SPwTradeCommand command;
   SPwRefusal refusal;
   PwClearCommand(command,ticket.kind);
   PwReadOrder(fields,command);
   MqlTradeCheckResult result;
   if(!fields.Ok())
     {
      fields.Refusal(refusal);
      Refuse(ticket,refusal);
      return;
     }
   if(!m_desk.Check(command,result,refusal))
     {
      Refuse(ticket,refusal);
      return;
     }
   PwOpenReply(m_answer,2);
   m_answer.Key(PW_FIELD_RESULT);
   PwWriteCheck(m_answer,result);
   m_answer.KeyInt(PW_FIELD_CURRENCY_DIGITS,PwCurrencyDigits());
   m_peer.Reply(ticket,m_answer);
  }
//+------------------------------------------------------------------+
//| Answer with a refusal                                            |
//+------------------------------------------------------------------+
void CTradeCommands::Refuse(const SPwTicket &ticket,const SPwRefusal &refusal)
  {
   PwWriteRefusal(m_answer,refusal);
   m_peer.Refuse(ticket,m_answer);
  }

#endif
