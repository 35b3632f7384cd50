// How the JSON interface changes routes (docs/web.md has the shapes). Every change is one
// transaction, made only if the hosts are still those that its writer has seen. Any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "change_request.h"
#include "database_pool.h"
#include "http_message.h"
#include "route_editor.h"
#include "server_address.h"

namespace lars {

class change_api {
public:
    // DATABASE outlives this. TOLD are the dns servers that are told of each change.
    change_api(database_pool *database, std::vector<server_address> told)
        : _database(database), _told(std::move(told))
    {
    }

    // POST /api/v1/modules/M/C/change, .../move and .../undo
    http_answer change(const http_request &request);
    http_answer move(const http_request &request);
    http_answer undo(const http_request &request);

private:
    using planner =
        std::function<http_answer(db_client &client, const module_id &module,
                                  const change_request &wanted, std::vector<route_edit> *edits)>;

    http_answer run(const http_request &request, change_kind kind,
                    std::optional<edit_action> action, const planner &plan);

    database_pool *_database;
    std::vector<server_address> _told;
};

}  // namespace lars
