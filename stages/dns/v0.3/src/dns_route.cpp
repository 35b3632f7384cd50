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
    if (connect_db() == -1) {
        exit(1);
    }
    build_maps();
}

int Route::connect_db()
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
        complain("database " + name + " of " + user + " at " + host + ":" + std::to_string(port) + ": " +
                 mysql_error(&_db_conn));
        mysql_close(&_db_conn);
        return -1;
    }
    _connected = true;
    return 0;
}

void Route::complain(const std::string &what)
{
    if (!_told) {
        fprintf(stderr, "%s\n", what.c_str());
    }
    _told = _failed = true;
}

// 0, or -1; result is for the rows of a statement that has any.
int Route::query(const std::string &statement, const char *table, MYSQL_RES **result)
{
    if (!_connected && connect_db() == -1) {
        return -1;
    }
    if (mysql_real_query(&_db_conn, statement.data(), statement.size()) == 0 &&
        (result == NULL || (*result = mysql_store_result(&_db_conn)) != NULL)) {
        return 0;
    }
    complain(std::string(table) + ": " + mysql_error(&_db_conn));
    mysql_close(&_db_conn);
    _connected = false;
    return -1;
}

static uint32_t number(const char *text)
{
    return text == NULL ? 0 : static_cast<uint32_t>(strtoul(text, NULL, 10));
}

void Route::build_maps()
{
    load_version();   // first: if the rows change after it, they are read again
    if (read_routes(true) == -1) {
        fprintf(stderr, "RouteData: cannot be read at the start\n");
        exit(1);
    }
    swap();
}

int Route::read_routes(bool show)
{
    MYSQL_RES *result = NULL;
    if (query("SELECT modid, cmdid, serverip, serverport, id FROM RouteData ORDER BY id", "RouteData", &result) == -1) {
        return -1;
    }
    _temp_pointer->clear();
    std::set<std::string> left_out;
    while (MYSQL_ROW row = mysql_fetch_row(result)) {
        uint32_t modid = number(row[0]), cmdid = number(row[1]), ip = number(row[2]), port = number(row[3]);
        if (show) {
            printf("modID = %d, cmdID = %d, ip = %u, port = %d\n", modid, cmdid, ip, port);
            fflush(stdout);
        }
        if (ip == 0 || port == 0 || port > 65535) {
            if (_left_out.count(row[4]) == 0) {   // not again at each reload
                fprintf(stderr, "RouteData id %s: %u:%u is no host, it is left out\n", row[4], ip, port);
            }
            left_out.insert(row[4]);
            continue;
        }
        uint64_t mod = (static_cast<uint64_t>(modid) << 32) + cmdid;
        (*_temp_pointer)[mod].insert((static_cast<uint64_t>(ip) << 32) + port);
    }
    mysql_free_result(result);
    _left_out.swap(left_out);
    return 0;
}

int Route::load_version()
{
    if (_told && !_failed) {
        fprintf(stderr, "database: all is well again\n");
        _told = false;
    }
    _failed = false;

    MYSQL_RES *result = NULL;
    if (query("SELECT version FROM RouteVersion WHERE id = 1", "RouteVersion", &result) == -1) {
        return -1;
    }
    MYSQL_ROW row = mysql_fetch_row(result);
    bool found = row != NULL;
    int64_t version = found ? number(row[0]) : 0;
    mysql_free_result(result);
    if (!found) {
        complain("RouteVersion: there is no row with id 1");
        return -1;
    }
    if (version == _version) {
        return 0;
    }
    _version = version;
    printf("now route version is %lld\n", static_cast<long long>(_version));
    fflush(stdout);
    return 1;
}

int Route::load_route_data()
{
    if (read_routes(false) == -1) {
        return -1;
    }
    printf("load data to tmep succ! size is %zu\n", _temp_pointer->size());
    fflush(stdout);
    return 0;
}

void Route::swap()
{
    std::unique_lock<std::shared_mutex> lock(_mutex);
    std::swap(_data_pointer, _temp_pointer);
}

void Route::load_changes(std::vector<uint64_t> &change_list)
{
    MYSQL_RES *result = NULL;
    if (query("SELECT modid, cmdid FROM RouteChange WHERE version <= " + std::to_string(_version), "RouteChange",
              &result) == -1) {
        _version = -1;
        return;
    }
    while (MYSQL_ROW row = mysql_fetch_row(result)) {
        change_list.push_back((static_cast<uint64_t>(number(row[0])) << 32) + number(row[1]));
    }
    mysql_free_result(result);
}

void Route::remove_changes(bool remove_all)
{
    query(remove_all ? "DELETE FROM RouteChange" : "DELETE FROM RouteChange WHERE version <= " + std::to_string(_version),
          "RouteChange");
}

host_set Route::get_hosts(int modid, int cmdid)
{
    std::shared_lock<std::shared_mutex> lock(_mutex);
    route_map_it it = _data_pointer->find(module_key(modid, cmdid));
    return it == _data_pointer->end() ? host_set() : it->second;
}
