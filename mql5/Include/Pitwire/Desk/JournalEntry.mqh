//+------------------------------------------------------------------+
//| JournalEntry.mqh                                                 |
//| what is known of one request id, and its lines in the file       |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_JOURNALENTRY_MQH
#define PITWIRE_DESK_JOURNALENTRY_MQH

#include <Pitwire/Desk/JournalLine.mqh>
#include <Pitwire/Record/TradeResultRecord.mqh>

#define PW_LINE_RECEIVED "received"
#define PW_LINE_DONE     "done"

struct SPwEntry
  {
   string            request_id;
   string            content;
   int               state;          // PW_JOURNAL_...
   long              received_msc;   // UTC
   long              from_s;         // broker's wall clock: what it caused is no older
   long              to_s;           // and no younger
   ulong             above;          // and its order has a higher number
   MqlTradeRequest   request;
   SPwTradeResult    result;         // retcode 0 = none yet
   long              received_ms;    // monotonic
   bool              shown;          // the account's books show what it came to
   bool              unsaved;        // its result is not in the file yet
   int               next;           // with the same hash, -1 = none
  };
//+------------------------------------------------------------------+
//| Empty a result                                                   |
//+------------------------------------------------------------------+
void PwClearResult(SPwTradeResult &result)
  {
   result.retcode=0;
   result.retcode_external=0;
   result.deal=0;
   result.order=0;
   result.position=0;
   result.volume=0.0;
   result.price=0.0;
   result.bid=0.0;
   result.ask=0.0;
   result.comment="";
   result.type_filling=0;
   result.time_msc=0;
   result.digits=0;
   result.volume_digits=0;
  }
//+------------------------------------------------------------------+
//| Write the line that stands before the trade server is called     |
//+------------------------------------------------------------------+
void PwWriteReceived(CJournalLine &line,const SPwEntry &entry)
  {
   line.Begin(PW_LINE_RECEIVED);
   line.Quoted(entry.request_id);
   line.Quoted(entry.content);
   line.Whole(entry.received_msc);
   line.Whole(entry.from_s);
   line.Whole(entry.to_s);
   line.Whole((long)entry.above);
   line.Whole((long)entry.request.action);
   line.Whole((long)entry.request.magic);
   line.Whole((long)entry.request.order);
   line.Quoted(entry.request.symbol);
   line.Real(entry.request.volume);
   line.Real(entry.request.price);
   line.Real(entry.request.stoplimit);
   line.Real(entry.request.sl);
   line.Real(entry.request.tp);
   line.Whole((long)entry.request.deviation);
   line.Whole((long)entry.request.type);
   line.Whole((long)entry.request.type_filling);
   line.Whole((long)entry.request.type_time);
   line.Whole((long)entry.request.expiration);
   line.Quoted(entry.request.comment);
   line.Whole((long)entry.request.position);
   line.Whole((long)entry.request.position_by);
  }
//+------------------------------------------------------------------+
//| Read such a line, its first word taken; false: it is not one     |
//+------------------------------------------------------------------+
bool PwReadReceived(CJournalLine &line,SPwEntry &entry)
  {
   entry.request_id=line.NextQuoted();
   entry.content=line.NextQuoted();
   entry.received_msc=line.NextWhole();
   entry.from_s=line.NextWhole();
   entry.to_s=line.NextWhole();
   entry.above=(ulong)line.NextWhole();
   entry.request.action=(ENUM_TRADE_REQUEST_ACTIONS)(int)line.NextWhole();
   entry.request.magic=(ulong)line.NextWhole();
   entry.request.order=(ulong)line.NextWhole();
   entry.request.symbol=line.NextQuoted();
   entry.request.volume=line.NextReal();
   entry.request.price=line.NextReal();
   entry.request.stoplimit=line.NextReal();
   entry.request.sl=line.NextReal();
   entry.request.tp=line.NextReal();
   entry.request.deviation=(ulong)line.NextWhole();
   entry.request.type=(ENUM_ORDER_TYPE)(int)line.NextWhole();
   entry.request.type_filling=(ENUM_ORDER_TYPE_FILLING)(int)line.NextWhole();
   entry.request.type_time=(ENUM_ORDER_TYPE_TIME)(int)line.NextWhole();
   entry.request.expiration=(datetime)line.NextWhole();
   entry.request.comment=line.NextQuoted();
   entry.request.position=(ulong)line.NextWhole();
   entry.request.position_by=(ulong)line.NextWhole();
   return(line.Complete());
  }
//+------------------------------------------------------------------+
//| Write the line that holds a proven result                        |
//+------------------------------------------------------------------+
void PwWriteDone(CJournalLine &line,const string request_id,const SPwTradeResult &result)
  {
   line.Begin(PW_LINE_DONE);
   line.Quoted(request_id);
   line.Whole((long)result.retcode);
   line.Whole((long)result.retcode_external);
   line.Whole((long)result.deal);
   line.Whole((long)result.order);
   line.Whole((long)result.position);
   line.Real(result.volume);
   line.Real(result.price);
   line.Real(result.bid);
   line.Real(result.ask);
   line.Quoted(result.comment);
   line.Whole((long)result.type_filling);
   line.Whole(result.time_msc);
   line.Whole((long)result.digits);
   line.Whole((long)result.volume_digits);
  }
//+------------------------------------------------------------------+
//| Read such a line, its first word taken; false: it is not one     |
//+------------------------------------------------------------------+
bool PwReadDone(CJournalLine &line,string &request_id,SPwTradeResult &result)
  {
   request_id=line.NextQuoted();
   result.retcode=(uint)line.NextWhole();
   result.retcode_external=(uint)line.NextWhole();
   result.deal=(ulong)line.NextWhole();
   result.order=(ulong)line.NextWhole();
   result.position=(ulong)line.NextWhole();
   result.volume=line.NextReal();
   result.price=line.NextReal();
   result.bid=line.NextReal();
   result.ask=line.NextReal();
   result.comment=line.NextQuoted();
   result.type_filling=(int)line.NextWhole();
   result.time_msc=line.NextWhole();
   result.digits=(int)line.NextWhole();
   result.volume_digits=(int)line.NextWhole();
   return(line.Complete());
  }

#endif
