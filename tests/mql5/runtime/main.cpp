// A terminal with one program on one chart.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "chart.hpp"
#include "clock.hpp"
#include "critical.hpp"
#include "events.hpp"
#include "globals.hpp"
#include "loading.hpp"
#include "market.hpp"
#include "program.hpp"
#include "queue.hpp"
#include "sandbox.hpp"
#include "watchdog.hpp"

#if defined(_WIN32)
#include <fcntl.h>
#include <io.h>
#include <windows.h>
#else
#include <csignal>
#include <pthread.h>
#endif

namespace pw {

namespace {

constexpr char USAGE[] =
    "usage: program --files DIR [--common DIR] [--server HOST:PORT] [--library NAME=PATH]... [--input NAME=VALUE]...\n"
    "               [--chart SYMBOL] [--clock real|virtual] [--timer-ms 10..16]\n";

struct Options {
    std::string server;
    std::string files;
    std::string common;
    std::string chart;
    std::map<std::string, std::string> libraries;
    std::vector<std::pair<std::string, std::string>> inputs;
    bool virtual_clock = false;
    ulong timer_grid_us = 15625;
};

[[noreturn]] void refuse(const std::string &why) {
    std::fprintf(stderr, "%s\n%s", why.c_str(), USAGE);
    std::exit(EXIT_USAGE);
}

std::pair<std::string, std::string> split(const std::string &name, const std::string &value) {
    const std::size_t at = value.find('=');
    if (at == std::string::npos || at == 0) refuse(name + " wants NAME=VALUE, not \"" + value + "\"");
    return {value.substr(0, at), value.substr(at + 1)};
}

void set_option(Options &options, const std::string &name, const std::string &value) {
    if (name == "--server") options.server = value;
    else if (name == "--files") options.files = value;
    else if (name == "--common") options.common = value;
    else if (name == "--chart") options.chart = value;
    else if (name == "--library") options.libraries.insert(split(name, value));
    else if (name == "--input") options.inputs.push_back(split(name, value));
    else if (name == "--clock" && (value == "real" || value == "virtual")) options.virtual_clock = value == "virtual";
    else if (name == "--timer-ms" && std::atoi(value.c_str()) >= 10 && std::atoi(value.c_str()) <= 16)
        options.timer_grid_us = static_cast<ulong>(std::atoi(value.c_str())) * 1000;
    else refuse("option " + name + " does not exist or cannot be \"" + value + "\"");
}

Options parse(int count, char **words) {
    Options options;
    for (int i = 1; i < count; i += 2) {
        if (i + 1 == count) refuse(std::string("option ") + words[i] + " wants a value");
        set_option(options, words[i], words[i + 1]);
    }
    if (options.files.empty()) refuse("--files DIR is missing: the folder of the program's files");
    if (options.common.empty()) options.common = options.files;
    return options;
}

#if defined(_WIN32)
BOOL WINAPI on_console_event(DWORD) {
    post_stop(REASON_REMOVE);
    return TRUE;
}

void prepare_process() {
    _setmode(_fileno(stdout), _O_BINARY);
    SetConsoleCtrlHandler(on_console_event, TRUE);
}
#else
void prepare_process() {
    std::signal(SIGPIPE, SIG_IGN);  // who reads the output may go away
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // every thread made from now on inherits it
    std::thread([signals] {
        int signal = 0;
        while (sigwait(&signals, &signal) == 0) post_stop(REASON_REMOVE);
    }).detach();
}
#endif

void handle(const Program &program, const Event &event) {
    switch (event.kind) {
        case EventKind::TICK:
            if (program.on_tick != nullptr) program.on_tick();
            break;
        case EventKind::TIMER:
            if (program.on_timer != nullptr) program.on_timer();
            break;
        case EventKind::TRADE:
            if (program.on_trade != nullptr) program.on_trade();
            break;
        case EventKind::BOOK:
            if (program.on_book != nullptr) program.on_book(String::from_utf8(event.symbol));
            break;
        case EventKind::TRANSACTION:
            if (program.on_trade_transaction != nullptr) program.on_trade_transaction(event.transaction, event.request, event.result);
            break;
        case EventKind::NONE: break;
    }
}

void end_program(const Program &program, int reason) {
    drop_events();
    set_reason(reason);
    limit_time(WatchedCall::DEINIT);
    if (program.on_deinit != nullptr) program.on_deinit(reason);
    lift_limit();
    EventKillTimer();
}

int run_expert(const Program &program) {
    while (true) {
        take_over_changes();
        if (program.on_init != nullptr && program.on_init() != INIT_SUCCEEDED) {
            end_program(program, REASON_INITFAILED);
            return EXIT_INIT_FAILED;
        }
        accept_events();
        Event event;
        while (next_event(event)) {
            handle(program, event);
            event_handled();
        }
        const End end = wanted_end();
        end_program(program, end.reason);
        if (end.restart && end.reason == REASON_ACCOUNT) return EXIT_RELOAD;
        if (!end.restart || !begin_again()) return 0;
    }
}

int run(const Program &program) {
    if (program.on_start == nullptr) return run_expert(program);
    take_over_changes();
    program.on_start();
    lift_limit();
    return 0;
}

int run_terminal(int count, char **words) {
    const Options options = parse(count, words);
    catch_zero_divide();
    prepare_process();
    start_clock(options.virtual_clock, options.timer_grid_us);
    set_sandbox(std::filesystem::u8path(options.files), std::filesystem::u8path(options.common));
    for (const auto &[name, value] : options.inputs)
        if (!change_input(name, value)) refuse("input " + name + " does not exist or cannot be \"" + value + "\"");
    set_chart(options.chart, 0);
    load_global_variables();
    if (!options.server.empty() && !market_open(options.server)) {
        std::fprintf(stderr, "the trade server at %s does not answer\n", options.server.c_str());
        return EXIT_NOT_LOADED;
    }
    std::string why;
    if (!bind_imports(options.libraries, MQLInfoInteger(MQL_DLLS_ALLOWED) != 0, why)) {
        std::fprintf(stderr, "not loaded: %s\n", why.c_str());
        market_close();
        return EXIT_NOT_LOADED;
    }
    const int code = run(pw_program());
    save_global_variables(code == EXIT_RELOAD);
    market_close();
    return code;
}

}  // namespace

}  // namespace pw

int main(int count, char **words) { return pw::run_terminal(count, words); }
