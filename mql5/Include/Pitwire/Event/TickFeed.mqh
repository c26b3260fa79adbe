//+------------------------------------------------------------------+
//| TickFeed.mqh                                                     |
//| every tick of every subscribed symbol, none twice                |
//+------------------------------------------------------------------+
#ifndef PITWIRE_EVENT_TICKFEED_MQH
#define PITWIRE_EVENT_TICKFEED_MQH

#include <Pitwire/Event/TickCursor.mqh>
#include <Pitwire/Event/Quotes.mqh>
#include <Pitwire/Event/Outboxes.mqh>
#include <Pitwire/Record/Digits.mqh>
#include <Pitwire/Clock.mqh>

//--- number of the first tick after the start; those before it have numbers too, when filled in
#define PW_FIRST_TICK        4294967296
#define PW_TICK_FIRST_ROWS   256      // of a first read, usually more than enough
#define PW_TICK_PULSE_ROWS   16384    // most rows in a pulse: commands wait no longer
#define PW_TICK_LAG_MS       10       // the tick base lags behind the quote: look again soon
#define PW_TICK_LOOK_MS      100      // a tick equal to the one before shows in the tick base only
#define PW_TICK_IDLE_MS      1000     // nobody listens, numbers go on
#define PW_TICK_RETRY_MS     500      // for the peer, when history is being downloaded

struct SPwTickWatch
  {
   SPwTickCursor     cursor;
   int               quote;       // place in CQuotes
   ulong             listeners;
   ulong             next;        // number of the next tick
   ulong             serial;      // of the quote at the last complete look
   ulong             look_at;     // monotonic ms of the next look without a new quote
  };
//+------------------------------------------------------------------+
//| A symbol once watched stays so until the end of the program: its |
//| ticks keep their numbers for whoever comes back later            |
//+------------------------------------------------------------------+
class CTickFeed
  {
private:
   SPwTickWatch      m_rows[];
   MqlTick           m_ticks[];
   CPackWriter       m_tick_body;
   int               m_first;     // where a pulse begins, so that no symbol starves

   int               Find(const string symbol) const;
   int               Add(const int quote,const string symbol);
   bool              Placed(const CQuotes &quotes,const int row);
   bool              Due(const CQuotes &quotes,const int row,const ulong now) const;
   int               Read(const CQuotes &quotes,COutboxes &outboxes,const int row);
   bool              FillIn(const int row,const long from_msc,int &count,SPwRefusal &refusal);
   void              Send(COutboxes &outboxes,const ulong listeners,const int row,const ulong number,const int from,const int count);

public:
                     CTickFeed(void) { m_first=0; }
   void              Clear(void);
   bool              Join(CQuotes &quotes,COutboxes &outboxes,const ulong listener,const string symbol,const bool fill,const long from_msc,ulong &next,SPwRefusal &refusal);
   void              Leave(CQuotes &quotes,const ulong listener,const string symbol);
   void              Pulse(const CQuotes &quotes,COutboxes &outboxes);
  };
//+------------------------------------------------------------------+
//| Forget everything: numbers begin anew                            |
//+------------------------------------------------------------------+
void CTickFeed::Clear(void)
  {
   ArrayFree(m_rows);
   m_first=0;
  }
//+------------------------------------------------------------------+
//| Row of a symbol, -1: never watched                               |
//+------------------------------------------------------------------+
int CTickFeed::Find(const string symbol) const
  {
   int total=ArraySize(m_rows);
   for(int i=0; i<total; i++)
      if(m_rows[i].cursor.symbol==symbol)
         return(i);
   return(-1);
  }
//+------------------------------------------------------------------+
//| Begin to watch a symbol                                          |
//+------------------------------------------------------------------+
int CTickFeed::Add(const int quote,const string symbol)
  {
   int row=ArraySize(m_rows);
   ArrayResize(m_rows,row+1,128);
   PwBeginCursor(m_rows[row].cursor,symbol);
   m_rows[row].quote=quote;
   m_rows[row].listeners=0;
   m_rows[row].next=(ulong)PW_FIRST_TICK;
   m_rows[row].serial=0;
   m_rows[row].look_at=0;
   return(row);
  }
//+------------------------------------------------------------------+
//| Put a new cursor at the last quote. Where the symbol has none    |
//| yet, it stands at the broker's clock: whatever comes then is new |
//+------------------------------------------------------------------+
bool CTickFeed::Placed(const CQuotes &quotes,const int row)
  {
   if(m_rows[row].cursor.placed)
      return(true);
   long msc=quotes.TimeMsc(m_rows[row].quote);
   if(msc<=0)
      msc=(long)TimeCurrent()*1000;
   if(msc<=0)
      return(false);
   PwPlaceCursor(m_rows[row].cursor,msc);
   return(true);
  }
//+------------------------------------------------------------------+
//| Begin to push ticks; `next` gets the number of the first one     |
//+------------------------------------------------------------------+
bool CTickFeed::Join(CQuotes &quotes,COutboxes &outboxes,const ulong listener,const string symbol,const bool fill,const long from_msc,ulong &next,SPwRefusal &refusal)
  {
   int quote=quotes.Watch(symbol,refusal);
   if(quote<0)
      return(false);
   int row=Find(symbol);
   bool added=(row<0);
   if(added)
      row=Add(quote,symbol);
   Read(quotes,outboxes,row);
   if(added)
      m_rows[row].next=(ulong)PW_FIRST_TICK;
   int count=0;
   if(fill && !FillIn(row,from_msc,count,refusal))
      return(false);
   if(m_rows[row].listeners==0)
      quotes.Use(quote);
   m_rows[row].listeners|=listener;
   m_rows[row].look_at=0;
   next=m_rows[row].next-(ulong)count;
   Send(outboxes,listener,row,next,0,count);
   return(true);
  }
//+------------------------------------------------------------------+
//| Read into m_ticks what came from `from_msc` up to the cursor     |
//+------------------------------------------------------------------+
bool CTickFeed::FillIn(const int row,const long from_msc,int &count,SPwRefusal &refusal)
  {
   count=PwReadBack(m_rows[row].cursor,m_ticks,from_msc);
   if(count>=0)
      return(true);
   if(count==PW_TICKS_LOADING)
      PwRefuseForNow(refusal,PW_REFUSAL_HISTORY_LOADING,"The terminal is loading ticks of "+m_rows[row].cursor.symbol+": ask again.",PW_TICK_RETRY_MS);
   else
      PwRefuse(refusal,PW_REFUSAL_TOO_LARGE,"More than "+IntegerToString(PW_MAX_FILLED_IN)+" ticks came since then: read them with COPY_TICKS_FROM and subscribe from the last one.",PW_FIELD_FROM_MSC);
   return(false);
  }
//+------------------------------------------------------------------+
//| Stop pushing; `symbol` "": the listener leaves all               |
//+------------------------------------------------------------------+
void CTickFeed::Leave(CQuotes &quotes,const ulong listener,const string symbol)
  {
   int total=ArraySize(m_rows);
   for(int i=0; i<total; i++)
     {
      if((m_rows[i].listeners&listener)==0)
         continue;
      if(StringLen(symbol)>0 && m_rows[i].cursor.symbol!=symbol)
         continue;
      m_rows[i].listeners&=~listener;
      if(m_rows[i].listeners==0)
         quotes.Leave(m_rows[i].quote);
     }
  }
//+------------------------------------------------------------------+
//| Push all ticks that came, symbol after symbol. A pulse that has  |
//| read enough leaves the rest to the next one, which begins with   |
//| the symbol that would have been next                             |
//+------------------------------------------------------------------+
void CTickFeed::Pulse(const CQuotes &quotes,COutboxes &outboxes)
  {
   int total=ArraySize(m_rows);
   int begin=m_first;
   int used=0;
   ulong now=PwMonotonicMs();
   for(int i=0; i<total && used<PW_TICK_PULSE_ROWS; i++)
     {
      int row=(begin+i)%total;
      if(!Due(quotes,row,now))
         continue;
      used+=Read(quotes,outboxes,row);
      m_first=(row+1)%total;
     }
  }
//+------------------------------------------------------------------+
//| Tell whether a symbol is to be looked at                         |
//+------------------------------------------------------------------+
bool CTickFeed::Due(const CQuotes &quotes,const int row,const ulong now) const
  {
   if(now>=m_rows[row].look_at)
      return(true);
   return(m_rows[row].listeners!=0 && m_rows[row].serial!=quotes.Serial(m_rows[row].quote));
  }
//+------------------------------------------------------------------+
//| Read and push a symbol's new ticks until there are no more, or a |
//| pulse's share is used up. Gives the number of ticks              |
//+------------------------------------------------------------------+
int CTickFeed::Read(const CQuotes &quotes,COutboxes &outboxes,const int row)
  {
   ulong now=PwMonotonicMs();
   int rows=PW_TICK_FIRST_ROWS;
   int used=0;
   bool more=Placed(quotes,row);
   m_rows[row].serial=quotes.Serial(m_rows[row].quote);
   while(more && used<PW_TICK_PULSE_ROWS && !IsStopped())
     {
      int fresh=PwReadTicks(m_rows[row].cursor,m_ticks,rows,more);
      if(fresh<=0)
         break;
      Send(outboxes,m_rows[row].listeners,row,m_rows[row].next,ArraySize(m_ticks)-fresh,fresh);
      m_rows[row].next+=(ulong)fresh;
      used+=fresh;
      rows=PW_MAX_ROWS;
     }
   ulong wait=(m_rows[row].listeners!=0 ? PW_TICK_LOOK_MS : PW_TICK_IDLE_MS);
   if(used==0)
      quotes.Show(m_rows[row].quote);
   if(m_rows[row].listeners!=0 && quotes.TimeMsc(m_rows[row].quote)>m_rows[row].cursor.msc)
      wait=PW_TICK_LAG_MS;
   if(used>=PW_TICK_PULSE_ROWS)
      wait=0;
   m_rows[row].look_at=now+wait;
   return(used);
  }
//+------------------------------------------------------------------+
//| Push rows of m_ticks, the first of which has `number`            |
//+------------------------------------------------------------------+
void CTickFeed::Send(COutboxes &outboxes,const ulong listeners,const int row,const ulong number,const int from,const int count)
  {
   string symbol=m_rows[row].cursor.symbol;
   if(listeners==0)
      return;
   for(int start=0; start<count; start+=PW_MAX_ROWS)
     {
      PwOpenEvent(m_tick_body,5);
      m_tick_body.KeyText(PW_FIELD_SYMBOL,symbol);
      m_tick_body.KeyUnsigned(PW_FIELD_FIRST,number+(ulong)start);
      m_tick_body.Key(PW_FIELD_TICKS);
      m_tick_body.Ticks(m_ticks,from+start,MathMin(count-start,PW_MAX_ROWS));
      m_tick_body.KeyInt(PW_FIELD_DIGITS,PwDigits(symbol));
      m_tick_body.KeyInt(PW_FIELD_VOLUME_DIGITS,PwVolumeDigits(symbol));
      outboxes.Push(listeners,PW_CHANNEL_TICKS,symbol,PW_EVENT_TICKS,m_tick_body);
     }
  }

#endif
