//+------------------------------------------------------------------+
//| OnePerTimer.mq5                                                  |
//| the usual design, to measure against: at most one request in a   |
//| turn of the timer, and nothing else serves                       |
//+------------------------------------------------------------------+
#include <Pitwire/Channel/Peer.mqh>
#include <Pitwire/Channel/Random.mqh>
#include <Pitwire/Command/Dispatcher.mqh>
#include <Pitwire/Command/TradeCommands.mqh>
#include <Pitwire/Desk/Desk.mqh>
#include <Pitwire/Event/Feeds.mqh>

input string InpTerminal="demo";
input string InpCommands="tcp://127.0.0.1:0";
input string InpStream="tcp://127.0.0.1:0";
input bool   InpDial=false;
input bool   InpAllowPlain=false;

CPeer         ExtPeer;
CFeeds        ExtFeeds;
CDesk         ExtDesk;
CTradeCommands ExtTrade;
CDispatcher   ExtDispatcher;
CRandom       ExtRandom;

//+------------------------------------------------------------------+
//| Join the same parts that the Expert Advisor is made of           |
//+------------------------------------------------------------------+
int OnInit(void)
  {
   SPwSettings settings;
   settings.terminal=InpTerminal;
   settings.commands=InpCommands;
   settings.stream=InpStream;
   settings.dial=InpDial;
   settings.allow_plain=InpAllowPlain;
   settings.read_only=true;
   settings.max_volume=0.0;
   settings.max_total_volume=0.0;
   settings.symbols="";
   settings.max_orders_per_minute=0;
   settings.order_timeout_ms=15000;
   settings.login=0;
   ExtFeeds.Bind(ExtPeer);
   ExtTrade.Bind(ExtPeer,ExtDesk);
   ExtDispatcher.Bind(ExtPeer,ExtFeeds,ExtDesk,ExtTrade);
   SPwFacts facts;
   facts.login=(ulong)AccountInfoInteger(ACCOUNT_LOGIN);
   facts.server=AccountInfoString(ACCOUNT_SERVER);
   facts.build=(int)TerminalInfoInteger(TERMINAL_BUILD);
   facts.agent="OnePerTimer";
   facts.boot=ExtRandom.Number();
   facts.journal=0;
   facts.max_rows=PW_MAX_ROWS;
   ExtDispatcher.Identity(facts);
   ExtDesk.Open(settings,ExtRandom.Number());
   ExtPeer.Open(settings,ExtDispatcher);
   return(EventSetMillisecondTimer(10) ? INIT_SUCCEEDED : INIT_FAILED);
  }
//+------------------------------------------------------------------+
//| Give the sockets back                                            |
//+------------------------------------------------------------------+
void OnDeinit(const int reason)
  {
   EventKillTimer();
   ExtPeer.Close();
   ExtDesk.Close();
  }
//+------------------------------------------------------------------+
//| One request                                                      |
//+------------------------------------------------------------------+
void OnTimer(void)
  {
   ExtPeer.ServeOne();
  }
//+------------------------------------------------------------------+
