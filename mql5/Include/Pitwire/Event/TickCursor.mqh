//+------------------------------------------------------------------+
//| TickCursor.mqh                                                   |
//| how far the ticks of a symbol have been read                     |
//+------------------------------------------------------------------+
#ifndef PITWIRE_EVENT_TICKCURSOR_MQH
#define PITWIRE_EVENT_TICKCURSOR_MQH

#define PW_MAX_FILLED_IN 65536   // 8*PW_MAX_ROWS
#define PW_TICKS_LOADING -1
#define PW_TICKS_TOO_MANY -2

//--- several ticks share a millisecond, so a time alone is no place
struct SPwTickCursor
  {
   string            symbol;
   bool              placed;   // it stands somewhere
   long              msc;      // time of the last tick taken,
   int               taken;    // and how many ticks of that time were taken
  };
//+------------------------------------------------------------------+
//| Begin without a place                                            |
//+------------------------------------------------------------------+
void PwBeginCursor(SPwTickCursor &cursor,const string symbol)
  {
   cursor.symbol=symbol;
   cursor.placed=false;
   cursor.msc=0;
   cursor.taken=0;
  }
//+------------------------------------------------------------------+
//| Stand in front of the ticks of a time                            |
//+------------------------------------------------------------------+
void PwPlaceCursor(SPwTickCursor &cursor,const long msc)
  {
   cursor.placed=true;
   cursor.msc=msc;
   cursor.taken=0;
  }
//+------------------------------------------------------------------+
//| Count the rows behind the cursor. The tick base may have lost    |
//| rows of the cursor's millisecond in a new download, so only rows |
//| of that very time are left out                                   |
//+------------------------------------------------------------------+
int PwFreshTicks(const SPwTickCursor &cursor,const MqlTick &ticks[],const int got)
  {
   int known=0;
   while(known<got && known<cursor.taken && ticks[known].time_msc==cursor.msc)
      known++;
   return(got-known);
  }
//+------------------------------------------------------------------+
//| Read on: at most about `rows` new ticks, which are the last ones |
//| in `ticks`. Gives their number, or PW_TICKS_LOADING, which leaves|
//| the cursor where it is: the next read begins at the same tick    |
//+------------------------------------------------------------------+
int PwReadTicks(SPwTickCursor &cursor,MqlTick &ticks[],const int rows,bool &more)
  {
   int asked=cursor.taken+rows;
   int got=CopyTicks(cursor.symbol,ticks,COPY_TICKS_ALL,(ulong)cursor.msc,(uint)asked);
   more=(got>=asked);
   if(got<0)
      return(PW_TICKS_LOADING);
   // That the array shrinks to what was copied is nowhere promised.
   if(ArraySize(ticks)>got)
      ArrayResize(ticks,got);
   int fresh=PwFreshTicks(cursor,ticks,got);
   if(fresh==0)
      return(0);
   int same=0;
   while(same<got && ticks[got-1-same].time_msc==ticks[got-1].time_msc)
      same++;
   cursor.msc=ticks[got-1].time_msc;
   cursor.taken=same;
   return(fresh);
  }
//+------------------------------------------------------------------+
//| Read the ticks from a time up to the cursor. Gives their number, |
//| PW_TICKS_LOADING or PW_TICKS_TOO_MANY                            |
//+------------------------------------------------------------------+
int PwReadBack(const SPwTickCursor &cursor,MqlTick &ticks[],const long from_msc)
  {
   if(!cursor.placed || from_msc>cursor.msc)
      return(0);
   int asked=PW_MAX_FILLED_IN+cursor.taken+1;
   int got=CopyTicks(cursor.symbol,ticks,COPY_TICKS_ALL,(ulong)from_msc,(uint)asked);
   if(got<0)
      return(PW_TICKS_LOADING);
   int count=0;
   int same=0;
   while(count<got && ticks[count].time_msc<=cursor.msc)
     {
      if(ticks[count].time_msc==cursor.msc)
         same++;
      if(same>cursor.taken)
         break;
      count++;
     }
   return(count<=PW_MAX_FILLED_IN ? count : PW_TICKS_TOO_MANY);
  }

#endif
