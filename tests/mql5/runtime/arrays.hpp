// Array built-ins. Each takes an Array, a Fixed or a View, by the members that the three have in common.
#pragma once

#include <algorithm>
#include <cstring>

#include "array.hpp"
#include "errors.hpp"
#include "string.hpp"

namespace pw {

constexpr int WHOLE_ARRAY = -1;

namespace detail {

template <class List> using item_of = typename std::remove_const_t<std::remove_reference_t<List>>::Item;

// Elements that remain behind `start`, at most `count` of them; -1: start is outside.
inline int part_of(int size, int start, int count) {
    if (start < 0 || start > size) return -1;
    return count < 0 || count > size - start ? size - start : count;
}

// A fixed array keeps its size and must be large enough.
template <class List> bool make_room(List &&list, long_t size) {
    if (size <= list.size()) return true;
    return size <= INT_MAX && list.is_dynamic() && list.resize(static_cast<int>(size));
}

}  // namespace detail

template <class List> int ArraySize(const List &list) { return list.size(); }

template <class List> int ArrayRange(const List &list, int dimension) {
    if (dimension == 0) return list.size();
    return fail(ERR_INVALID_PARAMETER, 0);
}

template <class List> bool ArrayIsDynamic(const List &list) { return list.is_dynamic(); }

template <class List> int ArrayResize(List &&list, int size, int reserve = 0) {
    return list.resize(size, reserve) ? size : fail(ERR_ARRAY_RESIZE_ERROR, -1);
}

template <class List> void ArrayFree(List &&list) { list.release(); }

template <class List, class Value> int ArrayInitialize(List &&list, Value value) {
    std::fill(list.data(), list.data() + list.size(), static_cast<detail::item_of<List>>(value));
    return list.size();
}

template <class List, class Value> void ArrayFill(List &&list, int start, int count, Value value) {
    if (start < 0 || count < 0 || count > list.size() - start) return set_last_error(ERR_SMALL_ARRAY);
    std::fill(list.data() + start, list.data() + start + count, static_cast<detail::item_of<List>>(value));
}

// How many were copied. A dynamic destination grows when needed, a fixed one takes what fits.
template <class To, class From>
int ArrayCopy(To &&to, const From &from, int to_start = 0, int from_start = 0, int count = WHOLE_ARRAY) {
    using Target = detail::item_of<To>;
    using Source = detail::item_of<From>;
    int copied = detail::part_of(from.size(), from_start, count);
    if (copied < 0 || to_start < 0 || to_start > to.size()) return fail(ERR_SMALL_ARRAY, 0);
    if (!to.is_dynamic()) copied = std::min(copied, to.size() - to_start);
    if (!detail::make_room(to, static_cast<long_t>(to_start) + copied)) return fail(ERR_ARRAY_RESIZE_ERROR, 0);
    if (copied == 0) return 0;
    const Source *source = from.data() + from_start;  // taken after the resize: both may be one array
    Target *target = to.data() + to_start;
    if constexpr (std::is_same_v<Target, Source> && std::is_trivially_copyable_v<Target>) {
        std::memmove(static_cast<void *>(target), source, static_cast<std::size_t>(copied) * sizeof(Target));
    } else {
        for (int i = 0; i < copied; ++i) target[i] = static_cast<Target>(source[i]);
    }
    return copied;
}

template <class A, class B>
int ArrayCompare(const A &a, const B &b, int a_start = 0, int b_start = 0, int count = WHOLE_ARRAY) {
    const int in_a = detail::part_of(a.size(), a_start, count);
    const int in_b = detail::part_of(b.size(), b_start, count);
    if (in_a < 0 || in_b < 0) return -2;
    for (int i = 0; i < std::min(in_a, in_b); ++i) {
        if (a.data()[a_start + i] < b.data()[b_start + i]) return -1;
        if (b.data()[b_start + i] < a.data()[a_start + i]) return 1;
    }
    return in_a < in_b ? -1 : in_a > in_b ? 1 : 0;
}

template <class List> bool ArraySort(List &&list) {
    static_assert(std::is_arithmetic_v<detail::item_of<List>> || std::is_same_v<detail::item_of<List>, datetime>,
                  "ArraySort is for arrays of numbers");
    std::sort(list.data(), list.data() + list.size());
    return true;
}

// Place of the value, else of its nearest neighbour, in an ascending array; -1: the array is empty.
template <class List, class Value> int ArrayBsearch(const List &list, Value value) {
    if (list.size() == 0) return fail(ERR_INVALID_ARRAY, -1);
    const auto wanted = static_cast<detail::item_of<List>>(value);
    const auto *end = list.data() + list.size();
    const auto *found = std::lower_bound(list.data(), end, wanted);
    const int at = static_cast<int>(found - list.data());
    return found != end && *found == wanted ? at : std::max(at - 1, 0);
}

namespace detail {

template <class T> Array<T> *owner_of(Array<T> &list) { return &list; }
template <class T> Array<T> *owner_of(const View<T> &view) { return view.owner(); }

}  // namespace detail

template <class A, class B> bool ArraySwap(A &&a, B &&b) {
    auto *first = detail::owner_of(a);
    auto *second = detail::owner_of(b);
    if (first == nullptr || second == nullptr) return fail(ERR_INVALID_ARRAY, false);
    first->swap(*second);
    return true;
}

template <class List> bool ArrayReverse(List &&list, uint start = 0, uint count = static_cast<uint>(WHOLE_ARRAY)) {
    const int reversed = detail::part_of(list.size(), static_cast<int>(start), static_cast<int>(count));
    if (reversed < 0) return fail(ERR_SMALL_ARRAY, false);
    std::reverse(list.data() + start, list.data() + start + reversed);
    return true;
}

// A fixed array keeps its size: its tail moves up and stays behind as it was.
template <class List> bool ArrayRemove(List &&list, uint start, uint count = static_cast<uint>(WHOLE_ARRAY)) {
    const int size = list.size();
    if (start >= static_cast<uint>(size)) return fail(ERR_SMALL_ARRAY, false);
    const bool whole = count == static_cast<uint>(WHOLE_ARRAY);
    if (!whole && count > static_cast<uint>(size) - start) return fail(ERR_INVALID_PARAMETER, false);
    const int from = static_cast<int>(start);
    const int removed = whole ? size - from : static_cast<int>(count);
    std::move(list.data() + from + removed, list.data() + size, list.data() + from);
    return !list.is_dynamic() || list.resize(size - removed);
}

template <class To, class From>
bool ArrayInsert(To &&to, const From &from, uint to_start, uint from_start = 0, uint count = static_cast<uint>(WHOLE_ARRAY)) {
    const int size = to.size();
    const int at = static_cast<int>(to_start);
    const int inserted = detail::part_of(from.size(), static_cast<int>(from_start), static_cast<int>(count));
    if (inserted <= 0 || at < 0 || at > size) return fail(ERR_SMALL_ARRAY, false);
    if (static_cast<const void *>(from.data()) == to.data()) return fail(ERR_INVALID_ARRAY, false);
    if (to.is_dynamic() && !to.resize(size + inserted)) return fail(ERR_ARRAY_RESIZE_ERROR, false);
    const int written = std::min(inserted, to.size() - at);
    auto *items = to.data();
    std::move_backward(items + at, items + to.size() - written, items + to.size());
    std::copy(from.data() + from_start, from.data() + from_start + written, items + at);
    return true;
}

template <class T> void ZeroMemory(T &value) {
    static_assert(!std::is_polymorphic_v<T>, "ZeroMemory is for simple types and structures");
    if constexpr (std::is_trivially_copyable_v<T>) {
        std::memset(static_cast<void *>(&value), 0, sizeof(T));
    } else {
        value = T{};
    }
}
template <class T> void ZeroMemory(Array<T> &list) {
    for (int i = 0; i < list.size(); ++i) ZeroMemory(list.data()[i]);
}
template <class T> void ZeroMemory(View<T> list) {
    for (int i = 0; i < list.size(); ++i) ZeroMemory(list.data()[i]);
}

// Bytes of a structure of simple types.
template <class Struct, class List> bool StructToCharArray(const Struct &object, List &&bytes, uint start = 0) {
    static_assert(std::is_trivially_copyable_v<Struct>, "only structures of simple types have bytes");
    if (!detail::make_room(bytes, static_cast<long_t>(start) + static_cast<long_t>(sizeof(Struct))))
        return fail(ERR_ARRAY_RESIZE_ERROR, false);
    std::memcpy(bytes.data() + start, &object, sizeof(Struct));
    return true;
}

template <class Struct, class List> bool CharArrayToStruct(Struct &object, const List &bytes, uint start = 0) {
    static_assert(std::is_trivially_copyable_v<Struct>, "only structures of simple types have bytes");
    if (static_cast<long_t>(start) + static_cast<long_t>(sizeof(Struct)) > bytes.size()) return fail(ERR_SMALL_ARRAY, false);
    std::memcpy(static_cast<void *>(&object), bytes.data() + start, sizeof(Struct));
    return true;
}

}  // namespace pw
