#include "report_server.h"

#include <algorithm>

namespace lars {

static constexpr std::chrono::seconds LOSS_LOG_INTERVAL(10);

report_server::report_server(event_loop *loop, const reporter_options &options)
    : _loop(loop), _address(options.server.address), _server(loop, options.server.for_tcp_server())
{
    _budget.limit = options.queue_limit;
    for (int i = 0; i < options.storing_threads; ++i) {
        _ring.add(i);
        _writers.push_back(
            std::make_unique<row_writer>(options.database, &_budget, &_counts, loop->log()));
    }
    for (int i = 0; i < std::max(options.server.threads, 1); ++i)
        _states.push_back(std::make_unique<loop_state>());
}

status report_server::bind()
{
    const status added = _server.add_msg_router(
        ID_ReportStatusRequest, [this](const char *data, uint32_t len, int, net_connection &conn) {
            on_report(data, len, conn);
        });
    return added ? _server.bind(_address) : added;
}

status report_server::start()
{
    for (auto &writer : _writers) {
        if (status s = writer->start(); !s)
            return s;
    }
    _loop->run_every(LOSS_LOG_INTERVAL, [this] { log_losses(); });
    return _server.start();
}

void report_server::stop(std::chrono::milliseconds grace, std::function<void()> done)
{
    _server.stop(grace, [this, done = std::move(done)] {
        for (auto &writer : _writers)
            writer->close();
        for (auto &writer : _writers)
            writer->join();
        _loop->log()(log_level::info, totals());
        done();
    });
}

void report_server::on_report(const char *data, uint32_t len, net_connection &conn)
{
    loop_state &state = *_states[tcp_server::loop_index(conn.id())];
    uint64_t bad = 0;
    if (state.request.ParseFromArray(data, static_cast<int>(len))) {
        const ReportStatusRequest &message = state.request;
        const int node = _ring.node_for(message.modid(), message.cmdid());
        row_writer &writer = *_writers[static_cast<size_t>(node)];
        for (const HostCallResult &result : message.results()) {
            status_row row;
            if (make_status_row(message, result, &row))
                writer.push(row);
            else
                ++bad;
        }
    } else {
        bad = 1;
    }
    if (bad == 0)
        return;
    const uint64_t so_far = _bad.fetch_add(bad) + bad;
    state.bad_limiter.write(_loop->log(), conn.loop()->now(), log_level::warn,
                            "dropped a report from ", conn.peer(), " that makes no sense (", so_far,
                            " bodies or rows so far)");
}

std::string report_server::totals() const
{
    return std::to_string(_counts.stored) + " rows stored, " + std::to_string(_budget.dropped) +
           " dropped because the queue was full, " + std::to_string(_counts.refused) +
           " refused by the database, " + std::to_string(_counts.lost) + " not stored at the end, " +
           std::to_string(_bad) + " made no sense";
}

void report_server::log_losses()
{
    const uint64_t losses = _budget.dropped + _counts.refused;
    if (losses == _losses_told)
        return;
    _losses_told = losses;
    _loop->log()(log_level::warn,
                 totals() + "; " + std::to_string(_budget.waiting) + " rows wait");
}

}  // namespace lars
