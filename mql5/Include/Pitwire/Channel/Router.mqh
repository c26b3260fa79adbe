//+------------------------------------------------------------------+
//| Router.mqh                                                       |
//| one ROUTER socket, bound or dialing                              |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CHANNEL_ROUTER_MQH
#define PITWIRE_CHANNEL_ROUTER_MQH

#include <Pitwire/Codec/WireConstants.mqh>
#include <Pitwire/Channel/Libzmq.mqh>
#include <Pitwire/Channel/Endpoint.mqh>
#include <Pitwire/Channel/KeyFiles.mqh>

#define PW_ROUTE_LIMIT     255
#define PW_ENDPOINT_LIMIT  256
#define PW_RECEIVE_MARK    1000
#define PW_HEARTBEAT_MS    2000
#define PW_PEER_GONE_MS    6000
#define PW_HANDSHAKE_MS    5000
#define PW_FAREWELL_MS     100     // what was just sent gets this long to leave

enum ENUM_PW_RECEIVED
  {
   PW_RECEIVED_NOTHING,
   PW_RECEIVED_FRAME,
   PW_RECEIVED_SEVERAL_PARTS    // no frame: to be counted and forgotten
  };

//--- where a peer is reached: the routing id that ROUTER gave it
struct SPwRoute
  {
   int               size;
   uchar             id[PW_ROUTE_LIMIT+1];
  };
//+------------------------------------------------------------------+
//| The frame received last stays in m_frame until the next one      |
//+------------------------------------------------------------------+
class CRouter
  {
private:
   long              m_socket;
   int               m_wait_ms;      // as the socket has it now
   string            m_endpoint;
   string            m_problem;
   uchar             m_number[8];

   bool              SetNumber(const int option,const long value,const int bytes);
   bool              SetOptions(const int send_mark,const string endpoint);
   bool              SetCurve(const SPwCurve &curve);
   bool              Attach(const string endpoint,const bool dial);
   bool              HasMore(void);
   bool              Fail(const string endpoint,const bool dial);
   void              Resolve(const string endpoint);

public:
   SPwRoute          m_sender;
   uchar             m_frame[];
   int               m_size;         // may be beyond the array: such a frame was cut

                     CRouter(void);
   bool              Open(const long context,const string endpoint,const bool dial,const SPwCurve &curve,const int send_mark);
   void              Close(const bool farewell);
   bool              IsOpen(void) const { return(m_socket!=0); }
   string            Endpoint(void) const { return(m_endpoint); }
   string            Problem(void) const { return(m_problem); }
   ENUM_PW_RECEIVED  Receive(const int wait_ms);
   bool              Address(const SPwRoute &receiver);
   bool              Send(const uchar &frame[],const int size);
  };
//+------------------------------------------------------------------+
//| Begin without a socket                                           |
//+------------------------------------------------------------------+
CRouter::CRouter(void)
  {
   m_socket=0;
   m_wait_ms=-1;
   m_size=0;
   m_sender.size=0;
   m_endpoint="";
   m_problem="";
  }
//+------------------------------------------------------------------+
//| Set an option that is a number                                   |
//+------------------------------------------------------------------+
bool CRouter::SetNumber(const int option,const long value,const int bytes)
  {
   PwWriteLittle(m_number,0,8,(ulong)value);
   return(zmq_setsockopt(m_socket,option,m_number,(ulong)bytes)==0);
  }
//+------------------------------------------------------------------+
//| Set the options of the wire                                      |
//+------------------------------------------------------------------+
bool CRouter::SetOptions(const int send_mark,const string endpoint)
  {
   bool done=SetNumber(PW_ZMQ_LINGER,0,4);
   done=done && SetNumber(PW_ZMQ_ROUTER_MANDATORY,1,4);
   done=done && SetNumber(PW_ZMQ_SNDHWM,send_mark,4);
   done=done && SetNumber(PW_ZMQ_RCVHWM,PW_RECEIVE_MARK,4);
   done=done && SetNumber(PW_ZMQ_MAXMSGSIZE,PW_MAX_FRAME_TO_TERMINAL,8);
   done=done && SetNumber(PW_ZMQ_HANDSHAKE_IVL,PW_HANDSHAKE_MS,4);
   done=done && SetNumber(PW_ZMQ_HEARTBEAT_IVL,PW_HEARTBEAT_MS,4);
   done=done && SetNumber(PW_ZMQ_HEARTBEAT_TIMEOUT,PW_PEER_GONE_MS,4);
   done=done && SetNumber(PW_ZMQ_HEARTBEAT_TTL,PW_PEER_GONE_MS,4);
   done=done && SetNumber(PW_ZMQ_RECONNECT_IVL,100,4);
   done=done && SetNumber(PW_ZMQ_RECONNECT_IVL_MAX,5000,4);
   if(StringFind(endpoint,"[")>=0)
      done=done && SetNumber(PW_ZMQ_IPV6,1,4);
   return(done);
  }
//+------------------------------------------------------------------+
//| Encrypt: the terminal is the client of CURVE, whoever binds      |
//+------------------------------------------------------------------+
bool CRouter::SetCurve(const SPwCurve &curve)
  {
   if(!curve.given)
      return(true);
   ulong size=PW_Z85_LENGTH+1;
   bool done=(zmq_setsockopt(m_socket,PW_ZMQ_CURVE_SERVERKEY,curve.bridge_public,size)==0);
   done=done && zmq_setsockopt(m_socket,PW_ZMQ_CURVE_PUBLICKEY,curve.own_public,size)==0;
   return(done && zmq_setsockopt(m_socket,PW_ZMQ_CURVE_SECRETKEY,curve.own_private,size)==0);
  }
//+------------------------------------------------------------------+
//| Bind or connect                                                  |
//+------------------------------------------------------------------+
bool CRouter::Attach(const string endpoint,const bool dial)
  {
   uchar address[];
   string asked=endpoint;
   if(!dial && PwAsksForPort(endpoint))
      asked=StringSubstr(endpoint,0,PwPortAt(endpoint)+1)+"*";
   PwZeroEnded(asked,address);
   if(dial)
      return(zmq_connect(m_socket,address)==0);
   return(zmq_bind(m_socket,address)==0);
  }
//+------------------------------------------------------------------+
//| Note why opening failed, and give the socket back                |
//+------------------------------------------------------------------+
bool CRouter::Fail(const string endpoint,const bool dial)
  {
   m_problem=endpoint+" cannot be used (libzmq says "+IntegerToString(zmq_errno())+"): ";
   if(dial)
      m_problem+="correct the address.";
   else
      m_problem+="stop the program that holds the port, or choose another one.";
   Close(false);
   return(false);
  }
//+------------------------------------------------------------------+
//| Learn the port that the system chose. The host stays as it was   |
//| given: the system writes it in other ways                        |
//+------------------------------------------------------------------+
void CRouter::Resolve(const string endpoint)
  {
   m_endpoint=endpoint;
   uchar text[PW_ENDPOINT_LIMIT];
   ArrayInitialize(text,0);
   ulong size=PW_ENDPOINT_LIMIT;
   if(zmq_getsockopt(m_socket,PW_ZMQ_LAST_ENDPOINT,text,size)!=0 || size<2)
      return;
   string found=CharArrayToString(text,0,(int)size-1,CP_UTF8);
   m_endpoint=StringSubstr(endpoint,0,PwPortAt(endpoint))+StringSubstr(found,PwPortAt(found));
  }
//+------------------------------------------------------------------+
//| Make the socket; false: see Problem                              |
//+------------------------------------------------------------------+
bool CRouter::Open(const long context,const string endpoint,const bool dial,const SPwCurve &curve,const int send_mark)
  {
   m_problem="";
   m_wait_ms=-1;
   ArrayResize(m_frame,PW_MAX_FRAME_TO_TERMINAL+1);
   m_socket=zmq_socket(context,PW_ZMQ_ROUTER);
   if(m_socket==0)
      return(Fail(endpoint,dial));
   if(!SetOptions(send_mark,endpoint) || !SetCurve(curve) || !Attach(endpoint,dial))
      return(Fail(endpoint,dial));
   m_endpoint=endpoint;
   if(!dial)
      Resolve(endpoint);
   return(true);
  }
//+------------------------------------------------------------------+
//| Give the socket back; a farewell lets the last frames leave      |
//+------------------------------------------------------------------+
void CRouter::Close(const bool farewell)
  {
   if(m_socket==0)
      return;
   if(farewell)
      SetNumber(PW_ZMQ_LINGER,PW_FAREWELL_MS,4);
   zmq_close(m_socket);
   m_socket=0;
  }
//+------------------------------------------------------------------+
//| Tell whether the message received goes on                        |
//+------------------------------------------------------------------+
bool CRouter::HasMore(void)
  {
   ulong size=4;
   PwWriteLittle(m_number,0,8,0);
   return(zmq_getsockopt(m_socket,PW_ZMQ_RCVMORE,m_number,size)==0 && m_number[0]!=0);
  }
//+------------------------------------------------------------------+
//| Receive one message, waiting at most so long for it              |
//+------------------------------------------------------------------+
ENUM_PW_RECEIVED CRouter::Receive(const int wait_ms)
  {
   int flags=PW_ZMQ_DONTWAIT;
   if(wait_ms>0)
     {
      if(m_wait_ms!=wait_ms && SetNumber(PW_ZMQ_RCVTIMEO,wait_ms,4))
         m_wait_ms=wait_ms;
      // Without a limit set a receive would wait for ever.
      if(m_wait_ms==wait_ms)
         flags=0;
     }
   m_sender.size=zmq_recv(m_socket,m_sender.id,PW_ROUTE_LIMIT+1,flags);
   if(m_sender.size<0)
      return(PW_RECEIVED_NOTHING);
   m_size=0;
   if(HasMore())
      m_size=zmq_recv(m_socket,m_frame,PW_MAX_FRAME_TO_TERMINAL+1,PW_ZMQ_DONTWAIT);
   bool several=false;
   while(HasMore())
     {
      several=true;
      if(zmq_recv(m_socket,m_frame,PW_MAX_FRAME_TO_TERMINAL+1,PW_ZMQ_DONTWAIT)<0)
         break;
     }
   if(several || m_size<0 || m_sender.size>PW_ROUTE_LIMIT)
      return(PW_RECEIVED_SEVERAL_PARTS);
   return(PW_RECEIVED_FRAME);
  }
//+------------------------------------------------------------------+
//| Begin a message to a peer; false: it is gone or takes no more.   |
//| After true the frame must follow                                 |
//+------------------------------------------------------------------+
bool CRouter::Address(const SPwRoute &receiver)
  {
   if(m_socket==0 || receiver.size<1)
      return(false);
   return(zmq_send(m_socket,receiver.id,(ulong)receiver.size,PW_ZMQ_DONTWAIT|PW_ZMQ_SNDMORE)>=0);
  }
//+------------------------------------------------------------------+
//| Send the frame of a message that was begun                       |
//+------------------------------------------------------------------+
bool CRouter::Send(const uchar &frame[],const int size)
  {
   return(zmq_send(m_socket,frame,(ulong)size,PW_ZMQ_DONTWAIT)>=0);
  }

#endif
