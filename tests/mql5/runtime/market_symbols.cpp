// Symbols, their last prices, and the depth of market.
#include <cmath>

#include "errors.hpp"
#include "market.hpp"
#include "market_state.hpp"

namespace pw {

using namespace served;

namespace {

namespace at_symbol = served::place::SymbolInfo;

bool unknown_property() {
    set_last_error(ERR_MARKET_WRONG_PROPERTY);
    return false;
}

MqlTick last_tick(Quotes &quotes) {
    const std::lock_guard<std::mutex> lock(market().mutex);
    return quotes.last;
}

// What the terminal knows from the last tick; false: the property is another.
bool from_tick(Quotes &quotes, int property, long_t &value) {
    const MqlTick tick = last_tick(quotes);
    switch (property) {
        case SYMBOL_TIME: value = tick.time_msc / 1000; return true;
        case SYMBOL_TIME_MSC: value = tick.time_msc; return true;
        case SYMBOL_VOLUME: value = static_cast<long_t>(tick.volume); return true;
        case SYMBOL_SELECT:
        case SYMBOL_VISIBLE: value = quotes.selected; return true;
        case SYMBOL_EXIST: value = true; return true;
        default: return false;
    }
}

bool from_tick(Quotes &quotes, int property, double &value) {
    const MqlTick tick = last_tick(quotes);
    switch (property) {
        case SYMBOL_BID: value = tick.bid; return true;
        case SYMBOL_ASK: value = tick.ask; return true;
        case SYMBOL_LAST: value = tick.last; return true;
        case SYMBOL_VOLUME_REAL: value = tick.volume_real; return true;
        default: return false;
    }
}

Quotes *selected_symbol(const String &name) {
    Quotes *quotes = find_symbol(name);
    if (quotes != nullptr && !quotes->selected) {
        set_last_error(ERR_MARKET_NOT_SELECTED);
        return nullptr;
    }
    return quotes;
}

bool session(const String &name, const char *kind, ENUM_DAY_OF_WEEK day, uint index, datetime &from, datetime &to) {
    const Quotes *quotes = find_symbol(name);
    Value answer;
    if (quotes == nullptr) return false;
    if (!ask(request("session", 4).text(quotes->name).text(kind).integer(day).integer(index), answer)) return false;
    from = answer.at(0).integer;
    to = answer.at(1).integer;
    return true;
}

}  // namespace

const Row *served::symbol_row(Quotes &quotes, int place) {
    ulong ticks;
    bool followed;
    {
        const std::lock_guard<std::mutex> lock(market().mutex);
        ticks = quotes.ticks;
        followed = quotes.selected;
    }
    const auto at = static_cast<std::size_t>(place);
    const bool live = at < market().live.size() && market().live[at];
    if (!quotes.row.empty() && (!live || (followed && quotes.row_seen == ticks))) return &quotes.row;
    Value answer;
    if (!ask(request("symbol", 1).text(quotes.name), answer)) return nullptr;
    quotes.row = std::move(answer.items);
    quotes.row_seen = ticks;
    return &quotes.row;
}

int SymbolsTotal(bool selected) {
    int total = 0;
    const std::lock_guard<std::mutex> lock(market().mutex);
    for (const auto &quotes : market().symbols) total += !selected || quotes->selected;
    return total;
}

String SymbolName(int pos, bool selected) {
    const std::lock_guard<std::mutex> lock(market().mutex);
    for (const auto &quotes : market().symbols)
        if ((!selected || quotes->selected) && pos-- == 0) return String::from_utf8(quotes->name);
    set_last_error(ERR_INVALID_PARAMETER);
    return String();
}

bool SymbolSelect(const String &name, bool select) {
    Quotes *quotes = find_symbol(name);
    if (quotes == nullptr) return false;
    if (quotes->selected == select) return true;
    Value answer;
    if (!ask(request("select", 2).text(quotes->name).flag(select), answer)) return false;
    take_selection(*quotes, select, answer.text);
    return true;
}

bool SymbolExist(const String &name, bool &is_custom) {
    is_custom = false;
    return market().by_name.count(name.units()) != 0;
}

bool SymbolIsSynchronized(const String &name) {
    const Row &state = terminal_state();
    return selected_symbol(name) != nullptr && fits(state, TERMINAL_CONNECTED) && integer_of(state, TERMINAL_CONNECTED);
}

bool SymbolInfoInteger(const String &name, ENUM_SYMBOL_INFO_INTEGER property, long_t &value) {
    if (property == SYMBOL_EXIST) {
        value = market().by_name.count(name.units()) != 0;
        return true;
    }
    Quotes *quotes = find_symbol(name);
    if (quotes == nullptr) return false;
    if (from_tick(*quotes, property, value)) return true;
    const Row *row = symbol_row(*quotes, property);
    if (row == nullptr) return false;
    if (!fits(*row, property)) return unknown_property();
    if (property == SYMBOL_SPREAD) {
        const MqlTick tick = last_tick(*quotes);
        value = std::lround((tick.ask - tick.bid) / real_of(*row, SYMBOL_POINT));
        return true;
    }
    value = integer_of(*row, property);
    return true;
}

long_t SymbolInfoInteger(const String &name, ENUM_SYMBOL_INFO_INTEGER property) {
    long_t value = 0;
    SymbolInfoInteger(name, property, value);
    return value;
}

bool SymbolInfoDouble(const String &name, ENUM_SYMBOL_INFO_DOUBLE property, double &value) {
    Quotes *quotes = find_symbol(name);
    if (quotes == nullptr) return false;
    if (from_tick(*quotes, property, value)) return true;
    const Row *row = symbol_row(*quotes, property);
    if (row == nullptr) return false;
    if (!fits(*row, property)) return unknown_property();
    value = real_of(*row, property);
    return true;
}

double SymbolInfoDouble(const String &name, ENUM_SYMBOL_INFO_DOUBLE property) {
    double value = 0.0;
    SymbolInfoDouble(name, property, value);
    return value;
}

bool SymbolInfoString(const String &name, ENUM_SYMBOL_INFO_STRING property, String &value) {
    Quotes *quotes = find_symbol(name);
    if (quotes == nullptr) return false;
    const Row *row = symbol_row(*quotes, property);
    if (row == nullptr) return false;
    if (!fits(*row, property)) return unknown_property();
    value = text_of(*row, property);
    return true;
}

String SymbolInfoString(const String &name, ENUM_SYMBOL_INFO_STRING property) {
    String value;
    SymbolInfoString(name, property, value);
    return value;
}

bool SymbolInfoTick(const String &symbol, MqlTick &tick) {
    Quotes *quotes = selected_symbol(symbol);
    if (quotes == nullptr) return false;
    const MqlTick last = last_tick(*quotes);
    if (last.time_msc == 0) {
        set_last_error(ERR_MARKET_LASTTIME_UNKNOWN);
        return false;
    }
    tick = last;
    return true;
}

bool SymbolInfoSessionQuote(const String &name, ENUM_DAY_OF_WEEK day, uint index, datetime &from, datetime &to) {
    return session(name, "quote", day, index, from, to);
}

bool SymbolInfoSessionTrade(const String &name, ENUM_DAY_OF_WEEK day, uint index, datetime &from, datetime &to) {
    return session(name, "trade", day, index, from, to);
}

bool SymbolInfoMarginRate(const String &name, ENUM_ORDER_TYPE type, double &initial, double &maintenance) {
    const Quotes *quotes = find_symbol(name);
    Value answer;
    if (quotes == nullptr || !ask(request("margin_rate", 2).text(quotes->name).integer(type), answer)) return false;
    initial = maintenance = answer.as_real();
    return true;
}

bool MarketBookAdd(const String &symbol) {
    Quotes *quotes = find_symbol(symbol);
    Value answer;
    if (quotes == nullptr || !ask(request("book_add", 1).text(quotes->name), answer)) return false;
    quotes->book_open = true;
    return true;
}

bool MarketBookRelease(const String &symbol) {
    Quotes *quotes = find_symbol(symbol);
    if (quotes == nullptr) return false;
    if (!quotes->book_open) {
        set_last_error(ERR_BOOKS_CANNOT_DELETE);
        return false;
    }
    quotes->book_open = false;
    {
        const std::lock_guard<std::mutex> lock(market().mutex);
        quotes->book_known = false;
    }
    Value answer;
    return ask(request("book_release", 1).text(quotes->name), answer);
}

bool MarketBookGet(const String &symbol, View<MqlBookInfo> book) {
    Quotes *quotes = find_symbol(symbol);
    if (quotes == nullptr) return false;
    if (!quotes->book_open) {
        set_last_error(ERR_BOOKS_CANNOT_GET);
        return false;
    }
    std::vector<MqlBookInfo> rows;
    bool known;
    {
        const std::lock_guard<std::mutex> lock(market().mutex);
        known = quotes->book_known;
        rows = quotes->book;
    }
    if (!known) {
        Value answer;
        if (!ask(request("book", 1).text(quotes->name), answer)) return false;
        rows = records_of<MqlBookInfo>(answer.text);
    }
    const bool whole = book.resize(static_cast<int>(rows.size()));
    const auto count = whole ? rows.size() : static_cast<std::size_t>(book.size());
    std::copy_n(rows.begin(), count, book.data());
    return true;
}

}  // namespace pw
