#include "clock.hpp"

#include <atomic>
#include <mutex>

#include "events.hpp"
#include "queue.hpp"

#if defined(_WIN32)
#include <windows.h>
#else
#include <time.h>
#endif

namespace pw {

namespace {

using std::chrono::steady_clock;

long_t system_utc_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// How long the machine had been running when the process began.
ulong uptime_us() {
#if defined(_WIN32)
    return ::GetTickCount64() * 1000;
#elif defined(CLOCK_BOOTTIME)
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<ulong>(now.tv_sec) * 1000000 + static_cast<ulong>(now.tv_nsec) / 1000;
#else
    return static_cast<ulong>(std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now().time_since_epoch()).count());
#endif
}

steady_clock::time_point started;
ulong uptime_at_start_us = 0;
ulong grid_us = 15625;
bool stands = false;
std::atomic<ulong> skipped_us{0};
std::atomic<int> local_minutes{0};

std::mutex wall_mutex;
long_t wall_us = 0;        // at the monotonic time wall_since_us
ulong wall_since_us = 0;
bool wall_runs = true;

}  // namespace

void start_clock(bool is_virtual, ulong timer_grid) {
    started = steady_clock::now();
    uptime_at_start_us = uptime_us();
    stands = is_virtual;
    grid_us = timer_grid;
    wall_us = system_utc_us();
}

ulong clock_run_us() {
    if (stands) return skipped_us;
    return static_cast<ulong>(std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - started).count()) + skipped_us;
}

bool will_reach_by_itself(ulong run_us, steady_clock::time_point &when) {
    if (stands) return false;
    when = started + std::chrono::microseconds(run_us - std::min(run_us, skipped_us.load()));
    return true;
}

ulong timer_grid_us() { return grid_us; }

long_t clock_utc_us() {
    const std::lock_guard<std::mutex> lock(wall_mutex);
    return wall_us + (wall_runs ? static_cast<long_t>(clock_run_us() - wall_since_us) : 0);
}

void set_wall_clock_us(long_t utc_us, bool runs) {
    const std::lock_guard<std::mutex> lock(wall_mutex);
    wall_us = utc_us;
    wall_since_us = clock_run_us();
    wall_runs = runs;
}

void advance_clock_us(ulong us) {
    skipped_us += us;
    wake_program();
}

void skip_monotonic_us(ulong us) {
    {
        const std::lock_guard<std::mutex> lock(wall_mutex);
        wall_since_us += us;
        skipped_us += us;
    }
    wake_program();
}

void set_local_offset_minutes(int minutes) { local_minutes = minutes; }

int local_offset_s() { return local_minutes * 60; }

ulong GetTickCount64() { return (uptime_at_start_us + clock_run_us()) / grid_us * grid_us / 1000; }

uint GetTickCount() { return static_cast<uint>(GetTickCount64()); }

ulong GetMicrosecondCount() { return clock_run_us(); }

}  // namespace pw
