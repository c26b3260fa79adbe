// Account, terminal, positions, waiting orders, and the history of orders and deals.
#include <unordered_map>

#include "errors.hpp"
#include "market.hpp"
#include "market_state.hpp"

namespace pw {

using namespace served;

namespace {

namespace at_order = served::place::Order;
namespace at_deal = served::place::Deal;
namespace at_position = served::place::Position;

// The orders or deals of the past that a program has chosen.
class Chosen {
public:
    void clear() {
        rows_.clear();
        by_ticket_.clear();
    }
    void add(const Row &row) {
        rows_.push_back(&row);
        by_ticket_[row.at(0).as_unsigned()] = &row;
    }
    int total() const { return static_cast<int>(rows_.size()); }
    ulong ticket(int index) const {
        const bool inside = index >= 0 && static_cast<std::size_t>(index) < rows_.size();
        return inside ? rows_[static_cast<std::size_t>(index)]->at(0).as_unsigned() : 0;
    }
    const Row *find(ulong ticket) const {
        const auto found = by_ticket_.find(ticket);
        return found == by_ticket_.end() ? nullptr : found->second;
    }

private:
    std::vector<const Row *> rows_;
    std::unordered_map<ulong, const Row *> by_ticket_;
};

// What the Select functions have chosen for the Get functions.
Row selected_position;
Row selected_order;
Chosen past_orders;
Chosen past_deals;

static_assert(int(at_order::TICKET_) == 0 && int(at_deal::TICKET_) == 0, "a row begins with its ticket");

bool fail(int code) {
    set_last_error(code);
    return false;
}

const Row *account_row(int property) {
    Market &at = market();
    if (!refresh(at.account, "account", true)) return nullptr;
    if (fits(at.account.rows, property)) return &at.account.rows;
    set_last_error(ERR_ACCOUNT_WRONG_PROPERTY);
    return nullptr;
}

const Row *terminal_row(int property) {
    const Row &state = terminal_state();
    if (!state.empty() && fits(state.at(0).items, property)) return &state.at(0).items;
    set_last_error(ERR_INVALID_PARAMETER);
    return nullptr;
}

const Row &positions() {
    refresh(market().positions, "positions", true);
    return market().positions.rows;
}

const Row &orders() {
    refresh(market().orders, "orders", true);
    return market().orders.rows;
}

// Copy the row of a list that has this number at this place.
bool select(const Row &rows, int place, ulong number, Row &selected, int missing) {
    for (const Value &row : rows) {
        if (row.at(static_cast<std::size_t>(place)).as_unsigned() != number) continue;
        selected = row.items;
        return true;
    }
    selected.clear();
    return fail(missing);
}

bool select(const Row &rows, int index, Row &selected, int missing) {
    if (index < 0 || static_cast<std::size_t>(index) >= rows.size()) {
        selected.clear();
        return fail(missing);
    }
    selected = rows[static_cast<std::size_t>(index)].items;
    return true;
}

bool integer(const Row *row, int property, long_t &value, int missing) {
    if (row == nullptr || row->empty()) return fail(missing);
    if (!fits(*row, property)) return fail(ERR_TRADE_WRONG_PROPERTY);
    value = integer_of(*row, property);
    return true;
}

bool real(const Row *row, int property, double &value, int missing) {
    if (row == nullptr || row->empty()) return fail(missing);
    if (!fits(*row, property)) return fail(ERR_TRADE_WRONG_PROPERTY);
    value = real_of(*row, property);
    return true;
}

bool words(const Row *row, int property, String &value, int missing) {
    if (row == nullptr || row->empty()) return fail(missing);
    if (!fits(*row, property)) return fail(ERR_TRADE_WRONG_PROPERTY);
    value = text_of(*row, property);
    return true;
}

// Orders and deals of the past only ever get more: the new ones are added to those that are known.
bool history() {
    Market &at = market();
    const std::uint64_t books = at.link.books();
    if (at.history_known && at.history_books == books) return true;
    Value answer;
    const Packer call = request("history", 2)
                            .integer(static_cast<long_t>(at.history_orders.size()))
                            .integer(static_cast<long_t>(at.history_deals.size()));
    if (!ask(call, answer)) return false;
    for (Value &row : answer.items[0].items) at.history_orders.push_back(std::move(row.items));
    for (Value &row : answer.items[1].items) at.history_deals.push_back(std::move(row.items));
    at.history_books = books;
    at.history_known = true;
    return true;
}

bool between(long_t time_msc, datetime from, datetime to) {
    const long_t time_s = time_msc / 1000;
    return time_s >= from.value && time_s <= to.value;
}

ulong ulong_at(const Row &row, int place) { return row.at(static_cast<std::size_t>(place)).as_unsigned(); }

}  // namespace

long_t AccountInfoInteger(ENUM_ACCOUNT_INFO_INTEGER property) {
    const Row &state = terminal_state();
    if (property == ACCOUNT_TRADE_ALLOWED || property == ACCOUNT_TRADE_EXPERT)
        return state.empty() ? 0 : state.at(property == ACCOUNT_TRADE_ALLOWED ? 1 : 2).integer;
    const Row *row = account_row(property);
    return row == nullptr ? 0 : integer_of(*row, property);
}

double AccountInfoDouble(ENUM_ACCOUNT_INFO_DOUBLE property) {
    const Row *row = account_row(property);
    return row == nullptr ? 0.0 : real_of(*row, property);
}

String AccountInfoString(ENUM_ACCOUNT_INFO_STRING property) {
    const Row *row = account_row(property);
    return row == nullptr ? String() : text_of(*row, property);
}

int TerminalInfoInteger(ENUM_TERMINAL_INFO_INTEGER property) {
    if (property == TERMINAL_X64) return 1;
    const Row *row = terminal_row(property);
    return row == nullptr ? 0 : static_cast<int>(integer_of(*row, property));
}

double TerminalInfoDouble(ENUM_TERMINAL_INFO_DOUBLE property) {
    const Row *row = terminal_row(property);
    return row == nullptr ? 0.0 : real_of(*row, property);
}

String TerminalInfoString(ENUM_TERMINAL_INFO_STRING property) {
    const Row *row = terminal_row(property);
    return row == nullptr ? String() : text_of(*row, property);
}

int PositionsTotal() { return static_cast<int>(positions().size()); }

ulong PositionGetTicket(int index) {
    if (!select(positions(), index, selected_position, ERR_TRADE_POSITION_NOT_FOUND)) return 0;
    return ulong_at(selected_position, at_position::TICKET_);
}

String PositionGetSymbol(int index) {
    if (!select(positions(), index, selected_position, ERR_TRADE_POSITION_NOT_FOUND)) return String();
    return text_of(selected_position, POSITION_SYMBOL);
}

bool PositionSelect(const String &symbol) {
    const Quotes *quotes = find_symbol(symbol);
    selected_position.clear();
    if (quotes == nullptr) return false;
    // With several of them, as hedging allows, the one with the lowest ticket.
    for (const Value &row : positions()) {
        if (row.at(at_position::SYMBOL_).text != quotes->name) continue;
        const bool lower = selected_position.empty() ||
                           row.at(at_position::TICKET_).as_unsigned() < ulong_at(selected_position, at_position::TICKET_);
        if (lower) selected_position = row.items;
    }
    return !selected_position.empty() || fail(ERR_TRADE_POSITION_NOT_FOUND);
}

bool PositionSelectByTicket(ulong ticket) {
    return select(positions(), at_position::TICKET_, ticket, selected_position, ERR_TRADE_POSITION_NOT_FOUND);
}

bool PositionGetInteger(ENUM_POSITION_PROPERTY_INTEGER property, long_t &value) {
    return integer(&selected_position, property, value, ERR_TRADE_POSITION_NOT_FOUND);
}

bool PositionGetDouble(ENUM_POSITION_PROPERTY_DOUBLE property, double &value) {
    return real(&selected_position, property, value, ERR_TRADE_POSITION_NOT_FOUND);
}

bool PositionGetString(ENUM_POSITION_PROPERTY_STRING property, String &value) {
    return words(&selected_position, property, value, ERR_TRADE_POSITION_NOT_FOUND);
}

long_t PositionGetInteger(ENUM_POSITION_PROPERTY_INTEGER property) {
    long_t value = 0;
    PositionGetInteger(property, value);
    return value;
}

double PositionGetDouble(ENUM_POSITION_PROPERTY_DOUBLE property) {
    double value = 0.0;
    PositionGetDouble(property, value);
    return value;
}

String PositionGetString(ENUM_POSITION_PROPERTY_STRING property) {
    String value;
    PositionGetString(property, value);
    return value;
}

int OrdersTotal() { return static_cast<int>(orders().size()); }

ulong OrderGetTicket(int index) {
    if (!select(orders(), index, selected_order, ERR_TRADE_ORDER_NOT_FOUND)) return 0;
    return ulong_at(selected_order, at_order::TICKET_);
}

bool OrderSelect(ulong ticket) {
    return select(orders(), at_order::TICKET_, ticket, selected_order, ERR_TRADE_ORDER_NOT_FOUND);
}

bool OrderGetInteger(ENUM_ORDER_PROPERTY_INTEGER property, long_t &value) {
    return integer(&selected_order, property, value, ERR_TRADE_ORDER_NOT_FOUND);
}

bool OrderGetDouble(ENUM_ORDER_PROPERTY_DOUBLE property, double &value) {
    return real(&selected_order, property, value, ERR_TRADE_ORDER_NOT_FOUND);
}

bool OrderGetString(ENUM_ORDER_PROPERTY_STRING property, String &value) {
    return words(&selected_order, property, value, ERR_TRADE_ORDER_NOT_FOUND);
}

long_t OrderGetInteger(ENUM_ORDER_PROPERTY_INTEGER property) {
    long_t value = 0;
    OrderGetInteger(property, value);
    return value;
}

double OrderGetDouble(ENUM_ORDER_PROPERTY_DOUBLE property) {
    double value = 0.0;
    OrderGetDouble(property, value);
    return value;
}

String OrderGetString(ENUM_ORDER_PROPERTY_STRING property) {
    String value;
    OrderGetString(property, value);
    return value;
}

bool HistorySelect(datetime from, datetime to) {
    if (!history()) return false;
    past_orders.clear();
    past_deals.clear();
    for (const Row &row : market().history_orders)
        if (between(row.at(at_order::TIME_DONE_MSC_).integer, from, to)) past_orders.add(row);
    for (const Row &row : market().history_deals)
        if (between(row.at(at_deal::TIME_MSC_).integer, from, to)) past_deals.add(row);
    return true;
}

bool HistorySelectByPosition(ulong position) {
    if (!history()) return false;
    const auto wanted = static_cast<ulong>(position);
    past_orders.clear();
    past_deals.clear();
    for (const Row &row : market().history_orders)
        if (ulong_at(row, at_order::POSITION_ID_) == wanted || ulong_at(row, at_order::POSITION_BY_ID_) == wanted)
            past_orders.add(row);
    for (const Row &row : market().history_deals)
        if (ulong_at(row, at_deal::POSITION_ID_) == wanted) past_deals.add(row);
    return true;
}

int HistoryOrdersTotal() { return past_orders.total(); }

ulong HistoryOrderGetTicket(int index) {
    const ulong ticket = past_orders.ticket(index);
    if (ticket == 0) fail(ERR_TRADE_ORDER_NOT_FOUND);
    return ticket;
}

bool HistoryOrderSelect(ulong ticket) {
    if (!history()) return false;
    past_orders.clear();
    for (const Row &row : market().history_orders)
        if (ulong_at(row, at_order::TICKET_) == ticket) past_orders.add(row);
    return past_orders.total() != 0 || fail(ERR_TRADE_ORDER_NOT_FOUND);
}

bool HistoryOrderGetInteger(ulong ticket, ENUM_ORDER_PROPERTY_INTEGER property, long_t &value) {
    return integer(past_orders.find(ticket), property, value, ERR_TRADE_ORDER_NOT_FOUND);
}

bool HistoryOrderGetDouble(ulong ticket, ENUM_ORDER_PROPERTY_DOUBLE property, double &value) {
    return real(past_orders.find(ticket), property, value, ERR_TRADE_ORDER_NOT_FOUND);
}

bool HistoryOrderGetString(ulong ticket, ENUM_ORDER_PROPERTY_STRING property, String &value) {
    return words(past_orders.find(ticket), property, value, ERR_TRADE_ORDER_NOT_FOUND);
}

long_t HistoryOrderGetInteger(ulong ticket, ENUM_ORDER_PROPERTY_INTEGER property) {
    long_t value = 0;
    HistoryOrderGetInteger(ticket, property, value);
    return value;
}

double HistoryOrderGetDouble(ulong ticket, ENUM_ORDER_PROPERTY_DOUBLE property) {
    double value = 0.0;
    HistoryOrderGetDouble(ticket, property, value);
    return value;
}

String HistoryOrderGetString(ulong ticket, ENUM_ORDER_PROPERTY_STRING property) {
    String value;
    HistoryOrderGetString(ticket, property, value);
    return value;
}

int HistoryDealsTotal() { return past_deals.total(); }

ulong HistoryDealGetTicket(int index) {
    const ulong ticket = past_deals.ticket(index);
    if (ticket == 0) fail(ERR_TRADE_DEAL_NOT_FOUND);
    return ticket;
}

bool HistoryDealSelect(ulong ticket) {
    if (!history()) return false;
    past_deals.clear();
    for (const Row &row : market().history_deals)
        if (ulong_at(row, at_deal::TICKET_) == ticket) past_deals.add(row);
    return past_deals.total() != 0 || fail(ERR_TRADE_DEAL_NOT_FOUND);
}

bool HistoryDealGetInteger(ulong ticket, ENUM_DEAL_PROPERTY_INTEGER property, long_t &value) {
    return integer(past_deals.find(ticket), property, value, ERR_TRADE_DEAL_NOT_FOUND);
}

bool HistoryDealGetDouble(ulong ticket, ENUM_DEAL_PROPERTY_DOUBLE property, double &value) {
    return real(past_deals.find(ticket), property, value, ERR_TRADE_DEAL_NOT_FOUND);
}

bool HistoryDealGetString(ulong ticket, ENUM_DEAL_PROPERTY_STRING property, String &value) {
    return words(past_deals.find(ticket), property, value, ERR_TRADE_DEAL_NOT_FOUND);
}

long_t HistoryDealGetInteger(ulong ticket, ENUM_DEAL_PROPERTY_INTEGER property) {
    long_t value = 0;
    HistoryDealGetInteger(ticket, property, value);
    return value;
}

double HistoryDealGetDouble(ulong ticket, ENUM_DEAL_PROPERTY_DOUBLE property) {
    double value = 0.0;
    HistoryDealGetDouble(ticket, property, value);
    return value;
}

String HistoryDealGetString(ulong ticket, ENUM_DEAL_PROPERTY_STRING property) {
    String value;
    HistoryDealGetString(ticket, property, value);
    return value;
}

}  // namespace pw
