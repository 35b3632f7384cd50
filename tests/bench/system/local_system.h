// A dns, a reporter and an agent that offers the local path, over 1,000 modules of three hosts.
#pragma once

#include <optional>

#include "comparison.h"
#include "database.h"
#include "local_load.h"
#include "running_service.h"

namespace lars::bench {

class local_system {
public:
    static constexpr int MODID = 1, FIRST_CMDID = 1, MODULES = 1000;

    // Of the module with that number, the first is 0.
    static std::string first_host_of(int module);

    // False, and why on stderr, if it does not start.
    bool start();
    // Loads of all modules at its agent.
    local_load_options load();

private:
    test::database _routes;
    test::dns_service _dns{_routes.options()};
    test::reporter_service _reporter{_routes.options()};
    std::optional<test::agent_service> _agent;
};

// How long it takes until a client of another process avoids a host that fails for one. Uses
// the first modules; false, and why on stderr, if it cannot be measured.
bool measure_health(const bench_settings &settings, const local_load_options &options);

}  // namespace lars::bench
