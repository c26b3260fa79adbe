// File built-ins. A program reaches its sandbox and the common folder, nothing else. Text files are lines of ANSI
// (in a code page) or UTF-16; CSV files are not offered.
#pragma once

#include <string>

#include "arrays.hpp"
#include "errors.hpp"
#include "output.hpp"
#include "string.hpp"
#include "types.hpp"

// The C library's macros would hide the enumeration below.
#undef SEEK_SET
#undef SEEK_CUR
#undef SEEK_END

namespace pw {

constexpr int INVALID_HANDLE = -1;

enum : int {
    FILE_READ = 1,
    FILE_WRITE = 2,
    FILE_BIN = 4,
    FILE_CSV = 8,
    FILE_TXT = 16,
    FILE_ANSI = 32,
    FILE_UNICODE = 64,
    FILE_SHARE_READ = 128,
    FILE_SHARE_WRITE = 256,
    FILE_REWRITE = 512,
    FILE_COMMON = 4096,
};
enum : int { CHAR_VALUE = 1, SHORT_VALUE = 2, INT_VALUE = 4 };

enum ENUM_FILE_POSITION : int { SEEK_SET, SEEK_CUR, SEEK_END };

enum ENUM_FILE_PROPERTY_INTEGER : int {
    FILE_EXISTS,
    FILE_CREATE_DATE,
    FILE_MODIFY_DATE,
    FILE_ACCESS_DATE,
    FILE_SIZE,
    FILE_POSITION,
    FILE_END,
    FILE_LINE_END,
    FILE_IS_COMMON,
    FILE_IS_TEXT,
    FILE_IS_BINARY,
    FILE_IS_CSV,
    FILE_IS_ANSI,
    FILE_IS_READABLE,
    FILE_IS_WRITABLE,
};

int FileOpen(const String &name, int flags, int delimiter = '\t', uint codepage = CP_ACP);
void FileClose(int handle);
void FileFlush(int handle);  // to the disk
bool FileSeek(int handle, long_t offset, ENUM_FILE_POSITION origin);
ulong FileTell(int handle);
ulong FileSize(int handle);
bool FileIsEnding(int handle);
long_t FileGetInteger(int handle, ENUM_FILE_PROPERTY_INTEGER property);
long_t FileGetInteger(const String &name, ENUM_FILE_PROPERTY_INTEGER property, bool common = false);

int FileReadInteger(int handle, int size = INT_VALUE);
long_t FileReadLong(int handle);
double FileReadDouble(int handle);
String FileReadString(int handle, int length = -1);
uint FileWriteInteger(int handle, int value, int size = INT_VALUE);
uint FileWriteLong(int handle, long_t value);
uint FileWriteDouble(int handle, double value);
uint FileWriteString(int handle, const String &string, int length = -1);

bool FileIsExist(const String &name, int common = 0);
bool FileDelete(const String &name, int common = 0);
bool FileMove(const String &from, int common, const String &to, int mode);
bool FileCopy(const String &from, int common, const String &to, int mode);
bool FolderCreate(const String &name, int common = 0);
bool FolderDelete(const String &name, int common = 0);
long_t FileFindFirst(const String &filter, String &found, int common = 0);
bool FileFindNext(long_t search, String &found);
void FileFindClose(long_t search);

namespace detail {

// Bytes of a binary file; how many were moved.
std::size_t read_bytes(int handle, void *to, std::size_t size);
std::size_t write_bytes(int handle, const void *from, std::size_t size);
bool is_binary(int handle);  // sets the error if not

}  // namespace detail

// A line of a text file.
template <class... Values> uint FileWrite(int handle, const Values &...values) {
    return FileWriteString(handle, detail::join(values...) + text(u"\r\n"));
}

template <class Struct> uint FileReadStruct(int handle, Struct &object, int size = -1) {
    static_assert(std::is_trivially_copyable_v<Struct>, "only structures of simple types can be read");
    const std::size_t whole = sizeof(Struct);
    return static_cast<uint>(detail::read_bytes(handle, &object, size < 0 ? whole : std::min(whole, static_cast<std::size_t>(size))));
}

template <class Struct> uint FileWriteStruct(int handle, const Struct &object, int size = -1) {
    static_assert(std::is_trivially_copyable_v<Struct>, "only structures of simple types can be written");
    const std::size_t whole = sizeof(Struct);
    return static_cast<uint>(detail::write_bytes(handle, &object, size < 0 ? whole : std::min(whole, static_cast<std::size_t>(size))));
}

// Without a count up to the end of the file; a dynamic array grows.
template <class List> uint FileReadArray(int handle, List &&list, int start = 0, int count = WHOLE_ARRAY) {
    using Item = detail::item_of<List>;
    static_assert(std::is_trivially_copyable_v<Item>, "only arrays of simple types can be read");
    if (!detail::is_binary(handle)) return 0;
    const long_t left = static_cast<long_t>((FileSize(handle) - std::min(FileSize(handle), FileTell(handle))) / sizeof(Item));
    long_t wanted = count < 0 ? left : std::min<long_t>(count, left);
    if (start < 0 || start > list.size()) return fail(ERR_SMALL_ARRAY, 0u);
    if (!list.is_dynamic()) wanted = std::min<long_t>(wanted, list.size() - start);
    if (!detail::make_room(list, start + wanted)) return fail(ERR_ARRAY_RESIZE_ERROR, 0u);
    return static_cast<uint>(detail::read_bytes(handle, list.data() + start, static_cast<std::size_t>(wanted) * sizeof(Item)) / sizeof(Item));
}

template <class List> uint FileWriteArray(int handle, const List &list, int start = 0, int count = WHOLE_ARRAY) {
    using Item = detail::item_of<List>;
    static_assert(std::is_trivially_copyable_v<Item>, "only arrays of simple types can be written");
    const int wanted = detail::part_of(list.size(), start, count);
    if (wanted < 0) return fail(ERR_SMALL_ARRAY, 0u);
    return static_cast<uint>(detail::write_bytes(handle, list.data() + start, static_cast<std::size_t>(wanted) * sizeof(Item)) / sizeof(Item));
}

}  // namespace pw
