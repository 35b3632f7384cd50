#include "dns_route.h"

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <utility>

#include "lars_reactor.h"

// No answer in so many seconds is none.
static const unsigned DB_TIMEOUT = 5;

Route *Route::instance()
{
    static Route *route = new Route;   // one thread makes it; others that come meanwhile wait
    return route;
}

Route::Route() : _data_pointer(new route_map), _temp_pointer(new route_map)
{
    connect_db();
    build_maps();
}

void Route::connect_db()
{
    config_file *config = config_file::instance();
    std::string host = config->GetString("mysql", "db_host", "127.0.0.1");
    std::string user = config->GetString("mysql", "db_user", "root");
    std::string passwd = config->GetString("mysql", "db_passwd", "aceld");
    std::string name = config->GetString("mysql", "db_name", "lars_dns");
    unsigned port = config->GetNumber("mysql", "db_port", 3306);

    mysql_init(&_db_conn);
    mysql_options(&_db_conn, MYSQL_OPT_CONNECT_TIMEOUT, &DB_TIMEOUT);
    mysql_options(&_db_conn, MYSQL_OPT_READ_TIMEOUT, &DB_TIMEOUT);
    mysql_options(&_db_conn, MYSQL_OPT_WRITE_TIMEOUT, &DB_TIMEOUT);
    if (mysql_real_connect(&_db_conn, host.c_str(), user.c_str(), passwd.c_str(), name.c_str(), port, NULL, 0) == NULL) {
        fprintf(stderr, "database %s of %s at %s:%u: %s\n", name.c_str(), user.c_str(), host.c_str(), port,
                mysql_error(&_db_conn));
        exit(1);
    }
}

static uint32_t number(const char *text)
{
    return static_cast<uint32_t>(strtoul(text, NULL, 10));
}

void Route::build_maps()
{
    MYSQL_RES *result = NULL;
    if (mysql_query(&_db_conn, "SELECT modid, cmdid, serverip, serverport, id FROM RouteData ORDER BY id") != 0 ||
        (result = mysql_store_result(&_db_conn)) == NULL) {
        fprintf(stderr, "RouteData: %s\n", mysql_error(&_db_conn));
        exit(1);
    }
    _temp_pointer->clear();
    while (MYSQL_ROW row = mysql_fetch_row(result)) {
        uint32_t modid = number(row[0]), cmdid = number(row[1]), ip = number(row[2]), port = number(row[3]);
        printf("modID = %d, cmdID = %d, ip = %u, port = %d\n", modid, cmdid, ip, port);
        fflush(stdout);
        if (ip == 0 || port == 0 || port > 65535) {
            fprintf(stderr, "RouteData id %s: %u:%u is no host, it is left out\n", row[4], ip, port);
            continue;
        }
        uint64_t mod = (static_cast<uint64_t>(modid) << 32) + cmdid;
        (*_temp_pointer)[mod].insert((static_cast<uint64_t>(ip) << 32) + port);
    }
    mysql_free_result(result);
    std::unique_lock<std::shared_mutex> lock(_mutex);
    std::swap(_data_pointer, _temp_pointer);
}

host_set Route::get_hosts(int modid, int cmdid)
{
    std::shared_lock<std::shared_mutex> lock(_mutex);
    route_map_it it = _data_pointer->find(module_key(modid, cmdid));
    return it == _data_pointer->end() ? host_set() : it->second;
}
