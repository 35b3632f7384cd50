// One of the agent's UDP servers, with the modules that it alone owns, in a
// thread of its own: no lock is taken while it answers.
#pragma once

#include <functional>
#include <string_view>
#include <unordered_set>

#include "loop_thread.h"
#include "route_lb.h"
#include "thread_queue.h"
#include "udp_server.h"
#include "wire.h"

namespace lars {

class host_server {
public:
    // What the server asks of the rest of the agent, in the server's thread.
    struct upstream {
        // Asks the dns for a module; the answer comes through update().
        route_lb::pull_callback pull;
        // Passes a summary on to the reporter.
        std::function<void(call_summary)> send_summary;
        // This machine's address as the reporter sees it; 0 while sums should
        // wait, because the reporter is away.
        std::function<uint32_t()> caller_ip;
    };

    host_server(const lb_config &config, upstream up, const log_sink &log);
    ~host_server();

    // In this order, in one thread; restore() any number of times.
    status bind(const endpoint &address) { return _server.bind(address); }
    void restore(const module_route &route);
    status start();
    // Ends the thread, and hands the last sums to send_summary.
    void stop();

    endpoint address() const { return _server.address(); }

    // Any thread.
    void update(module_route route) { _routes.send(std::move(route)); }
    void set_config(const lb_config &config);

private:
    void on_get_host(const char *data, uint32_t len);
    void on_report(const char *data, uint32_t len);
    void on_get_route(const char *data, uint32_t len);
    void answer(std::string_view body, int msgid);
    void on_bad_message(int msgid);
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

    event_loop::timer_id _deadline_timer = 0;
    lb_time _armed_for = lb_time::max();
    event_loop::timer_id _summary_timer = 0;

    wire_codec _codec;
    uint64_t _bad_messages = 0;
    log_limiter _bad_limiter;
    log_limiter _state_limiter{50};
    std::unordered_set<module_id, module_id_hash> _told_cut;
};

}  // namespace lars
