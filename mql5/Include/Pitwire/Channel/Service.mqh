//+------------------------------------------------------------------+
//| Service.mqh                                                      |
//| what the link asks of the terminal behind it                     |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CHANNEL_SERVICE_MQH
#define PITWIRE_CHANNEL_SERVICE_MQH

#include <Pitwire/Ticket.mqh>

//--- the fields of WELCOME that tell about the terminal
struct SPwFacts
  {
   ulong             login;
   string            server;
   int               build;
   string            agent;
   ulong             boot;
   ulong             journal;
   int               max_rows;
  };
//+------------------------------------------------------------------+
//| The terminal as its link sees it                                 |
//+------------------------------------------------------------------+
class CPwService
  {
public:
   virtual void      Facts(SPwFacts &facts);
   virtual void      Request(const SPwTicket &ticket,const uchar &body[]);
   virtual void      SessionEnded(const ulong session);
  };
//+------------------------------------------------------------------+
//| Tell who the terminal is                                         |
//+------------------------------------------------------------------+
void CPwService::Facts(SPwFacts &facts)
  {
   facts.login=0;
   facts.server="";
   facts.build=0;
   facts.agent="";
   facts.boot=0;
   facts.journal=0;
   facts.max_rows=0;
  }
//+------------------------------------------------------------------+
//| Answer a request by CPeer.Reply or CPeer.Refuse, now or later;   |
//| the body is not decoded yet                                      |
//+------------------------------------------------------------------+
void CPwService::Request(const SPwTicket &ticket,const uchar &body[])
  {
  }
//+------------------------------------------------------------------+
//| Forget what belonged to a session                                |
//+------------------------------------------------------------------+
void CPwService::SessionEnded(const ulong session)
  {
  }

#endif
