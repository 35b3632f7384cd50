// The configuration of lars_reporter.
#pragma once

#include <string>

#include "db_client.h"
#include "server_options.h"
#include "status.h"

namespace lars {

struct reporter_options {
    server_options server{{0x7f000001, 7779}};
    db_options database;

    int storing_threads = 3;      // each with a database connection of its own
    size_t queue_limit = 100000;  // rows that may wait, over all threads

    bool misspelt_section = false;  // [repoter] was taken for [reporter]
};

// The error names file, line and key.
status read_reporter_options(const std::string &path, reporter_options *out);

}  // namespace lars
