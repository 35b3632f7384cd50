// How much is kept for a peer that does not read what it is sent. Bytes.
#pragma once

#include <cstddef>

namespace lars {

struct queue_limits {
    // When more than this is queued, nothing more is read from the peer until half of
    // this is left. For a tcp_client only if its option pauses_reading says so.
    size_t high_water = 1u << 20;
    // When more than this would be queued, the connection is closed.
    size_t max_queue = 8u << 20;
};

}  // namespace lars
