// A map from a word to a small number, with open addressing: looking up takes a line of
// memory or two. It grows, and forgets nothing. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "local_layout.h"

namespace lars {

class word_map {
public:
    static constexpr uint32_t NONE = 0xffffffff;

    // The number of KEY; NONE if it has none.
    uint32_t find(uint64_t key) const
    {
        const auto size = static_cast<uint32_t>(_slots.size());
        if (size == 0)
            return NONE;
        for (uint32_t at = local::first_slot_of(key, size);; at = (at + 1) & (size - 1)) {
            const slot &found = _slots[at];
            if (found.value == NONE || found.key == key)
                return found.value;
        }
    }

    // KEY is not in it yet. VALUE is not NONE.
    void add(uint64_t key, uint32_t value)
    {
        if (++_used * 2 > _slots.size())
            grow();
        place({key, value});
    }

private:
    struct slot {
        uint64_t key = 0;
        uint32_t value = NONE;
    };

    void place(slot added)
    {
        const auto size = static_cast<uint32_t>(_slots.size());
        uint32_t at = local::first_slot_of(added.key, size);
        while (_slots[at].value != NONE)
            at = (at + 1) & (size - 1);
        _slots[at] = added;
    }

    void grow()
    {
        std::vector<slot> old(_slots.empty() ? 8 : _slots.size() * 2);
        old.swap(_slots);
        for (const slot &moved : old) {
            if (moved.value != NONE)
                place(moved);
        }
    }

    std::vector<slot> _slots;  // a power of two, at most half of them used
    size_t _used = 0;
};

}  // namespace lars
