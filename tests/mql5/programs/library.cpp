// The library behind imports.mq5.
#include <cstdint>
#include <cstring>

#pragma pack(push, 1)
struct Pair {
    std::uint8_t kind;
    std::int64_t first;
    double second;
};
#pragma pack(pop)

#if defined(_WIN32)
#define EXPORTED extern "C" __declspec(dllexport)
#else
#define EXPORTED extern "C"
#endif

EXPORTED std::int64_t rig_sum(const std::uint8_t *bytes, std::uint64_t size) {
    std::int64_t sum = 0;
    for (std::uint64_t i = 0; i < size; ++i) sum += bytes[i];
    return sum;
}

EXPORTED void rig_fill(std::uint8_t *bytes, std::int32_t size) { std::memset(bytes, 9, static_cast<std::size_t>(size)); }

EXPORTED std::int32_t rig_length(const char16_t *text) {
    std::int32_t length = 0;
    while (text[length] != 0) ++length;
    return length;
}

EXPORTED std::int64_t rig_pair(Pair *pair) {
    pair->second = 2.5;
    return pair->first + pair->kind;
}

EXPORTED std::int32_t rig_null(const std::uint8_t *bytes) { return bytes == nullptr ? 1 : 0; }
