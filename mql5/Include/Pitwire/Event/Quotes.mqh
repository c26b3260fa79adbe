//+------------------------------------------------------------------+
//| Quotes.mqh                                                       |
//| which symbols have moved since the last look: one cheap call each|
//+------------------------------------------------------------------+
#ifndef PITWIRE_EVENT_QUOTES_MQH
#define PITWIRE_EVENT_QUOTES_MQH

#include <Pitwire/Record/KnownSymbol.mqh>

#define PW_QUOTES_IN_TURN 500

struct SPwQuote
  {
   string            symbol;
   MqlTick           last;
   bool              known;    // `last` holds a quote
   ulong             serial;   // grows with each change
   int               users;    // feeds with listeners
  };
//+------------------------------------------------------------------+
//| One row per symbol that was ever watched; rows keep their places |
//+------------------------------------------------------------------+
class CQuotes
  {
private:
   SPwQuote          m_rows[];
   long              m_newest_msc;   // of all symbols seen so far
   int               m_turn;         // which symbol of Market Watch is the next to look at

   bool              Same(const MqlTick &one,const MqlTick &other) const;
   void              Refresh(const int place);

public:
                     CQuotes(void) { Clear(); }
   void              Clear(void);
   int               Watch(const string symbol,SPwRefusal &refusal);
   void              Use(const int place) { m_rows[place].users++; }
   void              Leave(const int place) { m_rows[place].users--; }
   void              Look(void);
   void              Show(const int place) const;
   ulong             Serial(const int place) const { return(m_rows[place].serial); }
   string            Symbol(const int place) const { return(m_rows[place].symbol); }
   long              TimeMsc(const int place) const;
   long              NewestMsc(void);
  };
//+------------------------------------------------------------------+
//| Forget everything                                                |
//+------------------------------------------------------------------+
void CQuotes::Clear(void)
  {
   ArrayFree(m_rows);
   m_newest_msc=0;
   m_turn=0;
  }
//+------------------------------------------------------------------+
//| Select a symbol and give its place; -1: refused                  |
//+------------------------------------------------------------------+
int CQuotes::Watch(const string symbol,SPwRefusal &refusal)
  {
   if(!PwWatchedSymbol(symbol,refusal))
      return(-1);
   int total=ArraySize(m_rows);
   int place=0;
   while(place<total && m_rows[place].symbol!=symbol)
      place++;
   if(place==total)
     {
      ArrayResize(m_rows,total+1,128);
      ZeroMemory(m_rows[place].last);
      m_rows[place].symbol=symbol;
      m_rows[place].known=false;
      m_rows[place].serial=0;
      m_rows[place].users=0;
     }
   Refresh(place);
   return(place);
  }
//+------------------------------------------------------------------+
//| Look at every symbol that somebody listens to                    |
//+------------------------------------------------------------------+
void CQuotes::Look(void)
  {
   int total=ArraySize(m_rows);
   for(int i=0; i<total; i++)
      if(m_rows[i].users>0)
         Refresh(i);
  }
//+------------------------------------------------------------------+
//| Read a symbol's last quote                                       |
//+------------------------------------------------------------------+
void CQuotes::Refresh(const int place)
  {
   MqlTick tick;
   ZeroMemory(tick);
   if(!SymbolInfoTick(m_rows[place].symbol,tick) || tick.time_msc<=0)
      return;
   if(m_rows[place].known && Same(m_rows[place].last,tick))
      return;
   m_rows[place].last=tick;
   m_rows[place].known=true;
   m_rows[place].serial++;
  }
//+------------------------------------------------------------------+
//| Compare two quotes bit by bit: these are copies, no calculations |
//+------------------------------------------------------------------+
bool CQuotes::Same(const MqlTick &one,const MqlTick &other) const
  {
   return(one.time_msc==other.time_msc && one.bid==other.bid && one.ask==other.ask
          && one.last==other.last && one.volume==other.volume && one.flags==other.flags);
  }
//+------------------------------------------------------------------+
//| Show a symbol again that somebody took out of Market Watch: there|
//| are no ticks of it otherwise                                     |
//+------------------------------------------------------------------+
void CQuotes::Show(const int place) const
  {
   long selected=0;
   string symbol=m_rows[place].symbol;
   if(m_rows[place].users>0 && SymbolInfoInteger(symbol,SYMBOL_SELECT,selected) && selected==0)
      SymbolSelect(symbol,true);
  }
//+------------------------------------------------------------------+
//| Time of a symbol's last quote, 0: it has none                    |
//+------------------------------------------------------------------+
long CQuotes::TimeMsc(const int place) const
  {
   return(m_rows[place].known ? m_rows[place].last.time_msc : 0);
  }
//+------------------------------------------------------------------+
//| Time of the newest quote of any symbol in Market Watch. A watch  |
//| with very many symbols is gone through in turns, and until then  |
//| the terminal's own clock of quotes, in whole seconds, stands in  |
//+------------------------------------------------------------------+
long CQuotes::NewestMsc(void)
  {
   int total=SymbolsTotal(true);
   int count=MathMin(total,PW_QUOTES_IN_TURN);
   m_newest_msc=MathMax(m_newest_msc,(long)TimeCurrent()*1000);
   for(int i=0; i<count; i++)
     {
      long msc=SymbolInfoInteger(SymbolName((m_turn+i)%total,true),SYMBOL_TIME_MSC);
      m_newest_msc=MathMax(m_newest_msc,msc);
     }
   m_turn=(total>0 ? (m_turn+count)%total : 0);
   return(m_newest_msc);
  }

#endif
