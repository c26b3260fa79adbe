// The structures that the language predefines. Those without strings are packed by 1, as MQL5 packs them;
// the bytes of the others are never seen by a program.
#pragma once

#include "string.hpp"
#include "types.hpp"

namespace pw {

// Enumerations of the market; market_enums.hpp gives them their values.
enum ENUM_BOOK_TYPE : int;
enum ENUM_DEAL_TYPE : int;
enum ENUM_ORDER_STATE : int;
enum ENUM_ORDER_TYPE : int;
enum ENUM_ORDER_TYPE_FILLING : int;
enum ENUM_ORDER_TYPE_TIME : int;
enum ENUM_TRADE_REQUEST_ACTIONS : int;
enum ENUM_TRADE_TRANSACTION_TYPE : int;

#pragma pack(push, 1)

struct MqlTick {
    datetime time;
    double bid;
    double ask;
    double last;
    ulong volume;
    long_t time_msc;
    uint flags;
    double volume_real;
};

struct MqlRates {
    datetime time;
    double open;
    double high;
    double low;
    double close;
    long_t tick_volume;
    int spread;
    long_t real_volume;
};

struct MqlBookInfo {
    ENUM_BOOK_TYPE type;
    double price;
    long_t volume;
    double volume_real;
};

struct MqlDateTime {
    int year;
    int mon;
    int day;
    int hour;
    int min;
    int sec;
    int day_of_week;
    int day_of_year;
};

#pragma pack(pop)

static_assert(sizeof(MqlTick) == 60 && sizeof(MqlRates) == 60 && sizeof(MqlBookInfo) == 28 &&
                  sizeof(MqlDateTime) == 32,
              "the predefined structures are packed");

struct MqlTradeRequest {
    ENUM_TRADE_REQUEST_ACTIONS action;
    ulong magic;
    ulong order;
    String symbol;
    double volume;
    double price;
    double stoplimit;
    double sl;
    double tp;
    ulong deviation;
    ENUM_ORDER_TYPE type;
    ENUM_ORDER_TYPE_FILLING type_filling;
    ENUM_ORDER_TYPE_TIME type_time;
    datetime expiration;
    String comment;
    ulong position;
    ulong position_by;
};

struct MqlTradeResult {
    uint retcode;
    ulong deal;
    ulong order;
    double volume;
    double price;
    double bid;
    double ask;
    String comment;
    uint request_id;
    int retcode_external;
};

struct MqlTradeCheckResult {
    uint retcode;
    double balance;
    double equity;
    double profit;
    double margin;
    double margin_free;
    double margin_level;
    String comment;
};

struct MqlTradeTransaction {
    ulong deal;
    ulong order;
    String symbol;
    ENUM_TRADE_TRANSACTION_TYPE type;
    ENUM_ORDER_TYPE order_type;
    ENUM_ORDER_STATE order_state;
    ENUM_DEAL_TYPE deal_type;
    ENUM_ORDER_TYPE_TIME time_type;
    datetime time_expiration;
    double price;
    double price_trigger;
    double price_sl;
    double price_tp;
    double volume;
    ulong position;
    ulong position_by;
};

}  // namespace pw
