// MessagePack, as far as the link to the trade server needs it. Both ends are the rig's own: what cannot be
// read is a fault of the rig and ends the program.
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pw::served {

// One value that came from the trade server; booleans are integers, bytes lie in `text`.
struct Value {
    enum Kind { NIL, INTEGER, REAL, TEXT, LIST };

    Kind kind = NIL;
    std::int64_t integer = 0;
    double real = 0.0;
    std::string text;
    std::vector<Value> items;

    bool is_nil() const { return kind == NIL; }
    bool as_bool() const { return integer != 0; }
    std::uint64_t as_unsigned() const { return static_cast<std::uint64_t>(integer); }
    int as_int() const { return static_cast<int>(integer); }
    double as_real() const { return kind == REAL ? real : static_cast<double>(integer); }
    const Value &at(std::size_t place) const { return items.at(place); }
};

using Row = std::vector<Value>;

class Packer {
public:
    Packer &list(std::size_t count) { return head(0xdd, count, 4); }
    Packer &nil() { return byte(0xc0); }
    Packer &flag(bool value) { return byte(value ? 0xc3 : 0xc2); }
    Packer &integer(std::int64_t value) { return head(0xd3, static_cast<std::uint64_t>(value), 8); }
    Packer &number(std::uint64_t value) { return head(0xcf, value, 8); }
    Packer &real(double value) {
        std::uint64_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        return head(0xcb, bits, 8);
    }
    Packer &text(std::string_view value) {
        head(0xdb, value.size(), 4);
        bytes_.append(value);
        return *this;
    }

    const std::string &bytes() const { return bytes_; }

private:
    Packer &byte(unsigned value) {
        bytes_.push_back(static_cast<char>(value));
        return *this;
    }
    Packer &head(unsigned first, std::uint64_t value, int width) {
        byte(first);
        for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) byte(static_cast<unsigned>(value >> shift) & 0xff);
        return *this;
    }

    std::string bytes_;
};

class Unpacker {
public:
    explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}

    Value value() {
        const unsigned first = take(1);
        Value made;
        if (first <= 0x7f || first >= 0xe0) return integer(static_cast<std::int8_t>(first));
        if (first >= 0xa0 && first <= 0xbf) return text(first & 0x1f);
        if (first >= 0x90 && first <= 0x9f) return list(first & 0x0f);
        switch (first) {
            case 0xc0: return made;
            case 0xc2: return integer(0);
            case 0xc3: return integer(1);
            case 0xc4: case 0xd9: return text(take(1));
            case 0xc5: case 0xda: return text(take(2));
            case 0xc6: case 0xdb: return text(take(4));
            case 0xcb: return real(take(8));
            case 0xcc: return integer(static_cast<std::int64_t>(take(1)));
            case 0xcd: return integer(static_cast<std::int64_t>(take(2)));
            case 0xce: return integer(static_cast<std::int64_t>(take(4)));
            case 0xcf: case 0xd3: return integer(static_cast<std::int64_t>(take(8)));
            case 0xd0: return integer(static_cast<std::int8_t>(take(1)));
            case 0xd1: return integer(static_cast<std::int16_t>(take(2)));
            case 0xd2: return integer(static_cast<std::int32_t>(take(4)));
            case 0xdc: return list(take(2));
            case 0xdd: return list(take(4));
            default: throw std::runtime_error("the trade server sent a value of an unknown kind");
        }
    }

private:
    std::uint64_t take(std::size_t width) {
        std::uint64_t value = 0;
        for (const char byte : part(width)) value = value << 8 | static_cast<unsigned char>(byte);
        return value;
    }

    std::string_view part(std::size_t size) {
        if (size > bytes_.size() - at_) throw std::runtime_error("a message of the trade server is cut off");
        const std::string_view found = bytes_.substr(at_, size);
        at_ += size;
        return found;
    }

    static Value integer(std::int64_t number) {
        Value made;
        made.kind = Value::INTEGER;
        made.integer = number;
        return made;
    }

    static Value real(std::uint64_t bits) {
        Value made;
        made.kind = Value::REAL;
        std::memcpy(&made.real, &bits, sizeof bits);
        return made;
    }

    Value text(std::uint64_t size) {
        Value made;
        made.kind = Value::TEXT;
        made.text = part(size);
        return made;
    }

    Value list(std::uint64_t count) {
        Value made;
        made.kind = Value::LIST;
        made.items.reserve(count);
        for (std::uint64_t i = 0; i < count; ++i) made.items.push_back(value());
        return made;
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
};

}  // namespace pw::served
