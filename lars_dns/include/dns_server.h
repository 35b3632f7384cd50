// Answers lookups and pushes changes. Each loop has a pointer to the table and a
// subscription list of its own, so that a lookup takes no lock. A new table reaches
// every loop as a task, which also pushes what has changed.
//
// All calls are made in the thread of the loop that accepts.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dns_options.h"
#include "encoded_route.h"
#include "endpoint.h"
#include "event_loop.h"
#include "log.h"
#include "metrics_page.h"
#include "route.h"
#include "route_table.h"
#include "status.h"
#include "subscribe_list.h"
#include "tcp_server.h"
#include "wire.h"

namespace lars {

class dns_server {
public:
    // LOOP accepts, and outlives this.
    dns_server(event_loop *loop, const dns_options &options);

    // Before bind(). CALLBACK is called in some loop's thread when somebody says that the
    // database was changed.
    void set_on_hint(std::function<void()> callback) { _on_hint = std::move(callback); }
    // Takes the port, but serves nobody yet: without a table every answer would be that
    // there is no such module, and agents would forget what they know. An error names
    // the address.
    status bind();
    // Once, after bind(). Starts the loops' threads, listens, and serves FIRST_TABLE. Unless
    // that is COMPLETE, who asks for a module that it lacks is answered later: once a complete
    // one is published.
    status start(std::shared_ptr<const route_table> first_table, bool complete);
    // True once start() has succeeded.
    bool serving() const { return _serving; }
    // After start(). Serves TABLE from now on, and pushes the routes of the CHANGED
    // modules to those who have asked for them. A loop takes the table in its next
    // round.
    void publish(std::shared_ptr<const route_table> table, std::vector<module_id> changed,
                 bool complete);
    // Accepts no more, and lets every connection send what is queued. What is left after
    // GRACE is cut off. Then DONE is called.
    void stop(std::chrono::milliseconds grace, std::function<void()> done);

    // After start(). Has every loop put its figures on PAGE.
    void add_metrics(const std::shared_ptr<metrics_page> &page);

    // After bind(). The address that it took, with the port in use.
    endpoint address() const { return _server.address(); }

private:
    struct unanswered {
        uint64_t conn_id = 0;
        module_request request;
    };
    struct loop_state {
        std::shared_ptr<const route_table> table;
        bool complete = false;
        std::vector<unanswered> later;  // while the table is not complete
        subscribe_list subscriptions;
        wire_codec codec;
        std::string unknown;   // reused, so that answering takes no memory
        uint64_t lookups = 0;  // answered
        uint64_t pushes = 0;   // of a module to a subscriber
        uint64_t bad_messages = 0;
        uint64_t refused_subscriptions = 0;
        log_limiter bad_limiter;
        log_limiter full_limiter;
    };

    void on_get_route(const char *data, uint32_t len, net_connection &conn);
    void answer(loop_state &state, net_connection &conn, const module_request &request,
                const std::optional<encoded_route> &route);
    void subscribe(loop_state &state, net_connection &conn, const module_id &module, bool exists);
    void answer_what_waits(server_loop &here);
    void on_bad_message(loop_state &state, net_connection &conn);
    void on_full_list(loop_state &state, net_connection &conn);
    static std::string_view start_of_answer(loop_state &state, const module_id &module,
                                            const std::optional<encoded_route> &route);
    static void push(server_loop &here, const std::vector<module_id> &changed);

    event_loop *_loop;
    endpoint _address;
    tcp_server _server;
    std::function<void()> _on_hint;
    bool _serving = false;
};

}  // namespace lars
