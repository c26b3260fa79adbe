#include "terminal.hpp"

#include <atomic>
#include <mutex>

#include "chart.hpp"
#include "clock.hpp"
#include "conversion.hpp"
#include "errors.hpp"
#include "events.hpp"
#include "loading.hpp"
#include "program.hpp"
#include "queue.hpp"

namespace pw {

namespace {

thread_local int last_error = 0;
std::atomic<bool> trade_allowed{true};
std::atomic<bool> dlls_allowed{true};
int reason_of_end = 0;

MarketHooks &hooks() {
    static MarketHooks *only = new MarketHooks;
    return *only;
}

std::mutex chart_mutex;
std::string chart_symbol;
std::string next_symbol;
int chart_period = 16385;  // H1
int next_period = 16385;

datetime with_parts(datetime time, MqlDateTime &parts) {
    TimeToStruct(time, parts);
    return time;
}

}  // namespace

void set_market_hooks(const MarketHooks &given) { hooks() = given; }

void set_trade_allowed(bool allowed) { trade_allowed = allowed; }

void set_dlls_allowed(bool allowed) { dlls_allowed = allowed; }

void set_last_error(int code) { last_error = code; }

int GetLastError() { return last_error; }

void ResetLastError() { last_error = 0; }

void SetUserError(ushort code) { last_error = ERR_USER_ERROR_FIRST + code; }

bool IsStopped() { return stop_requested(); }

void ExpertRemove() { request_end(false, REASON_PROGRAM); }

int UninitializeReason() { return reason_of_end; }

void set_reason(int reason) { reason_of_end = reason; }

void Sleep(int milliseconds) {
    if (milliseconds > 0) wait_until_us(clock_run_us() + static_cast<ulong>(milliseconds) * 1000);
}

bool EventSetTimer(int seconds) {
    if (seconds <= 0) return fail(ERR_INVALID_PARAMETER, false);
    set_timer_us(static_cast<ulong>(seconds) * 1000000);
    return true;
}

bool EventSetMillisecondTimer(int milliseconds) {
    if (milliseconds <= 0) return fail(ERR_INVALID_PARAMETER, false);
    set_timer_us(std::max(static_cast<ulong>(milliseconds) * 1000, timer_grid_us()));
    return true;
}

void EventKillTimer() { set_timer_us(0); }

datetime TimeGMT() { return clock_utc_us() / 1000000; }
datetime TimeLocal() { return TimeGMT() + local_offset_s(); }
datetime TimeCurrent() { return hooks().last_quote_s ? hooks().last_quote_s() : long_t{0}; }
datetime TimeTradeServer() { return hooks().server_time_s ? hooks().server_time_s() : static_cast<long_t>(TimeLocal()); }
datetime TimeGMT(MqlDateTime &parts) { return with_parts(TimeGMT(), parts); }
datetime TimeLocal(MqlDateTime &parts) { return with_parts(TimeLocal(), parts); }
datetime TimeCurrent(MqlDateTime &parts) { return with_parts(TimeCurrent(), parts); }
datetime TimeTradeServer(MqlDateTime &parts) { return with_parts(TimeTradeServer(), parts); }
int TimeGMTOffset() { return -local_offset_s(); }

int MQLInfoInteger(ENUM_MQL_INFO_INTEGER property) {
    switch (property) {
        case MQL_PROGRAM_TYPE: return pw_program().on_start != nullptr ? PROGRAM_SCRIPT : PROGRAM_EXPERT;
        case MQL_DLLS_ALLOWED: return dlls_allowed ? 1 : 0;
        case MQL_TRADE_ALLOWED: return trade_allowed ? 1 : 0;
        case MQL_SIGNALS_ALLOWED:
        case MQL_DEBUG:
        case MQL_PROFILER:
        case MQL_TESTER:
        case MQL_FORWARD:
        case MQL_OPTIMIZATION:
        case MQL_VISUAL_MODE:
        case MQL_FRAME_MODE: return 0;
        default: return fail(ERR_MQL5_WRONG_PROPERTY, 0);
    }
}

String MQLInfoString(ENUM_MQL_INFO_STRING property) {
    const String name = String::from_utf8(pw_program().name);
    if (property == MQL_PROGRAM_NAME) return name;
    if (property == MQL_PROGRAM_PATH) return name + text(u".ex5");
    return fail(ERR_MQL5_WRONG_PROPERTY, text(u""));
}

void set_chart(const std::string &symbol, int period) {
    const std::lock_guard<std::mutex> lock(chart_mutex);
    next_symbol = symbol;
    if (period != 0) next_period = period;
}

void take_over_changes() {
    {
        const std::lock_guard<std::mutex> lock(chart_mutex);
        chart_symbol = next_symbol;
        chart_period = next_period;
    }
    take_over_inputs();
}

String Symbol() {
    const std::lock_guard<std::mutex> lock(chart_mutex);
    return String::from_utf8(chart_symbol);
}

ENUM_TIMEFRAMES Period() {
    const std::lock_guard<std::mutex> lock(chart_mutex);
    return static_cast<ENUM_TIMEFRAMES>(chart_period);
}

int Digits() { return hooks().digits ? hooks().digits(Symbol().utf8()) : 0; }

double Point() { return hooks().point ? hooks().point(Symbol().utf8()) : 0.0; }

long_t ChartID() { return 1; }

}  // namespace pw
