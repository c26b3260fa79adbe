// The two connections to the trade server, over TCP on the loopback. `calls` carries one request and one
// reply at a time, `pushes` what the server says on its own. A message is its length (4 bytes, little-endian)
// and one MessagePack value.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "market_pack.hpp"

namespace pw::served {

// One connected socket. Not copyable, closed at its end.
class Wire {
public:
    Wire() = default;
    ~Wire();
    Wire(const Wire &) = delete;
    Wire &operator=(const Wire &) = delete;

    bool open(const std::string &host_port);
    bool send(const std::string &message);
    bool receive(Value &message);  // false: the connection has ended
    void shut_down();              // ends a receive that waits in another thread

private:
    bool receive_bytes(char *into, std::size_t size);

    std::intptr_t socket_ = -1;
};

// What a call brought back.
struct Reply {
    int error = 0;  // an error code of the runtime, 0 = none
    Value value;
    bool good() const { return error == 0; }
};

class Link {
public:
    using OnPush = std::function<void(const Value &)>;
    using OnEnd = std::function<void()>;

    // Connect, take the first push (the state of the market) and go on taking pushes in a thread.
    bool open(const std::string &host_port, OnPush on_push, OnEnd on_end);
    void close();

    // Ask the server and wait. When the connection has ended, the error of a lost connection.
    Reply call(const Packer &request);

    // The newest version of the account's books that the server told.
    std::uint64_t books() const { return books_.load(); }
    void saw_books(std::uint64_t version);

    bool acknowledge(std::int64_t control);

private:
    void take_pushes();

    Wire calls_;
    Wire pushes_;
    std::mutex calling_;
    std::mutex sending_;
    std::atomic<std::uint64_t> books_{0};
    std::atomic<bool> closing_{false};
    OnPush on_push_;
    OnEnd on_end_;
    std::thread thread_;
};

}  // namespace pw::served
