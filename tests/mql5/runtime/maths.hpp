// Mathematical built-ins, under both of their names.
#pragma once

#include <cmath>
#include <type_traits>

#include "types.hpp"

namespace pw {

template <class A, class B> using wider = std::common_type_t<A, B>;

template <class T> T MathAbs(T value) { return value < T{0} ? static_cast<T>(-value) : value; }
template <class A, class B> wider<A, B> MathMax(A a, B b) {
    static_assert(std::is_signed_v<A> == std::is_signed_v<B>, "compare numbers of one sign: cast one");
    return a < b ? wider<A, B>{b} : wider<A, B>{a};
}
template <class A, class B> wider<A, B> MathMin(A a, B b) {
    static_assert(std::is_signed_v<A> == std::is_signed_v<B>, "compare numbers of one sign: cast one");
    return b < a ? wider<A, B>{b} : wider<A, B>{a};
}
inline double MathCeil(double value) { return std::ceil(value); }
inline double MathExp(double value) { return std::exp(value); }
inline double MathFloor(double value) { return std::floor(value); }
inline double MathLog(double value) { return std::log(value); }
inline double MathLog10(double value) { return std::log10(value); }
inline double MathMod(double value, double divisor) { return std::fmod(value, divisor); }
inline double MathPow(double base, double exponent) { return std::pow(base, exponent); }
inline double MathRound(double value) { return std::round(value); }
inline double MathSqrt(double value) { return std::sqrt(value); }
inline bool MathIsValidNumber(double value) { return std::isfinite(value); }

template <class T> T fabs(T value) { return MathAbs(value); }
template <class A, class B> wider<A, B> fmax(A a, B b) { return MathMax(a, b); }
template <class A, class B> wider<A, B> fmin(A a, B b) { return MathMin(a, b); }
inline double ceil(double value) { return MathCeil(value); }
inline double exp(double value) { return MathExp(value); }
inline double floor(double value) { return MathFloor(value); }
inline double log(double value) { return MathLog(value); }
inline double log10(double value) { return MathLog10(value); }
inline double fmod(double value, double divisor) { return MathMod(value, divisor); }
inline double pow(double base, double exponent) { return MathPow(base, exponent); }
inline double round(double value) { return MathRound(value); }
inline double sqrt(double value) { return MathSqrt(value); }

// To a number of decimals from 0 to 8.
double NormalizeDouble(double value, int digits);

}  // namespace pw
