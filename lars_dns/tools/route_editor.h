// The routes in the database, edited so that every dns sees each change once:
// rows, change notice and version in one transaction. One thread.
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

    // "modid cmdid ip:port", one line for each host, in order; of one module, or
    // of all where none is given.
    status list(const std::optional<module_id> &module, std::vector<std::string> *lines);

    // Adds the route's hosts to its module; *ADDED are those that were new. Where none
    // was, nothing is written at all.
    status add(const module_route &route, std::vector<route_host> *added);
    // Takes the route's hosts from its module, or all where it has none; *REMOVED are
    // those that had been there.
    status remove(const module_route &route, std::vector<route_host> *removed);

    struct counts {
        uint64_t modules = 0;
        uint64_t hosts = 0;  // a row that stands twice is one host
    };
    status count(counts *all);
    // Removes every route of every module; *REMOVED says how much that was.
    status clear(counts *removed);

private:
    status read_hosts(const module_id &module, std::vector<route_host> *hosts);
    status read_counts(const std::string &how, counts *all);
    status change(const std::function<status()> &rows);
    status note_change(const std::string &modules);

    db_client *_client;
};

}  // namespace lars
