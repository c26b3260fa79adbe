//+------------------------------------------------------------------+
//| Outcome.mqh                                                      |
//| what a trading command came to, on its way to who asked          |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_OUTCOME_MQH
#define PITWIRE_DESK_OUTCOME_MQH

#include <Pitwire/Refusal.mqh>
#include <Pitwire/Ticket.mqh>
#include <Pitwire/Record/TradeResultRecord.mqh>

struct SPwOutcome
  {
   SPwTicket         ticket;
   bool              refused;    // `refusal` is the answer, otherwise `result`
   SPwRefusal        refusal;
   SPwTradeResult    result;
   bool              repeated;   // the journal's answer to a command that came before
  };
//+------------------------------------------------------------------+
//| Outcomes that wait to be taken, first in, first out              |
//+------------------------------------------------------------------+
class COutcomes
  {
private:
   SPwOutcome        m_rows[];
   int               m_head;
   int               m_count;

public:
                     COutcomes(void);
   void              Clear(void);
   void              Refuse(const SPwTicket &ticket,const SPwRefusal &refusal);
   void              Answer(const SPwTicket &ticket,const SPwTradeResult &result,const bool repeated);
   bool              Take(SPwOutcome &outcome);
   void              Forget(const ulong session);

private:
   int               Room(void);
  };
//+------------------------------------------------------------------+
//| Begin empty                                                      |
//+------------------------------------------------------------------+
COutcomes::COutcomes(void)
  {
   m_head=0;
   m_count=0;
  }
//+------------------------------------------------------------------+
//| Drop all                                                         |
//+------------------------------------------------------------------+
void COutcomes::Clear(void)
  {
   m_head=0;
   m_count=0;
  }
//+------------------------------------------------------------------+
//| Queue a refusal                                                  |
//+------------------------------------------------------------------+
void COutcomes::Refuse(const SPwTicket &ticket,const SPwRefusal &refusal)
  {
   int place=Room();
   m_rows[place].ticket=ticket;
   m_rows[place].refused=true;
   m_rows[place].refusal=refusal;
   m_rows[place].repeated=false;
  }
//+------------------------------------------------------------------+
//| Queue a result                                                   |
//+------------------------------------------------------------------+
void COutcomes::Answer(const SPwTicket &ticket,const SPwTradeResult &result,const bool repeated)
  {
   int place=Room();
   m_rows[place].ticket=ticket;
   m_rows[place].refused=false;
   m_rows[place].result=result;
   m_rows[place].repeated=repeated;
  }
//+------------------------------------------------------------------+
//| Take the oldest; false: there is none                            |
//+------------------------------------------------------------------+
bool COutcomes::Take(SPwOutcome &outcome)
  {
   if(m_head>=m_count)
      return(false);
   outcome=m_rows[m_head];
   m_head++;
   return(true);
  }
//+------------------------------------------------------------------+
//| Drop those whose session has ended                               |
//+------------------------------------------------------------------+
void COutcomes::Forget(const ulong session)
  {
   int kept=m_head;
   for(int i=m_head; i<m_count; i++)
     {
      if(m_rows[i].ticket.session==session)
         continue;
      if(kept!=i)
         m_rows[kept]=m_rows[i];
      kept++;
     }
   m_count=kept;
  }
//+------------------------------------------------------------------+
//| Make room for one more behind the last                           |
//+------------------------------------------------------------------+
int COutcomes::Room(void)
  {
   if(m_head>=m_count)
      Clear();
   if(m_count>=ArraySize(m_rows))
      ArrayResize(m_rows,m_count+1,64);
   m_count++;
   return(m_count-1);
  }

#endif
