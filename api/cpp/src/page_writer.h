// Writes a client's page: counts calls in cells, and tells the agent where something was
// added. What the agent has not taken over can be handed on to another page. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "local_layout.h"

namespace lars {

class page_writer {
public:
    struct place {
        local::cell *cell = nullptr;
        uint32_t block = 0;
        uint32_t choices = 0;  // counted there, so that counting need not wait for the cell
    };

    // Writes the SIZE bytes at PAGE, which stay the caller's and outlive this. False if they
    // are no fresh page; then WHY becomes the reason.
    bool begin(void *page, size_t size, std::string &why);
    // Which page it is, for offers.
    uint16_t number() const { return _number; }

    // How many cells are in use.
    size_t cells() const;
    // A new cell for a host of a module of that owner. False if the page is full.
    bool add_cell(size_t owner, uint64_t module, uint64_t host, place *to);

    // When a host of that owner was chosen, and which heartbeat of the owner the client saw then.
    void note_choice(size_t owner, uint64_t now, uint64_t heartbeat)
    {
        local::page_header::owner_line &line = _header->owners[owner];
        line.last_choice.store(now, std::memory_order_relaxed);
        line.seen.store(heartbeat, std::memory_order_relaxed);
    }
    // After something was counted in a cell of that block: shows it to the owner.
    void note_count(size_t owner, uint32_t block)
    {
        move_on(_header->block_activity[block]);
        move_on(_header->owners[owner].activity);
    }

    // Counts here what OLD had counted and its agent, which is gone, had not taken over, as far
    // as there is room.
    void take_over(const page_writer &old);

private:
    static void move_on(local::half_word &activity)
    {
        activity.store(activity.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }
    bool open_block(size_t owner);
    void take_cell(const local::cell &from, size_t owner);

    local::page_header *_header = nullptr;
    local::cell_block *_blocks = nullptr;
    uint16_t _number = 0;
    uint32_t _room = 0;  // blocks
    // What is written here is not read again from where the other side could change it.
    struct block_state {
        size_t owner = 0;
        uint32_t used = 0;
    };
    std::vector<block_state> _used;
    static constexpr uint32_t NO_BLOCK = local::MAX_BLOCKS;
    std::array<uint32_t, local::OWNERS> _open{NO_BLOCK, NO_BLOCK, NO_BLOCK};
};

}  // namespace lars
