//+------------------------------------------------------------------+
//| HelloGate.mqh                                                    |
//| how often a HELLO is looked at                                   |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CHANNEL_HELLOGATE_MQH
#define PITWIRE_CHANNEL_HELLOGATE_MQH

#include <Pitwire/Codec/Frame.mqh>
#include <Pitwire/Channel/Router.mqh>

#define PW_HELLO_BURST      5.0
#define PW_HELLO_PER_SECOND 2.0
#define PW_HELLO_MEMORY     1024

//+------------------------------------------------------------------+
//| Each connection has its share of HELLOs, and none counts twice.  |
//| Only what verified is remembered, so that a stranger cannot fill |
//| the memory                                                       |
//+------------------------------------------------------------------+
class CHelloGate
  {
private:
   ulong             m_basis;                       // of the hashes: unknown outside
   ulong             m_connection[PW_HELLO_MEMORY];
   double            m_share[PW_HELLO_MEMORY];
   ulong             m_since_ms[PW_HELLO_MEMORY];
   ulong             m_answered[PW_HELLO_MEMORY];   // beginnings of tags
   int               m_next_answered;

   int               PlaceOf(const SPwRoute &route,const ulong now_ms);

public:
                     CHelloGate(void);
   void              Open(const ulong random);
   bool              Admits(const SPwRoute &route,const uchar &frame[],const int size,const ulong now_ms);
   void              Answered(const uchar &frame[],const int size);
  };
//+------------------------------------------------------------------+
//| Begin without memories                                           |
//+------------------------------------------------------------------+
CHelloGate::CHelloGate(void)
  {
   Open(PW_HASH_BASIS);
  }
//+------------------------------------------------------------------+
//| Begin anew                                                       |
//+------------------------------------------------------------------+
void CHelloGate::Open(const ulong random)
  {
   m_basis=random;
   m_next_answered=0;
   ArrayInitialize(m_connection,0);
   ArrayInitialize(m_share,0.0);
   ArrayInitialize(m_since_ms,0);
   ArrayInitialize(m_answered,0);
  }
//+------------------------------------------------------------------+
//| Find the share of a connection; a new one takes the place of the |
//| one that was quiet the longest                                   |
//+------------------------------------------------------------------+
int CHelloGate::PlaceOf(const SPwRoute &route,const ulong now_ms)
  {
   ulong connection=PwHash(route.id,0,route.size,m_basis);
   int oldest=0;
   for(int i=0; i<PW_HELLO_MEMORY; i++)
     {
      if(m_connection[i]==connection)
         return(i);
      if(m_since_ms[i]<m_since_ms[oldest])
         oldest=i;
     }
   m_connection[oldest]=connection;
   m_share[oldest]=PW_HELLO_BURST;
   m_since_ms[oldest]=now_ms;
   return(oldest);
  }
//+------------------------------------------------------------------+
//| Tell whether a HELLO may be looked at: it does not come too often|
//| and was not answered before                                      |
//+------------------------------------------------------------------+
bool CHelloGate::Admits(const SPwRoute &route,const uchar &frame[],const int size,const ulong now_ms)
  {
   int place=PlaceOf(route,now_ms);
   double grown=(double)(now_ms-m_since_ms[place])*PW_HELLO_PER_SECOND/1000.0;
   m_share[place]=MathMin(PW_HELLO_BURST,m_share[place]+grown);
   m_since_ms[place]=now_ms;
   if(m_share[place]<1.0)
      return(false);
   m_share[place]-=1.0;
   ulong tag=PwReadLittle(frame,size-PW_TAG_SIZE,8);
   for(int i=0; i<PW_HELLO_MEMORY; i++)
     {
      if(m_answered[i]==tag)
         return(false);
     }
   return(true);
  }
//+------------------------------------------------------------------+
//| Remember a HELLO that verified and was answered                  |
//+------------------------------------------------------------------+
void CHelloGate::Answered(const uchar &frame[],const int size)
  {
   m_answered[m_next_answered]=PwReadLittle(frame,size-PW_TAG_SIZE,8);
   m_next_answered=(m_next_answered+1)%PW_HELLO_MEMORY;
  }

#endif
