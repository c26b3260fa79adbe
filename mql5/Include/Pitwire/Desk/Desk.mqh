//+------------------------------------------------------------------+
//| Desk.mqh                                                         |
//| trading commands are executed at most once, in time, on the      |
//| account that was meant                                           |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_DESK_MQH
#define PITWIRE_DESK_DESK_MQH

#include <Pitwire/Clock.mqh>
#include <Pitwire/Settings.mqh>
#include <Pitwire/Desk/Admission.mqh>
#include <Pitwire/Desk/RequestBuilder.mqh>
#include <Pitwire/Desk/Returns.mqh>

#define PW_STATUS_UNKNOWABLE -1      // the journal cannot be read

//--- Everything runs on one thread: between the check of a deadline and the line in the journal
//--- nothing else is answered. Nothing here sends anything twice: a command without a result is
//--- settled from what the account shows, or left to a person.
class CDesk : public CReturns
  {
private:
   ulong             m_fresh;         // random, for journals without a number
   ulong             m_draws;         // numbers made of it
   CUnderWay         m_under_way;
   CAdmission        m_admission;

public:
                     CDesk(void);
   void              Open(SPwSettings &settings,const ulong random);
   void              Close(void);
   ulong             Journal(void) const { return(m_journal.Number()); }
   ulong             Login(void) const { return(m_journal.Login()); }
   string            Trouble(void) const;
   void              Trade(const SPwTicket &ticket,SPwTradeCommand &command);
   bool              Check(const SPwTradeCommand &command,MqlTradeCheckResult &result,SPwRefusal &refusal);
   int               Status(const string request_id,SPwTradeResult &result) const;
   void              Pulse(void);

private:
   void              Follow(void);
   void              Repeat(const SPwTicket &ticket,const int index,const string content);
   void              Execute(const SPwTicket &ticket,const SPwTradeCommand &command,const MqlTradeRequest &request,const uint verdict);
   void              Send(const int index,const MqlTradeRequest &request);
  };
//+------------------------------------------------------------------+
//| Begin without a journal                                          |
//+------------------------------------------------------------------+
CDesk::CDesk(void)
  {
   m_fresh=0;
   m_draws=0;
  }
//+------------------------------------------------------------------+
//| Open the journal of the account that is signed in                |
//+------------------------------------------------------------------+
void CDesk::Open(SPwSettings &settings,const ulong random)
  {
   m_choice=settings;
   m_fresh=random;
   PwForgetLatest();
   m_under_way.Bind(m_journal);
   m_admission.Open(settings,m_journal,m_under_way);
   m_settler.Bind(m_journal,m_flights);
   m_outcomes.Clear();
   Follow();
   m_flights.Rejoin(m_journal);
  }
//+------------------------------------------------------------------+
//| Close the journal; what is under way is settled at the next      |
//| start. With another chart or other inputs the program goes on,   |
//| and the answers to what it sent will still come                  |
//+------------------------------------------------------------------+
void CDesk::Close(void)
  {
   int reason=UninitializeReason();
   if(reason==REASON_CHARTCHANGE || reason==REASON_PARAMETERS)
      m_flights.Depart();
   else
      m_flights.Clear();
   m_journal.Close();
   m_outcomes.Clear();
  }
//+------------------------------------------------------------------+
//| Keep to the journal of the account that is signed in             |
//+------------------------------------------------------------------+
void CDesk::Follow(void)
  {
   if(m_journal.IsSignedIn() || m_fresh==0)
      return;
   if(m_journal.Login()!=0)
      m_flights.Clear();
   m_settler.Reset();
   m_journal.Close();
   ulong login=(ulong)AccountInfoInteger(ACCOUNT_LOGIN);
   string server=AccountInfoString(ACCOUNT_SERVER);
   if(login==0 || StringLen(server)==0)
      return;
   m_draws++;
   m_journal.Open(m_choice.terminal,login,server,PwJournalNumber(m_fresh,m_draws));
  }
//+------------------------------------------------------------------+
//| What forbids trading now, in words; "": nothing does             |
//+------------------------------------------------------------------+
string CDesk::Trouble(void) const
  {
   if(m_choice.read_only)
      return("Trading is off: InpReadOnly forbids every trade.");
   if(StringLen(m_journal.Fault())>0)
      return(m_journal.Fault());
   return(PwTradingForbidden());
  }
//+------------------------------------------------------------------+
//| Execute a command, or give the first answer again                |
//+------------------------------------------------------------------+
void CDesk::Trade(const SPwTicket &ticket,SPwTradeCommand &command)
  {
   SPwRefusal refusal;
   Follow();
   if(!m_journal.Loaded())
     {
      PwRefuse(refusal,PW_REFUSAL_JOURNAL_UNAVAILABLE,m_journal.Fault());
      m_outcomes.Refuse(ticket,refusal);
      return;
     }
   command.content=PwContentOf(command);
   int known=m_journal.Find(command.request_id);
   if(known>=0)
     {
      Repeat(ticket,known,command.content);
      return;
     }
   MqlTradeRequest request;
   uint verdict=PW_NO_VERDICT;
   if(!m_admission.MayExecute(command,refusal) || !PwBuildRequest(command,m_under_way,request,verdict,refusal))
     {
      m_outcomes.Refuse(ticket,refusal);
      return;
     }
   Execute(ticket,command,request,verdict);
  }
//+------------------------------------------------------------------+
//| Answer a request id that was received before                     |
//+------------------------------------------------------------------+
void CDesk::Repeat(const SPwTicket &ticket,const int index,const string content)
  {
   SPwEntry entry;
   m_journal.Entry(index,entry);
   SPwRefusal refusal;
   if(entry.content!=content)
     {
      PwRefuse(refusal,PW_REFUSAL_REQUEST_CONFLICT,"Another command was sent under this request_id: give every command its own.",PW_FIELD_REQUEST_ID);
      m_outcomes.Refuse(ticket,refusal);
      return;
     }
   int flight=m_flights.OfEntry(index);
   if(entry.state==PW_JOURNAL_RECEIVED && flight>=0 && m_flights.IsWaiting(flight))
     {
      m_flights.Await(index,ticket,true);
      return;
     }
   if(entry.result.retcode!=0)
     {
      m_outcomes.Answer(ticket,entry.result,true);
      return;
     }
   PwRefuse(refusal,PW_REFUSAL_INTERNAL,"This command was received before and its outcome is not known: look at the orders, deals and positions.");
   m_outcomes.Refuse(ticket,refusal);
  }
//+------------------------------------------------------------------+
//| Write a command to the journal, then do it                       |
//+------------------------------------------------------------------+
void CDesk::Execute(const SPwTicket &ticket,const SPwTradeCommand &command,const MqlTradeRequest &request,const uint verdict)
  {
   SPwEntry entry;
   entry.request_id=command.request_id;
   entry.content=command.content;
   entry.received_msc=PwUtcMsc();
   entry.from_s=(long)TimeCurrent();
   entry.to_s=MathMax((long)TimeTradeServer(),entry.from_s)+PW_WINDOW_S;
   entry.above=PwHighestOrder(entry.from_s);
   entry.request=request;
   int index=m_journal.Receive(entry);
   if(index<0)
     {
      SPwRefusal refusal;
      PwRefuse(refusal,PW_REFUSAL_JOURNAL_UNAVAILABLE,m_journal.Fault()+" Nothing was executed.");
      m_outcomes.Refuse(ticket,refusal);
      return;
     }
   m_flights.Await(index,ticket,false);
   SPwTradeResult result;
   string why="";
   if(verdict!=PW_NO_VERDICT)
      PwOwnResult(request,verdict,PwVerdictText(verdict),result);
   else
      if(m_admission.StillMay(command,why))
        {
         Send(index,request);
         return;
        }
      else
         PwOwnResult(request,TRADE_RETCODE_REJECT,why,result);
   Land(index,result);
  }
//+------------------------------------------------------------------+
//| Hand a request to the trade server: the only place that does     |
//+------------------------------------------------------------------+
void CDesk::Send(const int index,const MqlTradeRequest &request)
  {
   MqlTradeResult answer;
   ZeroMemory(answer);
   ResetLastError();
   if(OrderSendAsync(request,answer))
     {
      m_flights.Add(index,m_journal.RequestId(index),answer.request_id);
      return;
     }
   int error=GetLastError();
   if(answer.retcode==0)
     {
      answer.retcode=TRADE_RETCODE_ERROR;
      answer.comment="The terminal could not send the request, error "+IntegerToString(error);
     }
   SPwTradeResult result;
   PwResultOf(request,answer,result);
   Answered(index,request,result);
  }
//+------------------------------------------------------------------+
//| Try an order without sending it; the guards count                |
//+------------------------------------------------------------------+
bool CDesk::Check(const SPwTradeCommand &command,MqlTradeCheckResult &result,SPwRefusal &refusal)
  {
   MqlTradeRequest request;
   uint verdict=PW_NO_VERDICT;
   if(!m_admission.MayCheck(command,refusal) || !PwBuildRequest(command,m_under_way,request,verdict,refusal))
      return(false);
   ZeroMemory(result);
   ResetLastError();
   if(!OrderCheck(request,result) && result.retcode==0)
     {
      result.retcode=TRADE_RETCODE_ERROR;
      result.comment="The terminal could not check the request, error "+IntegerToString(GetLastError());
     }
   return(true);
  }
//+------------------------------------------------------------------+
//| What the journal knows of a request id                           |
//+------------------------------------------------------------------+
int CDesk::Status(const string request_id,SPwTradeResult &result) const
  {
   if(!m_journal.Loaded())
      return(PW_STATUS_UNKNOWABLE);
   int index=m_journal.Find(request_id);
   if(index<0)
      return(PW_JOURNAL_UNKNOWN);
   m_journal.Result(index,result);
   return(m_journal.State(index));
  }
//+------------------------------------------------------------------+
//| Time-outs, deals that were awaited, and settlement               |
//+------------------------------------------------------------------+
void CDesk::Pulse(void)
  {
   Follow();
   m_journal.Pulse();
   if(!m_journal.Loaded())
      return;
   Advance();
   m_flights.Purge();
   SettleOpen();
  }

#endif
