// The routes: which hosts serve a module.
#pragma once

#include <mysql.h>

#include <cstdint>
#include <set>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

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

    // Both are called by instance().
    int connect_db();    // 0 or -1
    void build_maps();   // reads the version and all of RouteData; without these rows it ends the process

    // Any thread: the hosts of a module, none if it is not known.
    host_set get_hosts(int modid, int cmdid);

    // The rest is for one thread, the one that looks for changes. A statement that fails ends
    // the connection to the database, and the next one makes a new one. What is wrong is told
    // once, and once when it is over.

    // Reads the version. 1: it is another than the last time; 0: the same; -1: it cannot be read.
    int load_version();
    // Reads all of RouteData aside. 0, or -1: what was read before is still there.
    int load_route_data();
    // Puts what was read aside in the place of what get_hosts() sees.
    void swap();
    // Appends the modules that have changed up to the version known. When they cannot be read
    // that version is forgotten, so that load_version() calls it a new one.
    void load_changes(std::vector<uint64_t> &change_list);
    // Deletes from the database the changes up to the version known, or all.
    void remove_changes(bool remove_all = false);

private:
    Route();
    int read_routes(bool show);
    int query(const std::string &statement, const char *table, MYSQL_RES **result = NULL);
    void complain(const std::string &what);

    MYSQL _db_conn;
    bool _connected = false;
    bool _failed = false;       // something, since load_version() was last called
    bool _told = false;         // that something fails
    int64_t _version = -1;      // -1: none is known
    std::set<std::string> _left_out;   // ids of rows that are no hosts
    std::shared_mutex _mutex;
    route_map *_data_pointer;   // what is known; guarded by _mutex
    route_map *_temp_pointer;   // what is being read; it takes the other's place when it is whole
};

// The thread that looks for changes, for pthread_create. It looks each second and publishes
// what has changed, reloads everything each 10 seconds, and does not end.
void *check_route_changes(void *);
