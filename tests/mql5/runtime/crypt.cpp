#include "crypt.hpp"

#include <string>

#include "errors.hpp"

namespace pw {

namespace {

constexpr char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

template <class Bytes> int deliver(const Bytes &bytes, View<uchar> result) {
    const int size = static_cast<int>(std::size(bytes));
    if (!result.resize(size)) return fail(ERR_ARRAY_RESIZE_ERROR, 0);
    std::copy(std::begin(bytes), std::end(bytes), result.data());
    return size;
}

std::string to_base64(const uchar *data, int size) {
    std::string out;
    for (int i = 0; i < size; i += 3) {
        const uint second = i + 1 < size ? data[i + 1] : 0u;
        const uint third = i + 2 < size ? data[i + 2] : 0u;
        const uint group = static_cast<uint>(data[i]) << 16 | second << 8 | third;
        out.push_back(BASE64[group >> 18]);
        out.push_back(BASE64[group >> 12 & 63]);
        out.push_back(i + 1 < size ? BASE64[group >> 6 & 63] : '=');
        out.push_back(i + 2 < size ? BASE64[group & 63] : '=');
    }
    return out;
}

// False: a character that is not of the alphabet.
bool from_base64(const uchar *data, int size, std::string &out) {
    uint group = 0;
    int bits = 0;
    while (size > 0 && data[size - 1] == '=') --size;
    for (int i = 0; i < size; ++i) {
        const char *found = data[i] == 0 ? nullptr : std::strchr(BASE64, data[i]);
        if (found == nullptr) return false;
        group = group << 6 | static_cast<uint>(found - BASE64);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out.push_back(static_cast<char>(static_cast<uchar>(group >> bits)));
    }
    return true;
}

}  // namespace

int CryptEncode(ENUM_CRYPT_METHOD method, View<const uchar> data, View<const uchar>, View<uchar> result) {
    if (data.size() == 0) return fail(ERR_INVALID_PARAMETER, 0);
    if (method == CRYPT_BASE64) return deliver(to_base64(data.data(), data.size()), result);
    if (method != CRYPT_HASH_SHA256) return fail(ERR_INVALID_PARAMETER, 0);
    uchar digest[32];
    sha256(data.data(), static_cast<std::size_t>(data.size()), digest);
    return deliver(digest, result);
}

int CryptDecode(ENUM_CRYPT_METHOD method, View<const uchar> data, View<const uchar>, View<uchar> result) {
    std::string bytes;
    if (method != CRYPT_BASE64 || data.size() == 0 || !from_base64(data.data(), data.size(), bytes))
        return fail(ERR_INVALID_PARAMETER, 0);
    return deliver(bytes, result);
}

}  // namespace pw
