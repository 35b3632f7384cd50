// The configuration of lars_dns.
#pragma once

#include <chrono>
#include <string>

#include "db_client.h"
#include "server_options.h"
#include "status.h"

namespace lars {

struct dns_options {
    server_options server{{0x7f000001, 7778}};
    db_options database;

    std::chrono::milliseconds poll_interval{100};  // how often changes are looked for
    std::chrono::seconds reload_interval{8};       // how often everything is compared
    std::chrono::seconds change_retention{86400};  // older RouteChange rows are deleted
    std::string snapshot;                          // file of the last good table; empty: none
};

// The error names file, line and key.
status read_dns_options(const std::string &path, dns_options *out);

}  // namespace lars
