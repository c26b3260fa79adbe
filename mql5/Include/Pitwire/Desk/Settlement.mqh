//+------------------------------------------------------------------+
//| Settlement.mqh                                                   |
//| finds out what became of requests without a proving answer       |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_SETTLEMENT_MQH
#define PITWIRE_DESK_SETTLEMENT_MQH

#include <Pitwire/Desk/Evidence.mqh>
#include <Pitwire/Desk/Journal.mqh>

#define PW_SETTLED_COMMENT "Settled from the account's orders and deals"

//--- Nothing is sent here, and nothing is concluded from what is missing: only from what is there.
class CSettlement
  {
private:
   CJournal          *m_evidence_book;

public:
   void              Bind(CJournal &journal);
   bool              Judge(const int index,SPwTradeResult &result) const;
   bool              IsInBook(const int index) const;

private:
   bool              JudgeOrder(const int index,const SPwEntry &entry,SPwTradeResult &result) const;
   bool              JudgeStops(const SPwEntry &entry,SPwTradeResult &result) const;
   bool              JudgeChange(const SPwEntry &entry,SPwTradeResult &result) const;
   bool              JudgeRemoval(const SPwEntry &entry,SPwTradeResult &result) const;
   int               Candidates(const int index,const SPwEntry &entry,SPwSeen &found) const;
   bool              IsRival(const int index,const SPwSeen &seen) const;
  };
//+------------------------------------------------------------------+
//| Work with this journal                                           |
//+------------------------------------------------------------------+
void CSettlement::Bind(CJournal &journal)
  {
   m_evidence_book=GetPointer(journal);
  }
//+------------------------------------------------------------------+
//| Look for proof of what became of an entry; false: there is none  |
//+------------------------------------------------------------------+
bool CSettlement::Judge(const int index,SPwTradeResult &result) const
  {
   SPwEntry entry;
   m_evidence_book.Entry(index,entry);
   bool proven=false;
   switch(entry.request.action)
     {
      case TRADE_ACTION_DEAL:
      case TRADE_ACTION_PENDING:
      case TRADE_ACTION_CLOSE_BY:
         proven=JudgeOrder(index,entry,result);
         break;
      case TRADE_ACTION_SLTP:
         proven=JudgeStops(entry,result);
         break;
      case TRADE_ACTION_MODIFY:
         proven=JudgeChange(entry,result);
         break;
      case TRADE_ACTION_REMOVE:
         proven=JudgeRemoval(entry,result);
         break;
      default:
         break;
     }
   if(proven && StringLen(result.comment)==0)
      result.comment=PW_SETTLED_COMMENT;
   return(proven);
  }
//+------------------------------------------------------------------+
//| True if an entry's market order waits in the book: in time it    |
//| will prove itself what became of it                              |
//+------------------------------------------------------------------+
bool CSettlement::IsInBook(const int index) const
  {
   SPwEntry entry;
   m_evidence_book.Entry(index,entry);
   if(entry.request.action!=TRADE_ACTION_DEAL)
      return(false);
   if(PwIsPlaced(entry))
      return(OrderSelect(entry.result.order));
   SPwSeen seen;
   return(Candidates(index,entry,seen)==1 && !seen.gone && !IsRival(index,seen));
  }
//+------------------------------------------------------------------+
//| An order that can only be this entry's                           |
//+------------------------------------------------------------------+
bool CSettlement::JudgeOrder(const int index,const SPwEntry &entry,SPwTradeResult &result) const
  {
   if(PwIsPlaced(entry))
      return(!OrderSelect(entry.result.order) && PwOutcomeOfOrder(entry.request,entry.result.order,entry.from_s,result));
   SPwSeen seen;
   if(Candidates(index,entry,seen)!=1 || IsRival(index,seen))
      return(false);
   if(entry.request.action!=TRADE_ACTION_PENDING)
      return(seen.gone && PwOutcomeOfOrder(entry.request,seen.ticket,entry.from_s,result));
   //--- once placed it may have been filled or canceled: the request was done all the same
   PwOwnResult(entry.request,TRADE_RETCODE_DONE,"",result);
   if(seen.gone && HistoryOrderGetInteger(seen.ticket,ORDER_STATE)==ORDER_STATE_REJECTED)
      result.retcode=TRADE_RETCODE_REJECT;
   result.order=seen.ticket;
   result.volume=seen.volume;
   result.type_filling=(int)entry.request.type_filling;
   result.time_msc=seen.setup_s*1000;
   return(true);
  }
//+------------------------------------------------------------------+
//| A position whose stops are the ones that were asked for          |
//+------------------------------------------------------------------+
bool CSettlement::JudgeStops(const SPwEntry &entry,SPwTradeResult &result) const
  {
   if(!PositionSelectByTicket(entry.request.position))
      return(false);
   if(!PwSamePrice(entry.request.symbol,PositionGetDouble(POSITION_SL),entry.request.sl)
      || !PwSamePrice(entry.request.symbol,PositionGetDouble(POSITION_TP),entry.request.tp))
      return(false);
   PwOwnResult(entry.request,TRADE_RETCODE_DONE,"",result);
   return(true);
  }
//+------------------------------------------------------------------+
//| A pending order that is what was asked for                       |
//+------------------------------------------------------------------+
bool CSettlement::JudgeChange(const SPwEntry &entry,SPwTradeResult &result) const
  {
   if(!OrderSelect(entry.request.order))
      return(false);
   string symbol=entry.request.symbol;
   if(!PwSamePrice(symbol,OrderGetDouble(ORDER_PRICE_OPEN),entry.request.price)
      || !PwSamePrice(symbol,OrderGetDouble(ORDER_PRICE_STOPLIMIT),entry.request.stoplimit)
      || !PwSamePrice(symbol,OrderGetDouble(ORDER_SL),entry.request.sl)
      || !PwSamePrice(symbol,OrderGetDouble(ORDER_TP),entry.request.tp))
      return(false);
   if(OrderGetInteger(ORDER_TYPE_TIME)!=(long)entry.request.type_time)
      return(false);
   if(entry.request.expiration>0 && OrderGetInteger(ORDER_TIME_EXPIRATION)!=(long)entry.request.expiration)
      return(false);
   PwOwnResult(entry.request,TRADE_RETCODE_DONE,"",result);
   result.order=entry.request.order;
   return(true);
  }
//+------------------------------------------------------------------+
//| An order that was canceled, or that ended in another way         |
//+------------------------------------------------------------------+
bool CSettlement::JudgeRemoval(const SPwEntry &entry,SPwTradeResult &result) const
  {
   if(OrderSelect(entry.request.order) || !HistoryOrderSelect(entry.request.order))
      return(false);
   uint retcode=TRADE_RETCODE_ORDER_CHANGED;
   if(HistoryOrderGetInteger(entry.request.order,ORDER_STATE)==ORDER_STATE_CANCELED)
      retcode=TRADE_RETCODE_DONE;
   PwOwnResult(entry.request,retcode,"",result);
   result.order=entry.request.order;
   result.time_msc=HistoryOrderGetInteger(entry.request.order,ORDER_TIME_DONE_MSC);
   return(true);
  }
//+------------------------------------------------------------------+
//| Orders that this entry can have caused and that no other entry   |
//| has; `found` is the last of them                                 |
//+------------------------------------------------------------------+
int CSettlement::Candidates(const int index,const SPwEntry &entry,SPwSeen &found) const
  {
   int candidates=0;
   SPwSeen seen;
   for(int i=OrdersTotal()-1; i>=0; i--)
     {
      if(OrderGetTicket(i)==0)
         continue;
      PwSeeOrder(seen);
      if(!PwCanHaveCaused(entry,seen) || m_evidence_book.Claimed(seen.ticket,index))
         continue;
      found=seen;
      candidates++;
     }
   //--- the history is selected by the time when an order was done
   if(!HistorySelect((datetime)entry.from_s,(datetime)((long)TimeTradeServer()+86400)))
      return(0);
   for(int i=HistoryOrdersTotal()-1; i>=0; i--)
     {
      ulong ticket=HistoryOrderGetTicket(i);
      if(ticket==0)
         continue;
      PwSeePastOrder(ticket,seen);
      if(!PwCanHaveCaused(entry,seen) || m_evidence_book.Claimed(ticket,index))
         continue;
      found=seen;
      candidates++;
     }
   return(candidates);
  }
//+------------------------------------------------------------------+
//| True if another entry can have caused it too: one without a      |
//| result, or one that was done and whose order nobody told         |
//+------------------------------------------------------------------+
bool CSettlement::IsRival(const int index,const SPwSeen &seen) const
  {
   for(int i=m_evidence_book.Count()-1; i>=0; i--)
     {
      if(i==index)
         continue;
      SPwEntry other;
      m_evidence_book.Entry(i,other);
      if(other.state==PW_JOURNAL_DONE && (other.result.order>0 || !PwIsDone(other.result.retcode)))
         continue;
      if(PwCanHaveCaused(other,seen))
         return(true);
     }
   return(false);
  }

#endif
