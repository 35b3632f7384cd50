// The connections of a tcp_server that live in one loop, by id, and the state of
// that loop. Loop thread only, unless stated.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>

#include "address_counts.h"
#include "event_loop.h"
#include "ip_ranges.h"
#include "memory_use.h"
#include "msg_router.h"
#include "server_loop.h"
#include "tcp_conn.h"

namespace lars {

// What all connections of a server share. Fixed once the server has started,
// but for the counters, which any thread may read and add to.
struct server_shared {
    msg_router router;
    conn_callback on_start;
    conn_callback on_close;
    queue_limits limits;
    std::chrono::milliseconds silent_timeout{0};

    memory_total memory;
    address_counts addresses;
    // The addresses that are counted.
    size_t max_per_address = 0;
    ip_ranges unlimited_addresses;
    bool counts_address(uint32_t ip) const
    {
        return max_per_address > 0 && !unlimited_addresses.contains(ip);
    }

    std::atomic<uint64_t> unknown_messages{0};
    std::atomic<uint64_t> overflows{0};
    std::atomic<uint64_t> refused{0};
    std::atomic<uint64_t> refused_per_address{0};
    std::atomic<uint64_t> not_allowed{0};
    std::atomic<uint64_t> silent{0};
};

class conn_group final : public server_loop {
public:
    // LOOP outlives this. STATE is there until the last close hook has run.
    conn_group(event_loop *loop, std::shared_ptr<server_shared> shared, loop_state_holder state);
    ~conn_group();

    // Any thread, as loop().
    server_shared &shared() const { return *_shared; }

    // As a part of shared(), which it keeps alive.
    std::shared_ptr<memory_total> memory() const { return {_shared, &_shared->memory}; }

    void add(uint64_t id, unique_fd fd, const endpoint &peer);
    // Null when there is no such connection (any more).
    tcp_conn *find(uint64_t id) const override;
    void remove(uint64_t id, const std::string &why);

    // Lets every connection finish sending; DONE runs in this loop when all are
    // gone. What is left after GRACE is cut off.
    void drain(std::chrono::milliseconds grace, std::function<void()> done);

    // Closes connections that hold more than their share of memory, the largest first,
    // until all together hold no more than they may.
    void cut_beyond_share();

    void unknown_message(int msgid, const endpoint &peer);

private:
    // One that has yet to send its first message.
    struct newcomer {
        event_loop::clock::time_point since;
        uint64_t id;
    };

    void gone(std::shared_ptr<tcp_conn> conn);
    void left(const endpoint &peer);
    void close_silent();

    std::shared_ptr<server_shared> _shared;
    std::unordered_map<uint64_t, std::unique_ptr<tcp_conn>> _conns;
    std::function<void()> _drained;
    event_loop::timer_id _drain_timer = 0;
    std::deque<newcomer> _newcomers;  // the oldest first; some are heard or gone since
    event_loop::timer_id _silence_timer = 0;
    log_limiter _unknown_limiter;
    log_limiter _silent_limiter;
    log_limiter _cut_limiter;
};

}  // namespace lars
