#include "strings.hpp"

#include <algorithm>

#include "arrays.hpp"

namespace pw {

namespace {

// ASCII and Latin-1, Greek and Cyrillic by their fixed distances; the C library's tables know more but depend on
// the machine's locale.
char16_t to_lower(char16_t unit) {
    if (unit >= 'A' && unit <= 'Z') return static_cast<char16_t>(unit + 32);
    if ((unit >= 0xC0 && unit <= 0xDE && unit != 0xD7) || (unit >= 0x391 && unit <= 0x3A9 && unit != 0x3A2) ||
        (unit >= 0x410 && unit <= 0x42F))
        return static_cast<char16_t>(unit + 32);
    return unit;
}

char16_t to_upper(char16_t unit) {
    if (unit >= 'a' && unit <= 'z') return static_cast<char16_t>(unit - 32);
    if ((unit >= 0xE0 && unit <= 0xFE && unit != 0xF7) || (unit >= 0x3B1 && unit <= 0x3C9 && unit != 0x3C2) ||
        (unit >= 0x430 && unit <= 0x44F))
        return static_cast<char16_t>(unit - 32);
    return unit;
}

template <class Change> bool change_each(String &string, Change change) {
    std::u16string units(string.units());
    std::transform(units.begin(), units.end(), units.begin(), change);
    string = String(std::move(units));
    return true;
}

constexpr std::u16string_view BLANK = u" \t\r\n";

// The elements that a conversion reads: from start, count or up to the first zero.
template <class Unit> const Unit *end_of_text(const Unit *from, int count) { return std::find(from, from + count, Unit{0}); }

// Copies to an array: all with a zero behind it, or the first `count`; a fixed array takes what fits.
template <class Text, class List> int copy_out(const Text &text, List list, int start, int count) {
    using Unit = typename List::Item;
    if (start < 0) return fail(ERR_SMALL_ARRAY, 0);
    const long_t all = static_cast<long_t>(text.size());
    long_t wanted = count < 0 ? all + 1 : std::min<long_t>(count, all + 1);
    if (!list.is_dynamic()) wanted = std::min<long_t>(wanted, list.size() - start);
    if (wanted <= 0) return 0;
    if (!detail::make_room(list, start + wanted)) return fail(ERR_ARRAY_RESIZE_ERROR, 0);
    Unit *to = list.data() + start;
    const long_t copied = std::min(wanted, all);
    std::transform(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(copied), to, [](auto unit) { return static_cast<Unit>(unit); });
    if (wanted > all) to[all] = 0;
    return static_cast<int>(wanted);
}

}  // namespace

bool StringAdd(String &string, const String &tail) {
    string += tail;
    return true;
}

int StringCompare(const String &a, const String &b, bool case_sensitive) {
    auto order = [](auto x, auto y) { return x < y ? -1 : x > y ? 1 : 0; };
    // Letters that differ only in case: the small one comes first. Everything else in the order of the units.
    const std::size_t shorter = std::min(a.units().size(), b.units().size());
    for (std::size_t i = 0; i < shorter; ++i)
        if (const int differ = order(to_lower(a.units()[i]), to_lower(b.units()[i]))) return differ;
    if (const int differ = order(a.units().size(), b.units().size())) return differ;
    for (std::size_t i = 0; case_sensitive && i < shorter; ++i)
        if (const int differ = order(b.units()[i], a.units()[i])) return differ;
    return 0;
}

int StringFind(const String &string, const String &wanted, int start) {
    if (wanted.length() == 0) return -1;
    const std::size_t at = string.units().find(wanted.units(), static_cast<std::size_t>(std::max(start, 0)));
    return at == std::u16string_view::npos ? -1 : static_cast<int>(at);
}

ushort StringGetCharacter(const String &string, int at) {
    if (at < 0 || at >= string.length()) return fail(ERR_STRINGPOS_OUTOFRANGE, ushort{0});
    return string.units()[static_cast<std::size_t>(at)];
}

bool StringSetCharacter(String &string, int at, ushort unit) {
    if (at < 0 || at > string.length()) return fail(ERR_STRINGPOS_OUTOFRANGE, false);
    const bool at_end = at == string.length();
    if (at_end && unit == 0) return fail(ERR_STRING_ZEROADDED, false);
    std::u16string units(string.units());
    if (unit == 0) units.resize(static_cast<std::size_t>(at));
    else if (at_end) units.push_back(unit);
    else units[static_cast<std::size_t>(at)] = unit;
    string = String(std::move(units));
    return true;
}

bool StringFill(String &string, ushort unit) {
    string = String(std::u16string(unit == 0 ? 0 : string.units().size(), unit));
    return true;
}

bool StringInit(String &string, int length, ushort unit) {
    if (length < 0) return fail(ERR_INVALID_PARAMETER, false);
    string = length == 0 ? String() : String(std::u16string(unit == 0 ? 0 : static_cast<std::size_t>(length), unit));
    return true;
}

bool StringSetLength(String &string, uint length) {
    std::u16string units(string.units());
    units.resize(std::min<std::size_t>(length, units.size()));
    string = String(std::move(units));
    return true;
}

bool StringReserve(String &, uint) { return true; }

int StringReplace(String &string, const String &wanted, const String &replacement) {
    if (string.length() == 0 || wanted.length() == 0) return fail(ERR_NOTINITIALIZED_STRING, -1);
    std::u16string out;
    const std::u16string_view units = string.units();
    int count = 0;
    std::size_t from = 0;
    for (std::size_t at; (at = units.find(wanted.units(), from)) != std::u16string_view::npos; ++count) {
        out.append(units.substr(from, at - from)).append(replacement.units());
        from = at + wanted.units().size();
    }
    if (count == 0) return 0;
    out.append(units.substr(from));
    string = String(std::move(out));
    return count;
}

int StringSplit(const String &string, ushort separator, View<String> parts) {
    const std::u16string_view units = string.units();
    if (units.empty()) {
        parts.resize(0);
        return 0;
    }
    const int count = 1 + static_cast<int>(std::count(units.begin(), units.end(), char16_t{separator}));
    if (!parts.resize(count)) return fail(ERR_ARRAY_RESIZE_ERROR, -1);
    std::size_t from = 0;
    for (int i = 0; i < count; ++i) {
        const std::size_t end = std::min(units.find(char16_t{separator}, from), units.size());
        parts[i] = String(std::u16string(units.substr(from, end - from)));
        from = end + 1;
    }
    return count;
}

String StringSubstr(const String &string, int start, int length) {
    if (start < 0 || start > string.length()) return fail(ERR_STRINGPOS_OUTOFRANGE, text(u""));
    const std::size_t count = length < 0 ? std::u16string_view::npos : static_cast<std::size_t>(length);
    return String(std::u16string(string.units().substr(static_cast<std::size_t>(start), count)));
}

bool StringToLower(String &string) { return change_each(string, to_lower); }

bool StringToUpper(String &string) { return change_each(string, to_upper); }

int StringTrimLeft(String &string) {
    const std::size_t blank = std::min(string.units().find_first_not_of(BLANK), string.units().size());
    if (blank != 0) string = String(std::u16string(string.units().substr(blank)));
    return static_cast<int>(blank);
}

int StringTrimRight(String &string) {
    const std::size_t kept = string.units().find_last_not_of(BLANK) + 1;  // npos + 1 is 0
    const std::size_t blank = string.units().size() - kept;
    if (blank != 0) string = String(std::u16string(string.units().substr(0, kept)));
    return static_cast<int>(blank);
}

int StringToCharArray(const String &string, View<uchar> bytes, int start, int count, uint codepage) {
    return copy_out(encode(string.units(), codepage), bytes, start, count);
}

int StringToShortArray(const String &string, View<ushort> units, int start, int count) {
    return copy_out(string.units(), units, start, count);
}

String CharArrayToString(View<const uchar> bytes, int start, int count, uint codepage) {
    const int used = detail::part_of(bytes.size(), start, count);
    if (used < 0) return fail(ERR_SMALL_ARRAY, text(u""));
    const uchar *from = bytes.data() + start;
    return String(decode(std::string(from, end_of_text(from, used)), codepage));
}

String ShortArrayToString(View<const ushort> units, int start, int count) {
    const int used = detail::part_of(units.size(), start, count);
    if (used < 0) return fail(ERR_SMALL_ARRAY, text(u""));
    const ushort *from = units.data() + start;
    return String(std::u16string(from, end_of_text(from, used)));
}

}  // namespace pw
