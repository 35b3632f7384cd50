// The agent's side of lars_reporter: sends summaries of calls, in a thread of its own.
// One thread, the owner's, unless stated.
//
// A reporter that acknowledges tells which reports it has taken, and which are stored.
// What is not stored is kept, and sent again on the next connection, wherever that leads:
// the reporter sees by a report's time what it has stored already. Where a reporter falls
// silent the next one is turned to. A reporter counts as one that acknowledges once it
// has; with one that never did, a report is done when it is sent, and silence is no fault.
// Only if there are other addresses, one that is not known yet gets the time that an
// answer may take to show what it is.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "calls.h"
#include "endpoint.h"
#include "event_loop.h"
#include "log.h"
#include "loop_thread.h"
#include "metrics_page.h"
#include "peer_watch.h"
#include "server_address.h"
#include "status.h"
#include "tcp_client.h"
#include "thread_queue.h"
#include "wire.h"

namespace lars {

class reporter_client {
public:
    // SERVERS are tried in turn. LOG is where it writes log lines. CALLER is the address
    // by which the rows of this agent are told from those of others, in host order; 0: the
    // one that the connection has here.
    reporter_client(const std::vector<server_address> &servers, const log_sink &log,
                    uint32_t caller = 0);
    // Ends the thread. What was not sent is lost.
    ~reporter_client();

    // Once. Starts the thread, which connects. An error if there can be no thread;
    // whether there is a reporter is no matter of success.
    status start();
    // Ends the thread, and sends what was given to send() before, if there is a
    // connection. A reporter that acknowledges has a second to take it; where the
    // connection to such a one was lost, the next one has.
    void stop();

    // Any thread. Sends a summary, or keeps it for the next connection if there is none.
    // When more than MAX_KEPT messages, or MAX_KEPT_BYTES, wait or are not stored, the
    // oldest are dropped.
    void send(call_summary summary) { _summaries.send(std::move(summary)); }

    // Any thread, after start(). Puts its figures on PAGE, from its own thread.
    void add_metrics(const std::shared_ptr<metrics_page> &page);

    // Any thread. The caller for summaries, in host order; 0 while there is no
    // connection, and summaries had better wait.
    uint32_t caller_ip() const { return _caller_ip.load(std::memory_order_relaxed); }

private:
    static constexpr size_t MAX_KEPT = 10000;
    static constexpr size_t MAX_KEPT_BYTES = 64u << 20;
    // So much may be on its way to a reporter that has not said that it has taken it.
    static constexpr size_t MAX_ON_THE_WAY = 1u << 20;

    enum class habit { unknown, acknowledges, silent };
    struct report {
        std::string body;  // of the message, without a seq
        uint64_t seq = 0;  // on this connection, once it was sent
    };

    habit &habit_of_peer();
    bool others_may_acknowledge() const;
    void forget_old_habits();
    bool keeps();

    void add(const call_summary &summary);
    void on_connected();
    void on_disconnected();
    void on_answer(const char *data, uint32_t len);
    void on_silence();
    bool ask();
    void send_question();
    void send_waiting();
    bool send_one(report &next);
    void forget_sent();
    void drop_oldest();
    bool answer_is_due();

    loop_thread _thread;
    event_loop *_loop;
    std::map<endpoint, habit> _habits;  // of each address that was connected to
    uint32_t _caller;
    tcp_client _client;
    peer_watch _watch;
    wire_codec _codec;

    std::deque<report> _reports;  // first those that were sent, then those that wait
    size_t _sent = 0;             // how many were sent on this connection
    size_t _taken = 0;            // how many of those the reporter has taken
    size_t _bytes = 0;            // of all reports
    size_t _on_the_way = 0;       // bytes of those that were sent and not taken
    uint64_t _last_seq = 0;
    event_loop::timer_id _greeting_timer = 0;

    uint64_t _dropped = 0;
    log_limiter _dropped_limiter;
    bool _stopping = false;
    std::atomic<uint32_t> _caller_ip{0};
    thread_queue<call_summary> _summaries;
};

}  // namespace lars
