//+------------------------------------------------------------------+
//| JournalStore.mqh                                                 |
//| a journal's entries as they are read from and written to a file  |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_JOURNALSTORE_MQH
#define PITWIRE_DESK_JOURNALSTORE_MQH

#include <Pitwire/Clock.mqh>
#include <Pitwire/Log.mqh>
#include <Pitwire/Desk/JournalBook.mqh>
#include <Pitwire/Desk/JournalFile.mqh>
#include <Pitwire/Desk/JournalOwner.mqh>

#define PW_JOURNAL_VERSION   1
#define PW_LINE_JOURNAL      "journal"
#define PW_JOURNAL_KEPT_MSC  2592000000    // 30 days
#define PW_JOURNAL_RETRY_MS  1000

//--- First line `journal <version> <login> <server>`; each start adds `open <number> <boot> <place>`; then
//--- `received` before the trade server is called, `done` when its answer is known. The file is
//--- only appended to; a start that finds it very large copies what is recent to a new one.
class CJournalStore : public CJournalBook
  {
protected:
   CJournalFile      m_file;
   CJournalOwner     m_owner;
   string            m_path;
   ulong             m_login;
   string            m_server;
   ulong             m_number;
   bool              m_announced;     // this start stands in the file
   bool              m_damaged;       // no use to try again before a person has acted
   string            m_fault;
   ulong             m_retry_ms;

   bool              Read(void);
   bool              IsMostlyOld(void) const;
   void              Shrink(void);
   bool              Announce(void);
   bool              Write(const string text);

private:
   bool              Take(const string text);
   bool              TakeDone(CJournalLine &line);
   bool              IsOld(const int index) const;
   bool              Copy(CJournalFile &file) const;
   void              WriteHead(CJournalLine &line) const;
   bool              Append(const string text);
   bool              Fail(const string why);
  };
//+------------------------------------------------------------------+
//| Read every line; false: the file is not to be trusted            |
//+------------------------------------------------------------------+
bool CJournalStore::Read(void)
  {
   Empty();
   m_owner.Begin(m_path);
   if(!m_file.Open(m_path))
      return(Fail("cannot be opened or read; free the file or mend its permissions"));
   string text="";
   while(m_file.NextLine(text))
     {
      if(Take(text))
         continue;
      m_damaged=true;
      m_file.Close();
      return(Fail("has a line "+IntegerToString(m_file.Lines())+" that makes no sense here; move the file away and start the Expert Advisor again"));
     }
   if(!m_file.Damaged())
      return(true);
   m_damaged=true;
   m_file.Close();
   return(Fail("is damaged behind line "+IntegerToString(m_file.Lines())+"; move the file away and start the Expert Advisor again"));
  }
//+------------------------------------------------------------------+
//| Take over one line of the file                                   |
//+------------------------------------------------------------------+
bool CJournalStore::Take(const string text)
  {
   CJournalLine line;
   line.Parse(text);
   string word=line.NextWord();
   if(m_file.Lines()==1)
     {
      long version=line.NextWhole();
      ulong login=(ulong)line.NextWhole();
      string server=line.NextQuoted();
      return(word==PW_LINE_JOURNAL && version==PW_JOURNAL_VERSION && login==m_login && server==m_server && line.Complete());
     }
   if(word==PW_LINE_OPEN)
      return(m_owner.Take(line));
   if(word==PW_LINE_DONE)
      return(TakeDone(line));
   SPwEntry entry;
   entry.state=PW_JOURNAL_RECEIVED;
   entry.shown=false;
   entry.unsaved=false;
   entry.next=-1;
   PwClearResult(entry.result);
   if(word!=PW_LINE_RECEIVED || !PwReadReceived(line,entry) || Find(entry.request_id)>=0)
      return(false);
   //--- from here on its age is told by a clock that nobody sets
   entry.received_ms=(long)PwMonotonicMs()-MathMax((long)0,PwUtcMsc()-entry.received_msc);
   Add(entry);
   return(true);
  }
//+------------------------------------------------------------------+
//| Take over the result of an entry that was received before        |
//+------------------------------------------------------------------+
bool CJournalStore::TakeDone(CJournalLine &line)
  {
   string request_id="";
   SPwTradeResult result;
   if(!PwReadDone(line,request_id,result))
      return(false);
   int index=Find(request_id);
   if(index<0)
      return(false);
   Conclude(index,result);
   return(true);
  }
//+------------------------------------------------------------------+
//| True for an entry that a large file need not keep                |
//+------------------------------------------------------------------+
bool CJournalStore::IsOld(const int index) const
  {
   return(AgeMs(index)>PW_JOURNAL_KEPT_MSC);
  }
//+------------------------------------------------------------------+
//| True if at least half of the entries would go: a file that is    |
//| large with what is recent is not rewritten at every start        |
//+------------------------------------------------------------------+
bool CJournalStore::IsMostlyOld(void) const
  {
   int old_entries=0;
   for(int i=0; i<m_count; i++)
     {
      if(IsOld(i))
         old_entries++;
     }
   return(old_entries>0 && old_entries>=m_count-old_entries);
  }
//+------------------------------------------------------------------+
//| Put a copy without the old entries in the file's place; if that  |
//| fails the file stays as it is                                    |
//+------------------------------------------------------------------+
void CJournalStore::Shrink(void)
  {
   string path=m_path+".new";
   FileDelete(path);
   CJournalFile file;
   bool copied=(file.Open(path) && Copy(file) && file.Flush());
   file.Close();
   m_file.Close();
   if(!copied || !FileMove(path,0,m_path,FILE_REWRITE))
      PwLog("The journal "+m_path+" is large, and a shorter copy could not be written; it is used as it is.");
  }
//+------------------------------------------------------------------+
//| Copy the recent entries; without a line `open` the new file gets |
//| a new number, since it no longer knows everything                |
//+------------------------------------------------------------------+
bool CJournalStore::Copy(CJournalFile &file) const
  {
   CJournalLine line;
   WriteHead(line);
   if(!file.Add(line.Text()))
      return(false);
   for(int i=0; i<m_count; i++)
     {
      if(IsOld(i))
         continue;
      PwWriteReceived(line,m_entries[i]);
      if(!file.Add(line.Text()))
         return(false);
      if(m_entries[i].state!=PW_JOURNAL_DONE)
         continue;
      PwWriteDone(line,m_entries[i].request_id,m_entries[i].result);
      if(!file.Add(line.Text()))
         return(false);
     }
   return(true);
  }
//+------------------------------------------------------------------+
//| Write the first line                                             |
//+------------------------------------------------------------------+
void CJournalStore::WriteHead(CJournalLine &line) const
  {
   line.Begin(PW_LINE_JOURNAL);
   line.Whole(PW_JOURNAL_VERSION);
   line.Whole((long)m_login);
   line.Quoted(m_server);
  }
//+------------------------------------------------------------------+
//| Write the line of this start, in a new file the first line too   |
//+------------------------------------------------------------------+
bool CJournalStore::Announce(void)
  {
   CJournalLine line;
   if(m_file.Lines()==0)
     {
      WriteHead(line);
      if(!Append(line.Text()))
         return(false);
     }
   m_owner.Write(line,m_number);
   m_announced=Append(line.Text());
   return(m_announced);
  }
//+------------------------------------------------------------------+
//| Write one line to the disk; after a failure the file is opened   |
//| again, at most once a second                                     |
//+------------------------------------------------------------------+
bool CJournalStore::Write(const string text)
  {
   if(!m_file.IsOpen())
     {
      if(PwMonotonicMs()<m_retry_ms)
         return(false);
      m_retry_ms=PwMonotonicMs()+PW_JOURNAL_RETRY_MS;
      if(!m_file.Continue(m_path))
         return(Fail("cannot be opened again; free the file or mend its permissions"));
     }
   if(!m_announced && !Announce())
      return(false);
   if(!Append(text))
      return(false);
   m_fault="";
   return(true);
  }
//+------------------------------------------------------------------+
//| Add a line to the file. It is counted before: a line that nobody |
//| counted could be lost without anybody knowing                    |
//+------------------------------------------------------------------+
bool CJournalStore::Append(const string text)
  {
   long lines=m_file.Lines();
   if(!m_owner.Counted(lines+1))
      return(Fail("cannot be written: its lines cannot be counted in the common folder of all terminals; free some space on the disk or mend the permissions of that folder"));
   if(m_file.Append(text))
      return(true);
   m_owner.Counted(lines);
   return(Fail("cannot be written; free some space on the disk"));
  }
//+------------------------------------------------------------------+
//| Keep in words why the journal cannot be used                     |
//+------------------------------------------------------------------+
bool CJournalStore::Fail(const string why)
  {
   m_fault="The journal MQL5\\Files\\"+m_path+" "+why+".";
   m_retry_ms=PwMonotonicMs()+PW_JOURNAL_RETRY_MS;
   return(false);
  }

#endif
