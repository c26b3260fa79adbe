// Ticks and bars of the past. What was downloaded is kept and read from memory, as in a terminal.
#include <algorithm>
#include <limits>

#include "errors.hpp"
#include "market.hpp"
#include "market_state.hpp"
#include "terminal.hpp"

namespace pw {

using namespace served;

namespace {

constexpr uint INFO_FLAGS = TICK_FLAG_BID | TICK_FLAG_ASK;
constexpr uint TRADE_FLAGS = TICK_FLAG_LAST | TICK_FLAG_VOLUME | TICK_FLAG_BUY | TICK_FLAG_SELL;
constexpr uint DEFAULT_TICKS = 2000;
constexpr long_t FIRST_BARS = 1000;
constexpr long_t EVERYTHING = 100000000;

bool is_earlier(const MqlTick &tick, long_t time_msc) { return tick.time_msc < time_msc; }

bool matches(const MqlTick &tick, uint flags) {
    if (flags == COPY_TICKS_INFO) return (tick.flags & INFO_FLAGS) != 0;
    if (flags == COPY_TICKS_TRADE) return (tick.flags & TRADE_FLAGS) != 0;
    return true;
}

// The ticks of some days of one symbol, chosen by time and flags.
class TickReader {
public:
    TickReader(Quotes &quotes, uint flags) : quotes_(quotes), flags_(flags) {}

    int error() const { return error_; }
    std::size_t count() const { return count_; }

    // Take a day's ticks of the period; only the newest or oldest `most` of them are counted on.
    void take(long_t day, long_t from_msc, long_t to_msc) {
        const TickDay *known = download(day);
        if (known == nullptr) return;
        const std::lock_guard<std::mutex> lock(market().mutex);
        const auto &rows = known->ticks;
        const auto begin = std::lower_bound(rows.begin(), rows.end(), from_msc, is_earlier);
        const auto end = to_msc == std::numeric_limits<long_t>::max()
                             ? rows.end()
                             : std::lower_bound(rows.begin(), rows.end(), to_msc + 1, is_earlier);
        if (begin >= end) return;
        const Part part{known, static_cast<std::size_t>(begin - rows.begin()), static_cast<std::size_t>(end - rows.begin())};
        parts_.push_back(part);
        count_ += static_cast<std::size_t>(
            flags_ == COPY_TICKS_ALL ? end - begin
                                     : std::count_if(begin, end, [this](const MqlTick &tick) { return matches(tick, flags_); }));
    }

    void newest_first() { std::reverse(parts_.begin(), parts_.end()); }

    // Copy `most` ticks behind the first `skip` of them. The number copied, or -1.
    int copy(View<MqlTick> into, std::size_t skip, std::size_t most) {
        most = std::min(most, count_ - std::min(skip, count_));
        most = std::min(most, static_cast<std::size_t>(std::numeric_limits<int>::max()));
        if (!into.resize(static_cast<int>(most))) {
            if (into.is_dynamic()) return -1;
            set_last_error(ERR_HISTORY_SMALL_BUFFER);
            most = static_cast<std::size_t>(into.size());
        }
        const std::lock_guard<std::mutex> lock(market().mutex);
        std::size_t done = 0;
        for (const Part &part : parts_) {
            if (done == most) break;
            done += flags_ == COPY_TICKS_ALL ? copy_all(part, into.data() + done, skip, most - done)
                                             : copy_some(part, into.data() + done, skip, most - done);
        }
        return static_cast<int>(most);
    }

private:
    struct Part {
        const TickDay *day;
        std::size_t begin;
        std::size_t end;
    };

    static std::size_t copy_all(const Part &part, MqlTick *into, std::size_t &skip, std::size_t most) {
        const std::size_t left_out = std::min(skip, part.end - part.begin);
        skip -= left_out;
        const std::size_t count = std::min(part.end - part.begin - left_out, most);
        std::copy_n(part.day->ticks.data() + part.begin + left_out, count, into);
        return count;
    }

    std::size_t copy_some(const Part &part, MqlTick *into, std::size_t &skip, std::size_t most) const {
        std::size_t count = 0;
        for (std::size_t at = part.begin; at < part.end && count < most; ++at) {
            if (!matches(part.day->ticks[at], flags_)) continue;
            if (skip > 0) --skip;
            else into[count++] = part.day->ticks[at];
        }
        return count;
    }

    // The day from memory, or from the server; nullptr with an error when it is not there.
    const TickDay *download(long_t day) {
        Market &at = market();
        {
            const std::lock_guard<std::mutex> lock(at.mutex);
            const auto found = quotes_.days.find(day);
            if (found != quotes_.days.end() && (quotes_.selected || found->second.until_msc >= end_of(day)))
                return &found->second;
        }
        for (;;) {
            Value answer;
            if (!ask(request("ticks", 2).text(quotes_.name).integer(day), answer)) {
                error_ = ERR_HISTORY_LOAD_ERRORS;
                return nullptr;
            }
            error_ = answer.at(0).as_int();
            TickDay made{records_of<MqlTick>(answer.at(1).text), answer.at(2).integer};
            if (error_ != 0) {
                // Nothing that is still coming is kept: the next call asks again.
                partial_.push_back(std::make_unique<TickDay>(std::move(made)));
                return partial_.back().get();
            }
            const std::lock_guard<std::mutex> lock(at.mutex);
            if (made.until_msc >= end_of(day)) made.until_msc = end_of(day);
            else if (quotes_.selected && made.until_msc < at.pushed_msc) continue;  // a push has overtaken it
            return &(quotes_.days[day] = std::move(made));
        }
    }

    static long_t end_of(long_t day) { return (day + 1) * DAY_MSC - 1; }

    Quotes &quotes_;
    uint flags_;
    int error_ = 0;
    std::size_t count_ = 0;
    std::vector<Part> parts_;
    std::vector<std::unique_ptr<TickDay>> partial_;
};

long_t today() {
    const std::lock_guard<std::mutex> lock(market().mutex);
    return market().pushed_msc / DAY_MSC;
}

// What a reader has when the terminal is still downloading: the part that there is, or -1.
int unfinished(TickReader &reader, View<MqlTick> ticks, std::size_t skip, std::size_t most) {
    const int copied = reader.count() > 0 ? reader.copy(ticks, skip, most) : -1;
    set_last_error(reader.error());
    return copied;
}

int first_ticks(Quotes &quotes, View<MqlTick> ticks, uint flags, long_t from_msc, long_t to_msc, std::size_t most) {
    TickReader reader(quotes, flags);
    const long_t last = std::min(today(), to_msc / DAY_MSC);
    for (long_t day = std::max(from_msc / DAY_MSC, quotes.first_day); day <= last && reader.count() < most; ++day) {
        reader.take(day, from_msc, to_msc);
        if (reader.error() != 0) return unfinished(reader, ticks, 0, most);
    }
    return reader.copy(ticks, 0, most);
}

int last_ticks(Quotes &quotes, View<MqlTick> ticks, uint flags, std::size_t most) {
    TickReader reader(quotes, flags);
    for (long_t day = today(); day >= quotes.first_day && reader.count() < most && reader.error() == 0; --day)
        reader.take(day, 0, std::numeric_limits<long_t>::max());
    reader.newest_first();
    const std::size_t skip = reader.count() - std::min(most, reader.count());
    return reader.error() != 0 ? unfinished(reader, ticks, skip, most) : reader.copy(ticks, skip, most);
}

bool invalid() {
    set_last_error(ERR_INVALID_PARAMETER);
    return false;
}

bool good_flags(uint flags) {
    return flags == COPY_TICKS_ALL || flags == COPY_TICKS_INFO || flags == COPY_TICKS_TRADE ||
           flags == (COPY_TICKS_INFO | COPY_TICKS_TRADE) || invalid();
}

// All bars of one timeframe that were asked for so far.
class BarReader {
public:
    BarReader(Quotes &quotes, ENUM_TIMEFRAMES timeframe) : quotes_(quotes), timeframe_(timeframe) {}

    // Bring the newest bars up to date. False with the last error set.
    bool open() {
        ulong ticks;
        {
            const std::lock_guard<std::mutex> lock(market().mutex);
            ticks = quotes_.ticks;
            bars_ = &quotes_.bars[timeframe_];
        }
        if (bars_->rows.empty()) {
            bars_->reach_s = std::numeric_limits<long_t>::max();
            if (!older(FIRST_BARS)) return false;
        } else if (!quotes_.selected || bars_->seen != ticks) {
            Value answer;
            if (!read("rates_since", bars_->rows.back().time, 0, answer)) return false;
            const std::vector<MqlRates> fresh = records_of<MqlRates>(answer.at(1).text);
            if (!fresh.empty()) bars_->rows.pop_back();
            bars_->rows.insert(bars_->rows.end(), fresh.begin(), fresh.end());
        }
        bars_->seen = ticks;
        return true;
    }

    bool have(long_t count) {
        const auto known = static_cast<long_t>(bars_->rows.size());
        return known >= count || bars_->reach_s == 0 || older(std::max(count - known, FIRST_BARS));
    }

    bool have_since(long_t from_s) {
        if (from_s >= bars_->reach_s) return true;
        Value answer;
        if (!read("rates_between", from_s, bars_->reach_s - 1, answer)) return false;
        prepend(answer.at(1).text);
        bars_->reach_s = from_s;
        return true;
    }

    // At least `count` bars that opened at or before `until_s`.
    bool have_until(long_t until_s, long_t count) {
        if (!have_since(std::min(until_s, bars_->reach_s))) return false;
        while (before(until_s + 1) < count && bars_->reach_s != 0)
            if (!older(std::max(count - before(until_s + 1), FIRST_BARS))) return false;
        return true;
    }

    long_t before(long_t time_s) const {
        const auto &rows = bars_->rows;
        return std::lower_bound(rows.begin(), rows.end(), time_s,
                                [](const MqlRates &row, long_t time) { return row.time < time; }) - rows.begin();
    }

    const std::vector<MqlRates> &rows() const { return bars_->rows; }

    // Copy rows [begin, end); the number copied, or -1.
    int copy(View<MqlRates> into, long_t begin, long_t end) const {
        if (begin >= end) {
            set_last_error(ERR_HISTORY_NOT_FOUND);
            return -1;
        }
        auto count = static_cast<int>(end - begin);
        if (!into.resize(count)) {
            if (into.is_dynamic()) return -1;
            count = std::min(count, into.size());
        }
        std::copy_n(bars_->rows.data() + begin, count, into.data());
        return count;
    }

private:
    bool older(long_t count) {
        Value answer;
        if (!read("rates_until", std::min(bars_->reach_s, LATEST_S) - 1, count, answer)) return false;
        prepend(answer.at(1).text);
        const bool more = answer.at(2).as_bool() && !bars_->rows.empty();
        bars_->reach_s = more ? static_cast<long_t>(bars_->rows.front().time) : 0;
        return true;
    }

    bool read(const char *call, long_t first, long_t second, Value &answer) {
        if (!ask(request(call, 4).text(quotes_.name).integer(timeframe_).integer(first).integer(second), answer))
            return false;
        const int error = answer.at(0).as_int();
        if (error != 0) set_last_error(error);
        return error == 0;
    }

    void prepend(const std::string &bytes) {
        const std::vector<MqlRates> rows = records_of<MqlRates>(bytes);
        bars_->rows.insert(bars_->rows.begin(), rows.begin(), rows.end());
    }

    static constexpr long_t LATEST_S = 253402300799;

    Quotes &quotes_;
    ENUM_TIMEFRAMES timeframe_;
    BarSeries *bars_ = nullptr;
};

ENUM_TIMEFRAMES timeframe_of(ENUM_TIMEFRAMES timeframe) {
    return timeframe == PERIOD_CURRENT ? Period() : timeframe;
}

}  // namespace

int CopyTicks(const String &symbol, View<MqlTick> ticks, uint flags, ulong from, uint count) {
    Quotes *quotes = find_symbol(symbol);
    if (quotes == nullptr || !good_flags(flags)) return -1;
    const std::size_t most = count != 0 ? count : from == 0 ? DEFAULT_TICKS : static_cast<std::size_t>(EVERYTHING);
    const long_t end = std::numeric_limits<long_t>::max();
    if (from == 0) return last_ticks(*quotes, ticks, flags, most);
    return first_ticks(*quotes, ticks, flags, static_cast<long_t>(std::min<ulong>(from, static_cast<ulong>(end))), end, most);
}

int CopyTicksRange(const String &symbol, View<MqlTick> ticks, uint flags, ulong from_msc, ulong to_msc) {
    Quotes *quotes = find_symbol(symbol);
    if (quotes == nullptr || !good_flags(flags)) return -1;
    constexpr auto end = static_cast<ulong>(std::numeric_limits<long_t>::max());
    const auto from = static_cast<long_t>(std::min(from_msc, end));
    const auto to = static_cast<long_t>(to_msc == 0 ? end : std::min(to_msc, end));
    return first_ticks(*quotes, ticks, flags, from, to, static_cast<std::size_t>(EVERYTHING));
}

int CopyRates(const String &symbol, ENUM_TIMEFRAMES timeframe, int start, int count, View<MqlRates> rates) {
    Quotes *quotes = find_symbol(symbol);
    if (quotes == nullptr || ((start < 0 || count <= 0) && !invalid())) return -1;
    BarReader reader(*quotes, timeframe_of(timeframe));
    if (!reader.open() || !reader.have(static_cast<long_t>(start) + count)) return -1;
    const long_t end = static_cast<long_t>(reader.rows().size()) - start;
    return reader.copy(rates, std::max<long_t>(end - count, 0), end);
}

int CopyRates(const String &symbol, ENUM_TIMEFRAMES timeframe, datetime start, int count, View<MqlRates> rates) {
    Quotes *quotes = find_symbol(symbol);
    if (quotes == nullptr || (count <= 0 && !invalid())) return -1;
    BarReader reader(*quotes, timeframe_of(timeframe));
    if (!reader.open() || !reader.have_until(start, count)) return -1;
    const long_t end = reader.before(start.value + 1);
    return reader.copy(rates, std::max<long_t>(end - count, 0), end);
}

int CopyRates(const String &symbol, ENUM_TIMEFRAMES timeframe, datetime start, datetime stop, View<MqlRates> rates) {
    Quotes *quotes = find_symbol(symbol);
    if (quotes == nullptr) return -1;
    BarReader reader(*quotes, timeframe_of(timeframe));
    const long_t from = std::min(start.value, stop.value), to = std::max(start.value, stop.value);
    if (!reader.open() || !reader.have_since(from)) return -1;
    const long_t begin = reader.before(from), end = reader.before(to + 1);
    // A period without bars between bars is no fault; one outside of the history is.
    const bool inside = from >= quotes->first_day * (DAY_MSC / 1000) && end < static_cast<long_t>(reader.rows().size());
    if (begin == end && inside) {
        rates.resize(0);
        return 0;
    }
    return reader.copy(rates, begin, end);
}

// The number of a timeframe holds its length: minutes, or hours, weeks and months behind a mark.
int PeriodSeconds(ENUM_TIMEFRAMES timeframe) {
    const int number = timeframe_of(timeframe);
    const int count = number & 0x3FFF;
    switch (number & 0xC000) {
        case 0x0000: return count * 60;
        case 0x4000: return count * 3600;
        case 0x8000: return count * 7 * 86400;
        default: return count * 30 * 86400;
    }
}

int Bars(const String &symbol, ENUM_TIMEFRAMES timeframe) {
    Quotes *quotes = find_symbol(symbol);
    if (quotes == nullptr) return 0;
    BarReader reader(*quotes, timeframe_of(timeframe));
    return reader.open() ? static_cast<int>(reader.rows().size()) : 0;
}

int Bars(const String &symbol, ENUM_TIMEFRAMES timeframe, datetime start, datetime stop) {
    Quotes *quotes = find_symbol(symbol);
    if (quotes == nullptr) return 0;
    BarReader reader(*quotes, timeframe_of(timeframe));
    const long_t from = std::min(start.value, stop.value), to = std::max(start.value, stop.value);
    if (!reader.open() || !reader.have_since(from)) return 0;
    return static_cast<int>(reader.before(to + 1) - reader.before(from));
}

datetime iTime(const String &symbol, ENUM_TIMEFRAMES timeframe, int shift) {
    Array<MqlRates> rates;
    return CopyRates(symbol, timeframe, shift, 1, rates) == 1 ? rates[0].time : datetime(0);
}

bool SeriesInfoInteger(const String &symbol, ENUM_TIMEFRAMES timeframe, ENUM_SERIES_INFO_INTEGER property, long_t &value) {
    Quotes *quotes = find_symbol(symbol);
    if (quotes == nullptr) return false;
    BarReader reader(*quotes, timeframe_of(timeframe));
    const bool opened = reader.open();
    value = 0;
    if (property == SERIES_SYNCHRONIZED) value = opened && SymbolIsSynchronized(symbol);
    else if (property == SERIES_SERVER_FIRSTDATE) value = quotes->first_day * (DAY_MSC / 1000);
    else if (!opened) return false;
    else if (property == SERIES_BARS_COUNT) value = static_cast<long_t>(reader.rows().size());
    else if (!reader.rows().empty())
        value = property == SERIES_LASTBAR_DATE ? reader.rows().back().time : reader.rows().front().time;
    return true;
}

long_t SeriesInfoInteger(const String &symbol, ENUM_TIMEFRAMES timeframe, ENUM_SERIES_INFO_INTEGER property) {
    long_t value = 0;
    SeriesInfoInteger(symbol, timeframe, property, value);
    return value;
}

}  // namespace pw
