//+------------------------------------------------------------------+
//| SymbolRecord.mqh                                                 |
//| a symbol's specification and figures: SymbolInfo                 |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_SYMBOLRECORD_MQH
#define PITWIRE_RECORD_SYMBOLRECORD_MQH

#include <Pitwire/Record/SymbolWriter.mqh>

//+------------------------------------------------------------------+
//| Whole numbers, the first part of the record                      |
//+------------------------------------------------------------------+
void PwSymbolIntegers(CSymbolWriter &symbol)
  {
   symbol.Flag(PW_FIELD_CUSTOM,SYMBOL_CUSTOM);
   symbol.Number(PW_FIELD_CHART_MODE,SYMBOL_CHART_MODE);
   symbol.Flag(PW_FIELD_SELECT,SYMBOL_SELECT);
   symbol.Flag(PW_FIELD_VISIBLE,SYMBOL_VISIBLE);
   symbol.Count(PW_FIELD_SESSION_DEALS,SYMBOL_SESSION_DEALS);
   symbol.Count(PW_FIELD_SESSION_BUY_ORDERS,SYMBOL_SESSION_BUY_ORDERS);
   symbol.Count(PW_FIELD_SESSION_SELL_ORDERS,SYMBOL_SESSION_SELL_ORDERS);
   symbol.Count(PW_FIELD_VOLUME,SYMBOL_VOLUME);
   symbol.Count(PW_FIELD_VOLUMEHIGH,SYMBOL_VOLUMEHIGH);
   symbol.Count(PW_FIELD_VOLUMELOW,SYMBOL_VOLUMELOW);
   symbol.Time(PW_FIELD_TIME,SYMBOL_TIME);
   symbol.Digits(PW_FIELD_DIGITS);
   symbol.Number(PW_FIELD_SPREAD,SYMBOL_SPREAD);
   symbol.Flag(PW_FIELD_SPREAD_FLOAT,SYMBOL_SPREAD_FLOAT);
   symbol.Count(PW_FIELD_TICKS_BOOKDEPTH,SYMBOL_TICKS_BOOKDEPTH);
   symbol.Number(PW_FIELD_TRADE_CALC_MODE,SYMBOL_TRADE_CALC_MODE);
   symbol.Number(PW_FIELD_TRADE_MODE,SYMBOL_TRADE_MODE);
   symbol.Time(PW_FIELD_START_TIME,SYMBOL_START_TIME);
   symbol.Time(PW_FIELD_EXPIRATION_TIME,SYMBOL_EXPIRATION_TIME);
   symbol.Number(PW_FIELD_TRADE_STOPS_LEVEL,SYMBOL_TRADE_STOPS_LEVEL);
   symbol.Number(PW_FIELD_TRADE_FREEZE_LEVEL,SYMBOL_TRADE_FREEZE_LEVEL);
   symbol.Number(PW_FIELD_TRADE_EXEMODE,SYMBOL_TRADE_EXEMODE);
   symbol.Number(PW_FIELD_SWAP_MODE,SYMBOL_SWAP_MODE);
   symbol.Number(PW_FIELD_SWAP_ROLLOVER3DAYS,SYMBOL_SWAP_ROLLOVER3DAYS);
   symbol.Flag(PW_FIELD_MARGIN_HEDGED_USE_LEG,SYMBOL_MARGIN_HEDGED_USE_LEG);
   symbol.Number(PW_FIELD_EXPIRATION_MODE,SYMBOL_EXPIRATION_MODE);
   symbol.Number(PW_FIELD_FILLING_MODE,SYMBOL_FILLING_MODE);
   symbol.Number(PW_FIELD_ORDER_MODE,SYMBOL_ORDER_MODE);
   symbol.Number(PW_FIELD_ORDER_GTC_MODE,SYMBOL_ORDER_GTC_MODE);
   symbol.Number(PW_FIELD_OPTION_MODE,SYMBOL_OPTION_MODE);
   symbol.Number(PW_FIELD_OPTION_RIGHT,SYMBOL_OPTION_RIGHT);
  }
//+------------------------------------------------------------------+
//| Prices, volumes and amounts, its second part                     |
//+------------------------------------------------------------------+
void PwSymbolPrices(CSymbolWriter &symbol)
  {
   symbol.Real(PW_FIELD_BID,SYMBOL_BID);
   symbol.Real(PW_FIELD_BIDHIGH,SYMBOL_BIDHIGH);
   symbol.Real(PW_FIELD_BIDLOW,SYMBOL_BIDLOW);
   symbol.Real(PW_FIELD_ASK,SYMBOL_ASK);
   symbol.Real(PW_FIELD_ASKHIGH,SYMBOL_ASKHIGH);
   symbol.Real(PW_FIELD_ASKLOW,SYMBOL_ASKLOW);
   symbol.Real(PW_FIELD_LAST,SYMBOL_LAST);
   symbol.Real(PW_FIELD_LASTHIGH,SYMBOL_LASTHIGH);
   symbol.Real(PW_FIELD_LASTLOW,SYMBOL_LASTLOW);
   symbol.Real(PW_FIELD_VOLUME_REAL,SYMBOL_VOLUME_REAL);
   symbol.Real(PW_FIELD_VOLUMEHIGH_REAL,SYMBOL_VOLUMEHIGH_REAL);
   symbol.Real(PW_FIELD_VOLUMELOW_REAL,SYMBOL_VOLUMELOW_REAL);
   symbol.Real(PW_FIELD_OPTION_STRIKE,SYMBOL_OPTION_STRIKE);
   symbol.Real(PW_FIELD_POINT,SYMBOL_POINT);
   symbol.Real(PW_FIELD_TRADE_TICK_VALUE,SYMBOL_TRADE_TICK_VALUE);
   symbol.Real(PW_FIELD_TRADE_TICK_VALUE_PROFIT,SYMBOL_TRADE_TICK_VALUE_PROFIT);
   symbol.Real(PW_FIELD_TRADE_TICK_VALUE_LOSS,SYMBOL_TRADE_TICK_VALUE_LOSS);
   symbol.Real(PW_FIELD_TRADE_TICK_SIZE,SYMBOL_TRADE_TICK_SIZE);
   symbol.Real(PW_FIELD_TRADE_CONTRACT_SIZE,SYMBOL_TRADE_CONTRACT_SIZE);
   symbol.Real(PW_FIELD_TRADE_ACCRUED_INTEREST,SYMBOL_TRADE_ACCRUED_INTEREST);
   symbol.Real(PW_FIELD_TRADE_FACE_VALUE,SYMBOL_TRADE_FACE_VALUE);
   symbol.Real(PW_FIELD_TRADE_LIQUIDITY_RATE,SYMBOL_TRADE_LIQUIDITY_RATE);
   symbol.Real(PW_FIELD_VOLUME_MIN,SYMBOL_VOLUME_MIN);
   symbol.Real(PW_FIELD_VOLUME_MAX,SYMBOL_VOLUME_MAX);
   symbol.Real(PW_FIELD_VOLUME_STEP,SYMBOL_VOLUME_STEP);
   symbol.VolumeDigits(PW_FIELD_VOLUME_DIGITS);
   symbol.Real(PW_FIELD_VOLUME_LIMIT,SYMBOL_VOLUME_LIMIT);
   symbol.Real(PW_FIELD_SWAP_LONG,SYMBOL_SWAP_LONG);
   symbol.Real(PW_FIELD_SWAP_SHORT,SYMBOL_SWAP_SHORT);
   symbol.Real(PW_FIELD_MARGIN_INITIAL,SYMBOL_MARGIN_INITIAL);
   symbol.Real(PW_FIELD_MARGIN_MAINTENANCE,SYMBOL_MARGIN_MAINTENANCE);
   symbol.Real(PW_FIELD_SESSION_VOLUME,SYMBOL_SESSION_VOLUME);
   symbol.Real(PW_FIELD_SESSION_TURNOVER,SYMBOL_SESSION_TURNOVER);
   symbol.Real(PW_FIELD_SESSION_INTEREST,SYMBOL_SESSION_INTEREST);
   symbol.Real(PW_FIELD_SESSION_BUY_ORDERS_VOLUME,SYMBOL_SESSION_BUY_ORDERS_VOLUME);
   symbol.Real(PW_FIELD_SESSION_SELL_ORDERS_VOLUME,SYMBOL_SESSION_SELL_ORDERS_VOLUME);
   symbol.Real(PW_FIELD_SESSION_OPEN,SYMBOL_SESSION_OPEN);
   symbol.Real(PW_FIELD_SESSION_CLOSE,SYMBOL_SESSION_CLOSE);
   symbol.Real(PW_FIELD_SESSION_AW,SYMBOL_SESSION_AW);
   symbol.Real(PW_FIELD_SESSION_PRICE_SETTLEMENT,SYMBOL_SESSION_PRICE_SETTLEMENT);
   symbol.Real(PW_FIELD_SESSION_PRICE_LIMIT_MIN,SYMBOL_SESSION_PRICE_LIMIT_MIN);
   symbol.Real(PW_FIELD_SESSION_PRICE_LIMIT_MAX,SYMBOL_SESSION_PRICE_LIMIT_MAX);
   symbol.Real(PW_FIELD_MARGIN_HEDGED,SYMBOL_MARGIN_HEDGED);
   symbol.Real(PW_FIELD_PRICE_CHANGE,SYMBOL_PRICE_CHANGE);
   symbol.Real(PW_FIELD_PRICE_VOLATILITY,SYMBOL_PRICE_VOLATILITY);
   symbol.Real(PW_FIELD_PRICE_THEORETICAL,SYMBOL_PRICE_THEORETICAL);
   symbol.Real(PW_FIELD_PRICE_GREEKS_DELTA,SYMBOL_PRICE_DELTA);
   symbol.Real(PW_FIELD_PRICE_GREEKS_THETA,SYMBOL_PRICE_THETA);
   symbol.Real(PW_FIELD_PRICE_GREEKS_GAMMA,SYMBOL_PRICE_GAMMA);
   symbol.Real(PW_FIELD_PRICE_GREEKS_VEGA,SYMBOL_PRICE_VEGA);
   symbol.Real(PW_FIELD_PRICE_GREEKS_RHO,SYMBOL_PRICE_RHO);
   symbol.Real(PW_FIELD_PRICE_GREEKS_OMEGA,SYMBOL_PRICE_OMEGA);
   symbol.Real(PW_FIELD_PRICE_SENSITIVITY,SYMBOL_PRICE_SENSITIVITY);
  }
//+------------------------------------------------------------------+
//| Texts, its last part                                             |
//+------------------------------------------------------------------+
void PwSymbolTexts(CSymbolWriter &symbol)
  {
   symbol.Text(PW_FIELD_BASIS,SYMBOL_BASIS);
   symbol.Text(PW_FIELD_CATEGORY,SYMBOL_CATEGORY);
   symbol.Text(PW_FIELD_CURRENCY_BASE,SYMBOL_CURRENCY_BASE);
   symbol.Text(PW_FIELD_CURRENCY_PROFIT,SYMBOL_CURRENCY_PROFIT);
   symbol.Text(PW_FIELD_CURRENCY_MARGIN,SYMBOL_CURRENCY_MARGIN);
   symbol.Text(PW_FIELD_BANK,SYMBOL_BANK);
   symbol.Text(PW_FIELD_DESCRIPTION,SYMBOL_DESCRIPTION);
   symbol.Text(PW_FIELD_EXCHANGE,SYMBOL_EXCHANGE);
   symbol.Text(PW_FIELD_FORMULA,SYMBOL_FORMULA);
   symbol.Text(PW_FIELD_ISIN,SYMBOL_ISIN);
   symbol.Name(PW_FIELD_NAME);
   symbol.Text(PW_FIELD_PAGE,SYMBOL_PAGE);
   symbol.Text(PW_FIELD_PATH,SYMBOL_PATH);
  }
//+------------------------------------------------------------------+
//| Write the record in one of its forms                             |
//+------------------------------------------------------------------+
void PwSymbolForm(CPackWriter &body,const string symbol,const ENUM_PW_FORM form)
  {
   CSymbolWriter writer;
   writer.Begin(body,symbol,form);
   PwSymbolIntegers(writer);
   PwSymbolPrices(writer);
   PwSymbolTexts(writer);
  }
//+------------------------------------------------------------------+
//| Write a symbol as a map                                          |
//+------------------------------------------------------------------+
void PwWriteSymbol(CPackWriter &body,const string symbol)
  {
   PwSymbolForm(body,symbol,PW_FORM_MAP);
  }
//+------------------------------------------------------------------+
//| Name the fields of a row, in the wire's order                    |
//+------------------------------------------------------------------+
void PwWriteSymbolFields(CPackWriter &body)
  {
   PwSymbolForm(body,"",PW_FORM_NAMES);
  }
//+------------------------------------------------------------------+
//| Write a symbol as a row                                          |
//+------------------------------------------------------------------+
void PwWriteSymbolRow(CPackWriter &body,const string symbol)
  {
   PwSymbolForm(body,symbol,PW_FORM_ROW);
  }

#endif
