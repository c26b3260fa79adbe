//+------------------------------------------------------------------+
//| TransactionRecord.mqh                                            |
//| one trade transaction: Transaction                               |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_TRANSACTIONRECORD_MQH
#define PITWIRE_RECORD_TRANSACTIONRECORD_MQH

#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Record/Digits.mqh>

//+------------------------------------------------------------------+
//| Write a transaction                                              |
//+------------------------------------------------------------------+
void PwWriteTransaction(CPackWriter &body,const MqlTradeTransaction &transaction)
  {
   body.Map(PW_COUNT_TRANSACTION);
   body.KeyInt(PW_FIELD_TYPE,(long)transaction.type);
   body.KeyUnsigned(PW_FIELD_DEAL,transaction.deal);
   body.KeyUnsigned(PW_FIELD_ORDER,transaction.order);
   body.KeyUnsigned(PW_FIELD_POSITION,transaction.position);
   body.KeyUnsigned(PW_FIELD_POSITION_BY,transaction.position_by);
   body.KeyText(PW_FIELD_SYMBOL,PwShort(transaction.symbol));
   body.KeyInt(PW_FIELD_ORDER_TYPE,(long)transaction.order_type);
   body.KeyInt(PW_FIELD_ORDER_STATE,(long)transaction.order_state);
   body.KeyInt(PW_FIELD_DEAL_TYPE,(long)transaction.deal_type);
   body.KeyInt(PW_FIELD_TYPE_TIME,(long)transaction.time_type);
   body.KeyInt(PW_FIELD_TIME_EXPIRATION,PwTimeS((long)transaction.time_expiration));
   body.KeyReal(PW_FIELD_PRICE,PwFinite(transaction.price));
   body.KeyReal(PW_FIELD_PRICE_TRIGGER,PwFinite(transaction.price_trigger));
   body.KeyReal(PW_FIELD_PRICE_SL,PwFinite(transaction.price_sl));
   body.KeyReal(PW_FIELD_PRICE_TP,PwFinite(transaction.price_tp));
   body.KeyReal(PW_FIELD_VOLUME,PwFinite(transaction.volume));
   body.KeyInt(PW_FIELD_DIGITS,PwDigits(transaction.symbol));
   body.KeyInt(PW_FIELD_VOLUME_DIGITS,PwVolumeDigits(transaction.symbol));
  }

#endif
