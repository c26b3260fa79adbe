//+------------------------------------------------------------------+
//| BarFeed.mqh                                                      |
//| the forming bar, and those completed since the last push         |
//+------------------------------------------------------------------+
#ifndef PITWIRE_EVENT_BARFEED_MQH
#define PITWIRE_EVENT_BARFEED_MQH

#include <Pitwire/Event/Quotes.mqh>
#include <Pitwire/Event/Outboxes.mqh>
#include <Pitwire/Record/Digits.mqh>
#include <Pitwire/Clock.mqh>

#define PW_BAR_RETRY_MS 250   // bars are still being downloaded

struct SPwBarWatch
  {
   string            symbol;
   int               timeframe;
   int               quote;       // place in CQuotes
   ulong             listeners;
   ulong             serial;      // of the quote at the last look
   long              last_s;      // opening of the newest bar that was pushed, 0 = none known yet
   ulong             retry_at;    // monotonic ms, 0 = nothing failed
  };
//+------------------------------------------------------------------+
//| Rows without listeners are used again                            |
//+------------------------------------------------------------------+
class CBarFeed
  {
private:
   SPwBarWatch       m_rows[];
   MqlRates          m_rates[];
   CPackWriter       m_bar_body;

   int               Find(const string symbol,const int timeframe) const;
   int               Add(const string symbol,const int timeframe,const int quote);
   void              Place(const int row);
   bool              Read(const CQuotes &quotes,const int row);
   void              Send(COutboxes &outboxes,const int row);

public:
   void              Clear(void) { ArrayFree(m_rows); }
   bool              Join(CQuotes &quotes,const ulong listener,const string symbol,const int timeframe,SPwRefusal &refusal);
   void              Leave(CQuotes &quotes,const ulong listener,const string symbol,const int timeframe);
   void              Pulse(const CQuotes &quotes,COutboxes &outboxes);
  };
//+------------------------------------------------------------------+
//| Row of a symbol and timeframe, -1: nobody listens                |
//+------------------------------------------------------------------+
int CBarFeed::Find(const string symbol,const int timeframe) const
  {
   int total=ArraySize(m_rows);
   for(int i=0; i<total; i++)
      if(m_rows[i].listeners!=0 && m_rows[i].timeframe==timeframe && m_rows[i].symbol==symbol)
         return(i);
   return(-1);
  }
//+------------------------------------------------------------------+
//| Begin to watch a symbol's bars                                   |
//+------------------------------------------------------------------+
int CBarFeed::Add(const string symbol,const int timeframe,const int quote)
  {
   int total=ArraySize(m_rows);
   int row=0;
   while(row<total && m_rows[row].listeners!=0)
      row++;
   if(row==total)
      ArrayResize(m_rows,total+1,64);
   m_rows[row].symbol=symbol;
   m_rows[row].timeframe=timeframe;
   m_rows[row].quote=quote;
   m_rows[row].listeners=0;
   m_rows[row].serial=0;
   m_rows[row].retry_at=0;
   Place(row);
   return(row);
  }
//+------------------------------------------------------------------+
//| Learn which bar is forming                                       |
//+------------------------------------------------------------------+
void CBarFeed::Place(const int row)
  {
   int got=CopyRates(m_rows[row].symbol,(ENUM_TIMEFRAMES)m_rows[row].timeframe,0,1,m_rates);
   m_rows[row].last_s=(got>0 ? (long)m_rates[got-1].time : 0);
  }
//+------------------------------------------------------------------+
//| Begin to push bars                                               |
//+------------------------------------------------------------------+
bool CBarFeed::Join(CQuotes &quotes,const ulong listener,const string symbol,const int timeframe,SPwRefusal &refusal)
  {
   int quote=quotes.Watch(symbol,refusal);
   if(quote<0)
      return(false);
   int row=Find(symbol,timeframe);
   if(row<0)
     {
      row=Add(symbol,timeframe,quote);
      m_rows[row].serial=quotes.Serial(quote);
      quotes.Use(quote);
     }
   m_rows[row].listeners|=listener;
   return(true);
  }
//+------------------------------------------------------------------+
//| Stop pushing; `symbol` "": the listener leaves all               |
//+------------------------------------------------------------------+
void CBarFeed::Leave(CQuotes &quotes,const ulong listener,const string symbol,const int timeframe)
  {
   int total=ArraySize(m_rows);
   for(int i=0; i<total; i++)
     {
      if((m_rows[i].listeners&listener)==0)
         continue;
      if(StringLen(symbol)>0 && (m_rows[i].timeframe!=timeframe || m_rows[i].symbol!=symbol))
         continue;
      m_rows[i].listeners&=~listener;
      if(m_rows[i].listeners==0)
         quotes.Leave(m_rows[i].quote);
     }
  }
//+------------------------------------------------------------------+
//| Push the bars of symbols that have moved                         |
//+------------------------------------------------------------------+
void CBarFeed::Pulse(const CQuotes &quotes,COutboxes &outboxes)
  {
   int total=ArraySize(m_rows);
   ulong now=PwMonotonicMs();
   for(int i=0; i<total; i++)
     {
      if(m_rows[i].listeners==0 || now<m_rows[i].retry_at)
         continue;
      ulong serial=quotes.Serial(m_rows[i].quote);
      if(serial==m_rows[i].serial && m_rows[i].retry_at==0)
         continue;
      m_rows[i].serial=serial;
      m_rows[i].retry_at=0;
      if(Read(quotes,i))
         Send(outboxes,i);
      else
         m_rows[i].retry_at=now+PW_BAR_RETRY_MS;
     }
  }
//+------------------------------------------------------------------+
//| Read into m_rates the bar that was forming at the last push and  |
//| those behind it; false: the terminal does not have them yet      |
//+------------------------------------------------------------------+
bool CBarFeed::Read(const CQuotes &quotes,const int row)
  {
   ENUM_TIMEFRAMES timeframe=(ENUM_TIMEFRAMES)m_rows[row].timeframe;
   // What a former symbol left must not stay behind fewer bars.
   ArrayResize(m_rates,0);
   if(m_rows[row].last_s==0)
      return(CopyRates(m_rows[row].symbol,timeframe,0,1,m_rates)>0);
   long until_s=MathMax(quotes.TimeMsc(m_rows[row].quote)/1000,m_rows[row].last_s);
   datetime from=(datetime)m_rows[row].last_s;
   datetime until=(datetime)until_s;
   return(CopyRates(m_rows[row].symbol,timeframe,from,until,m_rates)>0);
  }
//+------------------------------------------------------------------+
//| Push the bars in m_rates                                         |
//+------------------------------------------------------------------+
void CBarFeed::Send(COutboxes &outboxes,const int row)
  {
   int count=ArraySize(m_rates);
   for(int start=0; start<count; start+=PW_MAX_ROWS)
     {
      PwOpenEvent(m_bar_body,4);
      m_bar_body.KeyText(PW_FIELD_SYMBOL,m_rows[row].symbol);
      m_bar_body.KeyInt(PW_FIELD_TIMEFRAME,m_rows[row].timeframe);
      m_bar_body.Key(PW_FIELD_RATES);
      m_bar_body.Rates(m_rates,start,MathMin(count-start,PW_MAX_ROWS));
      m_bar_body.KeyInt(PW_FIELD_DIGITS,PwDigits(m_rows[row].symbol));
      outboxes.Push(m_rows[row].listeners,PW_CHANNEL_BARS,m_rows[row].symbol,PW_EVENT_BARS,m_bar_body);
     }
   m_rows[row].last_s=(long)m_rates[count-1].time;
  }

#endif
