//+------------------------------------------------------------------+
//| Settings.mqh                                                     |
//| what the operator has chosen in the inputs                       |
//+------------------------------------------------------------------+
#ifndef PITWIRE_SETTINGS_MQH
#define PITWIRE_SETTINGS_MQH

#define PW_FOLDER        "Pitwire"

struct SPwSettings
  {
   string            terminal;                // name, also of the files in MQL5/Files/Pitwire
   string            commands;                // endpoints: to bind, or of a bridge to connect to
   string            stream;
   bool              dial;
   bool              allow_plain;             // leave the machine without encryption
   bool              read_only;
   double            max_volume;              // lots per order, 0 = no limit
   double            max_total_volume;        // lots open and pending, 0 = no limit
   string            symbols;                 // masks separated by commas, "" = all
   int               max_orders_per_minute;   // 0 = no limit
   int               order_timeout_ms;        // how long an answer of the trade server is awaited
   ulong             login;                   // the only account that may trade, 0 = any
  };

#endif
