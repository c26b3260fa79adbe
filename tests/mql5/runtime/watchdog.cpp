#include "watchdog.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "events.hpp"

namespace pw {

namespace {

using Clock = std::chrono::steady_clock;

class Watchdog {
public:
    Watchdog() { std::thread([this] { watch(); }).detach(); }

    void set(bool armed, WatchedCall call) {
        const std::lock_guard<std::mutex> lock(mutex_);
        armed_ = armed;
        call_ = call;
        deadline_ = Clock::now() + std::chrono::milliseconds(call == WatchedCall::DEINIT ? 2500 : 3000);
        changed_.notify_all();
    }

private:
    [[noreturn]] void watch() {
        std::unique_lock<std::mutex> lock(mutex_);
        while (true) {
            if (!armed_) changed_.wait(lock);
            else if (Clock::now() >= deadline_) kill();
            else changed_.wait_until(lock, deadline_);
        }
    }

    [[noreturn]] void kill() {
        std::fprintf(stderr, "killed: %s\n", call_ == WatchedCall::DEINIT ? "OnDeinit took more than 2.5 s" : "the program did not stop within 3 s");
        std::fflush(stderr);
        std::_Exit(EXIT_KILLED);
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool armed_ = false;
    WatchedCall call_ = WatchedCall::HANDLER;
    Clock::time_point deadline_;
};

Watchdog &watchdog() {
    static Watchdog *only = new Watchdog;
    return *only;
}

}  // namespace

void limit_time(WatchedCall call) { watchdog().set(true, call); }

void lift_limit() { watchdog().set(false, WatchedCall::HANDLER); }

}  // namespace pw
