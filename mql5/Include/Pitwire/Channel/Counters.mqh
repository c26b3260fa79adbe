//+------------------------------------------------------------------+
//| Counters.mqh                                                     |
//| frames that were dropped, by the wire's names                    |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CHANNEL_COUNTERS_MQH
#define PITWIRE_CHANNEL_COUNTERS_MQH

#include <Pitwire/Codec/Frame.mqh>

//+------------------------------------------------------------------+
//| What a counter is called                                         |
//+------------------------------------------------------------------+
string PwCounterName(const ENUM_PW_FAULT fault)
  {
   switch(fault)
     {
      case PW_FAULT_FRAME:
         return(PW_COUNTED_FRAME);
      case PW_FAULT_SESSION:
         return(PW_COUNTED_SESSION);
      case PW_FAULT_SIGNATURE:
         return(PW_COUNTED_SIGNATURE);
      case PW_FAULT_SEQUENCE:
         return(PW_COUNTED_SEQUENCE);
      case PW_FAULT_HANDSHAKE:
         return(PW_COUNTED_HANDSHAKE);
      default:
         return("reply_unsent");
     }
  }
//+------------------------------------------------------------------+
//| Numbers since the start                                          |
//+------------------------------------------------------------------+
class CCounters
  {
private:
   long              m_count[PW_FAULTS];

public:
                     CCounters(void);
   void              Add(const ENUM_PW_FAULT fault);
   string            Text(void) const;
  };
//+------------------------------------------------------------------+
//| Begin at zero                                                    |
//+------------------------------------------------------------------+
CCounters::CCounters(void)
  {
   ArrayInitialize(m_count,0);
  }
//+------------------------------------------------------------------+
//| Count one                                                        |
//+------------------------------------------------------------------+
void CCounters::Add(const ENUM_PW_FAULT fault)
  {
   m_count[(int)fault]++;
  }
//+------------------------------------------------------------------+
//| What was counted, such as "signature 3, sequence 1"              |
//+------------------------------------------------------------------+
string CCounters::Text(void) const
  {
   string text="";
   for(int i=0; i<PW_FAULTS; i++)
     {
      if(m_count[i]==0)
         continue;
      if(StringLen(text)>0)
         text+=", ";
      text+=PwCounterName((ENUM_PW_FAULT)i)+" "+IntegerToString(m_count[i]);
     }
   return(text);
  }

#endif
