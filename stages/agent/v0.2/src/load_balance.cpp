#include "load_balance.h"

#include <cstdio>
#include <set>

#include "main_server.h"

// So many successes a new host is trusted with.
static const uint32_t INIT_SUCC_CNT = 180;

load_balance::load_balance(int modid, int cmdid) : status(NEW), _modid(modid), _cmdid(cmdid)
{
}

bool load_balance::empty() const
{
    return _host_map.empty();
}

int load_balance::choice_one_host(lars::GetHostResponse &rsp)
{
    if (_idle_list.empty()) {
        return lars::RET_NOEXIST;
    }
    host_info *host = _idle_list.front();
    _idle_list.splice(_idle_list.end(), _idle_list, _idle_list.begin());   // to the end

    rsp.mutable_host()->set_ip(static_cast<int32_t>(host->ip));
    rsp.mutable_host()->set_port(host->port);
    return lars::RET_SUCC;
}

int load_balance::pull()
{
    if (dns_queue == NULL) {
        return -1;
    }
    lars::GetRouteRequest req;
    req.set_modid(_modid);
    req.set_cmdid(_cmdid);
    dns_queue->send(req);
    status = PULLING;
    return 0;
}

static uint64_t key_of(uint32_t ip, int port)
{
    return (static_cast<uint64_t>(ip) << 32) + static_cast<uint32_t>(port);
}

void load_balance::update(lars::GetRouteResponse &rsp)
{
    status = NEW;
    std::set<uint64_t> remote;
    for (const lars::HostInfo &host : rsp.host()) {
        uint32_t ip = static_cast<uint32_t>(host.ip());
        if (ip == 0 || host.port() < 1 || host.port() > 65535) {
            fprintf(stderr, "route of [%d, %d]: %u:%d is no host, it is left out\n", _modid, _cmdid, ip, host.port());
            continue;
        }
        uint64_t key = key_of(ip, host.port());
        remote.insert(key);
        if (_host_map.find(key) == _host_map.end()) {
            host_info *fresh = new host_info(ip, host.port(), INIT_SUCC_CNT);
            _host_map[key].reset(fresh);
            _idle_list.push_back(fresh);
        }
    }
    for (auto it = _host_map.begin(); it != _host_map.end();) {
        if (remote.find(it->first) == remote.end()) {
            _idle_list.remove(it->second.get());
            it = _host_map.erase(it);
        } else {
            ++it;
        }
    }
}
