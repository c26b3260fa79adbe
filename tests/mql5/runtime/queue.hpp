// The one queue of events between the market's thread, the clock and the program.
#pragma once

#include <string>

#include "structs.hpp"

namespace pw {

enum class EventKind { NONE, TICK, TIMER, TRADE, BOOK, TRANSACTION };

struct Event {
    EventKind kind = EventKind::NONE;
    ulong number = 0;  // in order of arrival
    std::string symbol;
    MqlTradeTransaction transaction{};
    MqlTradeRequest request{};
    MqlTradeResult result{};
};

// Why the program is to end.
struct End {
    bool wanted = false;
    bool restart = false;
    int reason = 0;
};

// OnInit is done: events are taken from now on.
void accept_events();
// Wait for the next event. False: the program is to end.
bool next_event(Event &event);
// The handler of the last event has returned.
void event_handled();
// OnDeinit begins: events and the timer are gone.
void drop_events();

End wanted_end();
// After OnDeinit of a restart. False: the program is to end for good.
bool begin_again();
void request_end(bool restart, int reason);

void set_timer_us(ulong period);  // 0: none
// Until a monotonic time or the end of the program.
void wait_until_us(ulong run_us);
// The clock was moved.
void wake_program();

}  // namespace pw
