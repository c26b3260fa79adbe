//+------------------------------------------------------------------+
//| endings.mq5                                                      |
//| every way in which a program ends, and each critical error       |
//+------------------------------------------------------------------+
#property version "1.00"

input string InpCase="run";
input int    InpNumber=0;

class CTarget
  {
public:
   void              Use(void) { Print("used"); }
  };

class CUser
  {
private:
   CTarget          *m_target;

public:
   void              Bind(CTarget &target) { m_target=GetPointer(target); }
   void              Use(void) { m_target.Use(); }
  };

CUser ExtUser;
int   ExtTimers=0;
//+------------------------------------------------------------------+
//| Bind an object that is gone when the function returns            |
//+------------------------------------------------------------------+
void BindLocal(void)
  {
   CTarget target;
   ExtUser.Bind(target);
   ExtUser.Use();
  }
//+------------------------------------------------------------------+
//| Read a row of any array                                          |
//+------------------------------------------------------------------+
int Row(const int &rows[],const int at)
  {
   return(rows[at]);
  }
//+------------------------------------------------------------------+
//| Errors that stop a program at once                               |
//+------------------------------------------------------------------+
void Break(void)
  {
   int fixed[3]={1,2,3};
   int empty[];
   if(InpCase=="fixed")
      Print(fixed[InpNumber]);
   if(InpCase=="view")
      Print(Row(fixed,InpNumber));
   if(InpCase=="empty")
      Print(empty[InpNumber]);
   if(InpCase=="divide")
      Print(7/InpNumber);
   if(InpCase=="rest")
      Print(7%InpNumber);
   if(InpCase=="unset")
      ExtUser.Use();
   if(InpCase=="gone")
     {
      BindLocal();
      ExtUser.Use();
     }
  }
//+------------------------------------------------------------------+
//| Start                                                            |
//+------------------------------------------------------------------+
int OnInit(void)
  {
   Print("init ",InpCase," ",InpNumber);
   if(InpCase=="refuse")
      return(INIT_FAILED);
   if(InpCase=="remove in init")
      ExpertRemove();
   EventSetMillisecondTimer(20);
   Break();
   return(INIT_SUCCEEDED);
  }
//+------------------------------------------------------------------+
//| End                                                              |
//+------------------------------------------------------------------+
void OnDeinit(const int reason)
  {
   Print("deinit ",reason," ",UninitializeReason()," ",IsStopped());
   while(InpCase=="slow deinit")
      ExtTimers++;
  }
//+------------------------------------------------------------------+
//| Timer                                                            |
//+------------------------------------------------------------------+
void OnTimer(void)
  {
   ExtTimers++;
   if(ExtTimers==1)
      Print("timer");
   if(InpCase=="remove" || InpCase=="slow deinit")
     {
      ExpertRemove();
      Print("still here ",IsStopped());
     }
   if(InpCase=="stuck")
     {
      ExpertRemove();
      while(ExtTimers>0)
         ExtTimers=1;
     }
   if(InpCase=="sleep")
     {
      Sleep(60000);
      Print("awake ",IsStopped());
     }
  }
//+------------------------------------------------------------------+
