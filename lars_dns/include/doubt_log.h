// Tells the operator that the database is doubted, when the reason changes and each minute,
// and that it is believed again. One thread.
#pragma once

#include <chrono>
#include <string>

#include "log.h"
#include "route_doubt.h"

namespace lars {

class doubt_log {
public:
    explicit doubt_log(log_sink log) : _log(std::move(log)) {}

    // To be called after each judge() of DOUBT, at NOW. DATABASE is its name in words.
    void say(const route_doubt &doubt, const std::string &database, route_doubt::time_point now);

private:
    log_sink _log;
    std::string _said;  // the reason in the log
    route_doubt::time_point _next_reminder{};
};

}  // namespace lars
