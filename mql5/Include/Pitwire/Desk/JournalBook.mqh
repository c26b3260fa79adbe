//+------------------------------------------------------------------+
//| JournalBook.mqh                                                  |
//| the entries of a journal in memory, found by their request id    |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_JOURNALBOOK_MQH
#define PITWIRE_DESK_JOURNALBOOK_MQH

#include <Pitwire/Clock.mqh>
#include <Pitwire/Codec/WireConstants.mqh>
#include <Pitwire/Desk/JournalEntry.mqh>

#define PW_JOURNAL_HEADS 16384      // a power of two

//--- Entries are told by their index, which stays as long as the book is not emptied.
class CJournalBook
  {
protected:
   SPwEntry          m_entries[];
   int               m_count;
   int               m_heads[PW_JOURNAL_HEADS];   // by hash: the latest entry with it, -1 = none
   int               m_open[];                    // entries in the state RECEIVED

public:
                     CJournalBook(void);
   int               Count(void) const { return(m_count); }
   int               Find(const string request_id) const;
   int               State(const int index) const { return(m_entries[index].state); }
   long              AgeMs(const int index) const { return((long)PwMonotonicMs()-m_entries[index].received_ms); }
   bool              Shown(const int index) const { return(m_entries[index].shown); }
   void              Show(const int index) { m_entries[index].shown=true; }
   string            RequestId(const int index) const { return(m_entries[index].request_id); }
   bool              IsDeal(const int index) const { return(m_entries[index].request.action==TRADE_ACTION_DEAL); }
   bool              Opens(const int index) const;
   int               OpenTotal(void) const { return(ArraySize(m_open)); }
   int               OpenAt(const int place) const { return(m_open[place]); }
   void              Entry(const int index,SPwEntry &entry) const;
   void              Request(const int index,MqlTradeRequest &request) const;
   void              Result(const int index,SPwTradeResult &result) const;
   bool              Claimed(const ulong order,const int except) const;
   void              Doubt(const int index,const SPwTradeResult &result);
   void              GiveUp(const int index);

protected:
   void              Empty(void);
   int               Add(const SPwEntry &entry);
   void              Conclude(const int index,const SPwTradeResult &result);

private:
   void              NoLongerOpen(const int index);
   int               Head(const string request_id) const;
  };
//+------------------------------------------------------------------+
//| Begin empty                                                      |
//+------------------------------------------------------------------+
CJournalBook::CJournalBook(void)
  {
   m_count=0;
   ArrayInitialize(m_heads,-1);
  }
//+------------------------------------------------------------------+
//| Forget all entries                                               |
//+------------------------------------------------------------------+
void CJournalBook::Empty(void)
  {
   m_count=0;
   ArrayFree(m_entries);
   ArrayFree(m_open);
   ArrayInitialize(m_heads,-1);
  }
//+------------------------------------------------------------------+
//| Take an entry up and give its index                              |
//+------------------------------------------------------------------+
int CJournalBook::Add(const SPwEntry &entry)
  {
   if(m_count>=ArraySize(m_entries))
      ArrayResize(m_entries,m_count+1,4096);
   int head=Head(entry.request_id);
   m_entries[m_count]=entry;
   m_entries[m_count].next=m_heads[head];
   m_heads[head]=m_count;
   int open=ArraySize(m_open);
   ArrayResize(m_open,open+1,64);
   m_open[open]=m_count;
   m_count++;
   return(m_count-1);
  }
//+------------------------------------------------------------------+
//| Settle an entry                                                  |
//+------------------------------------------------------------------+
void CJournalBook::Conclude(const int index,const SPwTradeResult &result)
  {
   m_entries[index].state=PW_JOURNAL_DONE;
   m_entries[index].result=result;
   m_entries[index].shown=false;
   NoLongerOpen(index);
  }
//+------------------------------------------------------------------+
//| Take an entry off the open ones                                  |
//+------------------------------------------------------------------+
void CJournalBook::NoLongerOpen(const int index)
  {
   int last=ArraySize(m_open)-1;
   for(int i=last; i>=0; i--)
     {
      if(m_open[i]!=index)
         continue;
      for(int j=i; j<last; j++)
         m_open[j]=m_open[j+1];
      ArrayResize(m_open,last,64);
      return;
     }
  }
//+------------------------------------------------------------------+
//| True if the command would add to what is open or ordered         |
//+------------------------------------------------------------------+
bool CJournalBook::Opens(const int index) const
  {
   if(m_entries[index].request.action==TRADE_ACTION_PENDING)
      return(true);
   return(m_entries[index].request.action==TRADE_ACTION_DEAL && m_entries[index].request.position==0);
  }
//+------------------------------------------------------------------+
//| Place of a request id's chain                                    |
//+------------------------------------------------------------------+
int CJournalBook::Head(const string request_id) const
  {
   uint hash=2166136261;
   for(int i=StringLen(request_id)-1; i>=0; i--)
      hash=(hash^(uint)StringGetCharacter(request_id,i))*16777619;
   return((int)((hash^(hash>>16))&(PW_JOURNAL_HEADS-1)));
  }
//+------------------------------------------------------------------+
//| Index of the entry with this id, -1: it was never received       |
//+------------------------------------------------------------------+
int CJournalBook::Find(const string request_id) const
  {
   int index=m_heads[Head(request_id)];
   while(index>=0 && m_entries[index].request_id!=request_id)
      index=m_entries[index].next;
   return(index);
  }
//+------------------------------------------------------------------+
//| Copy an entry                                                    |
//+------------------------------------------------------------------+
void CJournalBook::Entry(const int index,SPwEntry &entry) const
  {
   entry=m_entries[index];
  }
//+------------------------------------------------------------------+
//| Copy what was asked of the trade server                          |
//+------------------------------------------------------------------+
void CJournalBook::Request(const int index,MqlTradeRequest &request) const
  {
   request=m_entries[index].request;
  }
//+------------------------------------------------------------------+
//| Copy a result; retcode 0: there is none                          |
//+------------------------------------------------------------------+
void CJournalBook::Result(const int index,SPwTradeResult &result) const
  {
   result=m_entries[index].result;
  }
//+------------------------------------------------------------------+
//| True if another entry is known to have made this order, proven   |
//| or told by the trade server                                      |
//+------------------------------------------------------------------+
bool CJournalBook::Claimed(const ulong order,const int except) const
  {
   for(int i=m_count-1; i>=0; i--)
     {
      if(i==except || m_entries[i].result.order!=order)
         continue;
      if(m_entries[i].request.action!=TRADE_ACTION_MODIFY && m_entries[i].request.action!=TRADE_ACTION_REMOVE)
         return(true);
     }
   return(false);
  }
//+------------------------------------------------------------------+
//| Remember a result that proves nothing                            |
//+------------------------------------------------------------------+
void CJournalBook::Doubt(const int index,const SPwTradeResult &result)
  {
   m_entries[index].result=result;
  }
//+------------------------------------------------------------------+
//| Remember that a person has to find out what became of it         |
//+------------------------------------------------------------------+
void CJournalBook::GiveUp(const int index)
  {
   m_entries[index].state=PW_JOURNAL_INDETERMINATE;
   NoLongerOpen(index);
  }

#endif
