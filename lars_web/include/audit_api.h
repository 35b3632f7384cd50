// GET /api/v1/audit: who has changed which routes (docs/web.md has the shapes). Any thread.
#pragma once

#include "database_pool.h"
#include "http_message.h"

namespace lars {

class audit_api {
public:
    // DATABASE outlives this.
    explicit audit_api(database_pool *database) : _database(database) {}

    http_answer list(const http_request &request);

private:
    database_pool *_database;
};

}  // namespace lars
