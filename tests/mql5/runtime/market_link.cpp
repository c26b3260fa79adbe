#include "market_link.hpp"

#include "market_errors.hpp"

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

#include <cstdio>
#include <cstdlib>

namespace pw::served {

namespace {

#ifdef _WIN32
using Handle = SOCKET;
constexpr int NO_SIGNAL = 0;
constexpr int BOTH_WAYS = SD_BOTH;
void close_handle(Handle handle) { closesocket(handle); }
bool start_sockets() {
    WSADATA data;
    return WSAStartup(MAKEWORD(2, 2), &data) == 0;
}
#else
using Handle = int;
constexpr int NO_SIGNAL = MSG_NOSIGNAL;
constexpr int BOTH_WAYS = SHUT_RDWR;
void close_handle(Handle handle) { ::close(handle); }
bool start_sockets() { return true; }
#endif

constexpr std::size_t LENGTH_SIZE = 4;

Handle connected(const addrinfo *address) {
    const Handle handle = ::socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    if (handle == static_cast<Handle>(-1)) return handle;
    const int at_once = 1;
    setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char *>(&at_once), sizeof at_once);
    if (::connect(handle, address->ai_addr, static_cast<socklen_t>(address->ai_addrlen)) == 0) return handle;
    close_handle(handle);
    return static_cast<Handle>(-1);
}

// A message of the rig itself cannot be read: nothing that follows would mean anything.
[[noreturn]] void give_up(const std::exception &error) {
    std::fprintf(stderr, "rig: %s\n", error.what());
    std::fflush(stderr);
    std::_Exit(99);
}

}  // namespace

Wire::~Wire() {
    if (socket_ != -1) close_handle(static_cast<Handle>(socket_));
}

bool Wire::open(const std::string &host_port) {
    const std::size_t colon = host_port.rfind(':');
    if (colon == std::string::npos || !start_sockets()) return false;
    addrinfo wanted{};
    wanted.ai_family = AF_INET;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo *found = nullptr;
    if (getaddrinfo(host_port.substr(0, colon).c_str(), host_port.substr(colon + 1).c_str(), &wanted, &found) != 0)
        return false;
    socket_ = static_cast<std::intptr_t>(connected(found));
    freeaddrinfo(found);
    return socket_ != -1;
}

bool Wire::send(const std::string &message) {
    std::string bytes;
    for (std::size_t at = 0; at < LENGTH_SIZE; ++at) bytes.push_back(static_cast<char>(message.size() >> (8 * at)));
    bytes += message;
    for (std::size_t sent = 0; sent < bytes.size();) {
        const auto taken = ::send(static_cast<Handle>(socket_), bytes.data() + sent,
                                  static_cast<int>(bytes.size() - sent), NO_SIGNAL);
        if (taken <= 0) return false;
        sent += static_cast<std::size_t>(taken);
    }
    return true;
}

bool Wire::receive_bytes(char *into, std::size_t size) {
    for (std::size_t got = 0; got < size;) {
        const std::size_t most = size - got < (1u << 20) ? size - got : 1u << 20;
        const auto taken = ::recv(static_cast<Handle>(socket_), into + got, static_cast<int>(most), 0);
        if (taken <= 0) return false;
        got += static_cast<std::size_t>(taken);
    }
    return true;
}

bool Wire::receive(Value &message) {
    char head[LENGTH_SIZE];
    if (!receive_bytes(head, LENGTH_SIZE)) return false;
    std::size_t size = 0;
    for (std::size_t at = 0; at < LENGTH_SIZE; ++at)
        size |= static_cast<std::size_t>(static_cast<unsigned char>(head[at])) << (8 * at);
    std::string bytes(size, '\0');
    if (!receive_bytes(bytes.data(), size)) return false;
    try {
        message = Unpacker(bytes).value();
    } catch (const std::exception &error) {
        give_up(error);
    }
    return true;
}

void Wire::shut_down() {
    if (socket_ != -1) ::shutdown(static_cast<Handle>(socket_), BOTH_WAYS);
}

bool Link::open(const std::string &host_port, OnPush on_push, OnEnd on_end) {
    on_push_ = std::move(on_push);
    on_end_ = std::move(on_end);
    Value first;
    if (!calls_.open(host_port) || !calls_.send(Packer().list(1).text("calls").bytes())) return false;
    if (!calls_.receive(first)) return false;
    const std::int64_t session = first.integer;
    if (!pushes_.open(host_port) || !pushes_.send(Packer().list(2).text("pushes").integer(session).bytes()))
        return false;
    if (!pushes_.receive(first)) return false;
    on_push_(first);
    thread_ = std::thread([this] { take_pushes(); });
    return true;
}

void Link::close() {
    closing_ = true;
    calls_.shut_down();
    pushes_.shut_down();
    if (thread_.joinable()) thread_.join();
}

Reply Link::call(const Packer &request) {
    const std::lock_guard<std::mutex> lock(calling_);
    Value answer;
    Reply reply;
    if (!calls_.send(request.bytes()) || !calls_.receive(answer)) {
        reply.error = ERR_TRADE_SEND_FAILED;
        return reply;
    }
    saw_books(answer.at(0).as_unsigned());
    reply.error = answer.at(1).as_int();
    reply.value = std::move(answer.items[2]);
    return reply;
}

void Link::saw_books(std::uint64_t version) {
    std::uint64_t known = books_.load();
    while (known < version && !books_.compare_exchange_weak(known, version)) {
    }
}

bool Link::acknowledge(std::int64_t control) {
    const std::lock_guard<std::mutex> lock(sending_);
    return pushes_.send(Packer().list(1).integer(control).bytes());
}

void Link::take_pushes() {
    Value push;
    while (pushes_.receive(push)) {
        try {
            on_push_(push);
        } catch (const std::exception &error) {
            give_up(error);
        }
    }
    if (!closing_) on_end_();
}

}  // namespace pw::served
