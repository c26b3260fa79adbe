//+------------------------------------------------------------------+
//| PackWriter.mqh                                                   |
//| writes the body of a frame: MessagePack, one map                 |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CODEC_PACKWRITER_MQH
#define PITWIRE_CODEC_PACKWRITER_MQH

#include <Pitwire/Codec/PackBuffer.mqh>

#define PW_ROW_BYTES 60      // of a packed tick, and of a packed bar

//+------------------------------------------------------------------+
//| Maps, arrays, texts, binary data, and the fields of a map        |
//+------------------------------------------------------------------+
class CPackWriter : public CPackBuffer
  {
private:
   uchar             m_text[];

   void              BinaryHead(const int count);

public:
   void              Map(const int count);
   void              Array(const int count);
   void              Text(const string value);
   void              Binary(const uchar &data[],const int count);
   void              Ticks(const MqlTick &rows[],const int from,const int count);
   void              Rates(const MqlRates &rows[],const int from,const int count);

   void              Key(const string name);
   void              KeyBool(const string name,const bool value);
   void              KeyInt(const string name,const long value);
   void              KeyUnsigned(const string name,const ulong value);
   void              KeyReal(const string name,const double value);
   void              KeyText(const string name,const string value);
  };
//+------------------------------------------------------------------+
//| Begin a map of so many entries                                   |
//+------------------------------------------------------------------+
void CPackWriter::Map(const int count)
  {
   Head(count,0x80,16,0xDE);
  }
//+------------------------------------------------------------------+
//| Begin an array of so many values                                 |
//+------------------------------------------------------------------+
void CPackWriter::Array(const int count)
  {
   Head(count,0x90,16,0xDC);
  }
//+------------------------------------------------------------------+
//| Write a text as UTF-8                                            |
//+------------------------------------------------------------------+
void CPackWriter::Text(const string value)
  {
   int count=0;
   // The conversion adds a zero byte, which is no part of the text.
   if(StringLen(value)>0)
      count=StringToCharArray(value,m_text,0,-1,CP_UTF8)-1;
   if(count<32)
      Byte(0xA0|count);
   else
      if(count<=0xFF)
        {
         Byte(0xD9);
         Byte(count);
        }
      else
         Head(count,0xA0,0,0xDA);
   Raw(m_text,0,count);
  }
//+------------------------------------------------------------------+
//| Begin binary data                                                |
//+------------------------------------------------------------------+
void CPackWriter::BinaryHead(const int count)
  {
   if(count<=0xFF)
     {
      Byte(0xC4);
      Byte(count);
      return;
     }
   Head(count,0,0,0xC5);
  }
//+------------------------------------------------------------------+
//| Write the first bytes of an array as binary                      |
//+------------------------------------------------------------------+
void CPackWriter::Binary(const uchar &data[],const int count)
  {
   BinaryHead(count);
   Raw(data,0,count);
  }
//+------------------------------------------------------------------+
//| Write ticks as packed rows                                       |
//+------------------------------------------------------------------+
void CPackWriter::Ticks(const MqlTick &rows[],const int from,const int count)
  {
   BinaryHead(count*PW_ROW_BYTES);
   Reserve(count*PW_ROW_BYTES);
   for(int i=from; i<from+count; i++)
     {
      StructToCharArray(rows[i],m_frame,(uint)m_end);
      m_end+=PW_ROW_BYTES;
     }
  }
//+------------------------------------------------------------------+
//| Write bars as packed rows                                        |
//+------------------------------------------------------------------+
void CPackWriter::Rates(const MqlRates &rows[],const int from,const int count)
  {
   BinaryHead(count*PW_ROW_BYTES);
   Reserve(count*PW_ROW_BYTES);
   for(int i=from; i<from+count; i++)
     {
      StructToCharArray(rows[i],m_frame,(uint)m_end);
      m_end+=PW_ROW_BYTES;
     }
  }
//+------------------------------------------------------------------+
//| Write the name of a field; its value follows                     |
//+------------------------------------------------------------------+
void CPackWriter::Key(const string name)
  {
   Text(name);
  }
//+------------------------------------------------------------------+
//| Write a field: a boolean                                         |
//+------------------------------------------------------------------+
void CPackWriter::KeyBool(const string name,const bool value)
  {
   Text(name);
   Bool(value);
  }
//+------------------------------------------------------------------+
//| Write a field: an integer                                        |
//+------------------------------------------------------------------+
void CPackWriter::KeyInt(const string name,const long value)
  {
   Text(name);
   Int(value);
  }
//+------------------------------------------------------------------+
//| Write a field: an integer that is not negative                   |
//+------------------------------------------------------------------+
void CPackWriter::KeyUnsigned(const string name,const ulong value)
  {
   Text(name);
   Unsigned(value);
  }
//+------------------------------------------------------------------+
//| Write a field: a float64                                         |
//+------------------------------------------------------------------+
void CPackWriter::KeyReal(const string name,const double value)
  {
   Text(name);
   Real(value);
  }
//+------------------------------------------------------------------+
//| Write a field: a text                                            |
//+------------------------------------------------------------------+
void CPackWriter::KeyText(const string name,const string value)
  {
   Text(name);
   Text(value);
  }

#endif
