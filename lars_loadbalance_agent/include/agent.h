// lars_lb_agent as a whole: three UDP servers, each of which owns a part of the modules,
// the dns client, which lives in the context's loop, and the reporter client. All calls
// are made in the thread of the context's loop.
#pragma once

#include <array>
#include <functional>
#include <memory>

#include "agent_options.h"
#include "dns_client.h"
#include "endpoint.h"
#include "host_server.h"
#include "inherited_sockets.h"
#include "meeting_place.h"
#include "metrics_server.h"
#include "reporter_client.h"
#include "route.h"
#include "sealed_memory.h"
#include "service.h"
#include "status.h"
#include "wire_rules.h"

namespace lars {

class agent {
public:
    using options = agent_options;

    agent(const service_context &context, const options &configured);

    // Takes the ports, or the sockets at them that the program was started with; loads the route cache, starts the threads and serves. An error if
    // a port is taken or there can be no thread.
    status start();
    // Takes the rules of FRESH, [loadbalance], and warns in the log if anything else
    // differs.
    void reload(const options &fresh);
    // Sends the last summaries if there is a connection, ends the threads, writes the
    // route cache if it is behind, and calls DONE before it returns.
    void stop(std::function<void()> done);

private:
    host_server &owner_of(const module_id &module);
    void make_servers();
    status bind_servers();
    void open_table();
    meeting_place::listeners listeners();
    status bind_servers_at(const endpoint &first);
    status bind_server(host_server &server, const endpoint &address);
    void warn_of_strangers() const;
    void add_metrics(const std::shared_ptr<metrics_page> &page);

    service_context _context;
    inherited_sockets _inherited;
    options _options;
    dns_client _dns;
    reporter_client _reporter;
    sealed_memory _table;  // that clients choose from; outlives those who write it
    std::array<std::unique_ptr<host_server>, AGENT_PORTS> _servers;
    meeting_place _meeting;
    metrics_server _metrics;  // ends before what it asks
};

}  // namespace lars
