//+------------------------------------------------------------------+
//| Journal.mqh                                                      |
//| what became of every trading command of one account              |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_JOURNAL_MQH
#define PITWIRE_DESK_JOURNAL_MQH

#include <Pitwire/Settings.mqh>
#include <Pitwire/Desk/JournalStore.mqh>

#define PW_JOURNAL_LIMIT 16777216      // bytes; a larger file loses old entries at the start

class CJournal : public CJournalStore
  {
private:
   ulong             m_random;
   bool              m_loaded;        // the entries are those of the file
   int               m_unsaved;       // results that the disk did not take

public:
                     CJournal(void);
   void              Open(const string terminal,const ulong login,const string server,const ulong random);
   void              Close(void);
   bool              Loaded(void) const { return(m_loaded); }
   string            Fault(void) const { return(m_fault); }
   ulong             Number(void) const { return(m_number); }
   ulong             Login(void) const { return(m_login); }
   bool              IsSignedIn(void) const;
   int               Receive(SPwEntry &entry);
   void              Finish(const int index,const SPwTradeResult &result);
   void              Pulse(void);

private:
   void              Load(void);
  };
//+------------------------------------------------------------------+
//| Begin without a file                                             |
//+------------------------------------------------------------------+
CJournal::CJournal(void)
  {
   m_login=0;
   m_number=0;
   m_random=0;
   m_loaded=false;
   m_announced=false;
   m_damaged=false;
   m_retry_ms=0;
   m_unsaved=0;
  }
//+------------------------------------------------------------------+
//| Open the journal of an account; `random` becomes its number if   |
//| it cannot keep the one it has                                    |
//+------------------------------------------------------------------+
void CJournal::Open(const string terminal,const ulong login,const string server,const ulong random)
  {
   Close();
   //--- brokers count their accounts each for itself
   m_path=PW_FOLDER+"\\"+terminal+"."+IntegerToString((long)login)+"."+PwFingerprint(server)+".journal";
   m_login=login;
   m_server=server;
   m_random=random;
   m_number=random;
   m_damaged=false;
   Load();
  }
//+------------------------------------------------------------------+
//| Close the file; nothing is known any more                        |
//+------------------------------------------------------------------+
void CJournal::Close(void)
  {
   m_file.Close();
   m_loaded=false;
   m_announced=false;
   m_fault="The journal is not open.";
   m_login=0;
   m_unsaved=0;
   Empty();
  }
//+------------------------------------------------------------------+
//| True if the terminal is signed in to the account of this journal;|
//| a terminal that does not know its server is at no other one      |
//+------------------------------------------------------------------+
bool CJournal::IsSignedIn(void) const
  {
   if(m_login!=(ulong)AccountInfoInteger(ACCOUNT_LOGIN))
      return(false);
   string server=AccountInfoString(ACCOUNT_SERVER);
   return(m_login==0 || server==m_server || StringLen(server)==0);
  }
//+------------------------------------------------------------------+
//| Write down that a command is about to be executed; -1: it could  |
//| not be written, so it must not be executed                       |
//+------------------------------------------------------------------+
int CJournal::Receive(SPwEntry &entry)
  {
   CJournalLine line;
   PwWriteReceived(line,entry);
   if(!Write(line.Text()))
      return(-1);
   entry.state=PW_JOURNAL_RECEIVED;
   entry.received_ms=(long)PwMonotonicMs();
   entry.shown=false;
   entry.unsaved=false;
   PwClearResult(entry.result);
   return(Add(entry));
  }
//+------------------------------------------------------------------+
//| Write down a proven result; it is remembered even if the disk is |
//| full, and written as soon as it can be                           |
//+------------------------------------------------------------------+
void CJournal::Finish(const int index,const SPwTradeResult &result)
  {
   Conclude(index,result);
   CJournalLine line;
   PwWriteDone(line,m_entries[index].request_id,result);
   if(Write(line.Text()))
      return;
   m_entries[index].unsaved=true;
   m_unsaved++;
  }
//+------------------------------------------------------------------+
//| Try again what the disk did not take                             |
//+------------------------------------------------------------------+
void CJournal::Pulse(void)
  {
   if(m_login==0 || PwMonotonicMs()<m_retry_ms)
      return;
   if(!m_loaded)
     {
      if(!m_damaged)
         Load();
      return;
     }
   for(int i=m_count-1; i>=0 && m_unsaved>0; i--)
     {
      if(!m_entries[i].unsaved)
         continue;
      CJournalLine line;
      PwWriteDone(line,m_entries[i].request_id,m_entries[i].result);
      if(!Write(line.Text()))
         return;
      m_entries[i].unsaved=false;
      m_unsaved--;
     }
  }
//+------------------------------------------------------------------+
//| Read the file and decide on its number                           |
//+------------------------------------------------------------------+
void CJournal::Load(void)
  {
   m_retry_ms=PwMonotonicMs()+PW_JOURNAL_RETRY_MS;
   bool read=Read();
   if(read && m_file.Size()>PW_JOURNAL_LIMIT && IsMostlyOld())
     {
      Shrink();
      read=Read();
     }
   if(!read)
     {
      PwLog(m_fault);
      return;
     }
   m_number=m_random;
   if(m_owner.Whole(m_file.Lines()))
      m_number=m_owner.Number();
   m_loaded=true;
   m_fault="";
   if(!Announce())
      PwLog(m_fault);
  }

#endif
