// lars_dns as a whole: the server that answers and pushes, and the thread behind it
// that watches the database. All calls are made in the thread of the context's loop.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "dns_options.h"
#include "dns_server.h"
#include "metrics_server.h"
#include "route.h"
#include "route_backend.h"
#include "service.h"
#include "status.h"
#include "thread_queue.h"

namespace lars {

class dns {
public:
    using options = dns_options;

    dns(const service_context &context, const options &configured);

    // Takes the port, and starts to serve later, once there is a table: from the
    // database or, while that is away, from the snapshot. An error if the port is taken
    // or there can be no thread.
    status start();
    // Takes what FRESH says about the database and the snapshot, and warns in the log
    // if anything else differs.
    void reload(const options &fresh);
    // Lets every connection send what is queued, for two seconds at most. Then DONE is
    // called.
    void stop(std::function<void()> done);

private:
    void serve(route_backend::news &next);
    void start_server();
    void add_metrics(const std::shared_ptr<metrics_page> &page);

    service_context _context;
    options _options;
    dns_server _server;
    route_backend::news _first;  // to begin with
    bool _stopping = false;
    thread_queue<route_backend::news> _tables;  // from the backend to the loop
    route_backend _backend;                     // its thread ends before what it writes to goes
    metrics_server _metrics;                    // ends before what it asks
};

}  // namespace lars
