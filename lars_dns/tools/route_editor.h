// The routes in the database, edited so that every dns sees each change once:
// rows, change notice and version in one transaction. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "db_client.h"
#include "endpoint.h"
#include "status.h"

namespace lars {

class route_editor {
public:
    // CLIENT is connected and outlives this.
    explicit route_editor(db_client *client) : _client(client) {}

    // "modid cmdid ip:port", one for each host, in order; of one module or of all.
    status list(std::vector<std::string> *lines);
    status list(int32_t modid, int32_t cmdid, std::vector<std::string> *lines);

    // The hosts that are new to the module, or were taken from it. Where there
    // are none nothing is written at all.
    status add(int32_t modid, int32_t cmdid, const std::vector<endpoint> &hosts,
               std::vector<endpoint> *added);
    // Without hosts: the whole route.
    status remove(int32_t modid, int32_t cmdid, const std::vector<endpoint> &hosts,
                  std::vector<endpoint> *removed);

    struct counts {
        uint64_t modules = 0;
        uint64_t hosts = 0;  // a row that stands twice is one host
    };
    status count(counts *all);
    // Every route of every module. What is gone then.
    status clear(counts *removed);

private:
    status read_lines(const std::string &condition, std::vector<std::string> *lines);
    status read_hosts(const std::string &module, std::vector<endpoint> *hosts);
    status read_counts(const std::string &how, counts *all);
    status change(const std::function<status()> &rows);
    status note_change(const std::string &modules);

    db_client *_client;
};

}  // namespace lars
