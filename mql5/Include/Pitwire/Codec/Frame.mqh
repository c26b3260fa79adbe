//+------------------------------------------------------------------+
//| Frame.mqh                                                        |
//| header, body, tag                                                |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CODEC_FRAME_MQH
#define PITWIRE_CODEC_FRAME_MQH

#include <Pitwire/Codec/WireConstants.mqh>
#include <Pitwire/Codec/Bytes.mqh>
#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Codec/Signature.mqh>

#define PW_FAULTS 7

//--- why a frame is dropped
enum ENUM_PW_FAULT
  {
   PW_FAULT_NONE,
   PW_FAULT_FRAME,
   PW_FAULT_SESSION,
   PW_FAULT_SIGNATURE,
   PW_FAULT_SEQUENCE,
   PW_FAULT_HANDSHAKE,
   PW_FAULT_REPLY_UNSENT    // no frame that came, but one that could not go
  };

//--- a header without magic, version and suite, which are always the same
struct SPwHeader
  {
   int               type;        // PW_FRAME_...
   int               flags;
   int               kind;
   ulong             session;
   ulong             sequence;
   ulong             clock_us;
   ulong             answers;
  };
//+------------------------------------------------------------------+
//| Flags of a direction and channel                                 |
//+------------------------------------------------------------------+
int PwFlags(const int direction,const int channel)
  {
   return(direction|(channel<<1));
  }
//+------------------------------------------------------------------+
//| Read a header after checking length, magic, version, suite and   |
//| flags; nothing else of it is to be trusted                       |
//+------------------------------------------------------------------+
bool PwReadHeader(const uchar &frame[],const int size,const int max_size,SPwHeader &header)
  {
   if(size<PW_MIN_FRAME || size>max_size)
      return(false);
   if(frame[PW_OFFSET_MAGIC]!=PW_MAGIC_0 || frame[PW_OFFSET_MAGIC+1]!=PW_MAGIC_1)
      return(false);
   if(frame[PW_OFFSET_VERSION]!=PW_VERSION || frame[PW_OFFSET_SUITE]!=PW_SUITE_HMAC_SHA256)
      return(false);
   header.type=(int)frame[PW_OFFSET_TYPE];
   header.flags=(int)frame[PW_OFFSET_FLAGS];
   if(header.flags>3)
      return(false);
   header.kind=(int)PwReadLittle(frame,PW_OFFSET_KIND,2);
   header.session=PwReadLittle(frame,PW_OFFSET_SESSION,8);
   header.sequence=PwReadLittle(frame,PW_OFFSET_SEQUENCE,8);
   header.clock_us=PwReadLittle(frame,PW_OFFSET_CLOCK,8);
   header.answers=PwReadLittle(frame,PW_OFFSET_ANSWERS,8);
   return(true);
  }
//+------------------------------------------------------------------+
//| Check a frame of a session in the wire's order: direction and    |
//| channel, tag, and that it is the one after those taken           |
//+------------------------------------------------------------------+
ENUM_PW_FAULT PwCheckFrame(const SPwHeader &header,const uchar &frame[],const int size,const int flags,const ulong taken,const SPwMacKey &key,CSigner &signer)
  {
   if(header.flags!=flags)
      return(PW_FAULT_SESSION);
   if(!signer.CheckFrame(key,frame,size))
      return(PW_FAULT_SIGNATURE);
   if(header.sequence!=taken+1 || header.sequence>PW_LAST_SEQUENCE)
      return(PW_FAULT_SEQUENCE);
   return(PW_FAULT_NONE);
  }
//+------------------------------------------------------------------+
//| Make a frame of a written body; gives its size, 0 = impossible   |
//+------------------------------------------------------------------+
int PwSeal(CPackWriter &body,const SPwHeader &header,const SPwMacKey &key,CSigner &signer)
  {
   int signed_bytes=PW_HEADER_SIZE+body.Size();
   body.Reserve(PW_TAG_SIZE);
   body.m_frame[PW_OFFSET_MAGIC]=PW_MAGIC_0;
   body.m_frame[PW_OFFSET_MAGIC+1]=PW_MAGIC_1;
   body.m_frame[PW_OFFSET_VERSION]=PW_VERSION;
   body.m_frame[PW_OFFSET_SUITE]=PW_SUITE_HMAC_SHA256;
   body.m_frame[PW_OFFSET_TYPE]=(uchar)header.type;
   body.m_frame[PW_OFFSET_FLAGS]=(uchar)header.flags;
   PwWriteLittle(body.m_frame,PW_OFFSET_KIND,2,(ulong)header.kind);
   PwWriteLittle(body.m_frame,PW_OFFSET_SESSION,8,header.session);
   PwWriteLittle(body.m_frame,PW_OFFSET_SEQUENCE,8,header.sequence);
   PwWriteLittle(body.m_frame,PW_OFFSET_CLOCK,8,header.clock_us);
   PwWriteLittle(body.m_frame,PW_OFFSET_ANSWERS,8,header.answers);
   if(!signer.SignFrame(key,body.m_frame,signed_bytes))
      return(0);
   return(signed_bytes+PW_TAG_SIZE);
  }

#endif
