//+------------------------------------------------------------------+
//| Signature.mqh                                                    |
//| SHA-256, and HMAC-SHA256 (RFC 2104) made of two of them          |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CODEC_SIGNATURE_MQH
#define PITWIRE_CODEC_SIGNATURE_MQH

#include <Pitwire/Codec/WireConstants.mqh>
#include <Pitwire/Codec/Bytes.mqh>

#define PW_BLOCK 64

//--- a key as HMAC uses it: what each of the two hashes begins with
struct SPwMacKey
  {
   uchar             inner[PW_BLOCK];
   uchar             outer[PW_BLOCK];
  };
//+------------------------------------------------------------------+
//| Prepare a key of at most 64 bytes                                |
//+------------------------------------------------------------------+
bool PwSetMacKey(SPwMacKey &key,const uchar &bytes[],const int count)
  {
   if(count>PW_BLOCK)
      return(false);
   for(int i=0; i<PW_BLOCK; i++)
     {
      int byte=0;
      if(i<count)
         byte=(int)bytes[i];
      key.inner[i]=(uchar)(byte^0x36);
      key.outer[i]=(uchar)(byte^0x5C);
     }
   return(true);
  }
//+------------------------------------------------------------------+
//| Computes tags. It keeps the arrays that this needs, so one is    |
//| enough for all keys                                              |
//+------------------------------------------------------------------+
class CSigner
  {
private:
   uchar             m_none[];       // the hash takes a key argument and ignores it
   uchar             m_message[];
   uchar             m_inner_hash[];
   uchar             m_outer_message[PW_BLOCK+PW_TAG_SIZE];
   uchar             m_tag[];

public:
   bool              Hash(const uchar &data[],uchar &digest[]);
   bool              Sign(const SPwMacKey &key,const uchar &data[],const int count,uchar &tag[]);
   bool              SignFrame(const SPwMacKey &key,uchar &frame[],const int signed_bytes);
   bool              CheckFrame(const SPwMacKey &key,const uchar &frame[],const int size);
  };
//+------------------------------------------------------------------+
//| SHA-256 of an array that is not empty                            |
//+------------------------------------------------------------------+
bool CSigner::Hash(const uchar &data[],uchar &digest[])
  {
   return(CryptEncode(CRYPT_HASH_SHA256,data,m_none,digest)==PW_TAG_SIZE);
  }
//+------------------------------------------------------------------+
//| HMAC-SHA256 of the first bytes of an array                       |
//+------------------------------------------------------------------+
bool CSigner::Sign(const SPwMacKey &key,const uchar &data[],const int count,uchar &tag[])
  {
   // The whole array is hashed: it must end where the message ends.
   ArrayResize(m_message,PW_BLOCK+count,PW_MAX_FRAME_TO_TERMINAL);
   ArrayCopy(m_message,key.inner,0,0,PW_BLOCK);
   ArrayCopy(m_message,data,PW_BLOCK,0,count);
   if(!Hash(m_message,m_inner_hash))
      return(false);
   ArrayCopy(m_outer_message,key.outer,0,0,PW_BLOCK);
   ArrayCopy(m_outer_message,m_inner_hash,PW_BLOCK,0,PW_TAG_SIZE);
   return(Hash(m_outer_message,tag));
  }
//+------------------------------------------------------------------+
//| Write the tag behind what it signs                               |
//+------------------------------------------------------------------+
bool CSigner::SignFrame(const SPwMacKey &key,uchar &frame[],const int signed_bytes)
  {
   if(!Sign(key,frame,signed_bytes,m_tag))
      return(false);
   return(ArrayCopy(frame,m_tag,signed_bytes,0,PW_TAG_SIZE)==PW_TAG_SIZE);
  }
//+------------------------------------------------------------------+
//| Tell whether the tag at the end of a frame is right              |
//+------------------------------------------------------------------+
bool CSigner::CheckFrame(const SPwMacKey &key,const uchar &frame[],const int size)
  {
   int signed_bytes=size-PW_TAG_SIZE;
   if(!Sign(key,frame,signed_bytes,m_tag))
      return(false);
   return(PwSameBytes(m_tag,0,frame,signed_bytes,PW_TAG_SIZE));
  }

#endif
