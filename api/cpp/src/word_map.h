// Numbers words in the order in which they come: 0, 1, 2, ... Looking one up takes a line of
// memory or two, of tables that are small enough to stay near the processor. It grows, and
// forgets nothing. One thread.
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
            const uint32_t number = _slots[at];
            if (number == NONE || _keys[number] == key)
                return number;
        }
    }

    // KEY has no number yet, and gets the next one.
    void add(uint64_t key)
    {
        _keys.push_back(key);
        if (_keys.size() * 2 > _slots.size())
            grow();
        else
            place(static_cast<uint32_t>(_keys.size() - 1));
    }

private:
    void place(uint32_t number)
    {
        const auto size = static_cast<uint32_t>(_slots.size());
        uint32_t at = local::first_slot_of(_keys[number], size);
        while (_slots[at] != NONE)
            at = (at + 1) & (size - 1);
        _slots[at] = number;
    }

    void grow()
    {
        _slots.assign(_slots.empty() ? 8 : _slots.size() * 2, NONE);
        for (uint32_t number = 0; number < _keys.size(); ++number)
            place(number);
    }

    std::vector<uint32_t> _slots;  // a power of two, at most half of them used
    std::vector<uint64_t> _keys;   // by number
};

}  // namespace lars
