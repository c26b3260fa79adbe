//+------------------------------------------------------------------+
//| TickHistory.mqh                                                  |
//| reads the first ticks of a period, without gaps between pages    |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_TICKHISTORY_MQH
#define PITWIRE_COMMAND_TICKHISTORY_MQH

#include <Pitwire/Command/Loading.mqh>

#define PW_TICK_WINDOWS      16
#define PW_TICK_WINDOW_MSC   900000       // 15 minutes
#define PW_TICK_WIDEST_MSC   86400000     // a day

//--- what is asked for; to_msc 0 = up to now
struct SPwTickQuery
  {
   string            symbol;
   long              from_msc;
   long              to_msc;
   ulong             skip;
   int               count;
   int               flags;
  };
//+------------------------------------------------------------------+
//| Several ticks can have the same millisecond, so a page goes on   |
//| behind a time and a number of ticks with that time. History that |
//| is not complete yet is refused: never a wrong empty answer       |
//+------------------------------------------------------------------+
class CTickHistory
  {
private:
   MqlTick           m_piece[];
   int               m_total;       // rows in m_rows

   bool              Good(const int got,const string symbol,SPwRefusal &refusal) const;
   int               AtFrom(const SPwTickQuery &query,SPwRefusal &refusal);
   void              Append(const int got,const int wanted);
   bool              ReadOn(const SPwTickQuery &query,const long from_msc,const int wanted,SPwRefusal &refusal);
   bool              ReadRange(const SPwTickQuery &query,const int wanted,SPwRefusal &refusal);
   long              Newest(const SPwTickQuery &query) const;

public:
   MqlTick           m_rows[];
   int               m_first;       // of m_rows to send
   int               m_count;       // rows to send
   bool              m_more;

   bool              Read(const SPwTickQuery &query,SPwRefusal &refusal);
  };
//+------------------------------------------------------------------+
//| Whether a copy is complete; GetLastError belongs to it           |
//+------------------------------------------------------------------+
bool CTickHistory::Good(const int got,const string symbol,SPwRefusal &refusal) const
  {
   int error=GetLastError();
   if(got>=0 && error==0)
      return(true);
   PwRefuseHistory(refusal,error,symbol);
   return(false);
  }
//+------------------------------------------------------------------+
//| Count the ticks of exactly the first millisecond, -1: refused    |
//+------------------------------------------------------------------+
int CTickHistory::AtFrom(const SPwTickQuery &query,SPwRefusal &refusal)
  {
   if(query.skip==0 || query.from_msc==0)
      return(0);
   ResetLastError();
   int got=CopyTicksRange(query.symbol,m_piece,(uint)query.flags,(ulong)query.from_msc,(ulong)query.from_msc);
   return(Good(got,query.symbol,refusal) ? got : -1);
  }
//+------------------------------------------------------------------+
//| Take what was copied into m_piece, as far as it is wanted        |
//+------------------------------------------------------------------+
void CTickHistory::Append(const int got,const int wanted)
  {
   int count=MathMin(got,wanted-m_total);
   if(count<=0)
      return;
   ArrayCopy(m_rows,m_piece,m_total,0,count);
   m_total+=count;
  }
//+------------------------------------------------------------------+
//| Read on from a time up to now                                    |
//+------------------------------------------------------------------+
bool CTickHistory::ReadOn(const SPwTickQuery &query,const long from_msc,const int wanted,SPwRefusal &refusal)
  {
   // From 0 would mean the last ticks, not the first ones.
   ulong from=(ulong)MathMax(from_msc,1);
   ResetLastError();
   int got=CopyTicks(query.symbol,m_piece,(uint)query.flags,from,(uint)(wanted-m_total));
   if(!Good(got,query.symbol,refusal))
      return(false);
   Append(got,wanted);
   return(true);
  }
//+------------------------------------------------------------------+
//| How far a range has to be read: the newest tick, if it is earlier|
//| than the range's end                                             |
//+------------------------------------------------------------------+
long CTickHistory::Newest(const SPwTickQuery &query) const
  {
   MqlTick tick;
   if(!SymbolInfoTick(query.symbol,tick) || tick.time_msc<=0)
      return(query.to_msc);
   return(MathMin(query.to_msc,MathMax(tick.time_msc,query.from_msc)));
  }
//+------------------------------------------------------------------+
//| Read a range in windows that grow while they are thin. CopyTicks |
//| would make the terminal download everything from its begin up to |
//| today, and the whole range at once may be millions of ticks;     |
//| only behind weeks of silence CopyTicks has to find the next one  |
//+------------------------------------------------------------------+
bool CTickHistory::ReadRange(const SPwTickQuery &query,const int wanted,SPwRefusal &refusal)
  {
   long from=query.from_msc;
   long to=Newest(query);
   long width=PW_TICK_WINDOW_MSC;
   for(int i=0; i<PW_TICK_WINDOWS && from<=to && m_total<wanted; i++)
     {
      long until=MathMin(from+width-1,to);
      ResetLastError();
      int got=CopyTicksRange(query.symbol,m_piece,(uint)query.flags,(ulong)from,(ulong)until);
      if(!Good(got,query.symbol,refusal))
         return(false);
      Append(got,wanted);
      from=until+1;
      if(got<wanted/4)
         width=MathMin(8*width,PW_TICK_WIDEST_MSC);
     }
   if(from>to || m_total>=wanted)
      return(true);
   return(ReadOn(query,from,wanted,refusal));
  }
//+------------------------------------------------------------------+
//| Read the rows that a query asks for                              |
//+------------------------------------------------------------------+
bool CTickHistory::Read(const SPwTickQuery &query,SPwRefusal &refusal)
  {
   m_total=0;
   m_first=0;
   m_count=0;
   m_more=false;
   bool ranged=query.to_msc>0;
   int before=AtFrom(query,refusal);
   if(before<0)
      return(false);
   if((ulong)before>query.skip)
      before=(int)query.skip;
   // One row more than asked for tells whether there are more.
   int wanted=before+query.count+1;
   if(ranged ? !ReadRange(query,wanted,refusal) : !ReadOn(query,query.from_msc,wanted,refusal))
      return(false);
   bool full=(m_total>=wanted);
   while(m_first<m_total && (ulong)m_first<query.skip && m_rows[m_first].time_msc==query.from_msc)
      m_first++;
   while(ranged && m_total>m_first && m_rows[m_total-1].time_msc>query.to_msc)
     {
      m_total--;
      full=false;
     }
   int left=m_total-m_first;
   m_count=MathMin(left,query.count);
   // A tick of the first millisecond that came meanwhile can have used up the row too many.
   m_more=(full || left>query.count);
   return(true);
  }

#endif
