// Codes of GetLastError that the built-ins of market, account, trade and history set.
#pragma once

namespace pw {

constexpr int ERR_MARKET_UNKNOWN_SYMBOL = 4301;
constexpr int ERR_MARKET_NOT_SELECTED = 4302;
constexpr int ERR_MARKET_WRONG_PROPERTY = 4303;
constexpr int ERR_MARKET_LASTTIME_UNKNOWN = 4304;
constexpr int ERR_MARKET_SELECT_ERROR = 4305;
constexpr int ERR_HISTORY_NOT_FOUND = 4401;
constexpr int ERR_HISTORY_WRONG_PROPERTY = 4402;
constexpr int ERR_HISTORY_TIMEOUT = 4403;
constexpr int ERR_HISTORY_BARS_LIMIT = 4404;
constexpr int ERR_HISTORY_LOAD_ERRORS = 4405;
constexpr int ERR_HISTORY_SMALL_BUFFER = 4407;
constexpr int ERR_ACCOUNT_WRONG_PROPERTY = 4701;
constexpr int ERR_TRADE_WRONG_PROPERTY = 4751;
constexpr int ERR_TRADE_DISABLED = 4752;
constexpr int ERR_TRADE_POSITION_NOT_FOUND = 4753;
constexpr int ERR_TRADE_ORDER_NOT_FOUND = 4754;
constexpr int ERR_TRADE_DEAL_NOT_FOUND = 4755;
constexpr int ERR_TRADE_SEND_FAILED = 4756;
constexpr int ERR_TRADE_CALC_FAILED = 4758;
constexpr int ERR_BOOKS_CANNOT_ADD = 4901;
constexpr int ERR_BOOKS_CANNOT_DELETE = 4902;
constexpr int ERR_BOOKS_CANNOT_GET = 4903;
constexpr int ERR_BOOKS_CANNOT_SUBSCRIBE = 4904;

}  // namespace pw
