//+------------------------------------------------------------------+
//| PositionRecord.mqh                                               |
//| an open position: Position                                       |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_POSITIONRECORD_MQH
#define PITWIRE_RECORD_POSITIONRECORD_MQH

#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Record/Digits.mqh>

//+------------------------------------------------------------------+
//| Name the fields of a row, in the wire's order                    |
//+------------------------------------------------------------------+
void PwWritePositionFields(CPackWriter &body)
  {
   body.Array(PW_COUNT_POSITION);
   body.Text(PW_FIELD_TICKET);
   body.Text(PW_FIELD_TIME_MSC);
   body.Text(PW_FIELD_TIME_UPDATE_MSC);
   body.Text(PW_FIELD_TYPE);
   body.Text(PW_FIELD_MAGIC);
   body.Text(PW_FIELD_IDENTIFIER);
   body.Text(PW_FIELD_REASON);
   body.Text(PW_FIELD_VOLUME);
   body.Text(PW_FIELD_PRICE_OPEN);
   body.Text(PW_FIELD_SL);
   body.Text(PW_FIELD_TP);
   body.Text(PW_FIELD_PRICE_CURRENT);
   body.Text(PW_FIELD_SWAP);
   body.Text(PW_FIELD_PROFIT);
   body.Text(PW_FIELD_SYMBOL);
   body.Text(PW_FIELD_COMMENT);
   body.Text(PW_FIELD_EXTERNAL_ID);
   body.Text(PW_FIELD_DIGITS);
   body.Text(PW_FIELD_VOLUME_DIGITS);
  }
//+------------------------------------------------------------------+
//| Write the selected position                                      |
//+------------------------------------------------------------------+
void PwWritePositionRow(CPackWriter &body)
  {
   string symbol=PositionGetString(POSITION_SYMBOL);
   body.Array(PW_COUNT_POSITION);
   body.Unsigned((ulong)PositionGetInteger(POSITION_TICKET));
   body.Int(PwTimeMsc(PositionGetInteger(POSITION_TIME_MSC)));
   body.Int(PwTimeMsc(PositionGetInteger(POSITION_TIME_UPDATE_MSC)));
   body.Int(PositionGetInteger(POSITION_TYPE));
   body.Unsigned((ulong)PositionGetInteger(POSITION_MAGIC));
   body.Unsigned((ulong)PositionGetInteger(POSITION_IDENTIFIER));
   body.Int(PositionGetInteger(POSITION_REASON));
   body.Real(PwFinite(PositionGetDouble(POSITION_VOLUME)));
   body.Real(PwFinite(PositionGetDouble(POSITION_PRICE_OPEN)));
   body.Real(PwFinite(PositionGetDouble(POSITION_SL)));
   body.Real(PwFinite(PositionGetDouble(POSITION_TP)));
   body.Real(PwFinite(PositionGetDouble(POSITION_PRICE_CURRENT)));
   body.Real(PwFinite(PositionGetDouble(POSITION_SWAP)));
   body.Real(PwFinite(PositionGetDouble(POSITION_PROFIT)));
   body.Text(PwShort(symbol));
   body.Text(PwShort(PositionGetString(POSITION_COMMENT)));
   body.Text(PwShort(PositionGetString(POSITION_EXTERNAL_ID)));
   body.Int(PwDigits(symbol));
   body.Int(PwVolumeDigits(symbol));
  }

#endif
