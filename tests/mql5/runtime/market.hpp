// The market side of the terminal: symbols, ticks, bars, depth, account, orders, positions, history, trading.
// It is a client of the trade server in the test process (market_link.hpp) and keeps what a terminal keeps.
#pragma once

#include <string>

#include "array.hpp"
#include "market_enums.hpp"
#include "market_errors.hpp"
#include "market_properties.hpp"
#include "structs.hpp"

namespace pw {

// Connect to the trade server, HOST:PORT. False: it cannot be reached.
bool market_open(const std::string &host_port);
void market_close();
// The trade server is gone.
bool market_stopped();

enum ENUM_SERIES_INFO_INTEGER : int {
    SERIES_BARS_COUNT,
    SERIES_FIRSTDATE,
    SERIES_LASTBAR_DATE,
    SERIES_SERVER_FIRSTDATE,
    SERIES_TERMINAL_FIRSTDATE,
    SERIES_SYNCHRONIZED,
};

// Symbols
int SymbolsTotal(bool selected);
String SymbolName(int pos, bool selected);
bool SymbolSelect(const String &name, bool select);
bool SymbolExist(const String &name, bool &is_custom);
bool SymbolIsSynchronized(const String &name);
long_t SymbolInfoInteger(const String &name, ENUM_SYMBOL_INFO_INTEGER property);
bool SymbolInfoInteger(const String &name, ENUM_SYMBOL_INFO_INTEGER property, long_t &value);
double SymbolInfoDouble(const String &name, ENUM_SYMBOL_INFO_DOUBLE property);
bool SymbolInfoDouble(const String &name, ENUM_SYMBOL_INFO_DOUBLE property, double &value);
String SymbolInfoString(const String &name, ENUM_SYMBOL_INFO_STRING property);
bool SymbolInfoString(const String &name, ENUM_SYMBOL_INFO_STRING property, String &value);
bool SymbolInfoTick(const String &symbol, MqlTick &tick);
bool SymbolInfoSessionQuote(const String &name, ENUM_DAY_OF_WEEK day, uint index, datetime &from, datetime &to);
bool SymbolInfoSessionTrade(const String &name, ENUM_DAY_OF_WEEK day, uint index, datetime &from, datetime &to);
bool SymbolInfoMarginRate(const String &name, ENUM_ORDER_TYPE type, double &initial, double &maintenance);

// Depth of market
bool MarketBookAdd(const String &symbol);
bool MarketBookRelease(const String &symbol);
bool MarketBookGet(const String &symbol, View<MqlBookInfo> book);

// Ticks and bars
int CopyTicks(const String &symbol, View<MqlTick> ticks, uint flags = COPY_TICKS_ALL, ulong from = 0,
              uint count = 0);
int CopyTicksRange(const String &symbol, View<MqlTick> ticks, uint flags = COPY_TICKS_ALL, ulong from_msc = 0,
                   ulong to_msc = 0);
int CopyRates(const String &symbol, ENUM_TIMEFRAMES timeframe, int start, int count, View<MqlRates> rates);
int CopyRates(const String &symbol, ENUM_TIMEFRAMES timeframe, datetime start, int count, View<MqlRates> rates);
int CopyRates(const String &symbol, ENUM_TIMEFRAMES timeframe, datetime start, datetime stop,
              View<MqlRates> rates);
int PeriodSeconds(ENUM_TIMEFRAMES timeframe = PERIOD_CURRENT);
int Bars(const String &symbol, ENUM_TIMEFRAMES timeframe);
int Bars(const String &symbol, ENUM_TIMEFRAMES timeframe, datetime start, datetime stop);
datetime iTime(const String &symbol, ENUM_TIMEFRAMES timeframe, int shift);
long_t SeriesInfoInteger(const String &symbol, ENUM_TIMEFRAMES timeframe, ENUM_SERIES_INFO_INTEGER property);
bool SeriesInfoInteger(const String &symbol, ENUM_TIMEFRAMES timeframe, ENUM_SERIES_INFO_INTEGER property,
                       long_t &value);

// Account and terminal
long_t AccountInfoInteger(ENUM_ACCOUNT_INFO_INTEGER property);
double AccountInfoDouble(ENUM_ACCOUNT_INFO_DOUBLE property);
String AccountInfoString(ENUM_ACCOUNT_INFO_STRING property);
int TerminalInfoInteger(ENUM_TERMINAL_INFO_INTEGER property);
double TerminalInfoDouble(ENUM_TERMINAL_INFO_DOUBLE property);
String TerminalInfoString(ENUM_TERMINAL_INFO_STRING property);

// Open positions
int PositionsTotal();
String PositionGetSymbol(int index);
ulong PositionGetTicket(int index);
bool PositionSelect(const String &symbol);
bool PositionSelectByTicket(ulong ticket);
long_t PositionGetInteger(ENUM_POSITION_PROPERTY_INTEGER property);
bool PositionGetInteger(ENUM_POSITION_PROPERTY_INTEGER property, long_t &value);
double PositionGetDouble(ENUM_POSITION_PROPERTY_DOUBLE property);
bool PositionGetDouble(ENUM_POSITION_PROPERTY_DOUBLE property, double &value);
String PositionGetString(ENUM_POSITION_PROPERTY_STRING property);
bool PositionGetString(ENUM_POSITION_PROPERTY_STRING property, String &value);

// Orders that wait
int OrdersTotal();
ulong OrderGetTicket(int index);
bool OrderSelect(ulong ticket);
long_t OrderGetInteger(ENUM_ORDER_PROPERTY_INTEGER property);
bool OrderGetInteger(ENUM_ORDER_PROPERTY_INTEGER property, long_t &value);
double OrderGetDouble(ENUM_ORDER_PROPERTY_DOUBLE property);
bool OrderGetDouble(ENUM_ORDER_PROPERTY_DOUBLE property, double &value);
String OrderGetString(ENUM_ORDER_PROPERTY_STRING property);
bool OrderGetString(ENUM_ORDER_PROPERTY_STRING property, String &value);

// Orders and deals of the past
bool HistorySelect(datetime from, datetime to);
bool HistorySelectByPosition(ulong position);
int HistoryOrdersTotal();
ulong HistoryOrderGetTicket(int index);
bool HistoryOrderSelect(ulong ticket);
long_t HistoryOrderGetInteger(ulong ticket, ENUM_ORDER_PROPERTY_INTEGER property);
bool HistoryOrderGetInteger(ulong ticket, ENUM_ORDER_PROPERTY_INTEGER property, long_t &value);
double HistoryOrderGetDouble(ulong ticket, ENUM_ORDER_PROPERTY_DOUBLE property);
bool HistoryOrderGetDouble(ulong ticket, ENUM_ORDER_PROPERTY_DOUBLE property, double &value);
String HistoryOrderGetString(ulong ticket, ENUM_ORDER_PROPERTY_STRING property);
bool HistoryOrderGetString(ulong ticket, ENUM_ORDER_PROPERTY_STRING property, String &value);
int HistoryDealsTotal();
ulong HistoryDealGetTicket(int index);
bool HistoryDealSelect(ulong ticket);
long_t HistoryDealGetInteger(ulong ticket, ENUM_DEAL_PROPERTY_INTEGER property);
bool HistoryDealGetInteger(ulong ticket, ENUM_DEAL_PROPERTY_INTEGER property, long_t &value);
double HistoryDealGetDouble(ulong ticket, ENUM_DEAL_PROPERTY_DOUBLE property);
bool HistoryDealGetDouble(ulong ticket, ENUM_DEAL_PROPERTY_DOUBLE property, double &value);
String HistoryDealGetString(ulong ticket, ENUM_DEAL_PROPERTY_STRING property);
bool HistoryDealGetString(ulong ticket, ENUM_DEAL_PROPERTY_STRING property, String &value);

// Trading
bool OrderCalcMargin(ENUM_ORDER_TYPE action, const String &symbol, double volume, double price, double &margin);
bool OrderCalcProfit(ENUM_ORDER_TYPE action, const String &symbol, double volume, double open, double close,
                     double &profit);
[[nodiscard]] bool OrderCheck(const MqlTradeRequest &request, MqlTradeCheckResult &result);
[[nodiscard]] bool OrderSend(const MqlTradeRequest &request, MqlTradeResult &result);
[[nodiscard]] bool OrderSendAsync(const MqlTradeRequest &request, MqlTradeResult &result);

}  // namespace pw
