// Errors after which MQL5 stops a program at once.
#pragma once

#include <string>

namespace pw {

// Print `critical <what>` with the program's call chain on stderr, exit with EXIT_CRITICAL.
[[noreturn]] void critical(const std::string &what);
[[noreturn]] void critical_index(int index, int size, const char *file, int line);

// Integer division by zero raises a signal; make it a critical error.
void catch_zero_divide();

// GetLastError's value, for built-ins that fail.
void set_last_error(int code);

// The same, as the result of a failing built-in.
template <class Result> Result fail(int code, Result result) {
    set_last_error(code);
    return result;
}

}  // namespace pw
