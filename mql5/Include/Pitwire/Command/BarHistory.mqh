//+------------------------------------------------------------------+
//| BarHistory.mqh                                                   |
//| reads bars: the last ones before a place, or the first of a range|
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_BARHISTORY_MQH
#define PITWIRE_COMMAND_BARHISTORY_MQH

#include <Pitwire/Command/Loading.mqh>
#include <Pitwire/Command/SeriesWatch.mqh>

#define PW_LEAST_PERIODS 64

//+------------------------------------------------------------------+
//| Each method fills the rows to send, oldest first, or refuses     |
//+------------------------------------------------------------------+
class CBarHistory
  {
private:
   CSeriesWatch      m_series;
   MqlRates          m_bars[];
   string            m_symbol;
   ENUM_TIMEFRAMES   m_timeframe;

   bool              Loading(SPwRefusal &refusal) const;
   bool              Ready(SPwRefusal &refusal);
   bool              Reaches(const long from_s,SPwRefusal &refusal);
   bool              Last(const int got,const int count,const bool any,SPwRefusal &refusal);
   bool              Append(const long from_s,const long to_s,const int wanted,int &got,SPwRefusal &refusal);

public:
   MqlRates          m_rows[];
   int               m_first;       // of m_rows to send
   int               m_count;       // rows to send
   bool              m_more;

   void              Begin(const string symbol,const ENUM_TIMEFRAMES timeframe);
   bool              Until(const long from_s,const int count,SPwRefusal &refusal);
   bool              Before(const ulong start,const int count,SPwRefusal &refusal);
   bool              Range(const long from_s,const long to_s,const int count,SPwRefusal &refusal);
  };
//+------------------------------------------------------------------+
//| Begin a series                                                   |
//+------------------------------------------------------------------+
void CBarHistory::Begin(const string symbol,const ENUM_TIMEFRAMES timeframe)
  {
   m_symbol=symbol;
   m_timeframe=timeframe;
   m_first=0;
   m_count=0;
   m_more=false;
  }
//+------------------------------------------------------------------+
//| Refuse because the bars are not there yet                        |
//+------------------------------------------------------------------+
bool CBarHistory::Loading(SPwRefusal &refusal) const
  {
   PwRefuseLoading(refusal,"bars of "+m_symbol);
   return(false);
  }
//+------------------------------------------------------------------+
//| Whether the newest bars are there; asking begins the download    |
//+------------------------------------------------------------------+
bool CBarHistory::Ready(SPwRefusal &refusal)
  {
   ResetLastError();
   int got=CopyRates(m_symbol,m_timeframe,0,1,m_bars);
   if(got<=0 && GetLastError()==ERR_HISTORY_TIMEOUT)
      return(Loading(refusal));
   if(got>0 ? m_series.Stale(m_symbol,m_timeframe) : m_series.Short(m_symbol,m_timeframe))
      return(Loading(refusal));
   return(true);
  }
//+------------------------------------------------------------------+
//| Take the last `count` of the rows that were copied, one more than|
//| these having been asked for. `any`: the terminal has at least one|
//| of them, so that none at all is a failure                        |
//+------------------------------------------------------------------+
bool CBarHistory::Last(const int got,const int count,const bool any,SPwRefusal &refusal)
  {
   if(got<0 && GetLastError()==ERR_HISTORY_TIMEOUT)
      return(Loading(refusal));
   int rows=MathMax(got,0);
   if((rows==0 && any) || (rows<=count && m_series.Short(m_symbol,m_timeframe)))
      return(Loading(refusal));
   m_count=MathMin(rows,count);
   m_first=rows-m_count;
   m_more=(rows>count);
   return(true);
  }
//+------------------------------------------------------------------+
//| The last bars that opened at or before a time                    |
//+------------------------------------------------------------------+
bool CBarHistory::Until(const long from_s,const int count,SPwRefusal &refusal)
  {
   if(!Ready(refusal))
      return(false);
   long from=MathMin(from_s,SeriesInfoInteger(m_symbol,m_timeframe,SERIES_LASTBAR_DATE));
   long first=SeriesInfoInteger(m_symbol,m_timeframe,SERIES_FIRSTDATE);
   int wanted=MathMin(count+1,(int)TerminalInfoInteger(TERMINAL_MAXBARS));
   ResetLastError();
   int got=CopyRates(m_symbol,m_timeframe,(datetime)from,wanted,m_rows);
   return(Last(got,count,first>0 && from>=first,refusal));
  }
//+------------------------------------------------------------------+
//| The last bars before the newest `start` ones                     |
//+------------------------------------------------------------------+
bool CBarHistory::Before(const ulong start,const int count,SPwRefusal &refusal)
  {
   if(!Ready(refusal))
      return(false);
   // The terminal refuses to copy beyond the bars that it may hold.
   int most=(int)TerminalInfoInteger(TERMINAL_MAXBARS);
   if(start>=(ulong)most)
      return(true);
   bool any=(start<(ulong)Bars(m_symbol,m_timeframe));
   int wanted=MathMin(count+1,most-(int)start);
   ResetLastError();
   int got=CopyRates(m_symbol,m_timeframe,(int)start,wanted,m_rows);
   return(Last(got,count,any,refusal));
  }
//+------------------------------------------------------------------+
//| Whether the series reaches back to a time: it does if a bar is   |
//| there before it. Asking for that bar begins the download         |
//+------------------------------------------------------------------+
bool CBarHistory::Reaches(const long from_s,SPwRefusal &refusal)
  {
   ResetLastError();
   int got=CopyRates(m_symbol,m_timeframe,(datetime)from_s,1,m_bars);
   if(got>0)
      return(true);
   if(GetLastError()==ERR_HISTORY_TIMEOUT || m_series.Short(m_symbol,m_timeframe))
      return(Loading(refusal));
   return(true);
  }
//+------------------------------------------------------------------+
//| Copy the bars of one window behind those that are there already  |
//+------------------------------------------------------------------+
bool CBarHistory::Append(const long from_s,const long to_s,const int wanted,int &got,SPwRefusal &refusal)
  {
   ResetLastError();
   got=CopyRates(m_symbol,m_timeframe,(datetime)from_s,(datetime)to_s,m_bars);
   if(got<0 && GetLastError()==ERR_HISTORY_TIMEOUT)
      return(Loading(refusal));
   // Within the series a window without any bar may be an error to the terminal.
   got=MathMin(MathMax(got,0),wanted-m_count);
   if(got>0)
      ArrayCopy(m_rows,m_bars,m_count,0,got);
   m_count+=got;
   return(true);
  }
//+------------------------------------------------------------------+
//| The first bars of a range, read in windows that hold no more than|
//| are wanted and widen over silence                                |
//+------------------------------------------------------------------+
bool CBarHistory::Range(const long from_s,const long to_s,const int count,SPwRefusal &refusal)
  {
   if(!Ready(refusal) || !Reaches(from_s,refusal))
      return(false);
   long from=MathMax(from_s,SeriesInfoInteger(m_symbol,m_timeframe,SERIES_FIRSTDATE));
   long to=MathMin(to_s,SeriesInfoInteger(m_symbol,m_timeframe,SERIES_LASTBAR_DATE));
   long period=(long)PeriodSeconds(m_timeframe);
   long stretch=1;
   int wanted=count+1;
   while(from<=to && m_count<wanted && !IsStopped())
     {
      long periods=stretch*MathMax(wanted-m_count,PW_LEAST_PERIODS);
      long until=MathMin(from+periods*period-1,to);
      int got=0;
      if(!Append(from,until,wanted,got,refusal))
         return(false);
      stretch=(got==0 ? 2*stretch : 1);
      from=until+1;
     }
   m_more=(m_count>count);
   m_count=MathMin(m_count,count);
   return(true);
  }

#endif
