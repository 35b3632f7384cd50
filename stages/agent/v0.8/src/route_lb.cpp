#include "route_lb.h"

#include <ctime>
#include <vector>

#include "main_server.h"

int lb_index(int modid, int cmdid)
{
    int64_t sum = static_cast<int64_t>(modid) + cmdid;   // of two ints: it may be negative or large
    return static_cast<int>((sum % 3 + 3) % 3);
}

static uint64_t key_of(int modid, int cmdid)
{
    return (static_cast<uint64_t>(static_cast<uint32_t>(modid)) << 32) + static_cast<uint32_t>(cmdid);
}

route_lb::route_lb(int server_id) : id(server_id)
{
}

load_balance *route_lb::module_of(int modid, int cmdid)
{
    std::unique_ptr<load_balance> &lb = _route_lb_map[key_of(modid, cmdid)];
    if (lb == NULL) {
        lb.reset(new load_balance(modid, cmdid));
    }
    return lb.get();
}

int route_lb::get_host(int modid, int cmdid, lars::GetHostResponse &rsp)
{
    std::lock_guard<std::mutex> lock(_mutex);
    load_balance *lb = module_of(modid, cmdid);
    int ret = lb->choice_one_host(rsp);
    keep_fresh(lb);
    rsp.set_retcode(ret);
    return ret;
}

void route_lb::keep_fresh(load_balance *lb)
{
    bool old = time(NULL) - lb->last_update_time >= lb_config.update_timeout;
    if (lb->status == load_balance::NEW && (lb->empty() || old)) {
        lb->pull();
    }
}

int route_lb::update_host(int modid, int cmdid, lars::GetRouteResponse &rsp)
{
    std::lock_guard<std::mutex> lock(_mutex);
    auto it = _route_lb_map.find(key_of(modid, cmdid));
    if (it == _route_lb_map.end()) {
        return 0;   // nobody has asked for it
    }
    it->second->update(rsp);
    if (it->second->empty()) {
        _route_lb_map.erase(it);
    }
    return 0;
}

void route_lb::report_host(lars::ReportRequest req)
{
    std::lock_guard<std::mutex> lock(_mutex);
    auto it = _route_lb_map.find(key_of(req.modid(), req.cmdid()));
    if (it != _route_lb_map.end()) {
        it->second->report(req.host().ip(), req.host().port(), req.retcode());
        it->second->commit();
    }
}

int route_lb::get_route(int modid, int cmdid, lars::GetRouteResponse &rsp)
{
    std::lock_guard<std::mutex> lock(_mutex);
    load_balance *lb = module_of(modid, cmdid);
    std::vector<host_info *> hosts;
    lb->get_all_hosts(hosts);
    for (host_info *host : hosts) {
        lars::HostInfo *added = rsp.add_host();
        added->set_ip(static_cast<int32_t>(host->ip));
        added->set_port(host->port);
    }
    keep_fresh(lb);
    return lars::RET_SUCC;
}

void route_lb::reset_lb_status()
{
    std::lock_guard<std::mutex> lock(_mutex);
    for (const auto &module : _route_lb_map) {
        module.second->status = load_balance::NEW;
    }
}
