#include "queue.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>

#include "clock.hpp"
#include "events.hpp"
#include "watchdog.hpp"

namespace pw {

namespace {

constexpr std::size_t MOST_EVENTS = 8192;
constexpr std::size_t MOST_TRANSACTIONS = 1024;

struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Event> events;
    std::deque<Event> transactions;
    ulong arrived = 0;
    bool accepting = false;
    bool tick_waits = false;
    bool timer_waits = false;
    EventKind running = EventKind::NONE;
    ulong period_us = 0;  // 0: no timer
    ulong due_us = 0;
    End end;
    ulong lost_transactions = 0;
    ulong lost_events = 0;
};

// Never destroyed: the market's thread may post until the process ends.
State &state() {
    static State *only = new State;
    return *only;
}

using Lock = std::unique_lock<std::mutex>;

void push(Event event) {
    State &now = state();
    if (now.events.size() >= MOST_EVENTS) {
        ++now.lost_events;
        return;
    }
    event.number = ++now.arrived;
    now.tick_waits = now.tick_waits || event.kind == EventKind::TICK;
    now.timer_waits = now.timer_waits || event.kind == EventKind::TIMER;
    now.events.push_back(std::move(event));
}

// Queue the timer's event when it is due; not while one waits or runs.
void collect_timer() {
    State &now = state();
    const ulong time = clock_run_us();
    if (now.period_us == 0 || time < now.due_us) return;
    now.due_us += ((time - now.due_us) / now.period_us + 1) * now.period_us;
    if (!now.accepting || now.timer_waits || now.running == EventKind::TIMER) return;
    Event event;
    event.kind = EventKind::TIMER;
    push(std::move(event));
}

void post(Event event) {
    State &now = state();
    const Lock lock(now.mutex);
    if (!now.accepting) return;
    collect_timer();
    if (event.kind == EventKind::TICK && (now.tick_waits || now.running == EventKind::TICK)) return;
    push(std::move(event));
    now.changed.notify_all();
}

Event take(std::deque<Event> &from) {
    Event event = std::move(from.front());
    from.pop_front();
    return event;
}

// Until something changes or a monotonic time has come.
void sleep_until(Lock &lock, ulong run_us) {
    std::chrono::steady_clock::time_point when;
    if (will_reach_by_itself(run_us, when)) state().changed.wait_until(lock, when);
    else state().changed.wait(lock);
}

}  // namespace

void post_tick() {
    Event event;
    event.kind = EventKind::TICK;
    post(std::move(event));
}

void post_trade() {
    Event event;
    event.kind = EventKind::TRADE;
    post(std::move(event));
}

void post_book(const std::string &symbol) {
    Event event;
    event.kind = EventKind::BOOK;
    event.symbol = symbol;
    post(std::move(event));
}

void post_transaction(const MqlTradeTransaction &transaction, const MqlTradeRequest &request, const MqlTradeResult &result) {
    State &now = state();
    const Lock lock(now.mutex);
    if (!now.accepting) return;
    collect_timer();
    if (now.transactions.size() >= MOST_TRANSACTIONS) {
        now.transactions.pop_front();
        ++now.lost_transactions;
    }
    Event event;
    event.kind = EventKind::TRANSACTION;
    event.number = ++now.arrived;
    event.transaction = transaction;
    event.request = request;
    event.result = result;
    now.transactions.push_back(std::move(event));
    now.changed.notify_all();
}

void accept_events() {
    State &now = state();
    const Lock lock(now.mutex);
    now.accepting = true;
}

bool next_event(Event &event) {
    State &now = state();
    Lock lock(now.mutex);
    while (!now.end.wanted) {
        collect_timer();
        const bool any = !now.events.empty();
        if (any || !now.transactions.empty()) {
            const bool plain = any && (now.transactions.empty() || now.events.front().number < now.transactions.front().number);
            event = take(plain ? now.events : now.transactions);
            now.running = event.kind;
            now.tick_waits = now.tick_waits && event.kind != EventKind::TICK;
            now.timer_waits = now.timer_waits && event.kind != EventKind::TIMER;
            return true;
        }
        if (now.period_us == 0) now.changed.wait(lock);
        else sleep_until(lock, now.due_us);
    }
    return false;
}

void event_handled() {
    State &now = state();
    const Lock lock(now.mutex);
    collect_timer();
    now.running = EventKind::NONE;
}

void drop_events() {
    State &now = state();
    const Lock lock(now.mutex);
    now.accepting = false;
    now.events.clear();
    now.transactions.clear();
    now.tick_waits = now.timer_waits = false;
    now.running = EventKind::NONE;
}

End wanted_end() {
    const Lock lock(state().mutex);
    return state().end;
}

bool begin_again() {
    State &now = state();
    const Lock lock(now.mutex);
    if (!now.end.restart) return false;
    now.end = End();
    return true;
}

void request_end(bool restart, int reason) {
    State &now = state();
    const Lock lock(now.mutex);
    // The first request counts, but an end for good outdoes a restart.
    if (now.end.wanted && (restart || !now.end.restart)) return;
    now.end = {true, restart, reason};
    limit_time(WatchedCall::HANDLER);
    now.changed.notify_all();
}

void post_restart(int reason) { request_end(true, reason); }

void post_stop(int reason) { request_end(false, reason); }

bool stop_requested() { return wanted_end().wanted; }

void set_timer_us(ulong period) {
    State &now = state();
    const Lock lock(now.mutex);
    now.period_us = period;
    now.due_us = clock_run_us() + period;
}

void wait_until_us(ulong run_us) {
    State &now = state();
    Lock lock(now.mutex);
    while (!now.end.wanted && clock_run_us() < run_us) sleep_until(lock, run_us);
}

void wake_program() {
    const Lock lock(state().mutex);
    state().changed.notify_all();
}

ulong lost_transactions() {
    const Lock lock(state().mutex);
    return state().lost_transactions;
}

ulong lost_events() {
    const Lock lock(state().mutex);
    return state().lost_events;
}

}  // namespace pw
