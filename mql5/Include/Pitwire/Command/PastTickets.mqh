//+------------------------------------------------------------------+
//| PastTickets.mqh                                                  |
//| tickets of past orders or deals in the order of their times      |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_PASTTICKETS_MQH
#define PITWIRE_COMMAND_PASTTICKETS_MQH

#define PW_TICKETS_RESERVE 1024

//+------------------------------------------------------------------+
//| A list that is sorted once, when it is complete                  |
//+------------------------------------------------------------------+
class CPastTickets
  {
private:
   ulong             m_tickets[];
   long              m_times[];
   int               m_count;

   bool              Before(const int place,const long time_msc,const ulong ticket) const;
   bool              Sorted(void) const;

public:
                     CPastTickets(void);
   void              Clear(void);
   void              Add(const ulong ticket,const long time_msc);
   bool              Holds(const ulong ticket) const;
   void              Sort(void);
   int               Count(void) const;
   ulong             Ticket(const int place) const;
  };
//+------------------------------------------------------------------+
//| Begin empty                                                      |
//+------------------------------------------------------------------+
CPastTickets::CPastTickets(void)
  {
   m_count=0;
  }
//+------------------------------------------------------------------+
//| Empty the list                                                   |
//+------------------------------------------------------------------+
void CPastTickets::Clear(void)
  {
   m_count=0;
  }
//+------------------------------------------------------------------+
//| Add a ticket                                                     |
//+------------------------------------------------------------------+
void CPastTickets::Add(const ulong ticket,const long time_msc)
  {
   if(ArraySize(m_tickets)<=m_count)
     {
      int wanted=MathMax(PW_TICKETS_RESERVE,2*m_count);
      ArrayResize(m_tickets,wanted);
      ArrayResize(m_times,wanted);
     }
   m_tickets[m_count]=ticket;
   m_times[m_count]=time_msc;
   m_count++;
  }
//+------------------------------------------------------------------+
//| Whether a ticket is in the list                                  |
//+------------------------------------------------------------------+
bool CPastTickets::Holds(const ulong ticket) const
  {
   for(int i=0; i<m_count; i++)
     {
      if(m_tickets[i]==ticket)
         return(true);
     }
   return(false);
  }
//+------------------------------------------------------------------+
//| Whether what is in a place stands before a time and ticket       |
//+------------------------------------------------------------------+
bool CPastTickets::Before(const int place,const long time_msc,const ulong ticket) const
  {
   if(m_times[place]!=time_msc)
      return(m_times[place]<time_msc);
   return(m_tickets[place]<ticket);
  }
//+------------------------------------------------------------------+
//| Whether the terminal has given them in order already             |
//+------------------------------------------------------------------+
bool CPastTickets::Sorted(void) const
  {
   for(int i=1; i<m_count; i++)
     {
      if(!Before(i-1,m_times[i],m_tickets[i]))
         return(false);
     }
   return(true);
  }
//+------------------------------------------------------------------+
//| Put the oldest first (Shell's method)                            |
//+------------------------------------------------------------------+
void CPastTickets::Sort(void)
  {
   if(Sorted())
      return;
   for(int gap=m_count/2; gap>0; gap/=2)
     {
      for(int i=gap; i<m_count; i++)
        {
         long time_msc=m_times[i];
         ulong ticket=m_tickets[i];
         int at=i;
         while(at>=gap && !Before(at-gap,time_msc,ticket))
           {
            m_times[at]=m_times[at-gap];
            m_tickets[at]=m_tickets[at-gap];
            at-=gap;
           }
         m_times[at]=time_msc;
         m_tickets[at]=ticket;
        }
     }
  }
//+------------------------------------------------------------------+
//| How many there are                                               |
//+------------------------------------------------------------------+
int CPastTickets::Count(void) const
  {
   return(m_count);
  }
//+------------------------------------------------------------------+
//| The ticket in a place                                            |
//+------------------------------------------------------------------+
ulong CPastTickets::Ticket(const int place) const
  {
   return(m_tickets[place]);
  }

#endif
