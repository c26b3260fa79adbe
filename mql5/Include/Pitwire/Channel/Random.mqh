//+------------------------------------------------------------------+
//| Random.mqh                                                       |
//| random bytes that nobody can guess                               |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CHANNEL_RANDOM_MQH
#define PITWIRE_CHANNEL_RANDOM_MQH

#include <Pitwire/Codec/Signature.mqh>
#include <Pitwire/Channel/Libzmq.mqh>

#define PW_Z85_KEY 41      // 40 characters and a zero

//+------------------------------------------------------------------+
//| MQL5 has no generator that is fit for secrets. libzmq has: each  |
//| block is the hash of a fresh CURVE key                           |
//+------------------------------------------------------------------+
class CRandom
  {
private:
   CSigner           m_hasher;
   ulong             m_blocks;

   bool              Block(uchar &block[]);

public:
                     CRandom(void);
   bool              Fill(uchar &out[],const int count);
   ulong             Number(void);
  };
//+------------------------------------------------------------------+
//| Begin counting                                                   |
//+------------------------------------------------------------------+
CRandom::CRandom(void)
  {
   m_blocks=0;
  }
//+------------------------------------------------------------------+
//| Make 32 random bytes                                             |
//+------------------------------------------------------------------+
bool CRandom::Block(uchar &block[])
  {
   uchar public_key[PW_Z85_KEY];
   uchar seed[PW_Z85_KEY+16];
   ArrayInitialize(seed,0);
   if(zmq_curve_keypair(public_key,seed)!=0)
      return(false);
   m_blocks++;
   PwWriteLittle(seed,PW_Z85_KEY,8,m_blocks);
   PwWriteLittle(seed,PW_Z85_KEY+8,8,GetMicrosecondCount());
   bool done=m_hasher.Hash(seed,block);
   ArrayInitialize(seed,0);
   return(done);
  }
//+------------------------------------------------------------------+
//| Fill an array with random bytes; false: there are none           |
//+------------------------------------------------------------------+
bool CRandom::Fill(uchar &out[],const int count)
  {
   uchar block[];
   ArrayResize(out,count);
   for(int at=0; at<count; at+=PW_TAG_SIZE)
     {
      if(!Block(block))
         return(false);
      ArrayCopy(out,block,at,0,MathMin(PW_TAG_SIZE,count-at));
     }
   return(true);
  }
//+------------------------------------------------------------------+
//| A number of 63 random bits that is not 0; 0 = there is none      |
//+------------------------------------------------------------------+
ulong CRandom::Number(void)
  {
   uchar bytes[];
   if(!Fill(bytes,8))
      return(0);
   ulong number=PwReadLittle(bytes,0,8)>>1;
   return(number==0 ? (ulong)1 : number);
  }

#endif
