#include "host_server.h"

#include <ctime>

#include "message.h"

namespace lars {

host_server::host_server(const lb_config &config, upstream up, const log_sink &log)
    : _thread(log),
      _loop(_thread.loop()),
      _up(std::move(up)),
      _server(_loop),
      _modules(config, _up.pull,
               [this](module_id module, const host_info &host, const char *why) {
                   on_state(module, host, why);
               }),
      _updates(_loop,
               [this](std::vector<route_update> &batch) {
                   for (const route_update &update : batch)
                       _modules.update(update.module, update.hosts, _loop->now());
                   arm();
               }),
      _body(new char[DATAGRAM_LENGTH_LIMIT])
{
}

host_server::~host_server()
{
    _thread.stop();
}

void host_server::restore(module_id module, const std::vector<endpoint> &hosts)
{
    _modules.restore(module, hosts, event_loop::clock::now());
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
                            add(ID_API_GetRouteRequest, &host_server::on_get_route)}) {
        if (!s)
            return s;
    }
    if (status s = _server.start(); !s)
        return s;
    _report_timer =
        _loop->run_every(_modules.config().report_interval, [this] { send_reports(); });
    arm();
    return _thread.start();
}

void host_server::stop()
{
    _thread.stop();
    send_reports();
    _server.stop();
}

void host_server::set_config(const lb_config &config)
{
    _loop->add_task([this, config] {
        const bool other_interval = config.report_interval != _modules.config().report_interval;
        _modules.set_config(config);
        if (!other_interval)
            return;
        _loop->cancel(_report_timer);
        _report_timer = _loop->run_every(config.report_interval, [this] { send_reports(); });
    });
}

void host_server::on_get_host(const char *data, uint32_t len)
{
    if (!_host_request.ParseFromArray(data, static_cast<int>(len))) {
        on_bad_message(ID_GetHostRequest);
        return;
    }
    const module_id module{_host_request.modid(), _host_request.cmdid()};
    endpoint host;
    const LarsRetCode result = _modules.get_host(module, _loop->now(), &host);

    // Clearing the host of one message would free it, so there are two.
    GetHostResponse &response = result == RET_SUCC ? _host_response : _no_host_response;
    response.set_seq(_host_request.seq());
    response.set_modid(module.modid);
    response.set_cmdid(module.cmdid);
    response.set_retcode(result);
    if (result == RET_SUCC) {
        response.mutable_host()->set_ip(static_cast<int32_t>(host.ip));
        response.mutable_host()->set_port(host.port);
    }
    answer(response, ID_GetHostResponse);
}

void host_server::answer(const google::protobuf::MessageLite &body, int msgid)
{
    const size_t size = body.ByteSizeLong();
    body.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t *>(_body.get()));
    _server.send_message(_body.get(), size, msgid);
    arm();
}

void host_server::on_report(const char *data, uint32_t len)
{
    if (!_report.ParseFromArray(data, static_cast<int>(len)) || _report.host().port() < 0 ||
        _report.host().port() > 65535) {
        on_bad_message(ID_ReportRequest);
        return;
    }
    const endpoint host{static_cast<uint32_t>(_report.host().ip()),
                        static_cast<uint16_t>(_report.host().port())};
    _modules.report({_report.modid(), _report.cmdid()}, host, _report.retcode() == RET_SUCC,
                    _report.timecost(), _loop->now());
    arm();
}

void host_server::on_get_route(const char *data, uint32_t len)
{
    if (!_route_request.ParseFromArray(data, static_cast<int>(len))) {
        on_bad_message(ID_API_GetRouteRequest);
        return;
    }
    const module_id module{_route_request.modid(), _route_request.cmdid()};
    const std::vector<endpoint> &hosts = _modules.get_route(module, _loop->now());

    _route_response.Clear();
    _route_response.set_modid(module.modid);
    _route_response.set_cmdid(module.cmdid);
    _route_response.set_seq(_route_request.seq());
    fill_hosts(module, hosts);
    answer(_route_response, ID_API_GetRouteResponse);
}

// As many hosts as fit a datagram.
void host_server::fill_hosts(module_id module, const std::vector<endpoint> &hosts)
{
    size_t room = DATAGRAM_LENGTH_LIMIT - _route_response.ByteSizeLong();
    size_t added = 0;
    for (const endpoint &host : hosts) {
        HostInfo *info = _route_response.add_host();
        info->set_ip(static_cast<int32_t>(host.ip));
        info->set_port(host.port);
        const size_t size = info->ByteSizeLong() + 2;  // and the field's tag and length
        if (size > room) {
            _route_response.mutable_host()->RemoveLast();
            break;
        }
        room -= size;
        ++added;
    }
    if (added < hosts.size() && _told_cut.insert(module).second)
        _loop->log()(log_level::warn, "the route of " + module.to_string() + " has " +
                                          std::to_string(hosts.size()) +
                                          " hosts, get_route gives the first " +
                                          std::to_string(added) + " that fit a datagram");
}

void host_server::on_bad_message(int msgid)
{
    ++_bad_messages;
    _bad_limiter.write(_loop->log(), _loop->now(), log_level::warn, "dropped a body of message ",
                       msgid, " from ", _server.peer(), " that does not parse (", _bad_messages,
                       " so far)");
}

void host_server::on_state(module_id module, const host_info &host, const char *why)
{
    _state_limiter.write(_loop->log(), _loop->now(), log_level::info, module, " ", host.address,
                         host.overloaded ? " is overloaded: " : " is idle again: ", why);
}

void host_server::send_reports()
{
    const uint32_t caller = _up.caller_ip();
    if (caller != 0)
        _modules.take_reports(caller, static_cast<uint32_t>(std::time(nullptr)), _up.send_report);
}

void host_server::check_deadlines()
{
    _armed_for = lb_time::max();
    _modules.check_deadlines(_loop->now());
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
    const auto delay = std::chrono::ceil<std::chrono::milliseconds>(*next - event_loop::clock::now());
    _deadline_timer = _loop->run_after(std::max(delay, std::chrono::milliseconds(0)),
                                       [this] { check_deadlines(); });
}

}  // namespace lars
