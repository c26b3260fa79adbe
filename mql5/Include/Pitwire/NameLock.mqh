//+------------------------------------------------------------------+
//| NameLock.mqh                                                     |
//| one Expert Advisor per name in a terminal                        |
//+------------------------------------------------------------------+
#ifndef PITWIRE_NAMELOCK_MQH
#define PITWIRE_NAMELOCK_MQH

#include <Pitwire/Codec/Bytes.mqh>

#define PW_LOCK_STALE_MS  10000
#define PW_LOCK_RENEW_MS  1000
#define PW_LOCK_PARTS     4096     // the holder's mark is a fraction of this

//+------------------------------------------------------------------+
//| The lock is a variable of the terminal that ends with it. Its    |
//| value is when it was renewed, in milliseconds of the machine's   |
//| uptime, with the holder's mark behind the point                  |
//+------------------------------------------------------------------+
class CNameLock
  {
private:
   string            m_variable;
   double            m_mark;
   double            m_held;        // the value written last, 0 = the lock is not held

   bool              Write(const double instead_of);

public:
                     CNameLock(void);
   bool              Take(const string name,const ulong random);
   bool              Renew(void);
   void              Release(void);
  };
//+------------------------------------------------------------------+
//| Begin without the lock                                           |
//+------------------------------------------------------------------+
CNameLock::CNameLock(void)
  {
   m_variable="";
   m_mark=0.0;
   m_held=0.0;
  }
//+------------------------------------------------------------------+
//| Write the value if the variable still has the one expected       |
//+------------------------------------------------------------------+
bool CNameLock::Write(const double instead_of)
  {
   double value=(double)GetTickCount64()+m_mark;
   if(!GlobalVariableSetOnCondition(m_variable,value,instead_of))
      return(false);
   m_held=value;
   return(true);
  }
//+------------------------------------------------------------------+
//| Take the lock; false: another one holds it                       |
//+------------------------------------------------------------------+
bool CNameLock::Take(const string name,const ulong random)
  {
   uchar bytes[];
   int count=PwTextBytes(name,bytes);
   // A variable's name is shorter than a terminal's may be.
   m_variable="Pitwire."+IntegerToString((long)(PwHash(bytes,0,count,PW_HASH_BASIS)>>1));
   m_mark=(double)(1+random%(PW_LOCK_PARTS-1))/(double)PW_LOCK_PARTS;
   m_held=0.0;
   if(!GlobalVariableCheck(m_variable))
      GlobalVariableTemp(m_variable);
   double found=GlobalVariableGet(m_variable);
   double now=(double)GetTickCount64();
   // A holder that crashed renews no more; one from the future is of another run of the machine.
   bool stale=(found<=0.0 || now-found>(double)PW_LOCK_STALE_MS || found>now+1.0);
   return(stale && Write(found));
  }
//+------------------------------------------------------------------+
//| Keep the lock; false: another one has taken it                   |
//+------------------------------------------------------------------+
bool CNameLock::Renew(void)
  {
   if(m_held<=0.0)
      return(false);
   if((double)GetTickCount64()-m_held<(double)PW_LOCK_RENEW_MS)
      return(true);
   if(Write(m_held))
      return(true);
   m_held=0.0;
   return(false);
  }
//+------------------------------------------------------------------+
//| Give the lock back                                               |
//+------------------------------------------------------------------+
void CNameLock::Release(void)
  {
   if(m_held>0.0)
      GlobalVariableSetOnCondition(m_variable,0.0,m_held);
   m_held=0.0;
  }

#endif
