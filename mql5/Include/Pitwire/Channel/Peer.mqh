//+------------------------------------------------------------------+
//| Peer.mqh                                                         |
//| the terminal's end of the link                                   |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CHANNEL_PEER_MQH
#define PITWIRE_CHANNEL_PEER_MQH

#include <Pitwire/Channel/Reception.mqh>

#define PW_SERVE_MS         10       // one call serves no longer, so that the market gets its turn
#define PW_RETRY_SHORTEST   250
#define PW_RETRY_LONGEST    5000
#define PW_SWEEP_MS         100

//+------------------------------------------------------------------+
//| Serves what waits, lane by lane, and looks at the sockets between|
//| two requests                                                     |
//+------------------------------------------------------------------+
class CPeer : public CReception
  {
private:
   SPwSettings       m_chosen;
   string            m_why_not;          // there are no sockets
   int               m_retry_ms;
   ulong             m_retry_at_ms;
   ulong             m_sweep_at_ms;
   ulong             m_busy_us;
   uchar             m_body[];

   bool              TryOpen(void);
   bool              OpenAll(void);
   bool              ServeNext(void);
   void              Sweep(void);
   bool              Answer(const int type,const SPwTicket &ticket,CPackWriter &body);

public:
                     CPeer(void);
   bool              Open(SPwSettings &settings,CPwService &service);
   void              Close(void);
   bool              Serve(const int wait_ms);
   bool              ServeOne(void);
   bool              Reply(const SPwTicket &ticket,CPackWriter &body);
   bool              Refuse(const SPwTicket &ticket,CPackWriter &body) { return(Answer(PW_FRAME_ERROR,ticket,body)); }
   bool              Push(const ulong session,const int kind,CPackWriter &body);
   int               LiveSessions(ulong &sessions[]) const { return(m_sessions.Live(sessions)); }
   void              EndAll(void);
   int               Queued(void) const { return(m_lanes.Count()); }
   string            Counters(void) const { return(m_counters.Text()); }
   bool              IsOpen(void) const { return(m_sockets.IsOpen()); }
   string            Status(void) const;
   ulong             TakeBusyUs(void);
  };
//+------------------------------------------------------------------+
//| Begin without sockets                                            |
//+------------------------------------------------------------------+
CPeer::CPeer(void)
  {
   m_why_not="";
   m_retry_ms=0;
   m_retry_at_ms=0;
   m_sweep_at_ms=0;
   m_busy_us=0;
  }
//+------------------------------------------------------------------+
//| Open the sockets; false: not yet, Serve goes on trying           |
//+------------------------------------------------------------------+
bool CPeer::Open(SPwSettings &settings,CPwService &service)
  {
   m_chosen=settings;
   m_service=GetPointer(service);
   m_retry_ms=0;
   m_retry_at_ms=0;
   m_why_not="";
   return(TryOpen());
  }
//+------------------------------------------------------------------+
//| Open the sockets when it is time to try                          |
//+------------------------------------------------------------------+
bool CPeer::TryOpen(void)
  {
   // A WELCOME tells the time: it must be known to the millisecond.
   if(!PwClockReady())
     {
      m_why_not="waiting for the clock";
      return(false);
     }
   ulong now_ms=PwMonotonicMs();
   if(now_ms<m_retry_at_ms)
      return(false);
   if(OpenAll())
     {
      m_retry_ms=0;
      PwLog("commands "+m_sockets.m_router[PW_WIRE_CHANNEL_COMMANDS].Endpoint());
      PwLog("stream "+m_sockets.m_router[PW_WIRE_CHANNEL_STREAM].Endpoint());
      return(true);
     }
   m_retry_ms=MathMin(PW_RETRY_LONGEST,MathMax(PW_RETRY_SHORTEST,2*m_retry_ms));
   m_retry_at_ms=now_ms+(ulong)m_retry_ms;
   return(false);
  }
//+------------------------------------------------------------------+
//| Read the keys and open the sockets                               |
//+------------------------------------------------------------------+
bool CPeer::OpenAll(void)
  {
   SPwCurve curve;
   string problem="";
   if(!m_greeter.Open(m_chosen.terminal) || !m_greeter.ReadCurve(curve))
      problem=m_greeter.Problem();
   else
      if(!m_sockets.Open(m_chosen,curve))
         problem=m_sockets.Problem();
   ZeroMemory(curve);
   if(StringLen(problem)>0 && problem!=m_why_not)
      PwLog(problem);
   m_why_not=problem;
   return(StringLen(problem)==0);
  }
//+------------------------------------------------------------------+
//| Say BYE to all and give the sockets back                         |
//+------------------------------------------------------------------+
void CPeer::Close(void)
  {
   EndAll();
   m_lanes.Clear();
   m_sockets.Close(true);
  }
//+------------------------------------------------------------------+
//| Where it listens or dials, or why not                            |
//+------------------------------------------------------------------+
string CPeer::Status(void) const
  {
   if(!m_sockets.IsOpen())
      return(m_why_not);
   string verb="listening on ";
   if(m_chosen.dial)
      verb="dialing ";
   return(verb+m_sockets.m_router[PW_WIRE_CHANNEL_COMMANDS].Endpoint()+" and "+m_sockets.m_router[PW_WIRE_CHANNEL_STREAM].Endpoint());
  }
//+------------------------------------------------------------------+
//| Serve what waits; when nothing does, wait at most so long for a  |
//| frame. Ends behind trades, whose answers come as events, and     |
//| behind each chunk of history. True: it did something             |
//+------------------------------------------------------------------+
bool CPeer::Serve(const int wait_ms)
  {
   if(!m_sockets.IsOpen() && !TryOpen())
      return(false);
   ulong until_ms=PwMonotonicMs()+PW_SERVE_MS;
   bool busy=Look();
   if(!busy && wait_ms>0 && m_lanes.Count()==0 && TakeIn(PW_WIRE_CHANNEL_COMMANDS,wait_ms))
     {
      // What came with the frame that ended the wait may have to go before it.
      busy=true;
      Look();
     }
   bool traded=false;
   int lane=m_lanes.Next();
   while(lane<PW_LANES && !IsStopped())
     {
      if(traded && lane!=PW_LANE_TRADE)
         break;
      busy=true;
      traded=(lane==PW_LANE_TRADE);
      ServeNext();
      Look();    // also behind a long request: who spoke meanwhile is not silent
      if(lane==PW_LANE_HISTORY || PwMonotonicMs()>=until_ms)
         break;
      lane=m_lanes.Next();
     }
   Sweep();
   return(busy);
  }
//+------------------------------------------------------------------+
//| Serve one request at most, without waiting                       |
//+------------------------------------------------------------------+
bool CPeer::ServeOne(void)
  {
   if(!m_sockets.IsOpen() && !TryOpen())
      return(false);
   if(m_lanes.Count()==0)
      Look();
   Sweep();
   return(ServeNext());
  }
//+------------------------------------------------------------------+
//| Serve the request that is next                                   |
//+------------------------------------------------------------------+
bool CPeer::ServeNext(void)
  {
   SPwTicket ticket;
   while(m_lanes.Take(ticket,m_body))
     {
      // What still waits when its session ends is dropped unserved.
      if(m_sessions.Find(ticket.session)<0)
         continue;
      ulong began_us=GetMicrosecondCount();
      m_service.Request(ticket,m_body);
      m_busy_us=MathMax(m_busy_us,GetMicrosecondCount()-began_us);
      return(true);
     }
   return(false);
  }
//+------------------------------------------------------------------+
//| End the sessions that said nothing for too long                  |
//+------------------------------------------------------------------+
void CPeer::Sweep(void)
  {
   ulong now_ms=PwMonotonicMs();
   if(now_ms<m_sweep_at_ms)
      return;
   m_sweep_at_ms=now_ms+PW_SWEEP_MS;
   for(int i=0; i<PW_SESSIONS; i++)
     {
      if(m_sessions.IsExpired(i,now_ms))
         End(i,true,"silence");
     }
  }
//+------------------------------------------------------------------+
//| Send an answer. One that cannot be sent ends the session, whose  |
//| bridge would wait for it in vain                                 |
//+------------------------------------------------------------------+
bool CPeer::Answer(const int type,const SPwTicket &ticket,CPackWriter &body)
  {
   int place=m_sessions.Find(ticket.session);
   if(place<0)
      return(false);
   if(Transmit(place,ticket.channel,type,ticket.kind,ticket.sequence,body))
      return(true);
   m_counters.Add(PW_FAULT_REPLY_UNSENT);
   End(place,false,"a reply could not be sent");
   return(false);
  }
//+------------------------------------------------------------------+
//| Send a REPLY; false: the session is gone                         |
//+------------------------------------------------------------------+
bool CPeer::Reply(const SPwTicket &ticket,CPackWriter &body)
  {
   if(body.Size()<=PW_MAX_FRAME_FROM_TERMINAL-PW_MIN_FRAME)
      return(Answer(PW_FRAME_REPLY,ticket,body));
   WriteRefusal(PW_REFUSAL_TOO_LARGE,"The answer does not fit into a frame: ask for less.",0);
   return(Answer(PW_FRAME_ERROR,ticket,m_refusal));
  }
//+------------------------------------------------------------------+
//| Send an EVENT; false: it cannot be sent now                      |
//+------------------------------------------------------------------+
bool CPeer::Push(const ulong session,const int kind,CPackWriter &body)
  {
   int place=m_sessions.Find(session);
   if(place<0 || !m_sessions.m_table[place].live)
      return(false);
   return(Transmit(place,PW_WIRE_CHANNEL_STREAM,PW_FRAME_EVENT,kind,0,body));
  }
//+------------------------------------------------------------------+
//| Say BYE to all, as before a change of the account                |
//+------------------------------------------------------------------+
void CPeer::EndAll(void)
  {
   for(int i=0; i<PW_SESSIONS; i++)
     {
      if(m_sessions.m_table[i].number!=0)
         End(i,true,"the terminal ends all sessions");
     }
  }
//+------------------------------------------------------------------+
//| How long the longest request since the last call took            |
//+------------------------------------------------------------------+
ulong CPeer::TakeBusyUs(void)
  {
   ulong busy_us=m_busy_us;
   m_busy_us=0;
   return(busy_us);
  }

#endif
