// Object pointers of the language: handles that know whether their object still lives.
#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

#include "critical.hpp"

namespace pw {

// Every class of a program derives from it. Objects are made and used on the program's thread only.
class Object {
public:
    Object();
    virtual ~Object();
    Object(const Object &) = delete;
    Object &operator=(const Object &) = delete;

    static bool lives(std::uint32_t slot, std::uint32_t turn);

private:
    template <class> friend class Ptr;

    std::uint32_t slot_;
    std::uint32_t turn_;  // how often the slot was given out
};

template <class T> class Ptr {
public:
    Ptr() = default;
    explicit Ptr(T *object) : object_(object) {
        if (object == nullptr) return;
        slot_ = static_cast<const Object *>(object)->slot_;
        turn_ = static_cast<const Object *>(object)->turn_;
    }
    template <class Derived> Ptr(const Ptr<Derived> &other) : object_(other.object_), slot_(other.slot_), turn_(other.turn_) {}

    T *operator->() const { return checked(); }
    T &operator*() const { return *checked(); }
    operator T &() const { return *checked(); }

private:
    template <class> friend class Ptr;

    T *checked() const {
        if (object_ == nullptr) critical("invalid pointer access: not set");
        if (!Object::lives(slot_, turn_)) critical("invalid pointer access: the object is gone");
        return object_;
    }

    T *object_ = nullptr;
    std::uint32_t slot_ = 0;
    std::uint32_t turn_ = 0;
};

template <class T> Ptr<T> GetPointer(T &object) { return Ptr<T>(&object); }

template <class T, class U>
constexpr bool is_named_one_of =
    std::is_lvalue_reference_v<U> && (std::is_same_v<T, std::remove_cv_t<std::remove_reference_t<U>>> ||
                                      std::is_base_of_v<T, std::remove_cv_t<std::remove_reference_t<U>>>);

// A `const T &` parameter: takes an object that has a name, of T or a class derived from it; nothing else compiles,
// as in MQL5.
template <class T> class LRef {
public:
    LRef(const LRef &) = default;
    template <class U, std::enable_if_t<is_named_one_of<T, U>, int> = 0>
    LRef(U &&object) : object_(&object) {}
    template <class U, std::enable_if_t<std::is_same_v<T, U> || std::is_base_of_v<T, U>, int> = 0>
    LRef(const Ptr<U> &pointer) : object_(&static_cast<U &>(pointer)) {}

    const T &get() const { return *object_; }

private:
    const T *object_;
};

}  // namespace pw
