// Arrays of the language: Array is dynamic, Fixed has its size in its type, View is a parameter that refers to
// either. An index out of range is a critical error.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include "critical.hpp"
#include "types.hpp"

namespace pw {

constexpr unsigned char GARBAGE_BYTE = 0xCD;

// New memory holds no zeros by luck: the first 64 KB of it hold a pattern.
template <class T> void fill_with_garbage(T *from, std::size_t count) {
    constexpr std::size_t ENOUGH = 65536;
    const std::size_t bytes = std::min(count * sizeof(T), ENOUGH);
    if (bytes != 0) std::memset(static_cast<void *>(from), std::is_same_v<T, bool> ? 1 : GARBAGE_BYTE, bytes);
}

// What an uninitialised local variable of a simple type holds.
template <class T> T garbage() {
    static_assert(std::is_trivially_copyable_v<T>, "only simple types can hold garbage");
    T value;
    fill_with_garbage(&value, 1);
    return value;
}

// The translation writes this behind a local variable without a value.
#if defined(PW_NO_FILL)
#define PW_UNSET(...)
#else
#define PW_UNSET(...) = ::pw::garbage<__VA_ARGS__>()
#endif

// An uninitialised local structure, object or fixed array: garbage wherever no constructor writes.
template <class T> class Local {
public:
    template <class... Arguments> explicit Local(Arguments &&...arguments) : object(*make(std::forward<Arguments>(arguments)...)) {}
    Local(const Local &) = delete;
    Local &operator=(const Local &) = delete;
    ~Local() { object.~T(); }

private:
    template <class... Arguments> T *make(Arguments &&...arguments) {
        std::memset(storage_, GARBAGE_BYTE, sizeof(storage_));
        if constexpr (sizeof...(Arguments) == 0) return new (storage_) T;
        else return new (storage_) T(std::forward<Arguments>(arguments)...);
    }

    alignas(T) unsigned char storage_[sizeof(T)];

public:
    T &object;
};

// An index and the place in the program that uses it.
struct Index {
    int value;
    const char *file;
    int line;

    Index(int at, const char *in = __builtin_FILE(), int on = __builtin_LINE()) : value(at), file(in), line(on) {}

    void check(int size) const {
        if (value < 0 || value >= size) critical_index(value, size, file, line);
    }
};

template <class T> class Array {
public:
    using Item = T;

    Array() = default;
    Array(const Array &other) { assign(other); }
    Array(Array &&other) noexcept { swap(other); }
    Array &operator=(const Array &other) {
        if (this != &other) assign(other);
        return *this;
    }
    Array &operator=(Array &&other) noexcept {
        swap(other);
        return *this;
    }
    ~Array() { release(); }

    int size() const { return size_; }
    T *data() { return data_; }
    const T *data() const { return data_; }
    static constexpr bool is_dynamic() { return true; }

    T &operator[](Index index) {
        index.check(size_);
        return data_[index.value];
    }
    const T &operator[](Index index) const {
        index.check(size_);
        return data_[index.value];
    }

    // False: not enough memory, nothing has changed. The reserve counts only when memory is allocated.
    bool resize(int size, int reserve = 0) {
        if (size < 0) return false;
        if (size > size_ && size > capacity_ && !grow(size, std::max(reserve, 0))) return false;
        if constexpr (std::is_trivially_copyable_v<T>) {
            if (size > size_) fill_with_garbage(data_ + size_, static_cast<std::size_t>(size - size_));
        } else {
            for (int i = size_; i < size; ++i) new (data_ + i) T();
            for (int i = size; i < size_; ++i) data_[i].~T();
        }
        size_ = size;
        return true;
    }

    void release() {
        resize(0);
        std::free(data_);
        data_ = nullptr;
        capacity_ = 0;
    }

    void swap(Array &other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

private:
    void assign(const Array &other) {
        if (!resize(other.size_)) critical("not enough memory for an array");
        std::copy(other.data_, other.data_ + other.size_, data_);
    }

    bool grow(int size, int reserve) {
        const std::size_t wanted = std::min<std::size_t>(static_cast<std::size_t>(size) + static_cast<std::size_t>(reserve), 2147483647);
        if constexpr (std::is_trivially_copyable_v<T>) {
            void *moved = std::realloc(static_cast<void *>(data_), wanted * sizeof(T));
            if (moved == nullptr) return false;
            data_ = static_cast<T *>(moved);
        } else {
            T *moved = static_cast<T *>(std::malloc(wanted * sizeof(T)));
            if (moved == nullptr) return false;
            for (int i = 0; i < size_; ++i) {
                new (moved + i) T(std::move(data_[i]));
                data_[i].~T();
            }
            std::free(data_);
            data_ = moved;
        }
        capacity_ = static_cast<int>(wanted);
        return true;
    }

    T *data_ = nullptr;
    int size_ = 0;
    int capacity_ = 0;
};

// No header: it lies in packed structures as in MQL5.
template <class T, int N> struct Fixed {
    using Item = T;

    T items[static_cast<std::size_t>(N)];

    static constexpr int size() { return N; }
    T *data() { return items; }
    const T *data() const { return items; }
    static constexpr bool is_dynamic() { return false; }

    T &operator[](Index index) {
        index.check(N);
        return items[index.value];
    }
    const T &operator[](Index index) const {
        index.check(N);
        return items[index.value];
    }

    bool resize(int size, int = 0) { return size <= N; }
    void release() {}
};

// T &a[] is a View<T>, const T &a[] a View<const T>. It stays right when the array behind it is resized.
template <class T> class View {
    using Plain = std::remove_const_t<T>;
    using Owner = std::conditional_t<std::is_const_v<T>, const Array<Plain>, Array<Plain>>;

public:
    using Item = Plain;

    View(Owner &owner) : owner_(&owner) {}
    View(Array<Plain> &&) = delete;
    template <int N> View(Fixed<Plain, N> &fixed) : data_(fixed.items), size_(N) {}
    template <int N, class U = T, std::enable_if_t<std::is_const_v<U>, int> = 0>
    View(const Fixed<Plain, N> &fixed) : data_(fixed.items), size_(N) {}
    template <int N> View(const Fixed<Plain, N> &&) = delete;
    template <class U, std::enable_if_t<std::is_same_v<const U, T> && !std::is_const_v<U>, int> = 0>
    View(const View<U> &other) : owner_(other.owner_), data_(other.data_), size_(other.size_) {}

    int size() const { return owner_ != nullptr ? owner_->size() : size_; }
    T *data() const { return owner_ != nullptr ? owner_->data() : data_; }
    bool is_dynamic() const { return owner_ != nullptr; }
    Owner *owner() const { return owner_; }

    T &operator[](Index index) const {
        index.check(size());
        return data()[index.value];
    }

    bool resize(int size, int reserve = 0) const { return owner_ != nullptr ? owner_->resize(size, reserve) : size <= size_; }
    void release() const {
        if (owner_ != nullptr) owner_->release();
    }

private:
    template <class> friend class View;

    Owner *owner_ = nullptr;
    T *data_ = nullptr;
    int size_ = 0;
};

}  // namespace pw
