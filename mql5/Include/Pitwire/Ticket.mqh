//+------------------------------------------------------------------+
//| Ticket.mqh                                                       |
//| which request an answer belongs to                               |
//+------------------------------------------------------------------+
#ifndef PITWIRE_TICKET_MQH
#define PITWIRE_TICKET_MQH

struct SPwTicket
  {
   ulong             session;
   ulong             sequence;   // of the request, repeated in `answers`
   int               kind;       // PW_COMMAND_...
   int               channel;    // PW_WIRE_CHANNEL_...
  };

#endif
