#include "dns_route.h"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>

#include "config_file.h"

Route *Route::instance()
{
    static Route *const only = new Route;
    return only;
}

Route::Route() : _data_pointer(new route_map), _temp_pointer(new route_map)
{
    connect_db();
    build_maps();
}

void Route::die(const char *what)
{
    fprintf(stderr, "lars_dns: %s: %s\n", what, mysql_error(&_db_conn));
    exit(1);
}

void Route::connect_db()
{
    config_file *conf = config_file::instance();
    std::string host = conf->GetString("mysql", "db_host", "127.0.0.1");
    std::string user = conf->GetString("mysql", "db_user");
    std::string passwd = conf->GetString("mysql", "db_passwd");
    std::string name = conf->GetString("mysql", "db_name", "lars_dns");
    unsigned port = conf->GetNumber("mysql", "db_port", 3306);

    if (mysql_init(&_db_conn) == NULL) {
        fprintf(stderr, "lars_dns: mysql_init: no memory\n");
        exit(1);
    }
    unsigned seconds = 5;
    mysql_options(&_db_conn, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
    mysql_options(&_db_conn, MYSQL_OPT_READ_TIMEOUT, &seconds);
    mysql_options(&_db_conn, MYSQL_OPT_WRITE_TIMEOUT, &seconds);
    if (mysql_real_connect(&_db_conn, host.c_str(), user.c_str(), passwd.c_str(), name.c_str(), port, NULL, 0) == NULL) {
        std::string what = "database " + name + " of " + user + " at " + host + ":" + std::to_string(port);
        die(what.c_str());
    }
}

static uint32_t number(const char *text)
{
    return text == NULL ? 0 : static_cast<uint32_t>(strtoul(text, NULL, 10));
}

static uint64_t host_key(uint32_t ip, uint32_t port)
{
    return (static_cast<uint64_t>(ip) << 32) + port;
}

void Route::build_maps()
{
    MYSQL_RES *result = NULL;
    if (mysql_query(&_db_conn, "SELECT id, modid, cmdid, serverip, serverport FROM RouteData ORDER BY id") != 0 ||
        (result = mysql_store_result(&_db_conn)) == NULL) {
        die("RouteData");
    }

    _temp_pointer->clear();
    while (MYSQL_ROW row = mysql_fetch_row(result)) {
        uint32_t modid = number(row[1]), cmdid = number(row[2]), ip = number(row[3]), port = number(row[4]);
        printf("modID = %" PRId32 ", cmdID = %" PRId32 ", ip = %" PRIu32 ", port = %" PRId32 "\n",
               static_cast<int32_t>(modid), static_cast<int32_t>(cmdid), ip, static_cast<int32_t>(port));
        if (port == 0 || port > 65535) {
            fprintf(stderr, "lars_dns: RouteData id %s: %" PRIu32 ":%" PRIu32 " is no host, it is left out\n", row[0], ip, port);
            continue;
        }
        (*_temp_pointer)[module_key(modid, cmdid)].insert(host_key(ip, port));
    }
    fflush(stdout);
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
