// One of the agent's UDP servers, with the modules that it alone owns, in a thread of
// its own. An answer waits for no lock; only asking the dns and handing on summaries
// takes one, that of a queue.
//
// One thread, the owner's, unless stated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "calls.h"
#include "endpoint.h"
#include "event_loop.h"
#include "host_server_metrics.h"
#include "ip_ranges.h"
#include "log.h"
#include "loop_thread.h"
#include "route.h"
#include "route_lb.h"
#include "status.h"
#include "table_service.h"
#include "thread_queue.h"
#include "udp_server.h"
#include "wire.h"

namespace lars {

class host_server {
public:
    // What the server asks of the rest of the agent. Called in the server's thread, and
    // by stop().
    struct upstream {
        // Asks the dns for a module's route. The answer comes through update(), later.
        route_lb::pull_callback pull;
        // Passes a summary on to the reporter.
        std::function<void(call_summary)> send_summary;
        // Returns the address by which this agent's summaries are told from others. 0 says
        // that there is no reporter now, and that summaries wait.
        std::function<uint32_t()> caller_ip;
    };

    host_server(const lb_config &config, upstream up, const log_sink &log);
    // Ends the thread. What was not summed up is lost.
    ~host_server();

    // Before start(). Drops what comes from elsewhere; empty: all are answered.
    void set_allowed(const ip_ranges &addresses) { _server.set_allowed(addresses); }
    // Before start(). From now on only modules whose port is OWNED are answered for
    // (agent_port_of); the others do not exist here, and leave no trace.
    void own(size_t owned) { _owned = owned; }
    // Before start(). Clients may choose from the table, of which this server has the part at
    // MEMORY (table_part.h), and learn from its answers that they meet the agent at SOCKET.
    void serve_table(char *memory, const table_part::bounds &limits, std::string socket);
    // Any thread, after start(); only with a table.
    table_service &table() { return *_table; }
    // Takes the port (0: any free one). The error names the address.
    status bind(const endpoint &address) { return _server.bind(address); }
    // Instead of bind(): as udp_server::adopt().
    status adopt(unique_fd socket) { return _server.adopt(std::move(socket)); }
    // Before start(). Knows a route of an earlier run; as route_lb::restore().
    void restore(const module_route &route);
    // After bind(), once. Starts the thread, which serves. An error if there can be none.
    status start();
    // Ends the thread, and hands the last summaries to send_summary if there is a
    // reporter.
    void stop();

    // After bind(). The address that it took, with the port in use.
    endpoint address() const { return _server.address(); }
    // The socket there, which stays the server's.
    int fd() const { return _server.fd(); }

    // Any thread. Takes an answer of the dns, or a change that it has pushed.
    void update(module_route route) { _routes.send(std::move(route)); }
    // Any thread, after start(). Puts the server's figures on PAGE, from its own thread. Of so
    // many MODULES each has its own; the others are summed up.
    void add_metrics(const std::shared_ptr<metrics_page> &page, size_t modules);

    // Any thread. Takes other rules, from the loop's next round on.
    void set_config(const lb_config &config);

private:
    void on_get_host(const char *data, uint32_t len);
    void on_report(const char *data, uint32_t len);
    void on_get_route(const char *data, uint32_t len);
    void on_explain(const char *data, uint32_t len);
    std::string_view show(const module_request &asked);
    void log_changes(const std::vector<module_change> &changes);
    void count(load_balance::choice chosen, bool is_probe);
    void answer(std::string_view body, int msgid);
    void on_bad_message(int msgid);
    void on_stranger(int msgid);
    bool is_ours(const module_id &module);
    void log_full_tables();
    void log_lies();
    const table_keeper *keeper() const { return _table ? &_table->keeper() : nullptr; }
    void log_change(const module_id &module, const host_change &change);
    void log_cut_route(const module_id &module, size_t hosts, size_t fitted);
    void send_summaries();
    void check_deadlines();
    void arm();

    loop_thread _thread;
    event_loop *_loop;
    upstream _up;
    udp_server _server;
    route_lb _modules;
    thread_queue<module_route> _routes;
    std::unique_ptr<table_service> _table;  // null: the local path is off
    std::string _socket;

    event_loop::timer_id _deadline_timer = 0;
    lb_time _armed_for = lb_time::max();
    event_loop::timer_id _summary_timer = 0;

    wire_codec _codec;
    lb_time _started{};
    host_server_counts _counts;
    log_limiter _bad_limiter;
    log_limiter _stranger_limiter;
    log_limiter _lies_limiter;
    uint64_t _lies_logged = 0;
    std::optional<size_t> _owned;  // nothing: every module
    log_limiter _other_port_limiter;
    trouble_log _modules_trouble;
    trouble_log _questions_trouble;
    log_limiter _state_limiter{50};
    std::unordered_map<module_id, trouble_log, module_id_hash> _cut_routes;
};

}  // namespace lars
