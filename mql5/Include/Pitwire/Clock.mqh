//+------------------------------------------------------------------+
//| Clock.mqh                                                        |
//| UTC in milliseconds, a clock that only goes forward, and how far |
//| the broker's clock is ahead                                      |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CLOCK_MQH
#define PITWIRE_CLOCK_MQH

#define PW_SECOND_US      1000000
#define PW_OFFSET_STEP_S  900
#define PW_OFFSET_LIMIT_S 86400

//--- UTC is the microsecond counter plus a distance. Each look at the clock, which shows whole
//--- seconds, bounds the distance from both sides; around the change of a second the bounds meet.
long ExtPwUtcDistance=0;
long ExtPwFirstSecond=0;
bool ExtPwClockReady=false;
int  ExtPwUtcOffset=0;
long ExtPwLatestUs=0;

//+------------------------------------------------------------------+
//| UTC, microseconds since 1970                                     |
//+------------------------------------------------------------------+
long PwUtcUs(void)
  {
   long counter=(long)GetMicrosecondCount();
   long second=(long)TimeGMT();
   long lowest=second*PW_SECOND_US-counter;
   long highest=lowest+PW_SECOND_US-1;
   if(ExtPwFirstSecond==0)
     {
      ExtPwFirstSecond=second;
      ExtPwUtcDistance=lowest;
     }
   // A second has begun: from here on the fraction is known.
   if(second!=ExtPwFirstSecond)
      ExtPwClockReady=true;
   if(ExtPwUtcDistance<lowest)
      ExtPwUtcDistance=lowest;
   // The clock was set back, or runs slower than the counter.
   if(ExtPwUtcDistance>highest)
      ExtPwUtcDistance=highest;
   long now=counter+ExtPwUtcDistance;
   if(ExtPwLatestUs<now)
      ExtPwLatestUs=now;
   return(now);
  }
//+------------------------------------------------------------------+
//| The latest time that anybody can have been told, for deadlines:  |
//| one that was over once stays over when the clock is set back     |
//+------------------------------------------------------------------+
long PwLatestMsc(void)
  {
   PwUtcUs();
   return(ExtPwLatestUs/1000);
  }
//+------------------------------------------------------------------+
//| Nobody is left who was told a time: go by the clock again        |
//+------------------------------------------------------------------+
void PwForgetLatest(void)
  {
   ExtPwLatestUs=0;
  }
//+------------------------------------------------------------------+
//| UTC, milliseconds since 1970                                     |
//+------------------------------------------------------------------+
long PwUtcMsc(void)
  {
   return(PwUtcUs()/1000);
  }
//+------------------------------------------------------------------+
//| Tell whether the fraction of the second is known; looks at the   |
//| clock, so that asking often enough makes it so                   |
//+------------------------------------------------------------------+
bool PwClockReady(void)
  {
   if(!ExtPwClockReady)
      PwUtcUs();
   return(ExtPwClockReady);
  }
//+------------------------------------------------------------------+
//| Milliseconds for timers: they never go back                      |
//+------------------------------------------------------------------+
ulong PwMonotonicMs(void)
  {
   return(GetMicrosecondCount()/1000);
  }
//+------------------------------------------------------------------+
//| Seconds that the broker's clock is ahead of UTC, in quarters of  |
//| an hour; while disconnected the last ones known                  |
//+------------------------------------------------------------------+
int PwUtcOffset(void)
  {
   if(!(bool)TerminalInfoInteger(TERMINAL_CONNECTED))
      return(ExtPwUtcOffset);
   long ahead=(long)TimeTradeServer()-(long)TimeGMT();
   if(ahead>PW_OFFSET_LIMIT_S || ahead<-PW_OFFSET_LIMIT_S)
      return(ExtPwUtcOffset);
   long half=PW_OFFSET_STEP_S/2;
   if(ahead<0)
      half=-half;
   ExtPwUtcOffset=(int)((ahead+half)/PW_OFFSET_STEP_S)*PW_OFFSET_STEP_S;
   return(ExtPwUtcOffset);
  }

#endif
