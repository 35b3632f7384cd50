// One of the agent's UDP servers, with the modules that it alone owns, in a
// thread of its own: no lock is taken while it answers.
#pragma once

#include <functional>
#include <memory>
#include <unordered_set>

#include "lars.pb.h"
#include "loop_thread.h"
#include "route_lb.h"
#include "route_update.h"
#include "thread_queue.h"
#include "udp_server.h"

namespace lars {

class host_server {
public:
    // Both are called in the server's thread. PULL: ask the dns for a module.
    // SEND_REPORT: to the reporter.
    struct upstream {
        std::function<void(module_id)> pull;
        std::function<void(ReportStatusRequest)> send_report;
        // This machine's address as the reporter sees it; 0 while sums should
        // wait, because the reporter is away.
        std::function<uint32_t()> caller_ip;
    };

    host_server(const lb_config &config, upstream up, const log_sink &log);
    ~host_server();

    // In this order, in one thread; restore() any number of times.
    status bind(const endpoint &address) { return _server.bind(address); }
    void restore(module_id module, const std::vector<endpoint> &hosts);
    status start();
    // Ends the thread, and hands the last sums to send_report.
    void stop();

    endpoint address() const { return _server.address(); }

    // Any thread.
    void send(route_update update) { _updates.send(std::move(update)); }
    void set_config(const lb_config &config);

private:
    void on_get_host(const char *data, uint32_t len);
    void on_report(const char *data, uint32_t len);
    void on_get_route(const char *data, uint32_t len);
    void answer(const google::protobuf::MessageLite &body, int msgid);
    void on_bad_message(int msgid);
    void on_state(module_id module, const host_info &host, const char *why);
    void fill_hosts(module_id module, const std::vector<endpoint> &hosts);
    void send_reports();
    void check_deadlines();
    void arm();

    loop_thread _thread;
    event_loop *_loop;
    upstream _up;
    udp_server _server;
    route_lb _modules;
    thread_queue<route_update> _updates;

    event_loop::timer_id _deadline_timer = 0;
    lb_time _armed_for = lb_time::max();
    event_loop::timer_id _report_timer = 0;

    // Reused for every message, so that answering does not allocate.
    GetHostRequest _host_request;
    GetHostResponse _host_response;     // with a host
    GetHostResponse _no_host_response;  // never with one
    ReportRequest _report;
    GetRouteRequest _route_request;
    GetRouteResponse _route_response;
    std::unique_ptr<char[]> _body;

    uint64_t _bad_messages = 0;
    log_limiter _bad_limiter;
    log_limiter _state_limiter{50};
    std::unordered_set<module_id, module_id_hash> _told_cut;
};

}  // namespace lars
