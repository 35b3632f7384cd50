// The agent as a whole: three UDP servers that each own a third of the modules,
// the dns client in the loop it is given, the reporter client. All calls in
// that loop's thread.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "agent_options.h"
#include "dns_client.h"
#include "host_server.h"
#include "reporter_client.h"

namespace lars {

class agent {
public:
    static constexpr size_t SERVERS = 3;

    // LOOP outlives this.
    agent(event_loop *loop, const agent_options &options);

    // Takes the ports, knows the routes of the cache file, and serves.
    status start();
    // Hands over the last sums and ends the threads.
    void stop();

    void set_config(const lb_config &config);
    std::vector<endpoint> addresses() const;

private:
    void make_servers();
    status bind_servers();
    status bind_servers_at(const endpoint &first);

    event_loop *_loop;
    agent_options _options;
    dns_client _dns;
    reporter_client _reporter;
    std::array<std::unique_ptr<host_server>, SERVERS> _servers;
};

}  // namespace lars
