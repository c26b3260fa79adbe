// The string of the language: UTF-16 units, and a state NULL that is not the same as empty. Nothing converts
// to it silently.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "types.hpp"

namespace pw {

template <class Integer>
constexpr bool is_wide_unsigned = std::is_same_v<Integer, ulong> || std::is_same_v<Integer, unsigned long>;

class String {
public:
    String() = default;  // NULL
    explicit String(std::u16string units) : owned_(std::make_shared<std::u16string>(std::move(units))), units_(*owned_), null_(false) {}
    explicit String(long_t number);
    explicit String(ulong number);
    explicit String(double number);
    explicit String(float number);
    explicit String(bool flag);
    explicit String(datetime time);
    explicit String(color value);
    template <class Integer, std::enable_if_t<std::is_integral_v<Integer> || std::is_enum_v<Integer>, int> = 0>
    explicit String(Integer number) : String(static_cast<std::conditional_t<is_wide_unsigned<Integer>, ulong, long_t>>(number)) {}

    static String literal(std::u16string_view units);   // refers to them for ever
    static String from_utf8(const std::string &bytes);  // what is not UTF-8 becomes U+FFFD
    std::string utf8() const;                           // lone surrogates become U+FFFD

    std::u16string_view units() const { return units_; }
    int length() const { return static_cast<int>(units_.size()); }
    bool is_null() const { return null_; }

    String &operator+=(const String &other);

    friend String operator+(String a, const String &b) {
        a += b;
        return a;
    }
    friend bool operator==(const String &a, const String &b) { return a.null_ == b.null_ && a.units_ == b.units_; }
    friend bool operator!=(const String &a, const String &b) { return !(a == b); }
    friend bool operator<(const String &a, const String &b) { return a.units_ < b.units_; }
    friend bool operator>(const String &a, const String &b) { return b < a; }
    friend bool operator<=(const String &a, const String &b) { return !(b < a); }
    friend bool operator>=(const String &a, const String &b) { return !(a < b); }

private:
    std::shared_ptr<std::u16string> owned_;  // shared by copies, changed only by its single owner
    std::u16string_view units_;
    bool null_ = true;
};

// A literal of the program.
template <std::size_t N> String text(const char16_t (&units)[N]) { return String::literal({units, N - 1}); }

// Bytes in a code page; CP_UTF8 or one of the single-byte pages, which are all taken as Windows-1252.
std::string encode(std::u16string_view units, uint codepage);
std::u16string decode(const std::string &bytes, uint codepage);

enum : uint { CP_ACP = 0, CP_OEMCP = 1, CP_MACCP = 2, CP_THREAD_ACP = 3, CP_SYMBOL = 42, CP_UTF7 = 65000, CP_UTF8 = 65001 };

}  // namespace pw
