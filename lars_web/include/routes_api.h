// What the JSON interface does with all routes at once (docs/web.md has the shapes). Any
// thread.
#pragma once

#include <utility>
#include <vector>

#include "database_pool.h"
#include "http_message.h"
#include "route.h"
#include "server_address.h"

namespace lars {

class routes_api {
public:
    // DATABASE outlives this. TOLD are the dns servers that are told of each change.
    routes_api(database_pool *database, std::vector<server_address> told)
        : _database(database), _told(std::move(told))
    {
    }

    // GET /api/v1/routes?format=csv|json
    http_answer export_all(const http_request &request);
    // POST /api/v1/routes/import?format=csv|json&preview=1&version=V&note=: the body is what the
    // database shall hold from then on.
    http_answer import_all(const http_request &request);
    // POST /api/v1/routes/clear?preview=1, then {"confirm": "clear", "version": "...",
    // "note": "..."}
    http_answer clear(const http_request &request);
    // POST /api/v1/routes/accept {"note": "..."}
    http_answer accept(const http_request &request);

private:
    http_answer answer_import(const http_request &request, const std::vector<module_route> &wanted);
    http_answer preview_clear();

    database_pool *_database;
    std::vector<server_address> _told;
};

}  // namespace lars
