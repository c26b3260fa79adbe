//+------------------------------------------------------------------+
//| Outboxes.mq5                                                     |
//| what the outboxes send through a peer whose sockets are full     |
//+------------------------------------------------------------------+
#property script_show_inputs

#include <Pitwire/Codec/PackReader.mqh>

//--- this peer stands in the place of the real one
#define PITWIRE_CHANNEL_PEER_MQH

class CPeer
  {
private:
   CPackReader       m_reader;
   ulong             m_slow;       // session whose socket takes `m_room` events more
   int               m_room;
   int               m_trades;

   void              Tell(const ulong session,const int kind,const CPackWriter &body);

public:
                     CPeer(void) { m_slow=0; m_room=0; m_trades=0; }
   void              Limit(const ulong session,const int room);
   bool              Push(const ulong session,const int kind,CPackWriter &body);
   int               LiveSessions(ulong &sessions[]) const;
   int               Trades(void) const { return(m_trades); }
  };

#include <Pitwire/Event/TradeFeed.mqh>

//+------------------------------------------------------------------+
//| Let the socket of a session take so many events more             |
//+------------------------------------------------------------------+
void CPeer::Limit(const ulong session,const int room)
  {
   m_slow=session;
   m_room=room;
  }
//+------------------------------------------------------------------+
//| Take an event, or be full                                        |
//+------------------------------------------------------------------+
bool CPeer::Push(const ulong session,const int kind,CPackWriter &body)
  {
   if(session==m_slow)
     {
      if(m_room==0)
         return(false);
      m_room--;
     }
   Tell(session,kind,body);
   return(true);
  }
//+------------------------------------------------------------------+
//| Print what an event says; transactions are only counted          |
//+------------------------------------------------------------------+
void CPeer::Tell(const ulong session,const int kind,const CPackWriter &body)
  {
   string who=IntegerToString((long)session);
   if(kind==PW_EVENT_TRADE)
     {
      m_trades++;
      return;
     }
   m_reader.Read(body.m_frame,PW_HEADER_SIZE,body.Size());
   int place=m_reader.Find(PW_FIELD_SYMBOL);
   string symbol=(place<0 ? "" : " "+m_reader.AsText(place));
   if(kind==PW_EVENT_TICKS)
     {
      Print(who+" ticks"+symbol);
      return;
     }
   long channel=m_reader.AsLong(m_reader.Find(PW_FIELD_CHANNEL));
   long dropped=m_reader.AsLong(m_reader.Find(PW_FIELD_DROPPED));
   Print(who+" gap "+IntegerToString(channel)+symbol+" "+IntegerToString(dropped));
  }
//+------------------------------------------------------------------+
//| Nobody gets heartbeats here                                      |
//+------------------------------------------------------------------+
int CPeer::LiveSessions(ulong &sessions[]) const
  {
   return(ArrayResize(sessions,0));
  }

CPeer       ExtPeer;
COutboxes   ExtOutboxes;
CTradeFeed  ExtTrades;
CPackWriter ExtBody;
//+------------------------------------------------------------------+
//| Push an event of a symbol to all                                 |
//+------------------------------------------------------------------+
void PushTicks(const ulong listeners,const string symbol)
  {
   PwOpenEvent(ExtBody,1);
   ExtBody.KeyText(PW_FIELD_SYMBOL,symbol);
   ExtOutboxes.Push(listeners,PW_CHANNEL_TICKS,symbol,PW_EVENT_TICKS,ExtBody);
  }
//+------------------------------------------------------------------+
//| Print the figures                                                |
//+------------------------------------------------------------------+
void TellFigures(void)
  {
   string dropped=IntegerToString((long)ExtOutboxes.Dropped());
   Print("dropped "+dropped+" waiting "+IntegerToString(ExtOutboxes.Waiting()));
  }
//+------------------------------------------------------------------+
//| Sessions 7 and 9 listen; the socket of 7 is full at times        |
//+------------------------------------------------------------------+
void OnStart(void)
  {
   ExtOutboxes.Bind(ExtPeer);
   ulong slow=ExtOutboxes.Open(7);
   ulong both=slow|ExtOutboxes.Open(9);
   PushTicks(both,"EURUSD");
   ExtPeer.Limit(7,0);
   PushTicks(both,"EURUSD");
   PushTicks(both,"GBPUSD");
   TellFigures();
   ExtPeer.Limit(7,1);
   ExtOutboxes.Announce();
   PushTicks(slow,"EURUSD");
   ExtPeer.Limit(7,0);
   ExtOutboxes.Announce();
   TellFigures();
   PushTicks(both^slow,"EURUSD");
   ExtPeer.Limit(0,0);
   ExtOutboxes.Announce();
   PushTicks(both,"GBPUSD");
   TellFigures();
   TellOverflow(slow);
  }
//+------------------------------------------------------------------+
//| Let more transactions come than fit between two pulses           |
//+------------------------------------------------------------------+
void TellOverflow(const ulong listener)
  {
   MqlTradeTransaction transaction;
   SPwTradeResult result;
   ZeroMemory(transaction);
   ZeroMemory(result);
   ExtTrades.Join(listener);
   for(int i=0; i<PW_TRADE_RING+6; i++)
      ExtTrades.OnTransaction(transaction,"",result);
   ExtTrades.Pulse(ExtOutboxes);
   Print("7 trades "+IntegerToString(ExtPeer.Trades()));
   ExtOutboxes.Announce();
   TellFigures();
  }
//+------------------------------------------------------------------+
