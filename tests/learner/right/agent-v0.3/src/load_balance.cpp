#include "load_balance.h"

#include <set>

#include "main_server.h"

static uint64_t key(uint32_t ip, int port)
{
    return (static_cast<uint64_t>(ip) << 32) + static_cast<uint32_t>(port);
}

int load_balance::choice_one_host(lars::GetHostResponse &rsp)
{
    if (empty()) {
        return lars::RET_NOEXIST;
    }
    std::list<host_info *> *from = &_idle;
    if (_overload.empty()) {
        _passed = 0;
    } else if (_passed >= lb_config.probe_num) {
        _passed = 0;
        from = &_overload;
    } else {
        _passed++;
        if (_idle.empty()) {
            return lars::RET_OVERLOAD;
        }
    }
    host_info *host = from->front();
    from->splice(from->end(), *from, from->begin());
    rsp.mutable_host()->set_ip(static_cast<int>(host->ip));
    rsp.mutable_host()->set_port(host->port);
    return lars::RET_SUCC;
}

int load_balance::pull()
{
    if (dns_queue == NULL) {
        return -1;
    }
    lars::GetRouteRequest request;
    request.set_modid(_modid);
    request.set_cmdid(_cmdid);
    status = PULLING;
    dns_queue->send(request);
    return 0;
}

void load_balance::update(lars::GetRouteResponse &rsp)
{
    std::set<uint64_t> now;
    for (const lars::HostInfo &h : rsp.host()) {
        uint32_t ip = static_cast<uint32_t>(h.ip());
        uint64_t k = key(ip, h.port());
        now.insert(k);
        auto added = _hosts.try_emplace(k, ip, h.port(), static_cast<uint32_t>(lb_config.init_succ_cnt));
        if (added.second) {
            _idle.push_back(&added.first->second);
        }
    }
    for (auto it = _hosts.begin(); it != _hosts.end();) {
        if (now.count(it->first) == 0) {
            (it->second.overload ? _overload : _idle).remove(&it->second);
            it = _hosts.erase(it);
        } else {
            ++it;
        }
    }
    status = NEW;
}
