//+------------------------------------------------------------------+
//| Settler.mqh                                                      |
//| looks again and again for proof, and gives up in the end         |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_SETTLER_MQH
#define PITWIRE_DESK_SETTLER_MQH

#include <Pitwire/Clock.mqh>
#include <Pitwire/Desk/Flights.mqh>
#include <Pitwire/Desk/Settlement.mqh>

#define PW_WINDOW_S       300     // what a request caused is no younger than this
#define PW_FIRST_LOOK_MS  250
#define PW_LONGEST_LOOK_MS 5000

struct SPwDoubt
  {
   int               entry;
   ulong             looked_ms;   // time spent looking with the terminal connected
  };

class CSettler
  {
private:
   CJournal          *m_settled_book;
   CFlights          *m_departures;
   CSettlement       m_settlement;
   SPwDoubt          m_doubts[];
   ulong             m_last_ms;
   ulong             m_wait_ms;

public:
                     CSettler(void);
   void              Bind(CJournal &journal,CFlights &flights);
   void              Reset(void);
   void              Hurry(void);
   bool              IsDue(void) const;
   int               Next(const int after,SPwTradeResult &result);
   void              Done(const ulong patience_ms);

private:
   bool              IsAwaited(const int index) const;
   void              Count(const int index,const ulong elapsed_ms,const ulong patience_ms);
  };
//+------------------------------------------------------------------+
//| Begin with nothing to settle                                     |
//+------------------------------------------------------------------+
CSettler::CSettler(void)
  {
   m_last_ms=0;
   m_wait_ms=PW_FIRST_LOOK_MS;
  }
//+------------------------------------------------------------------+
//| Work with this journal; requests under way are left alone        |
//+------------------------------------------------------------------+
void CSettler::Bind(CJournal &journal,CFlights &flights)
  {
   m_settled_book=GetPointer(journal);
   m_departures=GetPointer(flights);
   m_settlement.Bind(journal);
   Reset();
  }
//+------------------------------------------------------------------+
//| Begin anew with another journal                                  |
//+------------------------------------------------------------------+
void CSettler::Reset(void)
  {
   ArrayFree(m_doubts);
   m_last_ms=PwMonotonicMs();
   m_wait_ms=PW_FIRST_LOOK_MS;
  }
//+------------------------------------------------------------------+
//| Something happened on the account: look soon                     |
//+------------------------------------------------------------------+
void CSettler::Hurry(void)
  {
   m_wait_ms=PW_FIRST_LOOK_MS;
  }
//+------------------------------------------------------------------+
//| True if it is time to look again                                 |
//+------------------------------------------------------------------+
bool CSettler::IsDue(void) const
  {
   return(m_settled_book.OpenTotal()>0 && PwMonotonicMs()-m_last_ms>=m_wait_ms
          && TerminalInfoInteger(TERMINAL_CONNECTED)!=0);
  }
//+------------------------------------------------------------------+
//| The next open entry below the place `after` whose outcome can be |
//| proven now; its place, -1: there is none                         |
//+------------------------------------------------------------------+
int CSettler::Next(const int after,SPwTradeResult &result)
  {
   for(int i=after-1; i>=0; i--)
     {
      int index=m_settled_book.OpenAt(i);
      if(!IsAwaited(index) && m_settlement.Judge(index,result))
         return(i);
     }
   return(-1);
  }
//+------------------------------------------------------------------+
//| This look is over: leave to a person what was looked for long    |
//| enough                                                           |
//+------------------------------------------------------------------+
void CSettler::Done(const ulong patience_ms)
  {
   ulong now_ms=PwMonotonicMs();
   ulong elapsed_ms=MathMin(now_ms-m_last_ms,m_wait_ms*2);
   m_last_ms=now_ms;
   m_wait_ms=MathMin(m_wait_ms*2,(ulong)PW_LONGEST_LOOK_MS);
   for(int i=m_settled_book.OpenTotal()-1; i>=0; i--)
     {
      if(!IsAwaited(m_settled_book.OpenAt(i)) && !m_settlement.IsInBook(m_settled_book.OpenAt(i)))
         Count(m_settled_book.OpenAt(i),elapsed_ms,patience_ms);
     }
  }
//+------------------------------------------------------------------+
//| True if the trade server's answer to an entry may still come     |
//+------------------------------------------------------------------+
bool CSettler::IsAwaited(const int index) const
  {
   int flight=m_departures.OfEntry(index);
   return(flight>=0 && m_departures.IsWaiting(flight));
  }
//+------------------------------------------------------------------+
//| Count the time that was spent on an entry                        |
//+------------------------------------------------------------------+
void CSettler::Count(const int index,const ulong elapsed_ms,const ulong patience_ms)
  {
   int last=ArraySize(m_doubts)-1;
   int place=last;
   while(place>=0 && m_doubts[place].entry!=index)
      place--;
   if(place<0)
     {
      place=last+1;
      ArrayResize(m_doubts,place+1,16);
      m_doubts[place].entry=index;
      m_doubts[place].looked_ms=0;
     }
   m_doubts[place].looked_ms+=elapsed_ms;
   if(m_doubts[place].looked_ms>=patience_ms)
      m_settled_book.GiveUp(index);
  }

#endif
