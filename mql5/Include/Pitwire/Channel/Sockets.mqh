//+------------------------------------------------------------------+
//| Sockets.mqh                                                      |
//| the two ROUTERs of a terminal: commands and stream               |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CHANNEL_SOCKETS_MQH
#define PITWIRE_CHANNEL_SOCKETS_MQH

#include <Pitwire/Settings.mqh>
#include <Pitwire/Channel/Router.mqh>

#define PW_SEND_MARK_COMMANDS 1000
#define PW_SEND_MARK_STREAM   10000

//+------------------------------------------------------------------+
//| Opened and closed together, in a context of their own            |
//+------------------------------------------------------------------+
class CSockets
  {
private:
   long              m_context;
   string            m_asked[2];      // by the settings
   string            m_bound[2];      // the same with the port that was free
   string            m_problem;

   bool              OpenOne(const int channel,const string asked,const bool dial,const SPwCurve &curve);
   bool              Fail(const string problem);

public:
   CRouter           m_router[2];     // by channel

                     CSockets(void);
   bool              Open(const SPwSettings &settings,const SPwCurve &curve);
   void              Close(const bool farewell);
   bool              IsOpen(void) const { return(m_context!=0); }
   string            Problem(void) const { return(m_problem); }
  };
//+------------------------------------------------------------------+
//| Begin without sockets                                            |
//+------------------------------------------------------------------+
CSockets::CSockets(void)
  {
   m_context=0;
   m_problem="";
  }
//+------------------------------------------------------------------+
//| Note why opening failed, and give back what was opened           |
//+------------------------------------------------------------------+
bool CSockets::Fail(const string problem)
  {
   m_problem=problem;
   Close(false);
   return(false);
  }
//+------------------------------------------------------------------+
//| Open one socket. A free port once found is taken again after a   |
//| change of the chart, so that bridges find the terminal           |
//+------------------------------------------------------------------+
bool CSockets::OpenOne(const int channel,const string asked,const bool dial,const SPwCurve &curve)
  {
   string endpoint=asked;
   if(m_asked[channel]==asked && StringLen(m_bound[channel])>0)
      endpoint=m_bound[channel];
   int send_mark=PW_SEND_MARK_COMMANDS;
   if(channel==PW_WIRE_CHANNEL_STREAM)
      send_mark=PW_SEND_MARK_STREAM;
   if(!m_router[channel].Open(m_context,endpoint,dial,curve,send_mark))
      return(Fail(m_router[channel].Problem()));
   m_asked[channel]=asked;
   m_bound[channel]=m_router[channel].Endpoint();
   return(true);
  }
//+------------------------------------------------------------------+
//| Open both sockets; false: see Problem                            |
//+------------------------------------------------------------------+
bool CSockets::Open(const SPwSettings &settings,const SPwCurve &curve)
  {
   m_problem="";
   bool local=PwIsLoopback(PwHostOf(settings.commands)) && PwIsLoopback(PwHostOf(settings.stream));
   if(!curve.given && !local && !settings.allow_plain)
      return(Fail("the endpoints can be reached from outside: install CURVE keys with 'pitwire terminals install', or use 127.0.0.1."));
   m_context=zmq_ctx_new();
   if(m_context==0)
      return(Fail("libzmq made no context: restart the terminal."));
   if(!OpenOne(PW_WIRE_CHANNEL_COMMANDS,settings.commands,settings.dial,curve))
      return(false);
   return(OpenOne(PW_WIRE_CHANNEL_STREAM,settings.stream,settings.dial,curve));
  }
//+------------------------------------------------------------------+
//| Give everything back; a farewell lets the last frames leave      |
//+------------------------------------------------------------------+
void CSockets::Close(const bool farewell)
  {
   for(int channel=0; channel<2; channel++)
      m_router[channel].Close(farewell);
   if(m_context==0)
      return;
   zmq_ctx_term(m_context);
   m_context=0;
  }

#endif
