// What the JSON interface says of the system as a whole (docs/web.md has the shapes). Any
// thread.
#pragma once

#include "database_pool.h"
#include "http_message.h"
#include "service_watch.h"
#include "watch.h"
#include "web_options.h"

namespace lars {

class state_api {
public:
    // All of them outlive this.
    state_api(database_pool *database, const service_watch *services, const watch *alarms,
              const alarm_options &rules)
        : _database(database), _services(services), _watch(alarms), _rules(rules)
    {
    }

    // GET /api/v1/services
    http_answer services(const http_request &request);
    // GET /api/v1/alarms
    http_answer alarms(const http_request &request);
    // GET /api/v1/status
    http_answer overview(const http_request &request);

private:
    database_pool *_database;
    const service_watch *_services;
    const watch *_watch;
    const alarm_options _rules;
};

}  // namespace lars
