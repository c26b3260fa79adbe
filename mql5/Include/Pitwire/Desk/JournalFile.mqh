//+------------------------------------------------------------------+
//| JournalFile.mqh                                                  |
//| a file of lines, each sealed together with all those before it   |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_JOURNALFILE_MQH
#define PITWIRE_DESK_JOURNALFILE_MQH

#include <Pitwire/Codec/Bytes.mqh>
#include <Pitwire/Desk/Seal.mqh>

#define PW_SEAL_LENGTH  8            // hex digits that a line begins with
#define PW_LINE_FEED    10

//--- A line is `<seal> <text>\n`; the seal is the CRC-32 of the text, begun with the seal of the
//--- line before. So a line that was altered, moved or taken out is found. MQL5 cannot shorten a
//--- file: bytes behind the last whole line are covered by the next line, with spaces if need be.
class CJournalFile
  {
private:
   CSeal             m_chain;
   int               m_handle;
   uchar             m_data[];       // the file while it is read
   int               m_place;        // next byte to read
   bool              m_damaged;
   uint              m_seal;         // of the last whole line
   ulong             m_size;         // up to the end of the last whole line
   ulong             m_torn;         // bytes behind it
   long              m_lines;
   uchar             m_last[];       // the line written last

public:
                     CJournalFile(void);
   bool              Open(const string path);
   bool              NextLine(string &text);
   bool              Continue(const string path);
   bool              Append(const string text);
   bool              Add(const string text);
   bool              Flush(void);
   void              Close(void);
   bool              IsOpen(void) const;
   bool              Damaged(void) const;
   ulong             Size(void) const;
   long              Lines(void) const;

private:
   bool              Acquire(const string path);
   bool              Take(const int from,const int count,string &text);
   bool              IsThere(const ulong from) const;
  };
//+------------------------------------------------------------------+
//| Begin without a file                                             |
//+------------------------------------------------------------------+
CJournalFile::CJournalFile(void)
  {
   m_handle=INVALID_HANDLE;
   m_place=0;
   m_damaged=false;
   m_seal=0;
   m_size=0;
   m_torn=0;
   m_lines=0;
  }
//+------------------------------------------------------------------+
//| Open a file, made when it is not there, and read all of it       |
//+------------------------------------------------------------------+
bool CJournalFile::Open(const string path)
  {
   m_place=0;
   m_damaged=false;
   m_seal=0;
   m_size=0;
   m_torn=0;
   m_lines=0;
   ArrayFree(m_data);
   if(!Acquire(path))
      return(false);
   ulong size=FileSize(m_handle);
   if(size==0)
      return(true);
   if(size>(ulong)INT_MAX || !FileSeek(m_handle,0,SEEK_SET)
      || FileReadArray(m_handle,m_data,0,(int)size)!=(uint)size)
     {
      Close();
      return(false);
     }
   return(true);
  }
//+------------------------------------------------------------------+
//| Give the next line; false behind the last whole one              |
//+------------------------------------------------------------------+
bool CJournalFile::NextLine(string &text)
  {
   int size=ArraySize(m_data);
   int end=m_place;
   while(end<size && m_data[end]!=PW_LINE_FEED)
      end++;
   if(end<size && Take(m_place,end-m_place,text))
     {
      m_place=end+1;
      m_size=(ulong)m_place;
      m_lines++;
      return(true);
     }
   //--- a last line without its end was being written when the terminal died
   m_damaged=(end<size);
   m_torn=(ulong)(size-m_place);
   ArrayFree(m_data);
   m_place=0;
   return(false);
  }
//+------------------------------------------------------------------+
//| Open the same file again after a failure, without reading it     |
//+------------------------------------------------------------------+
bool CJournalFile::Continue(const string path)
  {
   if(!Acquire(path))
      return(false);
   ulong size=FileSize(m_handle);
   if(size<m_size)
     {
      Close();
      return(false);
     }
   m_torn=size-m_size;
   return(true);
  }
//+------------------------------------------------------------------+
//| Write a line and bring it to the disk; false: it does not count, |
//| and the file is closed                                           |
//+------------------------------------------------------------------+
bool CJournalFile::Append(const string text)
  {
   uint seal=m_seal;
   ulong size=m_size;
   long lines=m_lines;
   if(Add(text) && Flush() && IsThere(size))
      return(true);
   m_torn=m_size-size;
   m_seal=seal;
   m_size=size;
   m_lines=lines;
   Close();
   return(false);
  }
//+------------------------------------------------------------------+
//| Write a line that need not be on the disk yet                    |
//+------------------------------------------------------------------+
bool CJournalFile::Add(const string text)
  {
   if(m_handle==INVALID_HANDLE)
      return(false);
   string body=text;
   while((ulong)(StringLen(body)+PW_SEAL_LENGTH+2)<m_torn)
      body+=" ";
   uchar data[];
   int size=PwTextBytes(body,data);
   uint seal=m_chain.Next(m_seal,data,0,size);
   uchar line[];
   size=PwTextBytes(StringFormat("%08x ",seal)+body+"\n",line);
   if(!FileSeek(m_handle,(long)m_size,SEEK_SET))
      return(false);
   if(FileWriteArray(m_handle,line,0,size)!=(uint)size)
      return(false);
   ArraySwap(m_last,line);
   m_seal=seal;
   m_size+=(ulong)size;
   m_torn=0;
   m_lines++;
   return(true);
  }
//+------------------------------------------------------------------+
//| Bring what was written to the disk; FileFlush itself does not    |
//| say whether it could                                             |
//+------------------------------------------------------------------+
bool CJournalFile::Flush(void)
  {
   if(m_handle==INVALID_HANDLE)
      return(false);
   ResetLastError();
   FileFlush(m_handle);
   return(GetLastError()==0 && FileSize(m_handle)>=m_size);
  }
//+------------------------------------------------------------------+
//| Read the line written last back from where it begins             |
//+------------------------------------------------------------------+
bool CJournalFile::IsThere(const ulong from) const
  {
   uchar data[];
   int size=ArraySize(m_last);
   if(!FileSeek(m_handle,(long)from,SEEK_SET) || FileReadArray(m_handle,data,0,size)!=(uint)size)
      return(false);
   for(int i=0; i<size; i++)
     {
      if(data[i]!=m_last[i])
         return(false);
     }
   return(true);
  }
//+------------------------------------------------------------------+
//| Close the file; closing it again does nothing                    |
//+------------------------------------------------------------------+
void CJournalFile::Close(void)
  {
   if(m_handle!=INVALID_HANDLE)
      FileClose(m_handle);
   m_handle=INVALID_HANDLE;
  }
//+------------------------------------------------------------------+
//| True while the file can be written                               |
//+------------------------------------------------------------------+
bool CJournalFile::IsOpen(void) const
  {
   return(m_handle!=INVALID_HANDLE);
  }
//+------------------------------------------------------------------+
//| True if reading stopped at a line that is not as it was written  |
//+------------------------------------------------------------------+
bool CJournalFile::Damaged(void) const
  {
   return(m_damaged);
  }
//+------------------------------------------------------------------+
//| Bytes of whole lines                                             |
//+------------------------------------------------------------------+
ulong CJournalFile::Size(void) const
  {
   return(m_size);
  }
//+------------------------------------------------------------------+
//| Number of whole lines                                            |
//+------------------------------------------------------------------+
long CJournalFile::Lines(void) const
  {
   return(m_lines);
  }
//+------------------------------------------------------------------+
//| Get the file for us alone; others may only read it               |
//+------------------------------------------------------------------+
bool CJournalFile::Acquire(const string path)
  {
   Close();
   m_handle=FileOpen(path,FILE_READ|FILE_WRITE|FILE_BIN|FILE_SHARE_READ);
   return(m_handle!=INVALID_HANDLE);
  }
//+------------------------------------------------------------------+
//| Check one line of the file and give its text                     |
//+------------------------------------------------------------------+
bool CJournalFile::Take(const int from,const int count,string &text)
  {
   int start=from+PW_SEAL_LENGTH+1;
   int length=count-PW_SEAL_LENGTH-1;
   if(length<=0)
      return(false);
   uint seal=m_chain.Next(m_seal,m_data,start,length);
   if(CharArrayToString(m_data,from,PW_SEAL_LENGTH+1,CP_UTF8)!=StringFormat("%08x ",seal))
      return(false);
   m_seal=seal;
   text=CharArrayToString(m_data,start,length,CP_UTF8);
   StringTrimRight(text);
   return(true);
  }

#endif
