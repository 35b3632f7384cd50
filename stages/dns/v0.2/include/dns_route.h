// The routes: which hosts serve a module.
#pragma once

#include <mysql.h>

#include <cstdint>
#include <set>
#include <shared_mutex>
#include <unordered_map>

typedef std::set<uint64_t> host_set;   // of (ip << 32) + port
typedef host_set::iterator host_set_it;

typedef std::unordered_map<uint64_t, host_set> route_map;   // from (modid << 32) + cmdid
typedef route_map::iterator route_map_it;

// The key of a module. A cmdid of -1 is the database's 4294967295 and must not reach into the modid.
inline uint64_t module_key(int modid, int cmdid)
{
    return (static_cast<uint64_t>(modid) << 32) + static_cast<uint32_t>(cmdid);
}

class Route {
public:
    // The routes of this process. The first who asks has them loaded from the database that
    // the configuration names; where that fails the process ends with a message.
    static Route *instance();

    // Both are called by instance(). They end the process with a message when they cannot.
    void connect_db();
    void build_maps();   // reads all of RouteData

    // Any thread: the hosts of a module, none if it is not known.
    host_set get_hosts(int modid, int cmdid);

private:
    Route();

    MYSQL _db_conn;
    std::shared_mutex _mutex;
    route_map *_data_pointer;   // what is known; guarded by _mutex
    route_map *_temp_pointer;   // what is being read; it takes the other's place when it is whole
};
