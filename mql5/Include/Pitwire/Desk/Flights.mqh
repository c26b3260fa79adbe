//+------------------------------------------------------------------+
//| Flights.mqh                                                      |
//| requests that went to the trade server, and who waits for them   |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_FLIGHTS_MQH
#define PITWIRE_DESK_FLIGHTS_MQH

#include <Pitwire/Clock.mqh>
#include <Pitwire/Ticket.mqh>
#include <Pitwire/Desk/JournalBook.mqh>
#include <Pitwire/Desk/Outcome.mqh>

#define PW_LANDED_KEPT_MS 60000   // a landed flight can still be named by its request number
#define PW_LATE_KEPT_MS   3600000 // an answer that comes later than that is not waited for

enum ENUM_PW_STAGE
  {
   PW_STAGE_SENT,                 // the trade server's answer is awaited
   PW_STAGE_PLACED,               // it took the order, the deal is awaited
   PW_STAGE_LATE,                 // the app was told that no answer came in time
   PW_STAGE_LANDED                // settled
  };

struct SPwFlight
  {
   int               entry;       // of the journal
   string            command;     // its request id
   uint              request_id;  // of the terminal
   ENUM_PW_STAGE     stage;
   ulong             since_ms;
   SPwTradeResult    placed;      // the answer without a deal
  };

struct SPwWaiter
  {
   int               entry;
   SPwTicket         ticket;
   bool              repeated;
  };

class CFlights
  {
private:
   SPwFlight         m_flights[];
   SPwWaiter         m_waiters[];

public:
   void              Clear(void);
   void              Depart(void);
   void              Rejoin(const CJournalBook &book);
   void              Add(const int entry,const string command,const uint request_id);
   int               Total(void) const { return(ArraySize(m_flights)); }
   int               Find(const uint request_id) const;
   int               OfEntry(const int entry) const;
   int               EntryAt(const int flight) const { return(m_flights[flight].entry); }
   ENUM_PW_STAGE     StageAt(const int flight) const { return(m_flights[flight].stage); }
   ulong             SinceAt(const int flight) const { return(m_flights[flight].since_ms); }
   void              Move(const int flight,const ENUM_PW_STAGE stage);
   void              Place(const int flight,const SPwTradeResult &result);
   void              PlacedAt(const int flight,SPwTradeResult &result) const;
   bool              IsWaiting(const int flight) const;
   bool              Waiting(void) const;
   void              Purge(void);
   void              Await(const int entry,const SPwTicket &ticket,const bool repeated);
   void              Tell(const int entry,const SPwTradeResult &result,COutcomes &outcomes);
   void              Forget(const ulong session);
  };
//+------------------------------------------------------------------+
//| Forget all                                                       |
//+------------------------------------------------------------------+
void CFlights::Clear(void)
  {
   ArrayFree(m_flights);
   ArrayFree(m_waiters);
  }
//+------------------------------------------------------------------+
//| The journal is closed and nobody waits any more; what is under   |
//| way is known by its command until the journal is open again      |
//+------------------------------------------------------------------+
void CFlights::Depart(void)
  {
   ArrayFree(m_waiters);
  }
//+------------------------------------------------------------------+
//| Find the entries again; a flight without one belongs to another  |
//| journal, or to one that cannot be read                           |
//+------------------------------------------------------------------+
void CFlights::Rejoin(const CJournalBook &book)
  {
   int total=ArraySize(m_flights);
   int kept=0;
   for(int i=0; i<total; i++)
     {
      int entry=book.Find(m_flights[i].command);
      if(entry<0 || book.State(entry)!=PW_JOURNAL_RECEIVED)
         continue;
      if(kept!=i)
         m_flights[kept]=m_flights[i];
      m_flights[kept].entry=entry;
      kept++;
     }
   ArrayResize(m_flights,kept,64);
  }
//+------------------------------------------------------------------+
//| Take up a request that was sent                                  |
//+------------------------------------------------------------------+
void CFlights::Add(const int entry,const string command,const uint request_id)
  {
   int place=ArraySize(m_flights);
   ArrayResize(m_flights,place+1,64);
   m_flights[place].entry=entry;
   m_flights[place].command=command;
   m_flights[place].request_id=request_id;
   m_flights[place].stage=PW_STAGE_SENT;
   m_flights[place].since_ms=PwMonotonicMs();
  }
//+------------------------------------------------------------------+
//| The flight with the terminal's request number, -1: none          |
//+------------------------------------------------------------------+
int CFlights::Find(const uint request_id) const
  {
   for(int i=ArraySize(m_flights)-1; i>=0 && request_id>0; i--)
     {
      if(m_flights[i].request_id==request_id)
         return(i);
     }
   return(-1);
  }
//+------------------------------------------------------------------+
//| The flight of a journal entry, -1: none                          |
//+------------------------------------------------------------------+
int CFlights::OfEntry(const int entry) const
  {
   for(int i=ArraySize(m_flights)-1; i>=0; i--)
     {
      if(m_flights[i].entry==entry)
         return(i);
     }
   return(-1);
  }
//+------------------------------------------------------------------+
//| Go on to another stage                                           |
//+------------------------------------------------------------------+
void CFlights::Move(const int flight,const ENUM_PW_STAGE stage)
  {
   m_flights[flight].stage=stage;
   if(stage==PW_STAGE_LANDED)
      m_flights[flight].since_ms=PwMonotonicMs();
  }
//+------------------------------------------------------------------+
//| The order is taken, its deal is still to come                    |
//+------------------------------------------------------------------+
void CFlights::Place(const int flight,const SPwTradeResult &result)
  {
   m_flights[flight].placed=result;
   m_flights[flight].stage=PW_STAGE_PLACED;
  }
//+------------------------------------------------------------------+
//| The answer with which the order was taken                        |
//+------------------------------------------------------------------+
void CFlights::PlacedAt(const int flight,SPwTradeResult &result) const
  {
   result=m_flights[flight].placed;
  }
//+------------------------------------------------------------------+
//| True if this flight's answer is awaited                          |
//+------------------------------------------------------------------+
bool CFlights::IsWaiting(const int flight) const
  {
   return(m_flights[flight].stage==PW_STAGE_SENT || m_flights[flight].stage==PW_STAGE_PLACED);
  }
//+------------------------------------------------------------------+
//| True if any answer is awaited                                    |
//+------------------------------------------------------------------+
bool CFlights::Waiting(void) const
  {
   for(int i=ArraySize(m_flights)-1; i>=0; i--)
     {
      if(IsWaiting(i))
         return(true);
     }
   return(false);
  }
//+------------------------------------------------------------------+
//| Drop flights that landed a while ago, or will not land any more  |
//+------------------------------------------------------------------+
void CFlights::Purge(void)
  {
   ulong now_ms=PwMonotonicMs();
   int total=ArraySize(m_flights);
   int kept=0;
   for(int i=0; i<total; i++)
     {
      ulong age_ms=now_ms-m_flights[i].since_ms;
      if(m_flights[i].stage==PW_STAGE_LANDED && age_ms>PW_LANDED_KEPT_MS)
         continue;
      if(m_flights[i].stage==PW_STAGE_LATE && age_ms>PW_LATE_KEPT_MS)
         continue;
      if(kept!=i)
         m_flights[kept]=m_flights[i];
      kept++;
     }
   if(kept!=total)
      ArrayResize(m_flights,kept,64);
  }
//+------------------------------------------------------------------+
//| Somebody waits for the result of an entry                        |
//+------------------------------------------------------------------+
void CFlights::Await(const int entry,const SPwTicket &ticket,const bool repeated)
  {
   int place=ArraySize(m_waiters);
   ArrayResize(m_waiters,place+1,64);
   m_waiters[place].entry=entry;
   m_waiters[place].ticket=ticket;
   m_waiters[place].repeated=repeated;
  }
//+------------------------------------------------------------------+
//| Answer all who wait for an entry                                 |
//+------------------------------------------------------------------+
void CFlights::Tell(const int entry,const SPwTradeResult &result,COutcomes &outcomes)
  {
   int total=ArraySize(m_waiters);
   int kept=0;
   for(int i=0; i<total; i++)
     {
      if(m_waiters[i].entry==entry)
        {
         outcomes.Answer(m_waiters[i].ticket,result,m_waiters[i].repeated);
         continue;
        }
      if(kept!=i)
         m_waiters[kept]=m_waiters[i];
      kept++;
     }
   ArrayResize(m_waiters,kept,64);
  }
//+------------------------------------------------------------------+
//| A session ended: nobody there waits any more                     |
//+------------------------------------------------------------------+
void CFlights::Forget(const ulong session)
  {
   int total=ArraySize(m_waiters);
   int kept=0;
   for(int i=0; i<total; i++)
     {
      if(m_waiters[i].ticket.session==session)
         continue;
      if(kept!=i)
         m_waiters[kept]=m_waiters[i];
      kept++;
     }
   ArrayResize(m_waiters,kept,64);
  }

#endif
