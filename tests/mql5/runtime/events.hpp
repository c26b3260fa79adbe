// What the market side may do to the program: queue events, move the clock, flip switches. Every function
// may be called from any thread.
#pragma once

#include <functional>
#include <string>

#include "critical.hpp"
#include "structs.hpp"
#include "terminal.hpp"

namespace pw {

// Exit codes of the executable.
enum : int {
    EXIT_CRITICAL = 70,
    EXIT_INIT_FAILED = 71,
    EXIT_KILLED = 72,
    EXIT_NOT_LOADED = 73,
    EXIT_RELOAD = 75,
    EXIT_USAGE = 64,
};

void post_tick();
void post_transaction(const MqlTradeTransaction &transaction, const MqlTradeRequest &request,
                      const MqlTradeResult &result);
void post_trade();
void post_book(const std::string &symbol);
// OnDeinit(reason), then OnInit: 3 and 5 in the same process, 6 ends it with EXIT_RELOAD.
void post_restart(int reason);
// OnDeinit(reason), then exit code 0.
void post_stop(int reason);

// Before post_restart(REASON_CHARTCHANGE) and post_restart(REASON_PARAMETERS); taken over between OnDeinit
// and OnInit. An input keeps its value when the new one is not of its type.
void set_chart(const std::string &symbol, int period);
bool set_input(const std::string &name, const std::string &value);  // false: no such input

// Two clocks. The monotonic one (GetTickCount64, GetMicrosecondCount, timers) runs by itself with --clock
// real and stands with --clock virtual. The wall clock (TimeGMT, TimeLocal) starts at the computer's time and
// goes with the monotonic one until it is set.
ulong clock_run_us();    // monotonic, since the start of the process
long_t clock_utc_us();   // wall clock
void set_wall_clock_us(long_t utc_us, bool runs);
void advance_clock_us(ulong us);   // both: monotonic, and the wall clock if it runs
void skip_monotonic_us(ulong us);  // the monotonic one alone
// Minutes east of UTC of TimeLocal.
void set_local_offset_minutes(int minutes);

// Files of the sandbox: opening and writing fail as on a full disk, opening and reading as without permission.
void files_fail(bool write, bool read);

// What only the market side knows; unset means 0. Set them before market_open returns.
struct MarketHooks {
    std::function<long_t()> last_quote_s;    // TimeCurrent
    std::function<long_t()> server_time_s;   // TimeTradeServer
    std::function<int(const std::string &symbol)> digits;  // _Digits of the chart
    std::function<double(const std::string &symbol)> point;
};
void set_market_hooks(const MarketHooks &hooks);

// MQLInfoInteger and the load of libraries.
void set_trade_allowed(bool allowed);  // MQL_TRADE_ALLOWED
void set_dlls_allowed(bool allowed);   // MQL_DLLS_ALLOWED

// True once the program is to end (IsStopped).
bool stop_requested();

// Events lost by a full queue: transactions (1024) and all others.
ulong lost_transactions();
ulong lost_events();

}  // namespace pw
