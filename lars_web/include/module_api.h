// What the JSON interface says of modules: the list, one of them, and their names (docs/web.md
// has the shapes). Any thread.
#pragma once

#include "database_pool.h"
#include "history_cache.h"
#include "http_message.h"
#include "module_names.h"

namespace lars {

class module_api {
public:
    // Both outlive this.
    module_api(database_pool *database, history_cache *history)
        : _database(database), _history(history)
    {
    }

    // GET /api/v1/modules?q=&after=M,C&limit=50
    http_answer list(const http_request &request);
    // GET /api/v1/modules/M/C
    http_answer one(const http_request &request);
    // PUT /api/v1/names/modid/M and .../cmdid/C {"name": "...", "was": "..."}
    http_answer set_name(const http_request &request);

private:
    database_pool *_database;
    history_cache *_history;
};

}  // namespace lars
