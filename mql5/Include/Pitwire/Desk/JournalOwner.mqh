//+------------------------------------------------------------------+
//| JournalOwner.mqh                                                 |
//| whether a journal file is the one we left, with all its lines    |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_JOURNALOWNER_MQH
#define PITWIRE_DESK_JOURNALOWNER_MQH

#include <Pitwire/Desk/JournalLine.mqh>

#define PW_LINE_OPEN        "open"
#define PW_BOOT_TOLERANCE_S 10

//+------------------------------------------------------------------+
//| A short fingerprint of a text                                    |
//+------------------------------------------------------------------+
string PwFingerprint(const string text)
  {
   uchar data[];
   int size=PwTextBytes(text,data);
   return(StringFormat("%016I64x",PwHash(data,0,size,PW_HASH_BASIS)));
  }

//--- What the system has taken stays in a file when the terminal dies, but perhaps not when the
//--- machine does. So a journal is whole only if it was left in the same folder, during this very
//--- boot of the machine, and has at least the lines that a terminal variable has counted: a copy
//--- from an earlier moment has fewer.
class CJournalOwner
  {
private:
   string            m_variable;     // of the terminal: lines of the file
   string            m_place;        // fingerprint of the data folder
   ulong             m_number;       // as the last line `open` has it, 0 = no such line
   long              m_boot_s;
   string            m_left_in;

public:
                     CJournalOwner(void);
   void              Begin(const string terminal,const ulong login);
   bool              Take(CJournalLine &line);
   bool              Whole(const long lines) const;
   ulong             Number(void) const;
   void              Write(CJournalLine &line,const ulong number) const;
   void              Counted(const long lines) const;
   void              Keep(const long lines) const;

private:
   long              Boot(void) const;
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
//| Begin with the file of a terminal's name and account             |
//+------------------------------------------------------------------+
void CJournalOwner::Begin(const string terminal,const ulong login)
  {
   m_number=0;
   m_boot_s=0;
   m_left_in="";
   m_place=PwFingerprint(TerminalInfoString(TERMINAL_DATA_PATH));
   //--- the name of a variable has at most 63 characters
   m_variable="Pitwire.journal."+PwFingerprint(terminal)+"."+IntegerToString((long)login);
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
   return((double)lines>=GlobalVariableGet(m_variable));
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
//| Remember how many lines the file has                             |
//+------------------------------------------------------------------+
void CJournalOwner::Counted(const long lines) const
  {
   GlobalVariableSet(m_variable,(double)lines);
  }
//+------------------------------------------------------------------+
//| The same, and let it outlive the terminal's sudden end; without  |
//| this its value may be an older one, which harms nothing          |
//+------------------------------------------------------------------+
void CJournalOwner::Keep(const long lines) const
  {
   Counted(lines);
   GlobalVariablesFlush();
  }
//+------------------------------------------------------------------+
//| When the machine was started, seconds                            |
//+------------------------------------------------------------------+
long CJournalOwner::Boot(void) const
  {
   return((long)TimeGMT()-(long)(GetTickCount64()/1000));
  }

#endif
