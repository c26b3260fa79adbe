//+------------------------------------------------------------------+
//| Bytes.mqh                                                        |
//| numbers and texts as bytes                                       |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CODEC_BYTES_MQH
#define PITWIRE_CODEC_BYTES_MQH

#define PW_HASH_BASIS 1469598103934665603
#define PW_HASH_PRIME 1099511628211

//+------------------------------------------------------------------+
//| Read a number whose highest byte comes first                     |
//+------------------------------------------------------------------+
ulong PwReadBig(const uchar &data[],const int at,const int bytes)
  {
   ulong value=0;
   for(int i=0; i<bytes; i++)
      value=(value<<8)|(ulong)data[at+i];
   return(value);
  }
//+------------------------------------------------------------------+
//| Read a number whose lowest byte comes first                      |
//+------------------------------------------------------------------+
ulong PwReadLittle(const uchar &data[],const int at,const int bytes)
  {
   ulong value=0;
   for(int i=bytes-1; i>=0; i--)
      value=(value<<8)|(ulong)data[at+i];
   return(value);
  }
//+------------------------------------------------------------------+
//| Write a number, lowest byte first                                |
//+------------------------------------------------------------------+
void PwWriteLittle(uchar &data[],const int at,const int bytes,const ulong value)
  {
   for(int i=0; i<bytes; i++)
      data[at+i]=(uchar)((value>>(8*i))&0xFF);
  }
//+------------------------------------------------------------------+
//| Compare bytes; the time taken tells nothing about where they     |
//| differ                                                           |
//+------------------------------------------------------------------+
bool PwSameBytes(const uchar &left[],const int left_at,const uchar &right[],const int right_at,const int count)
  {
   int difference=0;
   for(int i=0; i<count; i++)
      difference|=(int)left[left_at+i]^(int)right[right_at+i];
   return(difference==0);
  }
//+------------------------------------------------------------------+
//| Hash bytes: FNV-1a of 64 bits, for tables, never for secrets     |
//+------------------------------------------------------------------+
ulong PwHash(const uchar &data[],const int from,const int count,const ulong basis)
  {
   ulong hash=basis;
   for(int i=from; i<from+count; i++)
      hash=(hash^(ulong)data[i])*PW_HASH_PRIME;
   return(hash);
  }
//+------------------------------------------------------------------+
//| A text's UTF-8, without the zero behind it; gives its length     |
//+------------------------------------------------------------------+
int PwTextBytes(const string text,uchar &out[])
  {
   if(StringLen(text)==0)
     {
      ArrayResize(out,0);
      return(0);
     }
   int count=StringToCharArray(text,out,0,-1,CP_UTF8)-1;
   ArrayResize(out,count);
   return(count);
  }
//+------------------------------------------------------------------+
//| Value of a hexadecimal digit; -1: it is none                     |
//+------------------------------------------------------------------+
int PwHexDigit(const int character)
  {
   if(character>='0' && character<='9')
      return(character-'0');
   if(character>='a' && character<='f')
      return(character-'a'+10);
   if(character>='A' && character<='F')
      return(character-'A'+10);
   return(-1);
  }
//+------------------------------------------------------------------+
//| Lowest code point that may be written with so many bytes behind  |
//| the first one                                                    |
//+------------------------------------------------------------------+
int PwLowestCodePoint(const int more)
  {
   if(more==1)
      return(0x80);
   if(more==2)
      return(0x800);
   return(0x10000);
  }
//+------------------------------------------------------------------+
//| Tell whether bytes are UTF-8, without longer forms than needed   |
//| and without surrogates                                           |
//+------------------------------------------------------------------+
bool PwIsUtf8(const uchar &data[],const int from,const int count)
  {
   int at=from;
   int end=from+count;
   while(at<end)
     {
      int first=data[at];
      at++;
      if(first<0x80)
         continue;
      if(first<0xC2 || first>0xF4)
         return(false);
      int more=1;
      if(first>=0xE0)
         more=2;
      if(first>=0xF0)
         more=3;
      if(end-at<more)
         return(false);
      int point=first&(0x3F>>more);
      for(int i=0; i<more; i++)
        {
         int next=data[at];
         at++;
         if((next&0xC0)!=0x80)
            return(false);
         point=(point<<6)|(next&0x3F);
        }
      if(point<PwLowestCodePoint(more) || point>0x10FFFF || (point>=0xD800 && point<=0xDFFF))
         return(false);
     }
   return(true);
  }

#endif
