//+------------------------------------------------------------------+
//| DealRecord.mqh                                                   |
//| a deal, balance operations included: Deal                        |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_DEALRECORD_MQH
#define PITWIRE_RECORD_DEALRECORD_MQH

#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Record/Digits.mqh>

//+------------------------------------------------------------------+
//| Name the fields of a row, in the wire's order                    |
//+------------------------------------------------------------------+
void PwWriteDealFields(CPackWriter &body)
  {
   body.Array(PW_COUNT_DEAL);
   body.Text(PW_FIELD_TICKET);
   body.Text(PW_FIELD_ORDER);
   body.Text(PW_FIELD_TIME_MSC);
   body.Text(PW_FIELD_TYPE);
   body.Text(PW_FIELD_ENTRY);
   body.Text(PW_FIELD_MAGIC);
   body.Text(PW_FIELD_POSITION_ID);
   body.Text(PW_FIELD_REASON);
   body.Text(PW_FIELD_VOLUME);
   body.Text(PW_FIELD_PRICE);
   body.Text(PW_FIELD_COMMISSION);
   body.Text(PW_FIELD_SWAP);
   body.Text(PW_FIELD_PROFIT);
   body.Text(PW_FIELD_FEE);
   body.Text(PW_FIELD_SYMBOL);
   body.Text(PW_FIELD_COMMENT);
   body.Text(PW_FIELD_EXTERNAL_ID);
   body.Text(PW_FIELD_DIGITS);
   body.Text(PW_FIELD_VOLUME_DIGITS);
  }
//+------------------------------------------------------------------+
//| Write a deal of the selected history                             |
//+------------------------------------------------------------------+
void PwWriteDealRow(CPackWriter &body,const ulong ticket)
  {
   string symbol=HistoryDealGetString(ticket,DEAL_SYMBOL);
   body.Array(PW_COUNT_DEAL);
   body.Unsigned(ticket);
   body.Unsigned((ulong)HistoryDealGetInteger(ticket,DEAL_ORDER));
   body.Int(PwTimeMsc(HistoryDealGetInteger(ticket,DEAL_TIME_MSC)));
   body.Int(HistoryDealGetInteger(ticket,DEAL_TYPE));
   body.Int(HistoryDealGetInteger(ticket,DEAL_ENTRY));
   body.Unsigned((ulong)HistoryDealGetInteger(ticket,DEAL_MAGIC));
   body.Unsigned((ulong)HistoryDealGetInteger(ticket,DEAL_POSITION_ID));
   body.Int(HistoryDealGetInteger(ticket,DEAL_REASON));
   body.Real(PwFinite(HistoryDealGetDouble(ticket,DEAL_VOLUME)));
   body.Real(PwFinite(HistoryDealGetDouble(ticket,DEAL_PRICE)));
   body.Real(PwFinite(HistoryDealGetDouble(ticket,DEAL_COMMISSION)));
   body.Real(PwFinite(HistoryDealGetDouble(ticket,DEAL_SWAP)));
   body.Real(PwFinite(HistoryDealGetDouble(ticket,DEAL_PROFIT)));
   body.Real(PwFinite(HistoryDealGetDouble(ticket,DEAL_FEE)));
   body.Text(PwShort(symbol));
   body.Text(PwShort(HistoryDealGetString(ticket,DEAL_COMMENT)));
   body.Text(PwShort(HistoryDealGetString(ticket,DEAL_EXTERNAL_ID)));
   body.Int(PwDigits(symbol));
   body.Int(PwVolumeDigits(symbol));
  }

#endif
