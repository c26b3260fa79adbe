//+------------------------------------------------------------------+
//| PackReader.mqh                                                   |
//| gives out the fields of a body                                   |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CODEC_PACKREADER_MQH
#define PITWIRE_CODEC_PACKREADER_MQH

#include <Pitwire/Codec/PackBuffer.mqh>
#include <Pitwire/Codec/PackCheck.mqh>

//+------------------------------------------------------------------+
//| A place is where a value begins; places come from Find alone     |
//+------------------------------------------------------------------+
class CPackReader : public CPackCheck
  {
private:
   bool              SameName(const string name,const int from,const int size) const;

public:
   int               Find(const string name) const;
   ENUM_PW_PACK      Kind(const int place) const;
   bool              AsBool(const int place) const;
   long              AsLong(const int place) const;
   ulong             AsUnsigned(const int place) const;
   double            AsReal(const int place) const;
   string            AsText(const int place) const;
   bool              AsBytes(const int place,uchar &out[]) const;
   bool              AsLongs(const int place,long &out[]) const;
  };
//+------------------------------------------------------------------+
//| Compare a key with a name; names of the wire are ASCII           |
//+------------------------------------------------------------------+
bool CPackReader::SameName(const string name,const int from,const int size) const
  {
   if(StringLen(name)!=size)
      return(false);
   for(int i=0; i<size; i++)
     {
      if((int)StringGetCharacter(name,i)!=(int)m_data[from+i])
         return(false);
     }
   return(true);
  }
//+------------------------------------------------------------------+
//| Place of a top-level field; -1: absent                           |
//+------------------------------------------------------------------+
int CPackReader::Find(const string name) const
  {
   for(int i=0; i<m_keys; i++)
     {
      if(SameName(name,m_key_from[i],m_key_size[i]))
         return(m_value_at[i]);
     }
   return(-1);
  }
//+------------------------------------------------------------------+
//| What a value is; what is not there is nil                        |
//+------------------------------------------------------------------+
ENUM_PW_PACK CPackReader::Kind(const int place) const
  {
   SPwPackHead head;
   if(!PwReadPackHead(m_data,m_size,place,head))
      return(PW_PACK_NIL);
   return(head.kind);
  }
//+------------------------------------------------------------------+
//| A boolean                                                        |
//+------------------------------------------------------------------+
bool CPackReader::AsBool(const int place) const
  {
   return(place>=0 && place<m_size && m_data[place]==0xC3);
  }
//+------------------------------------------------------------------+
//| An integer up to 2^63-1                                          |
//+------------------------------------------------------------------+
long CPackReader::AsLong(const int place) const
  {
   SPwPackHead head;
   if(!PwReadPackHead(m_data,m_size,place,head) || head.kind!=PW_PACK_INTEGER)
      return(0);
   return((long)PwPackedInteger(m_data,head));
  }
//+------------------------------------------------------------------+
//| An integer up to 2^64-1; a negative one gives 0                  |
//+------------------------------------------------------------------+
ulong CPackReader::AsUnsigned(const int place) const
  {
   SPwPackHead head;
   if(!PwReadPackHead(m_data,m_size,place,head))
      return(0);
   if(head.kind==PW_PACK_UNSIGNED)
      return(PwPackedInteger(m_data,head));
   long value=AsLong(place);
   return(value<0 ? (ulong)0 : (ulong)value);
  }
//+------------------------------------------------------------------+
//| A float64, or an integer where one is meant                      |
//+------------------------------------------------------------------+
double CPackReader::AsReal(const int place) const
  {
   SPwPackHead head;
   if(!PwReadPackHead(m_data,m_size,place,head))
      return(0.0);
   if(head.kind==PW_PACK_INTEGER)
      return((double)AsLong(place));
   if(head.kind==PW_PACK_UNSIGNED)
      return((double)AsUnsigned(place));
   if(head.kind!=PW_PACK_REAL)
      return(0.0);
   uchar bytes[8];
   for(int i=0; i<8; i++)
      bytes[i]=m_data[head.start+7-i];
   SPwReal real;
   real.value=0.0;
   CharArrayToStruct(real,bytes);
   return(real.value);
  }
//+------------------------------------------------------------------+
//| A text. MQL5 ends texts at a zero character: one becomes the     |
//| control character 1, which no check for printable text lets pass |
//+------------------------------------------------------------------+
string CPackReader::AsText(const int place) const
  {
   SPwPackHead head;
   if(!PwReadPackHead(m_data,m_size,place,head) || head.kind!=PW_PACK_TEXT || head.bytes==0)
      return("");
   uchar text[];
   ArrayResize(text,head.bytes);
   for(int i=0; i<head.bytes; i++)
     {
      text[i]=m_data[head.start+i];
      if(text[i]==0)
         text[i]=1;
     }
   return(CharArrayToString(text,0,head.bytes,CP_UTF8));
  }
//+------------------------------------------------------------------+
//| Binary data; false: it is none                                   |
//+------------------------------------------------------------------+
bool CPackReader::AsBytes(const int place,uchar &out[]) const
  {
   SPwPackHead head;
   if(!PwReadPackHead(m_data,m_size,place,head) || head.kind!=PW_PACK_BINARY)
      return(false);
   ArrayResize(out,head.bytes);
   if(head.bytes>0)
      ArrayCopy(out,m_data,0,head.start,head.bytes);
   return(true);
  }
//+------------------------------------------------------------------+
//| An array of integers up to 2^63-1; false: it is none             |
//+------------------------------------------------------------------+
bool CPackReader::AsLongs(const int place,long &out[]) const
  {
   SPwPackHead head;
   if(!PwReadPackHead(m_data,m_size,place,head) || head.kind!=PW_PACK_ARRAY)
      return(false);
   int count=head.count;
   int at=head.start;
   ArrayResize(out,count);
   for(int i=0; i<count; i++)
     {
      if(!PwReadPackHead(m_data,m_size,at,head) || head.kind!=PW_PACK_INTEGER)
         return(false);
      out[i]=(long)PwPackedInteger(m_data,head);
      at=head.start+head.bytes;
     }
   return(true);
  }

#endif
