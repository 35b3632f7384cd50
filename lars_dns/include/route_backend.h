// The thread behind lars_dns. It watches the database, builds the next table and hands
// it over. It begins with the snapshot, which may lack modules until it was compared with the
// database. While the database is away the last table stays. One thread, unless stated.
//
// From time to time all rows of the database are compared with the table. That is done by a
// comparing_thread, and changes that are announced are served meanwhile. Only where it is not
// known what the database holds, so that nothing can be served before, it is done by the
// backend's thread itself: at the start, for a snapshot too, after the database was away, with
// new options, while the database is doubted, while its RouteVersion has no row, and after a
// change that does not say what has changed, or that is of more than 1000 modules.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "backoff.h"
#include "comparing_thread.h"
#include "comparison_schedule.h"
#include "dns_options.h"
#include "doubt_log.h"
#include "log.h"
#include "metrics_page.h"
#include "route.h"
#include "route_doubt.h"
#include "route_figures.h"
#include "route_reader.h"
#include "route_snapshot.h"
#include "route_table.h"
#include "status.h"

namespace lars {

class route_backend {
public:
    struct news {
        // What to serve from now on.
        std::shared_ptr<const route_table> table;
        // The modules in which it differs from the table before; none with the first.
        std::vector<module_id> changed;
        // A module that the table lacks does not exist, as far as can be known now. False
        // while a snapshot waits to be compared with a database that may be there.
        bool complete = false;
    };
    // Called in the backend's thread.
    using table_callback = std::function<void(news)>;

    route_backend(const dns_options &options, log_sink log, table_callback on_table);
    // As stop(), and waits until the thread has ended, which has the snapshot written if it
    // is behind.
    ~route_backend();

    // Once. Starts the thread; an error if there can be none.
    status start();

    // Any thread. Makes the thread end, and cuts short what it asks of the database. It
    // returns at once.
    void stop();

    // Any thread. There is something new in the database: it is looked for at once, unless
    // the database is away.
    void hint();

    // Any thread. Puts its figures on PAGE.
    void add_metrics(metrics_page *page) const { _figures.add_to(page); }

    // Any thread. What OPTIONS say about the database and the snapshot counts from the
    // next round on. The rest is not the backend's.
    void set_options(const dns_options &options);

private:
    using clock = std::chrono::steady_clock;

    void run();
    bool wait_for_next_round(std::chrono::milliseconds pause, bool for_hint);
    void take_options();
    void load_snapshot();
    bool look_for_changes();
    status look(bool everything, clock::time_point now);
    status read(bool everything, bool *rows_came);
    void start_comparison(clock::time_point now);
    status take_comparison(clock::time_point now);
    void comparison_failed(const status &why, clock::time_point now);
    void prune_when_due(clock::time_point now);
    bool stopping() const;
    void take(const route_reader::result &found);
    void serve(std::shared_ptr<const route_table> next);
    void serve_snapshot_without_database();
    void log_bad_rows(const route_reader::result &found);
    void log_cut_routes(const route_table &table, const std::vector<module_id> &changed);
    void save_snapshot_when_due(clock::time_point now);
    void database_failed(const status &why);
    void publish_figures(bool good);

    dns_options _options;
    log_sink _log;
    table_callback _on_table;
    backoff _backoff;

    std::shared_ptr<const route_table> _table;  // null until there is one
    bool _complete = false;                     // has been handed over as such
    comparison_schedule _comparison;
    clock::time_point _next_prune{};
    clock::time_point _last_look{};
    clock::time_point _last_read{};
    uint64_t _changed = 0;  // modules
    route_doubt _doubt;
    doubt_log _doubt_log;
    route_snapshot _snapshot;

    trouble_log _database_trouble;
    trouble_log _row_trouble;
    trouble_log _prune_trouble;
    trouble_log _comparison_trouble;

    mutable std::mutex _mutex;
    std::condition_variable _wake;
    std::unique_ptr<route_reader> _reader;      // the thread's; replaced under _mutex
    bool _stop = false;                         // guarded by _mutex
    bool _hinted = false;                       // guarded by _mutex
    std::unique_ptr<dns_options> _new_options;  // guarded by _mutex
    route_figures _figures;
    comparing_thread _comparing;  // hints at its end
    std::thread _thread;
};

}  // namespace lars
