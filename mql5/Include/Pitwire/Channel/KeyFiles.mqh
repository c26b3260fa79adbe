//+------------------------------------------------------------------+
//| KeyFiles.mqh                                                     |
//| the link secrets and CURVE keys in MQL5/Files/Pitwire            |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CHANNEL_KEYFILES_MQH
#define PITWIRE_CHANNEL_KEYFILES_MQH

#include <Pitwire/Settings.mqh>
#include <Pitwire/Codec/Handshake.mqh>

#define PW_KEY_FILE_LIMIT 512
#define PW_Z85_LENGTH     40

//--- the keys of CURVE as libzmq takes them: Z85 with a zero behind it
struct SPwCurve
  {
   bool              given;
   uchar             bridge_public[PW_Z85_LENGTH+1];
   uchar             own_public[PW_Z85_LENGTH+1];
   uchar             own_private[PW_Z85_LENGTH+1];
  };
//+------------------------------------------------------------------+
//| Reads the files. What they hold never gets into a text, so that  |
//| it can neither be printed nor stay behind in memory              |
//+------------------------------------------------------------------+
class CKeyFiles
  {
private:
   string            m_terminal;
   string            m_problem;

   string            PathOf(const string suffix) const;
   bool              ReadFile(const string path,uchar &content[]);
   bool              ReadSecretFile(const string path,CSigner &signer,CSecret &taken);
   bool              SplitCurve(const uchar &content[],SPwCurve &curve) const;

public:
   void              Name(const string terminal);
   bool              ReadSecrets(CSigner &signer,CSecret &current,CSecret &next);
   bool              ReadCurve(SPwCurve &curve);
   string            Problem(void) const;
  };
//+------------------------------------------------------------------+
//| Name the terminal whose files are read                           |
//+------------------------------------------------------------------+
void CKeyFiles::Name(const string terminal)
  {
   m_terminal=terminal;
   m_problem="";
  }
//+------------------------------------------------------------------+
//| Why reading failed                                               |
//+------------------------------------------------------------------+
string CKeyFiles::Problem(void) const
  {
   return(m_problem);
  }
//+------------------------------------------------------------------+
//| The path of a file in the sandbox                                |
//+------------------------------------------------------------------+
string CKeyFiles::PathOf(const string suffix) const
  {
   return(PW_FOLDER+"\\"+m_terminal+suffix);
  }
//+------------------------------------------------------------------+
//| Read a small file                                                |
//+------------------------------------------------------------------+
bool CKeyFiles::ReadFile(const string path,uchar &content[])
  {
   int file=FileOpen(path,FILE_READ|FILE_BIN|FILE_SHARE_READ|FILE_SHARE_WRITE);
   if(file==INVALID_HANDLE)
     {
      m_problem="MQL5\\Files\\"+path+" cannot be opened: run 'pitwire terminals install', which writes it.";
      return(false);
     }
   int size=(int)MathMin(FileSize(file),(ulong)(PW_KEY_FILE_LIMIT+1));
   ArrayResize(content,size);
   int count=0;
   if(size>0)
      count=(int)FileReadArray(file,content,0,size);
   FileClose(file);
   if(size>0 && size<=PW_KEY_FILE_LIMIT && count==size)
      return(true);
   if(size>0)
      ArrayInitialize(content,0);
   m_problem="MQL5\\Files\\"+path+" cannot be read or is no key file: write it anew.";
   return(false);
  }
//+------------------------------------------------------------------+
//| Read a link secret: 64 hexadecimal digits and a line end at most |
//+------------------------------------------------------------------+
bool CKeyFiles::ReadSecretFile(const string path,CSigner &signer,CSecret &taken)
  {
   uchar content[];
   if(!ReadFile(path,content))
      return(false);
   uchar value[];
   ArrayResize(value,PW_SECRET_SIZE);
   int size=ArraySize(content);
   while(size>0 && (content[size-1]=='\n' || content[size-1]=='\r'))
      size--;
   bool good=(size==2*PW_SECRET_SIZE);
   for(int i=0; i<PW_SECRET_SIZE && good; i++)
     {
      int high=PwHexDigit((int)content[2*i]);
      int low=PwHexDigit((int)content[2*i+1]);
      good=(high>=0 && low>=0);
      if(good)
         value[i]=(uchar)(16*high+low);
     }
   ArrayInitialize(content,0);
   if(good)
      good=taken.Take(signer,value,m_terminal);
   ArrayInitialize(value,0);
   if(!good)
      m_problem="MQL5\\Files\\"+path+" must hold 64 hexadecimal digits in one line and nothing else.";
   return(good);
  }
//+------------------------------------------------------------------+
//| Read the current secret and, during a rotation, the next one     |
//+------------------------------------------------------------------+
bool CKeyFiles::ReadSecrets(CSigner &signer,CSecret &current,CSecret &next)
  {
   m_problem="";
   bool read=ReadSecretFile(PathOf(".key"),signer,current);
   if(!read)
      current.Forget();
   next.Forget();
   string path=PathOf(".next.key");
   if(!FileIsExist(path))
      return(read);
   if(!ReadSecretFile(path,signer,next))
      next.Forget();
   return(read && next.Held());
  }
//+------------------------------------------------------------------+
//| Take the three lines of a CURVE file apart                       |
//+------------------------------------------------------------------+
bool CKeyFiles::SplitCurve(const uchar &content[],SPwCurve &curve) const
  {
   int line=0;
   int column=0;
   for(int i=0; i<ArraySize(content); i++)
     {
      uchar character=content[i];
      if(character=='\r')
         continue;
      if(character=='\n')
        {
         if(column==PW_Z85_LENGTH)
            line++;
         else
            if(column>0)
               return(false);
         column=0;
         continue;
        }
      if(character<=' ' || character>'~' || column==PW_Z85_LENGTH || line>2)
         return(false);
      if(line==0)
         curve.bridge_public[column]=character;
      if(line==1)
         curve.own_public[column]=character;
      if(line==2)
         curve.own_private[column]=character;
      column++;
     }
   return((line==3 && column==0) || (line==2 && column==PW_Z85_LENGTH));
  }
//+------------------------------------------------------------------+
//| Read the CURVE keys; without a file the link is not encrypted    |
//+------------------------------------------------------------------+
bool CKeyFiles::ReadCurve(SPwCurve &curve)
  {
   m_problem="";
   ZeroMemory(curve);
   string path=PathOf(".curve");
   if(!FileIsExist(path))
      return(true);
   uchar content[];
   if(!ReadFile(path,content))
      return(false);
   curve.given=SplitCurve(content,curve);
   ArrayInitialize(content,0);
   if(curve.given)
      return(true);
   ZeroMemory(curve);
   m_problem="MQL5\\Files\\"+path+" must hold three lines of 40 Z85 characters: the bridge's public key, the own public key, the own private key.";
   return(false);
  }

#endif
