//+------------------------------------------------------------------+
//| UnderWay.mqh                                                     |
//| what was sent and the account's books do not show yet            |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_UNDERWAY_MQH
#define PITWIRE_DESK_UNDERWAY_MQH

#include <Pitwire/Desk/Journal.mqh>
#include <Pitwire/Desk/Results.mqh>

#define PW_DOUBTFUL_MS  86400000   // so long an order that nobody found may still turn up
#define PW_SHOWN_MS     60000      // after that the books show what was done, and have it under some number

//--- A result and the books come on different ways: until the books show what a result says, its
//--- lots would be counted nowhere.
class CUnderWay
  {
private:
   CJournal          *m_way_book;

public:
   void              Bind(CJournal &journal);
   double            Opening(void) const;
   double            Against(const string symbol,const int type,const bool doubtful) const;

private:
   bool              IsDoubtful(const int index) const;
   double            Lots(const int index) const;
   bool              MayTurnUp(const SPwEntry &entry,const long age_ms) const;
  };
//+------------------------------------------------------------------+
//| Work with this journal                                           |
//+------------------------------------------------------------------+
void CUnderWay::Bind(CJournal &journal)
  {
   m_way_book=GetPointer(journal);
  }
//+------------------------------------------------------------------+
//| Lots that will be open or ordered and are in no book             |
//+------------------------------------------------------------------+
double CUnderWay::Opening(void) const
  {
   double lots=0.0;
   for(int i=m_way_book.Count()-1; i>=0; i--)
     {
      if(m_way_book.Shown(i) || !m_way_book.Opens(i))
         continue;
      SPwTradeResult result;
      m_way_book.Result(i,result);
      //--- who counts the orders of the book has counted it
      if(result.order==0 || !OrderSelect(result.order))
         lots+=Lots(i);
     }
   return(lots);
  }
//+------------------------------------------------------------------+
//| Lots of this side in market orders that the position does not    |
//| show yet                                                         |
//+------------------------------------------------------------------+
double CUnderWay::Against(const string symbol,const int type,const bool doubtful) const
  {
   double lots=0.0;
   for(int i=m_way_book.Count()-1; i>=0; i--)
     {
      if(m_way_book.Shown(i) || !m_way_book.IsDeal(i) || (!doubtful && IsDoubtful(i)))
         continue;
      double missing=Lots(i);
      MqlTradeRequest request;
      m_way_book.Request(i,request);
      if(request.symbol==symbol && (int)request.type==type)
         lots+=missing;
     }
   return(lots);
  }
//+------------------------------------------------------------------+
//| True if nobody knows whether there is anything to come: enough to|
//| limit what opens, not enough to stand in the way of a close      |
//+------------------------------------------------------------------+
bool CUnderWay::IsDoubtful(const int index) const
  {
   if(m_way_book.State(index)==PW_JOURNAL_RECEIVED)
      return(false);
   return(m_way_book.State(index)==PW_JOURNAL_INDETERMINATE || m_way_book.AgeMs(index)>PW_SHOWN_MS);
  }
//+------------------------------------------------------------------+
//| Lots of one entry that no position shows                         |
//+------------------------------------------------------------------+
double CUnderWay::Lots(const int index) const
  {
   SPwEntry entry;
   bool settled=(m_way_book.State(index)!=PW_JOURNAL_RECEIVED);
   bool over=(settled && m_way_book.AgeMs(index)>PW_DOUBTFUL_MS);
   if(!over)
     {
      m_way_book.Entry(index,entry);
      over=(settled && !MayTurnUp(entry,m_way_book.AgeMs(index)));
     }
   if(over)
     {
      m_way_book.Show(index);
      return(0.0);
     }
   if(entry.result.order>0 && OrderSelect(entry.result.order))
      return(OrderGetDouble(ORDER_VOLUME_CURRENT));
   return(entry.request.volume);
  }
//+------------------------------------------------------------------+
//| True if a settled entry may have done what no book shows yet     |
//+------------------------------------------------------------------+
bool CUnderWay::MayTurnUp(const SPwEntry &entry,const long age_ms) const
  {
   if(entry.state==PW_JOURNAL_INDETERMINATE)
      return(true);
   if(!PwIsDone(entry.result.retcode))
      return(false);
   if(entry.result.deal>0)
      return(!HistoryDealSelect(entry.result.deal));
   if(entry.result.order>0)
      return(!OrderSelect(entry.result.order) && !HistoryOrderSelect(entry.result.order));
   return(age_ms<=PW_SHOWN_MS);
  }

#endif
