// What the terminal knows of the market. The program's thread and the thread that takes pushes share it under
// one mutex, which nobody holds while a call to the trade server is under way.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "critical.hpp"
#include "events.hpp"
#include "market_link.hpp"
#include "market_properties.hpp"
#include "structs.hpp"

namespace pw::served {

constexpr long_t DAY_MSC = 86400000;

// The ticks of one day; all that came up to `until_msc`, the last millisecond of the day when it is over.
struct TickDay {
    std::vector<MqlTick> ticks;
    long_t until_msc = 0;
};

// The bars of one timeframe: every one that opened since `reach_s`. Right as of tick number `seen`.
struct BarSeries {
    std::vector<MqlRates> rows;
    long_t reach_s = 0;
    ulong seen = 0;
};

struct Quotes {
    std::string name;
    bool selected = true;
    long_t first_day = 0;
    MqlTick last{};   // time_msc 0: none came yet
    ulong ticks = 0;  // that were pushed
    std::map<long_t, TickDay> days;
    std::map<int, BarSeries> bars;
    Row row;
    ulong row_seen = 0;
    bool book_open = false;
    bool book_known = false;
    std::vector<MqlBookInfo> book;
};

// A list that stays right until the books or the prices change.
struct Cached {
    Row rows;
    bool known = false;
    std::uint64_t books = 0;
    ulong ticks = 0;
};

struct Market {
    std::mutex mutex;
    Link link;
    std::vector<std::unique_ptr<Quotes>> symbols;
    std::map<std::u16string, Quotes *, std::less<>> by_name;
    std::vector<bool> live;  // places of a symbol's row that change with its ticks
    ulong ticks = 0;         // pushes with ticks
    long_t pushed_msc = 0;   // every tick up to here was pushed
    std::atomic<long_t> utc_offset_s{0};
    std::atomic<bool> stopped{false};

    Cached account;
    Cached positions;
    Cached orders;
    std::deque<Row> history_orders;  // a program's selection points into them
    std::deque<Row> history_deals;
    std::uint64_t history_books = 0;
    bool history_known = false;

    Row state;  // terminal row, then the three permissions that are not in it
    std::chrono::microseconds state_known{};
    std::chrono::steady_clock::time_point state_until{};
};

Market &market();

// The symbol, the chart's when the name is empty; nullptr with ERR_MARKET_UNKNOWN_SYMBOL.
Quotes *find_symbol(const String &name);

// Begin a request: its name and how many arguments follow.
Packer request(const char *name, std::size_t arguments);

// Ask the server; an error is set as the last one.
bool ask(const Packer &packer, Value &answer);

// A push of the trade server.
void take_push(const Value &push);

// A symbol came into Market Watch, or left it; ticks are pushed only for those in it.
void take_selection(Quotes &quotes, bool selected, const std::string &last);

// Bring a cached list up to date; false when the server cannot be asked.
bool refresh(Cached &cached, const char *call, bool priced);

// The terminal's own switches, as they are now.
const Row &terminal_state();

// The row of a symbol with the figures that the property at `place` needs; nullptr with the last error set.
const Row *symbol_row(Quotes &quotes, int place);

MqlTradeTransaction transaction_of(const Row &row);
MqlTradeRequest request_of(const Value &value);
MqlTradeResult result_of(const Value &value);

// Packed structures that came as bytes.
template <class T> std::vector<T> records_of(const std::string &bytes) {
    std::vector<T> made(bytes.size() / sizeof(T));
    if (!made.empty()) std::memcpy(static_cast<void *>(made.data()), bytes.data(), made.size() * sizeof(T));
    return made;
}

// The value of a property in a row, in seconds where the property says so.
inline long_t integer_of(const Row &row, int property) {
    if (property >= SECONDS) return row.at(static_cast<std::size_t>(property - SECONDS)).integer / 1000;
    return row.at(static_cast<std::size_t>(property)).integer;
}
inline double real_of(const Row &row, int property) { return row.at(static_cast<std::size_t>(property)).as_real(); }
inline String text_of(const Row &row, int property) {
    return String::from_utf8(row.at(static_cast<std::size_t>(property)).text);
}
inline bool fits(const Row &row, int property) {
    const int at = property >= SECONDS ? property - SECONDS : property;
    return at >= 0 && static_cast<std::size_t>(at) < row.size();
}

}  // namespace pw::served
