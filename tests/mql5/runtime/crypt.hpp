// CryptEncode and CryptDecode.
#pragma once

#include "array.hpp"

namespace pw {

enum ENUM_CRYPT_METHOD : int {
    CRYPT_BASE64,
    CRYPT_AES128,
    CRYPT_AES256,
    CRYPT_DES,
    CRYPT_HASH_SHA1,
    CRYPT_HASH_SHA256,
    CRYPT_HASH_MD5,
    CRYPT_ARCH_ZIP,
};

// Bytes of the result, 0: error. SHA-256 and Base64 are there; the key of a hash is not used. Empty data are
// refused: what a terminal does with them is not documented.
int CryptEncode(ENUM_CRYPT_METHOD method, View<const uchar> data, View<const uchar> key, View<uchar> result);
int CryptDecode(ENUM_CRYPT_METHOD method, View<const uchar> data, View<const uchar> key, View<uchar> result);

// SHA-256 of size bytes into 32.
void sha256(const uchar *data, std::size_t size, uchar *digest);

}  // namespace pw
