// The routes of the database, in memory: which hosts each module has.
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

// The key of a module. modid and cmdid are 32 bits, signed or not: no sign may get into the other half.
inline uint64_t module_key(uint32_t modid, uint32_t cmdid)
{
    return (static_cast<uint64_t>(modid) << 32) + cmdid;
}

class Route {
public:
    // The only one; the first call makes, connects and fills it.
    static Route *instance();

    // Both say why and end the process with status 1 when they cannot.
    void connect_db();
    void build_maps();   // reads all rows, prints each, and puts the new map in its place

    // Any thread: the hosts of a module, none when it is not known.
    host_set get_hosts(int modid, int cmdid);

private:
    Route();
    Route(const Route &) = delete;
    Route &operator=(const Route &) = delete;

    [[noreturn]] void die(const char *what);

    MYSQL _db_conn;
    std::shared_mutex _mutex;    // guards _data_pointer and what it points to
    route_map *_data_pointer, *_temp_pointer;
};
