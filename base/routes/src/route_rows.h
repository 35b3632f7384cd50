// Many rows of RouteData at once, read and written a module after the other. Used in the
// thread that uses CLIENT.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "db_client.h"
#include "route_edit.h"
#include "status.h"

namespace lars {

// Sorted as the signed numbers that are shown; of a host that stands there twice the lower
// weight comes first.
constexpr const char *ORDER_OF_ROUTES =
    " ORDER BY modid ^ 0x80000000, cmdid ^ 0x80000000, serverip, serverport, weight";

enum class unreadable_rows { refused, passed_over };
// As route_editor::read_all(), of the rows that CONDITION selects. Rows that are no route can be
// passed over.
status read_routes(db_client *client, const std::string &condition,
                   const std::function<status(const module_route &route)> &each,
                   unreadable_rows others = unreadable_rows::refused);

// Makes the rows of the modules be what is wanted of them, where they are what is expected.
// The lists are in order.
status write_rows(db_client *client, const std::vector<route_edit> &edits);

// Calls RUN with "A OR B OR C" for all of CONDITIONS, so many at a time that no statement is
// too long. Its first error ends that and comes back.
status in_batches(const std::vector<std::string> &conditions,
                  const std::function<status(const std::string &condition)> &run);

}  // namespace lars
