//+------------------------------------------------------------------+
//| Returns.mqh                                                      |
//| what comes back for the requests that were sent                  |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_RETURNS_MQH
#define PITWIRE_DESK_RETURNS_MQH

#include <Pitwire/Clock.mqh>
#include <Pitwire/Settings.mqh>
#include <Pitwire/Desk/Flights.mqh>
#include <Pitwire/Desk/Settler.mqh>

#define PW_PATIENCE 4      // time-outs of looking for proof

//--- An answer is told by the terminal's request number; one that proves something goes to the
//--- journal, whether anybody still waits for it or not.
class CReturns
  {
protected:
   SPwSettings       m_choice;
   CJournal          m_journal;
   CFlights          m_flights;
   COutcomes         m_outcomes;
   CSettler          m_settler;

public:
   bool              TakeOutcome(SPwOutcome &outcome);
   bool              Waiting(void) const;
   void              OnTransaction(const MqlTradeTransaction &transaction,const MqlTradeRequest &request,const MqlTradeResult &result);
   string            CauseOf(const MqlTradeTransaction &transaction,const MqlTradeRequest &request,const MqlTradeResult &result,SPwTradeResult &answer) const;
   void              SessionEnded(const ulong session);

protected:
   void              Answered(const int index,const MqlTradeRequest &request,const SPwTradeResult &result);
   void              Land(const int index,const SPwTradeResult &result);
   void              Advance(void);
   void              SettleOpen(void);

private:
   void              LeaveOpen(const int index,const SPwTradeResult &result);
   void              AdvanceFlight(const int flight);
  };
//+------------------------------------------------------------------+
//| Take an answer of the trade server                               |
//+------------------------------------------------------------------+
void CReturns::Answered(const int index,const MqlTradeRequest &request,const SPwTradeResult &result)
  {
   if(PwProvesNothing(result.retcode))
     {
      LeaveOpen(index,result);
      return;
     }
   if(result.retcode!=TRADE_RETCODE_PLACED || request.action!=TRADE_ACTION_DEAL || result.deal>0)
     {
      Land(index,result);
      return;
     }
   //--- a market order that was only taken: the order itself tells what became of it
   int flight=m_flights.OfEntry(index);
   if(result.order==0 || flight<0 || !m_flights.IsWaiting(flight))
     {
      LeaveOpen(index,result);
      return;
     }
   m_journal.Doubt(index,result);
   m_flights.Place(flight,result);
   AdvanceFlight(flight);
  }
//+------------------------------------------------------------------+
//| Answer with a result that is no proof, and look for one          |
//+------------------------------------------------------------------+
void CReturns::LeaveOpen(const int index,const SPwTradeResult &result)
  {
   m_journal.Doubt(index,result);
   int flight=m_flights.OfEntry(index);
   if(flight>=0)
      m_flights.Move(flight,PW_STAGE_LATE);
   m_flights.Tell(index,result,m_outcomes);
   m_settler.Hurry();
  }
//+------------------------------------------------------------------+
//| A result that proves what became of an entry                     |
//+------------------------------------------------------------------+
void CReturns::Land(const int index,const SPwTradeResult &result)
  {
   m_journal.Finish(index,result);
   int flight=m_flights.OfEntry(index);
   if(flight>=0)
      m_flights.Move(flight,PW_STAGE_LANDED);
   m_flights.Tell(index,result,m_outcomes);
  }
//+------------------------------------------------------------------+
//| Take the oldest outcome; false: there is none                    |
//+------------------------------------------------------------------+
bool CReturns::TakeOutcome(SPwOutcome &outcome)
  {
   return(m_outcomes.Take(outcome));
  }
//+------------------------------------------------------------------+
//| True while an answer of the trade server is awaited              |
//+------------------------------------------------------------------+
bool CReturns::Waiting(void) const
  {
   return(m_flights.Waiting());
  }
//+------------------------------------------------------------------+
//| Take what the terminal tells of the account                      |
//+------------------------------------------------------------------+
void CReturns::OnTransaction(const MqlTradeTransaction &transaction,const MqlTradeRequest &request,const MqlTradeResult &result)
  {
   m_settler.Hurry();
   if(transaction.type!=TRADE_TRANSACTION_REQUEST)
     {
      Advance();
      return;
     }
   int flight=m_flights.Find(result.request_id);
   if(flight<0)
      return;
   int index=m_flights.EntryAt(flight);
   MqlTradeRequest own;
   m_journal.Request(index,own);
   //--- what is settled stays settled
   if(!PwIsSameRequest(own,request) || m_journal.State(index)==PW_JOURNAL_DONE)
      return;
   SPwTradeResult answer;
   PwResultOf(own,result,answer);
   Answered(index,own,answer);
  }
//+------------------------------------------------------------------+
//| Which command is behind the answer in a transaction              |
//+------------------------------------------------------------------+
string CReturns::CauseOf(const MqlTradeTransaction &transaction,const MqlTradeRequest &request,const MqlTradeResult &result,SPwTradeResult &answer) const
  {
   if(transaction.type!=TRADE_TRANSACTION_REQUEST)
      return("");
   int flight=m_flights.Find(result.request_id);
   if(flight<0)
      return("");
   MqlTradeRequest own;
   m_journal.Request(m_flights.EntryAt(flight),own);
   if(!PwIsSameRequest(own,request))
      return("");
   PwResultOf(own,result,answer);
   return(m_journal.RequestId(m_flights.EntryAt(flight)));
  }
//+------------------------------------------------------------------+
//| Move on what waits                                               |
//+------------------------------------------------------------------+
void CReturns::Advance(void)
  {
   for(int i=m_flights.Total()-1; i>=0; i--)
     {
      if(m_flights.IsWaiting(i))
         AdvanceFlight(i);
     }
  }
//+------------------------------------------------------------------+
//| See whether the awaited deal is there, or time is up             |
//+------------------------------------------------------------------+
void CReturns::AdvanceFlight(const int flight)
  {
   int index=m_flights.EntryAt(flight);
   SPwEntry entry;
   m_journal.Entry(index,entry);
   bool late=(PwMonotonicMs()-m_flights.SinceAt(flight)>=(ulong)m_choice.order_timeout_ms);
   SPwTradeResult result;
   if(m_flights.StageAt(flight)==PW_STAGE_PLACED)
     {
      SPwTradeResult placed;
      m_flights.PlacedAt(flight,placed);
      if(PwOutcomeOfOrder(entry.request,placed.order,entry.from_s,result))
         Land(index,result);
      else
         if(late)
            LeaveOpen(index,placed);
      return;
     }
   if(!late)
      return;
   PwOwnResult(entry.request,TRADE_RETCODE_TIMEOUT,
               "No answer of the trade server within "+IntegerToString(m_choice.order_timeout_ms)+" ms; its outcome is being looked for",result);
   Answered(index,entry.request,result);
  }
//+------------------------------------------------------------------+
//| A session ended: executions go on, nobody there is told          |
//+------------------------------------------------------------------+
void CReturns::SessionEnded(const ulong session)
  {
   m_flights.Forget(session);
   m_outcomes.Forget(session);
  }
//+------------------------------------------------------------------+
//| Settle what can be proven now                                    |
//+------------------------------------------------------------------+
void CReturns::SettleOpen(void)
  {
   if(!m_settler.IsDue())
      return;
   SPwTradeResult result;
   int place=m_settler.Next(m_journal.OpenTotal(),result);
   while(place>=0 && !IsStopped())
     {
      Land(m_journal.OpenAt(place),result);
      place=m_settler.Next(place,result);
     }
   m_settler.Done((ulong)m_choice.order_timeout_ms*PW_PATIENCE);
  }

#endif
