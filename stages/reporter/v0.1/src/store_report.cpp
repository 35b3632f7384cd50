#include "store_report.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "lars_reactor.h"
#include "log_limit.h"

// No answer in so many seconds is none.
static const unsigned DB_TIMEOUT = 5;

// While the database is away, it is tried once in that time.
static const std::chrono::seconds RETRY_AFTER(1);

namespace {

typedef std::chrono::steady_clock steady;

// Where the database is. The configuration is read at the first use.
struct database {
    std::string host, user, passwd, name;
    unsigned port;

    static const database &configured()
    {
        static const database db;
        return db;
    }

private:
    database()
    {
        config_file *config = config_file::instance();
        host = config->GetString("mysql", "db_host", "127.0.0.1");
        user = config->GetString("mysql", "db_user", "root");
        passwd = config->GetString("mysql", "db_passwd", "aceld");
        name = config->GetString("mysql", "db_name", "lars_dns");
        port = config->GetNumber("mysql", "db_port", 3306);
        if (port == 0 || port > 65535) {
            fprintf(stderr, "[mysql] db_port = %d is no port\n", static_cast<int>(port));
            exit(1);
        }
    }
};

// What all connections together know about a database that is away, so that a thousand of
// them ask and complain no more than one.
class outage {
public:
    // May somebody try to connect now? While the database is away that is once in a while.
    bool may_connect()
    {
        std::lock_guard<std::mutex> lock(_mutex);
        if (_away && steady::now() < _next_try) {
            return false;
        }
        _next_try = steady::now() + RETRY_AFTER;
        return true;
    }

    // It lets us in: the others need not wait. Whether it works, a statement will show.
    void connected()
    {
        std::lock_guard<std::mutex> lock(_mutex);
        _next_try = steady::time_point();
    }

    void failed(const std::string &why)
    {
        std::lock_guard<std::mutex> lock(_mutex);
        _next_try = steady::now() + RETRY_AFTER;
        if (!_away) {
            _away = true;
            say("away: " + why);
        }
    }

    void works()
    {
        std::lock_guard<std::mutex> lock(_mutex);
        if (_away) {
            _away = false;
            say(_lost == 0 ? "back" : "back, " + std::to_string(_lost) + " reports were lost");
            _lost = 0;
        }
    }

    void lost_a_report()
    {
        std::lock_guard<std::mutex> lock(_mutex);
        _lost++;
    }

private:
    static void say(const std::string &how)
    {
        const database &db = database::configured();
        fprintf(stderr, "database %s of %s at %s:%u is %s\n", db.name.c_str(), db.user.c_str(), db.host.c_str(), db.port,
                how.c_str());
    }

    std::mutex _mutex;
    bool _away = false;
    unsigned long _lost = 0;
    steady::time_point _next_try;
};

outage db_outage;

log_limit no_hosts, refusals;

// The statement that stores the report; "" when it has no host.
std::string statement(const lars::ReportStatusRequest &req)
{
    std::string rows;
    for (const lars::HostCallResult &result : req.results()) {
        uint32_t ip = static_cast<uint32_t>(result.ip());
        if (ip == 0 || result.port() < 1 || result.port() > 65535) {
            if (unsigned long count = no_hosts.again()) {
                fprintf(stderr, "report of (%d,%d): %u:%d is no host, it is left out (%lu so far)\n", req.modid(),
                        req.cmdid(), ip, result.port(), count);
            }
            continue;
        }
        // On the wire these two count further than in the table.
        uint32_t succ = std::min<uint32_t>(result.succ(), INT32_MAX);
        uint32_t err = std::min<uint32_t>(result.err(), INT32_MAX);
        rows += rows.empty() ? "(" : ",(";
        for (const std::string &number :
             {std::to_string(req.modid()), std::to_string(req.cmdid()), std::to_string(ip), std::to_string(result.port()),
              std::to_string(static_cast<uint32_t>(req.caller())), std::to_string(succ), std::to_string(err),
              std::to_string(req.ts())}) {
            rows += number + ",";
        }
        rows += result.overload() ? "'1')" : "'0')";
    }
    if (rows.empty()) {
        return "";
    }
    return "INSERT INTO ServerCallStatus (modid, cmdid, ip, port, caller, succ_cnt, err_cnt, ts, overload) VALUES " + rows +
           " ON DUPLICATE KEY UPDATE succ_cnt = VALUES(succ_cnt), err_cnt = VALUES(err_cnt), ts = VALUES(ts),"
           " overload = VALUES(overload)";
}

// Is it what we ask that is wrong, so that asking again cannot help?
bool is_refusal(const std::string &sqlstate)
{
    std::string kind = sqlstate.substr(0, 2);   // 22: a value; 23: a key; 42: a name, a right
    return kind == "22" || kind == "23" || kind == "42";
}

}  // namespace

StoreReport::StoreReport() : _connected(false)
{
    // The library's first call prepares it, and may not happen on two threads at once.
    static std::once_flag prepared;
    std::call_once(prepared, [] {
        if (mysql_library_init(0, NULL, NULL) != 0) {
            fprintf(stderr, "the library of the database cannot be prepared\n");
            exit(1);
        }
    });
    connect();
}

StoreReport::~StoreReport()
{
    disconnect();
}

bool StoreReport::connect()
{
    if (!db_outage.may_connect()) {
        return false;
    }
    const database &db = database::configured();
    mysql_init(&_db_conn);
    mysql_options(&_db_conn, MYSQL_OPT_CONNECT_TIMEOUT, &DB_TIMEOUT);
    mysql_options(&_db_conn, MYSQL_OPT_READ_TIMEOUT, &DB_TIMEOUT);
    mysql_options(&_db_conn, MYSQL_OPT_WRITE_TIMEOUT, &DB_TIMEOUT);
    if (mysql_real_connect(&_db_conn, db.host.c_str(), db.user.c_str(), db.passwd.c_str(), db.name.c_str(), db.port, NULL,
                           0) == NULL) {
        db_outage.failed(mysql_error(&_db_conn));
        mysql_close(&_db_conn);
        return false;
    }
    db_outage.connected();
    _connected = true;
    return true;
}

void StoreReport::disconnect()
{
    if (_connected) {
        mysql_close(&_db_conn);
        _connected = false;
    }
}

void StoreReport::store(lars::ReportStatusRequest req)
{
    if (try_store(req) == -1) {
        db_outage.lost_a_report();
    }
}

// 0: dealt with, that is stored, or refused by the database, which is told. -1: the database
// is away.
int StoreReport::try_store(const lars::ReportStatusRequest &req)
{
    std::string sql = statement(req);
    if (sql.empty()) {
        return 0;
    }
    std::string why;
    // Twice: a connection that was idle all night is closed, and only using it shows that.
    for (int tries = 0; tries < 2; tries++) {
        if (!_connected && !connect()) {
            return -1;
        }
        if (mysql_real_query(&_db_conn, sql.data(), sql.size()) == 0) {
            db_outage.works();
            return 0;
        }
        why = mysql_error(&_db_conn);
        if (is_refusal(mysql_sqlstate(&_db_conn))) {
            if (unsigned long count = refusals.again()) {
                fprintf(stderr, "report of (%d,%d) is refused: %s (%lu so far)\n", req.modid(), req.cmdid(), why.c_str(),
                        count);
            }
            return 0;
        }
        disconnect();
    }
    db_outage.failed(why);
    return -1;
}
