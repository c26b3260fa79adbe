#include "string.hpp"

#include <algorithm>

namespace pw {

namespace {

constexpr char32_t REPLACEMENT = 0xFFFD;

// Windows-1252 where it differs from Latin-1; 0: the byte stands for itself.
constexpr char16_t WINDOWS_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

template <class Text> bool is_ascii(const Text &text) {
    return std::all_of(text.begin(), text.end(), [](auto unit) { return unit >= 0 && unit < 0x80; });
}

void append_utf16(std::u16string &out, char32_t point) {
    if (point < 0x10000) {
        out.push_back(static_cast<char16_t>(point));
        return;
    }
    point -= 0x10000;
    out.push_back(static_cast<char16_t>(0xD800 + (point >> 10)));
    out.push_back(static_cast<char16_t>(0xDC00 + (point & 0x3FF)));
}

void append_utf8(std::string &out, char32_t point) {
    auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(static_cast<uchar>(byte))); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0 | (point >> 6));
        put(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        put(0xE0 | (point >> 12));
        put(0x80 | ((point >> 6) & 0x3F));
        put(0x80 | (point & 0x3F));
    } else {
        put(0xF0 | (point >> 18));
        put(0x80 | ((point >> 12) & 0x3F));
        put(0x80 | ((point >> 6) & 0x3F));
        put(0x80 | (point & 0x3F));
    }
}

std::string to_utf8(std::u16string_view units) {
    if (is_ascii(units)) return std::string(units.begin(), units.end());
    std::string out;
    out.reserve(units.size());
    for (std::size_t i = 0; i < units.size(); ++i) {
        const char32_t unit = units[i];
        if (unit < 0xD800 || unit > 0xDFFF) {
            append_utf8(out, unit);
            continue;
        }
        const bool pair = unit < 0xDC00 && i + 1 < units.size() && units[i + 1] >= 0xDC00 && units[i + 1] <= 0xDFFF;
        append_utf8(out, pair ? 0x10000 + ((unit - 0xD800) << 10) + (units[i + 1] - 0xDC00u) : REPLACEMENT);
        i += pair ? 1 : 0;
    }
    return out;
}

// One code point from `at` on; moves it behind the longest prefix that could have begun one.
char32_t next_point(const std::string &bytes, std::size_t &at) {
    const uchar lead = static_cast<uchar>(bytes[at++]);
    if (lead < 0x80) return lead;
    if (lead < 0xC2 || lead > 0xF4) return REPLACEMENT;
    const int more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    char32_t point = lead & (0x3Fu >> more);
    uchar low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    uchar high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    for (int i = 0; i < more; ++i) {
        if (at >= bytes.size()) return REPLACEMENT;
        const uchar byte = static_cast<uchar>(bytes[at]);
        if (byte < low || byte > high) return REPLACEMENT;
        point = (point << 6) | (byte & 0x3Fu);
        low = 0x80;
        high = 0xBF;
        ++at;
    }
    return point;
}

std::u16string from_utf8_units(const std::string &bytes) {
    if (is_ascii(bytes)) return std::u16string(bytes.begin(), bytes.end());
    std::u16string out;
    out.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) append_utf16(out, next_point(bytes, at));
    return out;
}

char to_single_byte(char16_t unit) {
    for (int i = 0; i < 32; ++i)
        if (WINDOWS_1252[i] == unit && unit != 0) return static_cast<char>(static_cast<uchar>(0x80 + i));
    return unit < 0x100 ? static_cast<char>(static_cast<uchar>(unit)) : '?';
}

}  // namespace

std::string encode(std::u16string_view units, uint codepage) {
    if (codepage == CP_UTF8) return to_utf8(units);
    std::string out;
    out.reserve(units.size());
    for (char16_t unit : units) out.push_back(to_single_byte(unit));
    return out;
}

std::u16string decode(const std::string &bytes, uint codepage) {
    if (codepage == CP_UTF8) return from_utf8_units(bytes);
    std::u16string out;
    out.reserve(bytes.size());
    for (char c : bytes) {
        const uchar byte = static_cast<uchar>(c);
        const char16_t special = byte >= 0x80 && byte < 0xA0 ? WINDOWS_1252[byte - 0x80] : char16_t{0};
        out.push_back(special != 0 ? special : byte);
    }
    return out;
}

String String::from_utf8(const std::string &bytes) { return String(from_utf8_units(bytes)); }

std::string String::utf8() const { return to_utf8(units_); }

String String::literal(std::u16string_view units) {
    String string;
    string.units_ = units;
    string.null_ = false;
    return string;
}

String &String::operator+=(const String &other) {
    null_ = null_ && other.null_;
    if (other.units_.empty()) return *this;
    if (owned_ == nullptr || owned_.use_count() != 1) {
        auto joined = std::make_shared<std::u16string>();
        joined->reserve(units_.size() + other.units_.size());
        joined->append(units_).append(other.units_);
        owned_ = std::move(joined);
    } else {
        owned_->append(other.units_);  // right for s+=s too: append copes with its own characters
    }
    units_ = *owned_;
    return *this;
}

}  // namespace pw
