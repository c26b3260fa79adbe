#include "market_state.hpp"

#include "market.hpp"
#include "terminal.hpp"

namespace pw::served {

namespace {

void take_welcome(const Value &push) {
    Market &at = market();
    at.link.saw_books(push.at(1).as_unsigned());
    at.utc_offset_s = push.at(2).integer;
    // A market whose time is not the computer's takes the wall clock with it.
    if (!push.at(3).is_nil()) set_wall_clock_us(push.at(3).integer, true);
    at.pushed_msc = push.at(4).integer;
    at.state_known = std::chrono::microseconds(push.at(7).integer);
    for (const Value &changes : push.at(5).items) at.live.push_back(changes.as_bool());
    for (const Value &entry : push.at(6).items) {
        auto quotes = std::make_unique<Quotes>();
        quotes->name = entry.at(0).text;
        quotes->selected = entry.at(1).as_bool();
        quotes->first_day = entry.at(2).integer;
        const std::vector<MqlTick> last = records_of<MqlTick>(entry.at(3).text);
        if (!last.empty()) quotes->last = last.back();
        at.by_name.emplace(String::from_utf8(quotes->name).units(), quotes.get());
        at.symbols.push_back(std::move(quotes));
    }
}

// Keep new ticks where the day is followed. A day is followed from its first tick on, or from a download.
void keep_ticks(Quotes &quotes, const std::vector<MqlTick> &rows, long_t before_msc) {
    if (quotes.days.empty()) return;
    for (const MqlTick &row : rows) {
        const long_t day = row.time_msc / DAY_MSC;
        auto found = quotes.days.find(day);
        if (found == quotes.days.end()) {
            if (before_msc >= day * DAY_MSC) continue;
            found = quotes.days.emplace(day, TickDay{{}, day * DAY_MSC - 1}).first;
        }
        if (row.time_msc > found->second.until_msc) found->second.ticks.push_back(row);
    }
}

void take_ticks(const Value &push) {
    Market &at = market();
    const std::string chart = Symbol().utf8();
    bool on_chart = false;
    {
        const std::lock_guard<std::mutex> lock(at.mutex);
        const long_t before_msc = at.pushed_msc;
        at.pushed_msc = push.at(1).integer;
        for (const Value &entry : push.at(2).items) {
            Quotes &quotes = *at.symbols.at(static_cast<std::size_t>(entry.at(0).integer));
            const std::vector<MqlTick> rows = records_of<MqlTick>(entry.at(1).text);
            if (rows.empty() || !quotes.selected) continue;
            quotes.last = rows.back();
            quotes.ticks += rows.size();
            keep_ticks(quotes, rows, before_msc);
            on_chart = on_chart || quotes.name == chart;
        }
        ++at.ticks;
    }
    if (on_chart) post_tick();
}

void take_book(const Value &push) {
    Market &at = market();
    Quotes &quotes = *at.symbols.at(static_cast<std::size_t>(push.at(1).integer));
    {
        const std::lock_guard<std::mutex> lock(at.mutex);
        quotes.book = records_of<MqlBookInfo>(push.at(2).text);
        quotes.book_known = true;
    }
    post_book(quotes.name);
}

void forget_all() {
    Market &at = market();
    const std::lock_guard<std::mutex> lock(at.mutex);
    for (const auto &quotes : at.symbols) {
        quotes->days.clear();
        quotes->bars.clear();
        quotes->row_seen = quotes->ticks + 1;
    }
    at.account.known = at.positions.known = at.orders.known = false;
}

void take_control(const Value &push) {
    const std::string &name = push.at(2).text;
    if (name == "restart") post_restart(push.at(3).as_int());
    else if (name == "chart") set_chart(push.at(3).text, push.at(4).as_int());
    else if (name == "input") set_input(push.at(3).text, push.at(4).text);
    else if (name == "files") files_fail(push.at(3).as_bool(), push.at(4).as_bool());
    else if (name == "clock") advance_clock_us(push.at(3).as_unsigned());
    else if (name == "wall") set_wall_clock_us(push.at(3).integer, push.at(4).as_bool());
    else if (name == "skip") skip_monotonic_us(push.at(3).as_unsigned());
    else if (name == "trade_allowed") set_trade_allowed(push.at(3).as_bool());
    else if (name == "offset") market().utc_offset_s = push.at(3).integer;
    else if (name == "select")
        take_selection(*market().symbols.at(push.at(3).as_unsigned()), push.at(4).as_bool(), push.at(5).text);
    else if (name == "forget") forget_all();
    else if (name == "stop") post_stop(push.at(3).as_int());
    else throw std::runtime_error("the trade server sent an unknown control: " + name);
    market().link.acknowledge(push.at(1).integer);
}

}  // namespace

Market &market() {
    // Never destroyed: the thread of the pushes may outlive main's static objects.
    static Market &at = *new Market;
    return at;
}

Quotes *find_symbol(const String &name) {
    const auto &by_name = market().by_name;
    const auto found = by_name.find(name.length() == 0 ? Symbol().units() : name.units());
    if (found != by_name.end()) return found->second;
    set_last_error(ERR_MARKET_UNKNOWN_SYMBOL);
    return nullptr;
}

void take_selection(Quotes &quotes, bool selected, const std::string &last) {
    const std::vector<MqlTick> newest = records_of<MqlTick>(last);
    const std::lock_guard<std::mutex> lock(market().mutex);
    quotes.selected = selected;
    quotes.days.clear();
    quotes.bars.clear();
    if (!newest.empty() && newest.back().time_msc > quotes.last.time_msc) quotes.last = newest.back();
}

Packer request(const char *name, std::size_t arguments) {
    Packer packer;
    packer.list(arguments + 1).text(name);
    return packer;
}

bool ask(const Packer &packer, Value &answer) {
    Reply reply = market().link.call(packer);
    answer = std::move(reply.value);
    if (!reply.good()) set_last_error(reply.error);
    return reply.good();
}

bool refresh(Cached &cached, const char *call, bool priced) {
    Market &at = market();
    ulong ticks;
    {
        const std::lock_guard<std::mutex> lock(at.mutex);
        ticks = at.ticks;
    }
    const std::uint64_t books = at.link.books();
    if (cached.known && cached.books == books && (!priced || cached.ticks == ticks)) return true;
    Value answer;
    if (!ask(request(call, 0), answer)) return cached.known;
    cached = Cached{std::move(answer.items), true, books, ticks};
    return true;
}

const Row &terminal_state() {
    Market &at = market();
    const auto now = std::chrono::steady_clock::now();
    if (now < at.state_until) return at.state;
    Value answer;
    if (ask(request("state", 0), answer)) {
        at.state = std::move(answer.items);
        at.state_until = now + at.state_known;
    }
    return at.state;
}

void take_push(const Value &push) {
    const std::string &kind = push.at(0).text;
    if (kind == "ticks") return take_ticks(push);
    if (kind == "book") return take_book(push);
    if (kind == "control") return take_control(push);
    if (kind == "welcome") return take_welcome(push);
    market().link.saw_books(push.at(1).as_unsigned());
    if (kind == "transaction")
        post_transaction(transaction_of(push.at(2).items), request_of(push.at(3)), result_of(push.at(4)));
    else if (kind == "trade") post_trade();
    else if (kind != "books") throw std::runtime_error("the trade server pushed an unknown kind: " + kind);
}

}  // namespace pw::served

namespace pw {

bool market_open(const std::string &host_port) {
    using namespace served;
    MarketHooks hooks;
    hooks.last_quote_s = [] {
        Market &at = market();
        const std::lock_guard<std::mutex> lock(at.mutex);
        long_t newest = 0;
        for (const auto &quotes : at.symbols)
            if (quotes->selected && quotes->last.time_msc / 1000 > newest) newest = quotes->last.time_msc / 1000;
        return newest;
    };
    hooks.server_time_s = [] { return clock_utc_us() / 1000000 + market().utc_offset_s; };
    hooks.digits = [](const std::string &symbol) {
        return static_cast<int>(SymbolInfoInteger(String::from_utf8(symbol), SYMBOL_DIGITS));
    };
    hooks.point = [](const std::string &symbol) { return SymbolInfoDouble(String::from_utf8(symbol), SYMBOL_POINT); };
    set_market_hooks(hooks);
    return market().link.open(host_port, take_push, [] {
        served::market().stopped = true;
        post_stop(REASON_CLOSE);
    });
}

void market_close() { served::market().link.close(); }

bool market_stopped() { return served::market().stopped; }

}  // namespace pw
