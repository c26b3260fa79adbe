//+------------------------------------------------------------------+
//| SeriesWatch.mqh                                                  |
//| whether a series of bars is still being downloaded               |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_SERIESWATCH_MQH
#define PITWIRE_COMMAND_SERIESWATCH_MQH

#define PW_SERIES_WATCHED  32
#define PW_SERIES_TRIES    6
#define PW_SERIES_BEGIN_S  604800     // the first bar comes within a week

//--- a series that was short when it was asked for
struct SPwShortSeries
  {
   string            symbol;
   int               timeframe;
   int               bars;
   int               tries;         // how often it was short without having grown
  };
//+------------------------------------------------------------------+
//| The terminal does not say where the history of a series ends: the|
//| server's first date need not be one that this timeframe reaches. |
//| So a short series counts as loading until it has been asked for  |
//| several times without having grown                               |
//+------------------------------------------------------------------+
class CSeriesWatch
  {
private:
   SPwShortSeries    m_short[PW_SERIES_WATCHED];
   int               m_next;

   int               Slot(const string symbol,const ENUM_TIMEFRAMES timeframe);
   bool              Grows(const string symbol,const ENUM_TIMEFRAMES timeframe);

public:
                     CSeriesWatch(void);
   bool              Stale(const string symbol,const ENUM_TIMEFRAMES timeframe);
   bool              Short(const string symbol,const ENUM_TIMEFRAMES timeframe);
  };
//+------------------------------------------------------------------+
//| Begin with no series                                             |
//+------------------------------------------------------------------+
CSeriesWatch::CSeriesWatch(void)
  {
   m_next=0;
   for(int i=0; i<PW_SERIES_WATCHED; i++)
     {
      m_short[i].timeframe=0;
      m_short[i].bars=0;
      m_short[i].tries=0;
     }
  }
//+------------------------------------------------------------------+
//| Find the note of a series, or take the oldest place for it       |
//+------------------------------------------------------------------+
int CSeriesWatch::Slot(const string symbol,const ENUM_TIMEFRAMES timeframe)
  {
   for(int i=0; i<PW_SERIES_WATCHED; i++)
     {
      if(m_short[i].timeframe==(int)timeframe && m_short[i].symbol==symbol)
         return(i);
     }
   int slot=m_next;
   m_next=(m_next+1)%PW_SERIES_WATCHED;
   m_short[slot].symbol=symbol;
   m_short[slot].timeframe=(int)timeframe;
   m_short[slot].bars=-1;
   m_short[slot].tries=0;
   return(slot);
  }
//+------------------------------------------------------------------+
//| Whether more may come: it has grown, or was not asked for often  |
//+------------------------------------------------------------------+
bool CSeriesWatch::Grows(const string symbol,const ENUM_TIMEFRAMES timeframe)
  {
   int slot=Slot(symbol,timeframe);
   int bars=Bars(symbol,timeframe);
   if(bars>m_short[slot].bars+1)
      m_short[slot].tries=0;
   m_short[slot].bars=bars;
   m_short[slot].tries=MathMin(m_short[slot].tries+1,PW_SERIES_TRIES+1);
   return(m_short[slot].tries<=PW_SERIES_TRIES);
  }
//+------------------------------------------------------------------+
//| Whether the newest bars are missing still                        |
//+------------------------------------------------------------------+
bool CSeriesWatch::Stale(const string symbol,const ENUM_TIMEFRAMES timeframe)
  {
   return(SeriesInfoInteger(symbol,timeframe,SERIES_SYNCHRONIZED)==0 && Grows(symbol,timeframe));
  }
//+------------------------------------------------------------------+
//| Whether older bars than those that are there may still come      |
//+------------------------------------------------------------------+
bool CSeriesWatch::Short(const string symbol,const ENUM_TIMEFRAMES timeframe)
  {
   if(Bars(symbol,timeframe)>=(int)TerminalInfoInteger(TERMINAL_MAXBARS))
      return(false);
   long first=SeriesInfoInteger(symbol,timeframe,SERIES_FIRSTDATE);
   long server=SeriesInfoInteger(symbol,PERIOD_M1,SERIES_SERVER_FIRSTDATE);
   if(first>0 && server>0 && first<=server+PW_SERIES_BEGIN_S)
      return(false);
   return(Grows(symbol,timeframe));
  }

#endif
