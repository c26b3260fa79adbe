//+------------------------------------------------------------------+
//| Topic.mqh                                                        |
//| what a session subscribes to                                     |
//+------------------------------------------------------------------+
#ifndef PITWIRE_EVENT_TOPIC_MQH
#define PITWIRE_EVENT_TOPIC_MQH

struct SPwTopic
  {
   int               channel;     // PW_CHANNEL_...
   string            symbol;      // "" for ACCOUNT and TRADES
   int               timeframe;   // 0 for all but BARS
  };

#endif
