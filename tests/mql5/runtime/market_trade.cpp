// Trading: what is asked of the trade server, and what it says about trades.
#include "market.hpp"
#include "market_state.hpp"

namespace pw {

using namespace served;

namespace {

constexpr std::size_t REQUEST_FIELDS = 17;

template <class Enumeration> Enumeration enum_of(const Value &value) {
    return static_cast<Enumeration>(value.as_int());
}

void pack(Packer &packer, const MqlTradeRequest &request) {
    packer.list(REQUEST_FIELDS)
        .integer(request.action)
        .number(request.magic)
        .number(request.order)
        .text(request.symbol.utf8())
        .real(request.volume)
        .real(request.price)
        .real(request.stoplimit)
        .real(request.sl)
        .real(request.tp)
        .number(request.deviation)
        .integer(request.type)
        .integer(request.type_filling)
        .integer(request.type_time)
        .integer(request.expiration)
        .text(request.comment.utf8())
        .number(request.position)
        .number(request.position_by);
}

// Ask for a trade: the answer tells whether it went out, with what result, and the last error.
bool send(const char *call, const MqlTradeRequest &request, MqlTradeResult &result) {
    Packer packer = served::request(call, 1);
    pack(packer, request);
    Value answer;
    result = MqlTradeResult{};
    if (!ask(packer, answer)) {
        result.retcode = TRADE_RETCODE_CONNECTION;
        return false;
    }
    result = result_of(answer.at(1));
    const int error = answer.at(0).as_int();
    if (error != 0) set_last_error(error);
    return error == 0;
}

}  // namespace

MqlTradeTransaction served::transaction_of(const Row &row) {
    MqlTradeTransaction made{};
    made.type = enum_of<ENUM_TRADE_TRANSACTION_TYPE>(row.at(0));
    made.deal = row.at(1).as_unsigned();
    made.order = row.at(2).as_unsigned();
    made.position = row.at(3).as_unsigned();
    made.position_by = row.at(4).as_unsigned();
    made.symbol = String::from_utf8(row.at(5).text);
    made.order_type = enum_of<ENUM_ORDER_TYPE>(row.at(6));
    made.order_state = enum_of<ENUM_ORDER_STATE>(row.at(7));
    made.deal_type = enum_of<ENUM_DEAL_TYPE>(row.at(8));
    made.time_type = enum_of<ENUM_ORDER_TYPE_TIME>(row.at(9));
    made.time_expiration = row.at(10).integer;
    made.price = row.at(11).as_real();
    made.price_trigger = row.at(12).as_real();
    made.price_sl = row.at(13).as_real();
    made.price_tp = row.at(14).as_real();
    made.volume = row.at(15).as_real();
    return made;
}

MqlTradeRequest served::request_of(const Value &value) {
    MqlTradeRequest made{};
    if (value.is_nil()) return made;
    const Row &row = value.items;
    made.action = enum_of<ENUM_TRADE_REQUEST_ACTIONS>(row.at(0));
    made.magic = row.at(1).as_unsigned();
    made.order = row.at(2).as_unsigned();
    made.symbol = String::from_utf8(row.at(3).text);
    made.volume = row.at(4).as_real();
    made.price = row.at(5).as_real();
    made.stoplimit = row.at(6).as_real();
    made.sl = row.at(7).as_real();
    made.tp = row.at(8).as_real();
    made.deviation = row.at(9).as_unsigned();
    made.type = enum_of<ENUM_ORDER_TYPE>(row.at(10));
    made.type_filling = enum_of<ENUM_ORDER_TYPE_FILLING>(row.at(11));
    made.type_time = enum_of<ENUM_ORDER_TYPE_TIME>(row.at(12));
    made.expiration = row.at(13).integer;
    made.comment = String::from_utf8(row.at(14).text);
    made.position = row.at(15).as_unsigned();
    made.position_by = row.at(16).as_unsigned();
    return made;
}

MqlTradeResult served::result_of(const Value &value) {
    MqlTradeResult made{};
    if (value.is_nil()) return made;
    const Row &row = value.items;
    made.retcode = static_cast<uint>(row.at(0).integer);
    made.deal = row.at(1).as_unsigned();
    made.order = row.at(2).as_unsigned();
    made.volume = row.at(3).as_real();
    made.price = row.at(4).as_real();
    made.bid = row.at(5).as_real();
    made.ask = row.at(6).as_real();
    made.comment = String::from_utf8(row.at(7).text);
    made.request_id = static_cast<uint>(row.at(8).integer);
    made.retcode_external = row.at(9).as_int();
    return made;
}

bool OrderCalcMargin(ENUM_ORDER_TYPE action, const String &symbol, double volume, double price, double &margin) {
    const Quotes *quotes = find_symbol(symbol);
    if (quotes == nullptr) return false;
    Value answer;
    const Packer packer =
        request("margin", 4).integer(action).text(quotes->name).real(volume).real(price);
    if (!ask(packer, answer)) return false;
    margin = answer.as_real();
    return true;
}

bool OrderCalcProfit(ENUM_ORDER_TYPE action, const String &symbol, double volume, double open, double close,
                     double &profit) {
    const Quotes *quotes = find_symbol(symbol);
    if (quotes == nullptr) return false;
    Value answer;
    const Packer packer =
        request("profit", 5).integer(action).text(quotes->name).real(volume).real(open).real(close);
    if (!ask(packer, answer)) return false;
    profit = answer.as_real();
    return true;
}

bool OrderCheck(const MqlTradeRequest &request, MqlTradeCheckResult &result) {
    Packer packer = served::request("check", 1);
    pack(packer, request);
    Value answer;
    result = MqlTradeCheckResult{};
    if (!ask(packer, answer)) return false;
    result.retcode = static_cast<uint>(answer.at(0).integer);
    result.balance = answer.at(1).as_real();
    result.equity = answer.at(2).as_real();
    result.profit = answer.at(3).as_real();
    result.margin = answer.at(4).as_real();
    result.margin_free = answer.at(5).as_real();
    result.margin_level = answer.at(6).as_real();
    result.comment = String::from_utf8(answer.at(7).text);
    return result.retcode == 0;
}

bool OrderSend(const MqlTradeRequest &request, MqlTradeResult &result) { return send("send", request, result); }

bool OrderSendAsync(const MqlTradeRequest &request, MqlTradeResult &result) {
    return send("send_async", request, result);
}

}  // namespace pw
