// The numeric types of the language. MQL5's long has 64 bits on every platform, C++'s has not.
#pragma once

#include <cfloat>
#include <climits>
#include <cstdint>
#include <type_traits>

namespace pw {

using char_t = signed char;
using uchar = unsigned char;
using ushort = std::uint16_t;
using uint = std::uint32_t;
using long_t = std::int64_t;
using ulong = std::uint64_t;

// An integer with a type of its own: converts like one, is printed in its own way.
template <class Number, int Kind> struct Distinct {
    Number value;

    Distinct() = default;
    template <class Integer, std::enable_if_t<std::is_integral_v<Integer> || std::is_enum_v<Integer>, int> = 0>
    constexpr Distinct(Integer number) : value(static_cast<Number>(number)) {}
    template <class Real, std::enable_if_t<std::is_floating_point_v<Real>, int> = 0>
    constexpr explicit Distinct(Real number) : value(static_cast<Number>(number)) {}
    constexpr operator Number() const { return value; }
    constexpr Distinct &operator+=(Number number) { return *this = Distinct(value + number); }
    constexpr Distinct &operator-=(Number number) { return *this = Distinct(value - number); }
    constexpr Distinct &operator++() { return *this += 1; }
    constexpr Distinct &operator--() { return *this -= 1; }
    constexpr Distinct operator++(int) { Distinct old = *this; ++*this; return old; }
    constexpr Distinct operator--(int) { Distinct old = *this; --*this; return old; }
};

constexpr long_t LONG_MIN_ = INT64_MIN;
constexpr long_t LONG_MAX_ = INT64_MAX;
constexpr ulong ULONG_MAX_ = UINT64_MAX;

using datetime = Distinct<long_t, 0>;
using color = Distinct<uint, 1>;

}  // namespace pw
