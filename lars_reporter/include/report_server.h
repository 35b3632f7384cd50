// Takes call statistics from agents and hands each row to the storing thread of
// its module, so that one thread writes a module's rows in order.
#pragma once

#include <memory>
#include <vector>

#include "hash_ring.h"
#include "lars.pb.h"
#include "reporter_options.h"
#include "row_writer.h"
#include "tcp_server.h"

namespace lars {

class report_server {
public:
    // LOOP, which accepts, outlives this. All calls in its thread.
    report_server(event_loop *loop, const reporter_options &options);

    status bind();
    status start();
    // Stops receiving, writes what waits (for a few seconds at most), calls DONE.
    void stop(std::chrono::milliseconds grace, std::function<void()> done);

    void set_queue_limit(size_t rows) { _budget.limit = rows; }
    endpoint address() const { return _server.address(); }

private:
    struct loop_state {
        ReportStatusRequest request;  // reused, so that parsing seldom allocates
        log_limiter bad_limiter;
    };

    void on_report(const char *data, uint32_t len, net_connection &conn);
    void log_losses();
    std::string totals() const;

    event_loop *_loop;
    endpoint _address;
    row_budget _budget;
    row_writer::counters _counts;
    std::atomic<uint64_t> _bad{0};  // bodies and rows that make no sense
    uint64_t _losses_told = 0;
    hash_ring _ring;
    std::vector<std::unique_ptr<row_writer>> _writers;  // by node of the ring
    std::vector<std::unique_ptr<loop_state>> _states;   // by loop; the loop's own
    tcp_server _server;
};

}  // namespace lars
