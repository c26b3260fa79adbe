//+------------------------------------------------------------------+
//| PackCheck.mqh                                                    |
//| checks that bytes are a body: MessagePack, one map, strictly     |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CODEC_PACKCHECK_MQH
#define PITWIRE_CODEC_PACKCHECK_MQH

#include <Pitwire/Codec/WireConstants.mqh>
#include <Pitwire/Codec/Bytes.mqh>
#include <Pitwire/Codec/PackHead.mqh>

//+------------------------------------------------------------------+
//| Everything is checked before anything is given out               |
//+------------------------------------------------------------------+
class CPackCheck
  {
private:
   int               Skip(const int at,const int depth);
   int               SkipArray(const int at,const int count,const int depth);
   int               SkipMap(const int at,const int count,const int depth);
   void              Remember(const int from,const int size,const int value_at);

protected:
   uchar             m_data[];
   int               m_size;
   int               m_keys;          // top-level fields
   int               m_key_from[];
   int               m_key_size[];
   int               m_value_at[];

public:
                     CPackCheck(void);
   bool              Read(const uchar &data[],const int from,const int size);
  };
//+------------------------------------------------------------------+
//| Begin without a body                                             |
//+------------------------------------------------------------------+
CPackCheck::CPackCheck(void)
  {
   m_size=0;
   m_keys=0;
  }
//+------------------------------------------------------------------+
//| Take a body; false: it is not one within the limits              |
//+------------------------------------------------------------------+
bool CPackCheck::Read(const uchar &data[],const int from,const int size)
  {
   m_keys=0;
   m_size=0;
   if(from<0 || size<1 || ArraySize(data)-from<size)
      return(false);
   if(ArraySize(m_data)<size)
      ArrayResize(m_data,size);
   ArrayCopy(m_data,data,0,from,size);
   m_size=size;
   SPwPackHead head;
   if(PwReadPackHead(m_data,m_size,0,head) && head.kind==PW_PACK_MAP && Skip(0,0)==size)
      return(true);
   m_keys=0;
   m_size=0;
   return(false);
  }
//+------------------------------------------------------------------+
//| Find the place behind a value; -1: it is not allowed             |
//+------------------------------------------------------------------+
int CPackCheck::Skip(const int at,const int depth)
  {
   SPwPackHead head;
   if(!PwReadPackHead(m_data,m_size,at,head))
      return(-1);
   if(head.kind==PW_PACK_TEXT && !PwIsUtf8(m_data,head.start,head.bytes))
      return(-1);
   if(head.kind!=PW_PACK_ARRAY && head.kind!=PW_PACK_MAP)
      return(head.start+head.bytes);
   if(depth==PW_MAX_DEPTH)
      return(-1);
   if(head.kind==PW_PACK_ARRAY)
      return(SkipArray(head.start,head.count,depth+1));
   return(SkipMap(head.start,head.count,depth+1));
  }
//+------------------------------------------------------------------+
//| Find the place behind an array's values                          |
//+------------------------------------------------------------------+
int CPackCheck::SkipArray(const int at,const int count,const int depth)
  {
   int next=at;
   for(int i=0; i<count && next>=0; i++)
      next=Skip(next,depth);
   return(next);
  }
//+------------------------------------------------------------------+
//| Find the place behind a map's entries                            |
//+------------------------------------------------------------------+
int CPackCheck::SkipMap(const int at,const int count,const int depth)
  {
   // Keys are compared by a hash of 64 bits, so that thousands of them cost no square of time.
   ulong hashes[];
   ArrayResize(hashes,count);
   SPwPackHead head;
   int next=at;
   for(int i=0; i<count; i++)
     {
      if(!PwReadPackHead(m_data,m_size,next,head) || head.kind!=PW_PACK_TEXT)
         return(-1);
      if(!PwIsUtf8(m_data,head.start,head.bytes))
         return(-1);
      hashes[i]=PwHash(m_data,head.start,head.bytes,PW_HASH_BASIS);
      int value_at=head.start+head.bytes;
      next=Skip(value_at,depth);
      if(next<0)
         return(-1);
      if(depth==1)
         Remember(head.start,head.bytes,value_at);
     }
   if(count>1)
      ArraySort(hashes);
   for(int k=1; k<count; k++)
     {
      if(hashes[k]==hashes[k-1])
         return(-1);
     }
   return(next);
  }
//+------------------------------------------------------------------+
//| Note a top-level field                                           |
//+------------------------------------------------------------------+
void CPackCheck::Remember(const int from,const int size,const int value_at)
  {
   if(ArraySize(m_key_from)<=m_keys)
     {
      int wanted=MathMax(32,2*m_keys);
      ArrayResize(m_key_from,wanted);
      ArrayResize(m_key_size,wanted);
      ArrayResize(m_value_at,wanted);
     }
   m_key_from[m_keys]=from;
   m_key_size[m_keys]=size;
   m_value_at[m_keys]=value_at;
   m_keys++;
  }

#endif
