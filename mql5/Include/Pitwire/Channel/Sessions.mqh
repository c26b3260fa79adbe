//+------------------------------------------------------------------+
//| Sessions.mqh                                                     |
//| the table of sessions: half-open until the first signed request, |
//| live until BYE or silence                                        |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CHANNEL_SESSIONS_MQH
#define PITWIRE_CHANNEL_SESSIONS_MQH

#include <Pitwire/Codec/Secret.mqh>
#include <Pitwire/Channel/Router.mqh>

#define PW_MAX_LIVE 32     // sessions at once; further HELLOs are not answered
#define PW_SESSIONS 40     // those, and the half-open ones

struct SPwSession
  {
   ulong             number;        // 0 = no session
   string            bridge;
   bool              live;
   ulong             order;         // in which they were opened
   ulong             heard_ms;      // when a frame last came on the command channel
   SPwSessionKeys    keys;
   ulong             taken[2];      // sequences, by channel
   ulong             sent[2];
   SPwRoute          routes[2];     // size 0 = not known yet
  };
//+------------------------------------------------------------------+
//| A HELLO can push out nothing but other half-open sessions        |
//+------------------------------------------------------------------+
class CSessions
  {
private:
   ulong             m_opened;

   int               FreePlace(void);

public:
   SPwSession        m_table[PW_SESSIONS];

                     CSessions(void);
   int               Find(const ulong number) const;
   bool              HasRoom(void) const;
   int               Live(ulong &sessions[]) const;
   void              Add(const ulong number,const string bridge,const SPwSessionKeys &keys,const ulong now_ms);
   void              Remove(const int place);
   bool              IsExpired(const int place,const ulong now_ms) const;
  };
//+------------------------------------------------------------------+
//| Begin without sessions                                           |
//+------------------------------------------------------------------+
CSessions::CSessions(void)
  {
   m_opened=0;
   for(int i=0; i<PW_SESSIONS; i++)
      Remove(i);
  }
//+------------------------------------------------------------------+
//| Place of a session; -1: there is none of that number             |
//+------------------------------------------------------------------+
int CSessions::Find(const ulong number) const
  {
   if(number==0)
      return(-1);
   for(int i=0; i<PW_SESSIONS; i++)
     {
      if(m_table[i].number==number)
         return(i);
     }
   return(-1);
  }
//+------------------------------------------------------------------+
//| Tell whether one more session could become live                  |
//+------------------------------------------------------------------+
bool CSessions::HasRoom(void) const
  {
   int live=0;
   for(int i=0; i<PW_SESSIONS; i++)
     {
      if(m_table[i].number!=0 && m_table[i].live)
         live++;
     }
   return(live<PW_MAX_LIVE);
  }
//+------------------------------------------------------------------+
//| Find a place for a half-open session; the oldest half-open one   |
//| leaves when there are too many                                   |
//+------------------------------------------------------------------+
int CSessions::FreePlace(void)
  {
   int half_open=0;
   int oldest=-1;
   int free_place=-1;
   for(int i=0; i<PW_SESSIONS; i++)
     {
      if(m_table[i].number==0)
        {
         free_place=i;
         continue;
        }
      if(m_table[i].live)
         continue;
      half_open++;
      if(oldest<0 || m_table[i].order<m_table[oldest].order)
         oldest=i;
     }
   if(half_open>=PW_HALF_OPEN_SESSIONS || free_place<0)
     {
      Remove(oldest);
      return(oldest);
     }
   return(free_place);
  }
//+------------------------------------------------------------------+
//| Take a half-open session in                                      |
//+------------------------------------------------------------------+
void CSessions::Add(const ulong number,const string bridge,const SPwSessionKeys &keys,const ulong now_ms)
  {
   int place=FreePlace();
   m_opened++;
   m_table[place].number=number;
   m_table[place].bridge=bridge;
   m_table[place].order=m_opened;
   m_table[place].heard_ms=now_ms;
   m_table[place].keys=keys;
  }
//+------------------------------------------------------------------+
//| Forget a session and its keys                                    |
//+------------------------------------------------------------------+
void CSessions::Remove(const int place)
  {
   ZeroMemory(m_table[place].keys);
   m_table[place].number=0;
   m_table[place].bridge="";
   m_table[place].live=false;
   m_table[place].order=0;
   m_table[place].heard_ms=0;
   for(int channel=0; channel<2; channel++)
     {
      m_table[place].taken[channel]=0;
      m_table[place].sent[channel]=0;
      m_table[place].routes[channel].size=0;
     }
  }
//+------------------------------------------------------------------+
//| Tell whether a session said nothing for too long                 |
//+------------------------------------------------------------------+
bool CSessions::IsExpired(const int place,const ulong now_ms) const
  {
   if(m_table[place].number==0)
      return(false);
   ulong limit_ms=PW_HALF_OPEN_MS;
   if(m_table[place].live)
      limit_ms=PW_SILENCE_MS;
   return(now_ms-m_table[place].heard_ms>limit_ms);
  }
//+------------------------------------------------------------------+
//| List the sessions that events can be sent to                     |
//+------------------------------------------------------------------+
int CSessions::Live(ulong &sessions[]) const
  {
   int count=0;
   ArrayResize(sessions,PW_SESSIONS);
   for(int i=0; i<PW_SESSIONS; i++)
     {
      if(!m_table[i].live || m_table[i].routes[PW_WIRE_CHANNEL_STREAM].size==0)
         continue;
      sessions[count]=m_table[i].number;
      count++;
     }
   ArrayResize(sessions,count);
   return(count);
  }

#endif
