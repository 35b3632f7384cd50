// The agent's side of lars_reporter: sends summaries of calls, in a thread of its own.
// One thread, the owner's, unless stated.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "calls.h"
#include "endpoint.h"
#include "event_loop.h"
#include "log.h"
#include "loop_thread.h"
#include "status.h"
#include "tcp_client.h"
#include "thread_queue.h"

namespace lars {

class reporter_client {
public:
    // SERVERS are tried in turn. LOG is where it writes log lines.
    reporter_client(const std::vector<endpoint> &servers, const log_sink &log);
    // Ends the thread. What was not sent is lost.
    ~reporter_client();

    // Once. Starts the thread, which connects. An error if there can be no thread;
    // whether there is a reporter is no matter of success.
    status start();
    // Ends the thread, and sends what was given to send() before, if there is a
    // connection.
    void stop();

    // Any thread. Sends a summary, or keeps it for the next connection if there is none.
    // When more than MAX_WAITING messages wait, the oldest are dropped.
    void send(call_summary summary) { _summaries.send(std::move(summary)); }

    // Any thread. This machine's address as the reporter sees it, in host order; 0 while
    // there is no connection.
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
