//+------------------------------------------------------------------+
//| Decoder.mq5                                                      |
//| any bytes as the body of a frame                                 |
//+------------------------------------------------------------------+
#property copyright   "Pitwire contributors, Apache License 2.0"
#property version     "0.10"

#include <Pitwire/Codec/PackReader.mqh>
#include <Pitwire/Codec/PackWriter.mqh>
#include "Replay.mqh"

//+------------------------------------------------------------------+
//| Looks at every field of a body in every way                      |
//+------------------------------------------------------------------+
class CEveryField : public CPackReader
  {
private:
   CPackWriter       m_writer;

   void              WriteAgain(const int place);

public:
   void              Look(const int place);
   void              LookAtAll(void);
  };
//+------------------------------------------------------------------+
//| Write a value again and read it back: it is the same             |
//+------------------------------------------------------------------+
void CEveryField::WriteAgain(const int place)
  {
   uchar bytes[];
   m_writer.Begin();
   m_writer.Map(1);
   switch(Kind(place))
     {
      case PW_PACK_INTEGER:
         m_writer.KeyInt("v",AsLong(place));
         break;
      case PW_PACK_UNSIGNED:
         m_writer.KeyUnsigned("v",AsUnsigned(place));
         break;
      case PW_PACK_REAL:
         m_writer.KeyReal("v",AsReal(place));
         break;
      case PW_PACK_TEXT:
         m_writer.KeyText("v",AsText(place));
         break;
      case PW_PACK_BINARY:
         PwMust(AsBytes(place,bytes),"binary is given out");
         m_writer.Key("v");
         m_writer.Binary(bytes,ArraySize(bytes));
         break;
      default:
         return;
     }
   CPackReader again;
   PwMust(again.Read(m_writer.m_frame,PW_HEADER_SIZE,m_writer.Size()),"what is written can be read");
   int found=again.Find("v");
   PwMust(again.Kind(found)==Kind(place),"a value keeps its kind");
   PwMust(again.AsLong(found)==AsLong(place),"an integer keeps its value");
   PwMust(again.AsUnsigned(found)==AsUnsigned(place),"a large integer keeps its value");
   PwMust(again.AsText(found)==AsText(place),"a text keeps its characters");
  }
//+------------------------------------------------------------------+
//| Ask for a value in every way, whatever it is                     |
//+------------------------------------------------------------------+
void CEveryField::Look(const int place)
  {
   uchar bytes[];
   long numbers[];
   string text=AsText(place);
   double real=AsReal(place);
   ENUM_PW_PACK kind=Kind(place);
   PwMust(AsBytes(place,bytes)==(kind==PW_PACK_BINARY),"binary alone gives bytes");
   PwMust(kind==PW_PACK_ARRAY || !AsLongs(place,numbers),"an array alone gives numbers");
   PwMust(kind==PW_PACK_TEXT || StringLen(text)==0,"a text alone gives characters");
   PwMust(kind==PW_PACK_BOOL || !AsBool(place),"a boolean alone is true");
   PwMust(kind==PW_PACK_REAL || kind==PW_PACK_INTEGER || kind==PW_PACK_UNSIGNED || real==0.0,"a number alone has a value");
   PwMust(AsLong(place)==0 || kind==PW_PACK_INTEGER,"an integer alone is one");
  }
//+------------------------------------------------------------------+
//| Look at all fields, and at places where nothing is               |
//+------------------------------------------------------------------+
void CEveryField::LookAtAll(void)
  {
   for(int i=0; i<m_keys; i++)
     {
      Look(m_value_at[i]);
      WriteAgain(m_value_at[i]);
     }
   PwMust(Find("")<m_size && Find("v")<m_size,"a place is within the body");
   PwMust(Kind(-1)==PW_PACK_NIL && Kind(m_size)==PW_PACK_NIL,"nothing is nil");
   PwMust(!AsBool(-1) && !AsBool(m_size),"nothing is not true");
   PwMust(Kind(INT_MAX)==PW_PACK_NIL && Kind(INT_MIN)==PW_PACK_NIL,"nothing is far away");
  }

CEveryField ExtReader;

//+------------------------------------------------------------------+
//| One input                                                        |
//+------------------------------------------------------------------+
string PwFuzz(const uchar &data[])
  {
   bool good=ExtReader.Read(data,0,ArraySize(data));
   ExtReader.LookAtAll();
   return(good ? "accepted" : "refused");
  }
//+------------------------------------------------------------------+
//| The inputs of the corpus                                         |
//+------------------------------------------------------------------+
void OnStart(void)
  {
   PwReplay();
  }
