// A program that posts its own events from a second thread while a handler stands still, in virtual time.
// It prints what its handlers saw; test_runtime.py knows what a terminal would have delivered.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "ea.hpp"
#include "events.hpp"

namespace {

using namespace pw;

// A handler waits in here until the driver lets it go.
class Gate {
public:
    void pass() {
        std::unique_lock<std::mutex> lock(mutex_);
        if (!closed_) return;
        inside_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return !closed_; });
        inside_ = false;
    }
    void close() {
        const std::lock_guard<std::mutex> lock(mutex_);
        closed_ = true;
    }
    // False: nobody came within a moment.
    bool has_handler() {
        std::unique_lock<std::mutex> lock(mutex_);
        return changed_.wait_for(lock, std::chrono::milliseconds(1), [this] { return inside_; });
    }
    void open() {
        const std::lock_guard<std::mutex> lock(mutex_);
        closed_ = false;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool closed_ = false;
    bool inside_ = false;
};

// Counts handlers' ends, so that the driver can wait for one.
class Counter {
public:
    void add() {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++count_;
        changed_.notify_all();
    }
    int count() {
        const std::lock_guard<std::mutex> lock(mutex_);
        return count_;
    }
    void wait_for(int count) {
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [&] { return count_ >= count; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int count_ = 0;
};

constexpr ulong GRID_US = 15625;
constexpr int RELOAD = 6;  // as InpNumber: have the program reloaded for another account

Gate gate;
Counter timers;
Counter transactions;
Counter trades;
Counter starts;
std::thread driver;
Input<int> number("InpNumber", "int", 1);

void post_numbered(ulong order) {
    MqlTradeTransaction transaction{};
    transaction.order = order;
    transaction.symbol = text(u"EURUSD");
    post_transaction(transaction, MqlTradeRequest{}, MqlTradeResult{});
}

// Stop the handler of the next timer event and do something meanwhile.
template <class Work> void while_timer_runs(Work work) {
    gate.close();
    do advance_clock_us(GRID_US);
    while (!gate.has_handler());
    work();
    gate.open();
}

// A trade event is handled after everything that was queued before it.
void wait_until_idle() {
    const int before = trades.count();
    post_trade();
    trades.wait_for(before + 1);
}

void wait_for_first_timer() {
    // Events before the end of OnInit are dropped, and nobody can see that end: try until one arrives.
    while (timers.count() == 0) {
        advance_clock_us(GRID_US);
        std::this_thread::yield();
    }
}

void drive() {
    wait_for_first_timer();
    while_timer_runs([] {
        advance_clock_us(10 * GRID_US);
        for (int i = 0; i < 5; ++i) post_tick();
        for (int i = 0; i < 3; ++i) post_trade();
        post_book("EURUSD");
        post_book("GBPUSD");
    });
    trades.wait_for(3);
    while_timer_runs([] {
        post_trade();
        for (ulong order = 1; order <= 1030; ++order) post_numbered(order);
        post_trade();
    });
    transactions.wait_for(1024);
    trades.wait_for(5);
    Print(text(u"lost "), lost_transactions(), text(u" "), lost_events());
    gate.close();
    post_tick();
    while (!gate.has_handler()) continue;
    const int before = timers.count();
    advance_clock_us(10 * GRID_US);
    for (int i = 0; i < 4; ++i) post_tick();
    gate.open();
    timers.wait_for(before + 1);
    wait_until_idle();
    Print(text(u"timers "), timers.count() - before);
    set_chart("GBPUSD", 5);
    set_input("InpNumber", "2");
    post_restart(REASON_CHARTCHANGE);
    starts.wait_for(2);
    const long_t wall = clock_utc_us();
    const ulong run = clock_run_us();
    skip_monotonic_us(7000000);
    Print(text(u"skipped "), clock_utc_us() - wall, text(u" "), clock_run_us() - run);
    set_wall_clock_us(1000000000000000, false);
    advance_clock_us(5000000);
    Print(text(u"standing "), TimeGMT());
    set_wall_clock_us(1000000000000000, true);
    advance_clock_us(5000000);
    Print(text(u"running "), TimeGMT());
    post_stop(REASON_CLOSE);
}

// What a full or unreadable disk does to a file.
void try_files() {
    const auto say = [](const String &disk, long_t answer) {
        Print(disk, answer, text(u" "), GetLastError());
        ResetLastError();
    };
    files_fail(true, false);
    say(text(u"full "), FileOpen(text(u"new.bin"), FILE_WRITE | FILE_BIN));
    files_fail(false, false);
    const int file = FileOpen(text(u"new.bin"), FILE_READ | FILE_WRITE | FILE_BIN);
    say(text(u"room "), FileWriteLong(file, 1));
    files_fail(true, true);
    say(text(u"full "), FileWriteLong(file, 2));
    FileSeek(file, 0, pw::SEEK_SET);
    say(text(u"unreadable "), FileReadLong(file));
    files_fail(false, false);
    say(text(u"readable "), FileReadLong(file));
    say(text(u"size "), static_cast<long_t>(FileSize(file)));
    FileClose(file);
}

int on_init() {
    if (number.value == RELOAD) {
        Print(text(u"lock "), GlobalVariableCheck(text(u"lock")));
        GlobalVariableTemp(text(u"lock"));
        post_restart(REASON_ACCOUNT);
        return 0;
    }
    Print(text(u"init "), Symbol(), text(u" "), static_cast<int>(Period()), text(u" "), number.value);
    EventSetMillisecondTimer(1);
    post_tick();  // too early: dropped
    if (starts.count() == 0) {
        try_files();
        driver = std::thread(drive);
    }
    starts.add();
    return 0;
}

void on_deinit(int reason) {
    Print(text(u"deinit "), reason);
    if (reason == REASON_CLOSE) driver.join();
}

void on_tick() {
    Print(text(u"tick"));
    gate.pass();
}

void on_timer() {
    gate.pass();
    timers.add();
}

void on_trade() {
    Print(text(u"trade"));
    trades.add();
}

void on_trade_transaction(const MqlTradeTransaction &transaction, const MqlTradeRequest &, const MqlTradeResult &) {
    if (transactions.count() == 0 || transactions.count() == 1023) Print(text(u"transaction "), transaction.order);
    transactions.add();
}

void on_book(const String &symbol) { Print(text(u"book "), symbol); }

}  // namespace

const pw::Program &pw_program() {
    static const pw::Program program = {on_init,  on_deinit,            on_tick, on_timer,
                                        on_trade, on_trade_transaction, on_book, nullptr,
                                        "queue"};
    return program;
}
