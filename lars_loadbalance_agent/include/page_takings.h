// What one owner has taken over of one client's page, and what is new there. The client
// writes the page whenever it likes, and whatever it likes: each word is read once, and
// checked then. What is counted is the difference to what was taken before, which is kept
// here, out of the client's reach.
//
// One thread, the owner's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "client_page.h"
#include "endpoint.h"
#include "host_interval.h"
#include "local_layout.h"
#include "route.h"

namespace lars {

class page_takings {
public:
    // What the client has counted of a host since the last time. PROBE is the number of the
    // last offer that it took for it.
    struct item {
        module_id module;
        endpoint host;
        host_interval counted;
        uint32_t probe = 0;
        // What EACH has made of it the last time for that cell, 0 at first.
        host_slot *seen = nullptr;
    };
    using item_callback = std::function<void(const item &)>;

    page_takings(std::shared_ptr<const client_page> page, size_t owner, lb_time now);

    const client_page &page() const { return *_page; }

    // Whether the client has counted anything for this owner since the last take(), or there
    // is some left from then.
    bool has_news() const;
    // Calls EACH for what is new, in at most so many BLOCKS; the others come next time.
    void take(size_t blocks, lb_time now, const item_callback &each);
    // The same for everything that is in the page, whose client has ended.
    void take_last(lb_time now, const item_callback &each);

    // How many blocks, cells and counters could not be true and were left out.
    uint64_t lies() const { return _lies; }

private:
    using counts = std::array<uint32_t, local::COUNTERS>;
    struct cell_takings {
        counts taken{};
        host_slot seen = 0;
    };
    struct block_takings {
        uint32_t activity = 0;
        std::array<cell_takings, local::CELLS_PER_BLOCK> cells{};
    };

    // Whether the block is this owner's, and has any cell. One without has no place here.
    bool is_mine(const local::cell_block &block) const;
    void take_block(size_t number, const item_callback &each);
    void take_cell(local::cell &cell, cell_takings *before, const item_callback &each);
    bool is_credible(uint64_t calls);

    std::shared_ptr<const client_page> _page;
    size_t _owner;
    uint32_t _activity = 0;
    bool _some_left = false;
    bool _ended = false;
    size_t _next = 0;      // the block to begin with
    lb_time _last{};       // take()
    uint64_t _credit = 0;  // how much may have been counted until now
    uint64_t _lies = 0;
    std::vector<std::unique_ptr<block_takings>> _blocks;  // null: not this owner's
};

}  // namespace lars
