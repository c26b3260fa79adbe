//+------------------------------------------------------------------+
//| StatusBoard.mqh                                                  |
//| the state in the corner of the chart                             |
//+------------------------------------------------------------------+
#ifndef PITWIRE_STATUSBOARD_MQH
#define PITWIRE_STATUSBOARD_MQH

#include <Pitwire/Clock.mqh>
#include <Pitwire/Settings.mqh>
#include <Pitwire/Codec/WireConstants.mqh>

#define PW_STATUS_MS 1000

//+------------------------------------------------------------------+
//| Four lines: the link, its load, what was refused, and trading    |
//+------------------------------------------------------------------+
class CStatusBoard
  {
private:
   ulong             m_due_ms;
   string            m_shown;

public:
                     CStatusBoard(void);
   void              Clear(void);
   bool              IsDue(void);
   void              Show(const string terminal,const string link,const string load,const string refused,const string trading);
  };
//+------------------------------------------------------------------+
//| Begin empty                                                      |
//+------------------------------------------------------------------+
CStatusBoard::CStatusBoard(void)
  {
   Clear();
  }
//+------------------------------------------------------------------+
//| Show again whatever comes next                                   |
//+------------------------------------------------------------------+
void CStatusBoard::Clear(void)
  {
   m_due_ms=0;
   m_shown="";
  }
//+------------------------------------------------------------------+
//| Tell, once a second, that it is time to look at the state        |
//+------------------------------------------------------------------+
bool CStatusBoard::IsDue(void)
  {
   ulong now_ms=PwMonotonicMs();
   if(now_ms<m_due_ms)
      return(false);
   m_due_ms=now_ms+PW_STATUS_MS;
   return(true);
  }
//+------------------------------------------------------------------+
//| Show the state if it has changed                                 |
//+------------------------------------------------------------------+
void CStatusBoard::Show(const string terminal,const string link,const string load,const string refused,const string trading)
  {
   string dropped=refused;
   if(StringLen(dropped)==0)
      dropped="none";
   string text="Pitwire "+PW_AGENT_VERSION+" "+terminal+": "+link+"\n"+load+"\n";
   text+="refused frames: "+dropped+"\n"+trading;
   if(text==m_shown)
      return;
   m_shown=text;
   Comment(text);
  }

#endif
