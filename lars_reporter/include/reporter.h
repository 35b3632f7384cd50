// lars_reporter as a whole: takes summaries of calls from agents, and hands each row to
// the storing thread of its module, so that one thread writes a module's rows, and in
// order. All calls are made in the thread of the context's loop, which accepts.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "calls.h"
#include "hash_ring.h"
#include "log.h"
#include "metrics_server.h"
#include "reporter_options.h"
#include "row_writer.h"
#include "service.h"
#include "status.h"
#include "stored_reports.h"
#include "tcp_server.h"
#include "wire.h"

namespace lars {

class reporter {
public:
    using options = reporter_options;

    reporter(const service_context &context, const options &configured);
    // Ends the threads. What was not stored is lost.
    ~reporter();

    // Takes the port, starts the threads and serves, whether there is a database or not.
    // An error if the port is taken or there can be no thread.
    status start();
    // Takes the queue_limit of FRESH, and warns in the log if anything else differs.
    void reload(const options &fresh);
    // Stops receiving. Then it blocks until what waits is written, or for a few seconds
    // if the database is away, and calls DONE.
    void stop(std::function<void()> done);

private:
    struct loop_state {
        wire_codec codec;
        call_summary summary;  // reused, so that reading one seldom allocates memory
        uint64_t reports = 0;  // taken
        log_limiter bad_limiter;
    };

    void warn_of_spelling(const options &read) const;
    void on_summary(const char *data, uint32_t len, net_connection &conn);
    void take(const call_summary &summary, net_connection &conn, loop_state *state);
    std::shared_ptr<stored_reports> reports_of(net_connection &conn, loop_state *state);
    void add_metrics(const std::shared_ptr<metrics_page> &page);
    void log_losses();
    void log_totals(log_level level) const;

    service_context _context;
    options _options;
    row_budget _budget;
    row_writer::counters _counts;
    std::atomic<uint64_t> _bad{0};  // bodies and rows that make no sense
    uint64_t _losses_told = 0;
    hash_ring _ring;
    std::vector<std::unique_ptr<row_writer>> _writers;  // by node of the ring
    tcp_server _server;
    metrics_server _metrics;  // ends before what it asks
};

}  // namespace lars
