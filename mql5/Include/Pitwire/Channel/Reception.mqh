//+------------------------------------------------------------------+
//| Reception.mqh                                                    |
//| frames in and out: checked in the wire's order, sealed in its    |
//| sequence                                                         |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CHANNEL_RECEPTION_MQH
#define PITWIRE_CHANNEL_RECEPTION_MQH

#include <Pitwire/Channel/Counters.mqh>
#include <Pitwire/Channel/Greeter.mqh>
#include <Pitwire/Channel/Lanes.mqh>
#include <Pitwire/Channel/Service.mqh>
#include <Pitwire/Channel/Sessions.mqh>
#include <Pitwire/Channel/Sockets.mqh>

#define PW_FRAMES_PER_LOOK 32      // of each socket: garbage at any rate starves nobody
#define PW_BUSY_RETRY_MS   100

//+------------------------------------------------------------------+
//| Sessions on two sockets. A frame that fails is counted and       |
//| changes nothing; a stranger gets no answer                       |
//+------------------------------------------------------------------+
class CReception
  {
private:
   CSigner           m_hasher;
   CPackWriter       m_empty;

   void              Accept(const int channel);
   void              AcceptSigned(const int channel,const int place,const SPwHeader &header);
   void              Greet(const int channel,const SPwHeader &header);
   void              Queue(const int channel,const int place,const SPwHeader &header);

protected:
   CPwService       *m_service;
   CSockets          m_sockets;
   CSessions         m_sessions;
   CGreeter          m_greeter;
   CLanes            m_lanes;
   CCounters         m_counters;
   CPackWriter       m_refusal;

   bool              Look(void);
   bool              TakeIn(const int channel,const int wait_ms);
   bool              Transmit(const int place,const int channel,const int type,const int kind,const ulong answers,CPackWriter &body);
   void              End(const int place,const bool say_bye,const string reason);
   void              WriteRefusal(const int code,const string message,const int retry_after_ms);
  };
//+------------------------------------------------------------------+
//| Take in what waits in both sockets; true: something did          |
//+------------------------------------------------------------------+
bool CReception::Look(void)
  {
   bool found=false;
   for(int channel=0; channel<2; channel++)
     {
      int left=PW_FRAMES_PER_LOOK;
      while(left>0 && TakeIn(channel,0))
        {
         found=true;
         left--;
        }
     }
   return(found);
  }
//+------------------------------------------------------------------+
//| Take in one frame, waiting at most so long for it                |
//+------------------------------------------------------------------+
bool CReception::TakeIn(const int channel,const int wait_ms)
  {
   ENUM_PW_RECEIVED received=m_sockets.m_router[channel].Receive(wait_ms);
   if(received==PW_RECEIVED_NOTHING)
      return(false);
   if(received==PW_RECEIVED_FRAME)
      Accept(channel);
   else
      m_counters.Add(PW_FAULT_FRAME);
   return(true);
  }
//+------------------------------------------------------------------+
//| Check the frame received last and act on it                      |
//+------------------------------------------------------------------+
void CReception::Accept(const int channel)
  {
   SPwHeader header;
   int size=m_sockets.m_router[channel].m_size;
   if(!PwReadHeader(m_sockets.m_router[channel].m_frame,size,PW_MAX_FRAME_TO_TERMINAL,header))
     {
      m_counters.Add(PW_FAULT_FRAME);
      return;
     }
   int place=m_sessions.Find(header.session);
   // A half-open session is over when its time is, swept or not.
   if(place>=0 && !m_sessions.m_table[place].live && m_sessions.IsExpired(place,PwMonotonicMs()))
     {
      m_sessions.Remove(place);
      place=-1;
     }
   if(place<0)
     {
      Greet(channel,header);
      return;
     }
   ulong taken=m_sessions.m_table[place].taken[channel];
   int flags=PwFlags(PW_DIRECTION_TO_TERMINAL,channel);
   ENUM_PW_FAULT fault=PwCheckFrame(header,m_sockets.m_router[channel].m_frame,size,flags,taken,m_sessions.m_table[place].keys.taken[channel],m_hasher);
   if(fault==PW_FAULT_NONE)
     {
      AcceptSigned(channel,place,header);
      return;
     }
   m_counters.Add(fault);
   if(fault==PW_FAULT_SEQUENCE && header.sequence>taken+1)
      End(place,true,"frames were lost");
  }
//+------------------------------------------------------------------+
//| Act on a frame that the bridge signed and that is next           |
//+------------------------------------------------------------------+
void CReception::AcceptSigned(const int channel,const int place,const SPwHeader &header)
  {
   m_sessions.m_table[place].taken[channel]=header.sequence;
   m_sessions.m_table[place].routes[channel]=m_sockets.m_router[channel].m_sender;
   if(channel==PW_WIRE_CHANNEL_COMMANDS)
      m_sessions.m_table[place].heard_ms=PwMonotonicMs();
   //--- the stream carries no command but the one that teaches its route
   bool allowed=(channel==PW_WIRE_CHANNEL_COMMANDS || header.kind==PW_COMMAND_PING);
   if(header.type==PW_FRAME_REQUEST && allowed)
      Queue(channel,place,header);
   else
      if(header.type==PW_FRAME_BYE && channel==PW_WIRE_CHANNEL_COMMANDS)
         End(place,false,"the bridge said BYE");
      else
         m_counters.Add(PW_FAULT_FRAME);
  }
//+------------------------------------------------------------------+
//| Queue a request, which confirms its session                      |
//+------------------------------------------------------------------+
void CReception::Queue(const int channel,const int place,const SPwHeader &header)
  {
   if(!m_sessions.m_table[place].live)
     {
      m_sessions.m_table[place].live=true;
      PwLog("a session with the bridge "+m_sessions.m_table[place].bridge+" began");
     }
   SPwTicket ticket;
   ticket.session=header.session;
   ticket.sequence=header.sequence;
   ticket.kind=header.kind;
   ticket.channel=channel;
   int size=m_sockets.m_router[channel].m_size;
   if(m_lanes.Put(ticket,m_sockets.m_router[channel].m_frame,PW_HEADER_SIZE,size-PW_MIN_FRAME))
      return;
   WriteRefusal(PW_REFUSAL_BUSY,"Too many commands wait: ask again.",PW_BUSY_RETRY_MS);
   if(Transmit(place,channel,PW_FRAME_ERROR,header.kind,header.sequence,m_refusal))
      return;
   m_counters.Add(PW_FAULT_REPLY_UNSENT);
   End(place,false,"a reply could not be sent");
  }
//+------------------------------------------------------------------+
//| Answer a HELLO; everything else is a stranger's                  |
//+------------------------------------------------------------------+
void CReception::Greet(const int channel,const SPwHeader &header)
  {
   if(header.session!=0 || channel!=PW_WIRE_CHANNEL_COMMANDS)
     {
      m_counters.Add(PW_FAULT_SESSION);
      return;
     }
   int size=m_sockets.m_router[channel].m_size;
   bool room=m_sessions.HasRoom();
   if(!room || !m_greeter.Verify(header,m_sockets.m_router[channel].m_sender,m_sockets.m_router[channel].m_frame,size))
     {
      m_counters.Add(PW_FAULT_HANDSHAKE);
      return;
     }
   SPwFacts facts;
   m_service.Facts(facts);
   if(!m_greeter.Answer(facts))
      return;
   if(m_sessions.Find(m_greeter.m_welcome.session)>=0)
      return;
   if(!m_sockets.m_router[channel].Address(m_sockets.m_router[channel].m_sender))
      return;
   if(m_sockets.m_router[channel].Send(m_greeter.m_answer.m_frame,m_greeter.m_size))
      m_sessions.Add(m_greeter.m_welcome.session,m_greeter.m_hello.bridge,m_greeter.m_keys,PwMonotonicMs());
  }
//+------------------------------------------------------------------+
//| Seal and send a frame; one that the socket does not take has     |
//| used no number of the sequence                                   |
//+------------------------------------------------------------------+
bool CReception::Transmit(const int place,const int channel,const int type,const int kind,const ulong answers,CPackWriter &body)
  {
   ulong next=m_sessions.m_table[place].sent[channel]+1;
   if(next>PW_LAST_SEQUENCE || body.Size()>PW_MAX_FRAME_FROM_TERMINAL-PW_MIN_FRAME)
      return(false);
   SPwHeader header;
   header.type=type;
   header.flags=PwFlags(PW_DIRECTION_FROM_TERMINAL,channel);
   header.kind=kind;
   header.session=m_sessions.m_table[place].number;
   header.sequence=next;
   header.clock_us=(ulong)PwUtcUs();
   header.answers=answers;
   int size=PwSeal(body,header,m_sessions.m_table[place].keys.sent[channel],m_hasher);
   if(size==0 || !m_sockets.m_router[channel].Address(m_sessions.m_table[place].routes[channel]))
      return(false);
   if(!m_sockets.m_router[channel].Send(body.m_frame,size))
      return(false);
   m_sessions.m_table[place].sent[channel]=next;
   return(true);
  }
//+------------------------------------------------------------------+
//| End a session                                                    |
//+------------------------------------------------------------------+
void CReception::End(const int place,const bool say_bye,const string reason)
  {
   ulong number=m_sessions.m_table[place].number;
   bool live=m_sessions.m_table[place].live;
   string bridge=m_sessions.m_table[place].bridge;
   if(live && say_bye)
     {
      m_empty.Begin();
      m_empty.Map(0);
      Transmit(place,PW_WIRE_CHANNEL_COMMANDS,PW_FRAME_BYE,0,0,m_empty);
     }
   m_sessions.Remove(place);
   if(!live)
      return;
   PwLog("the session with the bridge "+bridge+" ended: "+reason);
   m_service.SessionEnded(number);
  }
//+------------------------------------------------------------------+
//| Write the body of an ERROR; 0 ms = asking again is no use        |
//+------------------------------------------------------------------+
void CReception::WriteRefusal(const int code,const string message,const int retry_after_ms)
  {
   int count=2;
   if(retry_after_ms>0)
      count=3;
   m_refusal.Begin();
   m_refusal.Map(count);
   m_refusal.KeyInt(PW_FIELD_CODE,code);
   m_refusal.KeyText(PW_FIELD_MESSAGE,message);
   if(retry_after_ms>0)
      m_refusal.KeyInt(PW_FIELD_RETRY_AFTER_MS,retry_after_ms);
  }

#endif
