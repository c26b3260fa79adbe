//+------------------------------------------------------------------+
//| Lanes.mqh                                                        |
//| requests that wait: trades before reads, reads before history    |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CHANNEL_LANES_MQH
#define PITWIRE_CHANNEL_LANES_MQH

#include <Pitwire/Codec/WireConstants.mqh>
#include <Pitwire/Ticket.mqh>

#define PW_LANES        3
#define PW_LANE_LENGTH  1000       // most requests that wait in one lane
#define PW_LANE_BYTES   8388608    // most bytes that their bodies have together
#define PW_KEPT_BODY    1024       // a larger body's memory is given back at once

struct SPwWaiting
  {
   SPwTicket         ticket;
   uchar             body[];
  };
//+------------------------------------------------------------------+
//| The lane of a command; an unknown one is refused in its turn     |
//+------------------------------------------------------------------+
int PwLaneOf(const int kind)
  {
   switch(kind)
     {
      case PW_COMMAND_ORDER_SEND:
      case PW_COMMAND_ORDER_MODIFY:
      case PW_COMMAND_ORDER_REMOVE:
      case PW_COMMAND_POSITION_MODIFY:
      case PW_COMMAND_POSITION_CLOSE:
      case PW_COMMAND_POSITION_CLOSE_BY:
      case PW_COMMAND_ORDER_STATUS:
         return(PW_LANE_TRADE);
      case PW_COMMAND_COPY_TICKS_FROM:
      case PW_COMMAND_COPY_TICKS_RANGE:
      case PW_COMMAND_COPY_RATES_FROM:
      case PW_COMMAND_COPY_RATES_FROM_POS:
      case PW_COMMAND_COPY_RATES_RANGE:
      case PW_COMMAND_HISTORY_ORDERS_GET:
      case PW_COMMAND_HISTORY_DEALS_GET:
         return(PW_LANE_HISTORY);
      default:
         return(PW_LANE_READ);
     }
  }
//+------------------------------------------------------------------+
//| One queue                                                        |
//+------------------------------------------------------------------+
class CLane
  {
private:
   SPwWaiting        m_ring[PW_LANE_LENGTH];
   int               m_first;
   int               m_count;
   int               m_bytes;

public:
                     CLane(void);
   int               Count(void) const;
   bool              Put(const SPwTicket &ticket,const uchar &frame[],const int from,const int count);
   bool              Take(SPwTicket &ticket,uchar &body[]);
   void              Clear(void);
  };
//+------------------------------------------------------------------+
//| Begin empty                                                      |
//+------------------------------------------------------------------+
CLane::CLane(void)
  {
   Clear();
  }
//+------------------------------------------------------------------+
//| How many wait                                                    |
//+------------------------------------------------------------------+
int CLane::Count(void) const
  {
   return(m_count);
  }
//+------------------------------------------------------------------+
//| Queue a request; false: the lane is full                         |
//+------------------------------------------------------------------+
bool CLane::Put(const SPwTicket &ticket,const uchar &frame[],const int from,const int count)
  {
   if(m_count==PW_LANE_LENGTH || m_bytes+count>PW_LANE_BYTES)
      return(false);
   int place=(m_first+m_count)%PW_LANE_LENGTH;
   m_ring[place].ticket=ticket;
   ArrayResize(m_ring[place].body,count);
   ArrayCopy(m_ring[place].body,frame,0,from,count);
   m_bytes+=count;
   m_count++;
   return(true);
  }
//+------------------------------------------------------------------+
//| Take the oldest request; false: none waits                       |
//+------------------------------------------------------------------+
bool CLane::Take(SPwTicket &ticket,uchar &body[])
  {
   if(m_count==0)
      return(false);
   int count=ArraySize(m_ring[m_first].body);
   ticket=m_ring[m_first].ticket;
   ArrayResize(body,count);
   ArrayCopy(body,m_ring[m_first].body,0,0,count);
   if(count>PW_KEPT_BODY)
      ArrayFree(m_ring[m_first].body);
   m_first=(m_first+1)%PW_LANE_LENGTH;
   m_count--;
   m_bytes-=count;
   return(true);
  }
//+------------------------------------------------------------------+
//| Forget what waits                                                |
//+------------------------------------------------------------------+
void CLane::Clear(void)
  {
   m_first=0;
   m_count=0;
   m_bytes=0;
  }
//+------------------------------------------------------------------+
//| Three queues, served by the lowest number first                  |
//+------------------------------------------------------------------+
class CLanes
  {
private:
   CLane             m_lane[PW_LANES];

public:
   int               Count(void) const;
   int               Next(void) const;
   bool              Put(const SPwTicket &ticket,const uchar &frame[],const int from,const int count);
   bool              Take(SPwTicket &ticket,uchar &body[]);
   void              Clear(void);
  };
//+------------------------------------------------------------------+
//| How many wait                                                    |
//+------------------------------------------------------------------+
int CLanes::Count(void) const
  {
   int count=0;
   for(int i=0; i<PW_LANES; i++)
      count+=m_lane[i].Count();
   return(count);
  }
//+------------------------------------------------------------------+
//| The lane of the request that is next; PW_LANES: none waits       |
//+------------------------------------------------------------------+
int CLanes::Next(void) const
  {
   int lane=0;
   while(lane<PW_LANES && m_lane[lane].Count()==0)
      lane++;
   return(lane);
  }
//+------------------------------------------------------------------+
//| Queue a request; false: its lane is full                         |
//+------------------------------------------------------------------+
bool CLanes::Put(const SPwTicket &ticket,const uchar &frame[],const int from,const int count)
  {
   return(m_lane[PwLaneOf(ticket.kind)].Put(ticket,frame,from,count));
  }
//+------------------------------------------------------------------+
//| Take the request that is next; false: none waits                 |
//+------------------------------------------------------------------+
bool CLanes::Take(SPwTicket &ticket,uchar &body[])
  {
   for(int i=0; i<PW_LANES; i++)
     {
      if(m_lane[i].Take(ticket,body))
         return(true);
     }
   return(false);
  }
//+------------------------------------------------------------------+
//| Forget what waits                                                |
//+------------------------------------------------------------------+
void CLanes::Clear(void)
  {
   for(int i=0; i<PW_LANES; i++)
      m_lane[i].Clear();
  }

#endif
