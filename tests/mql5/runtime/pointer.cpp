#include "pointer.hpp"

namespace pw {

namespace {

struct Registry {
    std::vector<std::uint32_t> turns;  // of each slot; an odd number: taken
    std::vector<std::uint32_t> free;
};

// Never destroyed: globals of the program may outlive any object of this file.
Registry &registry() {
    static Registry *only = new Registry;
    return *only;
}

}  // namespace

Object::Object() {
    Registry &all = registry();
    if (all.free.empty()) {
        all.free.push_back(static_cast<std::uint32_t>(all.turns.size()));
        all.turns.push_back(0);
    }
    slot_ = all.free.back();
    all.free.pop_back();
    turn_ = ++all.turns[slot_];
}

Object::~Object() {
    ++registry().turns[slot_];
    registry().free.push_back(slot_);
}

bool Object::lives(std::uint32_t slot, std::uint32_t turn) { return registry().turns[slot] == turn; }

}  // namespace pw
