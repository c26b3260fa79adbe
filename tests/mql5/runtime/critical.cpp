#include "critical.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "events.hpp"

#if defined(__GLIBC__)
#include <execinfo.h>
#include <unistd.h>
#endif
#if defined(_WIN32)
#include <windows.h>
#endif

namespace pw {

namespace {

// Addresses in the executable: addr2line turns them into file and line of the MQL5 source.
void print_call_chain() {
#if defined(__GLIBC__)
    void *frames[24];
    const int count = backtrace(frames, 24);
    backtrace_symbols_fd(frames + 1, count - 1, STDERR_FILENO);
#endif
}

[[noreturn]] void stop(const char *what) {
    std::fflush(stdout);
    std::fprintf(stderr, "critical %s\n", what);
    std::fflush(stderr);
    print_call_chain();
#if defined(PW_ABORT)
    std::abort();  // whoever watches for crashes sees it
#else
    std::_Exit(EXIT_CRITICAL);
#endif
}

#if defined(_WIN32)
LONG CALLBACK on_exception(EXCEPTION_POINTERS *info) {
    const DWORD code = info->ExceptionRecord->ExceptionCode;
    if (code == EXCEPTION_INT_DIVIDE_BY_ZERO || code == EXCEPTION_INT_OVERFLOW) stop("zero divide");
    return EXCEPTION_CONTINUE_SEARCH;
}
#else
extern "C" void on_zero_divide(int) { stop("zero divide"); }
#endif

}  // namespace

void critical(const std::string &what) { stop(what.c_str()); }

void critical_index(int index, int size, const char *file, int line) {
    critical("array out of range: index " + std::to_string(index) + ", size " + std::to_string(size) + " " + file +
             ":" + std::to_string(line));
}

void catch_zero_divide() {
#if defined(_WIN32)
    AddVectoredExceptionHandler(1, on_exception);
#else
    std::signal(SIGFPE, on_zero_divide);
#endif
}

}  // namespace pw
