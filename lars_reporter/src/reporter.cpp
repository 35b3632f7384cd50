#include "reporter.h"

#include "process_metrics.h"
#include "server_metrics.h"
#include "summary_row.h"

namespace lars {

static constexpr std::chrono::seconds LOSS_LOG_INTERVAL(10);
static constexpr std::chrono::milliseconds STOP_GRACE(500);

reporter::reporter(const service_context &context, const options &configured)
    : _context(context),
      _options(configured),
      _server(context.loop, configured.server.for_tcp_server()),
      _metrics(context.loop,
               [this](const std::shared_ptr<metrics_page> &page) { add_metrics(page); })
{
    _budget.limit = configured.queue_limit;
    for (int i = 0; i < configured.storing_threads; ++i) {
        _ring.add(i);
        _writers.push_back(std::make_unique<row_writer>(configured.database, &_budget, &_counts,
                                                        context.loop->log()));
    }
    _server.set_loop_state<loop_state>([] { return std::make_unique<loop_state>(); });
}

// Before the server, of whose connections the storing threads tell that rows are stored.
reporter::~reporter()
{
    for (auto &writer : _writers)
        writer->close();
    for (auto &writer : _writers)
        writer->join();
}

status reporter::start()
{
    warn_of_spelling(_options);
    const status added = _server.add_msg_router(
        ID_ReportStatusRequest, [this](const char *data, uint32_t len, int, net_connection &conn) {
            on_summary(data, len, conn);
        });
    if (!added)
        return added;
    _server.set_conn_close([](net_connection &conn) {
        if (const auto *reports = std::any_cast<std::shared_ptr<stored_reports>>(&conn.param))
            (*reports)->end();
    });
    if (status s = _server.bind(_options.server.address); !s)
        return s;
    for (auto &writer : _writers) {
        if (status s = writer->start(); !s)
            return s;
    }
    if (status s = _server.start(); !s)
        return s;
    _metrics.start(_options.metrics);
    _context.loop->run_every(LOSS_LOG_INTERVAL, [this] { log_losses(); });
    _context.serving({_server.address()});
    return {};
}

void reporter::warn_of_spelling(const options &read) const
{
    if (read.misspelt_section)
        _context.loop->log()(log_level::warn, "section [repoter] is taken for [reporter]");
}

void reporter::reload(const options &fresh)
{
    warn_of_spelling(fresh);
    if (!(fresh.server == _options.server) || fresh.storing_threads != _options.storing_threads ||
        !(fresh.database == _options.database) || !(fresh.metrics == _options.metrics))
        _context.loop->log()(log_level::warn, "a change other than of queue_limit needs a restart");
    _budget.limit = fresh.queue_limit;
}

void reporter::stop(std::function<void()> done)
{
    _server.stop(STOP_GRACE, [this, done = std::move(done)] {
        for (auto &writer : _writers)
            writer->close();
        for (auto &writer : _writers)
            writer->join();
        log_totals(log_level::info);
        done();
    });
}

void reporter::on_summary(const char *data, uint32_t len, net_connection &conn)
{
    loop_state &state = _server.loop_state<loop_state>(conn);
    call_summary &summary = state.summary;
    size_t bad = 0;
    if (state.codec.decode_call_summary(data, len, &summary, &bad))
        take(summary, conn, &state);
    else
        bad = 1;
    if (bad == 0)
        return;
    const uint64_t so_far = _bad.fetch_add(bad) + bad;
    state.bad_limiter.write(_context.loop->log(), conn.loop()->now(), log_level::warn,
                            "dropped a report from ", conn.peer(), " that makes no sense (", so_far,
                            " bodies or rows so far)");
}

void reporter::take(const call_summary &summary, net_connection &conn, loop_state *state)
{
    ++state->reports;
    std::shared_ptr<stored_reports> reports;
    std::shared_ptr<report_receipt> receipt;
    if (summary.seq != 0) {
        reports = reports_of(conn, state);
        receipt = reports->take(summary.seq);
    }
    const int node = _ring.node_for(summary.module);
    row_writer &writer = *_writers[static_cast<size_t>(node)];
    for (const host_calls &calls : summary.hosts)
        writer.push(make_summary_row(summary, calls), receipt);
    if (!reports)
        return;
    receipt.reset();
    const std::string_view body = state->codec.encode_summary_answer(reports->answer());
    conn.send_message(body.data(), body.size(), ID_ReportStatusResponse);
}

std::shared_ptr<stored_reports> reporter::reports_of(net_connection &conn, loop_state *state)
{
    if (!conn.param.has_value()) {
        // In a storing thread.
        const auto on_growth = [this, state, loop = conn.loop(),
                                id = conn.id()](const std::shared_ptr<stored_reports> &grown) {
            loop->add_task([this, state, id, grown] {
                const auto answer = grown->growth();
                if (!answer)
                    return;
                const std::string_view body = state->codec.encode_summary_answer(*answer);
                _server.send_message(id, body.data(), body.size(), ID_ReportStatusResponse);
            });
        };
        conn.param = std::make_shared<stored_reports>(on_growth);
    }
    return std::any_cast<std::shared_ptr<stored_reports>>(conn.param);
}

static void add_dropped(metrics_page *page, const char *reason, uint64_t rows)
{
    page->count("lars_reporter_rows_dropped_total", "Rows that will not be stored, by reason.",
                rows, {{"reason", reason}});
}

void reporter::add_metrics(const std::shared_ptr<metrics_page> &page)
{
    add_process_metrics(_context, page.get());
    add_server_metrics(_server, page.get());
    page->count("lars_reporter_rows_stored_total", "Rows written to the database.", _counts.stored);
    add_dropped(page.get(), "queue_full", _budget.dropped);
    add_dropped(page.get(), "refused_by_database", _counts.refused);
    add_dropped(page.get(), "makes_no_sense", _bad);
    page->gauge("lars_reporter_rows_waiting", "Rows that wait to be written.", _budget.waiting);
    page->gauge("lars_reporter_rows_waiting_limit", "How many may wait.", _budget.limit);
    size_t storing = 0;
    for (const auto &writer : _writers)
        storing += writer->in_trouble() ? 0 : 1;
    page->gauge("lars_reporter_storing_threads", "Threads that write rows.", _writers.size());
    page->gauge("lars_reporter_storing_threads_up",
                "Those of them that the database refuses nothing.", storing);
    _server.run_in_loops([page](server_loop &here) {
        page->count("lars_reporter_reports_total", "Reports received.",
                    here.state<loop_state>().reports);
    });
}

void reporter::log_totals(log_level level) const
{
    _context.loop->log()(level, _counts.stored.load(), " rows stored, ", _budget.dropped.load(),
                         " dropped because the queue was full, ", _counts.refused.load(),
                         " refused by the database, ", _counts.lost.load(),
                         " not stored at the end, ", _bad.load(), " made no sense; ",
                         _budget.waiting.load(), " rows wait");
}

void reporter::log_losses()
{
    const uint64_t losses = _budget.dropped + _counts.refused;
    if (losses == _losses_told)
        return;
    _losses_told = losses;
    log_totals(log_level::warn);
}

}  // namespace lars
