// The configuration of lars_dns. The sections and keys are explained in
// conf/lars_dns.conf.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "db_client.h"
#include "metrics_options.h"
#include "server_address.h"
#include "server_options.h"
#include "status.h"

namespace lars {

struct dns_options {
    server_options server{{0x7f000001, 7778}};  // 127.0.0.1:7778
    db_options database;
    metrics_options metrics;

    std::chrono::milliseconds poll_interval{100};  // how often changes are looked for
    std::chrono::seconds reload_interval{8};       // how often everything is compared
    std::chrono::seconds change_retention{86400};  // older RouteChange rows are deleted
    std::chrono::seconds doubt{3600};              // how long what looks lost is kept
    std::vector<server_address> others;            // dns of the same database, for lars_route
    std::string snapshot;                          // file of the last good table; empty: none
};

// Any thread. Reads the configuration in the file PATH. An error names file, line and
// key; *OUT is then unchanged.
status read_dns_options(const std::string &path, dns_options *out);

}  // namespace lars
