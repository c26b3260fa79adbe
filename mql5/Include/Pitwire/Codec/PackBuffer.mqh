//+------------------------------------------------------------------+
//| PackBuffer.mqh                                                   |
//| a body being written: its bytes, and MessagePack's simple values |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CODEC_PACKBUFFER_MQH
#define PITWIRE_CODEC_PACKBUFFER_MQH

#include <Pitwire/Codec/WireConstants.mqh>

#define PW_FIRST_BUFFER 4096

struct SPwReal
  {
   double            value;
  };
//+------------------------------------------------------------------+
//| The body grows behind room for the header, so that a frame is    |
//| sealed and sent where it was written                             |
//+------------------------------------------------------------------+
class CPackBuffer
  {
protected:
   int               m_end;         // behind the last byte written

   void              Byte(const int value);
   void              Big(const ulong value,const int bytes);
   void              Head(const int count,const int short_form,const int short_limit,const int wide_form);

public:
   uchar             m_frame[];     // header's room, body, then the tag

                     CPackBuffer(void);
   void              Begin(void);
   int               Size(void) const;
   void              Reserve(const int count);
   void              Raw(const uchar &data[],const int from,const int count);

   void              Nil(void);
   void              Bool(const bool value);
   void              Int(const long value);
   void              Unsigned(const ulong value);
   void              Real(const double value);
  };
//+------------------------------------------------------------------+
//| Begin with an empty body                                         |
//+------------------------------------------------------------------+
CPackBuffer::CPackBuffer(void)
  {
   Begin();
  }
//+------------------------------------------------------------------+
//| Empty it                                                         |
//+------------------------------------------------------------------+
void CPackBuffer::Begin(void)
  {
   m_end=PW_HEADER_SIZE;
   Reserve(PW_TAG_SIZE);
  }
//+------------------------------------------------------------------+
//| Bytes of the body so far                                         |
//+------------------------------------------------------------------+
int CPackBuffer::Size(void) const
  {
   return(m_end-PW_HEADER_SIZE);
  }
//+------------------------------------------------------------------+
//| Make room behind the last byte                                   |
//+------------------------------------------------------------------+
void CPackBuffer::Reserve(const int count)
  {
   int held=ArraySize(m_frame);
   if(held-m_end>=count)
      return;
   int wanted=MathMax(PW_FIRST_BUFFER,2*held);
   ArrayResize(m_frame,MathMax(wanted,m_end+count));
  }
//+------------------------------------------------------------------+
//| Write one byte                                                   |
//+------------------------------------------------------------------+
void CPackBuffer::Byte(const int value)
  {
   Reserve(1);
   m_frame[m_end]=(uchar)value;
   m_end++;
  }
//+------------------------------------------------------------------+
//| Write a number, highest byte first                               |
//+------------------------------------------------------------------+
void CPackBuffer::Big(const ulong value,const int bytes)
  {
   Reserve(bytes);
   for(int shift=8*(bytes-1); shift>=0; shift-=8)
     {
      m_frame[m_end]=(uchar)((value>>shift)&0xFF);
      m_end++;
     }
  }
//+------------------------------------------------------------------+
//| Begin a map or an array                                          |
//+------------------------------------------------------------------+
void CPackBuffer::Head(const int count,const int short_form,const int short_limit,const int wide_form)
  {
   if(count<short_limit)
     {
      Byte(short_form|count);
      return;
     }
   if(count<=0xFFFF)
     {
      Byte(wide_form);
      Big((ulong)count,2);
      return;
     }
   Byte(wide_form+1);
   Big((ulong)count,4);
  }
//+------------------------------------------------------------------+
//| Write bytes that are MessagePack already                         |
//+------------------------------------------------------------------+
void CPackBuffer::Raw(const uchar &data[],const int from,const int count)
  {
   if(count==0)
      return;
   Reserve(count);
   ArrayCopy(m_frame,data,m_end,from,count);
   m_end+=count;
  }
//+------------------------------------------------------------------+
//| Write nil                                                        |
//+------------------------------------------------------------------+
void CPackBuffer::Nil(void)
  {
   Byte(0xC0);
  }
//+------------------------------------------------------------------+
//| Write a boolean                                                  |
//+------------------------------------------------------------------+
void CPackBuffer::Bool(const bool value)
  {
   Byte(value ? 0xC3 : 0xC2);
  }
//+------------------------------------------------------------------+
//| Write an integer in its shortest form                            |
//+------------------------------------------------------------------+
void CPackBuffer::Int(const long value)
  {
   ulong bits=(ulong)value;
   if(value>=0)
     {
      Unsigned(bits);
      return;
     }
   if(value>=-32)
     {
      Byte((int)(bits&0xFF));
      return;
     }
   int bytes=8;
   int form=0xD3;
   if(value>=-128)
     {
      bytes=1;
      form=0xD0;
     }
   else
      if(value>=-32768)
        {
         bytes=2;
         form=0xD1;
        }
      else
         if(value>=(long)INT_MIN)
           {
            bytes=4;
            form=0xD2;
           }
   Byte(form);
   Big(bits,bytes);
  }
//+------------------------------------------------------------------+
//| Write an integer that is not negative in its shortest form       |
//+------------------------------------------------------------------+
void CPackBuffer::Unsigned(const ulong value)
  {
   if(value<128)
     {
      Byte((int)value);
      return;
     }
   int bytes=8;
   int form=0xCF;
   if(value<=0xFF)
     {
      bytes=1;
      form=0xCC;
     }
   else
      if(value<=0xFFFF)
        {
         bytes=2;
         form=0xCD;
        }
      else
         if((value>>32)==0)
           {
            bytes=4;
            form=0xCE;
           }
   Byte(form);
   Big(value,bytes);
  }
//+------------------------------------------------------------------+
//| Write a float64; what is no number becomes 0                     |
//+------------------------------------------------------------------+
void CPackBuffer::Real(const double value)
  {
   SPwReal real;
   real.value=0.0;
   if(MathIsValidNumber(value))
      real.value=value;
   uchar bytes[8];
   StructToCharArray(real,bytes);
   Byte(0xCB);
   Reserve(8);
   for(int i=7; i>=0; i--)
     {
      m_frame[m_end]=bytes[i];
      m_end++;
     }
  }

#endif
