// Who wants to hear when the hosts of a module change.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "event_loop.h"

typedef std::unordered_map<uint64_t, std::unordered_set<int>> subscribe_map;   // from a module to its subscribers' fds
typedef subscribe_map::iterator subscribe_map_it;

typedef std::unordered_map<int, std::unordered_set<uint64_t>> publish_map;     // from a subscriber's fd to modules
typedef publish_map::iterator publish_map_it;

// Any thread may call any of these.
class SubscribeList {
public:
    static SubscribeList *instance();

    // An fd means a connection only as long as that is open: who subscribes must unsubscribe
    // before the fd is closed, because the next client may get the same number.
    void subscribe(uint64_t mod, int fd);
    void unsubscribe(uint64_t mod, int fd);   // nothing is sent any more, not even what is under way

    // Has every thread of the server send the present hosts of these modules to those of its
    // connections that have subscribed to them.
    void publish(std::vector<uint64_t> &change_mods);

    // Moves what is still to be sent to the fds in online out of this list and into need.
    void make_publish_map(listen_fd_set &online, publish_map &need);

private:
    SubscribeList() {}

    std::mutex _mutex;               // guards both
    subscribe_map _subscribe_list;
    publish_map _push_list;          // what has changed and was not sent yet
};
