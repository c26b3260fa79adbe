// Stands in the place of main.cpp: libFuzzer's inputs go to the program's own PwFuzz.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "ea.hpp"

namespace pw::ea {
String PwFuzz(View<const uchar> data);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    pw::Array<pw::uchar> input;
    pw::ArrayResize(input, static_cast<int>(size));
    if (size > 0) std::memcpy(input.data(), data, size);
    pw::ea::PwFuzz(input);
    return 0;
}
