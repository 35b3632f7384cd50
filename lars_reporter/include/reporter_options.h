// The configuration of lars_reporter. The sections and keys are explained in
// conf/lars_reporter.conf.
#pragma once

#include <cstddef>
#include <string>

#include "db_client.h"
#include "metrics_options.h"
#include "server_options.h"
#include "status.h"

namespace lars {

inline server_options server_of_reporter()
{
    server_options server{{0x7f000001, 7779}};
    server.silent_timeout = std::chrono::seconds(60);
    return server;
}

struct reporter_options {
    // 127.0.0.1:7779. Agents may be silent for longer here: their first report comes with
    // the first calls, after as long as it is their interval.
    server_options server = server_of_reporter();
    db_options database;
    metrics_options metrics;

    int storing_threads = 3;      // each with a database connection of its own
    size_t queue_limit = 100000;  // rows that may wait, over all threads

    bool misspelt_section = false;  // [repoter] was taken for [reporter]
};

// Any thread. Reads the configuration in the file PATH. An error names file, line and
// key; *OUT is then unchanged.
status read_reporter_options(const std::string &path, reporter_options *out);

}  // namespace lars
