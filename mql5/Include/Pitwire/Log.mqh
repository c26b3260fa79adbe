//+------------------------------------------------------------------+
//| Log.mqh                                                          |
//| one way to write to the terminal's Experts tab; never a secret   |
//+------------------------------------------------------------------+
#ifndef PITWIRE_LOG_MQH
#define PITWIRE_LOG_MQH

//+------------------------------------------------------------------+
//| Write one line                                                   |
//+------------------------------------------------------------------+
void PwLog(const string message)
  {
   Print("Pitwire: ",message);
  }

#endif
