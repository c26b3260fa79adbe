//+------------------------------------------------------------------+
//| Expert.mqh                                                       |
//| the rooms of the Expert Advisor, joined                          |
//+------------------------------------------------------------------+
#ifndef PITWIRE_EXPERT_MQH
#define PITWIRE_EXPERT_MQH

#include <Pitwire/Clock.mqh>
#include <Pitwire/Log.mqh>
#include <Pitwire/NameLock.mqh>
#include <Pitwire/SettingsCheck.mqh>
#include <Pitwire/StatusBoard.mqh>
#include <Pitwire/Channel/Peer.mqh>
#include <Pitwire/Command/Dispatcher.mqh>
#include <Pitwire/Command/TradeCommands.mqh>
#include <Pitwire/Desk/Desk.mqh>
#include <Pitwire/Event/Feeds.mqh>

#define PW_TIMER_MS    10       // a terminal gives a turn every 10 to 16 ms at best
#define PW_TURN_MS     14       // of the timer's 15.6: a turn that is still on when the next is due loses that one
#define PW_WAIT_MS     3        // for a frame, before the market is looked at again
#define PW_AGENT       "Pitwire EA "

//+------------------------------------------------------------------+
//| Everything happens in here: serving, pulses, the state shown     |
//+------------------------------------------------------------------+
class CExpert
  {
private:
   SPwSettings       m_inputs;
   CRandom           m_random;
   CNameLock         m_lock;
   CPeer             m_link;
   CDesk             m_trading;
   CTradeCommands    m_orders;
   CFeeds            m_events;
   CDispatcher       m_dispatcher;
   string            m_account;        // login and server that the sessions were told
   bool              m_serving;        // the name is ours and the desk is open
   ulong             m_until_ms;       // monotonic: end of the timer's turn
   CStatusBoard      m_board;

   string            Unusable(const SPwSettings &settings) const;
   void              Begin(void);
   void              Stop(void);
   void              FollowAccount(void);
   void              ServeFor(const int wait_ms);
   void              Turn(void);
   void              ShowStatus(void);
   string            TradingState(void) const;

public:
                     CExpert(void);
   int               Init(SPwSettings &settings);
   void              Deinit(const int reason);
   void              OnTimer(void);
   void              OnTick(void);
   void              OnTransaction(const MqlTradeTransaction &transaction,const MqlTradeRequest &request,const MqlTradeResult &result);
   void              OnBook(const string symbol);
  };
//+------------------------------------------------------------------+
//| Begin asleep                                                     |
//+------------------------------------------------------------------+
CExpert::CExpert(void)
  {
   m_account="";
   m_serving=false;
   m_until_ms=0;
  }
//+------------------------------------------------------------------+
//| What only other inputs or other files can mend; "": nothing      |
//+------------------------------------------------------------------+
string CExpert::Unusable(const SPwSettings &settings) const
  {
   string wrong=PwCheckSettings(settings);
   if(StringLen(wrong)>0)
      return(wrong);
   if(MQLInfoInteger(MQL_DLLS_ALLOWED)==0)
      return("Tick Allow DLL imports in the properties of the Expert Advisor, or in Tools, Options, Expert Advisors.");
   return(PwCheckLibrary());
  }
//+------------------------------------------------------------------+
//| Start; what may mend itself is tried again by the timer          |
//+------------------------------------------------------------------+
int CExpert::Init(SPwSettings &settings)
  {
   m_inputs=settings;
   m_board.Clear();
   string wrong=Unusable(m_inputs);
   if(StringLen(wrong)>0)
     {
      PwLog(wrong);
      Comment("Pitwire: "+wrong);
      return(INIT_FAILED);
     }
   PwClockReady();
   m_events.Bind(m_link);
   m_orders.Bind(m_link,m_trading);
   m_dispatcher.Bind(m_link,m_events,m_trading,m_orders);
   Begin();
   ShowStatus();
   if(EventSetMillisecondTimer(PW_TIMER_MS))
      return(INIT_SUCCEEDED);
   PwLog("the terminal gave no timer: attach the Expert Advisor again.");
   Deinit(REASON_INITFAILED);
   return(INIT_FAILED);
  }
//+------------------------------------------------------------------+
//| Take the name, open the desk, open the link                      |
//+------------------------------------------------------------------+
void CExpert::Begin(void)
  {
   if(!m_lock.Take(m_inputs.terminal,m_random.Number()))
      return;
   m_serving=true;
   m_trading.Open(m_inputs,m_random.Number());
   SPwFacts facts;
   facts.login=(ulong)AccountInfoInteger(ACCOUNT_LOGIN);
   facts.server=AccountInfoString(ACCOUNT_SERVER);
   m_account=IntegerToString((long)facts.login)+" "+facts.server;
   facts.build=(int)TerminalInfoInteger(TERMINAL_BUILD);
   facts.agent=PW_AGENT+PW_AGENT_VERSION;
   facts.boot=m_random.Number();
   facts.journal=m_trading.Journal();
   facts.max_rows=PW_MAX_ROWS;
   m_dispatcher.Identity(facts);
   m_link.Open(m_inputs,m_dispatcher);
  }
//+------------------------------------------------------------------+
//| Stop. The sockets are always given back, so that no port stays   |
//| taken when the chart changes                                     |
//+------------------------------------------------------------------+
void CExpert::Deinit(const int reason)
  {
   EventKillTimer();
   Stop();
   // The reason why a start failed stays to be read.
   if(reason!=REASON_INITFAILED)
      Comment("");
  }
//+------------------------------------------------------------------+
//| Give everything back                                             |
//+------------------------------------------------------------------+
void CExpert::Stop(void)
  {
   if(!m_serving)
      return;
   m_serving=false;
   m_link.Close();
   m_events.Deinit();
   m_trading.Close();
   m_lock.Release();
  }
//+------------------------------------------------------------------+
//| With another account every session ends, so that every bridge    |
//| reads the new login; the desk follows by itself                  |
//+------------------------------------------------------------------+
void CExpert::FollowAccount(void)
  {
   string account=IntegerToString(AccountInfoInteger(ACCOUNT_LOGIN))+" "+AccountInfoString(ACCOUNT_SERVER);
   if(account==m_account)
      return;
   m_account=account;
   m_link.EndAll();
  }
//+------------------------------------------------------------------+
//| Serve, settle what the trade server answered, push what is new   |
//+------------------------------------------------------------------+
void CExpert::ServeFor(const int wait_ms)
  {
   m_link.Serve(wait_ms);
   m_trading.Pulse();
   m_orders.Settle();
   m_events.Pulse();
  }
//+------------------------------------------------------------------+
//| Serve until the timer's turn is over. While the trade server is  |
//| to answer it rests, so that OnTradeTransaction comes at once     |
//+------------------------------------------------------------------+
void CExpert::Turn(void)
  {
   ServeFor(0);
   while(!IsStopped() && m_link.IsOpen() && !m_trading.Waiting())
     {
      ulong now_ms=PwMonotonicMs();
      if(now_ms>=m_until_ms)
         return;
      ServeFor(MathMin(PW_WAIT_MS,(int)(m_until_ms-now_ms)));
     }
  }
//+------------------------------------------------------------------+
//| The timer                                                        |
//+------------------------------------------------------------------+
void CExpert::OnTimer(void)
  {
   if(m_serving && !m_lock.Renew())
     {
      PwLog("another Expert Advisor has taken the name "+m_inputs.terminal+".");
      Stop();
     }
   if(m_serving)
     {
      FollowAccount();
      m_until_ms=PwMonotonicMs()+PW_TURN_MS;
      Turn();
     }
   ShowStatus();
  }
//+------------------------------------------------------------------+
//| A tick of the chart's symbol                                     |
//+------------------------------------------------------------------+
void CExpert::OnTick(void)
  {
   if(m_serving)
      ServeFor(0);
  }
//+------------------------------------------------------------------+
//| Something happened to orders, deals or positions. What follows a |
//| trade does not wait for the timer: the turn goes on              |
//+------------------------------------------------------------------+
void CExpert::OnTransaction(const MqlTradeTransaction &transaction,const MqlTradeRequest &request,const MqlTradeResult &result)
  {
   if(!m_serving)
      return;
   SPwTradeResult answer;
   ZeroMemory(answer);
   string request_id=m_trading.CauseOf(transaction,request,result,answer);
   m_trading.OnTransaction(transaction,request,result);
   m_orders.Settle();
   m_events.OnTransaction(transaction,request_id,answer);
   Turn();
  }
//+------------------------------------------------------------------+
//| A book changed                                                   |
//+------------------------------------------------------------------+
void CExpert::OnBook(const string symbol)
  {
   if(!m_serving)
      return;
   m_events.OnBook(symbol);
   ServeFor(0);
  }
//+------------------------------------------------------------------+
//| What forbids trading, or that nothing does                       |
//+------------------------------------------------------------------+
string CExpert::TradingState(void) const
  {
   if(m_inputs.login!=0 && m_inputs.login!=(ulong)AccountInfoInteger(ACCOUNT_LOGIN))
      return("Trading is off: another account than InpLogin is signed in.");
   string trouble=m_trading.Trouble();
   if(StringLen(trouble)>0)
      return(trouble);
   return("trading allowed");
  }
//+------------------------------------------------------------------+
//| Once a second: report the load, show the state, and try to get   |
//| the name if it is not ours                                       |
//+------------------------------------------------------------------+
void CExpert::ShowStatus(void)
  {
   if(!m_board.IsDue())
      return;
   if(!m_serving)
      Begin();
   m_events.Load(m_link.Queued(),m_link.TakeBusyUs());
   string state=m_link.Status();
   if(!m_serving)
      state="another Expert Advisor in this terminal has this name: remove it, or change InpTerminal.";
   ulong sessions[];
   string load="sessions "+IntegerToString(m_link.LiveSessions(sessions))+", queued "+IntegerToString(m_link.Queued());
   load+=", dropped "+IntegerToString((long)m_events.Dropped());
   m_board.Show(m_inputs.terminal,state,load,m_link.Counters(),TradingState());
  }

#endif
