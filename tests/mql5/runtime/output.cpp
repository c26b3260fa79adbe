#include "output.hpp"

#include <algorithm>
#include <cstdio>

#include "critical.hpp"
#include "errors.hpp"

namespace pw::detail {

namespace {

// %[flags][width][.precision][size]type
struct Specification {
    std::string flags;
    int width = -1;
    int precision = -1;
    bool wide = false;   // 64 bits
    bool half = false;   // 16 bits
    char type = 0;
};

class Formatter {
public:
    Formatter(const String &pattern, const std::vector<FormatArgument> &values) : units_(pattern.units()), values_(values) {}

    String run() {
        while (at_ < units_.size()) {
            if (units_[at_] != '%') {
                out_.push_back(units_[at_++]);
            } else if (at_ + 1 < units_.size() && units_[at_ + 1] == '%') {
                out_.push_back('%');
                at_ += 2;
            } else {
                ++at_;
                one();
            }
        }
        if (used_ < values_.size()) set_last_error(ERR_TOO_MANY_PARAMETERS);
        return String(std::move(out_));
    }

private:
    char16_t peek() const { return at_ < units_.size() ? units_[at_] : u'\0'; }

    const FormatArgument *next() { return used_ < values_.size() ? &values_[used_++] : nullptr; }

    int number() {
        if (peek() == '*') {
            ++at_;
            const FormatArgument *value = next();
            return value == nullptr ? -1 : static_cast<int>(value->bits);
        }
        int number = 0;
        while (peek() >= '0' && peek() <= '9') number = std::min(number * 10 + (units_[at_++] - '0'), 4096);
        return number;
    }

    bool take(std::u16string_view word) {
        if (units_.substr(at_, word.size()) != word) return false;
        at_ += word.size();
        return true;
    }

    Specification parse() {
        Specification result;
        while (peek() != 0 && std::u16string_view(u"-+0 #").find(peek()) != std::u16string_view::npos)
            result.flags.push_back(static_cast<char>(units_[at_++]));
        result.width = number();
        if (peek() == '.') {
            ++at_;
            result.precision = number();
        }
        if (take(u"I64") || take(u"ll")) result.wide = true;
        else if (take(u"h")) result.half = true;
        else if (!take(u"I32")) take(u"l");
        if (peek() < 0x80) result.type = static_cast<char>(peek());
        if (at_ < units_.size()) ++at_;
        return result;
    }

    void one() {
        const Specification what = parse();
        const FormatArgument *value = next();
        if (value == nullptr) return set_last_error(ERR_TOO_MANY_FORMATTERS);
        if (std::string("diouxX").find(what.type) != std::string::npos && value->kind == FormatArgument::Kind::INTEGER) return integer(what, value->bits);
        if (std::string("aAeEfgG").find(what.type) != std::string::npos && value->kind == FormatArgument::Kind::REAL) return real(what, value->real);
        if (what.type == 's' && value->kind == FormatArgument::Kind::TEXT) return string(what, value->string.units());
        if ((what.type == 'c' || what.type == 'C') && value->kind == FormatArgument::Kind::INTEGER) {
            const char16_t unit = static_cast<char16_t>(value->bits);
            return string(what, std::u16string_view(&unit, 1));
        }
        // MQL5 leaves the result undefined: show it.
        set_last_error(ERR_WRONG_FORMATSTRING);
        string({}, u"(wrong format)");
    }

    std::string pattern(const Specification &what, const char *size) const {
        std::string out = "%" + what.flags;
        if (what.width > 0) out += std::to_string(what.width);
        if (what.precision >= 0) out += "." + std::to_string(what.precision);
        return out + size + what.type;
    }

    template <class Number> void append(const std::string &pattern, Number number) {
        std::vector<char> buffer(9000);
        const int length = std::snprintf(buffer.data(), buffer.size(), pattern.c_str(), number);
        out_.append(buffer.data(), buffer.data() + std::max(length, 0));
    }

    // Without a 64-bit size only the low 32 bits are shown, as by the C library the terminal uses.
    void integer(const Specification &what, ulong bits) {
        const bool is_signed = what.type == 'd' || what.type == 'i';
        if (what.half) bits = is_signed ? static_cast<ulong>(static_cast<std::int16_t>(bits)) : bits & 0xFFFF;
        else if (!what.wide) bits = is_signed ? static_cast<ulong>(static_cast<std::int32_t>(bits)) : bits & 0xFFFFFFFF;
        if (is_signed) append(pattern(what, "ll"), static_cast<long long>(bits));
        else append(pattern(what, "ll"), static_cast<unsigned long long>(bits));
    }

    void real(const Specification &what, double number) { append(pattern(what, ""), number); }

    void string(const Specification &what, std::u16string_view units) {
        if (what.precision >= 0) units = units.substr(0, static_cast<std::size_t>(what.precision));
        const std::size_t width = static_cast<std::size_t>(std::max(what.width, 0));
        const std::u16string padding(width > units.size() ? width - units.size() : 0, u' ');
        const bool left = what.flags.find('-') != std::string::npos;
        if (!left) out_ += padding;
        out_ += units;
        if (left) out_ += padding;
    }

    std::u16string_view units_;
    const std::vector<FormatArgument> &values_;
    std::size_t at_ = 0;
    std::size_t used_ = 0;
    std::u16string out_;
};

}  // namespace

String format(const String &pattern, const std::vector<FormatArgument> &values) { return Formatter(pattern, values).run(); }

void write_line(Channel channel, const String &text) {
    std::string line = channel == Channel::PRINT ? "print " : channel == Channel::COMMENT ? "comment " : "alert ";
    for (const char c : text.utf8()) {
        if (c == '\n') line += "\\n";
        else if (c == '\r') line += "\\r";
        else line.push_back(c);
    }
    line.push_back('\n');
    // Nobody may be reading any more; the program goes on.
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
    std::clearerr(stdout);
}

}  // namespace pw::detail
