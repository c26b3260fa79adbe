#include "conversion.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "errors.hpp"
#include "critical.hpp"
#include "maths.hpp"
#include "terminal.hpp"

namespace pw {

namespace {

constexpr long_t DAY_S = 86400;
constexpr long_t LAST_TIME = 32535215999;  // 3000.12.31 23:59:59

template <class... Values> String printed(const char *format, Values... values) {
    char line[400];
    std::snprintf(line, sizeof line, format, values...);
    return String::from_utf8(line);
}

// Days since 1970.01.01 in the Gregorian calendar; months count from March, so that the leap day comes last.
long_t days_of(long_t year, long_t month, long_t day) {
    year -= month <= 2 ? 1 : 0;
    const long_t era = (year >= 0 ? year : year - 399) / 400;
    const long_t of_era = year - era * 400;
    const long_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int days_in(int year, int month) {
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month == 2) return leap ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// The longest beginning of the text that is a decimal number, as ASCII.
std::string number_prefix(const String &string, bool real) {
    const std::u16string_view units = string.units();
    std::size_t at = std::min(units.find_first_not_of(u" \t"), units.size());
    std::string out;
    auto take = [&](auto accepted) {
        while (at < units.size() && accepted(units[at])) out.push_back(static_cast<char>(units[at++]));
    };
    auto digit = [](char16_t unit) { return unit >= '0' && unit <= '9'; };
    if (at < units.size() && (units[at] == '-' || units[at] == '+')) out.push_back(static_cast<char>(units[at++]));
    take(digit);
    if (!real) return out;
    if (at < units.size() && units[at] == '.') {
        out.push_back('.');
        ++at;
        take(digit);
    }
    const std::size_t mantissa = out.size();
    if (at < units.size() && (units[at] == 'e' || units[at] == 'E')) {
        out.push_back('e');
        ++at;
        if (at < units.size() && (units[at] == '-' || units[at] == '+')) out.push_back(static_cast<char>(units[at++]));
        if (at >= units.size() || !digit(units[at])) out.resize(mantissa);
        else take(digit);
    }
    return out;
}

struct TimeText {
    std::string bytes;
    std::size_t at = 0;

    bool done() const { return at >= bytes.size(); }
    // A number of low to high digits; -1: none here.
    int number(int low, int high) {
        int value = 0;
        int count = 0;
        for (; count < high && !done() && bytes[at] >= '0' && bytes[at] <= '9'; ++at, ++count) value = value * 10 + (bytes[at] - '0');
        return count >= low ? value : -1;
    }
    bool take(char c) {
        if (done() || bytes[at] != c) return false;
        ++at;
        return true;
    }
};

// "hh:mi[:ss]" or "hhmi[ss]"; seconds of the day, -1: not a time.
long_t time_of_day(TimeText &text) {
    const int hour = text.number(2, 2);
    const bool colon = text.take(':');
    const int minute = text.number(2, 2);
    const bool more = colon ? text.take(':') : !text.done();
    const int second = more ? text.number(2, 2) : 0;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || !text.done()) return -1;
    return hour * 3600 + minute * 60 + second;
}

// "yyyy.mm.dd" with one of three separators, or "yyyymmdd"; -1: not a date.
long_t date_of(TimeText &text) {
    const int year = text.number(4, 4);
    const char separator = text.done() ? '\0' : text.bytes[text.at];
    const bool separated = separator == '.' || separator == '/' || separator == '-';
    if (separated) ++text.at;
    const int month = text.number(separated ? 1 : 2, 2);
    if (separated && !text.take(separator)) return -1;
    const int day = text.number(separated ? 1 : 2, 2);
    if (year < 1970 || year > 3000 || month < 1 || month > 12 || day < 1 || day > days_in(year, month)) return -1;
    return days_of(year, month, day) * DAY_S;
}

}  // namespace

String::String(long_t number) : String(printed("%lld", static_cast<long long>(number))) {}
String::String(ulong number) : String(printed("%llu", static_cast<unsigned long long>(number))) {}
String::String(double number) : String(printed("%.16g", number)) {}
String::String(float number) : String(printed("%.5g", static_cast<double>(number))) {}
String::String(bool flag) : String(flag ? text(u"true") : text(u"false")) {}
String::String(datetime time) : String(TimeToString(time, TIME_DATE | TIME_SECONDS)) {}
String::String(color value) : String(ColorToString(value)) {}

String CharToString(uchar code) { return String(decode(std::string(1, static_cast<char>(code)), CP_ACP)); }

String ShortToString(ushort unit) { return String(std::u16string(1, unit)); }

String ColorToString(color value, bool) {
    return printed("%u,%u,%u", value & 0xFFu, (value >> 8) & 0xFFu, (value >> 16) & 0xFFu);
}

String DoubleToString(double value, int digits) {
    if (digits >= -16 && digits < 0) return printed("%.*e", -digits, value);
    return printed("%.*f", digits >= 0 && digits <= 16 ? digits : 8, value);
}

String IntegerToString(long_t number, int length, ushort fill) {
    const String digits(number);
    const int missing = length - digits.length();
    if (missing <= 0) return digits;
    return String(std::u16string(static_cast<std::size_t>(missing), fill)) + digits;
}

double StringToDouble(const String &string) { return std::strtod(number_prefix(string, true).c_str(), nullptr); }

long_t StringToInteger(const String &string) {
    errno = 0;
    const long_t value = std::strtoll(number_prefix(string, false).c_str(), nullptr, 10);
    return errno == ERANGE ? fail(ERR_STRING_TOO_BIGNUMBER, value) : value;
}

datetime StringToTime(const String &string) {
    TimeText text{string.utf8()};
    while (text.take(' ') || text.take('\t')) continue;
    if (text.done()) return fail(ERR_NO_STRING_DATE, datetime(0));
    const std::size_t start = text.at;
    const bool is_dated = text.number(4, 4) >= 0;
    text.at = start;
    long_t day = date_of(text);
    if (day < 0 && is_dated) return fail(ERR_WRONG_STRING_DATE, datetime(0));
    if (day < 0) {
        text.at = start;
        day = static_cast<long_t>(TimeLocal()) / DAY_S * DAY_S;  // a time alone is one of today
    } else {
        while (text.take(' ') || text.take('\t')) continue;
        if (text.done()) return datetime(day);
    }
    const long_t seconds = time_of_day(text);
    if (seconds < 0) return fail(ERR_WRONG_STRING_TIME, datetime(0));
    return datetime(day + seconds);
}

String TimeToString(datetime time, int mode) {
    MqlDateTime parts;
    if (!TimeToStruct(time, parts)) return text(u"");
    String out = text(u"");
    if ((mode & TIME_DATE) != 0) out += printed("%04d.%02d.%02d", parts.year, parts.mon, parts.day);
    if ((mode & (TIME_MINUTES | TIME_SECONDS)) == 0) return out;
    if (out.length() != 0) out += text(u" ");
    out += printed("%02d:%02d", parts.hour, parts.min);
    if ((mode & TIME_SECONDS) != 0) out += printed(":%02d", parts.sec);
    return out;
}

bool TimeToStruct(datetime time, MqlDateTime &parts) {
    const long_t seconds = time;
    if (seconds < 0 || seconds > LAST_TIME) return fail(ERR_INVALID_DATETIME, false);
    const long_t days = seconds / DAY_S;
    const int of_day = static_cast<int>(seconds % DAY_S);
    int year = static_cast<int>(1970 + days * 400 / 146097);  // never early by a year, late by one at most
    if (days_of(year, 1, 1) > days) --year;
    int rest = static_cast<int>(days - days_of(year, 1, 1));
    parts.year = year;
    parts.day_of_year = rest;
    parts.mon = 1;
    while (rest >= days_in(year, parts.mon)) rest -= days_in(year, parts.mon++);
    parts.day = rest + 1;
    parts.hour = of_day / 3600;
    parts.min = of_day / 60 % 60;
    parts.sec = of_day % 60;
    parts.day_of_week = static_cast<int>((days + 4) % 7);
    return true;
}

datetime StructToTime(const MqlDateTime &parts) {
    const bool date = parts.year >= 1970 && parts.year <= 3000 && parts.mon >= 1 && parts.mon <= 12 && parts.day >= 1 &&
                      parts.day <= days_in(parts.year, parts.mon);
    const bool time = parts.hour >= 0 && parts.hour <= 23 && parts.min >= 0 && parts.min <= 59 && parts.sec >= 0 && parts.sec <= 59;
    if (!date || !time) return fail(ERR_INVALID_DATETIME, datetime(0));
    return datetime(days_of(parts.year, parts.mon, parts.day) * DAY_S + parts.hour * 3600 + parts.min * 60 + parts.sec);
}

double NormalizeDouble(double value, int digits) {
    const double scale = std::pow(10.0, std::clamp(digits, 0, 8));
    const double scaled = value * scale;
    if (!std::isfinite(scaled) || std::fabs(scaled) > 9007199254740992.0) return value;
    return std::round(scaled) / scale;
}

}  // namespace pw
