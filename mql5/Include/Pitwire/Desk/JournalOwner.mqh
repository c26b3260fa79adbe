//+------------------------------------------------------------------+
//| JournalOwner.mqh                                                 |
//| whether a journal file is the one we left, with all its lines    |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_JOURNALOWNER_MQH
#define PITWIRE_DESK_JOURNALOWNER_MQH

#include <Pitwire/Desk/JournalLine.mqh>

#define PW_LINE_OPEN        "open"
#define PW_BOOT_TOLERANCE_S 10
#define PW_NUMBER_BITS      0x7FFFFFFFFFFFFFFF

//+------------------------------------------------------------------+
//| A short fingerprint of a text                                    |
//+------------------------------------------------------------------+
string PwFingerprint(const string text)
  {
   uchar data[];
   int size=PwTextBytes(text,data);
   return(StringFormat("%016I64x",PwHash(data,0,size,PW_HASH_BASIS)));
  }
//+------------------------------------------------------------------+
//| A number that no journal has had: another one with each draw     |
//+------------------------------------------------------------------+
ulong PwJournalNumber(const ulong random,const ulong draw)
  {
   uchar data[];
   int size=PwTextBytes(StringFormat("%I64u %I64u",random,draw),data);
   ulong number=PwHash(data,0,size,PW_HASH_BASIS)&PW_NUMBER_BITS;
   return(number==0 ? (ulong)1 : number);
  }

//--- What the system has taken stays in a file when the terminal dies, but perhaps not when the
//--- machine does. So a journal is whole only if it was left in the same folder, during this very
//--- boot of the machine, and has at least the lines that were counted: a copy from an earlier
//--- moment has fewer. They are counted twice, in a terminal variable and in the common folder of
//--- all terminals, since a copy of the whole data folder brings an earlier variable with it.
class CJournalOwner
  {
private:
   string            m_variable;     // of the terminal: lines of the file
   string            m_tally;        // file outside the data folder: the same number
   string            m_place;        // fingerprint of the data folder
   ulong             m_number;       // as the last line `open` has it, 0 = no such line
   long              m_boot_s;
   string            m_left_in;

public:
                     CJournalOwner(void);
   void              Begin(const string journal);
   bool              Take(CJournalLine &line);
   bool              Whole(const long lines) const;
   ulong             Number(void) const;
   void              Write(CJournalLine &line,const ulong number) const;
   bool              Counted(const long lines) const;

private:
   long              Boot(void) const;
   long              Tally(void) const;
  };
//+------------------------------------------------------------------+
//| Begin knowing nothing                                            |
//+------------------------------------------------------------------+
CJournalOwner::CJournalOwner(void)
  {
   m_number=0;
   m_boot_s=0;
  }
//+------------------------------------------------------------------+
//| Begin with the journal of this name                              |
//+------------------------------------------------------------------+
void CJournalOwner::Begin(const string journal)
  {
   m_number=0;
   m_boot_s=0;
   m_left_in="";
   m_place=PwFingerprint(TerminalInfoString(TERMINAL_DATA_PATH));
   //--- the name of a variable has at most 63 characters
   m_variable="Pitwire.journal."+PwFingerprint(journal);
   m_tally=PW_FOLDER+"\\"+PwFingerprint(m_place+" "+journal)+".count";
  }
//+------------------------------------------------------------------+
//| Read a line `open`, its first word taken; false: it is not one   |
//+------------------------------------------------------------------+
bool CJournalOwner::Take(CJournalLine &line)
  {
   m_number=(ulong)line.NextWhole();
   m_boot_s=line.NextWhole();
   m_left_in=line.NextQuoted();
   return(line.Complete() && m_number>0);
  }
//+------------------------------------------------------------------+
//| True if nothing that was written can be missing                  |
//+------------------------------------------------------------------+
bool CJournalOwner::Whole(const long lines) const
  {
   if(m_number==0 || m_left_in!=m_place)
      return(false);
   if(MathAbs(m_boot_s-Boot())>PW_BOOT_TOLERANCE_S)
      return(false);
   if(!GlobalVariableCheck(m_variable))
      return(false);
   if((double)lines<GlobalVariableGet(m_variable))
      return(false);
   long tally=Tally();
   return(tally>0 && lines>=tally);
  }
//+------------------------------------------------------------------+
//| The number that the file had                                     |
//+------------------------------------------------------------------+
ulong CJournalOwner::Number(void) const
  {
   return(m_number);
  }
//+------------------------------------------------------------------+
//| Write the line of this start                                     |
//+------------------------------------------------------------------+
void CJournalOwner::Write(CJournalLine &line,const ulong number) const
  {
   line.Begin(PW_LINE_OPEN);
   line.Whole((long)number);
   line.Whole(Boot());
   line.Quoted(m_place);
  }
//+------------------------------------------------------------------+
//| Remember how many lines the file has, also when the terminal dies|
//| now; false: one of the two counts could not be written           |
//+------------------------------------------------------------------+
bool CJournalOwner::Counted(const long lines) const
  {
   bool counted=(GlobalVariableSet(m_variable,(double)lines)!=0);
   GlobalVariablesFlush();
   int handle=FileOpen(m_tally,FILE_READ|FILE_WRITE|FILE_BIN|FILE_COMMON);
   if(handle==INVALID_HANDLE)
      return(false);
   //--- the file only holds a number of fixed size: writing over it leaves nothing behind
   counted=(counted && FileWriteLong(handle,lines)==sizeof(long));
   FileFlush(handle);
   FileClose(handle);
   return(counted);
  }
//+------------------------------------------------------------------+
//| Lines that the file in the common folder has counted, 0: none    |
//+------------------------------------------------------------------+
long CJournalOwner::Tally(void) const
  {
   int handle=FileOpen(m_tally,FILE_READ|FILE_BIN|FILE_COMMON);
   if(handle==INVALID_HANDLE)
      return(0);
   long lines=0;
   if(FileSize(handle)==sizeof(long))
      lines=FileReadLong(handle);
   FileClose(handle);
   return(lines);
  }
//+------------------------------------------------------------------+
//| When the machine was started, seconds                            |
//+------------------------------------------------------------------+
long CJournalOwner::Boot(void) const
  {
   return((long)TimeGMT()-(long)(GetTickCount64()/1000));
  }

#endif
