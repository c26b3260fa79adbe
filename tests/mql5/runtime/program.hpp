// What a translated program hands to the terminal.
#pragma once

#include <string>
#include <type_traits>

#include "array.hpp"
#include "structs.hpp"

namespace pw {

struct Program {
    int (*on_init)();
    void (*on_deinit)(int);
    void (*on_tick)();
    void (*on_timer)();
    void (*on_trade)();
    void (*on_trade_transaction)(const MqlTradeTransaction &, const MqlTradeRequest &, const MqlTradeResult &);
    void (*on_book)(const String &);
    void (*on_start)();
    const char *name;  // of the source, without .mq5
};

// An input variable. It enters itself into the list of the program's inputs; only the terminal writes it.
class InputBase {
public:
    InputBase(const char *name, const char *type);
    InputBase(const InputBase &) = delete;
    InputBase &operator=(const InputBase &) = delete;

    const char *name() const { return name_; }
    const char *type() const { return type_; }
    virtual bool set(const std::string &value) = 0;  // false: not a value of its type

protected:
    ~InputBase() = default;

private:
    const char *name_;
    const char *type_;
};

bool parse_input(const std::string &value, bool &out);
bool parse_input(const std::string &value, long_t &out);
bool parse_input(const std::string &value, ulong &out);
bool parse_input(const std::string &value, double &out);
bool parse_input(const std::string &value, String &out);
bool parse_input(const std::string &value, datetime &out);

template <class T> class Input final : public InputBase {
public:
    Input(const char *name, const char *type, const T &initial) : InputBase(name, type), value(initial) {}

    bool set(const std::string &text) override {
        if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, String> || std::is_same_v<T, datetime> ||
                      std::is_same_v<T, double>) {
            return parse_input(text, value);
        } else if constexpr (std::is_same_v<T, ulong>) {
            return parse_input(text, value);
        } else {
            long_t number = 0;
            if (!parse_input(text, number) || static_cast<long_t>(static_cast<T>(number)) != number) return false;
            value = static_cast<T>(number);
            return true;
        }
    }

    T value;
};

// A function of a library; filled in when the program is loaded.
struct Import {
    const char *dll;
    const char *function;
    void *pointer;

    Import(const char *from, const char *name);
    Import(const Import &) = delete;
    Import &operator=(const Import &) = delete;
};

// What an imported function receives for an array and for a string.
template <class List> auto *address(List &&array) {
    static std::remove_reference_t<decltype(*array.data())> nothing{};
    return array.data() != nullptr ? array.data() : &nothing;
}

class Wide {
public:
    explicit Wide(const String &string) : units_(string.units()) {}
    char16_t *buffer() { return units_.data(); }

private:
    std::u16string units_;
};

}  // namespace pw

// The one program of the executable; its absent handlers are nullptr.
const pw::Program &pw_program();
