#include "route_lb.h"

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

int route_lb::get_host(int modid, int cmdid, lars::GetHostResponse &rsp)
{
    std::lock_guard<std::mutex> lock(_mutex);
    std::unique_ptr<load_balance> &lb = _route_lb_map[key_of(modid, cmdid)];
    if (lb == NULL) {
        lb.reset(new load_balance(modid, cmdid));
    }
    int ret = lars::RET_NOEXIST;
    if (!lb->empty()) {
        ret = lb->choice_one_host(rsp);
    } else if (lb->status == load_balance::NEW) {
        lb->pull();
    }
    rsp.set_retcode(ret);
    return ret;
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
