//+------------------------------------------------------------------+
//| BookCommands.mqh                                                 |
//| the depth of market                                              |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_BOOKCOMMANDS_MQH
#define PITWIRE_COMMAND_BOOKCOMMANDS_MQH

#include <Pitwire/Clock.mqh>
#include <Pitwire/Command/Fields.mqh>
#include <Pitwire/Record/BookRecord.mqh>
#include <Pitwire/Record/Digits.mqh>
#include <Pitwire/Record/KnownSymbol.mqh>
#include <Pitwire/Record/Stamp.mqh>

#define PW_BOOKS_HELD       16
#define PW_BOOK_FIRST_MS    1000     // how long the first table may take
#define PW_BOOK_IDLE_MS     10000    // how long a book stays open after it was asked for
#define PW_BOOK_RETRY_MS    100

struct SPwHeldBook
  {
   string            symbol;         // "" = a free place
   ulong             opened_ms;
   ulong             used_ms;
  };
//+------------------------------------------------------------------+
//| The terminal has a book only after it was opened, and the first  |
//| table comes a moment later. So a book that is asked for stays    |
//| open for a while. The terminal counts how often each is opened:  |
//| subscriptions of the same symbol have their own opening          |
//+------------------------------------------------------------------+
class CBookCommands
  {
private:
   SPwHeldBook       m_held[PW_BOOKS_HELD];
   int               m_holding;
   MqlBookInfo       m_book[];

   void              Free(const int place);
   int               Hold(const string symbol);
   bool              Load(const string symbol,SPwRefusal &refusal);

public:
                     CBookCommands(void);
   bool              Get(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
   void              Release(const ulong idle_ms);
  };
//+------------------------------------------------------------------+
//| Begin with no book open                                          |
//+------------------------------------------------------------------+
CBookCommands::CBookCommands(void)
  {
   m_holding=0;
   for(int i=0; i<PW_BOOKS_HELD; i++)
     {
      m_held[i].opened_ms=0;
      m_held[i].used_ms=0;
     }
  }
//+------------------------------------------------------------------+
//| Close the book in a place                                        |
//+------------------------------------------------------------------+
void CBookCommands::Free(const int place)
  {
   MarketBookRelease(m_held[place].symbol);
   m_held[place].symbol="";
   m_holding--;
  }
//+------------------------------------------------------------------+
//| Close the books that nobody has asked for during this time       |
//+------------------------------------------------------------------+
void CBookCommands::Release(const ulong idle_ms)
  {
   if(m_holding==0)
      return;
   ulong now=PwMonotonicMs();
   for(int i=0; i<PW_BOOKS_HELD; i++)
     {
      if(StringLen(m_held[i].symbol)>0 && now-m_held[i].used_ms>=idle_ms)
         Free(i);
     }
  }
//+------------------------------------------------------------------+
//| Open a book, or find it open; -1: the terminal does not open it  |
//+------------------------------------------------------------------+
int CBookCommands::Hold(const string symbol)
  {
   ulong now=PwMonotonicMs();
   int oldest=0;
   for(int i=0; i<PW_BOOKS_HELD; i++)
     {
      if(m_held[i].symbol==symbol)
        {
         m_held[i].used_ms=now;
         return(i);
        }
      bool is_free=StringLen(m_held[i].symbol)==0;
      if(StringLen(m_held[oldest].symbol)>0 && (is_free || m_held[i].used_ms<m_held[oldest].used_ms))
         oldest=i;
     }
   if(!MarketBookAdd(symbol))
      return(-1);
   if(StringLen(m_held[oldest].symbol)>0)
      Free(oldest);
   m_held[oldest].symbol=symbol;
   m_held[oldest].opened_ms=now;
   m_held[oldest].used_ms=now;
   m_holding++;
   return(oldest);
  }
//+------------------------------------------------------------------+
//| Read the table of a symbol into m_book; one without any is empty |
//+------------------------------------------------------------------+
bool CBookCommands::Load(const string symbol,SPwRefusal &refusal)
  {
   ArrayResize(m_book,0);
   if(SymbolInfoInteger(symbol,SYMBOL_TICKS_BOOKDEPTH)<=0)
      return(true);
   int place=Hold(symbol);
   if(place<0)
      return(true);
   bool found=MarketBookGet(symbol,m_book);
   if(!found)
      ArrayResize(m_book,0);
   if(ArraySize(m_book)>0 || PwMonotonicMs()-m_held[place].opened_ms>=PW_BOOK_FIRST_MS)
      return(true);
   PwRefuseForNow(refusal,PW_REFUSAL_HISTORY_LOADING,"The depth of market of "+symbol+" has just been opened: ask again.",PW_BOOK_RETRY_MS);
   return(false);
  }
//+------------------------------------------------------------------+
//| Answer MARKET_BOOK_GET                                           |
//+------------------------------------------------------------------+
bool CBookCommands::Get(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   string symbol=fields.Symbol();
   if(!fields.Accepted(refusal) || !PwWatchedSymbol(symbol,refusal))
      return(false);
   MqlTick tick;
   if(!SymbolInfoTick(symbol,tick) || tick.time_msc<=0)
     {
      PwRefuse(refusal,PW_REFUSAL_NO_PRICES,"There is no price of "+symbol+" yet.");
      return(false);
     }
   if(!Load(symbol,refusal))
      return(false);
   PwOpenReply(body,3);
   body.Key(PW_FIELD_BOOK);
   PwWriteBook(body,m_book);
   body.KeyInt(PW_FIELD_DIGITS,PwDigits(symbol));
   body.KeyInt(PW_FIELD_VOLUME_DIGITS,PwVolumeDigits(symbol));
   return(true);
  }

#endif
