//+------------------------------------------------------------------+
//| Admission.mqh                                                    |
//| what may be executed at all                                      |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_ADMISSION_MQH
#define PITWIRE_DESK_ADMISSION_MQH

#include <Pitwire/Clock.mqh>
#include <Pitwire/Refusal.mqh>
#include <Pitwire/Settings.mqh>
#include <Pitwire/Desk/Guards.mqh>
#include <Pitwire/Desk/Journal.mqh>
#include <Pitwire/Desk/Permissions.mqh>
#include <Pitwire/Desk/TradeCommand.mqh>

class CAdmission
  {
private:
   CJournal          *m_account_book;
   CGuards           m_guards;
   ulong             m_login_pin;   // the only account that may trade, 0 = any

public:
   void              Open(SPwSettings &settings,CJournal &journal,CUnderWay &under_way);
   bool              MayExecute(const SPwTradeCommand &command,SPwRefusal &refusal) const;
   bool              StillMay(const SPwTradeCommand &command,string &why) const;
   bool              MayCheck(const SPwTradeCommand &command,SPwRefusal &refusal) const;

private:
   bool              IsOwnAccount(const SPwTradeCommand &command,SPwRefusal &refusal) const;
  };
//+------------------------------------------------------------------+
//| Take the limits of the inputs                                    |
//+------------------------------------------------------------------+
void CAdmission::Open(SPwSettings &settings,CJournal &journal,CUnderWay &under_way)
  {
   m_account_book=GetPointer(journal);
   m_login_pin=settings.login;
   m_guards.Open(settings,journal,under_way);
  }
//+------------------------------------------------------------------+
//| Check all that can forbid a command, in the wire's order         |
//+------------------------------------------------------------------+
bool CAdmission::MayExecute(const SPwTradeCommand &command,SPwRefusal &refusal) const
  {
   if(!IsOwnAccount(command,refusal))
      return(false);
   long late_ms=PwLatestMsc()-command.deadline_msc;
   if(late_ms>0)
     {
      string why="The deadline passed "+IntegerToString(late_ms)+" ms ago on the terminal's clock.";
      if(PwUtcMsc()<=command.deadline_msc)
         why="The terminal's clock was set back, and the deadline had passed before: start the Expert Advisor again.";
      PwRefuse(refusal,PW_REFUSAL_DEADLINE_PASSED,why,PW_FIELD_DEADLINE_MSC);
      return(false);
     }
   return(PwMayTrade(refusal) && m_guards.Allow(command,refusal));
  }
//+------------------------------------------------------------------+
//| Check once more, at the last moment, what time can have changed: |
//| the disk may have taken long                                     |
//+------------------------------------------------------------------+
bool CAdmission::StillMay(const SPwTradeCommand &command,string &why) const
  {
   why="The deadline passed while the journal was written; nothing was sent";
   if(PwLatestMsc()>command.deadline_msc)
      return(false);
   why="The account changed while the journal was written; nothing was sent";
   return(m_account_book.IsSignedIn());
  }
//+------------------------------------------------------------------+
//| Check that the command's account is signed in and may be used    |
//+------------------------------------------------------------------+
bool CAdmission::IsOwnAccount(const SPwTradeCommand &command,SPwRefusal &refusal) const
  {
   ulong login=m_account_book.Login();
   if(m_login_pin>0 && login!=m_login_pin)
     {
      PwRefuse(refusal,PW_REFUSAL_ACCOUNT_CHANGED,StringFormat("The account %I64u is signed in, and InpLogin allows only %I64u.",login,m_login_pin),PW_FIELD_LOGIN);
      return(false);
     }
   if(command.login==login)
      return(true);
   PwRefuse(refusal,PW_REFUSAL_ACCOUNT_CHANGED,StringFormat("The account %I64u is signed in, not %I64u.",login,command.login),PW_FIELD_LOGIN);
   return(false);
  }
//+------------------------------------------------------------------+
//| A dry run changes nothing, but it shall tell what a limit forbids|
//+------------------------------------------------------------------+
bool CAdmission::MayCheck(const SPwTradeCommand &command,SPwRefusal &refusal) const
  {
   return(m_guards.Allow(command,refusal));
  }

#endif
