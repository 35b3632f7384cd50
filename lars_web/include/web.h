// lars_web as a whole. All calls are made in the thread of the context's loop.
#pragma once

#include <functional>
#include <memory>

#include "access_control.h"
#include "audit_api.h"
#include "change_api.h"
#include "database_pool.h"
#include "discovery_api.h"
#include "history_cache.h"
#include "http_server.h"
#include "metrics_server.h"
#include "module_api.h"
#include "routes_api.h"
#include "service.h"
#include "service_watch.h"
#include "session_api.h"
#include "sessions.h"
#include "state_api.h"
#include "status.h"
#include "user_file.h"
#include "watch.h"
#include "web_options.h"

namespace lars {

class web {
public:
    using options = web_options;

    web(const service_context &context, const options &configured);

    // Takes the port and serves, whether there is a database or not.
    status start();
    // Warns in the log that a change needs a restart. The file of users is read again whenever
    // it has changed.
    void reload(const options &fresh);
    // Stops serving, and calls DONE.
    void stop(std::function<void()> done);

private:
    http_server_options server_options() const;
    status open_files();
    status add_handlers();
    void add_metrics(const std::shared_ptr<metrics_page> &page) const;

    service_context _context;
    const options _options;
    user_file _users;
    sessions _sessions;
    access_control _access;
    database_pool _database;
    history_cache _history;
    service_watch _services;
    watch _watch;
    session_api _session_api;
    module_api _module_api;
    change_api _change_api;
    audit_api _audit_api;
    routes_api _routes_api;
    state_api _state_api;
    discovery_api _discovery_api;
    http_server _server;  // ends before what it calls
    metrics_server _metrics;
};

}  // namespace lars
