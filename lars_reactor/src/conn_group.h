// The connections of a tcp_server that live in one loop, by id, and the state of
// that loop. Loop thread only, unless stated.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <unordered_map>

#include "event_loop.h"
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

    std::atomic<size_t> connections{0};
    std::atomic<uint64_t> unknown_messages{0};
    std::atomic<uint64_t> overflows{0};
    std::atomic<uint64_t> refused{0};
};

class conn_group final : public server_loop {
public:
    // LOOP outlives this. STATE is there until the last close hook has run.
    conn_group(event_loop *loop, std::shared_ptr<server_shared> shared, loop_state_holder state);
    ~conn_group();

    // Any thread, as loop().
    server_shared &shared() const { return *_shared; }

    void add(uint64_t id, unique_fd fd, const endpoint &peer);
    // Null when there is no such connection (any more).
    tcp_conn *find(uint64_t id) const override;
    void remove(uint64_t id, const std::string &why);

    // Lets every connection finish sending; DONE runs in this loop when all are
    // gone. What is left after GRACE is cut off.
    void drain(std::chrono::milliseconds grace, std::function<void()> done);

    void unknown_message(int msgid, const endpoint &peer);

private:
    void gone(std::shared_ptr<tcp_conn> conn);

    std::shared_ptr<server_shared> _shared;
    std::unordered_map<uint64_t, std::unique_ptr<tcp_conn>> _conns;
    std::function<void()> _drained;
    event_loop::timer_id _drain_timer = 0;
    log_limiter _unknown_limiter;
};

}  // namespace lars
