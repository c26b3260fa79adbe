//+------------------------------------------------------------------+
//| AccountRecord.mqh                                                |
//| the account's figures and properties: AccountInfo                |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_ACCOUNTRECORD_MQH
#define PITWIRE_RECORD_ACCOUNTRECORD_MQH

#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Record/Limits.mqh>

//+------------------------------------------------------------------+
//| Write the account that is signed in                              |
//+------------------------------------------------------------------+
void PwWriteAccount(CPackWriter &body)
  {
   body.Map(PW_COUNT_ACCOUNTINFO);
   body.KeyUnsigned(PW_FIELD_LOGIN,(ulong)AccountInfoInteger(ACCOUNT_LOGIN));
   body.KeyInt(PW_FIELD_TRADE_MODE,AccountInfoInteger(ACCOUNT_TRADE_MODE));
   body.KeyInt(PW_FIELD_LEVERAGE,PwCount(AccountInfoInteger(ACCOUNT_LEVERAGE)));
   body.KeyInt(PW_FIELD_LIMIT_ORDERS,PwCount(AccountInfoInteger(ACCOUNT_LIMIT_ORDERS)));
   body.KeyInt(PW_FIELD_MARGIN_SO_MODE,AccountInfoInteger(ACCOUNT_MARGIN_SO_MODE));
   body.KeyBool(PW_FIELD_TRADE_ALLOWED,AccountInfoInteger(ACCOUNT_TRADE_ALLOWED)!=0);
   body.KeyBool(PW_FIELD_TRADE_EXPERT,AccountInfoInteger(ACCOUNT_TRADE_EXPERT)!=0);
   body.KeyInt(PW_FIELD_MARGIN_MODE,AccountInfoInteger(ACCOUNT_MARGIN_MODE));
   body.KeyInt(PW_FIELD_CURRENCY_DIGITS,PwPlaces(AccountInfoInteger(ACCOUNT_CURRENCY_DIGITS)));
   body.KeyBool(PW_FIELD_FIFO_CLOSE,AccountInfoInteger(ACCOUNT_FIFO_CLOSE)!=0);
   body.KeyReal(PW_FIELD_BALANCE,PwFinite(AccountInfoDouble(ACCOUNT_BALANCE)));
   body.KeyReal(PW_FIELD_CREDIT,PwFinite(AccountInfoDouble(ACCOUNT_CREDIT)));
   body.KeyReal(PW_FIELD_PROFIT,PwFinite(AccountInfoDouble(ACCOUNT_PROFIT)));
   body.KeyReal(PW_FIELD_EQUITY,PwFinite(AccountInfoDouble(ACCOUNT_EQUITY)));
   body.KeyReal(PW_FIELD_MARGIN,PwFinite(AccountInfoDouble(ACCOUNT_MARGIN)));
   body.KeyReal(PW_FIELD_MARGIN_FREE,PwFinite(AccountInfoDouble(ACCOUNT_MARGIN_FREE)));
   body.KeyReal(PW_FIELD_MARGIN_LEVEL,PwFinite(AccountInfoDouble(ACCOUNT_MARGIN_LEVEL)));
   body.KeyReal(PW_FIELD_MARGIN_SO_CALL,PwFinite(AccountInfoDouble(ACCOUNT_MARGIN_SO_CALL)));
   body.KeyReal(PW_FIELD_MARGIN_SO_SO,PwFinite(AccountInfoDouble(ACCOUNT_MARGIN_SO_SO)));
   body.KeyReal(PW_FIELD_MARGIN_INITIAL,PwFinite(AccountInfoDouble(ACCOUNT_MARGIN_INITIAL)));
   body.KeyReal(PW_FIELD_MARGIN_MAINTENANCE,PwFinite(AccountInfoDouble(ACCOUNT_MARGIN_MAINTENANCE)));
   body.KeyReal(PW_FIELD_ASSETS,PwFinite(AccountInfoDouble(ACCOUNT_ASSETS)));
   body.KeyReal(PW_FIELD_LIABILITIES,PwFinite(AccountInfoDouble(ACCOUNT_LIABILITIES)));
   body.KeyReal(PW_FIELD_COMMISSION_BLOCKED,PwFinite(AccountInfoDouble(ACCOUNT_COMMISSION_BLOCKED)));
   body.KeyText(PW_FIELD_NAME,PwShort(AccountInfoString(ACCOUNT_NAME)));
   body.KeyText(PW_FIELD_SERVER,PwShort(AccountInfoString(ACCOUNT_SERVER)));
   body.KeyText(PW_FIELD_CURRENCY,PwShort(AccountInfoString(ACCOUNT_CURRENCY)));
   body.KeyText(PW_FIELD_COMPANY,PwShort(AccountInfoString(ACCOUNT_COMPANY)));
  }

#endif
