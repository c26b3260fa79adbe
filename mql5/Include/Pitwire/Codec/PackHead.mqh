//+------------------------------------------------------------------+
//| PackHead.mqh                                                     |
//| how a MessagePack value begins: its kind, and how long it is     |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CODEC_PACKHEAD_MQH
#define PITWIRE_CODEC_PACKHEAD_MQH

#include <Pitwire/Codec/Bytes.mqh>

enum ENUM_PW_PACK
  {
   PW_PACK_NIL,
   PW_PACK_BOOL,
   PW_PACK_INTEGER,
   PW_PACK_UNSIGNED,    // an integer above 2^63-1
   PW_PACK_REAL,
   PW_PACK_TEXT,
   PW_PACK_BINARY,
   PW_PACK_ARRAY,
   PW_PACK_MAP
  };

struct SPwPackHead
  {
   ENUM_PW_PACK      kind;
   int               start;      // of the value's bytes, or of its first item
   int               bytes;      // of a value that is neither array nor map
   int               count;      // items of an array, entries of a map
   bool              is_signed;  // an integer that may be negative
  };
//+------------------------------------------------------------------+
//| Fill a head                                                      |
//+------------------------------------------------------------------+
void PwSetPackHead(SPwPackHead &head,const ENUM_PW_PACK kind,const int start,const int bytes,const int count)
  {
   head.kind=kind;
   head.start=start;
   head.bytes=bytes;
   head.count=count;
   head.is_signed=false;
  }
//+------------------------------------------------------------------+
//| Read the head of a number or of a value without bytes            |
//+------------------------------------------------------------------+
bool PwReadScalarHead(const uchar &data[],const int size,const int at,SPwPackHead &head)
  {
   int first=data[at];
   if(first<0x80 || first>=0xE0)
     {
      PwSetPackHead(head,PW_PACK_INTEGER,at,1,0);
      head.is_signed=true;
      return(true);
     }
   if(first==0xC0)
     {
      PwSetPackHead(head,PW_PACK_NIL,at+1,0,0);
      return(true);
     }
   if(first==0xC2 || first==0xC3)
     {
      PwSetPackHead(head,PW_PACK_BOOL,at+1,0,0);
      return(true);
     }
   if(first==0xCB)
     {
      PwSetPackHead(head,PW_PACK_REAL,at+1,8,0);
      return(size-head.start>=8);
     }
   if(first<0xCC || first>0xD3)
      return(false);
   int width=1<<((first-0xCC)&3);
   PwSetPackHead(head,PW_PACK_INTEGER,at+1,width,0);
   head.is_signed=(first>=0xD0);
   if(size-head.start<width)
      return(false);
   if(first==0xCF && data[head.start]>=0x80)
      head.kind=PW_PACK_UNSIGNED;
   return(true);
  }
//+------------------------------------------------------------------+
//| Check a length or count against what is left; the shortest item  |
//| has one byte, the shortest entry of a map two                    |
//+------------------------------------------------------------------+
bool PwSetSizedHead(SPwPackHead &head,const ENUM_PW_PACK kind,const int start,const ulong length,const int size)
  {
   ulong left=(ulong)(size-start);
   if(kind==PW_PACK_MAP)
      left/=2;
   if(length>left)
      return(false);
   if(kind==PW_PACK_MAP || kind==PW_PACK_ARRAY)
      PwSetPackHead(head,kind,start,0,(int)length);
   else
      PwSetPackHead(head,kind,start,(int)length,0);
   return(true);
  }
//+------------------------------------------------------------------+
//| Read the head of a value; false: bytes are missing, or its type  |
//| is not part of the protocol                                      |
//+------------------------------------------------------------------+
bool PwReadPackHead(const uchar &data[],const int size,const int at,SPwPackHead &head)
  {
   if(at<0 || at>=size)
      return(false);
   int first=data[at];
   if(first>=0x80 && first<0x90)
      return(PwSetSizedHead(head,PW_PACK_MAP,at+1,(ulong)(first&15),size));
   if(first>=0x90 && first<0xA0)
      return(PwSetSizedHead(head,PW_PACK_ARRAY,at+1,(ulong)(first&15),size));
   if(first>=0xA0 && first<0xC0)
      return(PwSetSizedHead(head,PW_PACK_TEXT,at+1,(ulong)(first&31),size));
   int width=0;
   ENUM_PW_PACK kind=PW_PACK_NIL;
   if(first>=0xC4 && first<=0xC6)
     {
      kind=PW_PACK_BINARY;
      width=1<<(first-0xC4);
     }
   if(first>=0xD9 && first<=0xDB)
     {
      kind=PW_PACK_TEXT;
      width=1<<(first-0xD9);
     }
   if(first==0xDC || first==0xDD)
     {
      kind=PW_PACK_ARRAY;
      width=2<<(first-0xDC);
     }
   if(first==0xDE || first==0xDF)
     {
      kind=PW_PACK_MAP;
      width=2<<(first-0xDE);
     }
   if(width==0)
      return(PwReadScalarHead(data,size,at,head));
   if(size-at-1<width)
      return(false);
   return(PwSetSizedHead(head,kind,at+1+width,PwReadBig(data,at+1,width),size));
  }
//+------------------------------------------------------------------+
//| The 64 bits of an integer                                        |
//+------------------------------------------------------------------+
ulong PwPackedInteger(const uchar &data[],const SPwPackHead &head)
  {
   ulong value=PwReadBig(data,head.start,head.bytes);
   if(!head.is_signed || data[head.start]<0x80 || head.bytes==8)
      return(value);
   ulong all=0;
   all=~all;
   return(value|(all<<(8*head.bytes)));
  }

#endif
