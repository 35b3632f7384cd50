// The thread that looks at the database and at the services for the console: it samples the
// calls each minute, finds alarms, and keeps their list. Any thread, unless stated.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "alarm_board.h"
#include "database_pool.h"
#include "history_cache.h"
#include "log.h"
#include "saving_thread.h"
#include "service_watch.h"
#include "status.h"
#include "web_options.h"
#include "webhook.h"

namespace lars {

class watch {
public:
    // All of them outlive this.
    watch(const web_options &options, database_pool *database, history_cache *history,
          const service_watch *services, log_sink log);
    // Ends the threads.
    ~watch();

    // Once, in the owner's thread. Reads the list of alarms, and begins.
    status start();

    const alarm_board &alarms() const { return _alarms; }
    // When the calls were last sampled, Unix seconds; 0: not yet.
    int64_t sampled() const;

private:
    void run();
    void look(int64_t now);
    void sample(int64_t now);
    void look_at_modules(int64_t now);
    void look_at_services(int64_t now);
    void look_at_database(const status &outcome, int64_t now);
    void on_alarm(const alarm_event &event);
    void save_changed_alarms();

    const web_options _options;
    database_pool *_database;
    history_cache *_history;
    const service_watch *_services;
    log_sink _log;
    trouble_log _trouble;  // with sampling
    webhook _webhook;
    saving_thread _saving;
    alarm_board _alarms;
    bool _alarms_changed = false;  // since they were saved; the watching thread's

    mutable std::mutex _mutex;
    std::condition_variable _ended;
    bool _stopping = false;  // guarded by _mutex, as below
    int64_t _sampled = 0;
    std::thread _thread;
};

}  // namespace lars
