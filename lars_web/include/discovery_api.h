// A module's healthy hosts in the shapes of other systems, so that their clients can consume
// them. Any thread, unless stated.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "database_pool.h"
#include "http_message.h"
#include "module_view.h"

namespace lars {

class discovery_api {
public:
    // DATABASE outlives this.
    explicit discovery_api(database_pool *database) : _database(database) {}

    // GET /api/v1/sd/prometheus/M/C: Prometheus's http_sd
    // (https://prometheus.io/docs/prometheus/latest/http_sd).
    http_answer prometheus(const http_request &request);
    // GET /v1/health/service/M-C?passing&index=&wait=: Consul's
    // (https://developer.hashicorp.com/consul/api-docs/health). With the index of an earlier
    // answer it waits until the hosts are others, or the time is over.
    http_answer consul(const http_request &request);
    // Ends what waits.
    void stop();

private:
    class waiting_place;

    status read(const module_id &module, module_view *view);
    bool pause(std::chrono::milliseconds time);

    database_pool *_database;
    std::mutex _mutex;
    std::condition_variable _ended;
    bool _stopping = false;  // guarded by _mutex, as below
    size_t _waiting = 0;
};

}  // namespace lars
