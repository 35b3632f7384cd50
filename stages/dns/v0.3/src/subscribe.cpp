#include "subscribe.h"

#include <string>
#include <utility>

#include "lars.pb.h"
#include "lars_reactor.h"
#include "route_answer.h"

extern tcp_server *server;   // stands beside main

SubscribeList *SubscribeList::instance()
{
    static SubscribeList *list = new SubscribeList;
    return list;
}

void SubscribeList::subscribe(uint64_t mod, int fd)
{
    std::lock_guard<std::mutex> lock(_mutex);
    _subscribe_list[mod].insert(fd);
}

// Takes value out of the set of that key, and an empty set out of the map.
template <typename Map, typename Key, typename Value>
static void take_out(Map &map, Key key, Value value)
{
    auto it = map.find(key);
    if (it != map.end() && it->second.erase(value) > 0 && it->second.empty()) {
        map.erase(it);
    }
}

void SubscribeList::unsubscribe(uint64_t mod, int fd)
{
    std::lock_guard<std::mutex> lock(_mutex);
    take_out(_subscribe_list, mod, fd);
    take_out(_push_list, fd, mod);
}

// Runs in every thread.
static void push_changes(event_loop *loop, void *args)
{
    listen_fd_set online;
    publish_map need;
    loop->get_listen_fds(online);
    static_cast<SubscribeList *>(args)->make_publish_map(online, need);
    for (const auto &push : need) {
        tcp_conn *conn = tcp_server::conns[push.first];
        for (uint64_t mod : push.second) {
            std::string answer = route_answer(static_cast<int>(mod >> 32), static_cast<int>(mod & 0xffffffff));
            // A connection that cannot take it is closed, and its fd is not to be looked at again.
            if (conn == NULL ||
                conn->send_message(answer.data(), static_cast<int>(answer.size()), lars::ID_GetRouteResponse) == -1) {
                break;
            }
        }
    }
}

void SubscribeList::publish(std::vector<uint64_t> &change_mods)
{
    {
        std::lock_guard<std::mutex> lock(_mutex);
        for (uint64_t mod : change_mods) {
            subscribe_map_it it = _subscribe_list.find(mod);
            if (it != _subscribe_list.end()) {
                for (int fd : it->second) {
                    _push_list[fd].insert(mod);
                }
            }
        }
    }
    server->thread_poll()->send_task(push_changes, this);
}

void SubscribeList::make_publish_map(listen_fd_set &online, publish_map &need)
{
    std::lock_guard<std::mutex> lock(_mutex);
    for (publish_map_it it = _push_list.begin(); it != _push_list.end();) {
        if (online.count(it->first) > 0) {
            need[it->first] = std::move(it->second);
            it = _push_list.erase(it);
        } else {
            ++it;
        }
    }
}
