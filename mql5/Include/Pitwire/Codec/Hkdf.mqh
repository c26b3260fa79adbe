//+------------------------------------------------------------------+
//| Hkdf.mqh                                                         |
//| HKDF-SHA256 (RFC 5869) with 32 bytes of output                   |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CODEC_HKDF_MQH
#define PITWIRE_CODEC_HKDF_MQH

#include <Pitwire/Codec/Signature.mqh>

//+------------------------------------------------------------------+
//| The info of a derivation: label, zero byte, context              |
//+------------------------------------------------------------------+
void PwKeyInfo(const string label,const uchar &context[],uchar &info[])
  {
   int length=PwTextBytes(label,info);
   int more=ArraySize(context);
   ArrayResize(info,length+1+more);
   info[length]=0;
   if(more>0)
      ArrayCopy(info,context,length+1,0,more);
  }
//+------------------------------------------------------------------+
//| Derive a key; an empty salt counts as zeros, as the RFC says     |
//+------------------------------------------------------------------+
bool PwDeriveKey(CSigner &signer,const uchar &secret[],const uchar &salt[],const uchar &info[],uchar &derived[])
  {
   SPwMacKey key;
   uchar extracted[];
   if(!PwSetMacKey(key,salt,ArraySize(salt)))
      return(false);
   if(!signer.Sign(key,secret,ArraySize(secret),extracted))
      return(false);
   if(!PwSetMacKey(key,extracted,PW_TAG_SIZE))
      return(false);
   // One round gives 32 bytes; the rounds are numbered from 1.
   uchar block[];
   int count=ArraySize(info);
   ArrayResize(block,count+1);
   ArrayCopy(block,info,0,0,count);
   block[count]=1;
   bool done=signer.Sign(key,block,count+1,derived);
   ArrayInitialize(extracted,0);
   return(done);
  }
//+------------------------------------------------------------------+
//| Derive a key and prepare it for tags                             |
//+------------------------------------------------------------------+
bool PwDeriveMacKey(CSigner &signer,const uchar &secret[],const uchar &salt[],const string label,const uchar &context[],SPwMacKey &key)
  {
   uchar info[];
   uchar derived[];
   PwKeyInfo(label,context,info);
   bool done=PwDeriveKey(signer,secret,salt,info,derived);
   if(done)
      done=PwSetMacKey(key,derived,PW_TAG_SIZE);
   ArrayInitialize(derived,0);
   return(done);
  }

#endif
