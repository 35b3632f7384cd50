// The agent's side of lars_reporter: sends call statistics, in a thread of its
// own.
#pragma once

#include <atomic>
#include <deque>
#include <string>
#include <vector>

#include "calls.h"
#include "loop_thread.h"
#include "tcp_client.h"
#include "thread_queue.h"

namespace lars {

class reporter_client {
public:
    reporter_client(const std::vector<endpoint> &servers, const log_sink &log);
    ~reporter_client();

    status start();
    // Sends what was given to send() before, if there is a connection, and ends.
    void stop();

    // Any thread. Summaries that meet a broken connection are kept for the next one;
    // beyond MAX_WAITING messages the oldest are dropped.
    void send(call_summary summary) { _summaries.send(std::move(summary)); }

    // Any thread. This machine's address as the reporter sees it; 0 while there is
    // no connection.
    uint32_t caller_ip() const { return _caller_ip.load(std::memory_order_relaxed); }

private:
    static constexpr size_t MAX_WAITING = 10000;

    void send_waiting();

    loop_thread _thread;
    event_loop *_loop;
    tcp_client _client;
    std::deque<std::string> _waiting;  // bodies of messages
    uint64_t _dropped = 0;
    log_limiter _dropped_limiter;
    std::atomic<uint32_t> _caller_ip{0};
    thread_queue<call_summary> _summaries;
};

}  // namespace lars
