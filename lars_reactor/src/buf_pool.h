// Hands out io_bufs in a few sizes and keeps some that come back for the next
// taker. One pool for each event_loop, so no lock.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "io_buf.h"

namespace lars {

class buf_pool {
public:
    static constexpr std::array<size_t, 7> SIZES = {4u << 10, 16u << 10, 64u << 10, 256u << 10,
                                                    1u << 20, 4u << 20,  8u << 20};
    static constexpr size_t KEEP_BYTES = 1u << 20;

    // The smallest size that holds AT_LEAST bytes; nullptr above 8 MB.
    std::unique_ptr<io_buf> alloc_buf(size_t at_least = SIZES[0]);

    // Takes BUF back: kept for later, or freed where KEEP_BYTES are kept already.
    void revert(std::unique_ptr<io_buf> buf);

    // For tests.
    size_t kept_bytes() const { return _kept_bytes; }

private:
    std::array<std::vector<std::unique_ptr<io_buf>>, SIZES.size()> _free;
    size_t _kept_bytes = 0;
};

}  // namespace lars
