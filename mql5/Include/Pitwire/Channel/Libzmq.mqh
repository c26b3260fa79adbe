//+------------------------------------------------------------------+
//| Libzmq.mqh                                                       |
//| libzmq, imported under a name of its own, so that the DLL of     |
//| another product is never taken for ours                          |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CHANNEL_LIBZMQ_MQH
#define PITWIRE_CHANNEL_LIBZMQ_MQH

#include <Pitwire/Codec/Bytes.mqh>

//--- Handles are addresses, sizes are size_t: 64 bits both. Of errno only EAGAIN is compared: the
//--- other numbers differ between platforms.
#import "PitwireZmq.dll"
void  zmq_version(int &major_part,int &minor_part,int &patch_part);
int   zmq_has(const uchar &capability[]);
int   zmq_errno(void);
long  zmq_ctx_new(void);
int   zmq_ctx_term(long context);
long  zmq_socket(long context,int type);
int   zmq_close(long socket);
int   zmq_bind(long socket,const uchar &endpoint[]);
int   zmq_connect(long socket,const uchar &endpoint[]);
int   zmq_setsockopt(long socket,int option,const uchar &value[],ulong size);
int   zmq_getsockopt(long socket,int option,uchar &value[],ulong &size);
int   zmq_send(long socket,const uchar &data[],ulong size,int flags);
int   zmq_recv(long socket,uchar &data[],ulong size,int flags);
int   zmq_curve_keypair(uchar &public_key[],uchar &secret_part[]);
#import

#define PW_ZMQ_ROUTER            6
#define PW_ZMQ_DONTWAIT          1
#define PW_ZMQ_SNDMORE           2
#define PW_ZMQ_EAGAIN            11
#define PW_ZMQ_RCVMORE           13
#define PW_ZMQ_LINGER            17
#define PW_ZMQ_RECONNECT_IVL     18
#define PW_ZMQ_RECONNECT_IVL_MAX 21
#define PW_ZMQ_MAXMSGSIZE        22
#define PW_ZMQ_SNDHWM            23
#define PW_ZMQ_RCVHWM            24
#define PW_ZMQ_RCVTIMEO          27
#define PW_ZMQ_LAST_ENDPOINT     32
#define PW_ZMQ_ROUTER_MANDATORY  33
#define PW_ZMQ_IPV6              42
#define PW_ZMQ_CURVE_PUBLICKEY   48
#define PW_ZMQ_CURVE_SECRETKEY   49
#define PW_ZMQ_CURVE_SERVERKEY   50
#define PW_ZMQ_HANDSHAKE_IVL     66
#define PW_ZMQ_HEARTBEAT_IVL     75
#define PW_ZMQ_HEARTBEAT_TTL     76
#define PW_ZMQ_HEARTBEAT_TIMEOUT 77

#define PW_ZMQ_OLDEST            40304   // 4.3.4: older ones have known holes

//+------------------------------------------------------------------+
//| A text as libzmq takes it: UTF-8 with a zero behind it           |
//+------------------------------------------------------------------+
void PwZeroEnded(const string text,uchar &out[])
  {
   int count=PwTextBytes(text,out);
   ArrayResize(out,count+1);
   out[count]=0;
  }
//+------------------------------------------------------------------+
//| Tell what keeps this libzmq from being used; "" = nothing        |
//+------------------------------------------------------------------+
string PwCheckLibrary(void)
  {
   int major_part=0;
   int minor_part=0;
   int patch_part=0;
   zmq_version(major_part,minor_part,patch_part);
   if(major_part!=4 || 10000*major_part+100*minor_part+patch_part<PW_ZMQ_OLDEST)
     {
      string found=IntegerToString(major_part)+"."+IntegerToString(minor_part)+"."+IntegerToString(patch_part);
      return("MQL5\\Libraries\\PitwireZmq.dll is libzmq "+found+": put in version 4.3.4 or a later 4.x.");
     }
   uchar curve[];
   PwZeroEnded("curve",curve);
   if(zmq_has(curve)!=1)
      return("MQL5\\Libraries\\PitwireZmq.dll was built without CURVE: put in a libzmq that has it.");
   return("");
  }

#endif
