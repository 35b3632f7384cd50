// The table RouteData: which columns it has, and how a row of it is read and written.
// Whoever reads routes from the database, or puts them there, does it by these. Each
// call is made in the thread that uses CLIENT, which is connected.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "db_client.h"
#include "route.h"

namespace lars {

// A row as it stands there. Other tools write rows too, so that it may hold what is no
// route.
struct stored_route {
    std::string id;
    module_id module;
    uint32_t ip = 0;
    uint64_t port = 0;
    uint32_t weight = route_host::DEFAULT_WEIGHT;
    // What the columns hold that they must not, with the name of the first such column;
    // those behind it are not read. A port above 65535 is wrong, and read.
    status readable;

    bool port_is_none() const;
    // Where the row is readable. Whether the host can be called is another question.
    route_row as_row() const;
};

// Calls EACH for every row that REST, " WHERE ..." or an empty text, selects. Rows that
// stand there twice come twice. In a table of an older Lars, which has no column weight,
// every weight is 100. The first error of EACH ends that and comes back. EACH is called while
// the rows arrive, and must not use CLIENT.
status read_route_data(db_client *client, const std::string &rest,
                       const std::function<status(const stored_route &row)> &each);

// Adds the rows, in as many statements as they need. If a weight is another than 100 and
// the table has no weights, the error is rejected and says what to do.
status insert_route_rows(db_client *client, const std::vector<route_row> &rows);
// The same for the hosts of ROUTE.
status insert_route_data(db_client *client, const module_route &route);

// Gives every row of the module that has HOST's address HOST's weight. Without weights in
// the table the error is the same.
status set_route_weight(db_client *client, const module_id &module, const route_host &host);
// The same for all rows that CONDITION selects.
status set_route_weights(db_client *client, uint32_t weight, const std::string &condition);

// A RouteChange row whose version is this or more, and so none of RouteVersion, names no
// module: its writer says that whatever the database holds is meant so. The rest of its
// version, modulo this, is what RouteVersion became with it.
constexpr uint64_t ACCEPTED_CHANGE = uint64_t{1} << 32;

// "modid = 1 AND cmdid = 2": the module's rows, in this table and in RouteChange.
std::string condition_of(const module_id &module);
// Those of its rows that have an address of HOSTS, of which there are some.
std::string condition_of(const module_id &module, const std::vector<route_host> &hosts);

}  // namespace lars
