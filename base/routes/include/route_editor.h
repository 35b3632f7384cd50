// Edits the routes in the database so that every dns sees each change, and sees it
// whole: the rows, the notice in RouteChange and the new version are one transaction.
// If another writer is in the way, it is tried again a few times. One thread; each call
// blocks until the database has answered. Errors are those of db_client.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "db_client.h"
#include "route.h"
#include "status.h"

namespace lars {

class route_editor {
public:
    // CLIENT is connected and outlives this.
    explicit route_editor(db_client *client) : _client(client) {}

    // *LINES gets a line "modid cmdid ip:port[@weight]" more for each host, in order: of
    // MODULE, or of all modules if there is none given. A weight of 100 is not shown. A
    // port that is none is shown too.
    status list(const std::optional<module_id> &module, std::vector<std::string> *lines);

    // Adds ROUTE's hosts to its module. *ADDED becomes those that were not there; a host
    // that is there keeps its weight. *PRESENT becomes all hosts that were there, with
    // their weights. If ROUTE's all were there, nothing is written at all.
    status add(const module_route &route, std::vector<route_host> *added,
               std::vector<route_host> *present);
    // Removes ROUTE's hosts from its module, or all hosts if ROUTE has none. *REMOVED
    // becomes those that were there.
    status remove(const module_route &route, std::vector<route_host> *removed);

    enum class whose { all, drained };
    // Gives ROUTE's hosts, as far as they are in its module, the weights that they have in
    // ROUTE; with drained, only those of them that were drained. *BEFORE becomes all of
    // them that are in the module, with the weights they had. If no weight is another
    // one, nothing is written at all.
    status set_weights(const module_route &route, whose which, std::vector<route_host> *before);

    struct counts {
        uint64_t modules = 0;
        uint64_t hosts = 0;  // a row that stands twice is one host
    };
    // How much there is.
    status count(counts *all);
    // Removes every route of every module, and accepts that there is none. *REMOVED becomes
    // how much that was.
    status clear(counts *removed);
    // Tells every dns that what the database holds is meant so, all of it.
    status accept();

private:
    status read_hosts(const module_id &module, std::vector<route_host> *hosts);
    status read_counts(const std::string &how, counts *all);
    status change(const std::function<status()> &rows);
    status note_change(const std::string &modules);
    status note_acceptance();
    status advance_version();

    db_client *_client;
};

}  // namespace lars
