//+------------------------------------------------------------------+
//| Requests.mq5                                                     |
//| any bytes as a command: its number, then the body                |
//+------------------------------------------------------------------+
#property copyright   "Pitwire contributors, Apache License 2.0"
#property version     "0.10"

#include <Pitwire/Channel/Peer.mqh>
#include <Pitwire/Command/Dispatcher.mqh>
#include <Pitwire/Command/TradeCommands.mqh>
#include <Pitwire/Desk/Desk.mqh>
#include <Pitwire/Event/Feeds.mqh>
#include "Replay.mqh"

#define PW_SESSION 1

//+------------------------------------------------------------------+
//| The commands of a terminal that has no market and no sockets:    |
//| the bodies are read to the end, then nothing is found            |
//+------------------------------------------------------------------+
class CCommandsAlone
  {
private:
   CPeer             m_link;
   CDesk             m_trading;
   CTradeCommands    m_orders;
   CFeeds            m_events;
   CDispatcher       m_dispatcher;
   CFields           m_request;
   uchar             m_body[];

public:
                     CCommandsAlone(void);
   bool              Take(const uchar &data[]);
  };
//+------------------------------------------------------------------+
//| Join the rooms                                                   |
//+------------------------------------------------------------------+
CCommandsAlone::CCommandsAlone(void)
  {
   m_events.Bind(m_link);
   m_orders.Bind(m_link,m_trading);
   m_dispatcher.Bind(m_link,m_events,m_trading,m_orders);
  }
//+------------------------------------------------------------------+
//| Take a command; false: its body is none                          |
//+------------------------------------------------------------------+
bool CCommandsAlone::Take(const uchar &data[])
  {
   int size=ArraySize(data);
   if(size<1)
      return(false);
   ArrayResize(m_body,size-1);
   ArrayCopy(m_body,data,0,1,size-1);
   SPwTicket ticket;
   ticket.session=PW_SESSION;
   ticket.sequence=1;
   ticket.kind=(int)data[0];
   ticket.channel=PW_WIRE_CHANNEL_COMMANDS;
   m_dispatcher.Request(ticket,m_body);
   m_dispatcher.SessionEnded(PW_SESSION);
   return(m_request.Read(m_body));
  }

CCommandsAlone ExtCommands;

//+------------------------------------------------------------------+
//| One input                                                        |
//+------------------------------------------------------------------+
string PwFuzz(const uchar &data[])
  {
   return(ExtCommands.Take(data) ? "read" : "refused");
  }
//+------------------------------------------------------------------+
//| The inputs of the corpus                                         |
//+------------------------------------------------------------------+
void OnStart(void)
  {
   PwReplay();
  }
