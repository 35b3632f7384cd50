// The agent as a whole: three UDP servers that each own a part of the modules, the
// dns client in the context's loop, and the reporter client. All calls in that loop's
// thread.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "agent_options.h"
#include "dns_client.h"
#include "host_server.h"
#include "reporter_client.h"
#include "service.h"
#include "wire_rules.h"

namespace lars {

class agent {
public:
    using options = agent_options;

    agent(const service_context &context, const options &configured);

    // Takes the ports, knows the routes of the cache file, and serves.
    status start();
    // Takes the rules of FRESH, and warns of what else differs.
    void reload(const options &fresh);
    // Hands over the last sums and ends the threads.
    void stop(std::function<void()> done);

private:
    host_server &owner_of(const module_id &module);
    void make_servers();
    status bind_servers();
    status bind_servers_at(const endpoint &first);

    service_context _context;
    options _options;
    dns_client _dns;
    reporter_client _reporter;
    std::array<std::unique_ptr<host_server>, AGENT_PORTS> _servers;
};

}  // namespace lars
