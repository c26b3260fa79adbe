// The two clocks behind events.hpp, for the runtime itself.
#pragma once

#include <chrono>

#include "types.hpp"

namespace pw {

void start_clock(bool is_virtual, ulong timer_grid_us);

// When a monotonic time will be reached if nobody moves the clock; never for a virtual one.
bool will_reach_by_itself(ulong run_us, std::chrono::steady_clock::time_point &when);

// The shortest period of a timer, and the step of GetTickCount64.
ulong timer_grid_us();

int local_offset_s();

}  // namespace pw
