//+------------------------------------------------------------------+
//| OrderRecord.mqh                                                  |
//| a pending or historical order: Order                             |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_ORDERRECORD_MQH
#define PITWIRE_RECORD_ORDERRECORD_MQH

#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Record/Digits.mqh>

//+------------------------------------------------------------------+
//| Name the fields of a row, in the wire's order                    |
//+------------------------------------------------------------------+
void PwWriteOrderFields(CPackWriter &body)
  {
   body.Array(PW_COUNT_ORDER);
   body.Text(PW_FIELD_TICKET);
   body.Text(PW_FIELD_TIME_SETUP_MSC);
   body.Text(PW_FIELD_TIME_DONE_MSC);
   body.Text(PW_FIELD_TIME_EXPIRATION);
   body.Text(PW_FIELD_TYPE);
   body.Text(PW_FIELD_TYPE_TIME);
   body.Text(PW_FIELD_TYPE_FILLING);
   body.Text(PW_FIELD_STATE);
   body.Text(PW_FIELD_MAGIC);
   body.Text(PW_FIELD_POSITION_ID);
   body.Text(PW_FIELD_POSITION_BY_ID);
   body.Text(PW_FIELD_REASON);
   body.Text(PW_FIELD_VOLUME_INITIAL);
   body.Text(PW_FIELD_VOLUME_CURRENT);
   body.Text(PW_FIELD_PRICE_OPEN);
   body.Text(PW_FIELD_SL);
   body.Text(PW_FIELD_TP);
   body.Text(PW_FIELD_PRICE_CURRENT);
   body.Text(PW_FIELD_PRICE_STOPLIMIT);
   body.Text(PW_FIELD_SYMBOL);
   body.Text(PW_FIELD_COMMENT);
   body.Text(PW_FIELD_EXTERNAL_ID);
   body.Text(PW_FIELD_DIGITS);
   body.Text(PW_FIELD_VOLUME_DIGITS);
  }
//+------------------------------------------------------------------+
//| A property of the selected order (`past` 0) or of a past one     |
//+------------------------------------------------------------------+
long PwOrderInteger(const ulong past,const ENUM_ORDER_PROPERTY_INTEGER property)
  {
   return(past==0 ? OrderGetInteger(property) : HistoryOrderGetInteger(past,property));
  }
//+------------------------------------------------------------------+
//| A property of the selected order (`past` 0) or of a past one     |
//+------------------------------------------------------------------+
double PwOrderDouble(const ulong past,const ENUM_ORDER_PROPERTY_DOUBLE property)
  {
   return(past==0 ? OrderGetDouble(property) : HistoryOrderGetDouble(past,property));
  }
//+------------------------------------------------------------------+
//| A property of the selected order (`past` 0) or of a past one     |
//+------------------------------------------------------------------+
string PwOrderString(const ulong past,const ENUM_ORDER_PROPERTY_STRING property)
  {
   return(past==0 ? OrderGetString(property) : HistoryOrderGetString(past,property));
  }
//+------------------------------------------------------------------+
//| Write one order, the selected one if `past` is 0                 |
//+------------------------------------------------------------------+
void PwWriteOrder(CPackWriter &body,const ulong past)
  {
   string symbol=PwOrderString(past,ORDER_SYMBOL);
   body.Array(PW_COUNT_ORDER);
   body.Unsigned((ulong)PwOrderInteger(past,ORDER_TICKET));
   body.Int(PwTimeMsc(PwOrderInteger(past,ORDER_TIME_SETUP_MSC)));
   body.Int(PwTimeMsc(PwOrderInteger(past,ORDER_TIME_DONE_MSC)));
   body.Int(PwTimeS(PwOrderInteger(past,ORDER_TIME_EXPIRATION)));
   body.Int(PwOrderInteger(past,ORDER_TYPE));
   body.Int(PwOrderInteger(past,ORDER_TYPE_TIME));
   body.Int(PwOrderInteger(past,ORDER_TYPE_FILLING));
   body.Int(PwOrderInteger(past,ORDER_STATE));
   body.Unsigned((ulong)PwOrderInteger(past,ORDER_MAGIC));
   body.Unsigned((ulong)PwOrderInteger(past,ORDER_POSITION_ID));
   body.Unsigned((ulong)PwOrderInteger(past,ORDER_POSITION_BY_ID));
   body.Int(PwOrderInteger(past,ORDER_REASON));
   body.Real(PwFinite(PwOrderDouble(past,ORDER_VOLUME_INITIAL)));
   body.Real(PwFinite(PwOrderDouble(past,ORDER_VOLUME_CURRENT)));
   body.Real(PwFinite(PwOrderDouble(past,ORDER_PRICE_OPEN)));
   body.Real(PwFinite(PwOrderDouble(past,ORDER_SL)));
   body.Real(PwFinite(PwOrderDouble(past,ORDER_TP)));
   body.Real(PwFinite(PwOrderDouble(past,ORDER_PRICE_CURRENT)));
   body.Real(PwFinite(PwOrderDouble(past,ORDER_PRICE_STOPLIMIT)));
   body.Text(PwShort(symbol));
   body.Text(PwShort(PwOrderString(past,ORDER_COMMENT)));
   body.Text(PwShort(PwOrderString(past,ORDER_EXTERNAL_ID)));
   body.Int(PwDigits(symbol));
   body.Int(PwVolumeDigits(symbol));
  }
//+------------------------------------------------------------------+
//| Write the selected pending order                                 |
//+------------------------------------------------------------------+
void PwWriteOrderRow(CPackWriter &body)
  {
   PwWriteOrder(body,0);
  }
//+------------------------------------------------------------------+
//| Write an order of the selected history                           |
//+------------------------------------------------------------------+
void PwWriteHistoryOrderRow(CPackWriter &body,const ulong ticket)
  {
   PwWriteOrder(body,ticket);
  }

#endif
