// Answers lookups and pushes changes. Each loop has a table pointer and a
// subscription list of its own, so that a lookup takes no lock; a new table
// reaches every loop as a task, which also pushes what changed.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "dns_options.h"
#include "route_table.h"
#include "subscribe_list.h"
#include "tcp_server.h"
#include "wire.h"

namespace lars {

class dns_server {
public:
    // LOOP, which accepts, outlives this. All calls are made in its thread.
    dns_server(event_loop *loop, const dns_options &options);

    // Takes the port, but serves nobody yet: without a table every answer would
    // be "no such module", and agents would forget what they know.
    status bind();
    bool serving() const { return _serving; }
    // Serves FIRST_TABLE.
    status start(std::shared_ptr<const route_table> first_table);
    void publish(std::shared_ptr<const route_table> table, std::vector<module_id> changed);
    void stop(std::chrono::milliseconds grace, std::function<void()> done);

    endpoint address() const { return _server.address(); }

private:
    struct loop_state {
        std::shared_ptr<const route_table> table;
        subscribe_list subscriptions;
        wire_codec codec;
        std::string answer;  // reused, so that answering takes no memory
        uint64_t bad_messages = 0;
        log_limiter bad_limiter;
        log_limiter full_limiter;
    };

    void on_get_route(const char *data, uint32_t len, net_connection &conn);
    void on_bad_message(loop_state &state, net_connection &conn);
    void on_full_list(loop_state &state, net_connection &conn);
    static void push(server_loop &here, const std::vector<module_id> &changed);

    event_loop *_loop;
    endpoint _address;
    tcp_server _server;
    bool _serving = false;
};

}  // namespace lars
