// Print and its kind. Every line goes to stdout at once, as `print <text>`, `comment <text>` or `alert <text>`;
// a line feed within the text is written as \n.
#pragma once

#include <vector>

#include "string.hpp"

namespace pw {

namespace detail {

enum class Channel { PRINT, COMMENT, ALERT };

void write_line(Channel channel, const String &text);

template <class... Values> String join(const Values &...values) {
    static_assert(sizeof...(Values) <= 64, "at most 64 values");
    String out = text(u"");
    ((out += String(values)), ...);
    return out;
}

// One argument of a format.
struct FormatArgument {
    enum class Kind { INTEGER, REAL, TEXT } kind;
    ulong bits = 0;
    double real = 0.0;
    String string;

    FormatArgument(const String &text) : kind(Kind::TEXT), string(text) {}
    FormatArgument(double number) : kind(Kind::REAL), real(number) {}
    FormatArgument(float number) : kind(Kind::REAL), real(static_cast<double>(number)) {}
    FormatArgument(datetime time) : kind(Kind::INTEGER), bits(static_cast<ulong>(time.value)) {}
    FormatArgument(color value) : kind(Kind::INTEGER), bits(value.value) {}
    template <class Integer, std::enable_if_t<std::is_integral_v<Integer> || std::is_enum_v<Integer>, int> = 0>
    FormatArgument(Integer number) : kind(Kind::INTEGER), bits(static_cast<ulong>(number)) {}
};

String format(const String &pattern, const std::vector<FormatArgument> &values);

}  // namespace detail

template <class... Values> void Print(const Values &...values) { detail::write_line(detail::Channel::PRINT, detail::join(values...)); }
template <class... Values> void Comment(const Values &...values) { detail::write_line(detail::Channel::COMMENT, detail::join(values...)); }
template <class... Values> void Alert(const Values &...values) { detail::write_line(detail::Channel::ALERT, detail::join(values...)); }

template <class... Values> String StringFormat(const String &pattern, const Values &...values) {
    return detail::format(pattern, {detail::FormatArgument(values)...});
}
template <class... Values> void PrintFormat(const String &pattern, const Values &...values) {
    detail::write_line(detail::Channel::PRINT, StringFormat(pattern, values...));
}
template <class... Values> void printf(const String &pattern, const Values &...values) { PrintFormat(pattern, values...); }

// The new length of the string; a NULL string counts as empty.
template <class... Values> int StringConcatenate(String &out, const Values &...values) {
    out = detail::join(values...);
    return out.length();
}

}  // namespace pw
