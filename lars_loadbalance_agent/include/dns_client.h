// The agent's side of lars_dns. It asks for a route until there is an answer, asks for
// every route that it knows after a reconnect, takes the changes that are pushed, and
// keeps the file of the routes last known. A dns that falls silent is left for the next
// one. Loop thread only, unless stated.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "event_loop.h"
#include "log.h"
#include "metrics_page.h"
#include "peer_watch.h"
#include "remembered_routes.h"
#include "route.h"
#include "server_address.h"
#include "status.h"
#include "tcp_client.h"
#include "thread_queue.h"
#include "wire.h"

namespace lars {

class dns_client {
public:
    using route_callback = std::function<void(module_route)>;

    // LOOP outlives this. CACHE is the path of the route cache; empty: there is none.
    // ON_ROUTE gets each answer and each change that is pushed. A route without hosts
    // says that the module does not exist.
    dns_client(event_loop *loop, const std::vector<server_address> &servers, std::string cache,
               route_callback on_route);
    // As stop().
    ~dns_client();

    // Once, before start(). Reads the route cache, whose modules will be asked for as
    // those that are pulled. Returns its routes; none if there is no good file, of which
    // a damaged one is logged.
    std::vector<module_route> load_cache();
    // Once. Begins to connect. Whether there is a dns is no matter of success.
    status start();
    // Closes the connection for good and writes the route cache if it is behind.
    void stop();

    // Puts its figures on PAGE.
    void add_metrics(metrics_page *page) const;

    // Any thread. Asks for the module's route, at once or when there is a connection.
    void pull(const module_id &module) { _pulls.send(module); }

private:
    using clock = event_loop::clock;

    struct known_module {
        bool pending = false;           // a question waits for its answer
        bool leaving = false;           // stands in _without_hosts
        uint32_t tries = 0;             // how often that question was sent
        clock::time_point deadline{};   // when it is sent again
        clock::time_point last_pull{};  // when somebody wanted the route last
        std::vector<route_host> hosts;
        uint64_t version = 0;  // that the last answer came with; 0: not known
    };
    using module_map = std::unordered_map<module_id, known_module, module_id_hash>;

    void want(const module_id &module);
    void ask(const module_id &module, known_module &wanted);
    void ask_for_everything();
    module_map::iterator module_to_ask_for();
    bool ask_something();
    void on_silence();
    void greet();
    void on_deadlines();
    void on_route(const char *data, uint32_t len);
    void refuse_old_route(const known_module &known, answered_route *route);
    void limit_those_without_hosts(const module_id &module, known_module &known);
    void save_when_due();
    void save_cache();
    void forget_unused();

    event_loop *_loop;
    remembered_routes _cache;
    route_callback _on_route;
    tcp_client _client;
    peer_watch _watch;
    thread_queue<module_id> _pulls;
    module_map _modules;
    // In the order of the answers that said so. Those that wait for an answer again, or are
    // known no more, are passed over.
    std::deque<module_id> _without_hosts;

    struct pending_deadline {
        clock::time_point when;
        module_id module;
        bool operator<(const pending_deadline &other) const;
    };
    std::set<pending_deadline> _deadlines;
    event_loop::timer_id _deadline_timer = 0;

    event_loop::timer_id _greeting_timer = 0;
    event_loop::timer_id _save_timer = 0;
    event_loop::timer_id _forget_timer = 0;
    wire_codec _codec;
    uint64_t _bad_messages = 0;
    log_limiter _bad_limiter;
    uint64_t _old_routes = 0;
    log_limiter _old_limiter;
};

}  // namespace lars
