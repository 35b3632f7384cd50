#include "host_server.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <random>
#include <vector>

#include "explain_answer.h"
#include "message.h"
#include "wire_rules.h"

namespace lars {

host_server::host_server(const lb_config &config, upstream up, const log_sink &log)
    : _thread(log),
      _loop(_thread.loop()),
      _up(std::move(up)),
      _server(_loop),
      _modules(config, _up.pull, std::random_device{}()),
      _routes(_loop, [this](std::vector<module_route> &batch) {
          for (const module_route &route : batch)
              _modules.update(route, _loop->now());
          log_full_tables();
          arm();
      })
{
}

host_server::~host_server()
{
    _thread.stop();
}

void host_server::restore(const module_route &route)
{
    _modules.restore(route, event_loop::clock::now());
}

void host_server::serve_table(char *memory, const table_part::bounds &limits, std::string socket)
{
    _socket = std::move(socket);
    _table = std::make_unique<table_service>(_loop, *_owned, memory, limits, &_modules,
                                             [this](const std::vector<module_change> &changes) {
                                                 log_changes(changes);
                                                 log_lies();
                                                 arm();
                                             });
    _modules.set_watcher(&_table->keeper());
}

status host_server::start()
{
    const auto add = [this](int msgid, void (host_server::*handle)(const char *, uint32_t)) {
        return _server.add_msg_router(
            msgid, [this, handle](const char *data, uint32_t len, int, net_connection &) {
                (this->*handle)(data, len);
            });
    };
    for (const status &s : {add(ID_GetHostRequest, &host_server::on_get_host),
                            add(ID_ReportRequest, &host_server::on_report),
                            add(ID_API_GetRouteRequest, &host_server::on_get_route),
                            add(ID_ExplainRequest, &host_server::on_explain)}) {
        if (!s)
            return s;
    }
    if (status s = _server.start(); !s)
        return s;
    _started = event_loop::clock::now();
    _summary_timer =
        _loop->run_every(_modules.config().report_interval, [this] { send_summaries(); });
    arm();
    return _thread.start();
}

void host_server::stop()
{
    _thread.stop();
    if (_table)
        _table->look_last();
    send_summaries();
    _server.stop();
}

void host_server::set_config(const lb_config &config)
{
    _loop->add_task([this, config] {
        const bool other_interval = config.report_interval != _modules.config().report_interval;
        log_changes(_modules.set_config(config, _loop->now()));
        arm();
        if (!other_interval)
            return;
        _loop->cancel(_summary_timer);
        _summary_timer = _loop->run_every(config.report_interval, [this] { send_summaries(); });
    });
}

void host_server::add_metrics(const std::shared_ptr<metrics_page> &page, size_t modules)
{
    _loop->add_task([this, page, modules] {
        add_counts(_counts, _server, keeper(), page.get());
        add_hosts(_modules, modules, page.get());
        page->count("lars_agent_modules_refused_total", "Routes for which there was no room.",
                    static_cast<double>(_modules.modules_refused()));
        page->count("lars_agent_questions_refused_total",
                    "Questions to the dns for which there was no room.",
                    static_cast<double>(_modules.questions_refused()));
    });
}

// What the protocol calls it.
static LarsRetCode retcode_of(load_balance::choice choice)
{
    switch (choice) {
    case load_balance::choice::host: return RET_SUCC;
    case load_balance::choice::overloaded: return RET_OVERLOAD;
    case load_balance::choice::no_hosts: break;
    }
    return RET_NOEXIST;
}

void host_server::on_get_host(const char *data, uint32_t len)
{
    module_request request;
    if (!_codec.decode_host_request(data, len, &request)) {
        on_bad_message(ID_GetHostRequest);
        return;
    }
    endpoint host;
    bool is_probe = false;
    load_balance::choice chosen = load_balance::choice::no_hosts;
    if (is_ours(request.module))
        chosen = _modules.get_host(request.module, _loop->now(), &host, &is_probe);
    count(chosen, is_probe);
    const std::string_view local = request.local ? show(request) : std::string_view();
    answer(_codec.encode_host(request, retcode_of(chosen), host, local), ID_GetHostResponse);
}

// Who would choose from the table finds the module there, and is told where to meet the agent.
std::string_view host_server::show(const module_request &asked)
{
    if (!_table || !may_be_told(_server.peer()))
        return {};
    if (is_ours(asked.module))
        _modules.show(asked.module, _loop->now());
    return _socket;
}

void host_server::count(load_balance::choice chosen, bool is_probe)
{
    switch (chosen) {
    case load_balance::choice::host: ++_counts.chosen; break;
    case load_balance::choice::overloaded: ++_counts.overloaded; break;
    case load_balance::choice::no_hosts: ++_counts.no_hosts; break;
    }
    if (is_probe)
        ++_counts.probes;
}

void host_server::answer(std::string_view body, int msgid)
{
    _server.send_message(body.data(), body.size(), msgid);
    arm();
}

void host_server::on_report(const char *data, uint32_t len)
{
    call_report call;
    if (!_codec.decode_call_report(data, len, &call)) {
        on_bad_message(ID_ReportRequest);
        return;
    }
    if (!is_ours(call.module))
        return;
    ++(call.success ? _counts.reports_of_success : _counts.reports_of_failure);
    if (const auto change = _modules.report(call, _loop->now()))
        log_change(call.module, *change);
    arm();
}

void host_server::on_get_route(const char *data, uint32_t len)
{
    module_request request;
    if (!_codec.decode_route_request(data, len, &request)) {
        on_bad_message(ID_API_GetRouteRequest);
        return;
    }
    static const std::vector<route_host> nothing;
    const std::vector<route_host> &hosts =
        is_ours(request.module) ? _modules.get_route(request.module, _loop->now()) : nothing;
    size_t fitted = 0;
    const std::string_view body = _codec.encode_route(request, hosts, &fitted);
    if (fitted < hosts.size())
        log_cut_route(request.module, hosts.size(), fitted);
    answer(body, ID_API_GetRouteResponse);
}

void host_server::on_explain(const char *data, uint32_t len)
{
    if (!may_be_told(_server.peer())) {
        on_stranger(ID_ExplainRequest);
        return;
    }
    explain_request request;
    if (!decode_explain_request(data, len, &request)) {
        on_bad_message(ID_ExplainRequest);
        return;
    }
    answer(explain_answer(request, _modules, keeper(), _started, _loop->now()), ID_ExplainResponse);
}

bool host_server::is_ours(const module_id &module)
{
    if (!_owned || agent_port_of(module.modid, module.cmdid) == *_owned)
        return true;
    ++_counts.of_other_ports;
    _other_port_limiter.write(_loop->log(), _loop->now(), log_level::warn, _server.peer(),
                              " asks here for ", module, ", which another port answers for (",
                              _counts.of_other_ports, " so far)");
    return false;
}

void host_server::log_full_tables()
{
    if (_modules.modules_refused() > 0)
        _modules_trouble.say(_loop->log(), log_level::error, "", "there are ",
                             route_lb::MAX_MODULES, " modules with hosts, the most that one port",
                             " keeps: others do not exist for it");
    if (_modules.questions_refused() > 0)
        _questions_trouble.say(_loop->log(), log_level::warn, "", recently_asked::MAX,
                               " questions wait for the dns, the most that do for one port: for",
                               " other modules it is not asked");
}

void host_server::log_cut_route(const module_id &module, size_t hosts, size_t fitted)
{
    _cut_routes[module].say(_loop->log(), log_level::warn, "", "the route of ", module, " has ",
                            hosts, " hosts, get_route gives the first ", fitted,
                            " that fit a datagram");
}

void host_server::on_bad_message(int msgid)
{
    ++_counts.bad_messages;
    _bad_limiter.write(_loop->log(), _loop->now(), log_level::warn, "dropped a body of message ",
                       msgid, " from ", _server.peer(), " that does not parse (",
                       _counts.bad_messages, " so far)");
}

void host_server::log_lies()
{
    const table_keeper &table = *keeper();
    if (table.taken().lies == _lies_logged)
        return;
    _lies_logged = table.taken().lies;
    _lies_limiter.write(_loop->log(), _loop->now(), log_level::warn, "process ", table.last_liar(),
                        " has counted in its page what cannot be true, that is left out (",
                        _lies_logged, " so far)");
}

void host_server::on_stranger(int msgid)
{
    ++_counts.from_strangers;
    _stranger_limiter.write(_loop->log(), _loop->now(), log_level::warn, "dropped a message ",
                            msgid, " from ", _server.peer(), ", which is not in 127.0.0.0/8 (",
                            _counts.from_strangers, " so far)");
}

void host_server::log_changes(const std::vector<module_change> &changes)
{
    for (const module_change &changed : changes)
        log_change(changed.module, changed.change);
}

void host_server::log_change(const module_id &module, const host_change &change)
{
    _state_limiter.write(
        _loop->log(), _loop->now(), log_level::info, module, " ", change.address,
        change.overloaded ? " is overloaded: " : " is idle again: ", reason_of(change.why));
}

void host_server::send_summaries()
{
    log_full_tables();
    const uint32_t caller = _up.caller_ip();
    if (caller == 0)
        return;
    const auto now = static_cast<uint32_t>(std::time(nullptr));
    for (call_summary &summary : _modules.take_summaries(caller, now))
        _up.send_summary(std::move(summary));
}

void host_server::check_deadlines()
{
    _armed_for = lb_time::max();
    log_changes(_modules.check_deadlines(_loop->now()));
    arm();
}

// The timer stands at the earliest deadline; one that has moved to later is
// noticed when the timer runs.
void host_server::arm()
{
    const auto next = _modules.next_deadline();
    if (!next || *next >= _armed_for)
        return;
    _loop->cancel(_deadline_timer);
    _armed_for = *next;
    const auto delay =
        std::chrono::ceil<std::chrono::milliseconds>(*next - event_loop::clock::now());
    _deadline_timer = _loop->run_after(std::max(delay, std::chrono::milliseconds(0)),
                                       [this] { check_deadlines(); });
}

}  // namespace lars
