//+------------------------------------------------------------------+
//| BookRecord.mqh                                                   |
//| the depth of market: BookEntry                                   |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_BOOKRECORD_MQH
#define PITWIRE_RECORD_BOOKRECORD_MQH

#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Record/Limits.mqh>

//+------------------------------------------------------------------+
//| Name the fields of a row, in the wire's order                    |
//+------------------------------------------------------------------+
void PwWriteBookFields(CPackWriter &body)
  {
   body.Array(PW_COUNT_BOOKENTRY);
   body.Text(PW_FIELD_TYPE);
   body.Text(PW_FIELD_PRICE);
   body.Text(PW_FIELD_VOLUME);
   body.Text(PW_FIELD_VOLUME_DBL);
  }
//+------------------------------------------------------------------+
//| Write one level                                                  |
//+------------------------------------------------------------------+
void PwWriteBookRow(CPackWriter &body,const MqlBookInfo &level)
  {
   body.Array(PW_COUNT_BOOKENTRY);
   body.Int((long)level.type);
   body.Real(PwFinite(level.price));
   body.Int(PwCount(level.volume));
   body.Real(PwFinite(level.volume_real));
  }
//+------------------------------------------------------------------+
//| Whether a level is an offer to sell                              |
//+------------------------------------------------------------------+
bool PwIsSellLevel(const MqlBookInfo &level)
  {
   return(level.type==BOOK_TYPE_SELL || level.type==BOOK_TYPE_SELL_MARKET);
  }
//+------------------------------------------------------------------+
//| Whether a level stands before another one: sells before buys, the|
//| highest price first                                              |
//+------------------------------------------------------------------+
bool PwBookLevelBefore(const MqlBookInfo &level,const MqlBookInfo &other)
  {
   bool sell=PwIsSellLevel(level);
   if(sell!=PwIsSellLevel(other))
      return(sell);
   return(level.price>other.price);
  }
//+------------------------------------------------------------------+
//| Write a whole table in the wire's order, which is the terminal's |
//| own one nearly always: then nothing has to move                  |
//+------------------------------------------------------------------+
void PwWriteBook(CPackWriter &body,const MqlBookInfo &book[])
  {
   int count=ArraySize(book);
   int places[];
   ArrayResize(places,count);
   for(int i=0; i<count; i++)
     {
      int at=i;
      while(at>0 && PwBookLevelBefore(book[i],book[places[at-1]]))
        {
         places[at]=places[at-1];
         at--;
        }
      places[at]=i;
     }
   body.Map(2);
   body.Key(PW_FIELD_FIELDS);
   PwWriteBookFields(body);
   body.Key(PW_FIELD_ROWS);
   body.Array(count);
   for(int k=0; k<count; k++)
      PwWriteBookRow(body,book[places[k]]);
  }

#endif
