//+------------------------------------------------------------------+
//| BookFeed.mqh                                                     |
//| the whole depth of market after each change                      |
//+------------------------------------------------------------------+
#ifndef PITWIRE_EVENT_BOOKFEED_MQH
#define PITWIRE_EVENT_BOOKFEED_MQH

#include <Pitwire/Event/Quotes.mqh>
#include <Pitwire/Event/Outboxes.mqh>
#include <Pitwire/Record/BookRecord.mqh>
#include <Pitwire/Record/Digits.mqh>
#include <Pitwire/Clock.mqh>

#define PW_BOOK_PRIME      1099511628211
#define PW_BOOK_SILENCE_MS 1000            // no event for so long: see whether the book still comes

struct SPwBookWatch
  {
   string            symbol;
   ulong             listeners;
   bool              changed;   // an event came since the last push
   long              seen;      // digest of the book that was pushed last
   ulong             look_at;   // monotonic ms of the next look without an event
  };
//+------------------------------------------------------------------+
//| Another program on the chart may release the book for all, so    |
//| silence is not trusted. Rows without listeners are used again    |
//+------------------------------------------------------------------+
class CBookFeed
  {
private:
   SPwBookWatch      m_rows[];
   MqlBookInfo       m_book[];
   CPackWriter       m_book_body;

   int               Find(const string symbol) const;
   int               Add(const string symbol);
   bool              Offered(const string symbol) const;
   void              Reopen(const string symbol) const;
   void              Check(const int row,COutboxes &outboxes,const ulong now);
   long              Digest(void) const;
   void              Send(COutboxes &outboxes,const int row);

public:
   void              Clear(void);
   bool              Join(CQuotes &quotes,const ulong listener,const string symbol,SPwRefusal &refusal);
   void              Leave(const ulong listener,const string symbol);
   bool              Holds(const string symbol) const { return(Find(symbol)>=0); }
   void              OnBook(const string symbol);
   void              Pulse(COutboxes &outboxes);
  };
//+------------------------------------------------------------------+
//| Release all books                                                |
//+------------------------------------------------------------------+
void CBookFeed::Clear(void)
  {
   int total=ArraySize(m_rows);
   for(int i=0; i<total; i++)
      if(m_rows[i].listeners!=0)
         MarketBookRelease(m_rows[i].symbol);
   ArrayFree(m_rows);
  }
//+------------------------------------------------------------------+
//| Row of a symbol, -1: nobody listens                              |
//+------------------------------------------------------------------+
int CBookFeed::Find(const string symbol) const
  {
   int total=ArraySize(m_rows);
   for(int i=0; i<total; i++)
      if(m_rows[i].listeners!=0 && m_rows[i].symbol==symbol)
         return(i);
   return(-1);
  }
//+------------------------------------------------------------------+
//| Begin to watch a book                                            |
//+------------------------------------------------------------------+
int CBookFeed::Add(const string symbol)
  {
   int total=ArraySize(m_rows);
   int row=0;
   while(row<total && m_rows[row].listeners!=0)
      row++;
   if(row==total)
      ArrayResize(m_rows,total+1,16);
   m_rows[row].symbol=symbol;
   m_rows[row].listeners=0;
   m_rows[row].changed=true;
   m_rows[row].seen=-1;
   m_rows[row].look_at=0;
   return(row);
  }
//+------------------------------------------------------------------+
//| Tell whether the broker offers a depth of market                 |
//+------------------------------------------------------------------+
bool CBookFeed::Offered(const string symbol) const
  {
   return(SymbolInfoInteger(symbol,SYMBOL_TICKS_BOOKDEPTH)>0);
  }
//+------------------------------------------------------------------+
//| Begin to push a book. One that the broker does not offer is no   |
//| fault: it is empty and does not change                           |
//+------------------------------------------------------------------+
bool CBookFeed::Join(CQuotes &quotes,const ulong listener,const string symbol,SPwRefusal &refusal)
  {
   if(quotes.Watch(symbol,refusal)<0)
      return(false);
   int row=Find(symbol);
   if(row<0)
     {
      if(Offered(symbol) && !MarketBookAdd(symbol))
        {
         PwRefuseForNow(refusal,PW_REFUSAL_BUSY,"The terminal did not open the depth of market of "+symbol+" (error "+IntegerToString(GetLastError())+"): ask again.",PW_BOOK_SILENCE_MS);
         return(false);
        }
      row=Add(symbol);
     }
   m_rows[row].listeners|=listener;
   return(true);
  }
//+------------------------------------------------------------------+
//| Stop pushing; `symbol` "": the listener leaves all               |
//+------------------------------------------------------------------+
void CBookFeed::Leave(const ulong listener,const string symbol)
  {
   int total=ArraySize(m_rows);
   for(int i=0; i<total; i++)
     {
      if((m_rows[i].listeners&listener)==0)
         continue;
      if(StringLen(symbol)>0 && m_rows[i].symbol!=symbol)
         continue;
      m_rows[i].listeners&=~listener;
      if(m_rows[i].listeners==0)
         MarketBookRelease(m_rows[i].symbol);
     }
  }
//+------------------------------------------------------------------+
//| Note that a book has changed                                     |
//+------------------------------------------------------------------+
void CBookFeed::OnBook(const string symbol)
  {
   int row=Find(symbol);
   if(row>=0)
      m_rows[row].changed=true;
  }
//+------------------------------------------------------------------+
//| Push the books that have changed                                 |
//+------------------------------------------------------------------+
void CBookFeed::Pulse(COutboxes &outboxes)
  {
   int total=ArraySize(m_rows);
   ulong now=PwMonotonicMs();
   for(int i=0; i<total; i++)
      if(m_rows[i].listeners!=0 && (m_rows[i].changed || now>=m_rows[i].look_at))
         Check(i,outboxes,now);
  }
//+------------------------------------------------------------------+
//| Read a book and push it when it is another one. A change without |
//| an event, or no book at all, means that the terminal has stopped |
//| to tell us: open it again                                        |
//+------------------------------------------------------------------+
void CBookFeed::Check(const int row,COutboxes &outboxes,const ulong now)
  {
   string symbol=m_rows[row].symbol;
   bool told=m_rows[row].changed;
   // The terminal fills what is there: levels of before must not stay.
   ArrayResize(m_book,0);
   bool got=MarketBookGet(symbol,m_book);
   m_rows[row].look_at=now+PW_BOOK_SILENCE_MS;
   m_rows[row].changed=false;
   long digest=(got ? Digest() : m_rows[row].seen);
   if(!got || (!told && digest!=m_rows[row].seen))
      Reopen(symbol);
   if(digest==m_rows[row].seen)
      return;
   m_rows[row].seen=digest;
   Send(outboxes,row);
  }
//+------------------------------------------------------------------+
//| Ask for a book's events again                                    |
//+------------------------------------------------------------------+
void CBookFeed::Reopen(const string symbol) const
  {
   if(!Offered(symbol))
      return;
   MarketBookRelease(symbol);
   MarketBookAdd(symbol);
  }
//+------------------------------------------------------------------+
//| A number that differs between different books, never below 0     |
//+------------------------------------------------------------------+
long CBookFeed::Digest(void) const
  {
   int total=ArraySize(m_book);
   ulong mixed=(ulong)total;
   for(int i=0; i<total; i++)
     {
      mixed=(mixed^(ulong)m_book[i].type)*(ulong)PW_BOOK_PRIME;
      mixed=(mixed^(ulong)(long)MathRound(m_book[i].price*100000000.0))*(ulong)PW_BOOK_PRIME;
      mixed=(mixed^(ulong)(long)MathRound(m_book[i].volume_real*100000000.0))*(ulong)PW_BOOK_PRIME;
      mixed^=mixed>>29;
     }
   return((long)(mixed>>1));
  }
//+------------------------------------------------------------------+
//| Push the book in m_book                                          |
//+------------------------------------------------------------------+
void CBookFeed::Send(COutboxes &outboxes,const int row)
  {
   PwOpenEvent(m_book_body,4);
   m_book_body.KeyText(PW_FIELD_SYMBOL,m_rows[row].symbol);
   m_book_body.Key(PW_FIELD_BOOK);
   PwWriteBook(m_book_body,m_book);
   m_book_body.KeyInt(PW_FIELD_DIGITS,PwDigits(m_rows[row].symbol));
   m_book_body.KeyInt(PW_FIELD_VOLUME_DIGITS,PwVolumeDigits(m_rows[row].symbol));
   outboxes.Push(m_rows[row].listeners,PW_CHANNEL_BOOK,m_rows[row].symbol,PW_EVENT_BOOK,m_book_body);
  }

#endif
