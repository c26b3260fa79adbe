// A program that does not end in time is killed, as a terminal does.
#pragma once

namespace pw {

enum class WatchedCall {
    HANDLER,  // after the request to end: 3 s
    DEINIT,   // 2.5 s
};

void limit_time(WatchedCall call);
void lift_limit();

}  // namespace pw
